"""When a run goes and what it costs. Plain Python, no session."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

from core.clock import NAIROBI, nairobi_date
from core.money import SHILLING, round2

# So many weeks ahead a trip is looked for; beyond that nobody plans.
WEEKS = 12


def departure(day: date, departs: str) -> datetime:
    """When the trip of `day` leaves, aware, Nairobi; `departs` as 06:00."""
    return datetime.combine(day, time.fromisoformat(departs), NAIROBI)


def trips(now: datetime, *, weekday: int, departs: str, cutoff_hours: int, earliest: date) -> Iterator[date]:
    """The days of a weekly run that still take orders at `now` and are not before `earliest`, soonest first.

    weekday  0 Monday to 6 Sunday
    """
    day = nairobi_date(now)
    day += timedelta(days=(weekday - day.weekday()) % 7)
    for _ in range(WEEKS):
        if day >= earliest and now <= departure(day, departs) - timedelta(hours=cutoff_hours):
            yield day
        day += timedelta(weeks=1)


def fee(kg: Decimal, fee_per_kg: Decimal) -> Decimal:
    """What a run asks for `kg`, in whole shillings half-up, as a rider's fee is (DR-1210, DR-1102)."""
    return round2((kg * fee_per_kg).quantize(SHILLING, ROUND_HALF_UP))
