"""Questions to our staff: asked, answered, followed to their end (DR-1602)."""

from collections.abc import Sequence
from typing import Any

from core.support import own
from core.support import service as support
from core.support.errors import TooLateToReopen
from core.support.rules import DISPUTE
from core.words import tidy
from locales.errors import ERRORS
from locales.mark import _
from menus import parse
from menus.account.reading import lines_of, to_read
from menus.account.words import WRITE_IN_WORDS
from menus.flow import Item, act, ask, choose, flow, fork, option, pick
from menus.talk import Again, Talk

LONGEST = 320
YOUR_QUESTION = _("your question to us")  # what a lost conversation was about
KINDS = {
    "question": _("A question"),
    "order": _("An order"),
    "delivery": _("A delivery"),
    "payment": _("A payment"),
    "money_dispute": _("Money is missing"),
    "account": _("My account or PIN"),
    "other": _("Something else"),
}
LINES = {
    "open": _("{text} ({number}): we read it"),
    "in_progress": _("{text} ({number}): we work on it"),
    "waiting_user": _("{text} ({number}): we answered"),
    "resolved": _("{text} ({number}): settled"),
    "closed": _("{text} ({number}): closed"),
}
LAST_FOUR = _("Write its last 4 letters and digits, for example A3B7.")
ORDER_LINE = _("{order} of {day}")
ENDED = ("resolved", "closed")


def look(talk: Talk) -> str:
    """Her questions as they stand, those that we answered on top."""
    found = own.tickets(talk.tx, talk.actor)
    talk.slots["questions"] = [[one.ticket_id, one.status, one.kind] for one in found]
    return "menu"


def how_many(talk: Talk) -> dict[str, Any]:
    """How many questions she has, and the first that waits for her."""
    first = talk.slots["questions"][0][0] if answered(talk) else 0
    return {"count": len(talk.slots["questions"]), "number": first}


def answered(talk: Talk) -> bool:
    """Whether we have answered something and wait for her."""
    return bool(talk.slots["questions"]) and talk.slots["questions"][0][1] == "waiting_user"


def any_asked(talk: Talk) -> bool:
    """Whether she ever asked anything."""
    return bool(talk.slots["questions"])


def question_lines(talk: Talk) -> Sequence[Item]:
    """One line a question."""
    return [
        Item(talk.words(LINES[status], number=number, text=talk.words(KINDS[kind])), number)
        for number, status, kind in talk.slots["questions"]
    ]


def which_order(talk: Talk) -> str:
    """Her orders, for a question that is about one; without any she just writes."""
    found = own.orders(talk.tx, talk.actor)
    talk.slots["orders"] = [[one.number, one.day.isoformat()] for one in found]
    talk.forget("order_number")
    return "orders" if found else "number" if is_dispute(talk) else "none"


def order_lines(talk: Talk) -> Sequence[Item]:
    """One line an order: its last four, and the day it comes or came."""
    return [
        Item(talk.words(ORDER_LINE, order=number[-4:], day=day), number)
        for number, day in talk.slots["orders"]
    ]


def is_dispute(talk: Talk) -> bool:
    """Whether it is about money: then it must name its order."""
    return bool(talk.slots["kind"] == DISPUTE)


def needs_no_order(talk: Talk) -> bool:
    """Whether it can be asked without an order."""
    return not is_dispute(talk)


def order_number(talk: Talk, answer: str) -> str:
    """An order's number, whole or its last four (DR-110); whose it is the core says."""
    written = tidy(answer, 20).upper()
    if len(written) < 4:
        raise Again(LAST_FOUR)
    return written


def whose_order(talk: Talk) -> str:
    """Whether an order of hers ends like that: better said before she writes than after."""
    if own.is_named(talk.tx, talk.actor, tail=talk.slots["order_number"][-4:]):
        return "mine"
    talk.note(ERRORS["orders.unknown"])
    return "none"


def own_words(talk: Talk, answer: str) -> str:
    """What somebody wants to say."""
    return parse.in_words(answer, LONGEST, WRITE_IN_WORDS)


def send(talk: Talk) -> str:
    """T1: the question is with us."""
    ticket = support.open_ticket(
        talk.tx,
        talk.actor,
        text=talk.slots["words"],
        kind=talk.slots["kind"],
        order_ref=talk.slots.get("order_number", ""),
    )
    talk.forget("words", "order_number")
    talk.slots["number"] = ticket.ticket_id
    return "ok"


def open_question(talk: Talk) -> str:
    """All that was written, the newest first."""
    seen = own.ticket(talk.tx, talk.actor, ticket_id=talk.slots["question"])
    lines = []
    for one in reversed(seen.words):
        said = _("{day}, our answer:") if one.ours else _("{day}, you wrote:")
        lines += [talk.words(said, day=one.at.isoformat()), *lines_of(one.text)]
    talk.slots["asked"] = {"status": seen.status, "kind": seen.kind, "lines": lines}
    return "ok"


def heading(talk: Talk) -> dict[str, Any]:
    """The question's number, and what it is about."""
    return {"number": talk.slots["question"], "text": talk.words(KINDS[talk.slots["asked"]["kind"]])}


def question_text(talk: Talk) -> Sequence[Item]:
    """What was written, to be read."""
    return to_read(talk.slots["asked"]["lines"])


def is_resolved(talk: Talk) -> bool:
    """Whether we hold it for settled, and she may say so too."""
    return bool(talk.slots["asked"]["status"] == "resolved")


def write_more(talk: Talk) -> str:
    """More words from her (T4); what had ended is open again with them (T7)."""
    number, words = talk.slots["question"], talk.slots.pop("words")
    if talk.slots["asked"]["status"] in ENDED:
        support.reopen(talk.tx, talk.actor, ticket_id=number, text=words)
        talk.note(_("It is open again. We answer."))
    else:
        support.write(talk.tx, talk.actor, ticket_id=number, text=words)
        talk.note(_("Thank you, we have it."))
    return "ok"


def close(talk: Talk) -> str:
    """T6: it is settled for her too."""
    support.close(talk.tx, talk.actor, ticket_id=talk.slots["question"])
    talk.note(_("Good, it is closed."))
    return "ok"


SUPPORT = flow(
    "support",
    fork("start", look, ways={"menu": "menu"}),
    choose(
        "menu",
        _("Support. We answer here and by SMS."),
        values=how_many,
        aside=_("We answered question {number}."),
        aside_when=answered,
        options=(
            option("1", _("Ask us something"), "asking.about"),
            option("2", _("My questions ({count})"), "list", when=any_asked),
            option("3", _("Write to buyer, farmer or rider"), "messages.start"),
        ),
        again="start",
    ),
    pick(
        "list", _("Your questions:"), items=question_lines, save="question", then="open", again="look_again"
    ),
    fork("look_again", look, ways={"menu": "list"}),
    fork("open", open_question, ways={"ok": "question"}),
    pick(
        "question",
        _("Question {number}: {text}"),
        values=heading,
        items=question_text,
        options=(
            option("71", _("Write"), "asking.more"),
            option("72", _("Settled"), "close", when=is_resolved),
        ),
    ),
    act("close", close, ways={"ok": "open"}),
    choose(
        "too_late",
        _("That was settled long ago. Please ask anew."),
        options=(option("1", _("Ask us something"), "asking.about"),),
    ),
    title=YOUR_QUESTION,
    in_a_line=True,
)
ASKING = flow(
    "asking",
    choose(
        "about",
        _("What is it about?"),
        options=(
            option("1", _("An order"), "which_order", sets={"kind": "order"}),
            option("2", _("A delivery"), "which_order", sets={"kind": "delivery"}),
            option("3", _("A payment"), "which_order", sets={"kind": "payment"}),
            option("4", _("Money is missing"), "which_order", sets={"kind": "money_dispute"}),
            option("5", _("My account or PIN"), "words", sets={"kind": "account", "order_number": ""}),
            option("6", _("Something else"), "words", sets={"kind": "other", "order_number": ""}),
        ),
    ),
    fork("which_order", which_order, ways={"orders": "orders", "number": "number", "none": "words"}),
    pick(
        "orders",
        _("Which order?"),
        items=order_lines,
        save="order_number",
        then="words",
        options=(
            option("71", _("Another one"), "number"),
            option("72", _("No order"), "words", when=needs_no_order, sets={"order_number": ""}),
        ),
    ),
    ask(
        "number",
        _("Which order? Write its last 4 letters and digits, for example A3B7:"),
        parse=order_number,
        save="order_number",
        then="whose",
    ),
    fork("whose", whose_order, ways={"mine": "words", "none": "number"}),
    ask(
        "words",
        _("Write in your own words what it is. Never your PIN:"),
        parse=own_words,
        save="words",
        then="send",
        free=True,
    ),
    act("send", send, ways={"ok": "sent"}),
    choose(
        "sent",
        _("Thank you. Your question has number {number}. We answer by SMS; read it here under Support too."),
    ),
    ask(
        "more",
        _("Write what you want to say to it. Never your PIN:"),
        parse=own_words,
        save="words",
        then="write_more",
        free=True,
    ),
    act("write_more", write_more, ways={"ok": "support.open", TooLateToReopen: "support.too_late"}),
    title=YOUR_QUESTION,
)
