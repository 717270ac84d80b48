"""What a customer wants, step by step towards a quote: which product, how much, in which unit, and where.

A wish travels in the `about` of the open question, so it survives restarts and lapses with the question.
"""

from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from core.catalogue.index import Entry
from core.listings import service as listings
from core.listings.models import Listing
from core.locations import service as locations
from core.orders.quotes import Line
from sms.commands.customer import quoting, waiting
from sms.context import Context, Outcome, Reply

MOST_LINES = 3
# Only weights and litres come in parts; packs, pieces and dozens are whole (DR-105).
DIVISIBLE = frozenset(("kg", "g", "litre"))


@dataclass
class Want:
    """One product wanted; what is not known yet is None.

    candidates  product ids, where the name may mean several
    unit        as it was said (kg, crate), sold_unit as the product has it (crate 64kg)
    """

    product_id: int | None = None
    candidates: tuple[int, ...] = ()
    raw: str = ""
    quantity: str | None = None
    bad: bool = False
    unit: str | None = None
    sold_unit: str | None = None


def from_items(ctx: Context, items: list[dict[str, Any]]) -> list[Want]:
    """The wants of a reading."""
    products = ctx.tx.parts.products
    wants = []
    for item in items:
        slugs = item.get("candidates") or ([item["product"]] if item["product"] else [])
        ids = tuple(products.by_slug(slug).product_id for slug in slugs)
        quantity = item.get("qty")
        wants.append(
            Want(
                product_id=ids[0] if len(ids) == 1 else None,
                candidates=ids if len(ids) > 1 else (),
                raw=str(item.get("raw", "")),
                quantity=None if quantity is None else str(quantity),
                bad=quantity is None and ctx.reading.slots.get("error") == "bad_quantity",
                unit=item.get("unit"),
            )
        )
    return wants


def unknown(ctx: Context, word: str) -> Reply:
    """We do not know that produce."""
    return ctx.reply("product_unknown_named", text=word) if word else ctx.reply("product_unknown")


def stored(wants: list[Want]) -> list[dict[str, Any]]:
    """The wants as JSON."""
    return [asdict(want) for want in wants]


def restored(rows: list[dict[str, Any]]) -> list[Want]:
    """The wants of a question's `about`."""
    return [Want(**{**row, "candidates": tuple(row["candidates"])}) for row in rows]


def go_on(ctx: Context, wants: list[Want]) -> Outcome:
    """The next question that these wants need, or the quote."""
    for at, want in enumerate(wants):
        missing = _missing(ctx, wants, at, want)
        if missing is not None:
            return missing
    assert ctx.user is not None, "whoever wishes is registered"
    place = locations.default_of(ctx.tx, ctx.user.user_id)
    if place is None:
        return _where(ctx, wants)
    lines = [
        Line(want.product_id, Decimal(want.quantity), want.sold_unit)
        for want in wants
        if want.product_id is not None and want.quantity is not None
    ]
    return quoting.offer(ctx, lines, place)


def _missing(ctx: Context, wants: list[Want], at: int, want: Want) -> Reply | None:
    """What has to be asked or said about one want before it can be quoted; None if it is complete."""
    about = {"wish": stored(wants), "at": at}
    if want.product_id is None:
        if not want.candidates:
            return unknown(ctx, want.raw)
        ctx.ask("choose_product", about=about, choices=[{"value": p} for p in want.candidates])
        return ctx.reply("product_choose", options=[{"product": p} for p in want.candidates])
    entry = ctx.tx.parts.products.entry(want.product_id)
    on_sale = listings.buyable(ctx.tx, product_id=entry.product_id)
    if not on_sale:
        return waiting.nothing(ctx, entry.product_id)
    if (asked := _unit(ctx, about, want, entry, on_sale)) is not None:
        return asked
    return _quantity(ctx, wants, at, want, on_sale)


def _unit(
    ctx: Context, about: dict[str, Any], want: Want, entry: Entry, on_sale: list[Listing]
) -> Reply | None:
    """Settle the unit: what was said, if it is sold so; the only one it is sold in; else a question.

    A bare 5 that could be kg or crates is asked, never assumed.
    """
    sold_in = list(dict.fromkeys(listing.unit for listing in on_sale))
    if want.sold_unit in sold_in:
        return None
    if want.unit == "g" and "g" not in sold_in and want.quantity is not None:
        want.unit, want.quantity = "kg", str(Decimal(want.quantity) / 1000)
    fitting = [unit for unit in sold_in if want.unit is None or unit.split()[0] == want.unit]
    if len(fitting) == 1:
        want.sold_unit = fitting[0]
        return None
    choices = fitting or sold_in
    if not fitting:  # two crates are not two kilos
        want.quantity, want.bad = None, False
        if len(sold_in) == 1:
            want.unit, want.sold_unit = sold_in[0].split()[0], sold_in[0]
            ctx.ask("quantity", about=about | {"wish": _with(about, want)})
            return ctx.reply(
                "not_in_unit", product=entry.product_id, unit=sold_in[0], price=on_sale[0].current_price
            )
    ctx.ask("unit", about=about | {"wish": _with(about, want)}, choices=[{"value": unit} for unit in choices])
    packs = {unit: kg for unit, kg in entry.units.items() if unit.split()[0] not in DIVISIBLE}
    options = [{"unit": u, "kg": packs[u]} if u in packs else {"unit": u} for u in choices]
    return ctx.reply("unit_choose", product=entry.product_id, options=options)


def _with(about: dict[str, Any], want: Want) -> list[dict[str, Any]]:
    wish = list(about["wish"])
    wish[about["at"]] = asdict(want)
    return wish


def _quantity(ctx: Context, wants: list[Want], at: int, want: Want, on_sale: list[Listing]) -> Reply | None:
    unit = str(want.sold_unit)
    cheapest = next(listing for listing in on_sale if listing.unit == unit)
    code = None
    if want.bad:
        code = "quantity_bad"
    elif want.quantity is None:
        code = "quantity_question"
    elif unit.split()[0] not in DIVISIBLE and Decimal(want.quantity) % 1:
        code, want.quantity = "whole_only", None
    if code is None:
        return None
    ctx.ask("quantity", about={"wish": stored(wants), "at": at})
    return ctx.reply(code, product=want.product_id, unit=unit, price=cheapest.current_price)


def _where(ctx: Context, wants: list[Want]) -> Reply:
    ctx.ask("place", about={"wish": stored(wants)})
    if len(wants) > 1:
        return ctx.reply("place_question_more", count=len(wants))
    want = wants[0]
    assert want.product_id is not None, "complete before the place is asked"
    assert want.quantity is not None, "complete before the place is asked"
    assert want.sold_unit is not None, "complete before the place is asked"
    kg = ctx.tx.parts.products.entry(want.product_id).units.get(want.sold_unit)
    amount = quoting.amount(Decimal(want.quantity), want.sold_unit, Decimal(want.quantity) * (kg or 0))
    return ctx.reply("place_question", product=want.product_id, amount_of=amount)
