"""`ACCEPT A3B7`, `READY FOR 2`, `READY FOR ALL`: orders of farmers for whom somebody else answers.

Her field agent says accept, harvested, packed and ready (DR-221), her helper accept and ready (DR-815). One
word for many is put back with how many it is, and counts for those and for none that came since.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.farms import agency
from core.money import ZERO
from core.orders import board, for_others
from core.orders import service as orders
from core.orders.board import OpenItem
from core.orders.errors import NothingToMark
from core.orders.for_others import ItemAtHand
from core.orders.hands import HELPERS
from sms import answering
from sms.answering import NOT_AN_ANSWER, Answer, Answering, choose_by_number, say_yes_or_no
from sms.commands.agent import farms
from sms.commands.farmer.figures import amount_of
from sms.context import Command, Context, Outcome, Reply, storable

MOST_CHOICES = 4
ACCEPT, READY = "accept", "ready"
DONE = {
    ACCEPT: "hand_accepted",
    "harvest": "hand_harvested",
    "pack": "hand_packed",
    READY: "hand_ready",
}
SURE = {ACCEPT: "hand_accept_sure", READY: "hand_ready_sure"}
SURE_ASKED = {ACCEPT: "hand_accept_sure_asked", READY: "hand_ready_sure_asked"}
DONE_ALL = {ACCEPT: "hand_accepted_all", READY: "hand_ready_all"}


@dataclass(frozen=True)
class Hand:
    """An item that the sender may mark for its farmer; `whose` is the farm's name, or her helped farmer's.

    cancel_asked  its customer has asked to cancel and nobody has decided (O10)
    as_agent      the farmer is told by SMS; else the sender is her helper
    """

    order_item_id: int
    tail: str
    whose: str
    farm_id: int
    product_id: int
    quantity: Decimal
    unit: str
    kg: Decimal
    accepted: bool
    cancel_asked: bool
    as_agent: bool


def at_hand(ctx: Context, event: str) -> list[Hand]:
    """What waits for `event` and is the sender's to say, the most urgent first."""
    works = agency.of(ctx.tx, ctx.actor)
    agents_ = for_others.items_of(ctx.tx, ctx.actor) if works.agent else []
    helped = board.helped_items(ctx.tx, ctx.actor) if works.helper and event in HELPERS else []
    found = [_hand(one, one.farm, one.farm_id, as_agent=True) for one in agents_]
    known = {one.order_item_id for one in found}
    found += [_hand(one, one.farmer, 0, as_agent=False) for one in helped if one.order_item_id not in known]
    return [one for one in found if event != ACCEPT or not one.accepted]


def _hand(one: ItemAtHand | OpenItem, whose: str, farm_id: int, *, as_agent: bool) -> Hand:
    return Hand(
        order_item_id=one.order_item_id, tail=one.tail, whose=whose, farm_id=farm_id,
        product_id=one.product_id, quantity=one.quantity, unit=one.unit, kg=one.kg, accepted=one.accepted,
        cancel_asked=one.cancel_asked, as_agent=as_agent,
    )  # fmt: skip


def answers_for_others(ctx: Context) -> bool:
    """Whether the sender is somebody's agent or helper."""
    if ctx.user is None:
        return False
    works = agency.of(ctx.tx, ctx.actor)
    return works.agent or works.helper


def mark(ctx: Context, event: str) -> Outcome:
    """`READY A3B7`, `READY tomatoes`, or alone: one order at once, several are asked."""
    if event not in HELPERS and not agency.of(ctx.tx, ctx.actor).agent:
        return ctx.reply("hand_two_words")
    found = _named(ctx, at_hand(ctx, event))
    if not found:
        named = str(ctx.reading.slots.get("order") or ctx.reading.slots.get("job") or "")
        return ctx.reply("hand_unknown", order=named[-4:].upper()) if named else ctx.reply("hand_none")
    tails = list(dict.fromkeys(one.tail for one in found))
    if len(tails) == 1:
        return _do(ctx, event, found)
    few = [[one for one in found if one.tail == tail] for tail in tails[:MOST_CHOICES]]
    choices = [{"value": [one.order_item_id for one in items]} for items in few]
    ctx.ask("hand_which", about={"event": event}, choices=choices)
    return ctx.reply("hand_which", options=[_line(items) for items in few])


def for_farm(event: str) -> Command:
    """The command for a whole farm, or all of them: `READY FOR 2`, `ACCEPT FOR ALL`."""

    def command(ctx: Context) -> Outcome:
        if ctx.user is None or not agency.of(ctx.tx, ctx.actor).agent:
            return ctx.reply("agents_only", dial=ctx.dial)
        waiting = [one for one in at_hand(ctx, event) if one.as_agent]
        if not ctx.reading.slots.get("all"):
            found = farms.meant(ctx)
            if len(found) != 1:
                return ctx.reply("agent_which_number", dial=ctx.dial)
            if (why := farms.closed(ctx, found[0])) is not None:
                return why
            waiting = [one for one in waiting if one.farm_id == found[0].farm_id]
        if not waiting:
            return ctx.reply("hand_none")
        ids = [one.order_item_id for one in waiting]
        ctx.ask("hand_sure", about={"event": event, "ids": ids})
        number, asked = len({one.tail for one in waiting}), len({o.tail for o in waiting if o.cancel_asked})
        if asked:
            return ctx.reply(SURE_ASKED[event], number=number, left=asked)
        return ctx.reply(SURE[event], number=number)

    return command


def _named(ctx: Context, items: Sequence[Hand]) -> list[Hand]:
    slots = ctx.reading.slots
    tail = str(slots.get("order") or slots.get("job") or "").upper()[-4:]
    product = slots.get("product")
    wanted = ctx.tx.parts.products.by_slug(product).product_id if product else None
    return [one for one in items if one.tail.endswith(tail) and wanted in (None, one.product_id)]


def _line(items: Sequence[Hand]) -> dict[str, object]:
    first = items[0]
    shown: dict[str, object] = storable(
        {"order": first.tail, "amount_of": amount_of(first.quantity, first.unit), "product": first.product_id}
    )
    return shown


def _do(ctx: Context, event: str, items: Sequence[Hand], *, sure: bool = False) -> Outcome:
    """All that is meant of one order; the farmer hears of her agent's word once.

    sure  the sender knows that its customer asks to cancel, and has said YES
    """
    first = items[0]
    ids = [one.order_item_id for one in items]
    if not sure and any(one.cancel_asked for one in items):
        ctx.ask("hand_sure", about={"event": event, "ids": ids, "one": True})
        return ctx.reply("hand_sure_asked", **_amount(items))
    if first.as_agent and event in for_others.WHAT:
        for_others.mark_all(ctx.tx, ctx.actor, event=event, seen=ids)
    else:
        for order_item_id in ids:
            orders.mark(ctx.tx, ctx.actor, order_item_id=order_item_id, event=event)
    return ctx.reply(DONE[event], farm=first.whose, **_amount(items))


def _amount(items: Sequence[Hand]) -> dict[str, Any]:
    """Which order, and how much of it is meant."""
    first = items[0]
    alike = len({(one.product_id, one.unit) for one in items}) == 1
    kg = sum((one.kg for one in items), ZERO)
    quantity = sum((one.quantity for one in items), ZERO)
    amount = amount_of(quantity, first.unit, kg) if alike else amount_of(kg, "kg")
    return {"order": first.tail, "amount_of": amount, "product": first.product_id}


def _which(ctx: Context) -> Answer:
    ids = answering.chosen(ctx)
    if ids is None:
        return NOT_AN_ANSWER
    event = str(answering.about(ctx)["event"])
    ctx.close("answered")
    return _those(ctx, event, ids)


def _those(ctx: Context, event: str, ids: Collection[int], *, sure: bool = False) -> Outcome:
    """Of one order those that were shown, if all of them still wait."""
    found = [one for one in at_hand(ctx, event) if one.order_item_id in ids]
    return _do(ctx, event, found, sure=sure) if len(found) == len(ids) else ctx.reply("work_changed")


def _sure(ctx: Context) -> Answer:
    """YES for those that were counted; what has come in since is not meant."""
    yes, about = answering.yes(ctx), answering.about(ctx)
    if yes is None:
        return NOT_AN_ANSWER
    event = str(about["event"])
    if not yes:
        ctx.close("no")
        return ctx.reply("work_as_it_was")
    ctx.close("yes")
    if about.get("one"):
        return _those(ctx, event, about["ids"], sure=True)
    try:
        done = for_others.mark_all(ctx.tx, ctx.actor, event=event, seen=about["ids"])
    except NothingToMark:
        return ctx.reply("work_changed")
    return ctx.reply(DONE_ALL[event], number=done.orders)


HAND_WHICH = Answering("choose_number", _which, choose_by_number)
HAND_SURE = Answering("yes_no", _sure, say_yes_or_no)


def unknown(ctx: Context, reply: Reply, event: str) -> Outcome:
    """A farmer's word about an order that is not hers: perhaps it is one that she answers for."""
    return mark(ctx, event) if answers_for_others(ctx) and _named(ctx, at_hand(ctx, event)) else reply
