"""What was said of produce to be sold; it travels in the `about` of the open question until all is known.

Several things of one text wait there until it is their turn.
"""

from dataclasses import asdict, dataclass
from typing import Any

from core.listings import hers as own_listings
from core.listings.hers import OwnListing
from core.listings.machine import AVAILABLE, SOLD_OUT
from sms.context import Context

MOST_OFFERED = 4
ADD, ONLY = "add", "only"


@dataclass
class Offer:
    """One thing to be sold; what is not known yet is None.

    candidates  product ids, where the name may mean several
    unit        as it was said (kg, bag); sold_unit as it is stored (bag 90kg)
    sure        she stays with her price although the market's is another one (DR-404)
    known       "add" or "only": what the quantity means for what she has on sale already
    grade, organic  as she said them; "" and False for nothing said
    when        the words of the day from which it can be had; ready is that day, ISO (L2)
    """

    product_id: int | None = None
    candidates: tuple[int, ...] = ()
    quantity: str | None = None
    bad: bool = False
    unit: str | None = None
    sold_unit: str | None = None
    price: str | None = None
    sure: bool = False
    known: str = ""
    grade: str = ""
    organic: bool = False
    when: str = ""
    ready: str = ""


@dataclass(frozen=True)
class Ground:
    """Where it is sold from; `farmer` is "" when it is the sender's own farm."""

    farm_id: int
    ward: int
    farm: str = ""
    farmer: str = ""


def from_items(ctx: Context, items: list[dict[str, Any]]) -> list[Offer]:
    """The offers of a reading; what is no produce of ours is left out."""
    products = ctx.tx.parts.products
    offers = []
    for item in items[:MOST_OFFERED]:
        slugs = item.get("candidates") or ([item["product"]] if item.get("product") else [])
        ids = tuple(products.by_slug(slug).product_id for slug in slugs)
        price = item.get("price", ctx.reading.slots.get("price") if len(items) == 1 else None)
        quantity = item.get("qty")
        offers.append(
            Offer(
                product_id=ids[0] if len(ids) == 1 else None,
                candidates=ids if len(ids) > 1 else (),
                quantity=None if quantity is None else str(quantity),
                bad=quantity is None and ctx.reading.slots.get("error") == "bad_quantity",
                unit=item.get("unit"),
                price=None if price is None else str(price),
                grade=str(ctx.reading.slots.get("grade", "")),
                organic=bool(ctx.reading.slots.get("organic")),
                when=str(ctx.reading.slots.get("when", "")),
            )
        )
    return offers


def stored(offers: list[Offer]) -> list[dict[str, Any]]:
    """The offers as JSON."""
    return [asdict(offer) for offer in offers]


def restored(about: dict[str, Any]) -> list[Offer]:
    """The offers of a question's `about`."""
    return [Offer(**{**row, "candidates": tuple(row["candidates"])}) for row in about["offers"]]


def on_sale(ctx: Context, offer: Offer, farm_id: int) -> OwnListing | None:
    """Her newest listing of the same in the same unit from the same farm, for sale or sold out; of what still
    grows, for the same day. What she calls by another grade is another thing."""
    for one in own_listings.up(ctx.tx, ctx.actor):
        alike = (one.product_id, one.unit, one.farm_id) == (offer.product_id, offer.sold_unit, farm_id)
        graded = offer.grade in ("", one.grade) and (one.organic or not offer.organic)
        growing = one.growing and one.expected is not None and one.expected.isoformat() == offer.ready
        ripe = not one.growing and not offer.ready and one.status in (AVAILABLE, SOLD_OUT)
        if alike and graded and (growing or ripe):
            return one
    return None
