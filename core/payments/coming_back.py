"""What goes back of an order for one reason: the sums that its customer is told (7.3, 8.3)."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import ScalarSelect, select

from core.db import Tx
from core.money import ZERO
from core.orders.models import OrderItem
from core.payments.models import Refund

# Refunds of what ended a whole order bear its own number; these are about its items or its payments.
_OF_A_PART = frozenset({"reject", "cancel_item", "short", "pickup_short", "replaced", "claim", "asked"})
_OF_A_PAYMENT = frozenset({"overpaid", "duplicate", "late"})


@dataclass(frozen=True)
class ComingBack:
    """KES: `sum` goes back to whoever paid, `kept` is the customer's credit with us (DR-807)."""

    sum: Decimal = ZERO
    kept: Decimal = ZERO

    def slots(self) -> dict[str, str]:
        """As a message says it: the sum that comes back, else what is kept; {} where nothing was paid."""
        if self.sum > ZERO:
            return {"sum": str(self.sum), "back": "coming"}
        return {"sum": str(self.kept), "back": "kept"} if self.kept > ZERO else {}


def of_item(tx: Tx, *, order_item_id: int, cause: str, detail: str = "") -> ComingBack:
    """What one item of an order gives back.

    cause   of the refund: reject, cancel_item, short; `detail` of that of less: the quantity that comes
    """
    order_id = select(OrderItem.order_id).where(OrderItem.order_item_id == order_item_id).scalar_subquery()
    cause_id = f"{order_item_id}:{detail}" if detail else str(order_item_id)
    return _of(tx, order_id, cause_id, lambda said: said == cause)


def of_end(tx: Tx, order_id: int) -> ComingBack:
    """What the end of the order gives back, whoever ended it."""
    return _of(tx, order_id, str(order_id), lambda said: said not in _OF_A_PART | _OF_A_PAYMENT)


def _of(tx: Tx, order_id: int | ScalarSelect[int], cause_id: str, fits: Callable[[str], bool]) -> ComingBack:
    tx.flush()
    made = select(Refund.key, Refund.amount, Refund.road).where(
        Refund.order_id == order_id, Refund.status != "rejected"
    )
    sums = {True: ZERO, False: ZERO}
    for key, amount, road in tx.session.execute(made):
        cause, rest = key.split(":", 2)[1:]
        if fits(cause) and rest.rpartition(":")[0] == cause_id:
            sums[road == "credit"] += amount
    return ComingBack(sum=sums[False], kept=sums[True])
