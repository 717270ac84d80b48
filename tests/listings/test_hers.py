"""A farmer's own produce in short: hers alone, one look each."""

from datetime import timedelta
from decimal import Decimal

import pytest

from core.clock import nairobi_date
from core.db import Database
from core.errors import NotFound
from core.farms import hers as own_farms
from core.listings import hers
from core.listings import service as listings
from core.locations import hers as own_places
from tests.listings.people import grower, offer
from tests.ussd.test_budget import statements

D = Decimal


def test_what_is_up_the_newest_first_with_what_it_began_with(db: Database) -> None:
    who, other = grower(db), grower(db, "0712000909")
    offer(db, other)
    first = offer(db, who)
    soon = nairobi_date(db.parts.clock.now()) + timedelta(days=9)
    second = offer(db, who, "cabbage", price=D(50), unit="piece", expected_harvest_date=soon)
    db.run(lambda tx: listings.set_quantity(tx, who.actor, listing_id=first.listing_id, quantity=D(0)))
    with db.read() as tx, statements(db) as ran:
        found = hers.up(tx, who.actor)
        assert len(ran) == 1
    assert [(one.listing_id, one.left, one.began_with, one.growing, one.status) for one in found] == [
        (second.listing_id, D(50), D(50), True, "pre_order"),
        (first.listing_id, D(0), D(50), False, "sold_out"),
    ]
    assert found[1].farm == "Wanjiku"


def test_what_is_down_is_offered_again_once_of_a_kind(db: Database) -> None:
    who = grower(db)
    for price in (70, 80, 90):
        old = offer(db, who, price=D(price))
        db.run(lambda tx, old=old: listings.deactivate(tx, who.actor, listing_id=old.listing_id))  # type: ignore[misc]
    last = offer(db, who, "kale", unit="bunch", price_confirmed=True)
    with db.read() as tx:
        assert [one.price for one in hers.down(tx, who.actor)] == [D(90)]
        assert [one.product_id for one in hers.before(tx, who.actor)] == [last.product_id, old.product_id]


def test_anothers_listing_farm_and_place_are_not_found(db: Database) -> None:
    who, other = grower(db), grower(db, "0712000909")
    theirs = offer(db, other)
    with db.read() as tx:
        assert hers.one(tx, other.actor, listing_id=theirs.listing_id).product_id == theirs.product_id
        farm = own_farms.farms(tx, other.actor)[0]
        assert own_places.place(tx, other.actor, location_id=farm.location_id).ward == "Kinoo"
        assert own_places.ward_of(tx, other.actor) == farm.ward_code
        with pytest.raises(NotFound):
            hers.one(tx, who.actor, listing_id=theirs.listing_id)
        with pytest.raises(NotFound):
            own_farms.farm(tx, who.actor, farm_id=farm.farm_id)
        with pytest.raises(NotFound):
            own_places.place(tx, who.actor, location_id=farm.location_id)


def test_it_is_relisted_as_it_was_or_with_other_words(db: Database) -> None:
    who = grower(db)
    old = offer(db, who, min_order_quantity=5, quality_grade="premium", notes="sweet")
    same = db.run(lambda tx: listings.relist(tx, who.actor, listing_id=old.listing_id, quantity=D(20)))
    assert (same.min_order_quantity, same.quality_grade, same.notes) == (D(5), "premium", "sweet")
    other = db.run(
        lambda tx: listings.relist(
            tx, who.actor, listing_id=old.listing_id, quantity=D(2),
            min_order_quantity=1, quality_grade="economy", is_organic_certified=False,
        )
    )  # fmt: skip
    assert (other.min_order_quantity, other.quality_grade, other.notes) == (D(1), "economy", "sweet")
