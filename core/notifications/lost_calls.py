"""A call that was cut off in the middle of something: one text that says how to go on (DR-1501, DR-1505).

It has no copy in the app: whoever reads that has dialled already, and was offered to go on.
"""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from core.clock import NAIROBI, nairobi_date
from core.db import Tx
from core.outbox import service as outbox
from core.outbox.models import OutboxMessage
from core.users.models import User

CODE = "call_lost"


def remind(tx: Tx, user_id: int, *, session: str) -> bool:
    """Tell `user_id` once that the conversation of `session` can be gone on with; False if it is not told.

    Not told: who wants no SMS, whose account is off, and who was told `ussd.reminders_per_day` times today.
    """
    user = tx.session.get(User, user_id)
    if user is None or not user.is_active or not user.sms_notifications:
        return False
    midnight = datetime.combine(nairobi_date(tx.now), datetime.min.time(), NAIROBI)
    told = tx.session.scalar(
        select(func.count()).where(
            OutboxMessage.user_id == user_id,
            OutboxMessage.created_at >= midnight,
            OutboxMessage.code == CODE,
        )
    )
    if (told or 0) >= int(tx.setting("ussd.reminders_per_day")):
        return False
    message = outbox.send(
        tx,
        user,
        CODE,
        {"dial": tx.parts.service_code},
        once_key=f"{CODE}:{session}",
        answerable=False,
        life=timedelta(minutes=int(tx.setting("ussd.resume_told_minutes"))),
    )
    return message is not None
