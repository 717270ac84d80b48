"""The yes to an order, and what is said last of it.

What she was shown is what she pays: where price, stock, fee or day differ at the yes, she is asked again.
"""

from datetime import date
from decimal import Decimal

from core.carts.errors import CartEmpty, PricesChanged
from core.clock import nairobi_date
from core.errors import DomainError
from core.listings.errors import NotEnoughStock, NotForSale
from core.locations import service as locations
from core.money import ZERO
from core.orders import checkout, quotes
from core.orders.bringing import RIDER
from core.orders.errors import (
    AgainQuestion,
    BelowMinimum,
    CashBlocked,
    CashOrdersOpen,
    CashRefused,
    CashTooMuch,
    DayGone,
    MethodNotOffered,
    NothingForSale,
    QuoteChanged,
    QuoteGone,
    TooManyUnpaid,
    TotalChanged,
    WayGone,
)
from core.orders.models import Order
from core.payment_methods import network
from core.payment_methods import service as methods
from core.payments import service as payments
from core.payments import unpaid
from core.users import service as users
from core.ways.errors import RunFull
from menus.customer import pricing
from menus.customer.goods import here, say_why
from menus.talk import Talk

# Refusals that another way to pay settles (DR-905, DR-906, DR-908), and those that a new price does.
ANOTHER_METHOD = (CashTooMuch, CashRefused, CashBlocked, CashOrdersOpen, MethodNotOffered)
SAID_LATER = (PricesChanged, NotEnoughStock, NotForSale, NothingForSale)  # line by line, by the next look
ANOTHER_PRICE = (
    *(NotEnoughStock, NotForSale, NothingForSale, BelowMinimum, CartEmpty, PricesChanged),
    *(QuoteGone, RunFull, WayGone, DayGone),
)


def place(talk: Talk) -> str:
    """The yes: the terms are accepted, the order is placed, once for this hop (DR-704)."""
    answers = talk.slots
    if _asks_for_number(talk):
        return "whose"
    users.accept_terms(talk.tx, talk.actor, version=users.TERMS_VERSION)
    if answers.get("landmark"):
        locations.set_landmark(
            talk.tx, talk.actor, location_id=here(talk).location_id, landmark=answers["landmark"]
        )
    try:
        order = _accept(talk) if answers.get("again_lines") else _check_out(talk)
    except QuoteChanged as error:
        pricing.changed(talk)
        return pricing.show_quote(talk, error.values["new_quote_id"])
    except AgainQuestion:
        return "again"
    except TooManyUnpaid:
        return "too_many"
    except DomainError as error:
        return _refused(talk, error)
    return _last_words(talk, order)


def _refused(talk: Talk, error: DomainError) -> str:
    """Nothing was ordered; why, and where the conversation goes on."""
    if isinstance(error, TotalChanged):
        pricing.changed(talk)
        return "price"
    if not isinstance(error, SAID_LATER):
        say_why(talk, error)
    if isinstance(error, WayGone | RunFull):
        talk.forget("wanted")
    if isinstance(error, DayGone):
        talk.forget("picked_day")
    if isinstance(error, ANOTHER_METHOD):
        talk.slots["no_cash"] = talk.slots.get("method") == methods.CASH
        return "methods"
    return "price" if isinstance(error, ANOTHER_PRICE) else "look"


def _accept(talk: Talk) -> Order:
    """What was wanted again, as it was quoted."""
    return quotes.accept(
        talk.tx,
        talk.actor,
        quote_id=talk.slots["quote_id"],
        method=_method(talk),
        idempotency_key=talk.once,
        slot=talk.slots.get("slot", "any"),
        again=bool(talk.slots.get("again")),
    )


def _check_out(talk: Talk) -> Order:
    """The basket, if it comes to what was shown."""
    return checkout.checkout(
        talk.tx,
        talk.actor,
        idempotency_key=talk.once,
        delivery_location=here(talk).location_id,
        payment_method=_method(talk),
        delivery_time_slot=talk.slots.get("slot", "any"),
        wanted=pricing.wanted(talk),
        again=bool(talk.slots.get("again")),
        shown=checkout.Shown(
            Decimal(talk.slots["sum"]),
            date.fromisoformat(talk.slots["day"]),
            {listing_id: Decimal(quantity) for listing_id, quantity in talk.slots["content"]},
        ),
    )


def _asks_for_number(talk: Talk) -> bool:
    """Whether M-Pesa would ask this phone, which may not have it."""
    answers = talk.slots
    named = answers.get("method_id") or answers.get("payer") or answers.get("from_kept")
    own = answers.get("method") == methods.MPESA and not named
    return own and network.must_ask_about(talk.tx, talk.actor, msisdn=talk.msisdn)


def has_m_pesa(talk: Talk) -> str:
    """This phone has M-Pesa, she says: kept, and not asked again."""
    own = network.name(talk.tx, talk.actor, msisdn=talk.msisdn, phone=talk.msisdn)
    talk.slots["method_id"] = own.payment_method_id
    return "place"


def _method(talk: Talk) -> int | str:
    """Another phone is kept among her ways to pay; else the one she has chosen, by id or by kind."""
    answers = talk.slots
    if answers.get("payer"):
        kept = network.name(talk.tx, talk.actor, msisdn=talk.msisdn, phone=answers["payer"])
        return kept.payment_method_id
    return int(answers["method_id"]) if answers.get("method_id") else str(answers["method"])


def _last_words(talk: Talk, order: Order) -> str:
    """What she has to do now, by how she pays and what became of it."""
    talk.tx.flush()
    talk.slots.update(order=order.tail, day=order.estimated_delivery_date.isoformat())
    if order.payment_method == methods.CASH:
        due = payments.still_due(talk.tx, order)
        if due == ZERO:
            return "credit"
        talk.slots["due"] = str(due)
        return "cash" if order.way == RIDER else "cash_fetch"
    waiting = unpaid.of_order(talk.tx, talk.actor, order_id=order.order_id)
    if waiting is None:
        return "credit"
    talk.slots.update(
        due=str(waiting.due),
        reference=waiting.reference,
        phone=waiting.msisdn,
        time=waiting.by.isoformat(),
        account=talk.parts.settings.value("bank.account"),
        paybill=talk.parts.paybill,
    )
    if waiting.state == "bank":
        talk.slots["day"] = nairobi_date(waiting.by).isoformat()
        return "bank"
    return "prompt" if waiting.state == "sent" else "paused"
