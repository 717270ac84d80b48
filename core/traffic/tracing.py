"""Dials traced: where people leave, how long we take, what the network asks for it (DR-1802).

The callback log has every hop; here each dial becomes one line, and a line for each screen of it. A dial is
made anew from all its rows whenever something new is there: a run may be repeated, and late hops find in.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from sqlalchemy import delete, func, insert, select

from core.db import Tx
from core.traffic.models import Callback, TraceMark, UssdDial, UssdStep

MOST_ROWS = 20_000
MOST_SILENT = 2000
SESSIONS_AT_ONCE = 200
# A network keeps a session for 180 s; who has not answered by then cannot any more (contract, 1.5).
SESSION_LIFE = timedelta(seconds=200)
HOP = "ussd"
EVENT = "ussd-event"
ENDED = "END "
CENT = Decimal("0.01")
# A session id as a network makes them. MariaDB does not tell small letters from capitals, nor accents from
# none: what a forger makes up beyond this is in the callback log, and no dial.
OF_A_NETWORK = re.compile(r"[!-~]+")
MOST_KES = 1000

Rows = Sequence[Callback]


def trace(tx: Tx, _zero: int) -> None:
    """The duty `trace_dials`: every dial of which something new is in the log, and those that fell silent."""
    mark = tx.session.get(TraceMark, 1)
    if mark is None:
        mark = TraceMark(mark_id=1, traced=0, seen=0)
        tx.session.add(mark)
    newest = tx.session.execute(select(func.max(Callback.callback_id))).scalar() or 0
    upto = min(newest, mark.seen + MOST_ROWS)
    touched = {*_touched(tx, mark.traced, upto), *_silent(tx)}
    sessions = sorted(session for session in touched if OF_A_NETWORK.fullmatch(session))
    for start in range(0, len(sessions), SESSIONS_AT_ONCE):
        _retrace(tx, sessions[start : start + SESSIONS_AT_ONCE])
    mark.traced, mark.seen = mark.seen, upto


def price_of(text: str) -> Decimal | None:
    """What a provider asks, in KES: `0.00`, `KES 0.8000`; None if that is no sum (contract, 1.7 and 2)."""
    try:
        price = Decimal(text.strip().split(" ")[-1])
    except InvalidOperation:
        return None
    return price if price.is_finite() and 0 <= price < MOST_KES else None


def _touched(tx: Tx, after: int, upto: int) -> Iterable[str]:
    rows = tx.session.execute(
        select(Callback.session)
        .where(
            Callback.callback_id > after,
            Callback.callback_id <= upto,
            Callback.kind.in_((HOP, EVENT)),
            Callback.session != "",
        )
        .distinct()
    )
    return rows.scalars()


def _silent(tx: Tx) -> Iterable[str]:
    """Dials that went on when they were traced, and cannot any more."""
    rows = tx.session.execute(
        select(UssdDial.session)
        .where(UssdDial.outcome == "open", UssdDial.last_at < tx.now - SESSION_LIFE)
        .limit(MOST_SILENT)
    )
    return rows.scalars()


def _retrace(tx: Tx, sessions: Sequence[str]) -> None:
    found: dict[str, list[Callback]] = defaultdict(list)
    for row in tx.session.scalars(
        select(Callback)
        .where(Callback.session.in_(sessions), Callback.kind.in_((HOP, EVENT)))
        .order_by(Callback.at, Callback.callback_id)
    ):
        if OF_A_NETWORK.fullmatch(row.session):
            found[row.session.lower()].append(row)
    for table in (UssdDial, UssdStep):
        tx.session.execute(delete(table).where(table.session.in_(sessions)))
    dials: list[dict[str, Any]] = []
    steps: list[dict[str, Any]] = []
    for rows in found.values():
        session = rows[0].session
        hops = [row for row in rows if row.kind == HOP and row.verdict != "duplicate"]
        if not hops:
            continue
        event = next((row for row in reversed(rows) if row.kind == EVENT), None)
        dial = _dial(session, hops, event, tx.now)
        dials.append(dial)
        steps += _steps(session, hops, left=dial["outcome"] == "left")
    if dials:
        tx.session.execute(insert(UssdDial), dials)
    if steps:
        tx.session.execute(insert(UssdStep), steps)


def _dial(session: str, hops: Rows, event: Callback | None, now: datetime) -> dict[str, Any]:
    last = hops[-1]
    said: dict[str, Any] = event.request if event is not None else {}
    cost = price_of(str(said.get("cost", "")))
    return {
        "session": session,
        "began_at": hops[0].at,
        "last_at": last.at,
        "language": str(last.request.get("language", "")),
        "operator": str(last.request.get("operator", ""))[:16],
        "hops": len(hops),
        "last_screen": str(last.request.get("shown", "")),
        "outcome": _outcome(hops, said.get("status", ""), now),
        "status": str(said.get("status", ""))[:16],
        "cost": None if cost is None else cost.quantize(CENT, ROUND_HALF_UP),
        "network_ms": _whole(said.get("durationInMillis", "")),
    }


def _outcome(hops: Rows, status: str, now: datetime) -> str:
    if status == "Failed" or hops[-1].verdict == "failed":
        return "failed"
    if hops[-1].reply.startswith(ENDED):
        return "ended"
    gone = bool(status) or now - hops[-1].at > SESSION_LIFE
    return "left" if gone else "open"


def _steps(session: str, hops: Rows, *, left: bool) -> Iterable[dict[str, Any]]:
    """A line for each screen and language; what was refused counts where it was answered."""
    steps: dict[tuple[str, str], dict[str, Any]] = {}
    for hop in hops:
        screen, language = str(hop.request.get("shown", "")), str(hop.request.get("language", ""))
        if not screen:
            continue
        step = steps.setdefault(
            (screen, language),
            {"session": session, "screen": screen, "language": language, "began_at": hops[0].at}
            | dict.fromkeys(("shown", "refused", "ms", "longest", "left"), 0),
        )
        step["shown"] += 1
        step["refused"] += hop.verdict == "rejected"
        step["ms"] += hop.duration_ms
        step["longest"] = max(step["longest"], int(hop.request.get("septets", 0)))
    if left and steps:
        last = hops[-1].request
        place = steps.get((str(last.get("shown", "")), str(last.get("language", ""))))
        if place is not None:
            place["left"] = 1
    return steps.values()


def _whole(text: object) -> int | None:
    figure = str(text)
    return int(figure) if figure.isdecimal() and len(figure) < 10 else None
