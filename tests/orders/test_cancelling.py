"""Cancelling by stage (7.3): who may, what becomes of stock and money."""

from decimal import Decimal

import pytest

from core.errors import BadInput, NotAllowed, WrongState
from core.ledger import accounts
from core.orders import errors
from core.orders import service as orders
from tests.helpers import FixedClock
from tests.orders.kit import amounts, balance, cancel, do, refunds, setting, statuses, two_farms
from tests.orders.shop import Shop
from tests.proving import proves


# --- before anything is prepared -------------------------------------------------------------------------
@proves("O5")
@pytest.mark.parametrize("who", ["customer", "admin"])
def test_an_unpaid_order_is_free_to_cancel_and_its_stock_comes_back(shop: Shop, who: str) -> None:
    listing = shop.publish("50")
    order = shop.order("5")
    reason = {"reason": "she called"} if who == "admin" else {}
    for _ in range(2):  # a repeat is a success that changes nothing
        cancel(shop, who, order, **reason)
    assert statuses(shop, order) == ("cancelled", "cancelled")
    assert shop.fresh(order).cancel_reason == who
    assert shop.stock(listing) == ("50.00", "50.00")
    assert (amounts(shop, order), refunds(shop, order)) == (("0.00", "0.00"), [])


@proves("O9", "DR-802")
@pytest.mark.parametrize("who", ["customer", "admin"])
def test_a_confirmed_order_is_free_to_cancel_and_all_comes_back_the_fee_too(shop: Shop, who: str) -> None:
    made = two_farms(shop)
    shop.sweep()  # the second farm hears of the order
    made.mark("tomatoes", "accept")  # a yes is no preparation
    paid = str(made.order.amount_asked)
    cancel(shop, who, made.order, **({"reason": "asked for"} if who == "admin" else {}))
    assert statuses(shop, made.order) == ("cancelled", "cancelled", "cancelled")
    assert refunds(shop, made.order) == [("cancel", paid)]
    assert balance(shop, accounts.order_funds(made.order.order_id)) == Decimal("0.00")
    assert "item_cancelled" in shop.copies(shop.cast.farmer)
    shop.sweep()  # and seconds later that it is over
    assert "item_cancelled" in shop.copies(made.mwangi)


def test_an_admin_gives_a_reason(shop: Shop) -> None:
    shop.publish()
    order = shop.paid_order()
    for empty in ("", "  "):
        with pytest.raises(BadInput):
            cancel(shop, "admin", order, reason=empty)
    assert statuses(shop, order)[0] == "confirmed"


@proves("DR-211")
@pytest.mark.parametrize("who", ["farmer", "rider"])
def test_nobody_else_finds_the_order_to_cancel(shop: Shop, who: str) -> None:
    shop.publish()
    order = shop.paid_order()
    with pytest.raises(errors.OrderUnknown):
        cancel(shop, who, order)
    with pytest.raises(errors.OrderUnknown):
        do(shop, orders.cancel, "customer", order_id=999_999)


# --- once something is prepared --------------------------------------------------------------------------
@proves("O10")
def test_a_prepared_item_is_charged_and_the_rest_comes_back_with_the_fee(shop: Shop) -> None:
    """7.3: goods of pending items + fee back; the farmer of the prepared ones is paid."""
    made = two_farms(shop)
    made.mark("tomatoes", "harvest")
    paid = made.order.amount_asked
    with pytest.raises(errors.TooLateToCancel) as late:
        cancel(shop, "customer", made.order)
    assert late.value.values["status"] == "processing"
    cancel(shop, "admin", made.order, reason="customer moved away")
    assert statuses(shop, made.order) == ("cancelled", "cancelled", "cancelled")
    assert amounts(shop, made.order) == ("400.00", "400.00")
    assert refunds(shop, made.order) == [("cancel", str(paid - 400))]
    assert balance(shop, accounts.farmer_due(shop.cast.farmer.id)) == Decimal("-360.00")
    assert balance(shop, accounts.COMMISSION) == Decimal("-40.00")
    assert balance(shop, accounts.farmer_due(made.mwangi.id)) == Decimal("0.00")
    assert balance(shop, accounts.order_funds(made.order.order_id)) == Decimal("0.00")


@proves("O10")
def test_an_admin_may_waive_the_charge(shop: Shop) -> None:
    made = two_farms(shop)
    made.ready()
    paid = str(made.order.amount_asked)
    cancel(shop, "admin", made.order, reason="our mistake", waive=True)
    assert refunds(shop, made.order) == [("cancel", paid)]
    assert balance(shop, accounts.farmer_due(shop.cast.farmer.id)) == Decimal("0.00")


@pytest.mark.parametrize(
    ("percent", "charged", "farmer"), [(100, "400.00", "-360.00"), (50, "200.00", "-180.00")]
)
def test_the_charge_is_a_setting(shop: Shop, percent: int, charged: str, farmer: str) -> None:
    made = two_farms(shop)
    made.mark("tomatoes", "pack")
    setting(shop, "cancel.prepared_percent", str(percent))
    cancel(shop, "admin", made.order, reason="asked for")
    assert amounts(shop, made.order)[0] == charged
    assert balance(shop, accounts.farmer_due(shop.cast.farmer.id)) == Decimal(farmer)


def test_prepared_perishables_are_not_for_sale_again_pending_goods_are(shop: Shop) -> None:
    """7.3, stock."""
    listing = shop.publish("50")
    order = shop.paid_order("5")
    shop.mark(order, "harvest")
    cancel(shop, "admin", order, reason="asked for")
    assert shop.stock(listing) == ("45.00", "45.00")
    second = shop.paid_order("5", "sms-2")
    cancel(shop, "customer", second)
    assert shop.stock(listing) == ("45.00", "45.00")


def test_what_does_not_spoil_is_for_sale_again(shop: Shop) -> None:
    listing = shop.publish("50", "120", slug="beans")
    order = shop.accept(shop.quote("5", slug="beans"))
    shop.pay(order)
    shop.mark(order, "harvest")
    cancel(shop, "admin", order, reason="asked for")
    assert shop.stock(listing) == ("50.00", "50.00")


@proves("DR-908")
def test_of_a_cash_order_nothing_is_charged_since_nothing_was_received(shop: Shop) -> None:
    made = two_farms(shop, method="cash_on_delivery")
    made.ready()
    cancel(shop, "admin", made.order, reason="customer moved away")
    assert (amounts(shop, made.order), refunds(shop, made.order)) == (("0.00", "0.00"), [])
    assert shop.balances() == {}


# --- asking an admin -------------------------------------------------------------------------------------
@proves("O10")
def test_the_customer_asks_and_an_admin_grants(shop: Shop) -> None:
    made = two_farms(shop)
    made.mark("tomatoes", "harvest")
    asked = do(shop, orders.request_cancel, "customer", order_id=made.order.order_id, reason="moved")
    again = do(shop, orders.request_cancel, "customer", order_id=made.order.order_id)
    assert again.request_id == asked.request_id
    waiting = do(shop, orders.cancel_requests, "admin")
    assert [(row.order_id, row.reason) for row in waiting] == [(made.order.order_id, "moved")]
    for _ in range(2):
        do(shop, orders.decide_cancel, "admin", request_id=asked.request_id, grant=True, reason="fine")
    assert shop.fresh(made.order).cancel_reason == "customer"
    assert amounts(shop, made.order) == ("400.00", "400.00")
    assert do(shop, orders.cancel_requests, "admin") == []
    with pytest.raises(WrongState):
        do(shop, orders.decide_cancel, "admin", request_id=asked.request_id, grant=False, reason="no")


@proves("O10")
def test_or_refuses_and_the_order_goes_on(shop: Shop) -> None:
    made = two_farms(shop)
    made.mark("tomatoes", "harvest")
    asked = do(shop, orders.request_cancel, "customer", order_id=made.order.order_id)
    do(shop, orders.decide_cancel, "admin", request_id=asked.request_id, grant=False, reason="on its way")
    assert statuses(shop, made.order)[0] == "processing"
    assert "cancel_refused" in shop.copies(shop.cast.customer)
    made.ready()
    later = do(shop, orders.request_cancel, "customer", order_id=made.order.order_id)
    assert later.request_id != asked.request_id


def test_asking_is_for_the_stage_at_which_one_cannot_act(shop: Shop) -> None:
    shop.publish()
    order = shop.paid_order()
    with pytest.raises(WrongState):
        do(shop, orders.request_cancel, "customer", order_id=order.order_id)
    stranger = shop.person("+254712000222", "customer", "Kangemi")
    with pytest.raises(errors.OrderUnknown):
        do(shop, orders.request_cancel, stranger, order_id=order.order_id)


@pytest.mark.parametrize("who", ["customer", "farmer", "rider"])
def test_only_an_admin_decides(shop: Shop, who: str) -> None:
    made = two_farms(shop)
    made.mark("tomatoes", "harvest")
    asked = do(shop, orders.request_cancel, "customer", order_id=made.order.order_id)
    with pytest.raises(NotAllowed):
        do(shop, orders.decide_cancel, who, request_id=asked.request_id, grant=True, reason="x")
    with pytest.raises(errors.RequestUnknown):
        do(shop, orders.decide_cancel, "admin", request_id=999, grant=True, reason="x")
    with pytest.raises(BadInput):
        do(shop, orders.decide_cancel, "admin", request_id=asked.request_id, grant=True, reason=" ")


# --- one item --------------------------------------------------------------------------------------------
@proves("I7", "DR-802")
def test_one_pending_item_is_taken_out_and_the_fee_stays(shop: Shop) -> None:
    made = two_farms(shop)
    made.mark("tomatoes", "harvest")
    fee = made.order.delivery_fee
    for _ in range(2):
        do(shop, orders.cancel_item, "customer", order_item_id=made.onions.order_item_id)
    assert statuses(shop, made.order) == ("processing", "harvested", "cancelled")
    assert amounts(shop, made.order)[0] == str(400 + fee)
    assert refunds(shop, made.order) == [("cancel_item", "300.00")]
    assert shop.copies(made.mwangi)[-1] == "item_cancelled"


@proves("I7", "O8")
def test_the_last_one_ends_the_order(shop: Shop) -> None:
    made = two_farms(shop)
    paid = made.order.amount_asked
    for item in (made.tomatoes, made.onions):
        do(shop, orders.cancel_item, "customer", order_item_id=item.order_item_id)
    assert statuses(shop, made.order)[0] == "cancelled"
    assert sum(Decimal(amount) for _, amount in refunds(shop, made.order)) == paid


@proves("I7")
def test_a_prepared_item_is_not_the_customers_to_cancel(shop: Shop) -> None:
    made = two_farms(shop)
    made.mark("tomatoes", "pack")
    with pytest.raises(errors.TooLateToCancel):
        do(shop, orders.cancel_item, "customer", order_item_id=made.tomatoes.order_item_id)
    with pytest.raises(NotAllowed):
        do(shop, orders.cancel_item, "farmer", order_item_id=made.tomatoes.order_item_id)
    with pytest.raises(BadInput):
        do(shop, orders.cancel_item, "admin", order_item_id=made.tomatoes.order_item_id)
    do(shop, orders.cancel_item, "admin", order_item_id=made.tomatoes.order_item_id, reason="spoilt")
    assert statuses(shop, made.order)[1] == "cancelled"


def test_an_unpaid_order_is_cancelled_whole(shop: Shop) -> None:
    made = two_farms(shop, pay=False)
    with pytest.raises(WrongState):
        do(shop, orders.cancel_item, "customer", order_item_id=made.onions.order_item_id)


@proves("O4")
def test_the_deadline_releases_the_stock(shop: Shop, clock: FixedClock) -> None:
    listing = shop.publish("50")
    order = shop.order("5")
    clock.advance(hours=3)
    shop.sweep()
    assert statuses(shop, order) == ("cancelled", "cancelled")
    assert shop.fresh(order).cancel_reason == "payment_timeout"
    assert shop.stock(listing) == ("50.00", "50.00")
