"""The present values of all settings, held by each process and read again within 60 s (DR-1702)."""

import threading
import time
from datetime import time as time_of_day
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine, select

from core.settings.defaults import DEFINITIONS
from core.settings.models import SystemSetting


class UnknownSetting(KeyError):
    """A name that section 22 of docs/domain.md does not list."""


def typed(kind: str, text: str) -> Any:
    """`text` as its kind: int, Decimal, bool, datetime.time or str; raises ValueError."""
    match kind:
        case "whole":
            return int(text)
        case "decimal":
            return Decimal(text)
        case "flag":
            return {"true": True, "false": False}[text]
        case "time":
            return time_of_day.fromisoformat(text)
        case _:
            return text


class SettingsCache:
    """Defaults overlaid with what the table holds; refreshed by the transaction that finds it old."""

    def __init__(self, max_age_seconds: float = 30) -> None:
        self._max_age = max_age_seconds
        self._values = {d.name: typed(d.kind, d.default) for d in DEFINITIONS.values()}
        self._read_at: float | None = None
        self._lock = threading.Lock()

    def value(self, name: str) -> Any:
        """The typed value of `name`; raises UnknownSetting."""
        try:
            return self._values[name]
        except KeyError:
            raise UnknownSetting(name) from None

    def refresh(self, engine: Engine, *, now: bool = False) -> None:
        """Read the table again if the copy is older than its age limit (or `now`)."""
        due = self._read_at is None or time.monotonic() - self._read_at > self._max_age
        if not (now or due) or not self._lock.acquire(blocking=now):
            return
        try:
            with engine.connect().execution_options(reading=True) as connection:
                rows = connection.execute(select(SystemSetting.name, SystemSetting.value)).all()
            values = {d.name: typed(d.kind, d.default) for d in DEFINITIONS.values()}
            values |= {n: typed(DEFINITIONS[n].kind, v) for n, v in rows if n in DEFINITIONS}
            self._values = values
            self._read_at = time.monotonic()
        finally:
            self._lock.release()
