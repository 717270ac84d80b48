"""Where everybody is, and what people wanted where we could not bring it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, func, select

from core.actor import Actor
from core.clock import nairobi_date
from core.db import Tx
from core.deliveries.machine import NOT_OVER
from core.deliveries.models import Delivery
from core.farms.models import Farm
from core.following import service as following
from core.insights.models import MarketPrice
from core.locations.models import Location
from core.orders.models import Order
from core.users.models import User

UNDER_WAY = ("pending", *NOT_OVER)
WIDTH, HEIGHT = 720, 860
MARGIN = 12
MOST_WANTED = 40
LARGEST = 16.0  # radius of the busiest ward, in units of the map


@dataclass(frozen=True)
class Dot:
    """A ward on the map: its place in the drawing, and what is there."""

    x: float
    y: float
    r: float
    ward: str
    county: str
    farms: int
    customers: int
    deliveries: int


@dataclass(frozen=True)
class PriceLine:
    """One market's prices of a product: day and KES for a kg, litre or piece, oldest first."""

    market: str
    points: Sequence[tuple[date, float]]


def dots(tx: Tx) -> tuple[list[tuple[float, float]], list[Dot]]:
    """All wards as faint points, and those where somebody is: farms, customers, deliveries under way."""
    places = tx.parts.places
    wards = places.all()
    west, east = min(w.lon for w in wards), max(w.lon for w in wards)
    south, north = min(w.lat for w in wards), max(w.lat for w in wards)
    scale = min((WIDTH - 2 * MARGIN) / (east - west), (HEIGHT - 2 * MARGIN) / (north - south))

    def at(lat: float, lon: float) -> tuple[float, float]:
        return round(MARGIN + (lon - west) * scale, 1), round(MARGIN + (north - lat) * scale, 1)

    farms = _by_ward(tx, select(Location.ward_code, func.count()).join(Farm).where(Farm.is_active))
    homes = _by_ward(
        tx,
        select(Location.ward_code, func.count())
        .join(User, User.user_id == Location.default_of)
        .where(User.user_role == "customer", User.is_active),
    )
    ward_of = Order.drop["ward_code"].as_integer()
    roads = _by_ward(
        tx,
        select(ward_of, func.count())
        .select_from(Delivery)
        .join(Order)
        .where(Delivery.delivery_status.in_(UNDER_WAY)),
        ward_of,
    )
    busiest = max((farms.get(w.code, 0) + homes.get(w.code, 0) for w in wards), default=0) or 1
    found = []
    for ward in wards:
        here = farms.get(ward.code, 0), homes.get(ward.code, 0), roads.get(ward.code, 0)
        if any(here):
            radius = 3 + (LARGEST - 3) * ((here[0] + here[1]) / busiest) ** 0.5
            found.append(Dot(*at(ward.lat, ward.lon), round(radius, 1), ward.ward, ward.county, *here))
    found.sort(key=lambda dot: -dot.r)  # the small ones on top
    return [at(ward.lat, ward.lon) for ward in wards], found


def wanted(tx: Tx, actor: Actor, days: int) -> Sequence[following.DemandView]:
    """What people asked for and could not have in these days, most people first (DR-1212)."""
    today = nairobi_date(tx.now)
    return following.waiting_demand(tx, actor, since=today - timedelta(days=days - 1), until=today)[
        :MOST_WANTED
    ]


def priced(tx: Tx) -> list[int]:
    """The products that any market has a price for."""
    return list(
        tx.session.scalars(select(MarketPrice.product_id).distinct().order_by(MarketPrice.product_id))
    )


def prices(tx: Tx, product_id: int, price_type: str) -> list[PriceLine]:
    """Every market's figures of one product in the last two years there are, the longest line first."""
    newest = tx.session.scalar(select(func.max(MarketPrice.date)).where(MarketPrice.product_id == product_id))
    if newest is None:
        return []
    rows = tx.session.execute(
        select(MarketPrice.market, MarketPrice.date, MarketPrice.price_per_base_unit)
        .where(
            MarketPrice.product_id == product_id,
            MarketPrice.price_type == price_type,
            MarketPrice.date > newest - timedelta(days=730),
        )
        .order_by(MarketPrice.market, MarketPrice.date, MarketPrice.price_id)
    )
    lines: dict[str, list[tuple[date, float]]] = {}
    for market, day, price in rows:
        lines.setdefault(market, []).append((day, float(price)))
    return sorted(
        (PriceLine(m, p) for m, p in lines.items()), key=lambda line: (-len(line.points), line.market)
    )


def _by_ward(tx: Tx, query: Select[int, int], ward: Any = Location.ward_code) -> Mapping[int, int]:
    return {int(code): count for code, count in tx.session.execute(query.group_by(ward)) if code is not None}
