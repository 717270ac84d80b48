"""The time of the simulated world. The simulator owns it; the gateway reads the shift out of a file."""

import contextlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

NAIROBI = ZoneInfo("Africa/Nairobi")


class WorldClock:
    """The machine's clock plus a shift, kept as seconds in `file` (None: kept nowhere)."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self.shift = timedelta()
        if file is not None:
            with contextlib.suppress(OSError, ValueError):
                self.shift = timedelta(seconds=float(file.read_text()))

    def now(self) -> datetime:
        """The present moment, aware, UTC."""
        return datetime.now(UTC) + self.shift

    def local(self) -> datetime:
        """The present moment as people in Kenya see it."""
        return self.now().astimezone(NAIROBI)

    def set(self, at: datetime) -> None:
        """From here on it is `at` (aware), and time goes on at its usual pace."""
        self._write(at - datetime.now(UTC))

    def advance(self, seconds: float) -> None:
        """Jump by so many seconds; negative goes back."""
        self._write(self.shift + timedelta(seconds=seconds))

    def release(self) -> None:
        """Follow the machine's clock again."""
        self._write(timedelta())

    def view(self) -> dict[str, object]:
        """What GET /control/clock tells."""
        return {
            "now": self.local().isoformat(timespec="seconds"),
            "shift": self.shift.total_seconds(),
            "file": str(self._file) if self._file else None,
        }

    def _write(self, shift: timedelta) -> None:
        self.shift = shift
        if self._file is not None:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            fresh = self._file.with_name(self._file.name + ".new")
            fresh.write_text(f"{shift.total_seconds()}")
            fresh.replace(self._file)  # a reader sees the old shift or the new one, never half a number
