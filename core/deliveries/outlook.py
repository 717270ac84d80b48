"""What a failed attempt would mean, before the rider says so (D7, O12, O13, DR-1105)."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import bindparam, select

from core.actor import Actor
from core.clock import nairobi_date
from core.db import Tx
from core.deliveries import failing, rules
from core.deliveries.errors import FailReasonUnknown, NoSuchJob
from core.deliveries.models import Delivery
from core.money import ZERO

_DELIVERY = select(Delivery.attempts, Delivery.rider_earning).where(
    Delivery.order_id == bindparam("order_id"), Delivery.rider_id == bindparam("rider_id")
)


@dataclass(frozen=True)
class OutlookView:
    """What follows when the attempt fails.

    final      the order ends and the goods go back to the farm; else there is another attempt on `next_day`
    earned     KES for this way
    call_first he must have tried to call the customer
    """

    final: bool
    next_day: date
    earned: Decimal
    call_first: bool


def of_failing(tx: Tx, actor: Actor, *, order_id: int, reason: str) -> OutlookView:
    """What it would mean if the actor's delivery failed now for `reason`; changes nothing.

    Raises FailReasonUnknown, NoSuchJob for another's (DR-1206).
    """
    if reason not in failing.REASONS:
        raise FailReasonUnknown(reasons=list(failing.REASONS))
    row = tx.look(_DELIVERY, order_id=order_id, rider_id=actor.user_id).first()
    if row is None:
        raise NoSuchJob(order_id=order_id)
    percent = tx.setting("rider.failed_attempt_percent")
    return OutlookView(
        final=failing.is_final(tx, reason, row.attempts + 1),
        next_day=nairobi_date(tx.now) + timedelta(days=1),
        earned=rules.failed_earning(row.rider_earning, percent) if failing.is_paid(reason) else ZERO,
        call_first=reason in failing.CALL_FIRST,
    )
