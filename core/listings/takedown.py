"""HAPANA: what a field agent listed or changed goes down at the farmer's word, if none is sold (DR-221)."""

from datetime import timedelta

from sqlalchemy import select

from core.actor import Actor
from core.audit.models import AuditRow
from core.db import Tx
from core.listings import hands
from core.listings.errors import TooLateToTakeDown
from core.listings.machine import INACTIVE
from core.listings.models import Listing, StockMovement
from core.listings.standing import take_down
from core.listings.stock import LOSING, RETURNING

ACTS = ("agent.listed", "agent.restocked")


def refuse(tx: Tx, actor: Actor, *, listing_id: int) -> Listing:
    """The farmer refuses what her agent has done: the listing goes down (L6). What is down stays down.

    Raises TooLateToTakeDown after `agent.takedown_hours`, or where some of it was sold since, NotFound for
    another's listing, NotAllowed.
    """
    listing, role = hands.taken(tx, actor, listing_id)
    if listing.listing_status == INACTIVE:
        return listing
    hours = timedelta(hours=tx.setting("agent.takedown_hours"))
    acted = tx.session.scalar(
        select(AuditRow.at)
        .where(
            AuditRow.record == f"listing:{listing_id}", AuditRow.what.in_(ACTS), AuditRow.at > tx.now - hours
        )
        .order_by(AuditRow.audit_id.desc())
        .limit(1)
    )
    if acted is None or _sold(tx, listing_id):
        raise TooLateToTakeDown
    take_down(tx, actor, listing, role, "farmer")
    listing.touched_at = tx.now
    return listing


def _sold(tx: Tx, listing_id: int) -> bool:
    """Whether an order has taken some and not given it back."""
    back = select(StockMovement.order_item_id).where(
        StockMovement.listing_id == listing_id, StockMovement.reason.in_(RETURNING + LOSING)
    )
    taken = select(StockMovement.movement_id).where(
        StockMovement.listing_id == listing_id,
        StockMovement.reason == "order",
        StockMovement.order_item_id.not_in(back),
    )
    return tx.session.scalar(taken.limit(1)) is not None
