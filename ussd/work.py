"""The USSD channel's due work: the one text after a call that was cut off, and what is to be forgotten."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from core.db import Database, Tx
from core.duties import service as duties_of
from core.duties.models import Duty
from core.duties.service import Handler, Taken
from core.notifications import lost_calls
from core.users.models import User
from inbound.gateway import Gateway
from ussd import replies
from ussd.sessions import Sessions


def duties(gateway: Gateway) -> Mapping[str, Handler]:
    """remind_lost_call and forget_dial (user_id), forget_reply (callback_id)."""
    return {
        "remind_lost_call": remind_lost_call(gateway),
        "forget_dial": forget_dial(gateway),
        "forget_reply": replies.forget_reply,
    }


def forget_dial(gateway: Gateway) -> Handler:
    """Whoever was erased has left nothing half-way (DR-1902)."""
    sessions = Sessions(gateway.redis, gateway.parts.vault)

    def handler(db: Database, duty: Taken) -> None:
        with db.read() as tx:
            key = tx.session.scalar(select(Duty.key).where(Duty.duty_id == duty.duty_id))
        sessions.forget(str(key).rpartition(":")[2])
        db.run(lambda tx: duties_of.finish(tx, duty))

    return handler


def remind_lost_call(gateway: Gateway) -> Handler:
    """Text whoever was cut off, unless they have dialled since; the offer to go on then lasts longer."""
    sessions = Sessions(gateway.redis, gateway.parts.vault)

    def handler(db: Database, duty: Taken) -> None:
        with db.read() as tx:
            msisdn = tx.session.scalar(select(User.phone_number).where(User.user_id == duty.subject_id))
            pause = timedelta(seconds=int(tx.setting("ussd.reminder_seconds")))
            told = timedelta(minutes=int(tx.setting("ussd.resume_told_minutes")))
            now = tx.now
        lost = sessions.unfinished(msisdn) if msisdn else None
        if msisdn is None or lost is None or lost.offered or lost.at > (duty.due_at - pause).timestamp():
            return
        owner = lost.owner
        # First the promise is made good, then it is given.
        sessions.prolong(msisdn, replace(lost, until=(now + told).timestamp()))

        def tell(tx: Tx) -> None:
            if duties_of.finish(tx, duty):
                lost_calls.remind(tx, duty.subject_id, session=owner)

        db.run(tell)

    return handler
