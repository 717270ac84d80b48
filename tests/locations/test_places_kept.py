"""A person's places: changed, made default, deleted; at most one default (DR-301 to DR-303, INV-6)."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from core import events
from core.actor import Actor
from core.db import Database, Tx
from core.errors import DomainError, NotAllowed, NotFound
from core.locations import service as locations
from core.locations.errors import NotInKenya, PlaceInUse, UnknownWard
from core.locations.models import Location
from core.locations.places import Point
from core.payment_methods import service as methods
from core.payment_methods.models import PaymentMethod
from core.reactions import REACTIONS
from core.views import as_json
from tests.helpers import Cast, FixedClock
from tests.orders.shop import Shop
from tests.proving import proves

KANGEMI, KINOO, KIKUYU = 1369, 600, 599


@pytest.fixture
def achieng(cast: Cast) -> Actor:
    """The customer of the story; she lives in Kangemi."""
    return cast.customer.actor


def home(db: Database, who: Actor) -> int:
    with db.read() as tx:
        place = locations.default_of(tx, who.user_id or 0)
    assert place is not None
    return place.location_id


def add(db: Database, who: Actor, ward_code: int = KINOO, *, default: bool = False) -> int:
    return db.run(lambda tx: locations.add(tx, who, ward_code=ward_code, default=default)).location_id


@proves("DR-301")
def test_setting_another_default_clears_the_old_one(db: Database, achieng: Actor) -> None:
    old, new = home(db, achieng), add(db, achieng)
    for _again in range(2):
        db.run(lambda tx: locations.set_default(tx, achieng, location_id=new))
    with db.read() as tx:
        places = {place.location_id: place.default_of for place in locations.mine(tx, achieng)}
    assert places == {new: achieng.user_id, old: None}


@proves("DR-301", "INV-6")
def test_the_database_itself_refuses_a_second_default(db: Database, achieng: Actor) -> None:
    other = add(db, achieng)
    second = update(Location).where(Location.location_id == other).values(default_of=achieng.user_id)
    with pytest.raises(IntegrityError), db.transaction() as tx:
        tx.session.execute(second)


@proves("DR-302")
def test_deleting_the_default_makes_the_most_recently_used_other_one_default(
    db: Database, achieng: Actor, clock: FixedClock
) -> None:
    first = home(db, achieng)
    clock.advance(minutes=1)
    second = add(db, achieng)
    clock.advance(minutes=1)
    third = add(db, achieng, KIKUYU)

    def use(tx: Tx) -> None:
        tx.session.get_one(Location, second).used_at = tx.now + timedelta(hours=1)

    db.run(use)
    db.run(lambda tx: locations.remove(tx, achieng, location_id=first))
    assert home(db, achieng) == second
    db.run(lambda tx: locations.remove(tx, achieng, location_id=third))
    assert home(db, achieng) == second
    db.run(lambda tx: locations.remove(tx, achieng, location_id=second))
    with db.read() as tx:
        assert locations.default_of(tx, achieng.user_id or 0) is None
        assert locations.mine(tx, achieng) == []
        assert tx.session.scalar(select(func.count()).select_from(Location).where(
            Location.user_id == achieng.user_id)) == 3, "deleted softly"  # fmt: skip
    with pytest.raises(NotFound), db.transaction() as tx:
        locations.remove(tx, achieng, location_id=first)


@proves("DR-302")
def test_a_place_of_an_open_order_stays_and_the_order_keeps_its_own_copy(db: Database, cast: Cast) -> None:
    shop = Shop(db, cast)
    shop.publish()
    order = shop.order()
    who = cast.customer.actor
    place = home(db, who)
    with pytest.raises(PlaceInUse) as refused, db.transaction() as tx:
        locations.remove(tx, who, location_id=place)
    assert refused.value.values == {"count": 1}
    db.run(lambda tx: locations.change(tx, who, location_id=place, ward_code=KIKUYU, landmark="new gate"))
    assert shop.fresh(order).drop["ward"] == "Kangemi"
    shop.db.run(lambda tx: _cancelled(tx, order.order_id))
    db.run(lambda tx: locations.remove(tx, who, location_id=place))


def _cancelled(tx: Tx, order_id: int) -> None:
    from core.orders.models import Order

    tx.session.get_one(Order, order_id).order_status = "cancelled"


@proves("DR-302", "DR-305")
def test_a_place_where_a_farm_lies_stays(db: Database, cast: Cast) -> None:
    who = cast.farmer.actor
    with pytest.raises(PlaceInUse), db.transaction() as tx:
        locations.remove(tx, who, location_id=home(db, who))


@proves("DR-303")
def test_what_is_said_of_a_place_can_be_changed(db: Database, achieng: Actor) -> None:
    place = home(db, achieng)

    def change(**said: Any) -> dict[str, Any]:
        db.run(lambda tx: locations.change(tx, achieng, location_id=place, **said))
        with db.read() as tx:
            shown: dict[str, Any] = as_json(locations.read(tx, achieng, location_id=place))
        return shown

    pinned = change(point=Point(-1.27, 36.75), label="Work", landmark="blue gate")
    assert (pinned["latitude"], pinned["longitude"], pinned["ward"]) == (-1.27, 36.75, "Kangemi")
    assert (pinned["label"], pinned["landmark"], pinned["is_default"]) == ("Work", "blue gate", True)
    moved = change(ward_code=KINOO)
    assert (moved["county"], moved["sub_county"], moved["ward"]) == ("Kiambu", "Kikuyu", "Kinoo")
    assert (moved["latitude"], moved["landmark"]) == (None, "blue gate")
    assert "location_id" in moved
    assert "id" not in moved


WRONG: list[tuple[dict[str, Any], type[DomainError]]] = [
    ({"ward_code": 0}, UnknownWard),
    ({"ward_code": 1451}, UnknownWard),
    ({"point": Point(5.61, 36.0)}, NotInKenya),
    ({"point": Point(-4.91, 39.0)}, NotInKenya),
    ({"point": Point(0.0, 33.79)}, NotInKenya),
    ({"point": Point(0.0, 42.01)}, NotInKenya),
    ({"point": Point(float("nan"), 36.0)}, NotInKenya),
    ({"point": Point(0.0, float("inf"))}, NotInKenya),
]


@proves("DR-303")
@pytest.mark.parametrize(("said", "refusal"), WRONG)
def test_nonsense_is_refused_and_changes_nothing(
    db: Database, achieng: Actor, said: dict[str, Any], refusal: type[DomainError]
) -> None:
    place = home(db, achieng)
    with pytest.raises(refusal), db.transaction() as tx:
        locations.change(tx, achieng, location_id=place, **said)
    with db.read() as tx:
        assert locations.read(tx, achieng, location_id=place).ward == "Kangemi"


@proves("DR-303")
@pytest.mark.parametrize("point", [Point(-4.9, 33.8), Point(5.6, 42.0)])
def test_the_edges_of_the_box_are_in_kenya(db: Database, achieng: Actor, point: Point) -> None:
    place = home(db, achieng)
    db.run(lambda tx: locations.change(tx, achieng, location_id=place, point=point))


@proves("DR-211")
def test_foreign_places_are_not_there_and_an_admin_sees_all(db: Database, cast: Cast) -> None:
    place = home(db, cast.customer.actor)
    for who in (cast.farmer.actor, cast.rider.actor):
        for verb in (
            lambda tx, who=who: locations.read(tx, who, location_id=place),
            lambda tx, who=who: locations.change(tx, who, location_id=place, label="mine"),
            lambda tx, who=who: locations.set_default(tx, who, location_id=place),
            lambda tx, who=who: locations.remove(tx, who, location_id=place),
        ):
            with pytest.raises(NotFound), db.transaction() as tx:
                verb(tx)
    with db.read() as tx:
        assert locations.read(tx, cast.admin.actor, location_id=place).ward == "Kangemi"
        with pytest.raises(NotAllowed):
            locations.read(tx, Actor(None, "system", "job"), location_id=place)


def test_whoever_must_know_hears_of_a_move_and_of_another_default(db: Database, achieng: Actor) -> None:
    heard: list[object] = []
    kinds = (events.PlaceMoved, events.DefaultPlaceChanged)
    kept = {kind: REACTIONS.get(kind, ()) for kind in kinds}
    try:
        for kind in kinds:
            REACTIONS[kind] = (lambda _tx, happened: heard.append(happened),)  # type: ignore[index]
        place = home(db, achieng)
        db.run(lambda tx: locations.change(tx, achieng, location_id=place, label="Work"))
        db.run(lambda tx: locations.change(tx, achieng, location_id=place, ward_code=KINOO))
        other = add(db, achieng)
        db.run(lambda tx: locations.set_default(tx, achieng, location_id=other))
        db.run(lambda tx: locations.remove(tx, achieng, location_id=other))
    finally:
        REACTIONS.update(kept)  # type: ignore[attr-defined]
    me = achieng.user_id or 0
    changed = events.DefaultPlaceChanged(me)
    assert heard == [events.PlaceMoved(me, place), changed, changed]


STEPS = st.lists(
    st.tuples(st.sampled_from(["add", "add_default", "default", "remove"]), st.integers(0, 7)), max_size=14
)


@proves("INV-6", "DR-301", "DR-304")
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_a_person_does_at_most_one_place_and_one_way_to_pay_is_the_default(
    db: Database, cast: Cast, steps: list[tuple[str, int]]
) -> None:
    who = cast.rider.actor
    wards = [600, 599, 1369, 1, 2, 3, 4, 5]
    phones = [f"071200050{number}" for number in range(8)]

    def work(tx: Tx) -> None:
        for kind, number in steps:
            places, ways = locations.mine(tx, who), methods.mine(tx, who)
            if kind.startswith("add"):
                locations.add(tx, who, ward_code=wards[number], default=kind == "add_default")
                methods.add(tx, who, method_type="mpesa", phone=phones[number], default=kind == "add_default")
            elif kind == "default" and places and ways:
                locations.set_default(tx, who, location_id=places[number % len(places)].location_id)
                methods.set_default(tx, who, payment_method_id=ways[number % len(ways)].payment_method_id)
            elif kind == "remove" and places and ways:
                locations.remove(tx, who, location_id=places[number % len(places)].location_id)
                methods.remove(tx, who, payment_method_id=ways[number % len(ways)].payment_method_id)
            places = tx.session.scalars(select(Location).where(Location.user_id == who.user_id)).all()
            ways = tx.session.scalars(select(PaymentMethod).where(PaymentMethod.user_id == who.user_id)).all()
            for mine in (places, ways):
                defaults = [one for one in mine if one.default_of is not None]
                assert len(defaults) == (1 if any(one.is_active for one in mine) else 0)
                assert all(one.is_active for one in defaults)

    db.run(work)
