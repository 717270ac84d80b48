"""Where a delivery begins, and whom the rider meets there."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from core.db import Tx
from core.farms.models import Farm
from core.listings.models import Listing
from core.locations import service as locations
from core.locations.models import Location
from core.locations.places import Point, km_between
from core.money import ZERO, round2
from core.orders import rules
from core.orders.machine import DEAD_ITEMS
from core.orders.models import Order, OrderItem
from core.users.models import User


@dataclass(frozen=True)
class Stop:
    """A farm to collect from: the place, the people, and how much waits there in kg."""

    point: Point
    location: Location
    farm: str
    farmer: User
    kg: Decimal


def pickups(tx: Tx, order: Order) -> list[Stop]:
    """The farms of an order in the order a rider passes them (DR-1103)."""
    rows = tx.session.execute(
        select(Location, Farm.farm_name, User, OrderItem.fulfilled_quantity, OrderItem.kg_per_unit)
        .join(Farm, Farm.location_id == Location.location_id)
        .join(Listing, Listing.farm_id == Farm.farm_id)
        .join(OrderItem, OrderItem.listing_id == Listing.listing_id)
        .join(User, User.user_id == Farm.farmer_id)
        .where(OrderItem.order_id == order.order_id, OrderItem.item_status.not_in(DEAD_ITEMS))
        .order_by(OrderItem.order_item_id)
    )
    stops: dict[int, Stop] = {}
    for place, farm, farmer, quantity, kg_per_unit in rows:
        before = stops[place.location_id].kg if place.location_id in stops else ZERO
        kg = before + round2(quantity * kg_per_unit)
        stops[place.location_id] = Stop(locations.point_of(tx, place), place, farm, farmer, kg)
    door = Point(order.drop["lat"], order.drop["lon"])
    by_point = {stop.point: [] for stop in stops.values()}  # type: dict[Point, list[Stop]]
    for stop in stops.values():
        by_point[stop.point].append(stop)
    return [
        stop for point in rules.nearest_first(list(by_point), door, km_between) for stop in by_point[point]
    ]
