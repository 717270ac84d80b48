"""Browsing and searching what can be bought: every filter of DR-409, the newest first, page by page.

A page is a few short walks along an index, one for each product and status, joined and cut; the next page
begins below the last number seen, so that new listings never shift it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, select, union_all

from core.actor import Actor
from core.catalogue import tree
from core.db import Tx
from core.errors import NotFound
from core.farms.models import Farm
from core.farms.service import zone
from core.listings import rules
from core.listings.machine import BUYABLE
from core.listings.models import Listing
from core.listings.offers import buyable_only
from core.listings.views import ListingView, loaded, views
from core.money import ZERO
from core.users import service as users

# Of more products than this no walk each: then they are filtered on the way.
MOST_WALKS = 40
MOST_NAMED = 40


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for; None does not matter.

    category_id         with all that stands under it
    name                letters of a product's name in any of the three languages
    county_code, ward_code, farm_id, weather_zone  where it grows
    lowest, highest     KES for one unit of the listing
    grade               premium, standard or economy
    organic             certified (True) or not (False); perishable likewise
    pre_orders          only what still grows (True), only what is ready (False)
    """

    category_id: int | None = None
    product_id: int | None = None
    name: str | None = None
    county_code: int | None = None
    ward_code: int | None = None
    farm_id: int | None = None
    weather_zone: str | None = None
    lowest: Decimal | None = None
    highest: Decimal | None = None
    grade: str | None = None
    organic: bool | None = None
    perishable: bool | None = None
    pre_orders: bool | None = None


@dataclass(frozen=True)
class Page:
    """A page of listings; `after` is what the next one is asked with, None on the last."""

    listings: tuple[ListingView, ...]
    after: int | None


def search(
    tx: Tx, actor: Actor, wanted: Wanted, *, after: int | None = None, limit: int | None = None
) -> Page:
    """What can be bought of what is `wanted`, the newest first (DR-409).

    after  of the page before; limit: `api.page_size` if not said, and never more

    Raises NotAllowed, NotFound (the category), UnknownGrade, UnknownZone, PriceOutOfBounds.
    """
    users.may(tx, actor, "read", "listings", own=False, verified=False)
    most = tx.setting("api.page_size")
    size = most if limit is None else max(1, min(limit, most))
    products = _products(tx, wanted)
    if products is not None and not products:
        return Page((), None)
    walks = union_all(*_walks(tx, wanted, products, after, size + 1)).subquery()
    query = select(Listing).join(walks, walks.c.listing_id == Listing.listing_id)
    found = tx.session.scalars(
        loaded(buyable_only(query)).order_by(Listing.listing_id.desc()).limit(size + 1)
    ).all()
    more = len(found) > size
    return Page(tuple(views(tx, found[:size])), found[size - 1].listing_id if more else None)


def read(tx: Tx, actor: Actor, *, listing_id: int) -> ListingView:
    """One listing: for everybody while it can be bought, for its farmer and admins always.

    Raises NotFound, NotAllowed.
    """
    user = users.may(tx, actor, "read", "listings", own=False, verified=False)
    found = tx.session.scalars(loaded(select(Listing).where(Listing.listing_id == listing_id))).one_or_none()
    hers = found is not None and (found.farmer_id == user.user_id or user.user_role == "admin")
    if found is None or not (hers or found.listing_status in BUYABLE):
        raise NotFound(record="listing", id=listing_id)
    return views(tx, [found])[0]


def mine(tx: Tx, actor: Actor, *, after: int | None = None) -> Page:
    """The actor's own listings whatever their status, the newest first, page by page."""
    users.may(tx, actor, "read", "listings", own=True, verified=False)
    size = tx.setting("api.page_size")
    query = select(Listing).where(Listing.farmer_id == actor.user_id, *_below(after))
    found = tx.session.scalars(loaded(query).order_by(Listing.listing_id.desc()).limit(size + 1)).all()
    more = len(found) > size
    return Page(tuple(views(tx, found[:size])), found[size - 1].listing_id if more else None)


def _products(tx: Tx, wanted: Wanted) -> set[int] | None:
    """The ids of the products that fit, None where any does; withdrawn ones never do."""
    index = tx.parts.products
    asked = (wanted.category_id, wanted.product_id, wanted.name, wanted.perishable)
    if all(one is None for one in asked):
        return None
    fitting = {entry.product_id for entry in index.every() if entry.active}
    if wanted.product_id is not None:
        fitting &= {wanted.product_id}
    if wanted.name is not None:
        fitting &= {entry.product_id for entry in index.search(wanted.name, MOST_NAMED)}
    if wanted.perishable is not None:
        perishable = index.perishable_ids()
        fitting = fitting & perishable if wanted.perishable else fitting - perishable
    if wanted.category_id is not None:
        fitting &= tree.products_under(tx, wanted.category_id)
    return fitting


def _walks(
    tx: Tx, wanted: Wanted, products: set[int] | None, after: int | None, most: int
) -> Iterable[Select[tuple[int]]]:
    """One short walk for each status and, where they are few, each product."""
    statuses = [status for status in BUYABLE if wanted.pre_orders in (None, status == "pre_order")]
    which = [*_filters(wanted), *_priced(tx, wanted), *_below(after)]
    each: Sequence[ColumnElement[bool] | None] = [None]
    if products is not None and len(products) <= MOST_WALKS:
        each = [Listing.product_id == product_id for product_id in sorted(products)]
    elif products is not None:
        which.append(Listing.product_id.in_(sorted(products)))
    else:
        withdrawn = [entry.product_id for entry in tx.parts.products.every() if not entry.active]
        which.append(Listing.product_id.not_in(withdrawn))
    for status in statuses:
        for product in each:
            walk = select(Listing.listing_id).where(Listing.listing_status == status, *which)
            if product is not None:
                walk = walk.where(product)
            if wanted.weather_zone is not None:
                walk = walk.join(Farm, Farm.farm_id == Listing.farm_id)
            some = walk.order_by(Listing.listing_id.desc()).limit(most).subquery()
            yield select(some.c.listing_id)


def _filters(wanted: Wanted) -> list[ColumnElement[bool]]:
    """The conditions on a listing itself."""
    exact = {
        Listing.county_code: wanted.county_code,
        Listing.ward_code: wanted.ward_code,
        Listing.farm_id: wanted.farm_id,
        Listing.quality_grade: wanted.grade and rules.check_grade(wanted.grade),
        Listing.is_organic_certified: wanted.organic,
        Farm.weather_zone: wanted.weather_zone and zone(wanted.weather_zone),
    }
    return [column == value for column, value in exact.items() if value is not None]


def _priced(tx: Tx, wanted: Wanted) -> list[ColumnElement[bool]]:
    """The conditions on the price, KES with two decimals."""
    most = tx.setting("listing.price_max")
    which: list[ColumnElement[bool]] = []
    if wanted.lowest is not None:
        which.append(Listing.current_price >= rules.check_price(wanted.lowest, ZERO, most))
    if wanted.highest is not None:
        which.append(Listing.current_price <= rules.check_price(wanted.highest, ZERO, most))
    return which


def _below(after: int | None) -> list[ColumnElement[bool]]:
    return [] if after is None else [Listing.listing_id < after]
