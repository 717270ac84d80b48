"""The cash that somebody carries for us, as he himself sees it: how much, of which doors, due when (9)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import bindparam, select

from core.actor import Actor
from core.cash import limits
from core.cash.models import REVERSED, UNDONE, CashCollection, CashDeposit
from core.db import Tx
from core.money import ZERO
from core.orders.models import Order

MOST = 49
LATEST = 10


@dataclass(frozen=True)
class HeldView:
    """What he carries, in KES.

    due_at  when the oldest of it should be in, aware; None if he carries nothing; `late`: that is over
    most    above it he gets no cash jobs; above `hard` none at all (DR-903)
    """

    held: Decimal
    due_at: datetime | None
    late: bool
    most: Decimal
    hard: Decimal


@dataclass(frozen=True)
class CollectedView:
    """What he took at one door and still has, in KES."""

    tail: str
    left: Decimal
    collected_at: datetime


@dataclass(frozen=True)
class BroughtView:
    """What came in, in KES; `difference` below zero: so much was missing (DR-904).

    how             paybill, counted, set_off or write_off
    deposit_status  settled, differs, resolved or issue
    """

    how: str
    amount: Decimal
    difference: Decimal
    deposit_status: str
    made_at: datetime


_COLLECTED = (
    select(
        Order.order_number,
        CashCollection.amount,
        CashCollection.settled,
        CashCollection.collected_at,
    )
    .join(Order, Order.order_id == CashCollection.order_id)
    .where(CashCollection.open_for == bindparam("rider_id"))
    .order_by(CashCollection.collected_at, CashCollection.collection_id)
    .limit(MOST)
)
_BROUGHT = (
    select(
        CashDeposit.how,
        CashDeposit.amount,
        CashDeposit.difference,
        CashDeposit.deposit_status,
        CashDeposit.made_at,
    )
    .where(
        CashDeposit.rider_id == bindparam("rider_id"),
        CashDeposit.deposit_status != UNDONE,
        CashDeposit.how != REVERSED,
    )
    .order_by(CashDeposit.deposit_id.desc())
    .limit(LATEST)
)


def own(tx: Tx, actor: Actor) -> HeldView:
    """What the actor carries, and when it is due; one statement."""
    standing, most = limits.standing(tx, actor.user_id or 0), limits.settings(tx)
    due_at = standing.oldest + timedelta(hours=most.due_hours) if standing.oldest is not None else None
    return HeldView(
        held=standing.held if due_at is not None else ZERO,
        due_at=due_at,
        late=due_at is not None and due_at <= tx.now,
        most=most.most,
        hard=most.most * most.hard_percent / 100,
    )


def collected(tx: Tx, actor: Actor) -> list[CollectedView]:
    """Of which doors it is, the oldest first; 49 at most."""
    return [
        CollectedView(row.order_number[-4:], row.amount - row.settled, row.collected_at)
        for row in tx.look(_COLLECTED, rider_id=actor.user_id)
    ]


def brought(tx: Tx, actor: Actor) -> list[BroughtView]:
    """What the actor brought in lately, the newest first; ten at most."""
    return [
        BroughtView(row.how, row.amount, row.difference, row.deposit_status, row.made_at)
        for row in tx.look(_BROUGHT, rider_id=actor.user_id)
    ]
