"""At the same moment: the last unit, two defaults, two harvests; one wins (DR-413, DR-301)."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial

import pytest
from sqlalchemy import select

from core.db import Database, Tx
from core.listings import service as listings
from core.listings.models import Listing
from core.locations import service as locations
from core.locations.models import Location
from tests.listings.people import Grower, buyer, grower, offer
from tests.orders.test_races import at_once
from tests.proving import proves

D = Decimal
ROUNDS = range(5)
WARDS = (600, 599, 1369, 1, 2)


@pytest.fixture
def wanjiku(db: Database) -> Grower:
    """The farmer of the story."""
    return grower(db)


@proves("DR-413", "DR-410")
def test_the_last_unit_is_sold_once(db: Database, wanjiku: Grower) -> None:
    for number in ROUNDS:
        last = offer(db, wanjiku, quantity=D(1))

        def buy(item: int, listing: Listing = last) -> Callable[[], object]:
            return lambda: db.run(
                lambda tx: listings.take(
                    tx, buyer(9000 + item), listing_id=listing.listing_id, quantity=D(1), order_item_id=item
                )
            )

        first = 10 * number + 1
        assert at_once(*(buy(item) for item in range(first, first + 4))) == [
            *["listings.not_enough_stock"] * 3,
            "ok",
        ]
        with db.read() as tx:
            stored = tx.session.get_one(Listing, last.listing_id)
        assert (stored.quantity_available, stored.listing_status) == (D(0), "sold_out")


@proves("DR-301", "INV-6")
def test_many_defaults_at_once_leave_one(db: Database, wanjiku: Grower) -> None:
    who = wanjiku.actor

    def another(tx: Tx, ward: int) -> int:
        return locations.add(tx, who, ward_code=ward, default=False).location_id

    for _round in ROUNDS:
        made = [db.run(partial(another, ward=ward)) for ward in WARDS[1:4]]

        def choose(location_id: int) -> Callable[[], object]:
            return lambda: db.run(lambda tx: locations.set_default(tx, who, location_id=location_id))

        def add(ward: int) -> Callable[[], object]:
            return lambda: db.run(lambda tx: locations.add(tx, who, ward_code=ward))

        def remove(location_id: int) -> Callable[[], object]:
            return lambda: db.run(lambda tx: locations.remove(tx, who, location_id=location_id))

        outcomes = at_once(*(choose(one) for one in made), add(WARDS[4]), remove(made[0]))
        assert set(outcomes) <= {"ok", "not_found"}
        with db.read() as tx:
            defaults = tx.session.scalars(select(Location).where(Location.default_of == wanjiku.id)).all()
            assert len(defaults) == 1
            assert defaults[0].is_active


@proves("L3", "DR-411")
def test_a_harvest_is_counted_once_whoever_says_it_twice(db: Database, wanjiku: Grower) -> None:
    for _round in ROUNDS:
        coming = offer(db, wanjiku, expected_harvest_date=date(2025, 7, 1))

        def harvest(listing: Listing = coming) -> object:
            return db.run(lambda tx: listings.harvested(tx, wanjiku.actor, listing.listing_id, D(30)))

        assert at_once(harvest, harvest, harvest) == ["ok", "wrong_state", "wrong_state"]
        with db.read() as tx:
            assert tx.session.get_one(Listing, coming.listing_id).quantity_available == D(30)
