"""What a farmer does with what was ordered: yes, harvested, packed, ready; less; no (I1 to I6, DR-815).

What goes on is done at once and answered with what she gets; what takes something away from a buyer is put
back to her with the sum first.
"""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from core.money import ZERO
from core.orders import board, seen
from core.orders import service as orders
from core.words import tidy
from sms.commands.agent import work as at_hand
from sms.commands.farmer import figures, work
from sms.commands.farmer.figures import amount_of, in_unit
from sms.commands.farmer.work import Meant
from sms.context import Command, Context, Outcome, Reply
from sms.reader import product_of

LONGEST_REASON = 60
LATE = timedelta(minutes=10)
REASONS = ("sold", "spoiled", "not ripe", "poor harvest")
ACCEPT, REJECT, LESS = "accept", "reject", "less"
EVENTS = {
    "farmer_accept": ACCEPT,
    "farmer_harvested": "harvest",
    "farmer_packed": "pack",
    "farmer_ready": "ready",
}
# What is said of one order, and of several.
DONE = {
    ACCEPT: ("work_accepted", "work_accepted_all"),
    "harvest": ("work_harvested", "work_harvested_all"),
    "pack": ("work_packed", "work_packed_all"),
    "ready": ("work_ready", "work_ready_all"),
}


def mark(event: str) -> Command:
    """The command for a step forward: `READY A3B7`, `READY nyanya`, or alone."""

    def command(ctx: Context) -> Outcome:
        if ctx.role != "farmer":
            hers = at_hand.answers_for_others(ctx)
            return at_hand.mark(ctx, event) if hers else ctx.reply("farmers_only", dial=ctx.dial)
        items = work.open_work(ctx)
        waiting = work.unanswered(items) if event == ACCEPT else items
        found = work.meant(ctx, event, waiting or items)
        return at_hand.unknown(ctx, found, event) if isinstance(found, Reply) else step(ctx, event, found)

    return command


def step(ctx: Context, event: str, found: Meant, *, sure: bool = False) -> Outcome:
    """Take it for all that is meant; asked first where she may not know how it stands by now.

    sure  she has seen it and said YES
    """
    if not sure and any(item.cancel_asked for item in found.items):
        return _ask_sure(ctx, event, found, "work_sure_cancel")
    if not sure and found.orders > 1 and ctx.tx.now - ctx.message.sent_at > LATE:
        return _ask_sure(ctx, event, found, "work_sure_late")
    _take(ctx, event, found)
    said = found.slots()
    if found.orders == 1:
        ctx.order_id = found.items[0].order_id
        return ctx.reply(DONE[event][0], **said)
    return ctx.reply(DONE[event][1], **said)


def _take(ctx: Context, event: str, found: Meant, reason: str = "") -> None:
    """`event` for all that is meant: a whole sum in one go, if it is still that sum (DR-801)."""
    first = found.items[0]
    if found.orders > 1 and whole_sum(ctx, found):
        seen.mark_sum(
            ctx.tx, ctx.actor, product_id=first.product_id, day=first.due, unit=first.unit,
            event=event, seen=found.quantity, reason=reason,
        )  # fmt: skip
        return
    for item in found.items:
        if event == REJECT:
            orders.reject(ctx.tx, ctx.actor, order_item_id=item.order_item_id, reason=reason)
        else:
            orders.mark(ctx.tx, ctx.actor, order_item_id=item.order_item_id, event=event)


def whole_sum(ctx: Context, found: Meant) -> bool:
    """Whether it is all that waits of a product and pack for a day."""
    sums = work.by_sum(work.open_work(ctx))
    return any(set(one.ids) == set(found.ids) for one in sums)


def less(ctx: Context) -> Outcome:
    """`ONLY 20kg tomatoes`, `nina 20kg tu`: she has less than was ordered (I5)."""
    if ctx.role != "farmer":
        return ctx.reply("farmers_only", dial=ctx.dial)
    amount = figures.amount_said(ctx)
    if any(item.get("raw") and item.get("qty") is None for item in ctx.reading.items):
        return ctx.reply("not_understood", dial=ctx.dial)
    if amount is None and ctx.reading.items and ctx.reading.items[0].get("qty") is not None:
        item = ctx.reading.items[0]
        amount = figures.Said(Decimal(item["qty"]), item.get("unit"))
    about = {} if amount is None else {"qty": str(amount.number), "unit": amount.unit}
    found = work.meant(ctx, LESS, work.open_work(ctx), **about)
    return found if isinstance(found, Reply) else have(ctx, found, amount)


def have(ctx: Context, found: Meant, amount: figures.Said | None) -> Outcome:
    """She has so much of it: what that means is put back to her, with what she gets (DR-407)."""
    said = found.slots()
    if len(found.items) > 1 and not (found.alike and whole_sum(ctx, found)):
        about = {} if amount is None else {"qty": str(amount.number), "unit": amount.unit}
        return work.ask_which(ctx, LESS, [Meant((item,)) for item in found.items], about)
    if amount is None or not in_unit(found.items[0].unit, amount.unit):
        ctx.ask("less_quantity", about={"ids": found.ids})
        return ctx.reply("less_quantity", **said)
    there = amount.number
    if there <= ZERO:
        return why(ctx, found)
    if there >= found.quantity:
        return ctx.reply("less_not", **said)
    shares = board.shares(ctx.tx, found.items, there)
    ctx.ask("work_sure", about={"event": LESS, "ids": found.ids, "qty": str(there)})
    said |= {
        "amount_of": amount_of(there, said["unit"]),
        "gets": shares.you_get,
        "left": shares.whole + shares.part,
    }
    return ctx.reply("less_sure" if found.orders == 1 else "less_sure_all", **said)


def supply_less(ctx: Context, found: Meant, there: Decimal) -> Outcome:
    """Her YES: the oldest orders are served first (I5, I6)."""
    first = found.items[0]
    gets = board.shares(ctx.tx, found.items, there).you_get
    if len(found.items) == 1:
        ctx.order_id = first.order_id
        orders.short(ctx.tx, ctx.actor, order_item_id=first.order_item_id, quantity=there)
    else:
        orders.short_sum(
            ctx.tx, ctx.actor, product_id=first.product_id, day=first.due, quantity=there, unit=first.unit
        )
    amount = amount_of(there, first.unit)
    return ctx.reply("less_noted", amount_of=amount, product=first.product_id, gets=gets)


def reject(ctx: Context) -> Outcome:
    """`REJECT A3B7 rotten`, `CANCEL A3B7`: she cannot supply it (I6); she is asked for a missing reason."""
    if ctx.role != "farmer":
        return ctx.reply("farmers_only", dial=ctx.dial)
    items = work.open_work(ctx)
    reason = tidy(str(ctx.reading.slots.get("reason") or ""), LONGEST_REASON)
    product, reason = (None, reason) if ctx.reading.slots.get("order") else _produce_first(ctx, reason)
    about = {"reason": reason} if reason else {}
    if product is not None:
        items = [item for item in items if item.product_id == product]
        if not items:
            return ctx.reply("work_none_of", product=product)
        sums = work.by_sum(items)
        found: Meant | Reply = sums[0] if len(sums) == 1 else work.ask_which(ctx, REJECT, sums, about)
    else:
        found = work.meant(ctx, REJECT, items, **about)
    if isinstance(found, Reply):
        return found
    return refuse(ctx, found, reason) if reason and not ctx.reading.ask else why(ctx, found)


def _produce_first(ctx: Context, reason: str) -> tuple[int | None, str]:
    """`REJECT tomatoes rotten`: the produce that it is about, and why."""
    first, _, rest = reason.partition(" ")
    slugs = product_of(first, ctx.tx.parts.products)
    if len(slugs) != 1:
        return None, reason
    return ctx.tx.parts.products.by_slug(slugs[0]).product_id, rest.strip()


def refuse(ctx: Context, found: Meant, reason: str) -> Outcome:
    """With her reason: one order at once, several after one more YES."""
    if found.orders == 1:
        return turn_down(ctx, found, reason)
    return _ask_sure(ctx, REJECT, found, "reject_sure", reason=reason)


def why(ctx: Context, found: Meant) -> Reply:
    """What she loses, and the question why (I6)."""
    ctx.ask("work_reason", about={"ids": found.ids})
    return ctx.reply("reject_why" if found.orders == 1 else "reject_why_all", **found.slots())


def turn_down(ctx: Context, found: Meant, reason: str) -> Outcome:
    """I6 for all that is meant."""
    _take(ctx, REJECT, found, reason)
    if found.orders == 1:
        ctx.order_id = found.items[0].order_id
    return ctx.reply("rejected" if found.orders == 1 else "rejected_all", **found.slots())


def _ask_sure(ctx: Context, event: str, found: Meant, code: str, **more: Any) -> Reply:
    ctx.ask("work_sure", about={"event": event, "ids": found.ids, **more})
    return ctx.reply(code, **found.slots())
