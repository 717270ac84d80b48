"""What a customer could have brought to one of her places, cheapest first with the way to her door (DR-1210).

A look before she has said how much: the sum of an order stands in a quote, or in a preview of her cart.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.actor import Actor
from core.db import Tx
from core.events import RatingSought
from core.listings import shelf
from core.listings.shelf import FarmNear, OnSale
from core.locations.places import Point, km_between
from core.locations.served import served
from core.money import round2
from core.orders import rules
from core.orders.bringing import tariff

# Offers are compared by what so many kg of them cost at the door (or the least that is sold, if it is more).
BASKET_KG = Decimal(10)


@dataclass(frozen=True)
class Shown:
    """An offer on the shelf; `km` by road (DR-1103), `rating` of its farmer, None while nobody has rated."""

    offer: OnSale
    km: Decimal
    rating: Decimal | None


@dataclass(frozen=True)
class FarmShown:
    """A farm that sells something within a rider's reach; `km` by road."""

    farm: FarmNear
    km: Decimal
    rating: Decimal | None


def reachable(tx: Tx, actor: Actor, *, product_id: int, point: Point) -> list[Shown]:
    """The offers of a product within a rider's reach of `point`: ready before growing, heard of before
    unheard, then the cheapest by weight with the delivery. At most three SQL statements."""
    found = shelf.near(tx, product_id=product_id, point=point, km=_straight(tx))
    return _shown(tx, [one for one in found if _may_buy(tx, actor, one)])[: shelf.MOST]


def of_farm(tx: Tx, actor: Actor, *, farm_id: int, point: Point) -> list[Shown]:
    """What one farm sells, ordered as `reachable`; at most two SQL statements."""
    found = shelf.of_farm(tx, farm_id=farm_id, point=point)
    return _shown(tx, [one for one in found if _may_buy(tx, actor, one)])


def one(tx: Tx, *, listing_id: int, point: Point) -> Shown | None:
    """One offer, whoever can reach it; at most two SQL statements."""
    found = shelf.one(tx, listing_id=listing_id, point=point)
    return None if found is None else _shown(tx, [found])[0]


def farms(tx: Tx, actor: Actor, *, point: Point) -> list[FarmShown]:
    """The farms within a rider's reach of `point` that sell something, the nearest first; at most three
    SQL statements."""
    wards = [code for code in wards_outwards(tx, point) if served(tx, code)]
    found = shelf.farms_near(tx, ward_codes=wards, point=point)
    sellers = [farm for farm in found if farm.farmer_id != actor.user_id]
    ratings = _ratings(tx, [farm.farmer_id for farm in sellers])
    return [FarmShown(farm, _road(tx, farm.km), ratings.get(farm.farmer_id)) for farm in sellers]


def _shown(tx: Tx, offers: Sequence[OnSale]) -> list[Shown]:
    ratings = _ratings(tx, [one.farmer_id for one in offers])
    return cheapest_first(tx, [Shown(one, _road(tx, one.km), ratings.get(one.farmer_id)) for one in offers])


def cheapest_first(tx: Tx, shown: Sequence[Shown]) -> list[Shown]:
    """Ready before growing, heard of before unheard, then the cheapest by weight with the delivery."""
    charged = tariff(tx)

    def at_the_door(one: Shown) -> tuple[bool, bool, Decimal, Decimal, int]:
        offer = one.offer
        kg = max(BASKET_KG, offer.minimum * offer.kg)
        fee = rules.delivery_fee(charged, km=one.km, kg=kg, farms=1)
        return offer.growing, offer.unheard, offer.price / offer.kg + fee / kg, one.km, offer.listing_id

    return sorted(shown, key=at_the_door)


def _may_buy(tx: Tx, actor: Actor, offer: OnSale) -> bool:
    return offer.farmer_id != actor.user_id and served(tx, offer.ward_code)


def _ratings(tx: Tx, farmers: Sequence[int]) -> dict[int, Decimal]:
    sought = RatingSought("farmer", tuple(sorted(set(farmers))))
    if sought.ids:
        tx.emit(sought)
    return sought.ratings


def wards_outwards(tx: Tx, point: Point) -> list[int]:
    """The wards within a rider's reach of a point, the nearest first."""
    places = tx.parts.places
    codes = places.wards_near(point, _straight(tx))
    return sorted(codes, key=lambda code: (km_between(point, places.get(code).point), code))


def _straight(tx: Tx) -> float:
    """How far a rider goes, as the crow flies (DR-1106, DR-1103)."""
    return float(tx.setting("delivery.max_km") / tx.setting("delivery.road_factor"))


def _road(tx: Tx, straight: float) -> Decimal:
    return round2(Decimal(str(straight)) * tx.setting("delivery.road_factor"))
