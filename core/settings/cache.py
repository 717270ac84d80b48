"""The present values of settings and switches, held by each process and read again in time (DR-1702)."""

import threading
import time
from typing import Any

from sqlalchemy import Engine, select

from core.settings.defaults import DEFINITIONS
from core.settings.models import Pause, SystemSetting
from core.settings.rules import typed

PROPAGATION = "settings.propagation_seconds"
_DEFAULTS = {d.name: typed(d.kind, d.default) for d in DEFINITIONS.values()}


class UnknownSetting(KeyError):
    """A name that section 22 of docs/domain.md does not list."""


class SettingsCache:
    """Defaults overlaid with what the tables hold; refreshed by the transaction that finds it old.

    A copy is old after half of `settings.propagation_seconds`, so that a change is in force everywhere
    within the whole of it.
    """

    def __init__(self) -> None:
        self._values = _DEFAULTS
        self._paused: frozenset[str] = frozenset()
        self._read_at: float | None = None
        self._lock = threading.Lock()

    def value(self, name: str) -> Any:
        """The typed value of `name`; raises UnknownSetting."""
        try:
            return self._values[name]
        except KeyError:
            raise UnknownSetting(name) from None

    def is_paused(self, switch: str) -> bool:
        """Whether the switch ("orders", "ward:1366") is off (DR-1703)."""
        return switch in self._paused

    def refresh(self, engine: Engine, *, now: bool = False) -> None:
        """Read the tables again if the copy is older than its age limit (or `now`)."""
        limit = self._values[PROPAGATION] / 2
        due = self._read_at is None or time.monotonic() - self._read_at > limit
        if not (now or due) or not self._lock.acquire(blocking=now):
            return
        try:
            with engine.connect().execution_options(reading=True) as connection:
                rows = connection.execute(select(SystemSetting.name, SystemSetting.value)).all()
                paused = frozenset(connection.scalars(select(Pause.switch)))
            changed = {n: typed(DEFINITIONS[n].kind, v) for n, v in rows if n in DEFINITIONS}
            self._values, self._paused = _DEFAULTS | changed, paused
            self._read_at = time.monotonic()
        finally:
            self._lock.release()
