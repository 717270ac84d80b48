"""What `make ledger-check` prints: the accounts, their sum, and the orders whose money is not placed yet."""

from collections.abc import Iterator, Sequence

from core.books.standing import Standing
from web import reasons, show
from web.account_names import name_of

NAME, SUM = 28, 16


def lines(books: Standing, unlocked: Sequence[str], differing: int = 0) -> Iterator[str]:
    """Line by line; amounts in KES.

    differing  how many differences with M-Pesa's word, or of cash, are open
    unlocked  where what is written once could be changed all the same
    """
    yield f"The books, {show.full_time(books.at)}"
    yield "KES; below zero: we owe it to somebody, or have earned it."
    yield ""
    for account, balance in books.accounts.items():
        yield f"{account:<{NAME}}{balance:>{SUM},.2f}  {name_of(account)}"
    yield f"{'sum of all lines':<{NAME}}{books.total:>{SUM},.2f}"
    yield ""
    if not books.orders:
        yield "No order holds money that is not placed."
    for order in books.orders:
        yield f"{order.number or 'no such order'}  {show.words(order.status)}  (accounts :{order.order_id})"
        yield f"  we hold {order.held:,.2f}, promised back {order.promised:,.2f}"
        yield from (f"  - {why}" for why in reasons.of(order))
    yield ""
    if differing:
        yield f"Open differences with M-Pesa or of cash: {differing}. The console lists them under Books."
    yield from (f"WRONG: {fault}" for fault in books.faults)
    yield from (f"WRONG: what is written once can be changed: {why}" for why in unlocked)
    yield "The books are right." if books.right and not unlocked else "THE BOOKS ARE NOT RIGHT."
