"""Who is told of what happens to an account: its codes, locks, numbers and agents (DR-203, 207, 208, 221)."""

from datetime import timedelta

from core import events
from core.db import Tx
from core.msisdn import masked
from core.notifications.service import tell
from core.outbox import service as outbox
from core.questions import service as questions
from core.users import service as users
from core.users.models import User


def one_time_code_asked(tx: Tx, happened: events.OneTimeCodeAsked) -> None:
    """The code by SMS, as a reference; it has no copy in the app, which would show it to nobody (DR-203)."""
    values = {"otp": {"secret": f"otp:{happened.otp_id}"}, "minutes": str(happened.life_minutes)}
    outbox.send(
        tx,
        users.get(tx, happened.user_id),
        "otp",
        values,
        once_key=f"otp:{happened.otp_id}",
        answerable=False,
        life=timedelta(minutes=happened.life_minutes),
    )


def pin_locked(tx: Tx, happened: events.PinLocked) -> None:
    """Whoever guesses at a PIN is seen by its owner, at once."""
    code = "pin_needs_reset" if happened.reset else "pin_locked"
    values = {} if happened.reset else {"minutes": str(happened.minutes)}
    tell(tx, users.get(tx, happened.user_id), code, values, subject=f"pin_lock:{happened.lock_id}")


def payee_number_named(tx: Tx, happened: events.PayeeNumberNamed) -> None:
    """The number that money went to until now: told at once, and one NO stops it (DR-208).

    Both numbers are somebody's secret to the other: the text shows the new one masked.
    """
    owner = users.get(tx, happened.user_id)
    code = f"{happened.purpose}_number_change"
    subject = f"payee_number:{happened.payee_number_id}"
    at = happened.starts_at.isoformat()
    values = {"day": at, "time": at, "phone": masked(happened.new)}
    if happened.old == owner.phone_number:
        tell(tx, owner, code, values, subject=subject)
    else:
        outbox.send_to(tx, happened.old, owner.preferred_language, code, values, once_key=f"{code}:{subject}")
    questions.ask(
        tx,
        User(user_id=owner.user_id, phone_number=happened.old),
        "number_change",
        about={"payee_number_id": happened.payee_number_id},
        expires_at=happened.starts_at,
    )


def agent_asks(tx: Tx, happened: events.AgentAsks) -> None:
    """The farmer is asked whether this agent may work for her (DR-221)."""
    farmer, agent = users.get(tx, happened.farmer_id), users.get(tx, happened.agent_id)
    values = {
        "person": _name(agent),
        "cooperative": happened.cooperative,
        "phone": agent.phone_number,
    }
    subject = f"agent:{agent.user_id}:{tx.now:%Y%m%d%H%M}"
    if tell(tx, farmer, "agent_asks", values, subject=subject) is not None:
        questions.ask(
            tx,
            farmer,
            "agent",
            about={"agent_id": agent.user_id, "person": _name(agent)},
            expires_at=tx.now + timedelta(hours=tx.setting("question.place_hours")),
        )


def _name(user: User) -> str:
    return user.first_name or masked(user.phone_number)
