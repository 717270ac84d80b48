"""What is near is read square by square, nearest first, and no more than is needed (DR-409, DR-815)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import Engine, event

from core.db import Database
from core.listings import rules
from core.listings import service as listings
from core.listings.models import Listing
from core.listings.rules import cell_of, cells_apart
from core.locations.places import Point
from tests.helpers import FixedClock
from tests.listings.people import grower, offer
from tests.proving import proves

D = Decimal
KINOO, KANGEMI, MOMBASA = 600, 1369, 1  # two neighbours, and one 450 km away


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    sent: list[str] = []

    def note(_c: object, _k: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def here(db: Database) -> Point:
    return db.parts.places.get(KINOO).point


@proves("DR-409")
def test_near_ones_are_found_and_far_ones_are_not(db: Database) -> None:
    near = offer(db, grower(db), price=D(80))
    next_door = offer(db, grower(db, "0712000102", KANGEMI), price=D(70))
    far = offer(db, grower(db, "0712000103", MOMBASA), price=D(60))
    with db.read() as tx:
        found = listings.buyable_near(tx, product_id=near.product_id, point=here(db), km=46)
        assert [one.listing_id for one in found] == [next_door.listing_id, near.listing_id]
        assert found[0].farm.location.ward == "Kangemi"
        assert found[0].product.slug == "tomatoes"
        only_here = listings.buyable_near(tx, product_id=near.product_id, point=here(db), km=1)
        assert [one.listing_id for one in only_here] == [near.listing_id]
        there = db.parts.places.get(MOMBASA).point
        nearest = listings.nearest(tx, product_id=near.product_id, point=there)
        assert nearest is not None
        assert nearest.listing_id == far.listing_id


@proves("DR-409")
def test_of_a_square_only_the_cheapest_are_read_and_enough_is_enough(db: Database) -> None:
    who, other = grower(db), grower(db, "0712000102", KANGEMI)
    prices = [offer(db, who, price=D(90 - number)).current_price for number in range(7)]
    offer(db, other, price=D(60))
    product_id = db.parts.products.by_slug("tomatoes").product_id
    with db.read() as tx:
        some = listings.buyable_near(tx, product_id=product_id, point=here(db), km=46, per_cell=3)
        assert [one.current_price for one in some] == [D(60), *sorted(prices)[:3]]
        with counted(db.reading) as sent:
            listings.buyable_near(tx, product_id=product_id, point=here(db), km=60)
        assert len(sent) == 3  # which squares hold any; her own square; her neighbours'
        with counted(db.reading) as sent:
            listings.buyable_near(tx, product_id=product_id, point=here(db), km=60, enough=3)
        assert len(sent) == 2


@proves("DR-815")
def test_a_listing_unheard_of_for_two_days_ranks_last(db: Database, clock: FixedClock) -> None:
    silent = offer(db, grower(db), price=D(50))
    clock.advance(hours=48)
    heard = offer(db, grower(db, "0712000102", KANGEMI), price=D(90))
    ids = [silent.listing_id, heard.listing_id]

    def order() -> list[int]:
        with db.read() as tx:
            found = listings.buyable_near(tx, product_id=silent.product_id, point=here(db), km=46)
            everywhere = listings.buyable(tx, product_id=silent.product_id)
        assert [one.listing_id for one in found] == [one.listing_id for one in everywhere]
        return [one.listing_id for one in found]

    assert order() == ids
    clock.advance(seconds=1)
    assert order() == ids[::-1]


@proves("DR-406")
def test_pre_orders_are_found_when_they_are_asked_for(db: Database) -> None:
    coming = offer(db, grower(db), expected_harvest_date=date(2025, 7, 1))
    with db.read() as tx:
        assert listings.buyable_near(tx, product_id=coming.product_id, point=here(db), km=46) == []
        found = listings.buyable_near(
            tx, product_id=coming.product_id, point=here(db), km=46, pre_orders=True
        )
        assert [one.expected_harvest_date for one in found] == [date(2025, 7, 1)]
        assert listings.nearest(tx, product_id=coming.product_id, point=here(db)) is None


@pytest.mark.parametrize("distance", range(7))
def test_rings_of_squares_cover_everything_once(distance: int) -> None:
    lat, lon = -1.25, 36.68
    here = rules.cell_of(lat, lon)
    cells = [cell for first, last in rules.rows(lat, lon, distance) for cell in range(first, last + 1)]
    assert len(cells) == len(set(cells)) == (2 * distance + 1) ** 2
    assert here in cells
    assert rules.cell_of(lat + distance * 0.1, lon - distance * 0.1) in cells
    assert max(rules.cells_apart(here, cell) for cell in cells) == 2 * distance**2
    outermost = [cell for cell in cells if rules.ring_of(here, cell) == distance]
    assert len(outermost) == max(8 * distance, 1)


def test_between_its_ends_every_square_of_a_row_may_hold_something() -> None:
    one, other = rules.cell_of(-1.25, 36.68), rules.cell_of(-1.05, 36.68)
    assert rules.between_ends([one + 3, one, one + 1, other]) == {one, one + 1, one + 2, one + 3, other}
    assert rules.between_ends([]) == set()


@proves("DR-506")
def test_the_nearest_there_is_is_the_nearest_from_everywhere(db: Database) -> None:
    offers = [
        offer(db, grower(db, f"07120002{number:02}", ward), price=D(60))
        for number, ward in enumerate((KINOO, KANGEMI, MOMBASA, 1, 700, 1200, 1440))
    ]
    for ward in (KINOO, MOMBASA, 35, 150, 400, 650, 900, 1100, 1300, 1450):
        point = db.parts.places.get(ward).point
        with db.read() as tx:
            found = listings.nearest(tx, product_id=offers[0].product_id, point=point)
            cells = [tx.session.get_one(Listing, one.listing_id).cell for one in offers]
        assert found is not None
        own = cell_of(point.lat, point.lon)
        assert cells_apart(own, found.cell) == min(cells_apart(own, cell) for cell in cells)
