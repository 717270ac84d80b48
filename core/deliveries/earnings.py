"""What a rider earned and did: his day, and any span of days (DR-1105, DR-220)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import InstrumentedAttribute

from core.actor import Actor
from core.cash import limits
from core.clock import NAIROBI, nairobi_date
from core.db import Tx
from core.deliveries.models import Delivery
from core.errors import BadInput
from core.ledger import accounts
from core.ledger import service as ledger
from core.ledger.models import JournalEntry, LedgerLine
from core.money import ZERO
from core.users import service as users

LONGEST = 92
KINDS = ("rider_earning", "failed_attempt")


@dataclass(frozen=True)
class TallyView:
    """A rider's figures, in KES: earned in these days, and what he is owed and carries now."""

    rider_id: int
    first: date
    last: date
    delivered: int
    failed: int
    earned: Decimal
    owed: Decimal
    cash_held: Decimal


def tally(tx: Tx, actor: Actor, *, first: date, last: date, rider_id: int | None = None) -> TallyView:
    """A rider's own figures for the days `first` to `last` (Nairobi, at most 92); an admin may see anybody's.

    Raises BadInput, NotFound for another's, NotAllowed.
    """
    own = rider_id in (None, actor.user_id)
    user = users.may(tx, actor, "read", "stats", own=own)
    if not isinstance(first, date) or not isinstance(last, date) or not 0 <= (last - first).days < LONGEST:
        raise BadInput(first=str(first), last=str(last))
    return _figures(tx, user.user_id if rider_id is None else rider_id, first, last)


def own(tx: Tx, actor: Actor, *, days: int = 1) -> TallyView:
    """The actor's own figures of today, or of the last so many days; few statements, for a small screen."""
    today = nairobi_date(tx.now)
    return _figures(tx, actor.user_id or 0, today - timedelta(days=days - 1), today)


def _figures(tx: Tx, whose: int, first: date, last: date) -> TallyView:
    begin, end = _midnight(first), _midnight(last + timedelta(days=1))
    due = accounts.rider_due(whose)
    earned = tx.session.scalar(
        select(func.sum(LedgerLine.amount))
        .join(JournalEntry, JournalEntry.entry_id == LedgerLine.entry_id)
        .where(
            LedgerLine.account == due,
            JournalEntry.kind.in_(KINDS),
            JournalEntry.at >= begin,
            JournalEntry.at < end,
        )
    )
    at = select(
        func.count(case((_within(Delivery.delivered_at, begin, end), 1))).label("delivered"),
        func.count(case((_within(Delivery.failed_at, begin, end), 1))).label("failed"),
    )
    done = tx.session.execute(at.where(Delivery.rider_id == whose)).one()
    return TallyView(
        rider_id=whose,
        first=first,
        last=last,
        delivered=done.delivered,
        failed=done.failed,
        earned=-(earned or ZERO),
        owed=-ledger.balance(tx, due),
        cash_held=limits.standing(tx, whose).held,
    )


def _within(column: InstrumentedAttribute[datetime | None], begin: datetime, end: datetime) -> Any:
    return and_(column >= begin, column < end)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), NAIROBI).astimezone(UTC)
