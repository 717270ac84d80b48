"""What an order asks its customer: another farm, less than ordered, received or not, nobody to bring it."""

from typing import Any

from core.deliveries import choices, received
from core.orders import agreeing, purchase_items
from core.orders import service as orders
from core.orders.errors import ReplacementGone
from core.questions import service as questions
from locales.mark import _
from menus.customer.purchases import THIS_ORDER, order_named
from menus.flow import act, choose, flow, fork, option
from menus.talk import Talk

TO_ORDER = option("3", _("Look at the order"), "purchases.look_past")


def other_farm(talk: Talk) -> str:
    """The farm that has what another cannot bring (DR-815)."""
    offer = purchase_items.offered_farm(talk.tx, talk.actor, order_item_id=talk.slots["item"])
    if offer is None:
        return "over"
    talk.slots.update(
        product=offer.product_id,
        amount_of={"qty": str(offer.quantity), "unit": offer.unit, "kg": str(offer.kg)},
        farm=offer.farm,
        price=str(offer.price),
        unit=offer.unit,
        time=offer.expires_at.isoformat(),
    )
    return "choice"


def take(talk: Talk) -> str:
    """She takes it from the other farm, if that still has it."""
    taken = orders.choose_replacement(talk.tx, talk.actor, order_item_id=talk.slots["item"], take=True)
    _settled(talk, "replacement", "take", order_item_id=talk.slots["item"])
    talk.note(_("{farm} brings it now.") if taken else GONE, farm=talk.slots["farm"])
    return "ok"


def no_other(talk: Talk) -> str:
    """She does not: what she paid for it comes back."""
    orders.choose_replacement(talk.tx, talk.actor, order_item_id=talk.slots["item"], take=False)
    _settled(talk, "replacement", "refund", order_item_id=talk.slots["item"])
    talk.note(NOT_PAID)
    return "ok"


def how_much(talk: Talk) -> str:
    """How much comes of what was shortened, and until when she may say no (I5)."""
    found = purchase_items.items(talk.tx, talk.actor, order_id=talk.slots["purchase"])
    short = next((item for item in found if item.order_item_id == talk.slots["item"]), None)
    if short is None or short.until is None:
        return "over"
    talk.slots.update(
        product=short.product_id,
        amount_of={"qty": str(short.quantity), "unit": short.unit, "kg": str(short.kg)},
        qty=str(short.ordered),
        total=str(short.total),
        time=short.until.isoformat(),
    )
    return "choice"


def keep_less(talk: Talk) -> str:
    """Less is better than nothing."""
    agreeing.keep_short(talk.tx, talk.actor, order_item_id=talk.slots["item"])
    _settled(talk, "short", "keep", order_item_id=talk.slots["item"])
    talk.note(_("Good. You pay only for what comes."))
    return "ok"


def leave_less(talk: Talk) -> str:
    """So little helps her nothing: it is taken out, free of charge (I7)."""
    orders.cancel_item(talk.tx, talk.actor, order_item_id=talk.slots["item"])
    _settled(talk, "short", "cancel", order_item_id=talk.slots["item"])
    talk.note(NOT_PAID)
    return "ok"


def got_it(talk: Talk) -> str:
    """Her yes is as good as the code (DR-1205)."""
    received.answer(talk.tx, talk.actor, order_id=talk.slots["purchase"], yes=True)
    _settled(talk, "received", "yes", order_id=talk.slots["purchase"])
    talk.note(_("Thank you. {order} is closed."), order=talk.slots["order"])
    return "ok"


def not_yet(talk: Talk) -> str:
    """Her no changes nothing; she is asked again when the rider asks again."""
    received.answer(talk.tx, talk.actor, order_id=talk.slots["purchase"], yes=False)
    _settled(talk, "received", "no", order_id=talk.slots["purchase"])
    talk.note(_("Noted: you do not have it."))
    return "ok"


def chosen(choice: str, text: str) -> Any:
    """An act: nobody brings it in time, and she has chosen (DR-1212)."""

    def do(talk: Talk) -> str:
        choices.choose(talk.tx, talk.actor, order_id=talk.slots["purchase"], choice=choice)
        _settled(talk, "no_rider", choice, order_id=talk.slots["purchase"])
        talk.note(text, place=talk.slots["place"])
        return "ok"

    return do


def one_farm(talk: Talk) -> bool:
    """Whether all of it is at one farm, so that she may fetch it there."""
    return bool(talk.slots.get("one_farm"))


def _settled(talk: Talk, kind: str, outcome: str, **about: int) -> None:
    """The same question by SMS is answered with it."""
    questions.settled(talk.tx, talk.msisdn, kind, outcome, **about)


NOT_PAID = _("It is taken out. You do not pay for it.")
GONE = _("That farm has sold out too. You do not pay for it.")

ASKED = flow(
    "asked",
    fork("replacement", other_farm, ways={"choice": "another", "over": "purchases.look_past"}),
    choose(
        "another",
        _("{order}: the farm cannot bring {amount_of} {product}. Another farm can, until {time}:"),
        options=(
            option("1", _("{farm}, {price} per {unit}"), "take"),
            option("2", _("No, leave it out"), "no_other"),
            TO_ORDER,
        ),
        again="replacement",
    ),
    act("take", take, ways={"ok": "purchases.look", ReplacementGone: "purchases.look"}),
    act("no_other", no_other, ways={"ok": "purchases.look", ReplacementGone: "purchases.look"}),
    fork("short", how_much, ways={"choice": "less", "over": "purchases.look_past"}),
    choose(
        "less",
        _("{order}: of {qty} only {amount_of} {product} comes, for {total}. Say no by {time}."),
        options=(
            option("1", _("I take it"), "keep_less"),
            option("2", _("No, leave it out"), "leave_less"),
            TO_ORDER,
        ),
        again="short",
    ),
    act("keep_less", keep_less, ways={"ok": "purchases.look"}),
    act("leave_less", leave_less, ways={"ok": "purchases.look"}),
    choose(
        "received",
        _("{person} says you have {order}. Do you hold the goods?"),
        options=(option("1", _("Yes, I have them"), "got_it"), option("2", _("No"), "not_yet"), TO_ORDER),
    ),
    act("got_it", got_it, ways={"ok": "rate.this"}),
    act("not_yet", not_yet, ways={"ok": "purchases.look"}),
    choose(
        "no_rider",
        _("{order}: no rider is free today. What shall we do?"),
        options=(
            option("1", _("Bring it tomorrow"), "wait"),
            option("2", _("I fetch it in {place}"), "fetch", when=one_farm),
            TO_ORDER,
            option("4", _("My money back"), "back"),
        ),
    ),
    act("wait", chosen("wait", _("Good. It comes tomorrow.")), ways={"ok": "purchases.look"}),
    act(
        "fetch",
        chosen("collect", _("Good. Delivery costs nothing then. We text you where.")),
        ways={"ok": "purchases.look"},
    ),
    act("back", chosen("refund", _("It is cancelled.")), ways={"ok": "purchases.look"}),
    title=THIS_ORDER,
    about=order_named,
)
