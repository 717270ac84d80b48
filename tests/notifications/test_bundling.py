"""New orders for a farmer: the first at once, further ones every half hour in one text (DR-801)."""

import pytest
from sqlalchemy import select

from core.db import Database
from core.due_work import HANDLERS
from core.duties.sweep import sweep
from core.orders.models import Order
from core.outbox.models import OutboxMessage
from core.questions.models import Question
from tests.helpers import Cast, FixedClock
from tests.orders.shop import Shop

CODES = ("new_order", "new_orders", "new_orders_more")


@pytest.fixture
def shop(db: Database, cast: Cast) -> Shop:
    return Shop(db, cast)


def told(shop: Shop) -> list[tuple[str, str]]:
    """The texts about new orders to the farmer: code, and what stands in front."""
    with shop.db.read() as tx:
        query = select(OutboxMessage).where(
            OutboxMessage.user_id == shop.cast.farmer.id, OutboxMessage.code.in_(CODES)
        )
        return [
            (row.code, f"{_count(row)} {row.values['amount_of']['qty']}".strip())
            for row in tx.session.scalars(query.order_by(OutboxMessage.outbox_id))
        ]


def _count(row: OutboxMessage) -> str:
    return str(row.values["count"]) if row.code != "new_order" else ""


def work(shop: Shop) -> None:
    while sweep(shop.db, HANDLERS):
        pass


def buy(shop: Shop, number: int, quantity: str = "5", slug: str = "tomatoes") -> None:
    """Another order, paid."""
    order = shop.accept(shop.quote(quantity, slug=slug), f"sms-{number}")
    shop.pay(order, f"ws_CO_{number}", f"TFO1AA{number:04d}")


def test_three_orders_in_ten_minutes_are_two_texts(shop: Shop, clock: FixedClock) -> None:
    shop.publish("200", "60")
    for number in range(4):
        buy(shop, number, f"{5 + number}")
        clock.advance(minutes=3)
        work(shop)
    assert told(shop) == [("new_order", "5.00")], "the first at once, the others wait"
    clock.advance(minutes=30)
    work(shop)
    assert told(shop) == [("new_order", "5.00"), ("new_orders", "3 21.00")]
    clock.advance(minutes=40)
    buy(shop, 9)
    assert told(shop)[-1] == ("new_order", "5.00"), "an hour later the next is the first again"


def test_a_bundle_of_one_is_that_order_and_asks_about_it(shop: Shop, clock: FixedClock) -> None:
    """Her bare YES must never meet an order she has not heard of (DR-1510)."""
    shop.publish("200", "60")
    buy(shop, 1)
    buy(shop, 2, "8")
    with shop.db.read() as tx:
        before = tx.session.scalars(select(Question).where(Question.kind == "item_available")).all()
        assert len(before) == 1
    clock.advance(minutes=31)
    work(shop)
    assert told(shop) == [("new_order", "5.00"), ("new_order", "8.00")]
    with shop.db.read() as tx:
        after = tx.session.scalars(select(Question).where(Question.kind == "item_available")).all()
        assert len(after) == 2


def test_several_things_are_named_by_the_one_that_weighs_most(shop: Shop, clock: FixedClock) -> None:
    shop.publish("200", "60")
    shop.publish("200", "50", slug="kale")
    buy(shop, 1)
    buy(shop, 2, "9")
    buy(shop, 3, "30", "kale")
    clock.advance(minutes=31)
    work(shop)
    assert told(shop)[1:] == [("new_orders_more", "2 30.00")]


def test_an_order_that_was_cancelled_meanwhile_is_not_told(shop: Shop, clock: FixedClock) -> None:
    shop.publish("200", "60")
    buy(shop, 1)
    buy(shop, 2)
    with shop.db.transaction() as tx:
        order = tx.session.scalars(select(Order).order_by(Order.order_id.desc()).limit(1)).one()
        order.order_status = "cancelled"
    clock.advance(minutes=31)
    work(shop)
    assert len(told(shop)) == 1
