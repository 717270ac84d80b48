"""What a farmer has made ready: who fetches it, where it is, what waits for her to hand over (DR-1210)."""

from collections.abc import Sequence
from typing import Any

from core.deliveries import farmside
from locales.mark import _, plural
from menus.farmer import waiting
from menus.flow import Item, choose, flow, fork, option, pick
from menus.rider import job, stops
from menus.talk import Talk

LINE = _("{order}, {product} {amount_of}")


def start(talk: Talk) -> str:
    """What is ready or on its way, as it stands now."""
    talk.slots["ready"] = [
        {
            "order_id": one.order_id,
            "order": one.tail,
            "product": one.product_id,
            "amount_of": waiting.amount(one.quantity, one.unit),
            "gets": str(one.you_get),
            "day": one.due.isoformat(),
            "step": one.step,
            "person": one.person,
            "phone": one.phone,
        }
        for one in farmside.made_ready(talk.tx, talk.actor)
    ]
    return "list"


def lines(talk: Talk) -> Sequence[Item]:
    """One line an order."""
    return [Item(talk.words(LINE, **one), one) for one in talk.slots["ready"]]


def step(talk: Talk) -> str:
    """Where the picked one is: wait, fetch, road or hand_over."""
    return str(talk.slots["fetched"]["step"])


def picked(talk: Talk) -> dict[str, Any]:
    """The picked one; `person` carries it or comes for it."""
    one = talk.slots["fetched"]
    return {**one, "rider": one["person"], "customer": one["person"], "count": waiting.payday(talk)}


def hand_over(talk: Talk) -> str:
    """Its door at once, as it stands now: what to take, then the code."""
    stops.look(talk)
    here = [stop for stop in talk.slots["stops"] if stop["order_id"] == talk.slots["fetched"]["order_id"]]
    if not here:
        return "none"
    talk.slots["stop"] = here[0]
    return job.open_stop(talk)


FETCH = flow(
    "fetch",
    fork("start", start, ways={"list": "list"}),
    pick(
        "list",
        _("Ready or on the way:"),
        items=lines,
        save="fetched",
        then="step",
        empty=_("Nothing waits for a rider now."),
        again="start",
    ),
    fork("step", step, ways={"wait": "wait", "fetch": "fetch", "road": "road", "hand_over": "hand"}),
    choose(
        "wait",
        _("{order}, {amount_of} {product}: we look for a rider. He calls you. You get {gets}."),
        values=picked,
    ),
    choose(
        "fetch",
        _("{order}, {amount_of} {product}: {rider} fetches it, call {phone}. You get {gets}."),
        values=picked,
    ),
    choose(
        "road",
        plural(
            "{order}: {rider}, {phone}, is on the way with it. You get {gets} {count} day after delivery.",
            "{order}: {rider}, {phone}, is on the way with it. You get {gets} {count} days after delivery.",
        ),
        values=picked,
    ),
    choose(
        "hand",
        _("{order}, {amount_of} {product}: {customer} comes for it, call {phone}. You get {gets}."),
        values=picked,
        options=(option("1", _("Hand it over now"), "hand_over"),),
        again="start",
    ),
    fork("hand_over", hand_over, ways={**job.OPENS, "none": "job.none"}),
    title=stops.TITLE,
    about=lambda talk: talk.slots["fetched"],
    in_a_line=True,
)
