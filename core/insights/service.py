"""What the market pays: the price to show beside a question, and how a listing compares (section 5)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, ClassVar, Literal

from sqlalchemy import bindparam, select

from core.clock import nairobi_date
from core.db import Tx
from core.events import PeersSought
from core.farms.models import Farm
from core.insights import rules
from core.insights.models import MarketPrice
from core.insights.rules import Published, Status
from core.locations.models import Location
from core.locations.places import Places, km_between
from core.money import round2

if TYPE_CHECKING:  # listings stand above this area; only what one looks like is needed here
    from core.listings.models import Listing

Basis = Literal["region", "national", "peers"]
NATION = "Kenya"

_PUBLISHED = select(
    MarketPrice.product_id,
    MarketPrice.market,
    MarketPrice.county_code,
    MarketPrice.price_type,
    MarketPrice.price_per_base_unit,
    MarketPrice.base_unit,
    MarketPrice.date,
).where(
    MarketPrice.product_id.in_(bindparam("product_ids", expanding=True)),
    MarketPrice.date.between(bindparam("since"), bindparam("today")),
)
_WARD_OF_FARM = (
    select(Farm.farm_id, Location.ward_code)
    .join(Location, Location.location_id == Farm.location_id)
    .where(Farm.farm_id.in_(bindparam("farm_ids", expanding=True)))
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


@dataclass(frozen=True)
class Average:
    """What the market pays for one unit (DR-501).

    price   KES, to the cent
    basis   region: markets of the county; national: of the whole country; peers: other farmers' listings
    market  the one market whose figures these are, else the county or Kenya; "" for peers
    month   of the latest figure; None for peers
    """

    price: Decimal
    basis: Basis
    market: str = ""
    month: date | None = None


@dataclass(frozen=True)
class PriceComparison:
    """A listing's price beside the market's, for one of the listing's own unit (DR-501 to DR-503).

    market_average, listing_price, difference (KES) and percentage are exact to two decimals; JSON shows them
    as numbers (DR-106). status is above_market, at_market or below_market; the rest as in `Average`.
    """

    JSON_NUMBERS: ClassVar = frozenset({"market_average", "listing_price", "difference", "percentage"})

    market_average: Decimal
    listing_price: Decimal
    difference: Decimal
    percentage: Decimal
    status: Status
    basis: Basis
    market: str
    month: date | None


def latest_price(tx: Tx, product_id: int, *, county_code: int, unit: str) -> ShownPrice | None:
    """The last known market price of a product, for one `unit`; None after `price.show_days` (DR-507).

    Wholesale where there is any, else retail. Of the county itself, else the nation's latest; of markets
    alike the nearest county's. One SQL statement.
    """
    best = shown_near(tx, product_id, county_code)
    if best is None:
        return None
    price = rules.in_unit(best.per_base_unit, best.base_unit, unit, tx.parts.products.entry(product_id).units)
    return None if price is None else ShownPrice(round2(price), best.market, best.month, best.price_type)


def shown_near(tx: Tx, product_id: int, county_code: int) -> Published | None:
    """The published price behind `latest_price`, by the kg, litre or piece."""
    known = published(tx, [product_id], days=tx.setting("price.show_days"))[product_id]
    return rules.nearest_latest(rules.of_one_type(known), county_code, _km_from(tx.parts.places, county_code))


def market_average(
    tx: Tx, product_id: int, *, county_code: int, unit: str, farmer_id: int = 0, kg: Decimal | None = None
) -> Average | None:
    """What others ask or get for one `unit`, or None where too little is known (DR-501, DR-507).

    The mean of the market prices inside `price.window_days`: the county's, else the nation's, wholesale and
    retail never together; else the mean of at least `price.min_peer_listings` listings of other farmers.

    farmer_id  whose listings are no peers; 0 for nobody
    kg         in one unit, where it is not the pack's
    """
    known = published(tx, [product_id], days=tx.setting("price.window_days"))[product_id]
    return _average(tx, known, product_id, county_code, unit, farmer_id, kg)


def price_comparison(tx: Tx, listing: "Listing") -> PriceComparison | None:
    """How a listing's price stands to the market's; None where that is not known (DR-501 to DR-503)."""
    return price_comparisons(tx, [listing])[listing.listing_id]


def price_comparisons(tx: Tx, listings: Sequence["Listing"]) -> dict[int, PriceComparison | None]:
    """The same for many, by listing_id: two statements, two more for each of a product without prices."""
    if not listings:
        return {}
    known = published(tx, {one.product_id for one in listings}, days=tx.setting("price.window_days"))
    places = tx.parts.places
    wards = tx.look(_WARD_OF_FARM, farm_ids=sorted({one.farm_id for one in listings}))
    county_of = {row.farm_id: places.get(row.ward_code).county_code for row in wards}
    found = {}
    for one in listings:
        average = _average(
            tx,
            known[one.product_id],
            one.product_id,
            county_of[one.farm_id],
            one.unit,
            one.farmer_id,
            one.kg_per_unit,
        )
        found[one.listing_id] = _compared(tx, one.current_price, average)
    return found


def published(tx: Tx, product_ids: Iterable[int], *, days: int) -> dict[int, list[Published]]:
    """The market prices of products in the last `days`, none of them of the future; one statement."""
    today = nairobi_date(tx.now)
    wanted = sorted(set(product_ids))
    found: dict[int, list[Published]] = {product_id: [] for product_id in wanted}
    since = today - timedelta(days=days)
    for row in tx.look(_PUBLISHED, product_ids=wanted, since=since, today=today):
        found[row[0]].append(Published(*tuple(row)[1:]))
    return found


@cache
def _km_from(places: Places, county_code: int) -> Mapping[int, float]:
    """Great-circle km from the middle of a county to that of every county, by its code."""
    here = places.county(county_code).point
    return {county.code: km_between(here, county.point) for county in places.counties()}


def _average(
    tx: Tx,
    known: Sequence[Published],
    product_id: int,
    county_code: int,
    unit: str,
    farmer_id: int,
    kg: Decimal | None,
) -> Average | None:
    units = tx.parts.products.entry(product_id).units
    weights = units if kg is None else {**units, unit: kg}
    own = [price for price in known if price.county_code == county_code]
    county = tx.parts.places.county(county_code).name
    return (
        _mean(own, "region", county, unit, weights)
        or _mean(known, "national", NATION, unit, weights)
        or _of_peers(tx, product_id, unit, weights.get(unit), farmer_id)
    )


def _mean(
    known: Sequence[Published], basis: Basis, where: str, unit: str, weights: Mapping[str, Decimal]
) -> Average | None:
    listed = rules.of_one_type(known)
    converted = [rules.in_unit(price.per_base_unit, price.base_unit, unit, weights) for price in listed]
    price = rules.mean(value for value in converted if value is not None)
    if price is None:
        return None
    markets = {price.market for price in listed}
    market = next(iter(markets)) if len(markets) == 1 else where
    return Average(price, basis, market, max(price.month for price in listed))


def _of_peers(tx: Tx, product_id: int, unit: str, kg: Decimal | None, farmer_id: int) -> Average | None:
    sought = PeersSought(product_id, farmer_id)
    tx.emit(sought)
    converted = (rules.of_peer(*peer, unit, kg) for peer in sought.prices)
    asked = [price for price in converted if price is not None]
    price = rules.mean(asked) if len(asked) >= tx.setting("price.min_peer_listings") else None
    return None if price is None else Average(price, "peers")


def _compared(tx: Tx, price: Decimal, average: Average | None) -> PriceComparison | None:
    if average is None or not average.price:
        return None
    tolerance = tx.setting("price.at_market_tolerance_percent")
    difference, percentage, status = rules.compare(price, average.price, tolerance)
    return PriceComparison(
        market_average=average.price,
        listing_price=price,
        difference=difference,
        percentage=percentage,
        status=status,
        basis=average.basis,
        market=average.market,
        month=average.month,
    )
