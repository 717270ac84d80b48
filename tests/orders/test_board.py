"""A farmer's open work in one look, and marks that count for what she saw (DR-801, DR-407, O10, I8)."""

from datetime import timedelta
from decimal import Decimal

import pytest

from core.farms import agents
from core.listings import service as listings
from core.listings import waking
from core.orders import board, buyer, errors, seen
from core.orders import service as orders
from core.orders.board import OpenItem, OpenSum
from core.orders.models import Order
from tests.helpers import CUSTOMER
from tests.orders.kit import do, statuses, two_farms
from tests.orders.shop import Shop
from tests.proving import proves


def work(shop: Shop, who: str = "farmer") -> list[OpenItem]:
    return do(shop, board.open_items, who)


def only_sum(shop: Shop) -> OpenSum:
    (one,) = board.summed(work(shop))
    return one


def three_orders(shop: Shop) -> list[Order]:
    shop.publish("50", "80")
    return [shop.paid_order("5", f"sms-{number}") for number in range(3)]


@proves("DR-801")
def test_what_waits_is_summed_and_what_is_ready_is_told_apart(shop: Shop) -> None:
    first, second, third = three_orders(shop)
    one = only_sum(shop)
    assert (one.first.due, one.first.product_id, one.first.unit) == (
        first.estimated_delivery_date,
        shop.product(),
        "kg",
    )
    assert (one.quantity, one.kg, one.orders, one.you_get) == (
        Decimal("15.00"),
        Decimal("15.00"),
        3,
        Decimal("1080.00"),
    )
    assert one.marks == "ahp"
    shop.mark(first, "accept")
    shop.mark(second, "pack")
    assert [item.marks for item in only_sum(shop).items] == ["hp", "", "ahp"]
    shop.mark(third, "ready")
    assert [(item.tail, item.item_status, item.at_work) for item in work(shop)] == [
        (first.tail, "pending", True),
        (second.tail, "packed", True),
        (third.tail, "ready", False),
    ]
    assert only_sum(shop).orders == 2


@proves("DR-801")
def test_it_is_the_farmers_own_and_of_paid_orders(shop: Shop) -> None:
    made = two_farms(shop)
    assert [item.product_id for item in work(shop)] == [shop.product()]
    assert [item.product_id for item in do(shop, board.open_items, made.mwangi)] == [shop.product("onions")]
    assert work(shop, "customer") == []
    shop.accept(shop.quote("2"), "sms-unpaid")
    assert len(work(shop)) == 1, "unpaid"
    do(shop, orders.cancel, "customer", order_id=made.order.order_id)
    assert work(shop) == []


@proves("O10", "I8")
def test_it_names_what_customers_ask_and_what_riders_counted(shop: Shop) -> None:
    shop.publish()
    order = shop.paid_order()
    shop.mark(order, "harvest")
    do(shop, orders.request_cancel, "customer", order_id=order.order_id)
    assert (only_sum(shop).asked, only_sum(shop).first.cancel_asked) == (1, True)
    shop.mark(order, "ready")
    shop.sweep()
    offer = shop.offer()
    assert offer is not None
    shop.answer(offer)
    item = shop.items(order)[0]
    do(shop, orders.collected, "rider", order_id=order.order_id, counted={item.order_item_id: Decimal("4")})
    (found,) = work(shop)
    assert (found.item_status, found.counted) == ("picked_up", Decimal("4.00"))
    assert found.short_id is not None
    do(shop, orders.answer_short, "farmer", short_id=found.short_id, agree=True)
    (found,) = work(shop)
    assert (found.short_id, found.quantity) == (None, Decimal("4.00"))


@proves("DR-407")
def test_what_still_grows_says_when_it_is_expected(shop: Shop) -> None:
    listing = shop.publish()
    order = shop.paid_order()
    assert only_sum(shop).expected is None
    day = order.estimated_delivery_date + timedelta(days=5)

    def grows(tx: object) -> None:
        found = tx.session.get(type(listing), listing.listing_id)  # type: ignore[attr-defined]
        found.harvest_date, found.expected_harvest_date = None, day

    shop.db.run(grows)
    assert only_sum(shop).expected == day


@proves("I5", "I6")
@pytest.mark.parametrize(
    ("there", "whole", "part", "none", "gets", "may_cancel"),
    [
        ("12", 2, 1, 0, "864.00", True),
        ("13", 2, 1, 0, "936.00", False),
        ("5", 1, 0, 2, "360.00", False),
        ("0.5", 0, 1, 2, "36.00", True),
    ],
)
def test_what_would_become_of_them_is_what_becomes_of_them(
    shop: Shop, there: str, whole: int, part: int, none: int, gets: str, may_cancel: bool
) -> None:
    placed = three_orders(shop)
    said = do(shop, lambda tx, actor: board.shares(tx, only_sum(shop).items, Decimal(there)), "farmer")
    assert said == board.Shares(whole, part, none, Decimal(gets), may_cancel)
    one = only_sum(shop).first
    do(
        shop,
        orders.short_sum,
        "farmer",
        product_id=one.product_id,
        day=one.due,
        quantity=Decimal(there),
        unit=one.unit,
    )
    shop.sweep()  # the rest follows seconds later
    left = only_sum(shop)
    assert (left.orders, left.you_get) == (whole + part, Decimal(gets))
    assert [statuses(shop, order)[0] for order in placed].count("cancelled") == none


@proves("I4")
def test_nobody_marks_what_was_paid_while_she_read(shop: Shop) -> None:
    placed = three_orders(shop)
    one = only_sum(shop)
    mark = {"product_id": one.first.product_id, "day": one.first.due, "unit": "kg", "event": "ready"}
    new = shop.paid_order("5", "sms-new")
    with pytest.raises(errors.SumChanged):
        do(shop, seen.mark_sum, "farmer", **mark, seen=one.quantity)
    assert {statuses(shop, order)[1] for order in [*placed, new]} == {"pending"}
    assert len(do(shop, seen.mark_sum, "farmer", **mark, seen=Decimal("20"))) == 4
    with pytest.raises(errors.NothingToMark):
        do(shop, seen.mark_sum, "farmer", **mark, seen=Decimal("20"))


@proves("DR-815")
def test_a_helper_sees_what_waits_for_whom(shop: Shop) -> None:
    made = two_farms(shop)
    assert do(shop, board.helped_items, "customer") == []
    do(shop, agents.name_helper, "farmer", msisdn=CUSTOMER)
    (one,) = do(shop, board.helped_items, "customer")
    assert (one.farmer, one.farmer_id, one.tail) == ("Wanjiku", shop.cast.farmer.id, made.order.tail)
    made.mark("tomatoes", "ready")
    assert do(shop, board.helped_items, "customer") == []


@proves("DR-801", "DR-908")
def test_of_the_buyer_she_knows_little(shop: Shop) -> None:
    made = two_farms(shop, method="cash_on_delivery", pay=False)
    item = made.tomatoes.order_item_id
    known = do(shop, buyer.of_item, "farmer", order_item_id=item)
    assert (known.ward, known.way, known.cash, known.paid_before) == ("Kangemi", "rider", True, 0)
    assert known.first_name
    with pytest.raises(errors.ItemUnknown):
        do(shop, buyer.of_item, made.mwangi, order_item_id=item)


@proves("DR-815")
def test_what_silence_paused_is_named_when_she_is_back(shop: Shop) -> None:
    small, large = shop.publish("5"), shop.publish("50")
    assert do(shop, waking.paused, "farmer") == []
    assert do(shop, waking.wake, "farmer", listing_ids=[]) is None
    shop.db.run(lambda tx: listings.pause_farmer(tx, shop.cast.farmer.id))
    down = do(shop, waking.paused, "farmer")
    assert sorted(down) == sorted([small.listing_id, large.listing_id])
    assert do(shop, waking.paused, "customer") == []
    back = do(shop, waking.wake, "farmer", listing_ids=down)
    assert back is not None
    assert (back.listing_id, back.quantity, back.unit, back.others) == (
        large.listing_id,
        Decimal("50.00"),
        "kg",
        1,
    )
    assert do(shop, waking.paused, "farmer") == []
    again = do(shop, waking.wake, "farmer", listing_ids=down)
    assert again == back, "her sign of life had brought them back already"
