"""An order that is saved and not paid: said first at the next dial, as it truly stands (P5, DR-808)."""

from datetime import datetime

from core.clock import nairobi_date
from core.orders import quotes
from core.orders import service as orders
from core.orders.errors import TooManyUnpaid
from core.payment_methods import network
from core.payments import lapsed, unpaid
from core.payments import service as payments
from core.payments.errors import NotPayable, PromptOpen, TooManyPrompts
from locales.mark import _
from menus.flow import act, choose, flow, fork, option, say
from menus.talk import Talk

# Where a payment may stand (core/payments/unpaid.py); each has its screen.
STATES = ("sent", "unclear", "unpaid", "spent", "paused", "bank", "lapsed", "doubtful")


def look(talk: Talk) -> str:
    """Where the payment of her newest unpaid order stands; `none` if there is none."""
    waiting = unpaid.newest(talk.tx, talk.actor)
    if waiting is not None:
        keep(talk, waiting)
        return waiting.state
    late = lapsed.newest(talk.tx, talk.actor)
    if late is None:
        return "none"
    talk.slots.update(purchase=late.order_id, order=late.tail, due=str(late.came_to))
    return "doubtful" if lapsed.in_doubt(talk.tx, late.order_id) else "lapsed"


def place_again(talk: Talk) -> str:
    """The lapsed order anew, if it costs what it did; else what it would be today, to be looked at."""
    if lapsed.in_doubt(talk.tx, talk.slots["purchase"]):
        return "doubtful"
    found = lapsed.again(talk.tx, talk.actor, order_id=talk.slots["purchase"])
    if found.quote_id is None or not found.same:
        talk.slots["last"] = [[line.product_id, str(line.quantity), line.unit] for line in found.lines]
        return "changed"
    quotes.accept(
        talk.tx,
        talk.actor,
        quote_id=found.quote_id,
        method=network.way(talk.tx, talk.actor, msisdn=talk.msisdn),
        idempotency_key=talk.once,
        again=True,
    )
    talk.tx.flush()
    waiting = unpaid.newest(talk.tx, talk.actor)
    if waiting is None:
        return "paid"
    keep(talk, waiting)
    talk.slots["phone"] = waiting.msisdn
    return "asked" if waiting.state == "sent" else waiting.state


def keep(talk: Talk, waiting: unpaid.Waiting) -> None:
    """What the screens say of it."""
    talk.slots.update(
        purchase=waiting.order_id,
        order=waiting.tail,
        due=str(waiting.due),
        reference=waiting.reference,
        paybill=talk.parts.paybill,
        account=talk.parts.settings.value("bank.account"),
        day=nairobi_date(waiting.by).isoformat(),
        by=waiting.by.isoformat(),
        time=(waiting.sent_at or waiting.by).isoformat(),
        until=(waiting.until or waiting.by).isoformat(),
        why=waiting.why,
    )


def has_failed(talk: Talk) -> bool:
    """Whether it is known why the last request brought nothing."""
    return bool(talk.slots["why"])


def off_the_phone(talk: Talk) -> bool:
    """Whether the last request must have left the phone, so that another may go there."""
    return datetime.fromisoformat(talk.slots["until"]) <= talk.tx.now


def pay_now(talk: Talk) -> str:
    """Another request: to the phone in her hand, or the one she has named instead of it."""
    payments.pay(
        talk.tx,
        talk.actor,
        order_id=talk.slots["purchase"],
        msisdn=network.payer(talk.tx, talk.actor, msisdn=talk.msisdn),
    )
    talk.tx.flush()
    waiting = unpaid.of_order(talk.tx, talk.actor, order_id=talk.slots["purchase"])
    assert waiting is not None, "it waits for this very request"
    keep(talk, waiting)
    talk.slots["phone"] = waiting.msisdn
    return "asked"


def cancel(talk: Talk) -> str:
    """She lets it go, unless its money has come meanwhile (O5)."""
    if unpaid.of_order(talk.tx, talk.actor, order_id=talk.slots["purchase"]) is None:
        talk.note(_("Order {order} waits no more: look in your orders."), order=talk.slots["order"])
        return "over"
    orders.cancel(talk.tx, talk.actor, order_id=talk.slots["purchase"])
    talk.note(_("Order {order} is cancelled."), order=talk.slots["order"])
    return "over"


_ON = option("4", _("Main menu"), "home.again")
_CANCEL = option("3", _("Cancel the order"), "sure")
_NOT_PAID, _HOW = _("Order {order} is saved, not paid."), _("How to pay")
_WHY = _("Last try: {why}.")
_LOOK = option("1", _("Look again"), "start")
_WAYS = {state: state for state in STATES}

UNPAID = flow(
    "unpaid",
    fork("start", look, ways={**_WAYS, "none": "home.again"}),
    choose(
        "unpaid",
        _NOT_PAID,
        aside=_WHY,
        aside_when=has_failed,
        options=(
            option("1", _("Pay now"), "pay"),
            option("2", _("Pay another way"), "paying.start"),
            _CANCEL,
            _ON,
        ),
        top=True,
    ),
    choose(
        "sent",
        _("Order {order}: M-Pesa asked at {time}. End this call and enter the PIN, or wait until {until}."),
        options=(_LOOK, _CANCEL, _ON),
        top=True,
    ),
    choose(
        "unclear",
        _("Order {order}, {due}: we are checking with M-Pesa. Do not pay again, we text you."),
        options=(_LOOK, option("2", _("I saw no request: ask again"), "pay", when=off_the_phone), _ON),
        top=True,
    ),
    choose(
        "doubtful",
        _("Order {order}, {due}: we are checking with M-Pesa. Do not pay again, we text you."),
        options=(_LOOK, _ON),
        top=True,
    ),
    choose(
        "lapsed",
        _("Order {order}, {due}, was not paid in time. Nothing was taken. Still want it?"),
        options=(option("1", _("Pay now"), "place_again"), _ON),
        top=True,
    ),
    act(
        "place_again",
        place_again,
        ways={
            "asked": "asked",
            "changed": "checkout.again",
            "doubtful": "doubtful",
            "paid": "home.again",
            "paused": "by_hand",
            TooManyUnpaid: "start",
            PromptOpen: "start",
        },
    ),
    choose(
        "spent",
        _NOT_PAID,
        aside=_WHY,
        aside_when=has_failed,
        options=(option("1", _HOW, "by_hand"), _CANCEL, _ON),
        top=True,
    ),
    choose(
        "paused",
        _("Order {order} is saved, not paid. M-Pesa requests wait just now."),
        options=(option("1", _HOW, "by_hand"), _CANCEL, _ON),
        top=True,
    ),
    choose("bank", _NOT_PAID, options=(option("1", _HOW, "by_bank"), _CANCEL, _ON), top=True),
    choose(
        "by_hand",
        _(
            "Order {order}: pay {due} at M-Pesa paybill {paybill}, account {reference}, by {time}. "
            "We text you."
        ),
        values=lambda talk: {"time": talk.slots["by"]},
        options=(_CANCEL, _ON),
    ),
    choose(
        "by_bank",
        _("Order {order}: send {due} to {account}, reference {reference}, by {day}, {time}."),
        options=(_CANCEL, _ON),
    ),
    act(
        "pay",
        pay_now,
        ways={"asked": "asked", NotPayable: "start", PromptOpen: "start", TooManyPrompts: "start"},
    ),
    say("asked", _("Order {order}: {due}. The M-Pesa request comes to {phone} now: enter the PIN there.")),
    choose(
        "sure",
        _("Cancel order {order}? What was paid for it comes back to you."),
        options=(option("1", _("Yes, cancel it"), "cancel"), option("2", _("No"), "start")),
    ),
    act("cancel", cancel, ways={"over": "home.again"}),
)
