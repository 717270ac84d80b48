"""Pre-orders share what was harvested, the oldest first; late harvests (DR-407)."""

from datetime import timedelta
from decimal import Decimal

import pytest

from core.clock import nairobi_date
from core.listings import service as listings
from core.listings.models import Listing
from core.orders import errors, many
from core.orders import service as orders
from core.orders.models import Order
from core.payments.service import Result
from tests.helpers import FixedClock, farm_id
from tests.orders.kit import do, refunds, setting, statuses
from tests.orders.shop import Shop
from tests.orders.statements import counted
from tests.proving import proves

# Tomatoes that will be ripe in so many days.
RIPE = 10


@pytest.fixture
def growing(shop: Shop) -> Listing:
    """50 kg, still growing."""
    setting(shop, "order.max_unpaid", "10")

    def publish(tx: object) -> Listing:
        return listings.publish(
            tx,  # type: ignore[arg-type]
            shop.cast.farmer.actor,
            farm_id=farm_id(tx, shop.cast.farmer.actor),  # type: ignore[arg-type]
            product_id=shop.product(),
            unit="kg",
            quantity=Decimal("50"),
            price=Decimal("80"),
            expected_harvest_date=nairobi_date(shop.db.parts.clock.now()) + timedelta(days=RIPE),
            price_confirmed=True,
        )

    return shop.db.run(publish)


def pre_order(shop: Shop, growing: Listing, quantity: str, key: str, *, pay: bool = True) -> Order:
    """As if it had been ordered while it was growing: the listing is shown as ready just for the placing."""
    show(shop, growing, "available")
    order = shop.order(quantity, key)
    show(shop, growing, "pre_order")
    if pay:
        attempt = shop.prompt(order, f"ws_{key}")
        result = Result(
            checkout_id=f"ws_{key}", code="0", final="paid", amount=attempt.amount,
            receipt=f"R{order.order_id:09d}", payer=attempt.msisdn,
        )  # fmt: skip
        assert shop.result(attempt, result) == "applied"
        shop.mark(order, "accept")
    return order


def show(shop: Shop, growing: Listing, status: str) -> None:
    shop.db.run(lambda tx: setattr(tx.session.get_one(Listing, growing.listing_id), "listing_status", status))


def harvest(shop: Shop, growing: Listing, quantity: str) -> None:
    say_harvested(shop, growing, quantity)
    shop.sweep()


def say_harvested(shop: Shop, growing: Listing, quantity: str) -> None:
    farmer = shop.cast.farmer.actor
    shop.db.run(lambda tx: listings.harvested(tx, farmer, growing.listing_id, Decimal(quantity)))


@proves("DR-407")
def test_enough_for_all_leaves_every_order_as_it_was(shop: Shop, growing: Listing) -> None:
    placed = [pre_order(shop, growing, "5", f"sms-{n}") for n in range(3)]
    harvest(shop, growing, "15")
    assert [statuses(shop, one) for one in placed] == [("confirmed", "pending")] * 3
    assert all(refunds(shop, one) == [] for one in placed)


@proves("DR-407", "I5", "I7")
def test_too_little_serves_the_oldest_the_boundary_in_part_and_pays_the_rest_back(
    shop: Shop, growing: Listing
) -> None:
    first, second, third = (pre_order(shop, growing, "5", f"sms-{n}") for n in range(3))
    harvest(shop, growing, "7.5")
    assert [shop.items(one)[0].fulfilled_quantity for one in (first, second)] == [
        Decimal("5"),
        Decimal("2.5"),
    ]
    assert refunds(shop, first) == []
    assert refunds(shop, second) == [("short", "200.00")]
    assert statuses(shop, third) == ("cancelled", "cancelled")
    assert sum(Decimal(amount) for _, amount in refunds(shop, third)) == third.amount_asked
    assert "item_gone_paid" in shop.copies(shop.cast.customer)
    assert shop.stock(growing)[0] == "0.00"


@proves("DR-407")
def test_a_boundary_below_half_is_no_supply(shop: Shop, growing: Listing) -> None:
    first, second = (pre_order(shop, growing, "5", f"sms-{n}") for n in range(2))
    harvest(shop, growing, "7.4")
    assert statuses(shop, first) == ("confirmed", "pending")
    assert statuses(shop, second) == ("cancelled", "cancelled")


@proves("DR-407")
@pytest.mark.parametrize(("minutes", "objected"), [(119, True), (121, False)])
def test_the_boundary_may_object_for_two_hours(
    shop: Shop, growing: Listing, clock: FixedClock, minutes: int, objected: bool
) -> None:
    order = pre_order(shop, growing, "5", "sms-1")
    harvest(shop, growing, "4")
    shop.mark(order, "pack")
    clock.advance(minutes=minutes)
    (item,) = shop.items(order)
    if objected:
        do(shop, orders.cancel_item, "customer", order_item_id=item.order_item_id)
        assert statuses(shop, order) == ("cancelled", "cancelled")
    else:
        with pytest.raises(errors.TooLateToCancel):
            do(shop, orders.cancel_item, "customer", order_item_id=item.order_item_id)


@proves("DR-407")
def test_who_has_not_paid_waits_behind_who_has(shop: Shop, growing: Listing, clock: FixedClock) -> None:
    unpaid = pre_order(shop, growing, "5", "sms-1", pay=False)
    clock.advance(minutes=5)  # one prompt per phone at a time
    paid = pre_order(shop, growing, "5", "sms-2")
    harvest(shop, growing, "5")
    assert statuses(shop, paid) == ("confirmed", "pending")
    assert statuses(shop, unpaid) == ("cancelled", "cancelled")
    assert shop.fresh(unpaid).cancel_reason == "harvest_short"


@proves("DR-407")
def test_a_late_harvest_is_told_and_after_three_days_paid_back(
    shop: Shop, growing: Listing, clock: FixedClock
) -> None:
    order = pre_order(shop, growing, "5", "sms-1")
    clock.advance(days=RIPE)
    shop.sweep()
    assert "harvest_late" not in shop.copies(shop.cast.customer)
    clock.advance(days=1)
    shop.sweep()
    assert "harvest_late" in shop.copies(shop.cast.customer)
    assert statuses(shop, order) == ("confirmed", "pending")
    clock.advance(days=2)
    shop.sweep()
    assert statuses(shop, order) == ("confirmed", "pending")
    clock.advance(days=1)
    shop.sweep()
    assert statuses(shop, order) == ("cancelled", "cancelled")
    assert sum(Decimal(amount) for _, amount in refunds(shop, order)) == order.amount_asked


@proves("DR-407", "I7")
def test_meanwhile_each_may_cancel_free(shop: Shop, growing: Listing, clock: FixedClock) -> None:
    order = pre_order(shop, growing, "5", "sms-1")
    clock.advance(days=RIPE + 1)
    shop.sweep()
    (item,) = shop.items(order)
    do(shop, orders.cancel_item, "customer", order_item_id=item.order_item_id)
    assert sum(Decimal(amount) for _, amount in refunds(shop, order)) == order.amount_asked


@proves("DR-407")
def test_a_postponed_harvest_is_told_with_its_new_day(shop: Shop, growing: Listing) -> None:
    order = pre_order(shop, growing, "5", "sms-1")
    later = nairobi_date(shop.db.parts.clock.now()) + timedelta(days=20)
    do(shop, listings.postpone, "farmer", listing_id=growing.listing_id, expected_harvest_date=later)
    assert shop.fresh(order).estimated_delivery_date == later + timedelta(days=1)
    assert "harvest_late" in shop.copies(shop.cast.customer)


@proves("DR-407")
@pytest.mark.parametrize("size", [many.AT_ONCE["later"] + 1, 4 * many.HELPING])
def test_another_day_costs_her_the_same_for_six_orders_and_for_twenty(
    shop: Shop, growing: Listing, size: int
) -> None:
    """Issue 4: a hop that commits is bounded by a constant; every customer hears of it all the same."""
    placed = [pre_order(shop, growing, "2", f"sms-{number}") for number in range(size)]
    day = nairobi_date(shop.db.parts.clock.now()) + timedelta(days=20)
    cost = counted(
        shop.db,
        lambda: do(
            shop, listings.postpone, "farmer", listing_id=growing.listing_id, expected_harvest_date=day
        ),
    )
    print(f"another day for {size}: {cost} statements")
    assert cost <= 90
    shop.sweep()
    assert {shop.fresh(order).estimated_delivery_date for order in placed} == {day + timedelta(days=1)}
    assert shop.copies(shop.cast.customer).count("harvest_late") == size


@proves("DR-407")
@pytest.mark.parametrize("size", [2, 4 * many.HELPING])
def test_a_harvest_costs_her_the_same_for_six_orders_and_for_twenty(
    shop: Shop, growing: Listing, size: int
) -> None:
    """Issue 4: a hop that commits is bounded by a constant; who gets what is written down with it."""
    placed = [pre_order(shop, growing, "2", f"sms-{number}") for number in range(size)]
    cost = counted(shop.db, lambda: say_harvested(shop, growing, "3"))
    print(f"a harvest among {size}: {cost} statements")
    assert cost <= 170
    shop.sweep()
    assert [shop.items(one)[0].item_status for one in placed[2:]] == ["cancelled"] * (size - 2)
    assert [shop.items(one)[0].fulfilled_quantity for one in placed[:2]] == [Decimal(2), Decimal(1)]
