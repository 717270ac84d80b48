"""How dials go: where people leave, by screen and language, and what each finished order cost to talk about.

The figures are those of core/traffic/tracing.py, a few minutes behind (DR-1802).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import case, distinct, func, select

from core.db import Tx
from core.money import ZERO
from core.orders.models import Order
from core.outbox.models import OutboxMessage
from core.traffic.models import Callback, UssdDial, UssdStep
from core.traffic.tracing import price_of
from web.queries.paging import Page, page_of
from web.queries.spent import FINISHED, segments_of

MOST_SCREENS = 60
ORDERS = 20


@dataclass(frozen=True)
class ScreenUse:
    """One screen in one language: how many dials saw it, how many broke off there.

    refused  answers that could not be used
    ms       our time for one hop, on average
    """

    screen: str
    language: str
    dials: int
    left: int
    refused: int
    ms: int
    longest: int

    @property
    def left_percent(self) -> int:
        """Of a hundred who saw it, how many left there."""
        return round(100 * self.left / self.dials) if self.dials else 0


@dataclass(frozen=True)
class NetworkUse:
    """All dials of one language over one operator's network; `cost` is what the network has said so far."""

    language: str
    operator: str
    dials: int
    ended: int
    left: int
    failed: int
    hops: Decimal
    cost: Decimal


@dataclass(frozen=True)
class OrderCost:
    """What was dialled and texted about one finished order, in KES; a dial about several is shared out.

    segments  of all texts about it; ten should do (DR-1509)
    unsaid    dials of which the network has not said what they cost
    """

    order_id: int
    order_number: str
    dials: int
    hops: int
    ussd: Decimal
    sms: Decimal
    segments: int
    unsaid: int


def since(tx: Tx, days: int) -> datetime:
    """The moment `days` days ago."""
    return tx.now - timedelta(days=days)


def screens(tx: Tx, *, days: int, language: str = "") -> Sequence[ScreenUse]:
    """The screens where most people left, worst first."""
    step = UssdStep
    left = func.sum(step.left)
    asked = (
        select(
            step.screen,
            step.language,
            func.count(),
            left,
            func.sum(step.refused),
            func.sum(step.ms),
            func.sum(step.shown),
            func.max(step.longest),
        )
        .where(step.began_at >= since(tx, days))
        .group_by(step.screen, step.language)
        .order_by(left.desc(), step.screen, step.language)
        .limit(MOST_SCREENS)
    )
    if language:
        asked = asked.where(step.language == language)
    return [
        ScreenUse(screen, spoken, dials, int(gone), int(refused), round(int(ms) / int(shown)), longest)
        for screen, spoken, dials, gone, refused, ms, shown, longest in tx.session.execute(asked)
    ]


def networks(tx: Tx, *, days: int) -> Sequence[NetworkUse]:
    """Every language over every operator, the most used first."""

    def how_many(outcome: str) -> Any:
        return func.sum(case((UssdDial.outcome == outcome, 1), else_=0))

    dials = func.count()
    asked = (
        select(
            UssdDial.language,
            UssdDial.operator,
            dials,
            how_many("ended"),
            how_many("left"),
            how_many("failed"),
            func.sum(UssdDial.hops),
            func.coalesce(func.sum(UssdDial.cost), ZERO),
        )
        .where(UssdDial.began_at >= since(tx, days))
        .group_by(UssdDial.language, UssdDial.operator)
        .order_by(dials.desc(), UssdDial.language, UssdDial.operator)
    )
    return [
        NetworkUse(
            language, operator, count, int(ended), int(left), int(failed),
            (Decimal(int(hops)) / count).quantize(Decimal("0.1")), cost,
        )
        for language, operator, count, ended, left, failed, hops, cost in tx.session.execute(asked)
    ]  # fmt: skip


def order_costs(tx: Tx, *, before: int | None = None, size: int = ORDERS) -> Page[OrderCost]:
    """The finished orders, the newest first, with what each cost in dials and texts."""
    asked = (
        select(Order.order_id, Order.order_number)
        .where(Order.order_status.in_(FINISHED))
        .order_by(Order.order_id.desc())
        .limit(size + 1)
    )
    if before is not None:
        asked = asked.where(Order.order_id < before)
    orders = tx.session.execute(asked).all()
    ids = [order_id for order_id, _number in orders]
    sessions = _sessions_of(tx, ids)
    shares = _orders_in(tx, sorted({session for found in sessions.values() for session in found}))
    sms, segments = _sms_of(tx, ids), segments_of(tx, ids)
    costs = [
        _cost(
            order_id,
            number,
            [shares[s] for s in sessions[order_id] if s in shares],
            sms[order_id],
            segments.get(order_id, 0),
        )
        for order_id, number in orders
    ]
    return page_of(costs, size, lambda cost: cost.order_id)


@dataclass(frozen=True)
class _Share:
    """One dial: how many orders it was about, its hops, its cost."""

    orders: int
    hops: int
    cost: Decimal | None


def _cost(order_id: int, number: str, dials: Sequence[_Share], sms: Decimal, segments: int) -> OrderCost:
    said = [dial.cost / dial.orders for dial in dials if dial.cost is not None]
    return OrderCost(
        order_id,
        number,
        dials=len(dials),
        hops=sum(dial.hops for dial in dials),
        ussd=sum(said, ZERO),
        sms=sms,
        segments=segments,
        unsaid=len(dials) - len(said),
    )


def _sessions_of(tx: Tx, order_ids: Sequence[int]) -> Mapping[int, list[str]]:
    rows = tx.session.execute(
        select(Callback.order_id, Callback.session)
        .where(Callback.order_id.in_(order_ids), Callback.kind == "ussd", Callback.session != "")
        .distinct()
        .order_by(Callback.order_id, Callback.session)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for order_id, session in rows:
        if order_id is not None:
            found[order_id].append(session)
    return found


def _orders_in(tx: Tx, sessions: Sequence[str]) -> Mapping[str, _Share]:
    orders = func.count(distinct(Callback.order_id))
    rows = tx.session.execute(
        select(UssdDial.session, orders, UssdDial.hops, UssdDial.cost)
        .join(Callback, Callback.session == UssdDial.session)
        .where(UssdDial.session.in_(sessions), Callback.order_id.is_not(None))
        .group_by(UssdDial.session, UssdDial.hops, UssdDial.cost)
    )
    return {session: _Share(count, hops, cost) for session, count, hops, cost in rows}


def _sms_of(tx: Tx, order_ids: Sequence[int]) -> Mapping[int, Decimal]:
    rows = tx.session.execute(
        select(OutboxMessage.order_id, OutboxMessage.cost).where(
            OutboxMessage.order_id.in_(order_ids), OutboxMessage.cost != ""
        )
    )
    sums: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for order_id, cost in rows:
        if order_id is not None:
            sums[order_id] += price_of(cost) or ZERO
    return sums
