"""A mark on a sum counts for what the person saw, and for nothing that came or went meanwhile (I1 to I6)."""

from datetime import date
from decimal import Decimal

from core.actor import Actor
from core.db import Tx
from core.money import ZERO
from core.orders import sums
from core.orders.errors import SumChanged
from core.orders.models import OrderItem


def mark_sum(
    tx: Tx,
    actor: Actor,
    *,
    product_id: int,
    day: date,
    unit: str,
    event: str,
    seen: Decimal,
    farmer_id: int | None = None,
    reason: str = "",
) -> list[OrderItem]:
    """As `sums.mark_sum`, if all that waits still comes to `seen` (in the unit).

    Nobody says "ready" for an order that was paid while she read. Raises SumChanged, with which nothing of
    it may stay: the caller's transaction is rolled back; and what `sums.mark_sum` raises.
    """
    marked = sums.mark_sum(
        tx, actor, product_id=product_id, day=day, event=event, unit=unit, farmer_id=farmer_id, reason=reason
    )
    if sum((item.fulfilled_quantity for item in marked), ZERO) != seen:
        raise SumChanged(product_id=product_id)
    return marked
