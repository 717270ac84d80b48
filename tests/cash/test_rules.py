"""Change, short money, oldest debts first, limits: tables and properties (DR-902 to DR-904)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.cash import rules
from tests.helpers import DEMO_MOMENT
from tests.proving import proves

LIMITS = rules.Limits(most=Decimal("10000.00"), due_hours=24, hard_percent=Decimal(150))
SUMS = st.decimals(min_value=0, max_value=100_000, places=0)


@proves("DR-902")
@pytest.mark.parametrize(
    ("due", "taken", "met"),
    [
        ("450", "450", ("450", "0", "0")),
        ("450", "500", ("500", "50", "0")),
        ("450", "440", ("440", "0", "10")),
        ("450", "439", None),
        ("5", "0", ("0", "0", "5")),
        ("0", "0", ("0", "0", "0")),
        ("0", "20", ("20", "20", "0")),
    ],
)
def test_what_is_taken_meets_what_is_due(due: str, taken: str, met: tuple[str, str, str] | None) -> None:
    found = rules.at_the_door(Decimal(due), Decimal(taken), short_accepted=Decimal("10.00"))
    assert found == (rules.AtTheDoor(*map(Decimal, met)) if met else None)


@given(SUMS, SUMS)
def test_nothing_is_lost_at_the_door(due: Decimal, taken: Decimal) -> None:
    met = rules.at_the_door(due, taken, short_accepted=Decimal(10))
    assert (met is None) == (due - taken > 10)
    if met is not None:
        assert met.taken == taken == due + met.change - met.short
        assert met.change == 0 or met.short == 0


@proves("DR-904")
@given(st.lists(st.decimals(min_value=1, max_value=5000, places=0), max_size=20), SUMS)
def test_the_oldest_debts_are_settled_first_and_never_more_than_came(
    owed: list[Decimal], amount: Decimal
) -> None:
    parts = rules.oldest_first(owed, amount)
    assert sum(parts) == min(sum(owed), amount)
    whole = [part == debt for part, debt in zip(parts, owed, strict=True)]
    assert whole == sorted(whole, reverse=True), "a later one is touched only when all before it are settled"
    assert sum(0 < part < debt for part, debt in zip(parts, owed, strict=True)) <= 1


@proves("DR-903")
@pytest.mark.parametrize(
    ("held", "hours", "cash_jobs", "no_jobs"),
    [
        ("0", None, True, False),
        ("10000.00", 1, True, False),
        ("10001.00", 1, False, False),
        ("15000.00", 1, False, False),
        ("15001.00", 1, False, True),
        ("100.00", 23, True, False),
        ("100.00", 24, False, False),
    ],
)
def test_who_carries_too_much_or_too_long(
    held: str, hours: int | None, cash_jobs: bool, no_jobs: bool
) -> None:
    oldest = DEMO_MOMENT - timedelta(hours=hours) if hours is not None else None
    standing = rules.Standing(Decimal(held), oldest)
    assert rules.may_carry_cash(standing, LIMITS, DEMO_MOMENT) is cash_jobs
    assert rules.blocked(standing, LIMITS) is no_jobs
