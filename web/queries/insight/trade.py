"""Orders and their value by day and county, what a finished order leaves, what M-Pesa answered.

A stretch of days is a range of the unique order numbers, which begin with Nairobi's day (DR-109): no table is
read whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, case, func, literal, select, type_coerce

from core.clock import nairobi_date
from core.db import Hundredths, Tx
from core.ledger import accounts
from core.ledger.models import JournalEntry, LedgerLine
from core.money import ZERO
from core.orders.models import Order
from core.outbox.models import OutboxMessage
from core.payments.models import PaymentTransaction

NOTHING = literal(ZERO, Hundredths())
FINISHED = ("delivered", "completed")
# What an order earns and costs us, by the books (DR-1004): income stands with a minus, costs with a plus.
OURS = (
    accounts.COMMISSION, accounts.DELIVERY_FEES, accounts.ROUNDING,
    accounts.RIDER_COST, accounts.PROVIDER_FEES, accounts.GOODWILL, accounts.WRITE_OFF,
)  # fmt: skip
# KES of goods, and km, up to which an order counts as such.
SIZES = ((300, "under 300"), (1000, "300 to 999"), (3000, "1,000 to 2,999"), (None, "3,000 and more"))
DISTANCES = ((3, "under 3 km"), (10, "3 to 9 km"), (25, "10 to 24 km"), (None, "25 km and more"))


@dataclass(frozen=True)
class Day:
    """One day in Nairobi: orders placed (cancelled ones too) and what the others came to, in KES."""

    day: date
    placed: int
    cancelled: int
    value: Decimal


@dataclass(frozen=True)
class CountyTrade:
    """Orders to one county, and their value in KES without the cancelled ones."""

    county: str
    placed: int
    value: Decimal


@dataclass(frozen=True)
class Margin:
    """Finished orders of one kind: what they left us together in KES, and how many left less than nothing."""

    name: str
    orders: int
    left: Decimal
    losing: int

    @property
    def each(self) -> Decimal:
        """KES an order, on average."""
        return (self.left / self.orders).quantize(Decimal("0.01")) if self.orders else ZERO

    @property
    def losing_percent(self) -> int:
        """Of a hundred orders, how many cost more than they brought."""
        return round(100 * self.losing / self.orders) if self.orders else 0


@dataclass(frozen=True)
class Outcome:
    """How payment requests ended: the code M-Pesa gave ("" while it has given none), its words, how often."""

    code: str
    status: str
    says: str
    count: int


def since(tx: Tx, days: int) -> date:
    """The first of the last `days` days, today included."""
    return nairobi_date(tx.now) - timedelta(days=days - 1)


def within(tx: Tx, days: int) -> ColumnElement[bool]:
    """The orders of the last `days` days, by their numbers."""
    return Order.order_number >= f"TUN{since(tx, days):%y%m%d}"


def by_day(tx: Tx, days: int) -> list[Day]:
    """Every one of the last days, oldest first, those without an order too."""
    stamp = func.substr(Order.order_number, 4, 6)
    gone = case((Order.order_status == "cancelled", 1), else_=0)
    value = case((Order.order_status == "cancelled", NOTHING), else_=Order.amount_asked)
    asked = (
        select(stamp, func.count(), func.sum(gone), func.sum(value)).where(within(tx, days)).group_by(stamp)
    )
    found = {row[0]: row for row in tx.session.execute(asked)}
    told = []
    for count in range(days):
        day = since(tx, days) + timedelta(days=count)
        _stamp, placed, cancelled, kes = found.get(f"{day:%y%m%d}", ("", 0, 0, ZERO))
        told.append(Day(day, placed, int(cancelled), Decimal(kes)))
    return told


def by_county(tx: Tx, days: int) -> Sequence[CountyTrade]:
    """The counties goods went to, most orders first."""
    county = Order.drop["county"].as_string()
    value = case((Order.order_status == "cancelled", NOTHING), else_=Order.amount_asked)
    placed = func.count()
    asked = (
        select(county, placed, func.sum(value))
        .where(within(tx, days))
        .group_by(county)
        .order_by(placed.desc(), county)
    )
    return [CountyTrade(name or "", count, Decimal(kes)) for name, count, kes in tx.session.execute(asked)]


def margins(tx: Tx, days: int) -> tuple[Margin, list[Margin], list[Margin]]:
    """What finished orders left: all, by the goods' value, by distance.

    Commission and delivery fee, less the rider, what M-Pesa took, goodwill, and the texts about the order.
    """
    orders = _finished(tx, days).subquery()
    size, distance = _bucket(orders.c.subtotal, SIZES), _bucket(orders.c.km, DISTANCES)
    loses = case((orders.c.margin < NOTHING, 1), else_=0)
    figures = (
        func.count(),
        func.coalesce(func.sum(orders.c.margin), NOTHING),
        func.coalesce(func.sum(loses), 0),
    )
    rows = tx.session.execute(select(size, distance, *figures).group_by(size, distance)).all()
    whole = _sum("all", rows)
    by_size = [_sum(name, [row for row in rows if row[0] == at]) for at, (_, name) in enumerate(SIZES)]
    by_km = [_sum(name, [row for row in rows if row[1] == at]) for at, (_, name) in enumerate(DISTANCES)]
    return whole, by_size, by_km


def outcomes(tx: Tx, days: int) -> Sequence[Outcome]:
    """How the payment requests of these orders ended, the most frequent first."""
    tried = PaymentTransaction
    count = func.count()
    asked = (
        select(tried.result_code, tried.status, func.max(tried.result_text), count)
        .join(Order, Order.order_id == tried.order_id)
        .where(within(tx, days), tried.method == "stk")
        .group_by(tried.result_code, tried.status)
        .order_by(count.desc(), tried.result_code, tried.status)
    )
    return [Outcome(*row) for row in tx.session.execute(asked)]


def _finished(tx: Tx, days: int) -> Select[int, Decimal, Decimal, Decimal]:
    """Each finished order with its goods' value, its km and what it left."""
    booked = (
        select(func.coalesce(-func.sum(LedgerLine.amount), NOTHING))
        .join(JournalEntry, JournalEntry.entry_id == LedgerLine.entry_id)
        .where(JournalEntry.order_id == Order.order_id, LedgerLine.account.in_(OURS))
        .correlate(Order)
        .scalar_subquery()
    )
    cost = func.coalesce(OutboxMessage.charged, OutboxMessage.counted, NOTHING)
    texted = (
        select(func.coalesce(func.sum(cost), NOTHING))
        .where(OutboxMessage.order_id == Order.order_id, OutboxMessage.sent_at.is_not(None))
        .correlate(Order)
        .scalar_subquery()
    )
    margin = type_coerce(booked - texted, Hundredths()).label("margin")
    return select(Order.order_id, Order.subtotal, Order.km, margin).where(
        within(tx, days), Order.order_status.in_(FINISHED)
    )


def _bucket(column: ColumnElement[Decimal], limits: Sequence[tuple[int | None, str]]) -> ColumnElement[int]:
    below = [(column < Decimal(limit), at) for at, (limit, _name) in enumerate(limits) if limit is not None]
    return case(*below, else_=len(limits) - 1)


def _sum(name: str, rows: Sequence[tuple[int, int, int, Decimal, int]]) -> Margin:
    return Margin(
        name,
        orders=sum(row[2] for row in rows),
        left=sum((Decimal(row[3]) for row in rows), ZERO),
        losing=sum(int(row[4]) for row in rows),
    )
