"""Copies by e-mail, as rows (DR-1507): best effort, and nothing waits for them.

The core only writes and settles the rows. Whoever delivers, a channel of its own, takes `waiting`, makes the
text in the person's language, and says what became of it.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from core import rows
from core.db import Tx
from core.outbox.models import EmailMessage
from core.users.models import User

# Older copies are no news; more tries than this are not worth it.
LIFE = timedelta(days=3)
MAX_ATTEMPTS = 5


@dataclass(frozen=True)
class Letter:
    """A copy to deliver: to whom, in which language, which message with which slots."""

    email_id: int
    address: str
    language: str
    code: str
    values: dict[str, Any]


def write(tx: Tx, user: User, code: str, values: dict[str, Any], *, once_key: str) -> bool:
    """Have a copy of message `code` sent to `user`, once per `once_key`; whether there will be one.

    None for whoever has no address or has switched e-mail off, and none of a text that holds a secret.
    """
    secret = any(isinstance(value, dict) and "secret" in value for value in values.values())
    if not user.email or not user.email_notifications or secret:
        return False
    row = EmailMessage(user_id=user.user_id, code=code, values=values, once_key=once_key, created_at=tx.now)
    return rows.add_once(tx, row, EmailMessage.once_key)


def waiting(tx: Tx, *, limit: int = 50) -> list[Letter]:
    """What is to be delivered now, oldest first; what is too old or has nobody to go to is dropped."""
    query = (
        select(EmailMessage, User)
        .join(User, User.user_id == EmailMessage.user_id)
        .where(EmailMessage.status == "queued")
        .order_by(EmailMessage.email_id)
        .limit(limit)
        .with_for_update(of=EmailMessage, skip_locked=True)
    )
    letters = []
    for row, user in tx.session.execute(query):
        if row.created_at + LIFE <= tx.now or not user.email or not user.email_notifications:
            row.status, row.settled_at = "dropped", tx.now
            continue
        letters.append(Letter(row.email_id, user.email, user.preferred_language, row.code, row.values))
    return letters


def settle(tx: Tx, email_id: int, *, sent: bool) -> None:
    """It was delivered, or not: then it waits for another try, MAX_ATTEMPTS times."""
    row = tx.session.get(EmailMessage, email_id, with_for_update=True)
    if row is None or row.status != "queued":
        return
    row.attempts += 1
    if sent or row.attempts >= MAX_ATTEMPTS:
        row.status, row.settled_at = ("sent" if sent else "failed"), tx.now
