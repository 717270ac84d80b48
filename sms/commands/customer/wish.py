"""What a customer wants, step by step towards a quote: which product, how much, in which unit, and where.

A wish travels in the `about` of the open question, so it survives restarts and lapses with the question.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Any

from core.catalogue.index import Entry
from core.listings import service as listings
from core.listings.models import Listing
from core.locations import service as locations
from core.locations.models import Location
from core.orders.quotes import Line
from sms.commands.customer import quoting, waiting
from sms.context import Context, Outcome, Reply

MOST_LINES = 6
# Only weights and litres come in parts; packs, pieces and dozens are whole (DR-105).
DIVISIBLE = frozenset(("kg", "g", "litre"))


@dataclass
class Want:
    """One product wanted; what is not known yet is None.

    candidates  product ids, where the name may mean several
    unit        as it was said (kg, crate), sold_unit as the product has it (crate 64kg)
    worth       KES that she wants produce for, where she named no amount
    listing_id  the farm's offer that she chose from a list
    gone        nobody sells it, and the rest of the text is quoted without it
    location_id where this order goes, if she named another place than her usual one
    """

    product_id: int | None = None
    candidates: tuple[int, ...] = ()
    raw: str = ""
    quantity: str | None = None
    bad: bool = False
    unit: str | None = None
    sold_unit: str | None = None
    worth: str | None = None
    listing_id: int | None = None
    gone: bool = False
    location_id: int | None = None


def from_items(ctx: Context, items: list[dict[str, Any]]) -> list[Want]:
    """The wants of a reading."""
    products = ctx.tx.parts.products
    wants = []
    for item in items:
        slugs = item.get("candidates") or ([item["product"]] if item["product"] else [])
        ids = tuple(products.by_slug(slug).product_id for slug in slugs)
        quantity, worth = item.get("qty"), item.get("price")
        wants.append(
            Want(
                product_id=ids[0] if len(ids) == 1 else None,
                candidates=ids if len(ids) > 1 else (),
                raw=str(item.get("raw", "")),
                quantity=None if quantity is None else str(quantity),
                bad=quantity is None and ctx.reading.slots.get("error") == "bad_quantity",
                unit=item.get("unit"),
                worth=str(worth) if quantity is None and worth is not None else None,
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
        missing = None if want.gone else _missing(ctx, wants, at, want)
        if missing is not None:
            return missing
    here = [want for want in wants if not want.gone]
    gone = [want.product_id for want in wants if want.gone and want.product_id is not None]
    if not here:
        return waiting.nothing(ctx, gone[0], _place(ctx, wants[0]))
    place = _place(ctx, wants[0])
    if place is None:
        return _where(ctx, wants)
    lines = [
        Line(want.product_id, quantity, want.sold_unit)
        for want in here
        if want.product_id is not None and (quantity := _amount(ctx, want)) is not None
    ]
    only = worth = None
    if len(here) == 1 and not gone:
        only = {here[0].listing_id} if here[0].listing_id is not None else None
        if here[0].worth is not None:
            worth = Decimal(here[0].worth)
            only = {_cheapest(ctx, here[0]).listing_id}
    return quoting.offer(ctx, lines, place, only=only, worth=worth, gone=gone)


def _place(ctx: Context, want: Want) -> Location | None:
    """Where the order goes: to the place named with it, else to her usual one; None while she has none."""
    if ctx.user is None:
        return None
    if want.location_id is not None:
        return locations.owned(ctx.tx, ctx.actor, want.location_id)
    return locations.default_of(ctx.tx, ctx.user.user_id)


def on_sale(ctx: Context, product_id: int, place: Location | None = None) -> Sequence[Listing]:
    """What can be bought of a product: near `place` (her usual one, if None), if we know it and there is any,
    ready before growing; else anywhere."""
    place = place or (locations.default_of(ctx.tx, ctx.user.user_id) if ctx.user else None)
    if place is not None:
        point, km = locations.point_of(ctx.tx, place), float(ctx.tx.setting("delivery.max_km"))
        near = listings.buyable_near(ctx.tx, product_id=product_id, point=point, km=km)
        if near := near or listings.buyable_near(
            ctx.tx, product_id=product_id, point=point, km=km, pre_orders=True
        ):
            return near
    return listings.buyable(ctx.tx, product_id=product_id)


def _missing(ctx: Context, wants: list[Want], at: int, want: Want) -> Reply | None:
    """What has to be asked or said about one want before it can be quoted; None if it is complete."""
    about = {"wish": stored(wants), "at": at}
    if want.product_id is None:
        if not want.candidates:
            return unknown(ctx, want.raw)
        ctx.ask("choose_product", about=about, choices=[{"value": p} for p in want.candidates])
        return ctx.reply("product_choose", options=[{"product": p} for p in want.candidates])
    entry = ctx.tx.parts.products.entry(want.product_id)
    offers = on_sale(ctx, entry.product_id, _place(ctx, want))
    if not offers:
        want.gone = True
        return None
    if (asked := _unit(ctx, about, want, entry, offers)) is not None:
        return asked
    return _quantity(ctx, wants, at, want, offers)


def _unit(
    ctx: Context, about: dict[str, Any], want: Want, entry: Entry, offers: Sequence[Listing]
) -> Reply | None:
    """Settle the unit: what was said, if it is sold so; the only one it is sold in; else a question.

    A bare 5 that could be kg or crates is asked, never assumed. So many shillings mean the only unit of which
    they buy any.
    """
    sold_in = list(dict.fromkeys(listing.unit for listing in offers))
    if want.worth is not None and want.unit is None:
        sold_in = [u for u in sold_in if _buys(want.worth, _first(offers, u)) > 0] or sold_in
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
        want.quantity, want.worth, want.bad = None, None, False
        if len(sold_in) == 1:
            want.unit, want.sold_unit = sold_in[0].split()[0], sold_in[0]
            ctx.ask("quantity", about=about | {"wish": _with(about, want)})
            return ctx.reply(
                "not_in_unit", product=entry.product_id, unit=sold_in[0], price=offers[0].current_price
            )
    ctx.ask("unit", about=about | {"wish": _with(about, want)}, choices=[{"value": unit} for unit in choices])
    packs = {unit: kg for unit, kg in entry.units.items() if unit.split()[0] not in DIVISIBLE}
    options = [{"unit": u, "kg": packs[u]} if u in packs else {"unit": u} for u in choices]
    return ctx.reply("unit_choose", product=entry.product_id, options=options)


def _with(about: dict[str, Any], want: Want) -> list[dict[str, Any]]:
    wish = list(about["wish"])
    wish[about["at"]] = asdict(want)
    return wish


def _quantity(
    ctx: Context, wants: list[Want], at: int, want: Want, offers: Sequence[Listing]
) -> Reply | None:
    unit = str(want.sold_unit)
    cheapest = _first(offers, unit)
    code = None
    if want.bad:
        code = "quantity_bad"
    elif want.quantity is None and (want.worth is None or _buys(want.worth, cheapest) <= 0):
        code, want.worth = "quantity_question", None
    elif want.quantity is not None and unit.split()[0] not in DIVISIBLE and Decimal(want.quantity) % 1:
        code, want.quantity = "whole_only", None
    if code is None:
        return None
    ctx.ask("quantity", about={"wish": stored(wants), "at": at})
    return ctx.reply(code, product=want.product_id, unit=unit, price=cheapest.current_price)


def _first(offers: Sequence[Listing], unit: str) -> Listing:
    """The best offer in a unit that is sold."""
    return next(listing for listing in offers if listing.unit == unit)


def _buys(worth: str, offer: Listing) -> Decimal:
    """How much so many shillings buy: to a tenth of what is weighed, else whole pieces, never more than the
    money."""
    step = Decimal("0.1") if offer.unit.split()[0] in DIVISIBLE else Decimal(1)
    return (Decimal(worth) / offer.current_price).quantize(step, ROUND_DOWN)


def _cheapest(ctx: Context, want: Want) -> Listing:
    assert want.product_id is not None, "complete before it is priced"
    return _first(on_sale(ctx, want.product_id, _place(ctx, want)), str(want.sold_unit))


def _amount(ctx: Context, want: Want) -> Decimal | None:
    """How much: what she said, or what her money buys."""
    if want.quantity is not None:
        return Decimal(want.quantity)
    return None if want.worth is None else _buys(want.worth, _cheapest(ctx, want))


def _where(ctx: Context, wants: list[Want]) -> Reply:
    ctx.ask("place", about={"wish": stored(wants)})
    here = [want for want in wants if not want.gone]
    if len(here) > 1:
        return ctx.reply("place_question_more", count=len(here))
    want, quantity = here[0], _amount(ctx, here[0])
    assert want.product_id is not None, "complete before the place is asked"
    assert quantity is not None, "complete before the place is asked"
    assert want.sold_unit is not None, "complete before the place is asked"
    kg = ctx.tx.parts.products.entry(want.product_id).units.get(want.sold_unit)
    amount = quoting.amount(quantity, want.sold_unit, quantity * (kg or 0))
    return ctx.reply("place_question", product=want.product_id, amount_of=amount)
