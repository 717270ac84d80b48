"""Writing the audit trail (DR-1801)."""

from collections.abc import Mapping
from typing import Any

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
