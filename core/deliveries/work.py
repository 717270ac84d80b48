"""What a rider has in hand, or ever brought: asked before a role changes (DR-201)."""

from sqlalchemy import select

from core.db import Tx
from core.deliveries.machine import NOT_OVER
from core.deliveries.models import Delivery
from core.events import WorkSought


def work_sought(tx: Tx, asked: WorkSought) -> None:
    """Reaction: deliveries that are this rider's."""
    found = tx.session.execute(
        select(Delivery.delivery_id, Delivery.delivery_status)
        .where(Delivery.rider_id == asked.user_id)
        .order_by(Delivery.delivery_id)
    )
    for row in found:
        name = f"delivery:{row.delivery_id}"
        asked.ever.append(name)
        if row.delivery_status in NOT_OVER:
            asked.open.append(name)
