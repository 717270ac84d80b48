"""Which of her orders a farmer's text means: one, all of a product for a day, or one that must be asked for.

A number that was shown keeps its meaning: what is meant travels as the ids of its items (DR-801).
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.money import ZERO
from core.orders import board
from core.orders.board import OpenItem
from sms.commands.farmer.figures import amount_of
from sms.context import Context, Reply, storable

MOST_CHOICES = 4
WHICH = {
    "accept": "work_which_accept",
    "harvest": "work_which_harvest",
    "pack": "work_which_pack",
    "ready": "work_which_ready",
    "reject": "work_which_reject",
    "less": "work_which_less",
}


@dataclass(frozen=True)
class Meant:
    """Items of hers that a text is about, oldest order first: a sum, an order, or one item of it."""

    items: tuple[OpenItem, ...]

    @property
    def ids(self) -> list[int]:
        """Of the items."""
        return [item.order_item_id for item in self.items]

    @property
    def orders(self) -> int:
        """How many orders."""
        return len({item.order_id for item in self.items})

    @property
    def alike(self) -> bool:
        """Whether it is all one product in one pack."""
        return len({(item.product_id, item.unit) for item in self.items}) == 1

    @property
    def quantity(self) -> Decimal:
        """In the unit, where it is all alike."""
        return sum((item.quantity for item in self.items), ZERO)

    def slots(self) -> dict[str, Any]:
        """In the words of the replies; what is not alike is told by its weight."""
        first = self.items[0]
        kg = sum((item.kg for item in self.items), ZERO)
        amount = amount_of(self.quantity, first.unit, kg) if self.alike else amount_of(kg, "kg")
        return {
            "order": first.tail,
            "product": first.product_id,
            "amount_of": amount,
            "day": min(item.due for item in self.items),
            "gets": sum((item.you_get for item in self.items), ZERO),
            "number": self.orders,
            "unit": first.unit,
        }


def open_work(ctx: Context) -> list[OpenItem]:
    """What she has to prepare, the most urgent first."""
    return [item for item in board.open_items(ctx.tx, ctx.actor) if item.at_work]


def unanswered(items: list[OpenItem]) -> list[OpenItem]:
    """Those that wait for her first word (I1)."""
    return [item for item in items if item.item_status == "pending" and not item.accepted]


def by_order(items: list[OpenItem]) -> list[Meant]:
    """One for each order, in their order."""
    found: dict[int, list[OpenItem]] = {}
    for item in items:
        found.setdefault(item.order_id, []).append(item)
    return [Meant(tuple(lines)) for lines in found.values()]


def by_sum(items: list[OpenItem]) -> list[Meant]:
    """One for each product, pack and day, in the order in which it is due (DR-801)."""
    return [Meant(one.items) for one in board.summed(items)]


def of_ids(items: list[OpenItem], ids: list[int]) -> Meant | None:
    """What was shown, if all of it is still so; else None."""
    wanted = set(ids)
    found = tuple(item for item in items if item.order_item_id in wanted)
    return Meant(found) if len(found) == len(wanted) and found else None


def meant(ctx: Context, event: str, items: list[OpenItem], **about: Any) -> Meant | Reply:
    """What the text is about among `items`; a reply where nothing is, or where it has to be asked.

    about  kept in the question until it is answered: the quantity or the reason that was said
    """
    slots = ctx.reading.slots
    named = str(slots.get("order") or slots.get("job") or "").upper()
    product = _product(ctx)
    found = [item for item in items if product is None or item.product_id == product]
    if named:
        found = [item for item in found if item.tail == named[-4:] or item.tail.endswith(named)]
        return _one(ctx, event, by_order(found), about) if found else _not_open(ctx, named)
    if not found:
        return ctx.reply("work_none") if product is None else ctx.reply("work_none_of", product=product)
    if product is not None:
        return _one(ctx, event, by_sum(found), about)
    orders, sums = by_order(found), by_sum(found)
    if len(orders) == 1:
        return orders[0]
    if len(sums) == 1:  # all of it, or one of them?
        return _one(ctx, event, [*sums, *orders], about)
    return _one(ctx, event, orders if len(orders) <= MOST_CHOICES else sums, about)


def ask_which(ctx: Context, event: str, several: list[Meant], about: dict[str, Any]) -> Reply:
    """The few that it could be, numbered, the most urgent first."""
    few = several[:MOST_CHOICES]
    ctx.ask("work_which", about={"event": event, **about}, choices=[{"value": one.ids} for one in few])
    return ctx.reply(WHICH[event], options=[line(one) for one in few])


def line(one: Meant) -> dict[str, Any]:
    """One line of a numbered list: the day, the order or how many of them, how much of what."""
    said = one.slots()
    which = {"order": said["order"]} if one.orders == 1 else {"times": one.orders}
    amount = {**said["amount_of"], "kg": None}
    shown: dict[str, Any] = storable(
        {"day": said["day"], **which, "amount_of": amount, "product": said["product"]}
    )
    return shown


def _one(ctx: Context, event: str, several: list[Meant], about: dict[str, Any]) -> Meant | Reply:
    return several[0] if len(several) == 1 else ask_which(ctx, event, several, about)


def _product(ctx: Context) -> int | None:
    slots = ctx.reading.slots
    slug = slots.get("product") or next((item.get("product") for item in ctx.reading.items), None)
    return ctx.tx.parts.products.by_slug(slug).product_id if slug else None


def _not_open(ctx: Context, named: str) -> Reply:
    """It is made ready already, or no open order of hers ends so (DR-110, DR-211)."""
    gone = [
        item for item in board.open_items(ctx.tx, ctx.actor) if not item.at_work and item.tail == named[-4:]
    ]
    if gone:
        return ctx.reply("work_ready_already", order=gone[0].tail)
    return ctx.reply("work_unknown", order=named[-4:])
