"""Writing the audit trail (DR-1801)."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from core.actor import Actor
from core.audit.models import AuditRow
from core.db import Tx


def record(
    tx: Tx,
    actor: Actor,
    *,
    what: str,
    record: str,
    changes: Mapping[str, Any] | None = None,
    reason: str = "",
) -> AuditRow:
    """Add one row: who did `what` to `record` ("vehicle:7"); rows are never changed or deleted (DR-212).

    changes  {"field": [before, after]} or other JSON of ids and codes; never names, numbers or secrets
    """
    row = AuditRow(
        at=tx.now,
        user_id=actor.user_id,
        role=actor.role,
        channel=actor.channel,
        request_id=actor.request_id,
        what=what,
        record=record,
        changes=dict(changes or {}),
        reason=reason,
    )
    tx.session.add(row)
    return row


def latest(
    tx: Tx, actor: Actor, *, what: str, records: Collection[str], since: datetime
) -> Mapping[str, int]:
    """The last row (audit_id) of each of these records to which the actor did `what` since then."""
    query = (
        select(AuditRow.record, func.max(AuditRow.audit_id).label("audit_id"))
        .where(
            AuditRow.user_id == actor.user_id,
            AuditRow.what == what,
            AuditRow.at >= since,
            AuditRow.record.in_(records),
        )
        .group_by(AuditRow.record)
    )
    return {row.record: row.audit_id for row in tx.session.execute(query)}
