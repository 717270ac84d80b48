"""All of a product for one day at once, and sharing out too little (I1 to I6, DR-407)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput, DomainError, NotAllowed
from core.orders import errors, sharing
from core.orders import service as orders
from core.orders.models import Order
from tests.orders.kit import amounts, do, refunds, statuses
from tests.orders.shop import Shop
from tests.proving import proves

QUANTITY = st.decimals("0.01", "500", places=2)


@proves("DR-407", "I5")
@given(st.lists(QUANTITY, max_size=8), st.decimals("0", "2000", places=2), st.sampled_from([0, 50, 100]))
def test_the_oldest_are_served_first_and_nothing_is_shared_out_twice(
    needs: list[Decimal], there: Decimal, least: int
) -> None:
    parts = sharing.shared_out(needs, there, least_percent=least)
    assert sum(parts) <= there
    whole = [part == need for part, need in zip(parts, needs, strict=True)]
    boundary = whole.index(False) if False in whole else len(whole)
    assert all(whole[:boundary])
    assert not any(parts[boundary + 1 :]), "nobody younger is served before somebody older"
    if boundary < len(needs):
        rest = there - sum(needs[:boundary], Decimal(0))
        expected = rest if rest * 100 >= needs[boundary] * least else Decimal(0)
        assert parts[boundary] == expected


@pytest.mark.parametrize(
    ("needs", "there", "least", "parts"),
    [
        ("5 5 5", "15", 50, "5 5 5"),
        ("5 5 5", "12.5", 50, "5 5 2.5"),
        ("5 5 5", "12.4", 50, "5 5 0"),
        ("5 5 5", "12.4", 0, "5 5 2.4"),
        ("5 5 2", "7", 50, "5 0 0"),
        ("5 3 1", "4", 50, "4 0 0"),  # the small one behind waits its turn
        ("5", "0", 0, "0"),
    ],
)
def test_shares(needs: str, there: str, least: int, parts: str) -> None:
    found = sharing.shared_out([Decimal(n) for n in needs.split()], Decimal(there), least_percent=least)
    assert found == [Decimal(part) for part in parts.split()]


def three_orders(shop: Shop) -> list[Order]:
    """5 kg tomatoes each, all for the same day."""
    shop.publish("50", "80")
    return [shop.paid_order("5", f"sms-{number}") for number in range(3)]


def day_of(order: Order) -> date:
    return order.estimated_delivery_date


@proves("DR-801")
def test_the_sum_of_the_day(shop: Shop) -> None:
    """Wed: Tomatoes 15kg, 3 orders."""
    placed = three_orders(shop)
    (one,) = do(shop, orders.sums, "farmer")
    assert (one.day, one.product_id, one.unit) == (day_of(placed[0]), shop.product(), "kg")
    assert (one.quantity, one.kg, one.orders) == (Decimal("15.00"), Decimal("15.00"), 3)
    assert one.you_get == Decimal("1080.00")
    shop.mark(placed[0], "ready")
    (rest,) = do(shop, orders.sums, "farmer")
    assert (rest.quantity, rest.orders) == (Decimal("10.00"), 2)
    mwangi = shop.person("+254712000111", "farmer", "Kabete", "Mwangi")
    assert do(shop, orders.sums, mwangi) == []


@proves("I1", "I2", "I3", "I4")
@pytest.mark.parametrize(
    ("event", "order", "item"),
    [
        ("accept", "confirmed", "pending"),
        ("harvest", "processing", "harvested"),
        ("pack", "processing", "packed"),
        ("ready", "ready_for_delivery", "ready"),
    ],
)
def test_one_mark_on_the_sum_is_a_mark_on_each(shop: Shop, event: str, order: str, item: str) -> None:
    placed = three_orders(shop)
    mark = {"product_id": shop.product(), "day": day_of(placed[0]), "event": event}
    assert len(do(shop, orders.mark_sum, "farmer", **mark)) == 3
    assert {statuses(shop, one) for one in placed} == {(order, item)}
    assert shop.due("item_response") == []


@proves("I6")
def test_the_sum_rejected(shop: Shop) -> None:
    placed = three_orders(shop)
    mark = {"product_id": shop.product(), "day": day_of(placed[0]), "event": "reject"}
    with pytest.raises(BadInput):
        do(shop, orders.mark_sum, "farmer", **mark)
    do(shop, orders.mark_sum, "farmer", **mark, reason="hail")
    shop.sweep()
    assert {statuses(shop, one) for one in placed} == {("cancelled", "rejected")}


@proves("I5", "I6")
def test_less_of_the_sum_serves_the_oldest_first(shop: Shop) -> None:
    first, second, third = three_orders(shop)
    sold = {"product_id": shop.product(), "day": day_of(first)}
    do(shop, orders.short_sum, "farmer", **sold, quantity=Decimal("7"))
    shop.sweep()
    assert [shop.items(one)[0].fulfilled_quantity for one in (first, second)] == [Decimal("5"), Decimal("2")]
    assert shop.items(first)[0].accepted_at is not None
    assert statuses(shop, third) == ("cancelled", "rejected")
    assert refunds(shop, first) == []
    assert refunds(shop, second) == [("short", "240.00")]
    assert shop.items(second)[0].short_until is not None, "40 % may be cancelled"
    assert amounts(shop, third) == ("0.00", "0.00")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"product_id": 1_000_000}, errors.NothingToMark),
        ({"day": date(2030, 1, 1)}, errors.NothingToMark),
        ({"unit": "crate"}, errors.NothingToMark),
        ({"event": "deliver"}, BadInput),
        ({"event": ""}, BadInput),
    ],
)
def test_a_sum_that_is_not_there(shop: Shop, changes: dict[str, object], error: type[DomainError]) -> None:
    placed = three_orders(shop)
    asked = {"product_id": shop.product(), "day": day_of(placed[0]), "event": "accept"} | changes
    with pytest.raises(error):
        do(shop, orders.mark_sum, "farmer", **asked)


@proves("DR-211", "DR-801")
def test_nobody_marks_anothers_sum(shop: Shop) -> None:
    placed = three_orders(shop)
    asked = {"product_id": shop.product(), "day": day_of(placed[0]), "event": "accept"}
    mwangi = shop.person("+254712000111", "farmer", "Kabete", "Mwangi")
    with pytest.raises(errors.NothingToMark):
        do(shop, orders.mark_sum, mwangi, **asked)
    with pytest.raises(errors.ItemUnknown):
        do(shop, orders.mark_sum, mwangi, **asked, farmer_id=shop.cast.farmer.id)
    with pytest.raises(NotAllowed):
        do(shop, orders.mark_sum, "customer", **asked, farmer_id=shop.cast.farmer.id)


@pytest.mark.parametrize("quantity", ["15", "16"])
def test_less_of_a_sum_is_less(shop: Shop, quantity: str) -> None:
    placed = three_orders(shop)
    with pytest.raises(errors.NotLess) as refused:
        do(
            shop,
            orders.short_sum,
            "farmer",
            product_id=shop.product(),
            day=day_of(placed[0]),
            quantity=Decimal(quantity),
        )
    assert refused.value.values["quantity"] == "15.00"


def test_another_day_is_another_sum(shop: Shop) -> None:
    placed = three_orders(shop)
    shop.db.run(
        lambda tx: setattr(
            tx.session.get_one(Order, placed[2].order_id),
            "estimated_delivery_date",
            day_of(placed[2]) + timedelta(days=1),
        )
    )
    assert [one.orders for one in do(shop, orders.sums, "farmer")] == [2, 1]
    do(shop, orders.mark_sum, "farmer", product_id=shop.product(), day=day_of(placed[0]), event="ready")
    assert [statuses(shop, one)[1] for one in placed] == ["ready", "ready", "pending"]
