"""What the road does to an order (O11 to O14, I8 to I11), and what a failed end costs whom (7.3, DR-908)."""

from decimal import Decimal

import pytest

from core.errors import WrongState
from core.ledger import accounts
from core.orders import service as orders
from core.orders.errors import OrderUnknown
from core.orders.models import Order
from tests.orders.kit import amounts, balance, do, refunds, setting, statuses, two_farms
from tests.orders.shop import Shop
from tests.proving import proves


def on_the_road(shop: Shop, order: Order) -> None:
    """Picked up and moving, as the rider's verbs do it."""

    def work(tx: object) -> None:
        taken = orders.collected(tx, shop.cast.rider.actor, order.order_id)  # type: ignore[arg-type]
        orders.on_the_way(tx, shop.cast.rider.actor, taken)  # type: ignore[arg-type]

    shop.db.run(work)


def fail(shop: Shop, order: Order, reason: str, *, fault: bool = False, who: str = "rider") -> Order:
    actor = getattr(shop.cast, who).actor
    return shop.db.run(
        lambda tx: orders.undeliverable(tx, actor, order.order_id, reason=reason, quality_fault=fault)
    )


def try_again(shop: Shop, order: Order, *, goods_back: bool) -> Order:
    actor = shop.cast.rider.actor
    return shop.db.run(lambda tx: orders.attempt_failed(tx, actor, order.order_id, goods_back=goods_back))


@proves("O11", "O14", "I8", "I9")
def test_collected_on_the_way_handed_over(shop: Shop) -> None:
    made = two_farms(shop)
    made.ready()
    on_the_road(shop, made.order)
    assert statuses(shop, made.order) == ("out_for_delivery", "picked_up", "picked_up")
    for _ in range(2):
        shop.db.run(lambda tx: orders.hand_over(tx, shop.cast.rider.actor, made.order.order_id))
    assert statuses(shop, made.order) == ("delivered", "delivered", "delivered")
    assert shop.fresh(made.order).delivered_at is not None
    assert balance(shop, accounts.farmer_due(shop.cast.farmer.id)) == Decimal("-360.00")
    assert balance(shop, accounts.farmer_due(made.mwangi.id)) == Decimal("-270.00")
    assert balance(shop, accounts.COMMISSION) == Decimal("-70.00")
    assert balance(shop, accounts.order_funds(made.order.order_id)) == Decimal("0.00")


@proves("O12", "I11")
@pytest.mark.parametrize(("goods_back", "item"), [(True, "ready"), (False, "picked_up")])
def test_a_failed_attempt_is_tried_again(shop: Shop, goods_back: bool, item: str) -> None:
    made = two_farms(shop)
    made.ready()
    on_the_road(shop, made.order)
    for _ in range(2):
        try_again(shop, made.order, goods_back=goods_back)
    assert statuses(shop, made.order) == ("ready_for_delivery", item, item)
    on_the_road(shop, made.order)
    assert statuses(shop, made.order)[0] == "out_for_delivery"


@proves("O12", "O13")
def test_what_is_not_on_the_road_neither_fails_nor_comes_back(shop: Shop) -> None:
    made = two_farms(shop)
    with pytest.raises(WrongState) as refused:
        try_again(shop, made.order, goods_back=True)
    assert refused.value.values["status"] == "confirmed"
    with pytest.raises(WrongState):
        fail(shop, made.order, "refused")


@proves("O13", "I10")
def test_refused_perishables_are_charged_with_the_fee(shop: Shop) -> None:
    """7.3: perishable: no refund unless quality fault."""
    made = two_farms(shop, second="carrots")
    made.ready()
    on_the_road(shop, made.order)
    for _ in range(2):
        fail(shop, made.order, "refused")
    assert statuses(shop, made.order) == ("cancelled", "returned", "returned")
    assert shop.fresh(made.order).cancel_reason == "refused"
    assert refunds(shop, made.order) == []
    assert balance(shop, accounts.farmer_due(shop.cast.farmer.id)) == Decimal("-360.00")
    assert balance(shop, accounts.DELIVERY_FEES) == -made.order.delivery_fee
    assert balance(shop, accounts.order_funds(made.order.order_id)) == Decimal("0.00")


@proves("O13", "DR-802")
def test_with_a_quality_fault_all_comes_back(shop: Shop) -> None:
    made = two_farms(shop)
    made.ready()
    on_the_road(shop, made.order)
    fail(shop, made.order, "refused", fault=True)
    found = shop.fresh(made.order)
    assert (found.order_status, found.cancel_reason) == ("cancelled", "undeliverable"), "no strike of hers"
    assert sum(Decimal(amount) for _, amount in refunds(shop, made.order)) == made.order.amount_asked
    assert balance(shop, accounts.farmer_due(shop.cast.farmer.id)) == Decimal("0.00")


@proves("O13", "I10")
def test_what_does_not_spoil_goes_back_and_only_the_fee_is_kept(shop: Shop) -> None:
    listing = shop.publish("50", "120", slug="beans")
    order = shop.accept(shop.quote("5", slug="beans"))
    shop.pay(order)
    shop.mark(order, "ready")
    on_the_road(shop, order)
    fail(shop, order, "absent")
    assert shop.fresh(order).cancel_reason == "no_show"
    assert shop.stock(listing) == ("50.00", "50.00")
    assert amounts(shop, order)[0] == str(order.delivery_fee)
    assert [cause for cause, _ in refunds(shop, order)] == ["undeliverable"]
    assert balance(shop, accounts.DELIVERY_FEES) == -order.delivery_fee
    assert balance(shop, accounts.farmer_due(shop.cast.farmer.id)) == Decimal("0.00")
    assert balance(shop, accounts.order_funds(order.order_id)) == Decimal("0.00")


@proves("DR-908")
@pytest.mark.parametrize(("percent", "share"), [(50, "-200.00"), (25, "-100.00")])
def test_cash_refused_pays_the_farmer_her_share_of_perishables_from_goodwill(
    shop: Shop, percent: int, share: str
) -> None:
    setting(shop, "cod.refusal_farmer_percent", str(percent))
    made = two_farms(shop, second="beans", method="cash_on_delivery")
    made.ready()
    on_the_road(shop, made.order)
    fail(shop, made.order, "refused")
    assert balance(shop, accounts.farmer_due(shop.cast.farmer.id)) == Decimal(share)
    assert balance(shop, accounts.GOODWILL) == -Decimal(share)
    assert balance(shop, accounts.farmer_due(made.mwangi.id)) == Decimal("0.00"), "beans do not spoil"
    assert balance(shop, accounts.order_funds(made.order.order_id)) == Decimal("0.00")
    assert refunds(shop, made.order) == []


@proves("DR-908")
def test_cash_refused_for_a_fault_pays_nobody(shop: Shop) -> None:
    made = two_farms(shop, method="cash_on_delivery")
    made.ready()
    on_the_road(shop, made.order)
    fail(shop, made.order, "refused", fault=True)
    assert shop.balances() == {}


@proves("DR-908")
def test_the_farmer_sees_whose_cash_it_is(shop: Shop) -> None:
    shop.publish("50", "80")
    order = shop.accept(shop.quote("5"), method="cash_on_delivery")
    with shop.db.read() as tx:
        (waiting,) = orders.waiting_for_farmer(tx, shop.cast.farmer.actor)
    assert (waiting.cash, waiting.paid_before) == (True, 0)
    assert "new_order_cash_first" in shop.copies(shop.cast.farmer)
    assert "cash_confirmed" in shop.copies(shop.cast.customer)
    shop.db.run(lambda tx: orders.hand_over(tx, shop.cast.rider.actor, order.order_id))
    again = shop.accept(shop.quote("5"), "sms-2", method="cash_on_delivery")
    with shop.db.read() as tx:
        (waiting,) = orders.waiting_for_farmer(tx, shop.cast.farmer.actor)
    assert (waiting.order_id, waiting.cash, waiting.paid_before) == (again.order_id, True, 1)
    assert "new_order_cash" in shop.copies(shop.cast.farmer)


@proves("DR-801")
def test_of_the_customer_she_sees_first_name_ward_and_instructions(shop: Shop) -> None:
    shop.publish()
    order = shop.paid_order()
    shop.db.run(
        lambda tx: setattr(tx.session.get_one(Order, order.order_id), "special_instructions", "Green gate")
    )
    with shop.db.read() as tx:
        (seen,) = orders.waiting_for_farmer(tx, shop.cast.farmer.actor)
    assert (seen.customer_first_name, seen.ward, seen.instructions) == ("Achieng", "Kangemi", "Green gate")
    shown = repr(seen)
    assert shop.cast.customer.phone not in shown
    assert "0712" not in shown


@proves("DR-706", "DR-801", "DR-211")
def test_the_history_is_read_by_who_may_and_a_farmer_sees_her_own_items(shop: Shop) -> None:
    made = two_farms(shop)
    made.ready()
    whole = do(shop, orders.timeline, "customer", order_id=made.order.order_id)
    assert [row.rule for row in whole] == ["O1", "O3", "D1", "I4", "O6", "I4", "O7"]
    marked = next(row for row in whole if row.rule == "I4")
    assert (marked.from_status, marked.to_status, marked.role, marked.channel) == (
        "pending", "ready", "farmer", "ussd",
    )  # fmt: skip
    hers = do(shop, orders.timeline, made.mwangi, order_id=made.order.order_id)
    assert [row.subject for row in hers if row.subject.startswith("item")] == [
        f"item:{made.onions.order_item_id}"
    ]
    stranger = shop.person("+254712000222", "customer", "Kangemi")
    for who in (stranger, "rider"):
        with pytest.raises(OrderUnknown):
            do(shop, orders.timeline, who, order_id=made.order.order_id)
