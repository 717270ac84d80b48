"""Who is dialling, by one narrow look at an indexed column (an ORM read is the dearest thing in a hop)."""

from typing import Any

from sqlalchemy import bindparam, exists, select

from core.db import Tx
from core.notifications import missed
from core.notifications import service as notifications
from core.users import hearing
from core.users.models import FieldAgent, Helper, User
from menus.talk import Caller, Talk

OFF = "off"

_WHO = select(
    User.user_id,
    User.user_role,
    User.preferred_language,
    User.first_name,
    User.is_active,
    User.is_verified,
    User.heard_at,
    notifications.unread_of(User.user_id),
    missed.count_of(User.user_id, User.phone_number),
    exists().where(Helper.helper_id == User.user_id),
    exists().where(FieldAgent.user_id == User.user_id, FieldAgent.is_active),
).where(User.phone_number == bindparam("msisdn"))


def who(tx: Tx, msisdn: str) -> Caller | None:
    """The person behind `msisdn`; the role of a deactivated one is `off`; None for a stranger."""
    row = tx.look(_WHO, msisdn=msisdn, lately=notifications.since(tx)).first()
    if row is None:
        return None
    user_id, role, language, name, active, verified, heard_at, unread, unsent, helps, agent = tuple(row)
    silent = hearing.is_due(tx, verified=verified, heard_at=heard_at)
    role = role if active else OFF
    return Caller(user_id, role, language, name, unread, silent, unsent, bool(helps), bool(agent))


def greeting(talk: Talk) -> dict[str, Any]:
    """The person's name, the numbers to dial and text, how many notices are unread."""
    return {
        "name": talk.caller.name,
        "dial": talk.parts.service_code,
        "sms": talk.parts.short_code,
        "unread": talk.caller.unread,
    }
