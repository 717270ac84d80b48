"""A listing as people are shown it: the platform document's response, field by field (DR-106, DR-107)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import Select
from sqlalchemy.orm import joinedload

from core.db import Tx
from core.events import RatingSought
from core.farms.models import Farm
from core.insights import service as insights
from core.insights.service import PriceComparison
from core.listings.models import Listing
from core.msisdn import national


@dataclass(frozen=True)
class FarmerView:
    """Who sells; the number in its national form (DR-108)."""

    user_id: int
    first_name: str
    last_name: str
    phone_number: str


@dataclass(frozen=True)
class FarmShown:
    """Where it grew, with the ward it lies in."""

    farm_id: int
    farm_name: str
    county: str
    ward: str


@dataclass(frozen=True)
class ProductShown:
    """What it is."""

    product_id: int
    product_name: str
    unit_of_measure: str


@dataclass(frozen=True)
class ListingView:
    """A listing.

    unit              in what it is sold; `kg_per_unit` is what one holds, told to every buyer (DR-105)
    farmer_rating     mean of her visible reviews, None while there are none (DR-1403)
    price_comparison  None where the market is not known (DR-501)
    """

    JSON_NUMBERS: ClassVar = frozenset({"farmer_rating"})

    listing_id: int
    farmer: FarmerView
    farm: FarmShown
    product: ProductShown
    unit: str
    kg_per_unit: Decimal
    current_price: Decimal
    quantity_available: Decimal
    min_order_quantity: Decimal
    harvest_date: date | None
    expected_harvest_date: date | None
    quality_grade: str
    is_organic_certified: bool
    listing_status: str
    notes: str
    photo_url: str
    farmer_rating: Decimal | None
    price_comparison: PriceComparison | None
    created_at: datetime


def loaded(query: Select[Listing]) -> Select[Listing]:
    """With all that a view shows of farm, place, farmer and product."""
    farm = joinedload(Listing.farm)
    return query.options(
        farm.joinedload(Farm.location), farm.joinedload(Farm.farmer), joinedload(Listing.product)
    )


def views(tx: Tx, listings: Sequence[Listing]) -> list[ListingView]:
    """Views of listings that were read with `loaded`; ratings and comparisons are asked once for all."""
    rated = RatingSought("farmer", tuple({one.farmer_id for one in listings}))
    tx.emit(rated)
    compared = insights.price_comparisons(tx, listings)
    return [_view(one, rated.ratings.get(one.farmer_id), compared.get(one.listing_id)) for one in listings]


def _view(one: Listing, rating: Decimal | None, comparison: PriceComparison | None) -> ListingView:
    farm, farmer, product = one.farm, one.farm.farmer, one.product
    return ListingView(
        listing_id=one.listing_id,
        farmer=FarmerView(
            user_id=farmer.user_id,
            first_name=farmer.first_name,
            last_name=farmer.last_name,
            phone_number=national(farmer.phone_number),
        ),
        farm=FarmShown(farm.farm_id, farm.farm_name, farm.location.county, farm.location.ward),
        product=ProductShown(product.product_id, product.product_name, product.unit_of_measure),
        unit=one.unit,
        kg_per_unit=one.kg_per_unit,
        current_price=one.current_price,
        quantity_available=one.quantity_available,
        min_order_quantity=one.min_order_quantity,
        harvest_date=one.harvest_date,
        expected_harvest_date=one.expected_harvest_date,
        quality_grade=one.quality_grade,
        is_organic_certified=one.is_organic_certified,
        listing_status=one.listing_status,
        notes=one.notes,
        photo_url=one.photo_url,
        farmer_rating=rating,
        price_comparison=comparison,
        created_at=one.created_at,
    )
