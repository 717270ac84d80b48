"""Where a delivery goes: one pickup per farm, then the door; which of them are done (D1, D4, DR-1211)."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol, TypeVar

from sqlalchemy import select

from core import rows
from core.actor import Actor
from core.db import Tx
from core.deliveries.models import Delivery, DeliveryStop
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

DROP = "drop"
# Goods that are not with a rider yet and not his to wait for.
UNREADY = ("pending", "harvested", "packed")


@dataclass(frozen=True)
class Stop:
    """A farm to collect from: the place, the people, its items, and how much waits there in kg."""

    farm_id: int
    point: Point
    location: Location
    farm: str
    farmer: User
    kg: Decimal
    item_ids: tuple[int, ...] = ()
    ready: bool = True

    @property
    def place(self) -> str:
        """Its name among the stops of one delivery."""
        return f"farm:{self.farm_id}"


def pickups(tx: Tx, order: Order) -> list[Stop]:
    """The farms of an order in the order a rider passes them (DR-1103)."""
    rows = tx.session.execute(
        select(
            Location,
            Farm.farm_id,
            Farm.farm_name,
            User,
            OrderItem.order_item_id,
            OrderItem.item_status,
            OrderItem.fulfilled_quantity,
            OrderItem.kg_per_unit,
        )
        .join(Farm, Farm.location_id == Location.location_id)
        .join(Listing, Listing.farm_id == Farm.farm_id)
        .join(OrderItem, OrderItem.listing_id == Listing.listing_id)
        .join(User, User.user_id == Farm.farmer_id)
        .where(OrderItem.order_id == order.order_id, OrderItem.item_status.not_in(DEAD_ITEMS))
        .order_by(OrderItem.order_item_id)
    )
    stops: dict[int, Stop] = {}
    for place, farm_id, farm, farmer, item_id, status, quantity, kg_per_unit in rows:
        before = stops.get(farm_id)
        kg = round2(quantity * kg_per_unit) + (before.kg if before else ZERO)
        items = (*(before.item_ids if before else ()), item_id)
        ready = status not in UNREADY and (before is None or before.ready)
        stops[farm_id] = Stop(
            farm_id, locations.point_of(tx, place), place, farm, farmer, kg, items, ready
        )  # fmt: skip
    door = Point(order.drop["lat"], order.drop["lon"])
    return nearest_first(stops.values(), door)


def write(tx: Tx, delivery: Delivery, order: Order) -> None:
    """The stops as rows (D1); a farm that came in later, for another that could not deliver, is added."""
    known = {stop.place for stop in of(tx, delivery)}
    farms = pickups(tx, order) if delivery.way != "collect" else []
    wanted = [("pickup", stop.place, stop.farm_id) for stop in farms] + [(DROP, DROP, None)]
    new = [
        DeliveryStop(
            delivery_id=delivery.delivery_id,
            kind=kind,
            place=place,
            farm_id=farm_id,
            position=position,
            counted={},
        )
        for position, (kind, place, farm_id) in enumerate(wanted, 1)
        if place not in known
    ]
    rows.add_all(tx, new)


def of(tx: Tx, delivery: Delivery) -> list[DeliveryStop]:
    """The rows of a delivery's stops, in the order of the way."""
    query = select(DeliveryStop).where(DeliveryStop.delivery_id == delivery.delivery_id)
    return list(tx.session.scalars(query.order_by(DeliveryStop.kind.desc(), DeliveryStop.position)))


def confirm(tx: Tx, actor: Actor, stop: DeliveryStop) -> None:
    """The rider was there and has what he came for, or has handed it over."""
    stop.done_by, stop.done_at = actor.user_id, tx.now
    tx.note(f"delivery:{stop.delivery_id}", f"stop {stop.place} done")


def confirm_all(tx: Tx, actor: Actor, came: Iterable[DeliveryStop]) -> None:
    """As `confirm` of each that is not done yet, in one statement."""
    new = [stop for stop in came if stop.done_at is None]
    for stop in new:
        confirm(tx, actor, stop)
    rows.store_all(tx, new)


def forget(tx: Tx, delivery: Delivery) -> None:
    """The goods are back at the farms: every stop is to come again (D8)."""
    known = of(tx, delivery)
    for stop in known:
        stop.done_by = stop.done_at = None
        stop.counted = {}
    rows.store_all(tx, known)


class Somewhere(Protocol):
    """What lies at a point."""

    @property
    def point(self) -> Point:
        """Where."""


S = TypeVar("S", bound=Somewhere)


def nearest_first(stops: Iterable[S], door: Point) -> list[S]:
    """The farms of one order in the order in which a rider passes them on the way to `door` (DR-1103)."""
    by_point: dict[Point, list[S]] = {}
    for stop in stops:
        by_point.setdefault(stop.point, []).append(stop)
    route = rules.nearest_first(list(by_point), door, km_between)
    return [stop for point in route for stop in by_point[point]]
