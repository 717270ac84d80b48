"""The last look before the yes to an order: what, for how much, when and where (DR-704).

One thing or several, brought, fetched or by a run: each has its words. Where we keep money of hers, or some
was missing at her last door, the sum that she really pays is said (DR-103, DR-902).
"""

from decimal import Decimal
from typing import Any

from core.orders.bringing import COLLECT, RIDER, RUN
from core.payment_methods import service as methods
from core.payments import kept
from locales.mark import _
from menus.customer import pricing
from menus.customer.timing import when
from menus.flow import Choose, Option, choose, option
from menus.talk import Talk

CHECKS = {RIDER: "check", COLLECT: "fetch", RUN: "run"}


def which_check(talk: Talk) -> str:
    """One thing or several, brought or fetched: each has its words. What is shown is what was priced: whoever
    comes back from a place that it cannot come to stands at the place before."""
    talk.forget("from_kept")
    if "picked_day" in talk.slots:
        talk.slots["picked_day"] = talk.slots["day"]  # also where she went back before another was looked at
    priced = talk.slots.get("priced", talk.slots["at"])
    if talk.slots["at"]["location_id"] != priced["location_id"]:
        talk.slots.update(at=priced, place=priced["ward"])
        if pricing.next_question(talk) == "landmark":
            return "landmark"
    pays = kept.of_sum(talk.tx, talk.actor, Decimal(talk.slots["total"]))
    if pays.kept or pays.short:
        talk.slots.update(kept=str(pays.kept), short=str(pays.short), due=str(pays.due))
        return "owed" if not pays.kept else "kept" if pays.due else "covered"
    many = "_many" if talk.slots["count"] > 1 else ""
    return CHECKS[talk.slots["way"]] + many


def when_and_where(talk: Talk) -> dict[str, Any]:
    """When it comes, and where it is brought or fetched."""
    fetched = talk.slots["way"] != RIDER
    return when(talk) | ({"place": talk.slots["where"]} if fetched else {})


def with_goods(talk: Talk) -> dict[str, Any]:
    """The same, and what is ordered, in two or three words."""
    text = _("{count} things") if talk.slots["count"] > 1 else _("{amount_of} {product}")
    return when_and_where(talk) | {"text": talk.words(text, **talk.slots)}


_CHANGE = option("3", _("Change it"), "change")
_WAYS_ON = (
    option("1", _("Order, pay {method}"), "place"),
    option("2", _("Pay another way"), "methods"),
    _CHANGE,
)
_FROM_KEPT = {"method": methods.MPESA, "method_id": None, "payer": None, "from_kept": True}
_JUST_ORDER = (option("1", _("Order"), "place", sets=_FROM_KEPT), _CHANGE)


def _plain(name: str, text: str) -> Choose:
    return choose(name, text, values=when_and_where, options=_WAYS_ON, again="which_check", waits=True)


def _with_hers(name: str, text: str, options: tuple[Option, ...] = _WAYS_ON) -> Choose:
    return choose(
        name,
        text,
        aside=_("For {text}."),
        values=with_goods,
        options=options,
        again="which_check",
        waits=True,
    )


LOOKS = (
    _plain("check", _("{amount_of} {product}: {total} with delivery {fee}. {when} to {place}.")),
    _plain("check_many", _("{count} things: {total} with delivery {fee}. {when} to {place}.")),
    _plain("run", _("{amount_of} {product}: {total} with fee {fee}. Fetch it {when} at {where}.")),
    _plain("run_many", _("{count} things: {total} with fee {fee}. Fetch them {when} at {where}.")),
    _plain("fetch", _("{amount_of} {product}: {total}. Fetch it {when} at {where}.")),
    _plain("fetch_many", _("{count} things: {total}. Fetch them {when} at {where}.")),
    _with_hers("kept", _("In all {total}. We keep {kept} for you: you pay {due}. {when}, {place}.")),
    _with_hers("owed", _("{total} and {short} from last time: you pay {due}. {when}, {place}.")),
    _with_hers(
        "covered", _("In all {total}. What we keep for you pays all of it. {when}, {place}."), _JUST_ORDER
    ),
)
