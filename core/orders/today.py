"""The best of everything that can be brought to a place today: one offer a product, cheapest first (DR-1210).

For somebody who asks what there is, by a text of four lines. What is cheap stands in a ward's own index; the
offers of the likeliest products are then looked at one by one, as `shelf.reachable` shows them.
"""

from collections.abc import Collection, Sequence
from decimal import Decimal

from sqlalchemy import func, select

from core.actor import Actor
from core.db import Tx
from core.listings.machine import AVAILABLE
from core.listings.models import Listing
from core.locations.places import Point
from core.orders import shelf
from core.orders.shelf import Shown

# So many of the nearest wards are looked through, then so many more; until so many products are found.
_WARDS = (40, 160)
_ENOUGH = 12
# So many likely products are looked at closely for each one shown.
_CLOSELY = 2


def best(
    tx: Tx,
    actor: Actor,
    *,
    point: Point,
    most: int = 4,
    besides: Collection[int] = (),
    among: Collection[int] | None = None,
) -> list[Shown]:
    """The best offer of each product within a rider's reach of `point`, at most `most`, cheapest by weight
    with the delivery first, ready before growing.

    besides  products that were shown before
    among    of these products only: one kind
    """
    found: list[Shown] = []
    for product_id in _likeliest(tx, point, besides, among):
        offers = shelf.reachable(tx, actor, product_id=product_id, point=point)
        if offers:
            found.append(offers[0])
        if len(found) == most * _CLOSELY:
            break
    return shelf.cheapest_first(tx, found)[:most]


def _likeliest(
    tx: Tx, point: Point, besides: Collection[int], among: Collection[int] | None
) -> Sequence[int]:
    """The products on sale in the wards around, the cheapest by weight first."""
    prices: dict[int, Decimal] = {}
    wards = shelf.wards_outwards(tx, point)
    for most in _WARDS:
        some, wards = wards[:most], wards[most:]
        if not some or len(prices) >= _ENOUGH:
            break
        query = (
            select(Listing.product_id, func.min(Listing.price_per_kg).label("price"))
            .where(Listing.listing_status == AVAILABLE, Listing.ward_code.in_(some))
            .group_by(Listing.product_id)
        )
        for row in tx.session.execute(query):
            if row.product_id not in besides and (among is None or row.product_id in among):
                prices[row.product_id] = min(row.price, prices.get(row.product_id, row.price))
    return sorted(prices, key=lambda product_id: (prices[product_id], product_id))
