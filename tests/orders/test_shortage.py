"""Less than was ordered: said by the farmer (I5), or counted at the pick-up (I8)."""

from decimal import Decimal
from functools import partial

import pytest

from core.errors import BadInput, DomainError, NotAllowed, WrongState
from core.ledger import accounts
from core.listings.errors import QuantityOutOfBounds
from core.orders import errors
from core.orders import service as orders
from core.orders.models import Order, OrderItem, PickupShort
from tests.helpers import FixedClock
from tests.orders.kit import TwoFarms, amounts, balance, do, refunds, setting, statuses, two_farms
from tests.orders.shop import Shop
from tests.payments.till import sound
from tests.proving import proves


def short(shop: Shop, item: OrderItem, quantity: str, who: object = "farmer") -> OrderItem:
    return do(shop, orders.short, who, order_item_id=item.order_item_id, quantity=Decimal(quantity))


@proves("I5", "DR-802", "DR-412")
def test_supplying_less_lowers_the_order_and_pays_back_the_difference(shop: Shop) -> None:
    listing = shop.publish("50", "80")
    order = shop.paid_order("5")
    (item,) = shop.items(order)
    for _ in range(2):  # the same quantity again changes nothing
        short(shop, item, "4")
    fresh = shop.fresh(order)
    assert (fresh.items[0].fulfilled_quantity, fresh.items[0].quantity) == (Decimal("4.00"), Decimal("5.00"))
    assert (fresh.subtotal, fresh.delivery_fee) == (Decimal("320.00"), order.delivery_fee)
    assert refunds(shop, order) == [("short", "80.00")]
    assert shop.stock(listing) == ("0.00", "0.00"), "what is missing does not exist"
    assert fresh.items[0].short_until is None, "80 % is no reason to cancel"
    assert "item_short_paid" in shop.copies(shop.cast.customer)
    assert fresh.items[0].accepted_at is not None, "it is an answer"


@proves("I5")
def test_less_than_half_may_be_cancelled_free_for_two_hours(shop: Shop, clock: FixedClock) -> None:
    made = two_farms(shop)
    paid = made.order.amount_asked
    made.mark("tomatoes", "pack")
    short(shop, made.tomatoes, "2.49")
    assert "item_short_asked" in shop.copies(shop.cast.customer)
    clock.advance(minutes=119)
    do(shop, orders.cancel_item, "customer", order_item_id=made.tomatoes.order_item_id)
    assert statuses(shop, made.order)[1] == "cancelled"
    back = sum((Decimal(amount) for _, amount in refunds(shop, made.order)), Decimal(0))
    assert abs(back - 400) < 1, "all of the tomatoes, in whole shillings"
    assert shop.fresh(made.order).amount_asked == paid - back


@proves("I5", "I7")
@pytest.mark.parametrize(("quantity", "minutes"), [("2.49", 121), ("2.50", 1)])
def test_not_later_and_not_from_half_on(shop: Shop, clock: FixedClock, quantity: str, minutes: int) -> None:
    made = two_farms(shop)
    made.mark("tomatoes", "pack")
    short(shop, made.tomatoes, quantity)
    clock.advance(minutes=minutes)
    with pytest.raises(errors.TooLateToCancel):
        do(shop, orders.cancel_item, "customer", order_item_id=made.tomatoes.order_item_id)


@proves("I5")
def test_of_a_cash_order_less_is_asked(shop: Shop) -> None:
    shop.publish("50", "80")
    order = shop.accept(shop.quote("5"), method="cash_on_delivery")
    short(shop, shop.items(order)[0], "4")
    assert shop.fresh(order).amount_asked == order.amount_asked - 80
    assert refunds(shop, order) == []


@pytest.mark.parametrize(
    ("quantity", "error"),
    [
        ("5", errors.NotLess),
        ("6", errors.NotLess),
        ("0", QuantityOutOfBounds),
        ("-1", QuantityOutOfBounds),
        ("1.001", QuantityOutOfBounds),
        ("NaN", QuantityOutOfBounds),
    ],
)
def test_less_is_more_than_nothing_and_less_than_ordered(
    shop: Shop, quantity: str, error: type[DomainError]
) -> None:
    shop.publish()
    (item,) = shop.items(shop.paid_order("5"))
    with pytest.raises(error):
        short(shop, item, quantity)


def test_less_is_not_taken_back_and_not_said_too_late(shop: Shop) -> None:
    shop.publish()
    order = shop.paid_order("5")
    (item,) = shop.items(order)
    short(shop, item, "3")
    with pytest.raises(errors.NotLess):
        short(shop, item, "4")
    shop.mark(order, "ready")
    with pytest.raises(WrongState):
        short(shop, item, "2")


@proves("DR-801", "DR-211")
def test_nobody_elses_item_is_shortened(shop: Shop) -> None:
    made = two_farms(shop)
    with pytest.raises(errors.ItemUnknown):
        short(shop, made.tomatoes, "1", made.mwangi)
    for who in ("customer", "rider"):
        with pytest.raises(NotAllowed):
            short(shop, made.tomatoes, "1", who)
    with pytest.raises(NotAllowed):  # the table names the farmer alone
        short(shop, made.tomatoes, "1", "admin")


# --- the rider counts ------------------------------------------------------------------------------------
def counted(shop: Shop, quantity: str, method: str = "mpesa") -> tuple[TwoFarms, PickupShort]:
    """Two farms, ready; of 5 kg tomatoes the rider found so many."""
    made = two_farms(shop, method=method)
    made.ready()
    item_id = made.tomatoes.order_item_id
    pick_up(shop, made.order, {item_id: Decimal(quantity)})
    (asked,) = do(shop, orders.asked_shorts, "farmer")
    assert (asked.order_item_id, asked.missing) == (item_id, 5 - Decimal(quantity))
    return made, asked


def pick_up(shop: Shop, order: Order, found: dict[int, Decimal] | None = None) -> None:
    rider = shop.cast.rider.actor
    shop.db.run(lambda tx: orders.collected(tx, rider, order.order_id, counted=found))


def deliver(shop: Shop, order: Order) -> None:
    shop.db.run(lambda tx: orders.hand_over(tx, shop.cast.rider.actor, order.order_id))


@proves("I8")
def test_her_yes_settles_a_short_count(shop: Shop) -> None:
    made, asked = counted(shop, "4")
    assert statuses(shop, made.order)[1:] == ("picked_up", "picked_up")
    assert refunds(shop, made.order) == [], "nothing without her YES"
    for _ in range(2):
        do(shop, orders.answer_short, "farmer", short_id=asked.short_id, agree=True)
    assert refunds(shop, made.order) == [("pickup_short", "80.00")]
    assert made.tomatoes.fulfilled_quantity == Decimal("4.00")
    deliver(shop, made.order)
    assert balance(shop, accounts.farmer_due(shop.cast.farmer.id)) == Decimal("-288.00")
    assert balance(shop, accounts.order_funds(made.order.order_id)) == Decimal("0.00")


@proves("I8")
@pytest.mark.parametrize("said_no", [True, False])
def test_without_it_the_difference_is_held_and_an_admin_decides(
    shop: Shop, clock: FixedClock, said_no: bool
) -> None:
    made, asked = counted(shop, "4")
    if said_no:
        do(shop, orders.answer_short, "farmer", short_id=asked.short_id, agree=False)
    else:
        clock.advance(minutes=29)
        shop.sweep()
        assert do(shop, orders.held_shorts, "admin") == []
        clock.advance(minutes=2)
        shop.sweep()
    deliver(shop, made.order)
    assert [row.short_id for row in do(shop, orders.held_shorts, "admin")] == [asked.short_id]
    assert balance(shop, accounts.farmer_due(shop.cast.farmer.id)) == Decimal("-288.00")
    held = balance(shop, accounts.order_funds(made.order.order_id))
    assert Decimal("-80.50") <= held <= Decimal("-79.50"), "the difference, with the rounding"
    for _ in range(2):
        do(shop, orders.decide_short, "admin", short_id=asked.short_id, fault="farmer", reason="weighed")
    assert refunds(shop, made.order) == [("pickup_short", "80.00")]
    assert balance(shop, accounts.farmer_due(shop.cast.farmer.id)) == Decimal("-288.00")
    assert balance(shop, accounts.order_funds(made.order.order_id)) == Decimal("0.00")


@proves("I8")
@pytest.mark.parametrize("delivered_first", [True, False])
def test_if_it_was_not_hers_the_platform_pays_her(shop: Shop, delivered_first: bool) -> None:
    made, asked = counted(shop, "4")
    if delivered_first:
        deliver(shop, made.order)
    do(shop, orders.decide_short, "admin", short_id=asked.short_id, fault="platform", reason="rider lost it")
    if not delivered_first:
        deliver(shop, made.order)
    assert refunds(shop, made.order) == [("pickup_short", "80.00")]
    assert balance(shop, accounts.farmer_due(shop.cast.farmer.id)) == Decimal("-360.00")
    assert balance(shop, accounts.GOODWILL) == Decimal("80.00")
    assert balance(shop, accounts.order_funds(made.order.order_id)) == Decimal("0.00")
    with pytest.raises(WrongState):
        do(shop, orders.decide_short, "admin", short_id=asked.short_id, fault="farmer", reason="no")


@proves("I8")
def test_who_pays_at_the_door_is_asked_for_what_came(shop: Shop) -> None:
    made, asked = counted(shop, "4", method="cash_on_delivery")
    assert shop.fresh(made.order).amount_asked == made.order.amount_asked - 80
    do(shop, orders.answer_short, "farmer", short_id=asked.short_id, agree=True)
    assert shop.fresh(made.order).amount_asked == made.order.amount_asked - 80


@proves("I8")
def test_a_count_is_of_this_order_and_never_more(shop: Shop) -> None:
    made = two_farms(shop)
    made.ready()
    with pytest.raises(errors.NotLess):
        pick_up(shop, made.order, {made.tomatoes.order_item_id: Decimal("6")})
    with pytest.raises(errors.ItemUnknown):
        pick_up(shop, made.order, {999_999: Decimal("1")})
    assert statuses(shop, made.order)[1:] == ("ready", "ready"), "a refused count moves nothing"
    for _ in range(2):  # as much as was ordered is no short count
        pick_up(shop, made.order, {made.tomatoes.order_item_id: Decimal("5")})
    assert do(shop, orders.asked_shorts, "farmer") == []


@proves("I8")
def test_goods_not_ready_are_not_picked_up(shop: Shop) -> None:
    made = two_farms(shop)
    made.mark("tomatoes", "ready")
    with pytest.raises(WrongState):
        pick_up(shop, made.order)


def test_a_short_count_is_hers_alone_to_answer_and_an_admins_to_decide(shop: Shop) -> None:
    made, asked = counted(shop, "4")
    with pytest.raises(errors.ShortUnknown):
        do(shop, orders.answer_short, made.mwangi, short_id=asked.short_id, agree=True)
    with pytest.raises(errors.ShortUnknown):
        do(shop, orders.answer_short, "farmer", short_id=999, agree=True)
    with pytest.raises(NotAllowed):
        do(shop, orders.decide_short, "farmer", short_id=asked.short_id, fault="platform", reason="x")
    for fault, reason in (("nobody", "x"), ("farmer", " ")):
        with pytest.raises(BadInput):
            do(shop, orders.decide_short, "admin", short_id=asked.short_id, fault=fault, reason=reason)


def test_how_long_she_has_is_a_setting(shop: Shop, clock: FixedClock) -> None:
    setting(shop, "item.pickup_short_minutes", "5")
    _, asked = counted(shop, "4")
    assert (asked.answer_by - asked.asked_at).total_seconds() == 300


@proves("DR-802", "DR-1104")
def test_free_delivery_stays_free_when_less_comes(shop: Shop) -> None:
    """The total falls below the threshold; the fee that was waived is not asked for after all."""
    shop.publish("50", "80")
    order = shop.paid_order("25")
    assert (order.delivery_fee, order.delivery_fee_waived > 0) == (Decimal("0.00"), True)
    short(shop, shop.items(order)[0], "24")
    assert amounts(shop, order) == ("1920.00", "1920.00")
    assert refunds(shop, order) == [("short", "80.00")]


@proves("DR-821", "O16", "I8")
@pytest.mark.parametrize("outcome", ["farmer", "platform", "platform first"])
def test_a_claim_and_a_short_count_give_no_goods_back_twice(shop: Shop, outcome: str) -> None:
    """One of five kilos came; all is claimed as well. No more goes back than both items cost."""
    made, asked = counted(shop, "1")
    deliver(shop, made.order)
    fault, _, first = outcome.partition(" ")

    def decide() -> None:
        do(shop, orders.decide_short, "admin", short_id=asked.short_id, fault=fault, reason="weighed")

    if first:
        decide()
    for item, left in ((made.tomatoes, "80.00"), (made.onions, "300.00")):
        claim = do(shop, orders.open_claim, "customer", order_item_id=item.order_item_id, reason="rotten")
        uphold = partial(
            do, shop, orders.uphold_claim, "admin", claim_id=claim.claim_id, fault="platform", reason="seen"
        )
        with pytest.raises(errors.ClaimTooMuch) as refused:
            uphold(refund=Decimal(left) + 1)
        assert refused.value.values == {"maximum": left}
        uphold(refund=Decimal(left))
    if not first:
        decide()
    assert sum(Decimal(amount) for _, amount in refunds(shop, made.order)) == Decimal("700.00")
    sound(shop, made.order)
