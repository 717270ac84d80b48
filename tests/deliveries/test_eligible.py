"""Who may be asked, and in which order (DR-1201, DR-1202, DR-1203, INV-7)."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from core.deliveries import duty, rules, vehicles
from core.deliveries.models import Delivery, DeliveryOffer
from core.locations import service as locations
from core.locations.places import Point
from core.users.models import User
from tests.deliveries.road import Road
from tests.helpers import DEMO_MOMENT
from tests.proving import proves

CANDIDATES = st.lists(
    st.builds(
        rules.Candidate,
        rider_id=st.integers(1, 50),
        pickup_km=st.decimals(0, 15, places=2),
        open_deliveries=st.integers(0, 2),
        offers_today=st.integers(0, 8),
        idle_since=st.integers(0, 100).map(lambda hours: DEMO_MOMENT - timedelta(hours=hours)),
        rating=st.decimals(0, 5, places=1),
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda candidate: candidate.rider_id,
)


@proves("DR-1202")
@given(CANDIDATES, st.randoms())
def test_the_same_riders_give_the_same_choice_in_any_order(found: list[rules.Candidate], chance: Any) -> None:
    best = rules.best(found)
    chance.shuffle(found)
    assert rules.best(found) == best
    assert best is not None
    lowest = min(rules.score(candidate) for candidate in found)
    assert rules.score(best) == lowest
    equal = [candidate for candidate in found if rules.score(candidate) == lowest]
    assert best.idle_since == min(candidate.idle_since for candidate in equal)


@proves("DR-1202")
@given(CANDIDATES)
def test_each_part_of_the_score_weighs_what_the_rule_says(found: list[rules.Candidate]) -> None:
    one = found[0]
    base = rules.score(one)
    assert rules.score(replace(one, pickup_km=one.pickup_km + 1)) == base + 1
    assert rules.score(replace(one, open_deliveries=one.open_deliveries + 1)) == base + 2
    assert rules.score(replace(one, offers_today=one.offers_today + 1)) == base + Decimal("0.5")
    assert rules.score(replace(one, rating=one.rating + 1)) == base - 1


@proves("DR-1201")
@pytest.mark.parametrize(
    ("why", "asked"),
    [
        ("nothing", True),
        ("off duty", False),
        ("not active", False),
        ("not verified", False),
        ("vehicle put away", False),
        ("three in hand", False),
        ("far away", False),
    ],
)
def test_who_is_not_asked(road: Road, why: str, asked: bool) -> None:
    road.publish("200")
    rider = road.cast.rider
    order = road.paid_order(key="late")
    if why == "off duty":
        road.act(duty.set_duty, rider, on=False)
    if why == "not active":
        road.db.run(lambda tx: setattr(tx.session.get_one(User, rider.id), "is_active", False))
    if why == "not verified":
        road.db.run(lambda tx: setattr(tx.session.get_one(User, rider.id), "is_verified", False))
    if why == "vehicle put away":
        with road.db.read() as tx:
            (mine,) = vehicles.listed(tx, rider.actor)
        road.act(vehicles.deactivate, rider, vehicle_id=mine.vehicle_id)
    if why == "three in hand":
        for number in range(3):
            road.assigned(f"sms-{number}")
    if why == "far away":
        ward = road.db.parts.places.starting_with("Lodwar")[0]
        road.act(locations.add, rider, ward_code=ward.code)
    road.ready(order)
    assert road.delivery(order).way == "rider"
    assert (road.offer() is not None) is asked


@proves("DR-1201")
def test_without_a_position_of_his_own_he_counts_in_his_whole_sub_county(road: Road) -> None:
    pickup = Point(-1.25, 36.70)
    with road.db.read() as tx:
        near = {"kg": Decimal(5), "customer_id": 1, "subcounty": ("Kiambu", "Kikuyu")}
        far = Point(pickup.lat + 0.9, pickup.lon)
        place = locations.default_of(tx, road.cast.rider.id)
        assert place is not None
        assert (place.county, place.subcounty) == ("Kiambu", "Kikuyu")
        assert road.cast.rider.id in duty.in_reach(tx, pickup=far, **near)  # type: ignore[arg-type]
        elsewhere = near | {"subcounty": ("Nairobi", "Westlands")}
        assert road.cast.rider.id not in duty.in_reach(tx, pickup=far, **elsewhere)  # type: ignore[arg-type]
    ward = road.db.parts.places.starting_with("Kinoo")[0]
    road.act(locations.add, road.cast.rider, ward_code=ward.code, point=Point(ward.lat, ward.lon))
    with road.db.read() as tx:
        assert road.cast.rider.id not in duty.in_reach(tx, pickup=far, **near)  # type: ignore[arg-type]


def test_a_rider_who_moves_is_found_at_his_new_place(road: Road) -> None:
    road.publish()
    order = road.paid_order()
    kisumu = next(w for w in road.db.parts.places.starting_with("Market Milimani"))
    road.act(locations.add, road.cast.rider, ward_code=kisumu.code)
    road.ready(order)
    assert road.offer() is None
    kinoo = road.db.parts.places.starting_with("Kinoo")[0]
    road.act(locations.add, road.cast.rider, ward_code=kinoo.code)
    road.later(minutes=15)
    assert road.offer() is not None


@proves("DR-1203")
def test_after_five_offers_a_round_is_over(road: Road) -> None:
    road.set({"rider.max_offers": "2"})
    for number in range(3):
        road.rider(f"+25471200080{number}", "Kinoo", f"KMDA 77{number}X")
    road.publish()
    road.ready(road.paid_order())
    for _ in range(2):
        road.later(minutes=10)
    assert [status for _, status in road.offers()] == ["timed_out", "timed_out"]
    road.later(minutes=15)
    assert [status for _, status in road.offers()] == ["timed_out", "timed_out", "open"]


@proves("INV-7", "DR-1203")
def test_the_database_itself_refuses_a_second_open_offer(road: Road) -> None:
    road.publish()
    order = road.ready(road.paid_order())
    offer = road.offer()
    assert offer is not None
    other = road.rider("+254712000333", "Uthiru", "KMDA 777X")

    def another(tx: Any) -> None:
        delivery = tx.session.get_one(Delivery, road.delivery(order).delivery_id)
        tx.session.add(
            DeliveryOffer(
                delivery_id=delivery.delivery_id,
                open_delivery=delivery.delivery_id,
                rider_id=other.id,
                earning=Decimal(40),
                pickup_km=Decimal(1),
                offered_at=tx.now,
                expires_at=tx.now,
            )
        )
        tx.flush()

    with pytest.raises(IntegrityError):
        road.db.run(another)


@proves("DR-1203")
def test_a_rider_with_an_open_offer_is_not_found_again(road: Road) -> None:
    """find_rider at any time, any number of times, leaves one open offer."""
    from core.deliveries import offers

    road.publish()
    order = road.ready(road.paid_order())
    for _ in range(3):
        road.db.run(lambda tx: offers.find_rider(tx, road.delivery(order).delivery_id))
    assert [status for _, status in road.offers()] == ["open"]
