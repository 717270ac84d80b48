"""How a rider stands: vehicle, duty, hands full or free, cash; and so why no job comes (DR-1201, DR-903)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import and_, bindparam, func, select

from core.actor import Actor
from core.cash import limits
from core.cash import rules as cash_rules
from core.cash.models import CashCollection
from core.db import Tx
from core.deliveries.machine import IN_HAND
from core.deliveries.models import Delivery, RiderDuty, Vehicle
from core.money import ZERO
from core.users.models import User


@dataclass(frozen=True)
class StandingView:
    """A rider as his duty screen shows him.

    vehicle_status  pending or approved; "" where he has none
    put_off         he is off duty because he let several offers pass (DR-1203)
    open_jobs       what he has in hand; `full`: no more fit in
    held            KES of ours that he carries; `cash_jobs`: may he be offered orders paid at the door;
                    `any_jobs`: any at all (DR-903)
    """

    on_duty: bool
    put_off: bool
    vehicle_id: int | None
    vehicle_type: str
    plate: str
    vehicle_status: str
    capacity_kg: Decimal
    open_jobs: int
    full: bool
    held: Decimal
    oldest: datetime | None
    cash_jobs: bool
    any_jobs: bool


_OPEN = (
    select(func.count())
    .where(Delivery.rider_id == User.user_id, Delivery.delivery_status.in_(IN_HAND))
    .scalar_subquery()
)
_CASH = limits.held_by().where(CashCollection.open_for == bindparam("user_id")).subquery("cash")
_STANDING = (
    select(
        Vehicle.vehicle_id,
        Vehicle.vehicle_type,
        Vehicle.plate,
        Vehicle.vehicle_status,
        Vehicle.capacity_kg,
        RiderDuty.on_duty,
        RiderDuty.timeouts_in_row,
        _OPEN.label("open_jobs"),
        _CASH.c.taken,
        _CASH.c.settled,
        _CASH.c.oldest,
    )
    .select_from(User)
    .outerjoin(Vehicle, Vehicle.active_for == User.user_id)
    .outerjoin(RiderDuty, RiderDuty.rider_id == User.user_id)
    .outerjoin(_CASH, and_(_CASH.c.open_for == User.user_id))
    .where(User.user_id == bindparam("user_id"))
)


def own(tx: Tx, actor: Actor) -> StandingView:
    """How the actor himself stands now; one narrow look."""
    row = tx.look(_STANDING, user_id=actor.user_id).one()
    cash = cash_rules.Standing((row.taken or ZERO) - (row.settled or ZERO), row.oldest)
    most = limits.settings(tx)
    on_duty = bool(row.on_duty)
    return StandingView(
        on_duty=on_duty,
        put_off=not on_duty and (row.timeouts_in_row or 0) >= tx.setting("rider.offline_after_timeouts"),
        vehicle_id=row.vehicle_id,
        vehicle_type=row.vehicle_type or "",
        plate=row.plate or "",
        vehicle_status=row.vehicle_status or "",
        capacity_kg=row.capacity_kg or ZERO,
        open_jobs=row.open_jobs,
        full=row.open_jobs >= tx.setting("rider.max_open"),
        held=cash.held,
        oldest=cash.oldest,
        cash_jobs=cash_rules.may_carry_cash(cash, most, tx.now),
        any_jobs=not cash_rules.blocked(cash, most),
    )
