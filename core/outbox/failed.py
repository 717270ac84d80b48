"""Messages that did not arrive, shown to admins: sent once more, or left (DR-1506, DR-1504)."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, or_, select

from core.actor import Actor
from core.audit import service as audit
from core.db import Tx
from core.duties import service as duties
from core.errors import WrongState
from core.outbox.blacklist import REFUSED
from core.outbox.errors import MessageUnknown
from core.outbox.lanes import LANES
from core.outbox.models import OutboxMessage
from core.users import service as users

FAILED = ("failed", "undelivered", "expired")
# Nobody knows whether these arrived, and no report came in the meantime: sending again is a person's choice.
DOUBTFUL, WAITED_FOR = "unknown", timedelta(minutes=10)
WORTH_SHOWING = tuple(lane.name for lane in LANES.values() if lane.shown)


def not_arrived(tx: Tx) -> ColumnElement[bool]:
    """What a message that did not arrive, or may not have, looks like in the table (DR-1506)."""
    expired = and_(
        OutboxMessage.status == "dropped",
        OutboxMessage.error == "Expired",
        OutboxMessage.lane.in_(WORTH_SHOWING),
    )
    doubtful = and_(
        OutboxMessage.status == DOUBTFUL,
        OutboxMessage.error != "NoReport",  # the provider took it: it will have arrived
        OutboxMessage.sent_at <= tx.now - WAITED_FOR,
    )
    return or_(OutboxMessage.status.in_(FAILED), expired, doubtful)


def listed(tx: Tx, actor: Actor, *, limit: int = 50) -> Sequence[OutboxMessage]:
    """What was given up, expired before it could go, was reported undelivered, or may not have arrived;
    newest first. Raises NotAllowed."""
    users.may(tx, actor, "read", "due_work", own=False)
    query = select(OutboxMessage).where(not_arrived(tx))
    return tx.session.scalars(query.order_by(OutboxMessage.outbox_id.desc()).limit(limit)).all()


def only_by_ussd(tx: Tx, actor: Actor, *, limit: int = 50) -> Sequence[int]:
    """The people whom no text reaches until they text START, since the provider refuses their number.

    Their ids, newest first; the next dial shows them what they missed. Raises NotAllowed.
    """
    users.may(tx, actor, "read", "due_work", own=False)
    query = select(OutboxMessage.user_id).where(
        OutboxMessage.error == REFUSED, OutboxMessage.user_id.is_not(None)
    )
    ids = tx.session.scalars(query.order_by(OutboxMessage.outbox_id.desc()).limit(limit)).all()
    return [user_id for user_id in dict.fromkeys(ids) if user_id is not None]


def may_go_again(tx: Tx, row: OutboxMessage) -> bool:
    """Whether it did not arrive, and its number is not refused: that only START lifts (DR-1504)."""
    failed = select(OutboxMessage.outbox_id).where(OutboxMessage.outbox_id == row.outbox_id, not_arrived(tx))
    return row.error != REFUSED and tx.session.scalar(failed) is not None


def again(tx: Tx, actor: Actor, *, outbox_id: int) -> OutboxMessage:
    """Have a failed message sent once more, with a fresh life; queued already: nothing changes. Audited.

    Raises NotAllowed, MessageUnknown, WrongState for one that has not failed, or whose number the provider
    refuses: the row is the record of that, and only START lifts it (DR-1504).
    """
    users.may(tx, actor, "update", "due_work", own=False)
    row = tx.session.get(OutboxMessage, outbox_id, with_for_update=True)
    if row is None:
        raise MessageUnknown(record="message", id=outbox_id)
    if row.status == "queued":
        return row
    if not may_go_again(tx, row):
        raise WrongState(machine="message", status=row.status, event="again")
    audit.record(
        tx, actor, what="message.again", record=f"sms:{outbox_id}", changes={"status": [row.status, "queued"]}
    )
    tx.note(f"sms:{outbox_id}", f"{row.status} -> queued")
    row.status, row.attempts, row.error = "queued", 0, ""
    lane = LANES[row.lane]
    row.not_before, row.expires_at = tx.now, tx.now + lane.life
    key = f"send_sms:{outbox_id}:{tx.now:%Y%m%d%H%M%S}"
    duties.want(tx, "send_sms", outbox_id, key=key, priority=lane.priority)
    return row
