"""People's own places and farms: one default, own records only (DR-301, DR-303, DR-305, DR-211)."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from core.actor import Actor
from core.db import Database, Tx
from core.errors import NotAllowed, NotFound
from core.farms import service as farms
from core.farms.errors import FarmNameMissing
from core.locations import service as locations
from core.locations.errors import NotInKenya, UnknownWard
from core.locations.models import Location
from core.locations.places import Point
from core.users import service as users
from tests.helpers import Cast, FixedClock
from tests.proving import proves

KANGEMI, KINOO, KIKUYU = 1369, 600, 599


def person(db: Database, number: str, role: str, ward_code: int | None = None) -> Actor:
    user = db.run(
        lambda tx: users.register(
            tx,
            msisdn=number,
            role=role,
            first_name="Somebody",
            language="en",
            channel="sms",
            ward_code=ward_code,
            consent_version=None,
        )
    )
    return users.actor_for(user, "sms")


@pytest.fixture
def customer(db: Database) -> Actor:
    """A customer who has not said where she lives."""
    return person(db, "0712000202", "customer")


@pytest.fixture
def farmer(db: Database) -> Actor:
    """A farmer in Kinoo with her farm."""
    return person(db, "0712000101", "farmer", KINOO)


@proves("DR-301")
def test_the_first_place_is_the_default_whatever_was_said_dr301(db: Database, customer: Actor) -> None:
    place = db.run(lambda tx: locations.add(tx, customer, ward_code=KANGEMI, default=False))
    with db.read() as tx:
        default = locations.default_of(tx, customer.user_id or 0)
    assert default is not None
    assert default.location_id == place.location_id


@proves("DR-301")
def test_a_new_default_clears_the_old_one_dr301(db: Database, customer: Actor, clock: FixedClock) -> None:
    first = db.run(lambda tx: locations.add(tx, customer, ward_code=KANGEMI))
    clock.advance(minutes=1)
    second = db.run(lambda tx: locations.add(tx, customer, ward_code=KINOO, default=True))
    clock.advance(minutes=1)
    third = db.run(lambda tx: locations.add(tx, customer, ward_code=KIKUYU, default=False))
    with db.read() as tx:
        mine = locations.mine(tx, customer)
    assert [p.location_id for p in mine] == [second.location_id, third.location_id, first.location_id]
    assert [p.default_of is not None for p in mine] == [True, False, False]


@proves("DR-301")
def test_two_first_places_at_once_leave_one_default_dr301(db: Database, customer: Actor) -> None:
    with ThreadPoolExecutor(4) as pool:
        add = [pool.submit(db.run, lambda tx: locations.add(tx, customer, ward_code=KINOO)) for _ in range(4)]
        for one in add:
            one.result()
    with db.read() as tx:
        places = tx.session.scalars(select(Location)).all()
    assert len(places) == 4
    assert sum(place.default_of is not None for place in places) == 1


@proves("DR-303")
def test_a_place_copies_names_and_keeps_the_landmark_readable_dr303(db: Database, customer: Actor) -> None:
    place = db.run(
        lambda tx: locations.add(
            tx, customer, ward_code=KANGEMI, landmark=" Near\u200b Total\n " + "x" * 200, label="Home"
        )
    )
    assert (place.county, place.subcounty, place.ward) == ("Nairobi", "Westlands", "Kangemi")
    assert place.landmark.startswith("Near Total x")
    assert len(place.landmark) == 120


def test_a_landmark_can_be_said_later_dr303(db: Database, farmer: Actor) -> None:
    def say(tx: Tx) -> None:
        place = locations.default_of(tx, farmer.user_id or 0)
        assert place is not None
        locations.set_landmark(
            tx, farmer, location_id=place.location_id, landmark="red gate after the tea factory"
        )

    db.run(say)
    with db.read() as tx:
        place = locations.default_of(tx, farmer.user_id or 0)
        assert place is not None
        assert place.landmark == "red gate after the tea factory"


def test_somebody_elses_place_is_not_found_dr211(db: Database, farmer: Actor, customer: Actor) -> None:
    place = db.run(lambda tx: locations.add(tx, customer, ward_code=KANGEMI))
    number = place.location_id
    with pytest.raises(NotFound), db.transaction() as tx:
        locations.set_landmark(tx, farmer, location_id=number, landmark="mine now")
    with pytest.raises(NotFound), db.transaction() as tx:
        farms.open_farm(tx, farmer, name="Mine", location_id=number)


def test_a_place_must_be_in_kenya_dr303(db: Database, customer: Actor) -> None:
    with pytest.raises(UnknownWard), db.transaction() as tx:
        locations.add(tx, customer, ward_code=0)
    with pytest.raises(NotInKenya), db.transaction() as tx:
        locations.add(tx, customer, ward_code=KANGEMI, point=Point(51.5, -0.1))


@proves("DR-303")
def test_distance_falls_back_to_the_ward_where_there_is_no_position_dr303(
    db: Database, customer: Actor
) -> None:
    with db.transaction() as tx:
        rough = locations.add(tx, customer, ward_code=KANGEMI)
        exact = locations.add(tx, customer, ward_code=KANGEMI, point=Point(-1.2701, 36.7502))
        assert locations.point_of(tx, rough) == tx.parts.places.get(KANGEMI).point
        assert locations.point_of(tx, exact) == Point(-1.2701, 36.7502)


def test_only_farmers_open_farms_and_only_with_a_name_dr305(
    db: Database, farmer: Actor, customer: Actor
) -> None:
    place = db.run(lambda tx: locations.add(tx, customer, ward_code=KANGEMI))
    with pytest.raises(NotAllowed), db.transaction() as tx:
        farms.open_farm(tx, customer, name="Shamba", location_id=place.location_id)
    with db.read() as tx:
        own = locations.default_of(tx, farmer.user_id or 0)
    assert own is not None
    with pytest.raises(FarmNameMissing), db.transaction() as tx:
        farms.open_farm(tx, farmer, name=" \u200b ", location_id=own.location_id)
    second = db.run(lambda tx: farms.open_farm(tx, farmer, name="Shamba kubwa", location_id=own.location_id))
    neighbour = person(db, "0712000404", "farmer", KINOO)
    with db.read() as tx:
        ground = farms.acting_on(tx, farmer, second.farm_id)
        assert (ground.user.user_id, ground.farmer_id) == (farmer.user_id, farmer.user_id)
        assert (ground.ward_code, ground.certified) == (own.ward_code, False)
        with pytest.raises(NotFound):
            farms.acting_on(tx, neighbour, second.farm_id)
        with pytest.raises(NotAllowed):
            farms.acting_on(tx, customer, second.farm_id)
        first = farms.first_of(tx, farmer)
        assert first is not None
        assert (first.farm_name, first.location_id) == ("Somebody", own.location_id)
        assert (first.ward_code, first.landmark) == (own.ward_code, own.landmark)
        assert farms.first_of(tx, customer) is None


def test_whoever_has_no_place_yet_is_told_so_and_the_default_is_the_first(db: Database, cast: Cast) -> None:
    with db.read() as tx:
        assert locations.default_place(tx, cast.customer.actor).ward == "Kangemi"
        with pytest.raises(NotFound):
            locations.default_place(tx, cast.admin.actor)
