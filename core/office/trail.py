"""Reading the audit trail (DR-1801): who did what to which record; it is written once and never changed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from core.actor import Actor
from core.audit.models import AuditRow
from core.db import Tx
from core.users import service as users

PAGE = 50


def listed(
    tx: Tx,
    actor: Actor,
    *,
    what: str = "",
    record: str = "",
    user_id: int | None = None,
    since: datetime | None = None,
    before: int | None = None,
) -> Sequence[AuditRow]:
    """Rows of the trail, newest first, 50 at a time. Raises NotAllowed.

    what     the beginning of what was done: "setting." or "setting.change"
    record   of this record only: "order:45"
    user_id  by this person only
    since    not before this moment
    before   the audit_id that the page before ended with
    """
    users.may(tx, actor, "read", "audit", own=False)
    query = select(AuditRow).order_by(AuditRow.audit_id.desc()).limit(PAGE)
    if what:
        query = query.where(AuditRow.what.startswith(what, autoescape=True))
    if record:
        query = query.where(AuditRow.record == record)
    if user_id is not None:
        query = query.where(AuditRow.user_id == user_id)
    if since is not None:
        query = query.where(AuditRow.at >= since)
    if before is not None:
        query = query.where(AuditRow.audit_id < before)
    return tx.session.scalars(query).all()
