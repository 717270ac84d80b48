"""The callback log of a big market, and what finding in it costs: `python -m bench.big.log [ROWS]`.

A few thousand rows as the channels leave them are written by the models; the database multiplies them to five
million over ninety days, each with a phone, a session, an id and a moment of its own. Then every filter of
the console is asked as its page asks it. Fails where one takes longer than 300 ms, or reads the log whole.
"""

import random
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, create_engine, func, insert, inspect, select, text

from bench.big.measure import Query, explain, timed
from core.db import Database, Tx
from core.traffic.models import Callback
from web.queries import callbacks as log
from web.queries import sieve
from web.queries.sieve import Filters

ROWS = 5_000_000
TEMPLATES = 5_000
DAYS = 90
PHONES = 200_000
ROUNDS = 20
AT_ONCE = 100
SETTLE_SECONDS, FEW_PAGES = 180, 500
BUFFER = 1 << 30  # bytes, as a small server of a co-operative has
TABLE = "callback_log"
MOST_MS = 300.0
MOST_ROWS = 2 * sieve.TEXT_ROWS + 2000  # the index is gone along once, and the rows are read once
# kind, direction, verdict, and how many of a hundred; what is rare is what people look for.
MIX = (
    ("ussd", "in", "shown", 44), ("ussd", "in", "applied", 9), ("ussd", "in", "rejected", 3),
    ("ussd-event", "in", "shown", 8), ("sms", "in", "applied", 7), ("sms", "in", "shown", 1),
    ("sms-send", "out", "accepted", 11), ("sms-report", "in", "applied", 10),
    ("stk-push", "out", "accepted", 2), ("stk", "in", "applied", 2),
    ("stk-query", "out", "accepted", 1), ("c2b-confirmation", "in", "applied", 1),
)  # fmt: skip
# So many in a million.
RARE = (
    ("stk", "in", "mismatched", 40), ("sms-send", "out", "failed", 400), ("stk-push", "out", "unknown", 200),
    ("c2b-confirmation", "in", "unmatched", 60), ("ussd", "in", "failed", 300), ("b2c", "out", "refused", 20),
)  # fmt: skip

_MULTIPLY = """
INSERT INTO callback_log (at, direction, kind, msisdn, session, provider_id, dedupe_key, source, request_id,
    request, reply, status, verdict, error, duration_ms, repeats, changed, cause, order_id)
SELECT at - INTERVAL seq * :step MICROSECOND, direction, kind,
    CONCAT('+2547', LPAD(MOD(callback_id * 7919 + seq * 104729, :phones), 8, '0')),
    IF(session = '', '', CONCAT('ATUid_', MOD(callback_id, 900), '_', seq)),
    IF(provider_id = '', '', CONCAT(provider_id, '_', seq)),
    CONCAT(kind, ':', callback_id, ':', seq), source, CONCAT(request_id, seq), request, reply, status,
    verdict, error, duration_ms, 0, changed, NULL, IF(order_id IS NULL, NULL, order_id + seq * 400)
FROM log_templates JOIN seq_{first}_to_{last}
"""


def fill(db: Database, rows: int) -> None:
    """Templates by the models, within one step of time; the rest by the database, each copy a step before.

    Indexes are taken off meanwhile and put on again as they were.
    """
    copies = max(rows // TEMPLATES - 1, 1)
    step = timedelta(days=DAYS) / (copies + 1)
    patient = create_engine(db.engine.url, isolation_level="AUTOCOMMIT")
    with patient.connect() as connection:
        connection.execute(text(f"SET GLOBAL innodb_buffer_pool_size={BUFFER}"))
        connection.execute(text("SET SESSION unique_checks=0, foreign_key_checks=0"))
        taken_off = inspect(connection).get_indexes(TABLE)
        _change(connection, [f"DROP INDEX {one['name']}" for one in taken_off])
        connection.execute(insert(Callback), _templates(db.parts.clock.now(), step))
        connection.execute(text("CREATE TABLE log_templates AS SELECT * FROM callback_log"))
        values = {"step": step // timedelta(microseconds=1), "phones": PHONES}
        for first in range(1, copies + 1, AT_ONCE):
            last = min(first + AT_ONCE - 1, copies)
            connection.execute(text(_MULTIPLY.format(first=first, last=last)), values)
        _change(
            connection,
            [
                f"ADD {'UNIQUE' * bool(one['unique'])} INDEX {one['name']} ({_columns(one['column_names'])})"
                for one in taken_off
            ],
        )
        connection.execute(text(f"ANALYZE TABLE {TABLE}"))
        _settle(connection)
    patient.dispose()


def _columns(names: Sequence[str | None]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _settle(connection: Connection) -> None:
    """Wait until what was filled in is on the disk: else its writing is measured."""
    connection.execute(text("SET GLOBAL innodb_max_dirty_pages_pct=0"))
    until = time.monotonic() + SETTLE_SECONDS
    while time.monotonic() < until:
        dirty = connection.execute(text("SHOW GLOBAL STATUS LIKE 'Innodb_buffer_pool_pages_dirty'")).one()
        if int(dirty[1]) < FEW_PAGES:
            break
        time.sleep(1)


def _change(connection: Connection, changes: Sequence[str]) -> None:
    connection.execute(text(f"ALTER TABLE {TABLE} {', '.join(changes)}"))


def _templates(now: datetime, step: timedelta) -> list[dict[str, Any]]:
    dice = random.Random(2025)
    kinds = [one[:3] for one in MIX]
    weights = [float(one[3]) * 10_000 for one in MIX] + [float(one[3]) for one in RARE]
    chosen = dice.choices([*kinds, *(one[:3] for one in RARE)], weights, k=TEMPLATES - len(RARE))
    rows = [_row(number, one, now - step * dice.random(), dice) for number, one in enumerate(chosen)]
    return rows + [_row(TEMPLATES + n, one[:3], now, dice) for n, one in enumerate(RARE)]


def _row(number: int, what: tuple[str, str, str], at: datetime, dice: random.Random) -> dict[str, Any]:
    kind, direction, verdict = what
    said = dice.choice(("5kg tomatoes", "NDIYO", "1", "Kangemi, near the Total station", "50kg nyanya 80"))
    return {
        "at": at, "direction": direction, "kind": kind, "verdict": verdict, "msisdn": f"+2547{number:08d}",
        "session": "s" if kind.startswith("ussd") else "",
        "provider_id": "" if kind == "ussd" else f"p{number}",
        "dedupe_key": f"{kind}:{number}", "source": "192.0.2.1", "request_id": f"{number:032x}",
        "request": {"answer": said, "screen": "farmer.home", "service_code": "*384*88632#"},
        "reply": "CON Chagua:\n1 Uza\n2 Maagizo yako\n3 Bei za soko\n4 Mapato\n0 Rudi\n00 Mwanzo",
        "status": 200, "duration_ms": dice.randrange(3, 90), "changed": [],
        "order_id": number % 400 + 1 if dice.random() < 0.3 else None,
    }  # fmt: skip


def questions(db: Database) -> Mapping[str, Query]:
    """name -> the question, as the pages of the console ask it."""
    now = db.parts.clock.now()
    old, week = now - timedelta(days=60), now - timedelta(days=7)
    with db.read() as tx:
        row = tx.session.scalars(
            sieve.newest_first(sieve.narrow(select(Callback), Filters(kind="sms", until=old))).limit(1)
        ).one()
        deep = row.callback_id

    def page(before: int | None = None, **filters: Any) -> Query:
        def ask(tx: Tx) -> object:
            return log.page(tx, Filters(**filters), before=before)

        return ask

    return {
        "the newest": page(),
        "a page in the middle": page(deep),
        "all before": page(until=old),
        "common kind before": page(kind="ussd", until=old),
        "common kind, long span": page(kind="ussd", since=old, until=week),
        "rare kind before": page(kind="b2c", until=old),
        "phone": page(msisdn=row.msisdn),
        "phone and kind": page(msisdn=row.msisdn, kind="ussd"),
        "session": page(session="ATUid_7_400"),
        "provider's id": page(provider_id=row.provider_id),
        "order": page(order_ids=(row.order_id or 77,)),
        "receipt of nobody": lambda tx: log.page(
            tx, Filters(provider_ids=sieve.of_receipt(tx, "TFO0000000"))
        ),
        "common kind": page(kind="ussd"),
        "common kind, deep": page(deep, kind="ussd"),
        "rare kind": page(kind="b2c"),
        "common verdict": page(verdict="applied"),
        "rare verdict": page(verdict="mismatched"),
        "kind and rare verdict": page(kind="ussd", verdict="failed"),
        "kind and no such verdict": page(kind="sms", verdict="quarantined"),
        "direction": page(direction="out"),
        "direction and verdict": page(direction="out", verdict="failed"),
        "direction without": page(direction="out", verdict="applied"),
        "an hour two months ago": page(since=old, until=old + timedelta(hours=1)),
        "kind in a week": page(kind="stk", since=old, until=old + timedelta(days=7)),
        "kind, verdict, a day": page(kind="sms", verdict="shown", since=old, until=old + timedelta(days=1)),
        "verdict, direction, span": page(verdict="failed", direction="in", since=old, until=week),
        "phone in a span": page(msisdn=row.msisdn, since=old, until=now),
        "the news": lambda tx: log.news(tx, Filters(), after=_newest(tx)),
        "the news of a kind": lambda tx: log.news(tx, Filters(kind="stk"), after=_newest(tx)),
        "words, found": page(text="near the Total"),
        "words, not found": page(text="avocado"),
        "words of a phone": page(msisdn=row.msisdn, text="avocado"),
    }


def _newest(tx: Tx) -> int:
    return tx.session.scalar(select(func.max(Callback.callback_id))) or 0


def faults(db: Database, rows: int) -> list[str]:
    """Fill, ask everything, print what it costs; what is too slow or reads the log whole."""
    began = time.monotonic()
    fill(db, rows)
    print(f"\nthe callback log: {rows:,} rows in {time.monotonic() - began:.0f} s", flush=True)
    print(f"{'':30} {'rows looked at':>15} {'ms':>8} {'worst':>8}   how")
    wrong = []
    for name, question in questions(db).items():
        cost = explain(db, question)
        cost.ms = [timed(db, question) for _ in range(ROUNDS)]
        worst = sorted(cost.ms)[-2]
        how = ", ".join(map(str, cost.accesses))
        print(f"{name:30} {cost.examined:>15} {cost.median:8.2f} {worst:8.2f}   {how}")
        if not name.startswith("words") and cost.median > MOST_MS:
            wrong.append(f"log, {name}: {cost.median:.0f} ms")
        if cost.examined > MOST_ROWS:
            wrong.append(f"log, {name}: looked at {cost.examined:,} rows")
    return wrong


def main() -> int:
    """The log alone; 1 if anything is slow."""
    from bench.big.__main__ import open_database

    wrong = faults(open_database("tunda_log"), int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
    print(*wrong, sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
