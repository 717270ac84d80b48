"""The rider counted less than the farmer made ready: she says whether that is right (I8)."""

from typing import Any

from core.orders import service as orders
from locales.mark import _
from menus.farmer.waiting import CHANGED, NEXT, more_waits
from menus.flow import Screen, act, choose, option
from menus.talk import Talk


def counted(talk: Talk) -> dict[str, Any]:
    """What the rider counted."""
    return dict(talk.slots["counted"])


def answer_count(*, agree: bool) -> Any:
    """An act: her YES or NO to the rider's count (I8)."""

    def do(talk: Talk) -> str:
        orders.answer_short(talk.tx, talk.actor, short_id=talk.slots["counted"]["short"], agree=agree)
        return "ok"

    return do


COUNT_STEPS: tuple[Screen, ...] = (
    choose(
        "counted",
        _("{order}: the rider counted only {amount_of} {product}. Is that right?"),
        aside=_("Please answer by {time}."),
        values=counted,
        options=(option("1", _("Yes"), "count_right"), option("2", _("No"), "count_wrong")),
    ),
    act("count_right", answer_count(agree=True), ways={"ok": "agreed", **CHANGED}),
    act("count_wrong", answer_count(agree=False), ways={"ok": "disputed", **CHANGED}),
    choose(
        "agreed",
        _("Thank you. {order} goes on with {amount_of} {product}, and you are paid for that."),
        values=counted,
        options=(option("1", NEXT, "next", when=more_waits),),
        again="start",
    ),
    choose(
        "disputed",
        _("Thank you. {order}: we look into the count and call you."),
        values=counted,
        options=(option("1", NEXT, "next", when=more_waits),),
        again="start",
    ),
)
