"""The one place that knows what time it is.

`ShiftedClock` serves development: the outside world (the simulator) owns the time and writes by how many
seconds it is ahead of the machine into a file; we only read it. Production refuses that setting.
"""

import time as machine
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

NAIROBI = ZoneInfo("Africa/Nairobi")


class Clock(Protocol):
    """Anything that tells an aware UTC time."""

    def now(self) -> datetime:
        """The present moment, aware, UTC."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The present moment, aware, UTC."""
        return datetime.now(UTC)


class ShiftedClock:
    """The machine's clock plus the seconds written in `file` (none or unreadable: no shift)."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._read_at = -1.0
        self._shift = timedelta()

    def now(self) -> datetime:
        """The present moment of the set clock, aware, UTC; the file is looked at once a second at most."""
        if machine.monotonic() - self._read_at > 0.5:
            self._read_at = machine.monotonic()
            try:
                self._shift = timedelta(seconds=float(self._file.read_text()))
            except (OSError, ValueError):
                self._shift = timedelta()
        return datetime.now(UTC) + self._shift


def nairobi(moment: datetime) -> datetime:
    """The moment as people in Kenya see it."""
    return moment.astimezone(NAIROBI)


def is_quiet(moment: datetime, start: time, end: time) -> bool:
    """Whether people sleep at `moment`; the hours may reach over midnight (DR-1502)."""
    local = nairobi(moment).time()
    return start <= local < end if start <= end else local >= start or local < end


def quiet_ends(moment: datetime, start: time, end: time) -> datetime:
    """When the quiet hours in which `moment` falls are over, aware, Nairobi; `moment` if it is in none."""
    if not is_quiet(moment, start, end):
        return moment
    local = nairobi(moment)
    day = local.date() if local.time() < end else local.date() + timedelta(days=1)
    return datetime.combine(day, end, NAIROBI)


def nairobi_date(moment: datetime) -> date:
    """The calendar day in Nairobi; 22:30Z on the 14th is the 15th."""
    return nairobi(moment).date()
