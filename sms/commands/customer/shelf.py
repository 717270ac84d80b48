"""`LIST`, `LEO`, `MORE`, `LIST nyanya`: what can be brought to her ward today, numbered to be ordered.

A number and an amount order (`2 5kg`); a number alone asks how much. MORE goes on where the list ended.
"""

from collections.abc import Sequence
from typing import Any

from core.listings import offers
from core.locations import service as locations
from core.locations.places import Point
from core.orders import shelf, today
from core.orders.shelf import Shown
from sms.answering import NOT_AN_ANSWER, Answer, about, choices
from sms.commands.customer import asking, place, waiting, wish
from sms.commands.customer.buy import for_this_order
from sms.context import Context, Outcome

A_PAGE = 4
LAST = {"shelf": "shelf_last", "shelf_farms": "shelf_farms_last"}  # nothing comes after these
ONLY = {"shelf": "shelf_one", "shelf_farms": "shelf_farms_one"}  # the example's number is on the list


def look(ctx: Context) -> Outcome:
    """The best four things near her; of one product, the farms that have it. A stranger is told what there
    is, a customer whose place we do not know is asked for it first."""
    slots = ctx.reading.slots
    product_id = asking.product(ctx, "list_products")
    if product_id is not None and not isinstance(product_id, int):
        return product_id
    if ctx.role != "customer" or ctx.user is None:
        return _for_strangers(ctx)
    if slots.get("place"):
        return place.heard(ctx, str(slots["place"]), [], then=_later(slots))
    known = locations.default_of(ctx.tx, ctx.user.user_id)
    if known is None:
        ctx.ask("place", about={"wish": [], "then": _later(slots)})
        return ctx.reply("place_plain")
    of_kind = str(slots.get("category") or "")
    return page(ctx, {"product_id": product_id, "category": of_kind, "seen": [], "ward": slots.get("ward")})


def more(ctx: Context) -> Outcome:
    """MORE: what comes after the list she was shown last."""
    if ctx.question is None or ctx.question.kind != "shelf":
        return ctx.reply("more_none")
    return page(ctx, about(ctx))


def page(ctx: Context, wanted: dict[str, Any]) -> Outcome:
    """The next four of a list, and the question which of them.

    wanted  product_id (None: of everything the best), category ("": any), seen: what was shown before, ward:
            another one than that of her usual place
    """
    assert ctx.user is not None, "a customer is known"
    here = locations.default_of(ctx.tx, ctx.user.user_id)
    assert here is not None, "her place was asked before"
    ward = int(wanted.get("ward") or here.ward_code)
    elsewhere = ward != here.ward_code
    point = locations.point_at(ctx.tx, None, None, ward) if elsewhere else locations.point_of(ctx.tx, here)
    found = _found(ctx, wanted, point)
    if not found:
        return _nothing(ctx, wanted, ctx.tx.parts.places.get(ward).ward)
    shown, product_id = found[:A_PAGE], wanted["product_id"]
    seen = [one.offer.product_id if product_id is None else one.offer.listing_id for one in shown]
    picks = [{"value": [one.offer.product_id, one.offer.listing_id, one.offer.unit]} for one in shown]
    if ctx.ask("shelf", about=wanted | {"seen": [*wanted["seen"], *seen]}, choices=picks) is None:
        return ctx.reply("answer_first")
    code = "shelf" if product_id is None else "shelf_farms"
    if len(found) <= A_PAGE:
        code = (ONLY if len(found) == 1 else LAST)[code]
    return ctx.reply(code, product=product_id, options=[_line(one, product_id) for one in shown])


def picked(ctx: Context) -> Answer:
    """`2 5kg`, `2`: the offer of that number, in that amount."""
    number, offered = ctx.reading.slots.get("choice"), choices(ctx)
    if ctx.reading.intent == "confirm_no":  # none of it
        ctx.close("no")
        return ctx.reply("declined")
    if ctx.reading.intent not in ("choose", "order") or not isinstance(number, int):
        return NOT_AN_ANSWER
    if not 1 <= number <= len(offered):
        return ctx.reply("shelf_again")
    product_id, listing_id, unit = offered[number - 1]["value"]
    want = wish.Want(product_id=product_id, listing_id=listing_id)
    if about(ctx).get("ward"):
        want.location_id = for_this_order(ctx, int(about(ctx)["ward"]), "")
    if about(ctx)["product_id"] is None:  # it was shown as what there is, not as whose
        want.listing_id = None
    item = next(iter(ctx.reading.items), None)
    if item is not None:
        want.unit, quantity = item["unit"], item["qty"]
        want.quantity = None if quantity is None else str(quantity)
    if want.unit is None or want.unit == str(unit).split()[0]:
        want.sold_unit = str(unit)  # as the line said: 80/kg
    ctx.close(str(number))
    return wish.go_on(ctx, [want])


def _found(ctx: Context, wanted: dict[str, Any], point: Point) -> Sequence[Shown]:
    """One more than a page, so that it is known whether there are more."""
    if wanted["product_id"] is not None:
        all_of_it = shelf.reachable(ctx.tx, ctx.actor, product_id=wanted["product_id"], point=point)
        return [one for one in all_of_it if one.offer.listing_id not in wanted["seen"]]
    among = None
    if wanted["category"]:
        among = [entry.product_id for entry in _of_kind(ctx, wanted["category"])] or None
    return today.best(ctx.tx, ctx.actor, point=point, most=A_PAGE + 1, besides=wanted["seen"], among=among)


def _of_kind(ctx: Context, name: str) -> Sequence[Any]:
    products = ctx.tx.parts.products
    kinds = {kind.lower(): kind for kind in products.categories()}
    return products.in_category(kinds[name.lower()]) if name.lower() in kinds else ()


def _nothing(ctx: Context, wanted: dict[str, Any], ward: str) -> Outcome:
    if wanted["seen"]:
        return ctx.reply("shelf_end")
    if wanted["product_id"] is not None:
        return waiting.nothing(ctx, wanted["product_id"])
    return ctx.reply("shelf_none", place=ward)


def _line(one: Shown, product_id: int | None) -> dict[str, Any]:
    offer = one.offer
    name = {"product": offer.product_id} if product_id is None else {"farm": offer.farm}
    return name | {
        "price": str(offer.price),
        "unit": offer.unit,
        "day": str(offer.harvested or offer.expected),
    }


def _for_strangers(ctx: Context) -> Outcome:
    found = offers.on_sale(ctx.tx, limit=A_PAGE)
    if not found:
        return ctx.reply("nothing_listed")
    return ctx.reply("for_sale", lines=[{"product": product_id} for product_id in found])


def _later(slots: dict[str, Any]) -> dict[str, Any]:
    return {"do": "list_products", "slots": {n: v for n, v in slots.items() if n != "place"}}
