"""After the order is placed: the farmer's marks, the deadline, cancelling, finding it again (7.1, 8.1)."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from core.clock import nairobi_date
from core.errors import BadInput, NotAllowed, WrongState
from core.orders import errors, numbers
from core.orders import service as orders
from core.orders.models import Order, OrderItem
from core.orders.quotes import Line
from core.parts import Parts
from tests.helpers import FixedClock
from tests.orders.shop import Shop
from tests.ussd.counting import counting


# --- the farmer ------------------------------------------------------------------------------------------
def test_what_waits_for_the_farmer_is_one_statement(shop: Shop) -> None:
    shop.publish()
    shop.paid_order(key="sms-1")
    shop.paid_order(key="sms-2")
    with counting(shop.db) as count, shop.db.read() as tx:
        waiting = orders.waiting_for_farmer(tx, shop.cast.farmer.actor)
    assert len(count.sql) == 1
    assert [item.customer_first_name for item in waiting] == ["Achieng", "Achieng"]
    assert waiting[0].due == nairobi_date(shop.db.parts.clock.now()) + timedelta(days=1)


def test_an_unpaid_order_does_not_wait_for_the_farmer(shop: Shop) -> None:
    shop.publish()
    shop.order()
    with shop.db.read() as tx:
        assert orders.waiting_for_farmer(tx, shop.cast.farmer.actor) == []


@pytest.mark.parametrize(
    ("marks", "status", "implied"),
    [
        (["accept"], "pending", ""),
        (["harvest"], "harvested", ""),
        (["harvest", "pack", "ready"], "ready", ""),
        (["pack"], "packed", "harvested"),
        (["ready"], "ready", "harvested packed"),
        (["harvest", "ready"], "ready", "packed"),
        (["ready", "ready", "harvest", "accept"], "ready", "harvested packed"),  # repeats change nothing
    ],
)
def test_marks_lead_forward_and_stamp_what_was_skipped(
    shop: Shop, marks: list[str], status: str, implied: str
) -> None:
    """I1 to I4, item.allow_skip; a repeated event is a success that changes nothing (7.1)."""
    shop.publish()
    order = shop.paid_order()
    for mark in marks:
        shop.mark(order, mark)
    (item,) = shop.items(order)
    assert (item.item_status, item.implied) == (status, implied)
    assert item.accepted_at is not None
    for word in implied.split():
        assert getattr(item, f"{word}_at") is not None


def test_a_repeated_mark_writes_no_second_row_of_history(shop: Shop) -> None:
    shop.publish()
    order = shop.paid_order()
    shop.mark(order, "ready")
    once = shop.history(order)
    shop.mark(order, "ready")
    assert shop.history(order) == once


def test_an_unpaid_order_is_not_prepared(shop: Shop) -> None:
    """INV-3 keeps goods and money together."""
    shop.publish()
    order = shop.order()
    with pytest.raises(WrongState):
        shop.mark(order, "ready")


def test_nobody_marks_anothers_item(shop: Shop) -> None:
    """DR-801, DR-211: a stranger's item does not exist."""
    shop.publish()
    (item,) = shop.items(shop.paid_order())
    mwangi = shop.person("+254712000111", "farmer", "Kabete", "Mwangi")
    with pytest.raises(errors.ItemUnknown):
        shop.mark_item(item, "ready", mwangi.actor)
    with pytest.raises(NotAllowed):
        shop.mark_item(item, "ready", shop.cast.customer.actor)
    with pytest.raises(BadInput):
        shop.mark_item(item, "deliver")


def test_two_farms_are_ready_when_both_are(shop: Shop) -> None:
    """O6, O7."""
    shop.publish("50", "80")
    kabete = shop.person("+254712000111", "farmer", "Kabete", "Mwangi")
    shop.publish("50", "60", slug="onions", farmer=kabete)
    order = shop.accept(
        shop.quote_lines(
            Line(shop.product(), Decimal("5"), "kg"), Line(shop.product("onions"), Decimal("5"), "kg")
        )
    )
    shop.pay(order)
    first, second = shop.items(order)
    shop.mark_item(first, "ready")
    assert shop.fresh(order).order_status == "processing"
    shop.mark_item(second, "ready", kabete.actor)
    assert shop.fresh(order).order_status == "ready_for_delivery"


def test_when_all_farmers_have_agreed_the_search_begins_twelve_hours_before_the_slot(shop: Shop) -> None:
    """O7, delivery.offer_lead_hours."""
    shop.publish()
    order = shop.paid_order()
    shop.mark(order, "accept")
    (duty,) = shop.due("find_rider")
    assert duty.due_at.isoformat() == "2025-06-24T15:00:00+00:00", "18:00 in Nairobi, slot from 06:00"


# --- deadline and cancelling -----------------------------------------------------------------------------
def test_an_unpaid_order_is_cancelled_at_its_deadline_and_its_stock_returns(
    shop: Shop, clock: FixedClock
) -> None:
    """O4, DR-808."""
    listing = shop.publish("50", "80")
    order = shop.order("5")
    shop.refuse_prompt(order)
    clock.advance(minutes=29)
    shop.sweep()
    assert shop.fresh(order).order_status == "pending_payment"
    clock.advance(minutes=1)
    shop.sweep()
    assert shop.statuses(order) == ("cancelled", "cancelled", "failed")
    assert shop.fresh(order).cancel_reason == "payment_timeout"
    assert shop.stock(listing) == ("50.00", "50.00")
    assert shop.texts(shop.cast.customer)[-1] == "order_expired"


def test_a_paid_order_has_no_deadline(shop: Shop, clock: FixedClock) -> None:
    shop.publish()
    order = shop.paid_order()
    assert shop.due("payment_deadline") == []
    clock.advance(hours=2)
    shop.sweep()
    assert shop.fresh(order).order_status == "confirmed"


def test_the_customer_cancels_freely_before_paying(shop: Shop) -> None:
    """O5; cancelling twice is one cancellation (DR-412)."""
    listing = shop.publish("50", "80")
    order = shop.order("5")
    for _ in range(2):
        shop.db.run(lambda tx: orders.cancel(tx, shop.cast.customer.actor, order_id=order.order_id))
    assert shop.statuses(order)[:2] == ("cancelled", "cancelled")
    assert shop.stock(listing) == ("50.00", "50.00")
    assert shop.due("stk_push") == [], "the prompt that was not sent yet is never sent"
    assert shop.attempt(order).status == "failed"
    assert "payment_failed" not in shop.texts(shop.cast.customer)


def test_an_order_on_its_way_is_not_cancelled_and_a_strangers_never(shop: Shop) -> None:
    shop.publish()
    order = shop.assigned()
    shop.pick_up(order)
    with pytest.raises(errors.TooLateToCancel):
        shop.db.run(lambda tx: orders.cancel(tx, shop.cast.customer.actor, order_id=order.order_id))
    stranger = shop.person("+254712000222", "customer", "Kangemi")
    with pytest.raises(errors.OrderUnknown):
        shop.db.run(lambda tx: orders.cancel(tx, stranger.actor, order_id=order.order_id))


def test_the_customer_may_say_ok_before_the_day_is_over(shop: Shop) -> None:
    """O15."""
    shop.publish()
    order = shop.delivered_order()
    for _ in range(2):
        shop.db.run(lambda tx: orders.complete(tx, shop.cast.customer.actor, order.order_id))
    assert shop.fresh(order).order_status == "completed"
    assert [line for line in shop.history(order) if line.startswith("O15")] == [
        "O15 order delivered>completed"
    ]


def test_an_order_on_its_way_is_not_completed(shop: Shop) -> None:
    shop.publish()
    order = shop.assigned()
    with pytest.raises(WrongState):
        shop.db.run(lambda tx: orders.complete(tx, shop.cast.customer.actor, order.order_id))


# --- finding an order (DR-110) ---------------------------------------------------------------------------
def find(shop: Shop, who: str, text: str) -> Order:
    person = getattr(shop.cast, who)
    with shop.db.read() as tx:
        return orders.by_number(tx, person.actor, text)


@pytest.mark.parametrize("who", ["customer", "farmer", "rider", "admin"])
def test_everybody_in_the_order_finds_it_by_number_or_tail(shop: Shop, who: str) -> None:
    shop.publish()
    order = shop.assigned()
    for text in (order.order_number, order.order_number.lower(), order.tail, f" {order.tail.lower()} "):
        assert find(shop, who, text).order_id == order.order_id


def test_a_rider_without_the_job_finds_nothing(shop: Shop) -> None:
    """DR-211: not found, never forbidden."""
    shop.publish()
    order = shop.paid_order()
    with pytest.raises(errors.OrderUnknown):
        find(shop, "rider", order.order_number)


@pytest.mark.parametrize("text", ["", "A3", "%%%%", "____", "TUN250624", "A3B7; DROP TABLE orders"])
def test_nonsense_finds_nothing(shop: Shop, text: str) -> None:
    shop.publish()
    shop.order()
    with pytest.raises(errors.OrderUnknown):
        find(shop, "customer", text)


def test_two_open_orders_with_one_tail_are_asked_about_and_a_closed_one_does_not_count(shop: Shop) -> None:
    shop.publish()
    first, second = shop.paid_order(key="sms-1"), shop.paid_order(key="sms-2")

    def rename(number: str, order: Order) -> None:
        shop.db.run(
            lambda tx: tx.session.execute(
                update(Order).where(Order.order_id == order.order_id).values(order_number=number)
            )
        )

    rename("TUN250623A3B7", first)
    rename("TUN250624A3B7", second)
    with pytest.raises(errors.OrderAmbiguous) as two:
        find(shop, "customer", "A3B7")
    assert sorted(two.value.values["numbers"]) == ["TUN250623A3B7", "TUN250624A3B7"]
    shop.db.run(
        lambda tx: tx.session.execute(
            update(Order).where(Order.order_id == first.order_id).values(order_status="completed")
        )
    )
    assert find(shop, "customer", "A3B7").order_id == second.order_id


class LoadedDice:
    """Draws these letters, one after the other, for ever."""

    def __init__(self, letters: str) -> None:
        self._letters, self._at = letters, -1

    def choice(self, options: str) -> str:
        self._at = (self._at + 1) % len(self._letters)
        return self._letters[self._at]


def test_a_taken_number_is_drawn_again_and_too_many_collisions_fail_loudly(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DR-109."""
    shop.publish()
    taken = shop.order().tail
    with shop.db.read() as tx:
        dice = LoadedDice(f"{taken}ABCD{taken}A3B7")
        monkeypatch.setattr(tx, "parts", _with(tx.parts, dice))
        assert numbers.draw(tx).endswith("A3B7"), "ABCD has no digit"
    with shop.db.read() as tx:
        monkeypatch.setattr(tx, "parts", _with(tx.parts, LoadedDice(taken)))
        with pytest.raises(numbers.NumbersExhausted):
            numbers.draw(tx)


def _with(parts: Parts, chance: LoadedDice) -> Parts:
    return replace(parts, chance=chance)  # type: ignore[arg-type]


def test_an_item_counts_its_own_farmer_only(shop: Shop) -> None:
    """DR-801: the farmer's list never shows another farmer's lines."""
    shop.publish()
    order = shop.paid_order()
    mwangi = shop.person("+254712000111", "farmer", "Kabete", "Mwangi")
    with shop.db.read() as tx:
        assert orders.waiting_for_farmer(tx, mwangi.actor) == []
        owners = set(
            tx.session.scalars(select(OrderItem.farmer_id).where(OrderItem.order_id == order.order_id))
        )
    assert owners == {shop.cast.farmer.id}
