"""When a message may go: quiet hours and the morning (DR-1502)."""

from datetime import UTC, datetime, time

import pytest

from core.clock import is_quiet, nairobi
from core.notifications import rules
from locales.messages import MESSAGES
from tests.proving import proves

START, END = time(21), time(6)


def at(hour: int, minute: int = 0) -> datetime:
    """A moment of 24 June 2025, in Nairobi time."""
    return datetime(2025, 6, 24, hour, minute, tzinfo=UTC).replace(hour=hour) - (
        nairobi(datetime(2025, 6, 24, tzinfo=UTC)).utcoffset() or datetime.resolution
    )


@pytest.mark.parametrize(
    ("hour", "minute", "quiet"),
    [
        (20, 59, False),
        (21, 0, True),
        (23, 30, True),
        (0, 0, True),
        (5, 59, True),
        (6, 0, False),
        (12, 0, False),
    ],
)
@proves("DR-1502")
def test_quiet_hours_reach_over_midnight(hour: int, minute: int, quiet: bool) -> None:
    assert is_quiet(at(hour, minute), START, END) is quiet


@pytest.mark.parametrize(
    ("hour", "user_id", "released"),
    [
        (12, 7, "2025-06-24 12:00"),
        (22, 0, "2025-06-25 06:00"),
        (22, 7, "2025-06-25 06:07"),
        (22, 67, "2025-06-25 06:07"),
        (3, 29, "2025-06-24 06:29"),
    ],
)
@proves("DR-1502")
def test_held_messages_go_in_the_first_half_hour_of_the_morning(
    hour: int, user_id: int, released: str
) -> None:
    moment = rules.release(at(hour), START, END, spread_minutes=30, user_id=user_id)
    assert f"{nairobi(moment):%Y-%m-%d %H:%M}" == released


@pytest.mark.parametrize("code", sorted(rules.KINDS))
@proves("DR-1509")
def test_every_kind_has_its_words_and_both_agree_on_who_gets_an_sms(code: str) -> None:
    """DR-1509."""
    assert MESSAGES[code].texted is rules.KINDS[code].by_sms
