"""Whom an alert concerns: farmers with a farm there, riders with a delivery there (DR-1601)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select

from core.db import Tx
from core.deliveries.machine import IN_HAND
from core.deliveries.models import Delivery
from core.farms.models import Farm
from core.listings.models import Listing
from core.locations.models import Location
from core.orders.models import Order, OrderItem
from core.users.models import User
from core.weather.models import WeatherAlert
from core.weather.service import wards_of

BATCH = 200


def next_receivers(tx: Tx, alert: WeatherAlert) -> list[User]:
    """The next people to be told, in the order of their ids: at most 200 of those behind `told_to`.

    Active farmers of whom an active farm lies in the zone or in one of the wards; active riders with a
    delivery in hand from such a farm, or to one of the wards. Three statements that each stop at 200.
    """
    wards = wards_of(tx, alert.alert_id)
    there = or_(Farm.weather_zone == alert.zone, Location.ward_code.in_(wards))
    found: set[int] = set()
    for people in (_farmers(there), _collecting(there), _bringing(wards)):
        query = people.where(User.user_id > alert.told_to, User.is_active).distinct()
        found.update(tx.session.scalars(query.order_by(User.user_id).limit(BATCH)))
    ids = sorted(found)[:BATCH]
    return list(tx.session.scalars(select(User).where(User.user_id.in_(ids)).order_by(User.user_id)))


def _farmers(there: ColumnElement[bool]) -> Select[int]:
    query = select(User.user_id).join(Farm, Farm.farmer_id == User.user_id)
    return query.join(Location, Location.location_id == Farm.location_id).where(Farm.is_active, there)


def _collecting(there: ColumnElement[bool]) -> Select[int]:
    return (
        _riders()
        .join(OrderItem, OrderItem.order_id == Delivery.order_id)
        .join(Listing, Listing.listing_id == OrderItem.listing_id)
        .join(Farm, Farm.farm_id == Listing.farm_id)
        .join(Location, Location.location_id == Farm.location_id)
        .where(there)
    )


def _bringing(wards: Sequence[int]) -> Select[int]:
    to: Any = Order.drop["ward_code"].as_integer()
    return _riders().join(Order, Order.order_id == Delivery.order_id).where(to.in_(wards))


def _riders() -> Select[int]:
    query = select(User.user_id).join(Delivery, Delivery.rider_id == User.user_id)
    return query.where(Delivery.delivery_status.in_(IN_HAND))
