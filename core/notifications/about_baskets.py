"""The weekly question whether a customer takes the same basket again; it is her own wish to be asked."""

from core import events
from core.actor import Actor
from core.clock import nairobi_date
from core.db import Tx
from core.notifications.service import tell
from core.orders import quotes
from core.payment_methods import network
from core.questions import service as questions
from core.users import service as users


def basket_due(tx: Tx, happened: events.BasketDue) -> None:
    """The customer: what it costs today, and the question; or that nothing of it is to be had. Whoever is
    being asked something more urgent is asked again next week."""
    user = users.get(tx, happened.user_id)
    subject = f"basket:{user.user_id}:{nairobi_date(tx.now)}"
    if happened.quote_id is None:
        tell(tx, user, "same_nothing", {}, subject=subject)
        return
    view = quotes.quote_view(tx, happened.quote_id)
    about = {"quote_id": view.quote_id, "total": str(view.asked), "day": view.day.isoformat()}
    if questions.ask(tx, user, "weekly", about=about, expires_at=happened.until) is None:
        return
    lines = [
        {
            "amount_of": {"qty": str(line.quantity), "unit": line.unit, "kg": str(line.kg)},
            "product": line.product_id,
        }
        for line in view.lines
    ]
    own = user.phone_number
    known = network.payer(tx, Actor(user.user_id, "customer", "job"), msisdn=own)
    values = {
        "total": str(view.asked),
        "day": view.day.isoformat(),
        "lines": lines,
        "payer": known if known != own else "",
    }
    tell(tx, user, "same_ask", values, subject=subject, life=happened.until - tx.now)
