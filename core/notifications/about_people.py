"""Who is told of what happens to an account: its codes, locks, numbers and agents (DR-203, 207, 208, 221)."""

from datetime import timedelta

from core import events
from core.db import Tx
from core.listings.models import Listing
from core.msisdn import masked
from core.notifications.service import tell
from core.notifications.values import amount
from core.orders.models import Order, OrderItem
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


def login_guessed(tx: Tx, happened: events.LoginGuessed) -> None:
    """Whoever guesses at a password is seen by its owner, at once (DR-210)."""
    values = {"minutes": str(happened.minutes)}
    tell(tx, users.get(tx, happened.user_id), "login_locked", values, subject=f"login:{happened.first_id}")


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
    subject = f"payee_number:{happened.payee_number_id}"
    if happened.first:
        told = {"phone": masked(happened.new)}
        tell(tx, owner, "payout_number_named", told, subject=subject)
        return
    code = f"{happened.purpose}_number_change"
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


def agent_acted(tx: Tx, happened: events.AgentActed) -> None:
    """The farmer, each time an agent has done something for her; NO takes a listing down (DR-221)."""
    farmer, agent = users.get(tx, happened.farmer_id), users.get(tx, happened.agent_id)
    subject = f"{happened.record}:{happened.audit_id}"
    kind, _, identity = happened.record.partition(":")
    if kind == "listing":
        listing = tx.session.get_one(Listing, int(identity))
        _about_listing(tx, farmer, agent, f"agent_{happened.what}", listing, subject)
        return
    if kind == "orders":
        several = {"person": _name(agent), "count": identity, "dial": tx.parts.service_code}
        tell(tx, farmer, "agent_marked_all", several, subject=subject)
        return
    item = tx.session.get_one(OrderItem, int(identity))
    values = {
        "person": _name(agent),
        "amount_of": amount(item.fulfilled_quantity, item.unit, item.kg_per_unit),
        "product": item.product_id,
        "order": tx.session.get_one(Order, item.order_id).tail,
        "dial": tx.parts.service_code,
    }
    tell(tx, farmer, "agent_marked", values, subject=subject, order_id=item.order_id)


def _about_listing(tx: Tx, farmer: User, agent: User, code: str, listing: Listing, subject: str) -> None:
    hours = int(tx.setting("agent.takedown_hours"))
    values = {
        "person": _name(agent),
        "amount_of": amount(listing.quantity_available, listing.unit, listing.kg_per_unit),
        "product": listing.product_id,
        "price": str(listing.current_price),
        "unit": listing.unit,
        "count": str(hours),
    }
    tell(tx, farmer, code, values, subject=subject)
    questions.ask(
        tx,
        farmer,
        "agent_listing",
        about={"listing_id": listing.listing_id, "product": listing.product_id},
        expires_at=tx.now + timedelta(hours=hours),
    )


def _name(user: User) -> str:
    return user.first_name or masked(user.phone_number)
