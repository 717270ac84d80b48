"""What the market pays: the price to show beside a question, the average to compare with (section 5)."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

from sqlalchemy import bindparam, select

from core.clock import nairobi_date
from core.db import Tx
from core.insights import rules
from core.insights.models import MarketPrice
from core.insights.rules import Published
from core.locations.places import Places, km_between

_PUBLISHED = select(
    MarketPrice.market,
    MarketPrice.county_code,
    MarketPrice.price_type,
    MarketPrice.price_per_base_unit,
    MarketPrice.base_unit,
    MarketPrice.date,
).where(
    MarketPrice.product_id == bindparam("product_id"),
    MarketPrice.date.between(bindparam("since"), bindparam("today")),
)


@dataclass(frozen=True)
class ShownPrice:
    """A market price as people are shown it, always with its market and month (DR-507).

    price       KES for one of the unit that was asked about
    price_type  wholesale or retail
    """

    price: Decimal
    market: str
    month: date
    price_type: str


def latest_price(tx: Tx, product_id: int, *, county_code: int, unit: str) -> ShownPrice | None:
    """The last known market price of a product, for one `unit`; None after `price.show_days` (DR-507).

    Wholesale where there is any, else retail. Of the county itself, else the nation's latest; of markets
    alike the nearest county's. One SQL statement.
    """
    known = _published(tx, product_id, days=tx.setting("price.show_days"))
    best = rules.nearest_latest(rules.of_one_type(known), county_code, _km_from(tx.parts.places, county_code))
    if best is None:
        return None
    price = rules.in_unit(best.per_base_unit, best.base_unit, unit, tx.parts.products.entry(product_id).units)
    return None if price is None else ShownPrice(price, best.market, best.month, best.price_type)


def market_average(tx: Tx, product_id: int, *, county_code: int, unit: str) -> Decimal | None:
    """The mean of the market prices inside `price.window_days`, for one `unit`: the county's, else the
    nation's; wholesale and retail are never averaged together (DR-501, DR-507)."""
    known = _published(tx, product_id, days=tx.setting("price.window_days"))
    own = rules.of_one_type(price for price in known if price.county_code == county_code)
    units = tx.parts.products.entry(product_id).units
    converted = (
        rules.in_unit(price.per_base_unit, price.base_unit, unit, units)
        for price in own or rules.of_one_type(known)
    )
    return rules.mean(price for price in converted if price is not None)


def _published(tx: Tx, product_id: int, *, days: int) -> list[Published]:
    today = nairobi_date(tx.now)
    rows = tx.look(_PUBLISHED, product_id=product_id, since=today - timedelta(days=days), today=today)
    return [Published(*tuple(row)) for row in rows]


@cache
def _km_from(places: Places, county_code: int) -> dict[int, float]:
    here = places.county(county_code).point
    return {county.code: km_between(here, county.point) for county in places.counties()}
