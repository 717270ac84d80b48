"""Forgetting in time (DR-1903): by night, in small transactions, counted in one audit row.

Words go, and with them the rows that are nothing but words; rows that carry figures or ids of others stay
without their words. The database refuses the application's own user every deletion in the audit trail and
the ledger: after its years the trail is pruned by the database's keeper (`prune`), while the ledger stays,
since balances are the sums of all its lines. The nightly count says how many rows are that old.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Table, delete, func, select, update

from core.actor import system
from core.audit import service as audit
from core.db import Base, Database, Tx
from core.duties import service as duties
from core.duties.service import Taken
from core.privacy.columns import ERASED
from core.privacy.models import RetentionMark

log = logging.getLogger("tunda.privacy")
SYSTEM = system("job")
BATCH = 1000


@dataclass(frozen=True)
class Rule:
    """What is forgotten when.

    name     of the rule, for the audit and for how far it has come
    moment   the column that says how old a row is
    setting  the days it is kept, or (years) only counted
    only     column -> values: those rows only
    tokens   column -> what replaces it; none: the row is deleted
    """

    name: str
    table: str
    moment: str
    setting: str
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    tokens: Mapping[str, Any] = field(default_factory=dict)


RULES = (
    Rule("ussd", "callback_log", "at", "retention.ussd_days", {"kind": ("ussd", "ussd-event")}),
    Rule("dials", "ussd_dials", "began_at", "retention.ussd_days"),
    Rule("screens", "ussd_steps", "began_at", "retention.ussd_days"),
    Rule("callbacks", "callback_log", "at", "retention.callback_log_days"),
    Rule(
        "asked",
        "provider_requests",
        "created_at",
        "retention.callback_log_days",
        {"status": ("told", "refused", "given_up")},
    ),
    Rule("strangers", "stranger_counts", "minute", "retention.callback_log_days"),
    Rule("duties", "duties", "done_at", "retention.callback_log_days", {"status": ("done", "dropped")}),
    Rule("sms", "outbox", "created_at", "retention.sms_body_days", tokens={"values": {}}),
    Rule("emails", "emails", "created_at", "retention.sms_body_days"),
    Rule("notices", "notifications", "created_at", "retention.sms_body_days"),
    Rule("questions", "questions", "asked_at", "retention.sms_body_days"),
    Rule("messages", "messages", "sent_at", "retention.sms_body_days", tokens={"body": ERASED}),
    Rule("tickets", "ticket_entries", "at", "retention.sms_body_days", tokens={"text": ERASED}),
    Rule("codes", "one_time_codes", "asked_at", "retention.otp_days"),
    Rule("tries", "tries", "at", "retention.otp_days"),
    Rule("log_ins", "login_attempts", "at", "retention.otp_days"),
    Rule("pin_locks", "pin_locks", "at", "retention.otp_days"),
    Rule("positions", "rider_positions", "at", "retention.rider_position_days"),
)
COUNTED = (
    Rule("audit", "audit_log", "at", "retention.audit_years"),
    Rule("ledger", "ledger_entries", "at", "retention.ledger_years"),
)


def nightly(db: Database, duty: Taken) -> None:
    """The duty `retention`: every rule in batches, then the count and the end of the duty in one."""
    counts = {rule.name: _all_of(db, duty, rule) for rule in RULES}

    def end(tx: Tx) -> None:
        if not duties.finish(tx, duty):
            return
        kept = {f"old_{rule.name}": _how_many(tx, rule) for rule in COUNTED}
        found = {name: count for name, count in (counts | kept).items() if count}
        audit.record(tx, SYSTEM, what="retention.run", record="retention", changes=found)
        tx.note("retention", f"{sum(counts.values())} forgotten")

    db.run(end)


def prune(keeper: Database) -> int:
    """Delete the audit rows past `retention.audit_years`, in batches; returns how many. One row says so.

    keeper  the database as its keeper opens it; any other user is refused by the database
    """
    (rule,) = (rule for rule in COUNTED if rule.name == "audit")
    total = 0
    while done := keeper.run(partial(_delete, rule=rule)):
        total += done
    if total:
        keeper.run(partial(_pruned, total=total))
    return total


def _pruned(tx: Tx, total: int) -> None:
    audit.record(tx, SYSTEM, what="retention.prune", record="audit_log", changes={"forgotten": total})


def _all_of(db: Database, duty: Taken, rule: Rule) -> int:
    """Batch after batch until nothing is old enough; the lease is renewed with each."""
    step = _wipe if rule.tokens else _delete
    total = 0
    while True:
        done = db.run(partial(_held, duty=duty, step=step, rule=rule))
        if not done:
            return total
        total += done


def _held(tx: Tx, *, duty: Taken, step: Any, rule: Rule) -> int:
    return int(step(tx, rule)) if duties.renew(tx, duty) else 0


def _delete(tx: Tx, rule: Rule) -> int:
    table = Base.metadata.tables[rule.table]
    keys = list(table.primary_key.columns)
    old = tx.session.connection().execute(
        select(*keys).where(*_old(tx, table, rule)).order_by(table.c[rule.moment]).limit(BATCH)
    )
    found = old.all()
    if len(keys) == 1 and found:
        tx.session.connection().execute(delete(table).where(keys[0].in_([row[0] for row in found])))
    elif found:
        tx.session.connection().execute(delete(table).where(*_old(tx, table, rule)))
    return len(found)


def _wipe(tx: Tx, rule: Rule) -> int:
    """The words of the next old rows, by their id: a mark says how far earlier nights have come."""
    table = Base.metadata.tables[rule.table]
    (key,) = table.primary_key.columns
    mark = tx.session.get(RetentionMark, rule.name)
    if mark is None:
        mark = RetentionMark(rule=rule.name, upto_id=0)
        tx.session.add(mark)
    old = select(key).where(key > mark.upto_id, *_old(tx, table, rule)).order_by(key).limit(BATCH)
    ids = list(tx.session.connection().scalars(old))
    if ids:
        tx.session.connection().execute(update(table).where(key.in_(ids)).values(dict(rule.tokens)))
        mark.upto_id = ids[-1]
    return len(ids)


def _how_many(tx: Tx, rule: Rule) -> int:
    table = Base.metadata.tables[rule.table]
    return tx.session.scalar(select(func.count()).select_from(table).where(*_old(tx, table, rule))) or 0


def _old(tx: Tx, table: Table, rule: Rule) -> list[Any]:
    only = [table.c[name].in_(values) for name, values in rule.only.items()]
    return [table.c[rule.moment] < _before(tx, rule.setting), *only]


def _before(tx: Tx, setting: str) -> datetime:
    kept = int(tx.setting(setting))
    return tx.now - timedelta(days=kept * 365.25 if setting.endswith("_years") else kept)
