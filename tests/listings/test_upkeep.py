"""What the system does to listings by itself: old ones, silent farmers, farms that move (L6, DR-815)."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from core.db import Database, Tx
from core.duties import timetable
from core.farms import keeping
from core.listings import pausing, upkeep
from core.listings import service as listings
from core.listings.models import Listing
from core.locations import service as locations
from core.notifications.models import Notification
from core.users import hearing, staff
from core.users import service as users
from tests.helpers import Cast, FixedClock
from tests.listings.people import Grower, grower, offer, seller
from tests.proving import proves

D = Decimal
KANGEMI, NAIROBI = 1369, 47


def standing(db: Database, *which: Listing) -> list[tuple[str, str]]:
    """Status and why it is down."""
    with db.read() as tx:
        rows = [tx.session.get_one(Listing, listing.listing_id) for listing in which]
    return [(row.listing_status, row.off_reason) for row in rows]


def told(db: Database, who: Grower) -> list[str]:
    with db.read() as tx:
        query = select(Notification.code).where(Notification.user_id == who.id)
        return list(tx.session.scalars(query.order_by(Notification.notification_id)))


@proves("L6")
def test_what_nobody_touched_for_fourteen_days_comes_down_in_the_night(
    db: Database, clock: FixedClock, sweep_until_idle: Callable[..., int]
) -> None:
    who = grower(db)
    maize, onions = (offer(db, who, slug, price_confirmed=True) for slug in ("maize-dry", "onions"))
    clock.advance(days=14)
    db.run(lambda tx: listings.still_there(tx, who.actor, listing_id=onions.listing_id))
    timetable.ensure(db)
    clock.advance(days=1)
    sweep_until_idle(db)
    assert standing(db, maize, onions) == [("inactive", "stale"), ("available", "")]
    assert told(db, who).count("off_sale") == 1


@proves("L6")
@pytest.mark.parametrize(("days", "status"), [(5, "available"), (6, "inactive")])
def test_perishables_come_down_after_five_days_and_what_keeps_stays(
    db: Database, clock: FixedClock, days: int, status: str
) -> None:
    who = grower(db)
    tomatoes = offer(db, who)
    maize = offer(db, who, "maize-dry", price_confirmed=True)
    coming = offer(db, who, expected_harvest_date=date(2025, 7, 20))
    clock.advance(days=days)
    db.run(upkeep.take_down_old)
    assert [found for found, _why in standing(db, tomatoes, maize, coming)] == [
        status,
        "available",
        "pre_order",
    ]


@proves("L6")
def test_a_long_night_is_done_in_pieces(
    db: Database, clock: FixedClock, monkeypatch: pytest.MonkeyPatch, sweep_until_idle: Callable[..., int]
) -> None:
    who = grower(db)
    many = [offer(db, who) for _ in range(5)]
    monkeypatch.setattr(upkeep, "MOST_AT_ONCE", 2)
    clock.advance(days=6)
    assert db.run(upkeep.take_down_old) == 2
    db.run(lambda tx: upkeep.nightly(tx, 0))
    clock.advance(seconds=1)
    sweep_until_idle(db)
    assert {status for status, _why in standing(db, *many)} == {"inactive"}


@proves("DR-815", "L6", "L7")
def test_a_silent_farmers_listings_pause_and_any_sign_of_life_brings_them_back(
    db: Database, clock: FixedClock
) -> None:
    who, neighbour = grower(db), grower(db, "0712000102")
    small, large = offer(db, who, quantity=D(5)), offer(db, who, quantity=D(50))
    empty = offer(db, who)
    db.run(lambda tx: listings.set_quantity(tx, who.actor, listing_id=empty.listing_id, quantity=D(0)))
    coming = offer(db, who, expected_harvest_date=date(2025, 7, 1), quantity=D(20))
    passing = offer(db, who, expected_harvest_date=date(2025, 6, 25))
    hers = offer(db, who)
    db.run(lambda tx: listings.deactivate(tx, who.actor, listing_id=hers.listing_id))
    other = offer(db, neighbour)
    assert db.run(lambda tx: listings.pause_farmer(tx, who.id)) == 5
    assert db.run(lambda tx: listings.pause_farmer(tx, who.id)) == 0
    assert standing(db, small, other, hers) == [
        ("inactive", "silence"),
        ("available", ""),
        ("inactive", "farmer"),
    ]
    clock.advance(days=1)
    back = db.run(lambda tx: listings.wake_farmer(tx, who.actor))
    assert [one.listing_id for one in back] == [large.listing_id, coming.listing_id, small.listing_id]
    assert standing(db, small, large, coming, empty, passing, hers) == [
        ("available", ""),
        ("available", ""),
        ("pre_order", ""),
        ("inactive", "silence"),
        ("inactive", "silence"),
        ("inactive", "farmer"),
    ]
    assert db.run(lambda tx: listings.wake_farmer(tx, who.actor)) == []


@proves("DR-815", "L7")
def test_the_next_thing_from_her_number_brings_a_silent_farmer_back_and_asks_once(
    db: Database, clock: FixedClock
) -> None:
    who = grower(db)
    hers = offer(db, who)

    def hear(tx: Tx) -> None:
        hearing.vouch(tx, users.get(tx, who.id))

    db.run(hear)
    clock.advance(minutes=5)
    db.run(lambda tx: listings.pause_farmer(tx, who.id))
    db.run(hear)
    assert standing(db, hers) == [("available", "")]
    clock.advance(minutes=5)
    db.run(hear)
    assert told(db, who).count("back_on_sale") == 1
    db.run(lambda tx: listings.deactivate(tx, who.actor, listing_id=hers.listing_id))
    clock.advance(days=2)
    db.run(hear)
    assert standing(db, hers) == [("inactive", "farmer")], "what she took down herself stays down"


@proves("DR-209", "L6")
def test_a_farmer_who_is_switched_off_sells_nothing(db: Database, cast: Cast) -> None:
    hers = offer(db, seller(db, cast.farmer))
    db.run(lambda tx: staff.deactivate(tx, cast.admin.actor, user_id=cast.farmer.id, reason="asked for it"))
    assert standing(db, hers) == [("inactive", pausing.OFF)]


@proves("DR-305")
def test_a_closed_farm_sells_nothing(db: Database) -> None:
    who = grower(db)
    hers = offer(db, who)
    db.run(lambda tx: keeping.close(tx, who.actor, farm_id=who.farm_id))
    assert standing(db, hers) == [("inactive", "closed")]


def moved_place(tx: Tx, who: Grower) -> None:
    place = locations.default_of(tx, who.id)
    assert place is not None
    locations.change(tx, who.actor, location_id=place.location_id, ward_code=KANGEMI)


def moved_farm(tx: Tx, who: Grower) -> None:
    place = locations.add(tx, who.actor, ward_code=KANGEMI, default=False)
    keeping.change(tx, who.actor, farm_id=who.farm_id, location_id=place.location_id)


@proves("DR-409")
@pytest.mark.parametrize("moved", [moved_place, moved_farm])
def test_a_farm_that_moves_takes_its_listings_along(
    db: Database, moved: Callable[[Tx, Grower], None]
) -> None:
    who = grower(db)
    hers = offer(db, who)
    db.run(lambda tx: moved(tx, who))
    with db.read() as tx:
        stored = tx.session.get_one(Listing, hers.listing_id)
        point = tx.parts.places.get(KANGEMI).point
        assert (stored.ward_code, stored.county_code) == (KANGEMI, NAIROBI)
        found = listings.buyable_near(tx, product_id=hers.product_id, point=point, km=1)
        assert [one.listing_id for one in found] == [hers.listing_id]


@proves("DR-403")
def test_organic_needs_an_approved_certificate_and_the_farmer_is_told(db: Database, cast: Cast) -> None:
    who = seller(db, cast.farmer)

    def organic(**changes: Any) -> bool:
        return offer(db, who, is_organic_certified=True, **changes).is_organic_certified

    def decide(approve: bool) -> None:
        db.run(
            lambda tx: keeping.decide_certificate(
                tx, cast.admin.actor, farm_id=who.farm_id, approve=approve, reason="seen"
            )
        )

    assert not organic()
    assert told(db, who).count("organic_unproven") == 1
    db.run(lambda tx: keeping.claim_certificate(tx, who.actor, farm_id=who.farm_id, certificate="KOAN 12/7"))
    assert not organic()
    decide(True)
    assert organic()
    decide(False)
    with db.read() as tx:
        assert not any(one.is_organic_certified for one in listings.own(tx, who.actor))
    assert [code for code in told(db, who) if code.startswith("certificate")] == [
        "certificate_approved",
        "certificate_refused",
    ]


@proves("L3")
def test_on_the_harvest_day_the_farmer_is_asked_and_after_three_more_it_is_given_up(
    db: Database, clock: FixedClock, sweep_until_idle: Callable[..., int]
) -> None:
    who = grower(db)
    coming = offer(db, who, expected_harvest_date=date(2025, 6, 26))
    clock.advance(days=1, hours=21)
    sweep_until_idle(db)
    assert "harvest_due" not in told(db, who)
    clock.advance(hours=1)
    sweep_until_idle(db)
    assert told(db, who).count("harvest_due") == 1
    clock.advance(days=3)
    sweep_until_idle(db)
    assert standing(db, coming) == [("pre_order", "")]
    clock.advance(days=1)
    sweep_until_idle(db)
    assert standing(db, coming) == [("inactive", "unharvested")]


@proves("L3")
def test_what_was_harvested_or_postponed_is_not_asked_about_on_the_old_day(
    db: Database, clock: FixedClock, sweep_until_idle: Callable[..., int]
) -> None:
    who = grower(db)
    done, later = (offer(db, who, expected_harvest_date=date(2025, 6, 26)) for _ in range(2))

    def postpone(tx: Tx, day: date) -> None:
        listings.postpone(tx, who.actor, listing_id=later.listing_id, expected_harvest_date=day)

    for day in (date(2025, 7, 5), date(2025, 6, 26), date(2025, 7, 1)):
        db.run(partial(postpone, day=day))
        clock.advance(seconds=1)
    clock.advance(days=1)
    db.run(lambda tx: listings.harvested(tx, who.actor, done.listing_id, D(30)))
    clock.advance(days=5)
    sweep_until_idle(db)
    assert "harvest_due" not in told(db, who)
    assert standing(db, later) == [("pre_order", "")]
    clock.advance(days=1)
    sweep_until_idle(db)
    assert told(db, who).count("harvest_due") == 1
