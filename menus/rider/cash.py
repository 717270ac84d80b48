"""The cash somebody carries for us: how much, how to bring it in, by when, what if not (DR-903, DR-904)."""

from collections.abc import Sequence
from typing import Any

from core.cash import held
from core.cash.held import BroughtView
from core.clock import nairobi_date
from core.money import ZERO
from core.msisdn import national
from locales.mark import _
from menus.flow import Item, choose, flow, fork, option, pick
from menus.talk import Talk

DOOR_LINE = _("{order}: {sum}, {day}")
BROUGHT = {
    "came": _("{day}: {sum}"),
    "missing": _("{day}: {sum}, {due} missing"),
    "too_much": _("{day}: {sum}, {due} too much"),
    "set_off": _("{day}: {sum} off your pay"),
    "write_off": _("{day}: {sum} let go"),
}
OPEN = ("differs", "issue")


def deposit_account(talk: Talk) -> str:
    """The account under which this person's cash is paid in (DR-904)."""
    return f"R{national(talk.msisdn)}"


def look(talk: Talk) -> str:
    """What he holds now: "held", "late" or "nothing"."""
    view = held.own(talk.tx, talk.actor)
    talk.slots["cash"] = {
        "sum": str(view.held),
        "maximum": str(view.most),
        "total": str(view.hard),
        "paybill": talk.parts.paybill,
        "deposit": deposit_account(talk),
    }
    if view.due_at is None:
        return "nothing"
    moment = view.due_at.isoformat()
    talk.slots["cash"].update(day=nairobi_date(view.due_at).isoformat(), time=moment)
    return "late" if view.late else "held"


def figures(talk: Talk) -> dict[str, Any]:
    """What was looked up."""
    return dict(talk.slots["cash"])


def doors(talk: Talk) -> str:
    """Of which orders it is."""
    talk.slots["doors"] = [
        {"order": row.tail, "sum": str(row.left), "day": nairobi_date(row.collected_at).isoformat()}
        for row in held.collected(talk.tx, talk.actor)
    ]
    return "shown"


def door_lines(talk: Talk) -> Sequence[Item]:
    """One line a door."""
    return [Item(talk.words(DOOR_LINE, **row)) for row in talk.slots["doors"]]


def brought(talk: Talk) -> str:
    """What came in lately, and whether it was what he owed."""
    talk.slots["brought"] = [
        {
            "kind": _kind(row),
            "sum": str(row.amount),
            "due": str(abs(row.difference)),
            "day": nairobi_date(row.made_at).isoformat(),
        }
        for row in held.brought(talk.tx, talk.actor)
    ]
    return "shown"


def brought_lines(talk: Talk) -> Sequence[Item]:
    """One line a deposit."""
    return [Item(talk.words(BROUGHT[row["kind"]], **row)) for row in talk.slots["brought"]]


def _kind(row: BroughtView) -> str:
    if row.how in BROUGHT:
        return row.how
    if row.deposit_status not in OPEN:
        return "came"
    return "missing" if row.difference < ZERO else "too_much"


CHOICES = (
    option("1", _("How to bring it in"), "how"),
    option("2", _("From which"), "doors_look"),
    option("3", _("Brought in"), "brought_look"),
    option("4", _("If it is late"), "if_late"),
)

CASH = flow(
    "cash",
    fork("start", look, ways={"held": "held", "late": "late", "nothing": "nothing"}),
    choose("nothing", _("You hold no cash of ours."), options=(CHOICES[2],)),
    choose(
        "held",
        _("You hold {sum} cash of ours. Bring it in by {day}, {time}."),
        values=figures,
        options=CHOICES,
    ),
    choose(
        "late",
        _("You hold {sum} cash of ours, due since {day}, {time}: no cash jobs now."),
        values=figures,
        options=CHOICES,
    ),
    choose(
        "how",
        _("M-Pesa, paybill {paybill}, account {deposit}, amount {sum}. Or bring it to our office."),
        values=figures,
        options=(option("1", _("I have paid: check"), "start"),),
    ),
    fork("doors_look", doors, ways={"shown": "doors"}),
    pick("doors", _("Cash with you, from:"), items=door_lines, empty=_("You hold no cash of ours.")),
    fork("brought_look", brought, ways={"shown": "brought"}),
    pick(
        "brought",
        _("You brought in:"),
        items=brought_lines,
        empty=_("You have brought nothing in yet."),
    ),
    choose(
        "if_late",
        _(
            "After {day} or above {maximum}: no cash jobs. Above {total}: no jobs. "
            "What stays missing may come off your pay."
        ),
        values=figures,
    ),
)
