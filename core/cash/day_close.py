"""The riders' cash at the end of the day: what should be there, and who has it (DR-907)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import func, select

from core import events
from core.actor import Actor, system
from core.alarms import service as alarms
from core.cash import limits
from core.cash.models import UNDONE, CashCollection, CashDeposit
from core.clock import NAIROBI, nairobi_date
from core.db import Tx
from core.money import ZERO
from core.users import service as users
from core.users.models import User


@dataclass(frozen=True)
class RiderDayView:
    """One rider's day, in KES: collected and brought in on that day, and what he holds now.

    oldest  when he took the oldest of it, aware; None if he holds nothing
    """

    rider_id: int
    name: str
    collected: Decimal
    brought_in: Decimal
    expected: Decimal
    oldest: datetime | None


def report(tx: Tx, actor: Actor, *, day: date) -> list[RiderDayView]:
    """Every rider who took, brought or holds cash, the one who holds most first; admins only.

    Expected is what was collected less what was deposited, over all days. Raises NotAllowed.
    """
    users.may(tx, actor, "read", "money", own=True)
    return _report(tx, day)


def close(tx: Tx, _subject: int) -> None:
    """The duty cash_day_close, at `cod.day_close_local`: admins get the day's sums. Emits CashDayClosed."""
    rows = _report(tx, nairobi_date(tx.now))
    if not rows:
        return
    day = nairobi_date(tx.now)
    held = sum((row.expected for row in rows), ZERO)
    collected = sum((row.collected for row in rows), ZERO)
    tx.emit(
        events.CashDayClosed(day=day, riders=len(rows), collected=collected, held=held, actor=system("job"))
    )


def cash_due(tx: Tx, collection_id: int) -> None:
    """The duty cash_due: cash is older than `cod.deposit_due_hours`: the rider is told, admins are alarmed.

    Emits CashOverdue.
    """
    collection = tx.session.get(CashCollection, collection_id)
    if collection is None or collection.open_for is None:
        return
    left = collection.amount - collection.settled
    alarms.raise_alarm(tx, "cash_late", f"rider:{collection.rider_id}", amount=str(left))
    tx.emit(
        events.CashOverdue(
            collection_id=collection_id, rider_id=collection.rider_id, left=left, actor=system("job")
        )
    )


def _report(tx: Tx, day: date) -> list[RiderDayView]:
    begin = datetime.combine(day, datetime.min.time(), NAIROBI).astimezone(UTC)
    end = begin + timedelta(days=1)
    amount = func.sum(CashCollection.amount).label("amount")
    taken = select(CashCollection.rider_id, amount).where(
        CashCollection.collected_at >= begin, CashCollection.collected_at < end
    )
    collected = {r.rider_id: r.amount for r in tx.session.execute(taken.group_by(CashCollection.rider_id))}
    amount = func.sum(CashDeposit.amount).label("amount")
    given = select(CashDeposit.rider_id, amount).where(
        CashDeposit.made_at >= begin, CashDeposit.made_at < end, CashDeposit.deposit_status != UNDONE
    )
    brought = {r.rider_id: r.amount for r in tx.session.execute(given.group_by(CashDeposit.rider_id))}
    still = limits.held_by().where(CashCollection.open_for.is_not(None))
    held = {r.open_for: r for r in tx.session.execute(still)}
    names = _names(tx, collected.keys() | brought.keys() | held.keys())
    rows = [
        RiderDayView(
            rider_id=rider_id,
            name=name,
            collected=collected.get(rider_id, ZERO),
            brought_in=brought.get(rider_id, ZERO),
            expected=held[rider_id].taken - held[rider_id].settled if rider_id in held else ZERO,
            oldest=held[rider_id].oldest if rider_id in held else None,
        )
        for rider_id, name in names.items()
    ]
    return sorted(rows, key=lambda row: (-row.expected, row.rider_id))


def _names(tx: Tx, rider_ids: set[int]) -> dict[int, str]:
    query = select(User.user_id, User.first_name).where(User.user_id.in_(rider_ids))
    return {row.user_id: row.first_name for row in tx.session.execute(query)}
