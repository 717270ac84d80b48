"""Rejections, silent farmers, and the next farm (I6, DR-412, DR-801, DR-815)."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

from core.clock import nairobi
from core.errors import BadInput, NotAllowed, WrongState
from core.ledger import accounts
from core.listings import service as listings
from core.listings.models import Listing
from core.orders import errors, rejecting, silence
from core.orders import service as orders
from core.orders.models import OrderItem
from core.orders.quotes import Line
from core.questions import service as questions
from tests.helpers import FixedClock, Person
from tests.orders.kit import amounts, balance, do, refunds, setting, statuses, two_farms
from tests.orders.shop import Shop
from tests.proving import proves

QUIET = (time(21), time(6))


def reject(shop: Shop, item: OrderItem, who: object = "farmer", reason: str = "hail") -> OrderItem:
    return do(shop, orders.reject, who, order_item_id=item.order_item_id, reason=reason)


# --- I6 --------------------------------------------------------------------------------------------------
@proves("I6", "DR-412", "DR-802")
def test_a_rejected_item_is_paid_back_and_its_stock_is_gone(shop: Shop) -> None:
    made = two_farms(shop)
    for _ in range(2):
        reject(shop, made.tomatoes)
    assert statuses(shop, made.order) == ("confirmed", "rejected", "pending")
    assert refunds(shop, made.order) == [("reject", "400.00")]
    assert amounts(shop, made.order)[0] == str(300 + made.order.delivery_fee), "the fee stays"
    with shop.db.read() as tx:
        listing = tx.session.get_one(Listing, made.tomatoes.listing_id)
        assert (listing.quantity_available, listing.listing_status) == (Decimal("0.00"), "sold_out")
        record = rejecting.record_of(tx, shop.cast.farmer.id)
        assert record is not None
        assert (record.rejected, record.silent) == (1, 0)
    assert "item_gone_paid" in shop.copies(shop.cast.customer)


@proves("O8", "DR-802", "DR-1005")
def test_when_nobody_supplies_anything_all_comes_back_the_fee_too(shop: Shop) -> None:
    made = two_farms(shop)
    paid = made.order.amount_asked
    reject(shop, made.tomatoes)
    reject(shop, made.onions, made.mwangi)
    assert statuses(shop, made.order) == ("cancelled", "rejected", "rejected")
    assert shop.fresh(made.order).cancel_reason == "no_supply"
    assert [cause for cause, _ in refunds(shop, made.order)] == ["reject", "reject", "no_supply"]
    assert sum(Decimal(amount) for _, amount in refunds(shop, made.order)) == paid
    assert balance(shop, accounts.order_funds(made.order.order_id)) == Decimal("0.00")


@proves("O6", "O7", "I6")
def test_what_is_left_makes_the_order_ready(shop: Shop) -> None:
    made = two_farms(shop)
    made.mark("onions", "ready")
    assert statuses(shop, made.order)[0] == "processing"
    reject(shop, made.tomatoes)
    assert statuses(shop, made.order) == ("ready_for_delivery", "rejected", "ready")


@proves("I6", "DR-211", "DR-801")
def test_who_may_reject_and_when(shop: Shop) -> None:
    made = two_farms(shop)
    with pytest.raises(errors.ItemUnknown):
        reject(shop, made.tomatoes, made.mwangi)
    for who in ("customer", "rider"):
        with pytest.raises(NotAllowed):
            reject(shop, made.tomatoes, who)
    with pytest.raises(BadInput):
        reject(shop, made.tomatoes, reason="  ")
    reject(shop, made.tomatoes, "admin")
    made.mark("onions", "ready")
    with pytest.raises(WrongState):
        reject(shop, made.onions, made.mwangi)


# --- the clocks ------------------------------------------------------------------------------------------
def at(text: str) -> datetime:
    """A moment in Nairobi as UTC."""
    return datetime.fromisoformat(f"{text}+03:00").astimezone(UTC)


@proves("DR-801")
@pytest.mark.parametrize(
    ("asked", "due"),
    [
        ("2025-06-24T06:30", "2025-06-24 18:30"),  # twelve hours
        ("2025-06-24T09:30", "2025-06-24 20:00"),  # the eve of the delivery at the latest
        ("2025-06-24T19:30", "2025-06-24 20:30"),  # an hour at least
        ("2025-06-24T20:30", "2025-06-25 07:00"),  # never in the quiet hours, and an hour after them
        ("2025-06-24T23:30", "2025-06-25 07:00"),
        ("2025-06-25T03:00", "2025-06-25 07:00"),
    ],
)
def test_by_when_she_must_answer_for_a_delivery_on_the_25th(asked: str, due: str) -> None:
    found = silence.answer_due(at(asked), date(2025, 6, 25), hours=12, latest=time(20), quiet=QUIET)
    assert f"{nairobi(found):%Y-%m-%d %H:%M}" == due


def test_a_far_delivery_leaves_her_twelve_hours() -> None:
    found = silence.answer_due(
        at("2025-06-24T07:00"), date(2025, 7, 25), hours=12, latest=time(20), quiet=QUIET
    )
    assert f"{nairobi(found):%H:%M}" == "19:00"


@proves("DR-801")
def test_she_is_reminded_after_four_hours_once(shop: Shop, clock: FixedClock) -> None:
    shop.publish()
    shop.paid_order()
    clock.advance(hours=3, minutes=59)
    shop.sweep()
    assert "item_reminder" not in shop.copies(shop.cast.farmer)
    clock.advance(minutes=2)
    shop.sweep()
    clock.advance(hours=1)
    shop.sweep()
    assert shop.copies(shop.cast.farmer).count("item_reminder") == 1


@proves("I1", "DR-801")
@pytest.mark.parametrize("answer", ["accept", "harvest", "ready", "short", "reject"])
def test_any_answer_stops_the_clock(shop: Shop, clock: FixedClock, answer: str) -> None:
    shop.publish()
    order = shop.paid_order()
    (item,) = shop.items(order)
    match answer:
        case "short":
            do(shop, orders.short, "farmer", order_item_id=item.order_item_id, quantity=Decimal("4"))
        case "reject":
            reject(shop, item)
        case _:
            shop.mark(order, answer)
    assert (shop.due("item_reminder"), shop.due("item_response")) == ([], [])
    before = statuses(shop, order)[1]
    clock.advance(hours=13)
    shop.sweep()
    assert statuses(shop, order)[1] == before
    assert "item_reminder" not in shop.copies(shop.cast.farmer)


@proves("DR-815", "I6")
def test_silence_rejects_the_item_and_pauses_all_she_sells_until_a_sign_of_life(
    shop: Shop, clock: FixedClock
) -> None:
    tomatoes = shop.publish("50", "80")
    kale = shop.publish("20", "60", slug="onions")
    order = shop.paid_order()
    paid = str(order.amount_asked)
    clock.advance(hours=10, minutes=29)  # 19:59
    shop.sweep()
    assert statuses(shop, order) == ("confirmed", "pending")
    clock.advance(minutes=2)
    shop.sweep()
    assert statuses(shop, order) == ("cancelled", "rejected")
    assert sum(Decimal(amount) for _, amount in refunds(shop, order)) == Decimal(paid)
    with shop.db.read() as tx:
        for listing in (tomatoes, kale):
            assert tx.session.get_one(Listing, listing.listing_id).listing_status == "inactive"
        record = rejecting.record_of(tx, shop.cast.farmer.id)
        assert record is not None
        assert record.silent == 1
    do(shop, listings.wake_farmer, "farmer")
    with shop.db.read() as tx:
        assert tx.session.get_one(Listing, kale.listing_id).listing_status == "available"


@proves("DR-801")
def test_nothing_is_rejected_in_the_quiet_hours_however_late_the_worker_comes(
    shop: Shop, clock: FixedClock
) -> None:
    shop.publish()
    order = shop.paid_order()
    clock.set(at("2025-06-24T23:00"))
    shop.sweep()
    assert statuses(shop, order) == ("confirmed", "pending")
    clock.set(at("2025-06-25T07:01"))
    shop.sweep()
    assert statuses(shop, order) == ("cancelled", "rejected")


# --- the next farm ---------------------------------------------------------------------------------------
def next_door(shop: Shop, price: str = "80", quantity: str = "30") -> Person:
    """Wanjiku of Kabete sells tomatoes as well."""
    wanjiku = shop.person("+254712000112", "farmer", "Kabete", "Wanjiku")
    shop.publish(quantity, price, farmer=wanjiku)
    return wanjiku


@proves("DR-815")
def test_the_next_farm_is_offered_before_a_refund_and_taken(shop: Shop) -> None:
    made = two_farms(shop)
    wanjiku = next_door(shop, "70")
    rejected = made.tomatoes
    reject(shop, rejected)
    assert refunds(shop, made.order) == [], "first she is asked"
    assert shop.texts(shop.cast.customer)[-1] == "replacement"
    made.mark("onions", "ready")
    assert statuses(shop, made.order)[0] == "processing", "the order waits for her answer"
    choose = {"order_item_id": rejected.order_item_id, "take": True}
    taken = do(shop, orders.choose_replacement, "customer", **choose)
    again = do(shop, orders.choose_replacement, "customer", **choose)
    assert taken is not None
    assert again is not None
    assert again.order_item_id == taken.order_item_id
    assert (taken.farmer_id, taken.price_at_purchase) == (wanjiku.id, Decimal("70.00"))
    assert statuses(shop, made.order) == ("processing", "rejected", "ready", "pending")
    assert refunds(shop, made.order) == [("replaced", "50.00")], "it is cheaper there"
    assert "new_order" in shop.copies(wanjiku)
    assert [duty.subject_id for duty in shop.due("item_response")] == [taken.order_item_id]
    shop.mark_item(taken, "ready", wanjiku.actor)
    assert statuses(shop, made.order)[0] == "ready_for_delivery"


@proves("DR-815")
@pytest.mark.parametrize("silent", [True, False])
def test_two_hours_of_silence_or_a_no_mean_a_refund(shop: Shop, clock: FixedClock, silent: bool) -> None:
    shop.publish("50", "80")
    order = shop.paid_order()
    next_door(shop)
    (item,) = shop.items(order)
    reject(shop, item)
    assert statuses(shop, order) == ("confirmed", "rejected")
    if silent:
        clock.advance(minutes=119)
        shop.sweep()
        assert refunds(shop, order) == []
        clock.advance(minutes=2)
        shop.sweep()
    else:
        for _ in range(2):
            do(shop, orders.choose_replacement, "customer", order_item_id=item.order_item_id, take=False)
    assert statuses(shop, order) == ("cancelled", "rejected")
    assert sum(Decimal(amount) for _, amount in refunds(shop, order)) == order.amount_asked
    with pytest.raises(errors.ReplacementGone):
        do(shop, orders.choose_replacement, "customer", order_item_id=item.order_item_id, take=True)


@proves("DR-815")
def test_a_dearer_or_too_small_or_far_farm_is_not_offered(shop: Shop) -> None:
    shop.publish("50", "80")
    order = shop.paid_order()
    next_door(shop, "81")
    small = shop.person("+254712000113", "farmer", "Kabete", "Otieno")
    shop.publish("4", "80", farmer=small)
    far = shop.person("+254712000114", "farmer", "Galbet", "Amina")
    shop.publish("50", "80", farmer=far)
    reject(shop, shop.items(order)[0])
    assert statuses(shop, order)[0] == "cancelled"


@proves("DR-815")
def test_if_that_farm_has_sold_out_meanwhile_the_money_comes_back(shop: Shop) -> None:
    shop.publish("50", "80")
    order = shop.paid_order()
    wanjiku = next_door(shop, quantity="6")
    (item,) = shop.items(order)
    reject(shop, item)
    other = shop.person("+254712000222", "customer", "Kangemi")
    line = Line(shop.product(), Decimal("5"), "kg")
    shop.accept(shop.quote_lines(line, customer=other), "sms-9", other.actor)
    taken = do(shop, orders.choose_replacement, "customer", order_item_id=item.order_item_id, take=True)
    assert taken is None
    assert statuses(shop, order) == ("cancelled", "rejected")
    assert wanjiku.id not in {row.farmer_id for row in shop.items(order)}


@proves("DR-211", "DR-815")
def test_the_choice_is_the_customers(shop: Shop) -> None:
    shop.publish("50", "80")
    order = shop.paid_order()
    next_door(shop)
    (item,) = shop.items(order)
    with pytest.raises(errors.ReplacementUnknown):
        do(shop, orders.choose_replacement, "customer", order_item_id=item.order_item_id, take=True)
    reject(shop, item)
    stranger = shop.person("+254712000222", "customer", "Kangemi")
    with pytest.raises(errors.ReplacementUnknown):
        do(shop, orders.choose_replacement, stranger, order_item_id=item.order_item_id, take=True)


@proves("DR-815", "DR-1510")
def test_she_is_asked_with_numbered_choices(shop: Shop) -> None:
    shop.publish("50", "80")
    order = shop.paid_order()
    next_door(shop)
    reject(shop, shop.items(order)[0])
    with shop.db.read() as tx:
        question = questions.open_for(tx, shop.cast.customer.phone)
        assert question is not None
        assert (question.kind, len(question.choices)) == ("replacement", 2)


@proves("DR-801")
def test_an_admin_takes_marks_back_with_a_reason(shop: Shop) -> None:
    made = two_farms(shop)
    made.mark("tomatoes", "ready")
    item_id = made.tomatoes.order_item_id
    for who, error in (("farmer", NotAllowed), (made.mwangi, errors.ItemUnknown), ("customer", NotAllowed)):
        with pytest.raises(error):
            do(shop, orders.set_back, who, order_item_id=item_id, to="pending", reason="no")
    for to, reason in (("ready", "x"), ("eaten", "x"), ("pending", " ")):
        with pytest.raises(BadInput):
            do(shop, orders.set_back, "admin", order_item_id=item_id, to=to, reason=reason)
    for _ in range(2):
        do(shop, orders.set_back, "admin", order_item_id=item_id, to="harvested", reason="not packed yet")
    fresh = made.tomatoes
    assert (fresh.item_status, fresh.implied, fresh.ready_at, fresh.packed_at) == (
        "harvested", "harvested", None, None,
    )  # fmt: skip
    made.ready()
    with pytest.raises(WrongState):
        do(shop, orders.set_back, "admin", order_item_id=item_id, to="pending", reason="too late")


@proves("I3", "I4")
def test_without_skipping_every_step_is_said(shop: Shop) -> None:
    setting(shop, "item.allow_skip", "false")
    shop.publish()
    order = shop.paid_order()
    with pytest.raises(WrongState):
        shop.mark(order, "ready")
    for step in ("harvest", "pack", "ready"):
        shop.mark(order, step)
    assert statuses(shop, order) == ("ready_for_delivery", "ready")
