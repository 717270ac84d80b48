"""Browsing and searching: every filter, only what can be bought, a stable order, pages (DR-409)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from core.catalogue.models import Category
from core.db import Database
from core.errors import DomainError, NotFound
from core.farms import keeping
from core.farms.errors import UnknownZone
from core.listings import service as listings
from core.listings.errors import PriceOutOfBounds, UnknownGrade
from core.listings.models import Listing
from core.listings.service import Wanted
from tests.helpers import Cast
from tests.listings.people import grower, offer
from tests.proving import proves

D = Decimal
KINOO, KANGEMI = 600, 1369
KIAMBU, NAIROBI = 22, 47


@pytest.fixture
def stall(db: Database, cast: Cast) -> dict[str, Listing]:
    """Five listings of two farms: name -> listing."""
    near, far = grower(db, "0712000998"), grower(db, "0712000102", KANGEMI)

    def prepare(tx: Any) -> None:
        keeping.change(tx, far.actor, farm_id=far.farm_id, weather_zone="arid")
        keeping.claim_certificate(tx, far.actor, farm_id=far.farm_id, certificate="KO-7")
        keeping.decide_certificate(tx, cast.admin.actor, farm_id=far.farm_id, approve=True)

    db.run(prepare)
    return {
        "tomatoes": offer(db, near, price=D(80)),
        "cheap": offer(db, far, price=D(60), quality_grade="economy", is_organic_certified=True),
        "maize": offer(db, near, "maize-dry", price=D(45), price_confirmed=True),
        "eggs": offer(db, far, "eggs", unit="tray", price=D(400), price_confirmed=True),
        "coming": offer(db, near, "onions", price=D(70), price_confirmed=True,
                        expected_harvest_date=date(2025, 7, 1)),
    }  # fmt: skip


def names(db: Database, cast: Cast, stall: dict[str, Listing], wanted: Wanted) -> set[str]:
    with db.read() as tx:
        page = listings.search(tx, cast.customer.actor, wanted)
    by_id = {listing.listing_id: name for name, listing in stall.items()}
    return {by_id[view.listing_id] for view in page.listings}


def product(db: Database, slug: str) -> int:
    return db.parts.products.by_slug(slug).product_id


def category(name: str) -> Callable[[Database], dict[str, Any]]:
    def found(db: Database) -> dict[str, Any]:
        with db.read() as tx:
            query = select(Category.category_id).where(Category.category_name == name)
            return {"category_id": tx.session.scalar(query)}

    return found


# filter | what it finds
FILTERS: list[tuple[dict[str, Any] | Callable[[Database], dict[str, Any]], set[str]]] = [
    ({}, {"tomatoes", "cheap", "maize", "eggs", "coming"}),
    ({"name": "tomat"}, {"tomatoes", "cheap"}),
    ({"name": "nyanya"}, {"tomatoes", "cheap"}),
    ({"name": "mbembe"}, {"maize"}),
    ({"name": "zebra"}, set()),
    (category("Cereals"), {"maize"}),
    (category("Grains and pulses"), {"maize"}),
    (lambda db: {"product_id": product(db, "tomatoes")}, {"tomatoes", "cheap"}),
    ({"county_code": KIAMBU}, {"tomatoes", "maize", "coming"}),
    ({"county_code": NAIROBI, "name": "tomato"}, {"cheap"}),
    ({"ward_code": KANGEMI}, {"cheap", "eggs"}),
    ({"ward_code": 1}, set()),
    ({"lowest": D(60), "highest": D(80)}, {"tomatoes", "cheap", "coming"}),
    ({"highest": D("59.99")}, {"maize"}),
    ({"grade": "economy"}, {"cheap"}),
    ({"organic": True}, {"cheap"}),
    ({"organic": False, "name": "tomato"}, {"tomatoes"}),
    ({"perishable": False}, {"maize", "coming"}),
    ({"perishable": True, "name": "tomato"}, {"tomatoes", "cheap"}),
    ({"weather_zone": "arid"}, {"cheap", "eggs"}),
    ({"weather_zone": "coastal"}, set()),
    ({"pre_orders": True}, {"coming"}),
    ({"pre_orders": False, "county_code": KIAMBU}, {"tomatoes", "maize"}),
]


@proves("DR-409")
@pytest.mark.parametrize(("said", "found"), FILTERS, ids=range(len(FILTERS)))
def test_each_filter_finds_what_it_says(
    db: Database, cast: Cast, stall: dict[str, Listing], said: Any, found: set[str]
) -> None:
    wanted = Wanted(**(said(db) if callable(said) else said))
    assert names(db, cast, stall, wanted) == found


@proves("DR-409")
def test_a_farm_is_a_filter_too(db: Database, cast: Cast, stall: dict[str, Listing]) -> None:
    assert names(db, cast, stall, Wanted(farm_id=stall["eggs"].farm_id)) == {"cheap", "eggs"}


@proves("DR-409", "DR-406")
def test_only_what_can_be_bought_is_found(db: Database, cast: Cast, stall: dict[str, Listing]) -> None:
    def end(tx: Any) -> None:
        listings.deactivate(tx, cast.admin.actor, listing_id=stall["tomatoes"].listing_id)
        listings.set_quantity(tx, cast.admin.actor, listing_id=stall["maize"].listing_id, quantity=D(0))

    db.run(end)
    assert names(db, cast, stall, Wanted()) == {"cheap", "eggs", "coming"}
    with db.read() as tx:
        with pytest.raises(NotFound):
            listings.read(tx, cast.customer.actor, listing_id=stall["tomatoes"].listing_id)
        assert listings.read(tx, cast.admin.actor, listing_id=stall["tomatoes"].listing_id)


@proves("DR-409")
@pytest.mark.parametrize(
    ("said", "refusal"),
    [({"grade": "best"}, UnknownGrade), ({"weather_zone": "moon"}, UnknownZone),
     ({"lowest": D("0.001")}, PriceOutOfBounds), ({"lowest": D(-1)}, PriceOutOfBounds),
     ({"highest": 80.0}, PriceOutOfBounds), ({"highest": D("NaN")}, PriceOutOfBounds),
     ({"category_id": 10**6}, NotFound)],
)  # fmt: skip
def test_a_filter_that_means_nothing_is_refused(
    db: Database, cast: Cast, said: dict[str, Any], refusal: type[DomainError]
) -> None:
    with db.read() as tx, pytest.raises(refusal):
        listings.search(tx, cast.customer.actor, Wanted(**said))


@proves("DR-409")
@pytest.mark.parametrize("said", [Wanted(), Wanted(name="tomato"), Wanted(county_code=KIAMBU)])
def test_pages_follow_each_other_whatever_is_listed_meanwhile(db: Database, cast: Cast, said: Wanted) -> None:
    who = grower(db, "0712000998")
    old = [offer(db, who, price=D(70 + number)).listing_id for number in range(7)]
    seen: list[int] = []
    after: int | None = None
    for _page in range(4):
        with db.read() as tx:
            page = listings.search(tx, cast.customer.actor, replace(said), after=after, limit=2)
        seen += [view.listing_id for view in page.listings]
        offer(db, who)
        after = page.after
    assert seen == sorted(old, reverse=True)
    assert after is None


@proves("DR-409")
def test_a_page_is_never_longer_than_the_setting(db: Database, cast: Cast) -> None:
    who = grower(db, "0712000998")
    for _ in range(21):
        offer(db, who)
    with db.read() as tx:
        assert len(listings.search(tx, cast.customer.actor, Wanted(), limit=-3).listings) == 1
        page = listings.search(tx, cast.customer.actor, Wanted(), limit=500)
        assert len(page.listings) == tx.setting("api.page_size") == 20
        assert page.after == page.listings[-1].listing_id
        own = listings.mine(tx, who.actor)
        assert (len(own.listings), own.after) == (20, own.listings[-1].listing_id)
        assert len(listings.mine(tx, who.actor, after=own.after).listings) == 1
