"""What needs a human now: the first thing an admin sees."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from core.actor import Actor
from core.alarms.models import Alarm
from core.alarms.rules import KINDS as ALARMS
from core.clock import NAIROBI, nairobi_date
from core.db import Tx
from core.deliveries.models import Delivery, Vehicle
from core.duties.models import Duty, Heartbeat
from core.money import ZERO
from core.orders.models import Order
from core.outbox.failed import not_arrived
from core.outbox.models import OutboxMessage
from core.payments.models import PaymentTransaction
from core.traffic.models import StrangerCount
from web.gist import shortened
from web.queries import callbacks, desk, vehicles

LOOK_BACK = timedelta(hours=24)
SILENT_AFTER = timedelta(minutes=2)
LATE_AFTER = timedelta(minutes=2)
MOST = 20
# What is paid or delivered today was ordered within these days.
ORDERS_OF = timedelta(days=14)


@dataclass(frozen=True)
class Beat:
    """The last sign of life of a part of the system."""

    part: str
    seconds: float
    silent: bool


@dataclass(frozen=True)
class OpenAlarm:
    """An alarm that nobody has cleared (DR-1803): what it says, about what, why this time, and how often."""

    says: str
    subject: str
    why: str
    count: int
    first_at: datetime
    seen: bool


@dataclass(frozen=True)
class Figures:
    """What this day has brought since midnight in Nairobi; `kes` is what customers have paid."""

    placed: int
    paid: int
    delivered: int
    kes: Decimal


@dataclass(frozen=True)
class Today:
    """Everything that waits for somebody, and the system's pulse."""

    alarms: Sequence[OpenAlarm]
    figures: Figures
    money: Sequence[desk.Tab]
    vehicles: Sequence[Vehicle]
    parked: Sequence[Duty]
    payments: Sequence[PaymentTransaction]
    messages: Sequence[OutboxMessage]
    odd: Sequence[callbacks.Line]
    beats: Sequence[Beat]
    late_seconds: float
    strangers: int
    orders_open: Sequence[tuple[str, int]]

    @property
    def calm(self) -> bool:
        """Whether nothing waits for a human."""
        waiting = (
            self.alarms,
            self.money,
            self.vehicles,
            self.parked,
            self.payments,
            self.messages,
            self.odd,
        )
        return not any(waiting) and not self.unwell

    @property
    def unwell(self) -> bool:
        """Whether the worker is silent or behind."""
        return any(b.silent for b in self.beats) or not self.beats or self.late_seconds > 0


def today(tx: Tx, actor: Actor) -> Today:
    """The page's figures: short lists by indexed status, the last day's odd callbacks, the worker's pulse."""
    session = tx.session
    since = tx.now - LOOK_BACK
    return Today(
        alarms=_alarms(tx),
        figures=_figures(tx),
        money=[tab for tab in desk.tabs(tx, actor) if tab.count],
        vehicles=vehicles.waiting(tx),
        parked=session.scalars(
            select(Duty).where(Duty.status == "parked").order_by(Duty.due_at.desc(), Duty.duty_id).limit(MOST)
        ).all(),
        payments=session.scalars(
            select(PaymentTransaction)
            .where(PaymentTransaction.status == "unknown")
            .order_by(PaymentTransaction.transaction_id.desc())
            .options(joinedload(PaymentTransaction.order))
            .limit(MOST)
        ).all(),
        messages=session.scalars(
            select(OutboxMessage)
            .where(not_arrived(tx), OutboxMessage.created_at >= since)
            .order_by(OutboxMessage.outbox_id.desc())
            .limit(MOST)
        ).all(),
        odd=callbacks.odd(tx, since=since, size=MOST),
        beats=_beats(tx),
        late_seconds=_late(tx),
        strangers=int(
            session.scalar(select(func.sum(StrangerCount.count)).where(StrangerCount.minute >= since)) or 0
        ),
        orders_open=_orders_open(tx),
    )


def _alarms(tx: Tx) -> list[OpenAlarm]:
    """The newest first; those nobody has seen before those somebody has."""
    rows = tx.session.scalars(
        select(Alarm)
        .where(Alarm.cleared_at.is_(None))
        .order_by(Alarm.acknowledged_at.is_not(None), Alarm.last_at.desc(), Alarm.alarm_id.desc())
        .limit(MOST)
    )
    return [
        OpenAlarm(
            ALARMS[row.kind],
            row.subject,
            shortened(str(row.values.get("why", ""))),
            row.count,
            row.first_at,
            row.acknowledged_at is not None,
        )
        for row in rows
    ]


def _figures(tx: Tx) -> Figures:
    """Counted over the orders of the last days, which are a range of the unique order numbers (DR-109)."""
    midnight = datetime.combine(nairobi_date(tx.now), time(), NAIROBI)
    today_on = Order.order_number >= f"TUN{midnight:%y%m%d}"
    lately = Order.order_number >= f"TUN{midnight - ORDERS_OF:%y%m%d}"
    payments = (
        select(func.count(), func.coalesce(func.sum(PaymentTransaction.amount), ZERO))
        .join(Order, Order.order_id == PaymentTransaction.order_id)
        .where(lately, PaymentTransaction.status == "succeeded", PaymentTransaction.settled_at >= midnight)
    )
    deliveries = (
        select(func.count())
        .select_from(Delivery)
        .join(Order, Order.order_id == Delivery.order_id)
        .where(lately, Delivery.delivered_at >= midnight)
    )
    paid, kes = tx.session.execute(payments).one()
    return Figures(
        placed=tx.session.scalar(select(func.count()).select_from(Order).where(today_on)) or 0,
        paid=paid,
        delivered=tx.session.scalar(deliveries) or 0,
        kes=kes,
    )


def _beats(tx: Tx) -> list[Beat]:
    beats = tx.session.scalars(select(Heartbeat).order_by(Heartbeat.part)).all()
    return [Beat(b.part, (tx.now - b.at).total_seconds(), tx.now - b.at > SILENT_AFTER) for b in beats]


def _late(tx: Tx) -> float:
    """Seconds by which the oldest due duty is late, 0 while the worker keeps up."""
    oldest = tx.session.scalar(select(func.min(Duty.due_at)).where(Duty.status == "due"))
    if oldest is None or tx.now - oldest < LATE_AFTER:
        return 0
    return (tx.now - oldest).total_seconds()


def _orders_open(tx: Tx) -> list[tuple[str, int]]:
    """How many orders stand where, for those that are still under way (an index-only count)."""
    under_way = ("pending_payment", "confirmed", "processing", "ready_for_delivery", "out_for_delivery")
    asked = (
        select(Order.order_status, func.count())
        .where(Order.order_status.in_(under_way))
        .group_by(Order.order_status)
    )
    counted: dict[str, int] = dict(iter(tx.session.execute(asked)))
    return [(status, counted.get(status, 0)) for status in under_way]
