"""A customer's orders of late: what she is told of, what a bare PAY means, what is "again?" (DR-704)."""

from decimal import Decimal

import pytest

from core.orders import quotes, recent
from core.orders import service as orders
from core.orders.models import Quote
from core.orders.quotes import Line
from tests.helpers import FixedClock
from tests.orders.shop import Shop
from tests.ussd.counting import counting


def again(shop: Shop, quote: Quote) -> bool:
    with shop.db.read() as tx:
        lines = quotes.quote_view(tx, quote.quote_id).lines
        return recent.ordered_lately(tx, shop.cast.customer.id, lines)


@pytest.mark.parametrize(
    ("quantity", "minutes", "is_again"),
    [("5", 9, True), ("5", 10, False), ("6", 0, False)],
    ids=["the same within the window", "the same after it", "another amount"],
)
def test_the_same_lines_within_minutes_are_ordered_again_dr704(
    shop: Shop, clock: FixedClock, quantity: str, minutes: int, is_again: bool
) -> None:
    shop.publish()
    shop.order("5")
    clock.advance(minutes=minutes)
    assert again(shop, shop.quote(quantity)) is is_again


def test_another_unit_is_not_the_same_dr704(shop: Shop) -> None:
    shop.publish(slug="mangoes")
    shop.publish("9", "900", "crate", slug="mangoes")
    shop.accept(shop.quote("2", "kg", slug="mangoes"))
    assert not again(shop, shop.quote("2", "crate", slug="mangoes"))


def test_all_lines_must_be_the_same_in_any_order_dr704(shop: Shop) -> None:
    shop.publish()
    shop.publish("30", "100", slug="onions")
    tomatoes = Line(shop.product(), Decimal(5), "kg")
    onions = Line(shop.product("onions"), Decimal(2), "kg")
    shop.accept(shop.quote_lines(tomatoes, onions))
    assert again(shop, shop.quote_lines(onions, tomatoes))
    assert not again(shop, shop.quote_lines(tomatoes))


def test_an_order_that_was_cancelled_was_not_ordered_dr704(shop: Shop) -> None:
    shop.publish()
    order = shop.order("5")
    shop.db.run(lambda tx: orders.cancel(tx, shop.cast.customer.actor, order_id=order.order_id))
    assert not again(shop, shop.quote("5"))


def test_the_same_by_somebody_else_is_not_again_dr704(shop: Shop) -> None:
    shop.publish()
    other = shop.person("+254712000606", "customer", "Kangemi")
    quote = shop.quote_lines(Line(shop.product(), Decimal(5), "kg"), customer=other)
    shop.accept(quote, actor=other.actor)
    assert not again(shop, shop.quote("5"))


def test_the_newest_that_waits_for_money(shop: Shop, clock: FixedClock) -> None:
    def newest() -> int | None:
        with shop.db.read() as tx:
            found = recent.newest_unpaid(tx, shop.cast.customer.actor)
            return found.order_id if found else None

    shop.publish()
    assert newest() is None
    first = shop.order(key="sms-1")
    clock.advance(minutes=4)
    shop.paid_order("6", key="sms-2")
    assert newest() == first.order_id
    clock.advance(minutes=4)
    second = shop.order("7", key="sms-3")
    assert newest() == second.order_id


def test_the_latest_order_whatever_became_of_it_is_one_statement(shop: Shop) -> None:
    shop.publish()
    with shop.db.read() as tx:
        assert recent.latest(tx, shop.cast.customer.actor) is None
    shop.paid_order(key="sms-1")
    order = shop.order("6", key="sms-2")
    shop.db.run(lambda tx: orders.cancel(tx, shop.cast.customer.actor, order_id=order.order_id))
    with counting(shop.db) as count, shop.db.read() as tx:
        latest = recent.latest(tx, shop.cast.customer.actor)
    assert len(count.sql) == 1
    fresh = shop.fresh(order)
    assert latest == recent.Latest(order.tail, "cancelled", fresh.came_to, fresh.estimated_delivery_date)
