"""Copies by e-mail, as rows (DR-1507): best effort, and nothing waits for them.

The core only writes and settles the rows. Whoever delivers, the channel `mail`, claims one, makes the text in
the person's language, and says what became of it. A copy is sent once: after an outcome that nobody knows it
is not sent again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from core import rows
from core.db import Tx
from core.duties import service as duties
from core.duties.service import Taken
from core.outbox.lanes import LANES, MARKETING
from core.outbox.models import EmailMessage
from core.users.models import User

# Older copies are no news; more tries than this are not worth it.
LIFE = timedelta(days=3)
MAX_ATTEMPTS = 5
PAUSES = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))


class Result(Enum):
    """What became of a copy."""

    SENT = "sent"
    AGAIN = "not now"  # surely not sent: again, MAX_ATTEMPTS times in all
    REFUSED = "refused"  # by the server, for good
    UNKNOWN = "unknown"  # it may have been sent


ENDS = {Result.SENT: "sent", Result.REFUSED: "failed", Result.UNKNOWN: "unknown"}


@dataclass(frozen=True)
class Letter:
    """A copy to deliver: to whom, in which language, which message with which slots."""

    email_id: int
    address: str
    language: str
    code: str
    values: dict[str, Any]
    once_key: str
    created_at: datetime


def write(tx: Tx, user: User, code: str, values: dict[str, Any], *, once_key: str) -> bool:
    """Have a copy of message `code` sent to `user`, once per `once_key`; whether there will be one.

    None for whoever has no address or has switched e-mail off, and none of a text that holds a secret.
    """
    secret = any(isinstance(value, dict) and "secret" in value for value in values.values())
    if not user.email or not user.email_notifications or secret:
        return False
    row = EmailMessage(user_id=user.user_id, code=code, values=values, once_key=once_key, created_at=tx.now)
    if not rows.add_once(tx, row, EmailMessage.once_key):
        return False
    duties.want(tx, "send_email", row.email_id, priority=LANES[MARKETING].priority)
    return True


def claim(tx: Tx, duty: Taken) -> Letter | None:
    """The copy, marked `sending`; None if there is nothing to send: it was settled, is too old, or has nobody
    to go to. One that was claimed before by a process that died is unknown."""
    row = tx.session.get(EmailMessage, duty.subject_id, with_for_update=True)
    if row is None or row.status not in ("queued", "sending"):
        duties.finish(tx, duty)
        return None
    if row.status == "sending":
        _end(tx, duty, row, ENDS[Result.UNKNOWN], "WorkerDied")
        return None
    user = tx.session.get(User, row.user_id)
    if row.created_at + LIFE <= tx.now or user is None or not user.email or not user.email_notifications:
        _end(tx, duty, row, "dropped", "")
        return None
    row.status = "sending"
    row.attempts += 1
    return Letter(
        row.email_id, user.email, user.preferred_language, row.code, row.values, row.once_key, row.created_at
    )


def settle(tx: Tx, duty: Taken, result: Result, *, why: str = "") -> None:
    """What became of a claimed copy; one that could not be sent now waits for another try."""
    row = tx.session.get(EmailMessage, duty.subject_id, with_for_update=True)
    if row is None or row.status != "sending":
        duties.finish(tx, duty)
    elif result is Result.AGAIN and row.attempts < MAX_ATTEMPTS:
        row.status, row.error = "queued", why[:64]
        duties.postpone(tx, duty, tx.now + PAUSES[min(row.attempts, len(PAUSES)) - 1])
    else:
        _end(tx, duty, row, ENDS.get(result, "failed"), why)


def give_up(tx: Tx, duty: Taken, why: str) -> None:
    """There is no way to send it."""
    row = tx.session.get(EmailMessage, duty.subject_id, with_for_update=True)
    if row is not None and row.status in ("queued", "sending"):
        _end(tx, duty, row, "dropped", why)
    else:
        duties.finish(tx, duty)


def _end(tx: Tx, duty: Taken, row: EmailMessage, status: str, why: str) -> None:
    row.status, row.error, row.settled_at = status, why[:64], tx.now
    duties.finish(tx, duty)
