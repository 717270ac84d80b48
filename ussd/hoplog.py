"""Hops that only showed something reach the callback log through Redis (DR-1802), carried by the worker.

What Redis loses here is a line of a log and nothing of the business; a hop that changed something wrote its
row in its own transaction.
"""

import json
import logging
from datetime import datetime
from typing import Any, cast

from core.db import Tx
from core.traffic import service as traffic
from inbound.gateway import Gateway
from ussd.sessions import HOPLOG

log = logging.getLogger("tunda.ussd")


def drain(gateway: Gateway, limit: int = 200) -> int:
    """Move up to `limit` entries into the callback log, oldest first; returns how many.

    Entries are taken off atomically, so several workers may drain at once; they are put back when the
    database does not take them.
    """
    taken = cast("list[bytes] | None", gateway.redis.rpop(HOPLOG, limit)) or []
    if not taken:
        return 0
    entries = [json.loads(raw) for raw in taken]
    try:
        gateway.db.run(lambda tx: _write(tx, entries))
    except Exception:
        gateway.redis.rpush(HOPLOG, *reversed(taken))
        raise
    return len(entries)


def _write(tx: Tx, entries: list[dict[str, Any]]) -> None:
    for entry in entries:
        at = datetime.fromisoformat(entry.pop("at"))
        row = traffic.record(tx, direction="in", kind="ussd", status=200, **entry)
        row.at = at
