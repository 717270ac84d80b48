"""The books checked every night: what is wrong is an alarm, settled when it is right again (DR-1003)."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from sqlalchemy import select

from core.alarms import service as alarms
from core.audit import rights, triggers
from core.books import standing
from core.db import Tx
from core.ledger import accounts, checks
from core.money import ZERO
from core.payments import standing as payments
from core.payments.models import SuspensePayment
from core.payouts.models import Payout

LEDGER = ("ledger_difference", "ledger")
ORDERS = ("ledger_difference", "orders")
LOCKS = ("ledger_difference", "locks")


def nightly(tx: Tx, _subject: int) -> None:
    """The duty check_books: entries, kept balances, every open order, what is under way, and the locks.

    Then the kept balances move on.
    """
    books = standing.now(tx)
    _say(tx, LEDGER, [*books.faults, *under_way(tx, books.accounts)])
    _say(tx, ORDERS, [_of(order) for order in books.orders if any(why.wrong for why in order.why)])
    checks.move_on(tx)
    look_at_locks(tx)


def locks(tx: Tx) -> list[str]:
    """Where what is written once could be changed: no trigger, or a serving user who could take it away."""
    return [*triggers.not_locked(tx.session), *rights.too_many(tx.session)]


def look_at_locks(tx: Tx) -> list[str]:
    """The same, and the alarm about it raised or settled; at start-up and every night."""
    found = locks(tx)
    _say(tx, LOCKS, found)
    return found


def under_way(tx: Tx, held: Mapping[str, Decimal]) -> Iterator[str]:
    """Accounts that hold what is on its way, and another sum than the payouts and payments on their way."""
    query = select(Payout.payout_id, Payout.amount).where(Payout.status.in_(("processing", "unknown")))
    paying = {accounts.payout_clearing(row.payout_id): -row.amount for row in tx.session.execute(query)}
    clearing = {name: amount for name, amount in held.items() if name.startswith("payout_clearing:")}
    for name in sorted(paying.keys() | clearing.keys()):
        if paying.get(name, ZERO) != clearing.get(name, ZERO):
            yield f"{name} holds {clearing.get(name, ZERO)}, under way is {paying.get(name, ZERO)}"
    waiting = select(SuspensePayment.suspense_id, SuspensePayment.amount).where(
        SuspensePayment.status.in_(("open", "returning"))
    )
    gone = payments.suspense_parts(tx)
    kept = (row.amount - gone.get(str(row.suspense_id), ZERO) for row in tx.session.execute(waiting))
    suspense = -sum(kept, ZERO)
    if held.get(accounts.SUSPENSE, ZERO) != suspense:
        yield f"suspense holds {held.get(accounts.SUSPENSE, ZERO)}, its payments come to {suspense}"


def _of(order: standing.OpenOrder) -> str:
    return next((why.words for why in order.why if why.words), f"order {order.order_id}: {order.held} held")


def _say(tx: Tx, alarm: tuple[str, str], faults: list[str]) -> None:
    if not faults:
        alarms.settle(tx, *alarm)
        return
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    alarms.raise_alarm(tx, *alarm, why=faults[0][:100] + more)
