"""Section 7.3 as a table, generated: each stage, by each hand, paid in each way. What goes back to whom.

The rule is written down a second time here, in `goes_back`, and compared with refunds, ledger and texts.
"""

from dataclasses import dataclass
from decimal import Decimal
from itertools import product

import pytest

from core.errors import DomainError
from core.orders import cancelling
from core.orders import service as orders
from core.orders.models import Order
from tests.deliveries.road import Road
from tests.payments import till
from tests.proving import proves

GOODS, FARMERS = Decimal("400.00"), Decimal("360.00")
STAGES = ("placed", "confirmed", "harvested", "ready", "on_the_way")
HANDS = ("customer", "request", "admin", "admin_waives", "farmer", "door")
PAID = ("nothing", "a_part", "mpesa", "bank", "cash")
ROADS = {"a_part": "b2c", "mpesa": "b2c", "bank": "bank"}
PREPARED = ("harvested", "ready")


@dataclass(frozen=True)
class Case:
    """One row: at this stage, this hand, paid like this."""

    stage: str
    hand: str
    paid: str

    @property
    def can_be(self) -> bool:
        """Whether an order can be so: money makes it confirmed, cash is confirmed from the start."""
        if self.stage == "placed":
            return self.paid in ("nothing", "a_part") and self.hand != "door"
        return self.paid in ("mpesa", "bank", "cash")

    @property
    def allowed(self) -> bool:
        """Who may end it here (7.3)."""
        match self.hand:
            case "customer":
                return self.stage in ("placed", "confirmed")
            case "request":
                return self.stage in PREPARED
            case "farmer":
                return self.stage in ("confirmed", "harvested")
            case "door":
                return self.stage == "on_the_way"
            case _:
                return self.stage != "on_the_way"

    @property
    def charged(self) -> Decimal:
        """What the customer pays for goods that were ready for her."""
        if self.paid == "cash" or not self.allowed:
            return Decimal(0)
        if self.hand == "door":
            return GOODS
        return GOODS if self.stage in PREPARED and self.hand in ("request", "admin") else Decimal(0)

    def goes_back(self, received: Decimal) -> Decimal:
        """Tomatoes spoil: turned away at the door without a fault nothing goes back, the fee neither."""
        return Decimal(0) if self.hand == "door" else received - self.charged

    def farmer_gets(self) -> Decimal:
        """Her price less commission of what is charged; half of it where cash was to be paid (DR-908)."""
        if self.hand == "door" and self.paid == "cash":
            return GOODS / 2
        return FARMERS if self.charged else Decimal(0)

    def __str__(self) -> str:
        return f"{self.stage}-{self.hand}-{self.paid}"


CASES = [case for case in (Case(*row) for row in product(STAGES, HANDS, PAID)) if case.can_be]


@pytest.fixture
def road(shop: Road) -> Road:
    made = Road(shop.db, shop.cast)
    made.publish()
    return made


@proves("O5", "O9", "O10", "O13", "DR-809", "DR-820", "DR-908")
@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_goes_back_to_whom(road: Road, case: Case) -> None:
    order, received = _order(road, case)
    before = road.fresh(order).order_status
    try:
        _end(road, case, order)
    except DomainError:
        assert not case.allowed
        assert road.fresh(order).order_status == before
        assert till.refunds(road) == []
        till.sound(road, order)
        return
    assert case.allowed
    assert road.fresh(order).order_status == "cancelled"
    back = case.goes_back(received)
    assert sum(refund.amount for refund in till.refunds(road)) == back
    assert {refund.road for refund in till.refunds(road)} <= {ROADS.get(case.paid, "")}
    farmers = road.balance(f"farmer_due:{road.cast.farmer.id}")
    assert -Decimal(farmers) == case.farmer_gets()
    till.sound(road, order)
    for refund in till.refunds(road):
        if refund.road == "b2c":
            assert till.send(road, refund) == "applied"
            assert "refund_paid" in road.texts(road.cast.customer)
    told = road.copies(road.cast.customer)
    assert case.hand in ("customer", "door") or any("cancel" in code or "reject" in code for code in told), (
        told
    )
    till.sound(road, order)


def _order(road: Road, case: Case) -> tuple[Order, Decimal]:
    """The order at its stage, and what we have received for it."""
    match case.paid:
        case "cash":
            order = road.cash_order()
        case "bank":
            order = till.bank_order(road)
            till.transferred(road, order, str(order.amount_asked))
        case "mpesa":
            order = road.paid_order()
        case _:
            order = road.order()
            road.refuse_prompt(order)
    if case.paid == "a_part":
        till.typed(road, order.order_number, "100.00")
    if case.stage == "harvested":
        road.mark(order, "harvest")
    elif case.stage == "ready":
        road.mark(order, "ready")
    elif case.stage == "on_the_way":
        road.pick_up(road.taken(order))
    part = Decimal("100.00") if case.paid == "a_part" else Decimal(0)
    return order, order.amount_asked if case.paid in ("mpesa", "bank") else part


def _end(road: Road, case: Case, order: Order) -> None:
    customer, admin = road.cast.customer, road.cast.admin
    match case.hand:
        case "customer":
            road.act(cancelling.cancel, customer, order_id=order.order_id)
        case "request":
            asked = road.act(cancelling.request_cancel, customer, order_id=order.order_id, reason="no")
            road.act(cancelling.decide_cancel, admin, request_id=asked.request_id, grant=True, reason="yes")
        case "farmer":
            item = road.items(order)[0]
            road.act(orders.reject, road.cast.farmer, order_item_id=item.order_item_id, reason="hail")
        case "door":
            road.fail(order, "refused")
        case _:
            waive = case.hand == "admin_waives"
            road.act(cancelling.cancel, admin, order_id=order.order_id, reason="shut", waive=waive)
    road.sweep()
