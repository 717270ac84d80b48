"""Reading market prices: the list, the price near me and how it moved, where it pays most (DR-507)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, select

from core.actor import Actor
from core.clock import nairobi_date
from core.db import Tx
from core.errors import BadInput
from core.insights import rules
from core.insights.errors import PlaceMissing
from core.insights.models import Market, MarketPrice
from core.insights.service import published, shown_near
from core.locations import service as locations
from core.locations.places import Point, km_between
from core.money import round2
from core.pages import Page, page_of
from core.users import service as users

MOST_MARKETS = 20

_BEFORE = (
    select(MarketPrice.price_per_base_unit, MarketPrice.base_unit, MarketPrice.date)
    .where(
        MarketPrice.product_id == bindparam("product_id"),
        MarketPrice.market == bindparam("market"),
        MarketPrice.price_type == bindparam("price_type"),
        MarketPrice.date < bindparam("month"),
    )
    .order_by(MarketPrice.date.desc())
    .limit(1)
)
_POINTS = select(Market.market, Market.county_code, Market.latitude, Market.longitude).where(
    Market.market.in_(bindparam("markets", expanding=True))
)


@dataclass(frozen=True)
class PriceView:
    """A market price as it was published: KES for one `unit`, and for one kg, litre or piece."""

    price_id: int
    product_id: int
    market: str
    county: str
    unit: str
    price: Decimal
    price_type: str
    price_per_base_unit: Decimal
    base_unit: str
    date: date
    source: str


@dataclass(frozen=True)
class PriceNow:
    """What the market near a person pays for one `unit` (KES), and how that moved (DR-507).

    before, before_month  the figure before, of the same market and type; None when there is none
    change_percent        from that one to this, two decimals half-up
    """

    price: Decimal
    unit: str
    market: str
    month: date
    price_type: str
    before: Decimal | None
    before_month: date | None
    change_percent: Decimal | None


@dataclass(frozen=True)
class MarketOffer:
    """What one market last paid for one `unit` (KES), and how far it is as the crow flies."""

    market: str
    county: str
    price: Decimal
    unit: str
    month: date
    price_type: str
    km: Decimal


def prices(
    tx: Tx,
    actor: Actor,
    *,
    product_id: int | None = None,
    county_code: int | None = None,
    market: str | None = None,
    price_type: str | None = None,
    since: date | None = None,
    until: date | None = None,
    page: int = 1,
) -> Page[PriceView]:
    """The market prices that fit all that is given, the newest first; days are included at both ends.

    Raises NotAllowed, BadInput(page).
    """
    users.may(tx, actor, "read", "market_prices", own=False, verified=False)
    query = select(MarketPrice).order_by(MarketPrice.date.desc(), MarketPrice.price_id.desc())
    for column, wanted in (
        (MarketPrice.product_id, product_id),
        (MarketPrice.county_code, county_code),
        (MarketPrice.market, market),
        (MarketPrice.price_type, price_type),
    ):
        if wanted is not None:
            query = query.where(column == wanted)
    query = query.where(MarketPrice.date <= min(until or date.max, nairobi_date(tx.now)))
    if since is not None:
        query = query.where(MarketPrice.date >= since)
    return page_of(tx, query, page, lambda row: view(tx, row.MarketPrice))


def near_me(
    tx: Tx, actor: Actor, *, product_id: int, unit: str | None = None, ward_code: int | None = None
) -> PriceNow | None:
    """What the market nearest to the actor last paid, and the change against the figure before.

    unit       one of the product's; else kg, or what it is sold in
    ward_code  instead of the actor's default place

    None where nothing is known that may still be shown. Raises PlaceMissing, UnknownWard, UnknownProduct,
    NotAllowed.
    """
    users.may(tx, actor, "read", "market_prices", own=False, verified=False)
    return in_county(
        tx, product_id=product_id, unit=unit, county_code=_ward(tx, actor, ward_code).county_code
    )


def in_county(tx: Tx, *, product_id: int, county_code: int, unit: str | None = None) -> PriceNow | None:
    """As `near_me`, for whoever has shown who she is and where: two narrow looks. Raises UnknownProduct."""
    entry = tx.parts.products.entry(product_id)
    asked = unit or common_unit(tx, product_id)
    best = shown_near(tx, product_id, county_code)
    if best is None:
        return None
    price = rules.in_unit(best.per_base_unit, best.base_unit, asked, entry.units)
    if price is None:
        return None
    row = tx.look(
        _BEFORE, product_id=product_id, market=best.market, price_type=best.price_type, month=best.month
    ).first()
    before = row and rules.in_unit(row.price_per_base_unit, row.base_unit, asked, entry.units)
    return PriceNow(
        price=round2(price),
        unit=asked,
        market=best.market,
        month=best.month,
        price_type=best.price_type,
        before=round2(before) if before else None,
        before_month=row.date if row and before else None,
        change_percent=rules.change(before, price) if before else None,
    )


def pays_most(
    tx: Tx,
    actor: Actor,
    *,
    product_id: int,
    unit: str | None = None,
    ward_code: int | None = None,
    within_km: int | None = None,
    limit: int = 5,
) -> list[MarketOffer]:
    """The markets that last paid most for one `unit`, the dearest first, of alike ones the nearest.

    The plain price: getting there is not counted. One type of price (wholesale, else retail), none older than
    `price.show_days`.

    within_km  no market farther away than this
    limit      1 to 20

    Raises BadInput(limit), and as `near_me`.
    """
    users.may(tx, actor, "read", "market_prices", own=False, verified=False)
    if not 1 <= limit <= MOST_MARKETS:
        raise BadInput(limit=limit)
    here = _ward(tx, actor, ward_code).point
    return dearest(tx, product_id=product_id, here=here, unit=unit, within_km=within_km)[:limit]


def dearest(
    tx: Tx, *, product_id: int, here: Point, unit: str | None = None, within_km: int | None = None
) -> list[MarketOffer]:
    """As `pays_most`, for whoever has shown who she is and where: two narrow looks, MOST_MARKETS at most.

    Raises UnknownProduct.
    """
    asked = unit or common_unit(tx, product_id)
    units = tx.parts.products.entry(product_id).units
    known = published(tx, [product_id], days=tx.setting("price.show_days"))[product_id]
    latest = rules.latest_of_each_market(rules.of_one_type(known))
    km = _km(tx, here, [price.market for price in latest])
    offers = []
    for one in latest:
        price = rules.in_unit(one.per_base_unit, one.base_unit, asked, units)
        if price is not None and (within_km is None or km[one.market] <= within_km):
            county = tx.parts.places.county(one.county_code).name
            offers.append(
                MarketOffer(
                    one.market, county, round2(price), asked, one.month, one.price_type, km[one.market]
                )
            )
    return sorted(offers, key=lambda offer: (-offer.price, offer.km, offer.market))[:MOST_MARKETS]


def common_unit(tx: Tx, product_id: int) -> str:
    """The unit in which prices of a product are told when nobody says one: kg, else what it is sold in."""
    entry = tx.parts.products.entry(product_id)
    return "kg" if "kg" in entry.units else entry.unit


def view(tx: Tx, row: MarketPrice) -> PriceView:
    """A price as it is shown."""
    return PriceView(
        price_id=row.price_id,
        product_id=row.product_id,
        market=row.market,
        county=tx.parts.places.county(row.county_code).name,
        unit=row.unit,
        price=row.price,
        price_type=row.price_type,
        price_per_base_unit=row.price_per_base_unit,
        base_unit=row.base_unit,
        date=row.date,
        source=row.source,
    )


def _ward(tx: Tx, actor: Actor, ward_code: int | None) -> Any:
    if ward_code is None:
        place = locations.default_of(tx, actor.user_id) if actor.user_id is not None else None
        if place is None:
            raise PlaceMissing
        ward_code = place.ward_code
    return tx.parts.places.get(ward_code)


def _km(tx: Tx, here: Point, markets: list[str]) -> dict[str, Decimal]:
    """Km to each market: to its point, or to the middle of its county."""
    found = {}
    for row in tx.look(_POINTS, markets=sorted(set(markets))) if markets else ():
        point = (
            tx.parts.places.county(row.county_code).point
            if row.latitude is None or row.longitude is None
            else Point(row.latitude, row.longitude)
        )
        found[row.market] = round2(Decimal(str(km_between(here, point))))
    return found
