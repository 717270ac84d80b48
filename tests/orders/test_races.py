"""Two at once: one wins, the other gets a clear answer, nothing is oversold or lost (DR-413, R17, R18)."""

import threading
from collections.abc import Callable
from decimal import Decimal

from core.errors import DomainError
from core.orders import service as orders
from core.orders.models import Quote
from core.orders.quotes import Line
from core.payments import service as payments
from tests.helpers import FixedClock, Person
from tests.orders.shop import Shop, paid
from tests.proving import proves


def at_once(*deeds: Callable[[], object]) -> list[str]:
    """Do all of it at the same moment; each outcome is "ok" or the refusal's code, in no order."""
    start = threading.Barrier(len(deeds))
    outcomes: list[str] = []

    def run(deed: Callable[[], object]) -> None:
        start.wait()
        try:
            deed()
            outcomes.append("ok")
        except DomainError as refusal:
            outcomes.append(refusal.code)

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


def test_ten_buyers_and_five_kilos_make_five_orders(shop: Shop) -> None:
    """INV-2: no oversell under any interleaving."""
    listing = shop.publish("5", "150")
    line = Line(shop.product(), Decimal("1"), "kg")
    buyers = [shop.person(f"+2547120005{number:02}", "customer", "Kangemi") for number in range(10)]
    quotes = [(buyer, shop.quote_lines(line, customer=buyer)) for buyer in buyers]

    def buy(buyer: Person, quote: Quote) -> Callable[[], object]:
        return lambda: shop.accept(quote, f"sms-{buyer.id}", buyer.actor)

    outcomes = at_once(*(buy(buyer, quote) for buyer, quote in quotes))
    assert outcomes.count("ok") == 5
    assert set(outcomes) - {"ok"} <= {"listings.not_enough_stock", "orders.nothing_for_sale"}
    assert shop.stock(listing) == ("0.00", "0.00")


@proves("DR-811", "O17")
def test_the_deadline_and_the_money_at_once_end_confirmed_whoever_is_first(
    shop: Shop, clock: FixedClock
) -> None:
    """R18: the money finds the order waiting, or revives it; never half of each."""
    listing = shop.publish("50")
    order = shop.order("5")
    attempt = shop.prompt(order)
    clock.advance(hours=2)

    def expire() -> None:
        shop.db.run(lambda tx: payments.deadline(tx, order.order_id))

    assert at_once(expire, lambda: shop.result(attempt, paid(attempt))) == ["ok", "ok"]
    assert shop.statuses(order)[0::2] == ("confirmed", "paid")
    assert shop.stock(listing) == ("45.00", "45.00")
    assert shop.balances()["mpesa"] == str(order.amount_asked)


def test_the_same_callback_ten_times_at_once_is_booked_once(shop: Shop) -> None:
    """R12."""
    shop.publish()
    order = shop.order()
    attempt = shop.prompt(order)
    assert at_once(*[lambda: shop.result(attempt, paid(attempt))] * 10) == ["ok"] * 10
    assert shop.entries() == ["payment"]
    assert shop.texts(shop.cast.customer) == ["paid_confirmed"]


def test_the_same_yes_ten_times_at_once_is_one_order(shop: Shop) -> None:
    """DR-704, R26."""
    listing = shop.publish("50")
    quote = shop.quote("5")
    assert at_once(*[lambda: shop.accept(quote, "sms-1")] * 10) == ["ok"] * 10
    assert shop.stock(listing) == ("45.00", "45.00")


def test_cancelling_and_paying_at_once_is_never_both(shop: Shop) -> None:
    shop.publish()
    order = shop.order()
    attempt = shop.prompt(order)
    who = shop.cast.customer.actor
    at_once(
        lambda: shop.db.run(lambda tx: orders.cancel(tx, who, order_id=order.order_id)),
        lambda: shop.result(attempt, paid(attempt)),
    )
    status, item, _ = shop.statuses(order)
    assert (status, item) in (("confirmed", "pending"), ("cancelled", "cancelled"))
