"""How fast we answer a phone, what texts cost and whether they arrive, and who gets how far."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import case, distinct, func, select

from core.clock import nairobi_date
from core.db import Tx
from core.listings.models import Listing
from core.money import ZERO
from core.orders.models import Order, OrderItem
from core.outbox.models import Spend
from core.traffic.models import Callback, UssdDial
from core.users.models import User
from web.queries.insight.trade import FINISHED, within

# The network waits ten seconds for a screen (contract, 1.2); we promise three.
LIMITS = (
    (100, "under 0.1 s"),
    (300, "0.1 to 0.3 s"),
    (1000, "0.3 to 1 s"),
    (3000, "1 to 3 s"),
    (10_000, "3 to 10 s"),
)
TOO_LATE = "over 10 s, lost"
ANSWERED_WITHIN = timedelta(hours=24)
REPORTED_WITHIN = timedelta(days=7)


@dataclass(frozen=True)
class Share:
    """A part of a whole."""

    name: str
    count: int
    percent: float


@dataclass(frozen=True)
class TextDay:
    """One day's texts: segments, what they cost in KES (charged, or counted where nobody has charged yet),
    and the orders that were finished on it."""

    day: date
    segments: int
    cost: Decimal
    finished: int


@dataclass(frozen=True)
class Arrival:
    """Delivery reports of one network."""

    operator: str
    arrived: int
    failed: int

    @property
    def percent(self) -> int:
        """Of a hundred texts that came to an end, how many arrived."""
        return round(100 * self.arrived / (self.arrived + self.failed)) if self.arrived + self.failed else 0


def answers(tx: Tx) -> list[Share]:
    """How long the last day's hops took us, against what the network bears."""
    took = Callback.duration_ms
    at = case(*((took < limit, place) for place, (limit, _name) in enumerate(LIMITS)), else_=len(LIMITS))
    asked = (
        select(at, func.count())
        .where(Callback.kind == "ussd", Callback.at >= tx.now - ANSWERED_WITHIN)
        .group_by(at)
    )
    counted: dict[int, int] = dict(iter(tx.session.execute(asked)))
    names = [*(name for _limit, name in LIMITS), TOO_LATE]
    return _shares([(name, counted.get(place, 0)) for place, name in enumerate(names)])


def texts_by_day(tx: Tx, days: int) -> list[TextDay]:
    """The last days, oldest first: all texts of a day beside the orders that ended well on it."""
    today = nairobi_date(tx.now)
    first = today - timedelta(days=days - 1)
    spent = {
        row.day: row
        for row in tx.session.execute(
            select(
                Spend.day,
                func.sum(Spend.segments).label("segments"),
                func.sum(Spend.counted).label("counted"),
                func.sum(Spend.charged).label("charged"),
            )
            .where(Spend.day >= first)
            .group_by(Spend.day)
        )
    }
    finished = _finished_by_day(tx, days)
    told = []
    for count in range(days):
        day = first + timedelta(days=count)
        row = spent.get(day)
        cost = (row.charged or row.counted) if row else ZERO
        told.append(TextDay(day, int(row.segments) if row else 0, cost, finished.get(day, 0)))
    return told


def arrivals(tx: Tx) -> Sequence[Arrival]:
    """What the networks reported of a week's texts, the busiest network first."""
    operator = Callback.request["networkCode"].as_string()
    status = Callback.request["status"].as_string()
    arrived = func.sum(case((status == "Success", 1), else_=0))
    failed = func.sum(case((status.in_(("Failed", "Rejected", "AbsentSubscriber", "Expired")), 1), else_=0))
    asked = (
        select(operator, arrived, failed)
        .where(Callback.kind == "sms-report", Callback.at >= tx.now - REPORTED_WITHIN)
        .group_by(operator)
        .order_by((arrived + failed).desc(), operator)
    )
    return [Arrival(code or "", int(good), int(bad)) for code, good, bad in tx.session.execute(asked)]


def farmers(tx: Tx, days: int) -> list[Share]:
    """Of the farmers who joined in these days: who offered something, who sold, who was paid for it."""
    joined = select(User.user_id).where(
        User.user_role == "farmer", User.created_at >= tx.now - timedelta(days=days)
    )
    offered = select(func.count(distinct(Listing.farmer_id))).where(Listing.farmer_id.in_(joined))
    items = select(func.count(distinct(OrderItem.farmer_id))).where(OrderItem.farmer_id.in_(joined))
    return _funnel(
        ("joined", _count(tx, select(func.count()).select_from(joined.subquery()))),
        ("offered produce", _count(tx, offered)),
        ("had an order", _count(tx, items)),
        ("sold", _count(tx, items.join(Order).where(Order.order_status.in_(FINISHED)))),
    )


def customers(tx: Tx, days: int) -> list[Share]:
    """Of the customers who joined in these days: who ordered, who got something, who came again."""
    joined = select(User.user_id).where(
        User.user_role == "customer", User.created_at >= tx.now - timedelta(days=days)
    )
    ordered = select(func.count(distinct(Order.customer_id))).where(Order.customer_id.in_(joined))
    again = (
        select(Order.customer_id)
        .where(Order.customer_id.in_(joined), Order.order_status.in_(FINISHED))
        .group_by(Order.customer_id)
        .having(func.count() > 1)
    )
    return _funnel(
        ("joined", _count(tx, select(func.count()).select_from(joined.subquery()))),
        ("ordered", _count(tx, ordered)),
        ("got their goods", _count(tx, ordered.where(Order.order_status.in_(FINISHED)))),
        ("came again", _count(tx, select(func.count()).select_from(again.subquery()))),
    )


def dials(tx: Tx, days: int) -> int:
    """How many dials these days brought."""
    return _count(tx, select(func.count()).where(UssdDial.began_at >= tx.now - timedelta(days=days)))


def _finished_by_day(tx: Tx, days: int) -> dict[date, int]:
    counted: dict[date, int] = {}
    ended = select(Order.delivered_at).where(within(tx, days), Order.order_status.in_(FINISHED))
    for moment in tx.session.scalars(ended):
        if moment is not None:
            day = nairobi_date(moment)
            counted[day] = counted.get(day, 0) + 1
    return counted


def _count(tx: Tx, query: object) -> int:
    return int(tx.session.scalar(query) or 0)  # type: ignore[call-overload]


def _shares(parts: list[tuple[str, int]]) -> list[Share]:
    whole = sum(count for _name, count in parts)
    return [Share(name, count, round(100 * count / whole, 1) if whole else 0.0) for name, count in parts]


def _funnel(*steps: tuple[str, int]) -> list[Share]:
    """Each step against the first."""
    whole = steps[0][1]
    return [Share(name, count, round(100 * count / whole, 1) if whole else 0.0) for name, count in steps]
