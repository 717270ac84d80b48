"""Words between buyer, farmer and rider of one order (DR-1603); numbers are shown as the core lets them."""

from collections.abc import Sequence
from typing import Any

from core.support import flood, messages, own
from locales.mark import _
from menus.account.reading import lines_of, to_read
from menus.account.support import ORDER_LINE, own_words
from menus.flow import Item, act, ask, choose, flow, fork, option, pick
from menus.talk import Talk

YOUR_MESSAGE = _("your message")  # what a lost conversation was about
NEW_LINE = _("{order} {person}: new")
PARTS = {
    "farmer": _("{person}, farmer"),
    "customer": _("{person}, buyer"),
    "rider": _("{person}, rider"),
}
REACHED = {
    "farmer": _("{person}, farmer, {phone}"),
    "customer": _("{person}, buyer, {phone}"),
    "rider": _("{person}, rider, {phone}"),
}


def look(talk: Talk) -> str:
    """With whom she has written, what is not read yet on top; without any, her orders."""
    found = own.threads(talk.tx, talk.actor)
    talk.slots["talks"] = [
        [one.order_id, one.number, one.user_id, one.first_name, one.unread] for one in found
    ]
    return "talks" if found else "none"


def talk_lines(talk: Talk) -> Sequence[Item]:
    """One line a talk."""
    lines = []
    for order_id, number, user_id, name, unread in talk.slots["talks"]:
        said = NEW_LINE if unread else _("{order} {person}")
        with_whom = {"order_id": order_id, "number": number, "user_id": user_id, "person": name}
        lines.append(Item(talk.words(said, order=number[-4:], person=name), with_whom))
    return lines


def which_order(talk: Talk) -> str:
    """The orders that she has a part in."""
    found = own.orders(talk.tx, talk.actor)
    talk.slots["orders"] = [[one.order_id, one.number, one.day.isoformat()] for one in found]
    return "orders" if found else "none"


def order_lines(talk: Talk) -> Sequence[Item]:
    """One line an order."""
    return [
        Item(talk.words(ORDER_LINE, order=number[-4:], day=day), [order_id, number])
        for order_id, number, day in talk.slots["orders"]
    ]


def look_at_people(talk: Talk) -> str:
    """Who else has a part in the order `about` ([id, number], of a picked line or set by another flow)."""
    order_id, number = talk.slots["about"]
    found = own.people(talk.tx, talk.actor, order_id=order_id)
    talk.slots["people"] = [
        [
            talk.words((REACHED if one.open else PARTS)[one.part], person=one.first_name, phone=one.phone),
            {"order_id": order_id, "number": number, "user_id": one.user_id, "person": one.first_name},
        ]
        for one in found
    ]
    return "people"


def people_lines(talk: Talk) -> Sequence[Item]:
    """One line a person, with the number where it may be seen."""
    return [Item(label, with_whom) for label, with_whom in talk.slots["people"]]


def read(talk: Talk) -> str:
    """What the two have written, the newest first; it is read from now on."""
    whom = talk.slots["with"]
    messages.read_thread(talk.tx, talk.actor, order_id=whom["order_id"], user_id=whom["user_id"])
    found = own.written(talk.tx, talk.actor, order_id=whom["order_id"], user_id=whom["user_id"])
    lines = []
    for one in found:
        said = _("{day} {time}, you:") if one.ours else _("{day} {time}, {person}:")
        at = one.at.isoformat()
        lines.append(talk.words(said, day=at, time=at, person=whom["person"]))
        lines += lines_of(one.text)
    talk.slots["thread"] = lines
    return "ok"


def heading(talk: Talk) -> dict[str, Any]:
    """About which order, with whom."""
    whom = talk.slots["with"]
    return {"order": whom["number"][-4:], "person": whom["person"]}


def written_lines(talk: Talk) -> Sequence[Item]:
    """What was written, to be read."""
    return to_read(talk.slots["thread"])


def send(talk: Talk) -> str:
    """DR-1603: to a party of the same order and to nobody else."""
    whom = talk.slots["with"]
    sent = messages.send(
        talk.tx,
        talk.actor,
        order_ref=whom["number"],
        to_user_id=whom["user_id"],
        text=talk.slots.pop("words"),
    )
    if flood.texted(talk.tx, sent.message_id):
        talk.note(_("Sent."))
    else:
        talk.note(_("Kept, not sent by SMS: {person} had many from you today."), person=whom["person"])
    return "ok"


MESSAGES = flow(
    "messages",
    fork("start", look, ways={"talks": "talks", "none": "which_order"}),
    pick(
        "talks",
        _("Your messages:"),
        items=talk_lines,
        save="with",
        then="read",
        options=(option("71", _("Somebody else"), "which_order"),),
        again="start",
    ),
    fork("which_order", which_order, ways={"orders": "orders", "none": "no_orders"}),
    pick("orders", _("About which order?"), items=order_lines, save="about", then="look_at_people"),
    choose(
        "no_orders", _("You have no order yet. Messages go between buyer, farmer and rider of one order.")
    ),
    fork("look_at_people", look_at_people, ways={"people": "people"}),
    pick(
        "people",
        _("To whom?"),
        items=people_lines,
        save="with",
        then="read",
        empty=_("Nobody else has a part in this order yet."),
    ),
    act("read", read, ways={"ok": "written"}, quiet=True),
    pick(
        "written",
        _("{order}, {person}"),
        values=heading,
        items=written_lines,
        empty=_("{order}, {person}: nothing written yet."),
        options=(option("71", _("Write"), "writing.words"),),
    ),
    title=YOUR_MESSAGE,
    in_a_line=True,
)
WRITING = flow(
    "writing",
    ask(
        "words",
        _("Write your message. Never a PIN or a code:"),
        parse=own_words,
        save="words",
        then="send",
        free=True,
    ),
    act("send", send, ways={"ok": "messages.read"}),
    title=YOUR_MESSAGE,
)
