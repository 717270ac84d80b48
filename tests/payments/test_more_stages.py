"""Section 7.3 beyond one farm's tomatoes: goods that keep, several farms, complaints by fault."""

from dataclasses import dataclass
from decimal import Decimal

import pytest

from core.orders import cancelling, claims, quotes
from core.orders import service as orders
from core.orders.models import Order, OrderItem
from core.payments import refunds as verbs
from tests.deliveries.road import Road
from tests.helpers import Person
from tests.payments import till
from tests.proving import proves

D = Decimal
BEANS, FEE, NONE = D(400), D(99), D(0)


@pytest.fixture
def road(shop: Road) -> Road:
    return Road(shop.db, shop.cast)


def farmers_share(road: Road, farmer: Person | None = None) -> Decimal:
    return -D(road.balance(f"farmer_due:{(farmer or road.cast.farmer).id}"))


def back(road: Road) -> Decimal:
    """What goes back of everything, KES."""
    return sum((refund.amount for refund in till.refunds(road)), D(0))


# --- goods that keep ----------------------------------------------------------------------------------------
def beans(road: Road, paid: str) -> Order:
    """Five kilos of dry beans, paid by M-Pesa or to be paid in cash."""
    quote = road.quote_lines(quotes.Line(road.product("beans"), D(5), "kg"))
    method = "cash_on_delivery" if paid == "cash" else "mpesa"
    order = road.accept(quote, f"beans-{paid}", method=method)
    if paid == "mpesa":
        assert road.pay(order) == "applied"
    return order


@proves("O10", "O13", "DR-908")
@pytest.mark.parametrize(
    ("stage", "hand", "paid", "goes_back", "farmer_gets", "for_sale_again"),
    [
        ("confirmed", "customer", "mpesa", BEANS + FEE, NONE, True),
        ("confirmed", "farmer", "mpesa", BEANS + FEE, NONE, False),
        ("harvested", "request", "mpesa", FEE, D(360), True),
        ("ready", "admin", "mpesa", FEE, D(360), True),
        ("ready", "admin_waives", "mpesa", BEANS + FEE, NONE, True),
        ("on_the_way", "door", "mpesa", BEANS, NONE, True),
        ("ready", "admin", "cash", NONE, NONE, True),
        ("on_the_way", "door", "cash", NONE, NONE, True),
    ],
    ids=lambda value: str(value),
)
def test_goods_that_keep(
    road: Road,
    stage: str,
    hand: str,
    paid: str,
    goes_back: Decimal,
    farmer_gets: Decimal,
    for_sale_again: bool,
) -> None:
    listing = road.publish(slug="beans")
    order = beans(road, paid)
    if stage == "on_the_way":
        road.pick_up(road.taken(order))
    elif stage != "confirmed":
        road.mark(order, {"harvested": "harvest", "ready": "ready"}[stage])
    end(road, order, hand)
    assert road.fresh(order).order_status == "cancelled"
    assert (back(road), farmers_share(road)) == (goes_back, farmer_gets)
    assert (road.stock(listing)[0] == "50.00") is for_sale_again
    till.sound(road, order)


def end(road: Road, order: Order, hand: str) -> None:
    customer, admin = road.cast.customer, road.cast.admin
    match hand:
        case "customer":
            road.act(cancelling.cancel, customer, order_id=order.order_id)
        case "request":
            asked = road.act(cancelling.request_cancel, customer, order_id=order.order_id, reason="no")
            road.act(cancelling.decide_cancel, admin, request_id=asked.request_id, grant=True, reason="yes")
        case "farmer":
            reject(road, road.items(order)[0], road.cast.farmer)
        case "door":
            road.fail(order, "refused")
        case _:
            waive = hand == "admin_waives"
            road.act(cancelling.cancel, admin, order_id=order.order_id, reason="shut", waive=waive)
    road.sweep()


def reject(road: Road, item: OrderItem, farmer: Person) -> None:
    road.act(orders.reject, farmer, order_item_id=item.order_item_id, reason="hail")


# --- several farms ------------------------------------------------------------------------------------------
@pytest.fixture
def two_farms(road: Road) -> tuple[Order, Person]:
    """Tomatoes of one farm (400.00) and onions of another (300.00), paid; and the other farmer."""
    other = road.person("+254712000611", "farmer", "Kabete", "Wairimu")
    road.publish()
    road.publish(price="60", slug="onions", farmer=other)
    lines = [quotes.Line(road.product(slug), D(5), "kg") for slug in ("tomatoes", "onions")]
    order = road.accept(road.quote_lines(*lines))
    assert road.pay(order) == "applied"
    return road.fresh(order), other


@proves("O10", "DR-104")
def test_of_two_farms_one_has_prepared_and_only_hers_is_charged(
    road: Road, two_farms: tuple[Order, Person]
) -> None:
    order, other = two_farms
    tomatoes, onions = sorted(road.items(order), key=lambda item: -item.total_price)
    road.mark_item(tomatoes, "harvest", road.cast.farmer.actor)
    end(road, order, "request")
    assert back(road) == order.amount_asked - tomatoes.total_price
    assert (farmers_share(road), farmers_share(road, other)) == (tomatoes.total_price * D("0.9"), NONE)
    assert onions.farmer_id == other.id
    till.sound(road, order)


@proves("I6", "O8", "DR-821")
def test_of_two_farms_one_says_no_then_the_other_and_everything_is_back(
    road: Road, two_farms: tuple[Order, Person]
) -> None:
    order, other = two_farms
    tomatoes, onions = sorted(road.items(order), key=lambda item: -item.total_price)
    reject(road, onions, other)
    road.sweep()
    part = back(road)
    assert onions.total_price <= part < order.amount_asked, "her goods, and what their way cost"
    assert road.fresh(order).order_status == "confirmed"
    till.sound(road, order)
    reject(road, tomatoes, road.cast.farmer)
    road.sweep()
    assert road.fresh(order).order_status == "cancelled"
    assert back(road) == order.amount_asked
    assert (farmers_share(road), farmers_share(road, other)) == (NONE, NONE)
    till.sound(road, order)


@proves("O16", "DR-1006")
def test_of_two_farms_a_complaint_costs_only_the_one_at_fault(
    road: Road, two_farms: tuple[Order, Person]
) -> None:
    order, other = two_farms
    tomatoes, onions = sorted(road.items(order), key=lambda item: -item.total_price)
    road.mark_item(tomatoes, "ready", road.cast.farmer.actor)
    road.mark_item(onions, "ready", other.actor)
    road.sweep()
    offer = road.offer()
    assert offer is not None
    road.answer(offer)
    road.bring(order)
    before = farmers_share(road), farmers_share(road, other)
    uphold(road, onions, "farmer", onions.total_price)
    assert (farmers_share(road), farmers_share(road, other)) == (before[0], NONE)
    till.sound(road, order)


# --- complaints by fault, with approval ---------------------------------------------------------------------
@dataclass(frozen=True)
class Claimed:
    """`lost` is what it costs whoever is at fault, KES; `state` what the refund is at once."""

    fault: str
    refund: Decimal
    limit: str
    two_over: str
    state: str
    farmer_loses: Decimal
    goodwill: Decimal

    def __str__(self) -> str:
        return f"{self.fault}-{self.refund}-{self.state}"


CLAIMED = (
    Claimed("farmer", D(400), "2000.00", "20000.00", "approved", D(360), D(0)),
    Claimed("farmer", D(100), "2000.00", "20000.00", "approved", D(90), D(0)),
    Claimed("rider", D(400), "2000.00", "20000.00", "approved", D(0), D(400)),
    Claimed("platform", D(250), "2000.00", "20000.00", "approved", D(0), D(250)),
    Claimed("platform", D(400), "100.00", "20000.00", "approved", D(0), D(400)),
    Claimed("farmer", D(400), "100.00", "300.00", "requested", D(360), D(0)),
)


def uphold(road: Road, item: OrderItem, fault: str, refund: Decimal) -> None:
    claim = road.act(claims.open_claim, road.cast.customer, order_item_id=item.order_item_id, reason="rotten")
    road.act(
        claims.uphold, road.cast.admin, claim_id=claim.claim_id, fault=fault, refund=refund, reason="seen"
    )


@proves("O16", "DR-820", "DR-1006")
@pytest.mark.parametrize("case", CLAIMED, ids=str)
def test_a_complaint_costs_whoever_is_at_fault_and_large_ones_need_another_yes(
    road: Road, case: Claimed
) -> None:
    till.set_to(road, "refund.auto_approve_max", case.limit)
    till.set_to(road, "refund.two_person_over", case.two_over)
    road.publish()
    order = road.delivered_order()
    before = farmers_share(road)
    uphold(road, road.items(order)[0], case.fault, case.refund)
    (refund,) = till.refunds(road)
    assert (refund.status, refund.amount) == (case.state, case.refund)
    if refund.status == "requested":
        assert farmers_share(road) == before, "nothing is promised yet"
        other = till.second_admin(road)
        road.db.run(lambda tx: verbs.approve(tx, other, refund_id=refund.refund_id))
    assert before - farmers_share(road) == case.farmer_loses
    assert D(road.balance("goodwill")) == case.goodwill
    till.sound(road, order)
    (refund,) = till.refunds(road)
    assert till.send(road, refund) == "applied"
    assert road.texts(road.cast.customer)[-1] == "refund_paid"
    till.sound(road, order)
