"""What is near: wards a rider brings things to, and the nearest that there is (DR-506)."""

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from core.db import Tx
from core.events import FeeSought
from core.listings import near as offers
from core.locations import service as locations
from core.locations.places import Places, Ward, km_between
from core.money import round2


@dataclass(frozen=True)
class NearestView:
    """The nearest offer of a product, for an empty search.

    km         by road
    price      KES for one `unit`
    quantity   the least the farmer sells, in that unit; `goods` is its price
    fee        of bringing that to the ward; None where no rider goes that far (DR-1106)
    delivered  goods and fee together, or None
    """

    listing_id: int
    farm: str
    place: str
    county: str
    km: Decimal
    price: Decimal
    unit: str
    quantity: Decimal
    goods: Decimal
    fee: Decimal | None
    delivered: Decimal | None


def nearest(tx: Tx, product_id: int, ward_code: int) -> NearestView | None:
    """The nearest that exists of a product, wherever it is; None if nobody sells any.

    What an empty search says before it offers to tell (DR-506). Raises UnknownWard, UnknownProduct.
    """
    here = tx.parts.places.get(ward_code).point
    tx.parts.products.entry(product_id)
    listing = offers.nearest(tx, product_id=product_id, point=here)
    if listing is None:
        return None
    there = listing.farm.location
    straight = Decimal(str(km_between(here, locations.point_of(tx, there))))
    km = round2(straight * tx.setting("delivery.road_factor"))
    quantity = listing.min_order_quantity
    goods = round2(quantity * listing.current_price)
    fee = None
    if km <= tx.setting("delivery.max_km"):
        sought = FeeSought(km=km, kg=round2(quantity * listing.kg_per_unit), subtotal=goods)
        tx.emit(sought)
        fee = next(iter(sought.fees), None)
    return NearestView(
        listing_id=listing.listing_id,
        farm=listing.farm.farm_name,
        place=there.ward,
        county=there.county,
        km=km,
        price=listing.current_price,
        unit=listing.unit,
        quantity=quantity,
        goods=goods,
        fee=fee,
        delivered=None if fee is None else goods + fee,
    )


def wards_near(tx: Tx, ward_code: int) -> tuple[int, ...]:
    """The wards to and from which a rider goes: at most `delivery.max_km` by road, middle to middle."""
    straight = float(tx.setting("delivery.max_km") / tx.setting("delivery.road_factor"))
    return _around(tx.parts.places, tx.parts.places.get(ward_code), straight)


@lru_cache(maxsize=2048)
def _around(places: Places, ward: Ward, km: float) -> tuple[int, ...]:
    return tuple(places.wards_near(ward.point, km))
