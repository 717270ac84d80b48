"""A rider's way through his open deliveries (DR-1207, DR-1211)."""

from itertools import pairwise
from math import dist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.deliveries import routes, rules
from core.errors import NotAllowed, NotFound
from tests.deliveries.road import Road
from tests.proving import proves

Flat = tuple[int, int]
PLACES = st.tuples(st.integers(-50, 50), st.integers(-50, 50))


@st.composite
def errands(draw: st.DrawFn) -> list[rules.Errand[Flat]]:
    """Up to six deliveries, each with up to three pickups (collected ones have none left) and its drop."""
    found = []
    for delivery_id in range(draw(st.integers(0, 6))):
        for _ in range(draw(st.integers(0, 3))):
            found.append(rules.Errand(delivery_id, "pickup", draw(PLACES)))
        found.append(rules.Errand(delivery_id, "drop", draw(PLACES)))
    return draw(st.permutations(found))


@proves("DR-1207")
@given(errands(), PLACES)
def test_each_stop_once_and_every_pickup_before_its_drop(work: list[rules.Errand[Flat]], start: Flat) -> None:
    way = rules.route(start, work, dist)
    assert sorted(map(repr, way)) == sorted(map(repr, work))
    for at, errand in enumerate(way):
        if errand.kind == "drop":
            later = [e for e in way[at:] if e.delivery_id == errand.delivery_id and e.kind == "pickup"]
            assert not later


@proves("DR-1207")
@given(errands(), PLACES)
def test_the_next_stop_is_the_nearest_that_may_be_next(work: list[rules.Errand[Flat]], start: Flat) -> None:
    way = rules.route(start, work, dist)
    at = start
    for number, errand in enumerate(way):
        left = way[number:]
        waiting = {e.delivery_id for e in left if e.kind == "pickup"}
        free = [e for e in left if e.kind == "pickup" or e.delivery_id not in waiting]
        assert dist(at, errand.point) == min(dist(at, e.point) for e in free)
        at = errand.point


def test_what_is_equally_near_keeps_its_order() -> None:
    work = [rules.Errand(n, "drop", (3, 4)) for n in range(4)]
    assert [e.delivery_id for e in rules.route((0, 0), work, dist)] == [0, 1, 2, 3]


@proves("DR-1207", "D1")
def test_the_list_is_numbered_and_shrinks_as_he_goes(road: Road) -> None:
    road.publish("200")
    first, second = road.assigned("sms-1"), road.assigned("sms-2")
    with road.db.read() as tx:
        way = routes.of_rider(tx, road.cast.rider.actor)
    assert [stop.number for stop in way] == [1, 2, 3, 4]
    assert [(stop.kind, stop.order_id) for stop in way] == [
        ("pickup", first.order_id),
        ("pickup", second.order_id),
        ("drop", first.order_id),
        ("drop", second.order_id),
    ]
    assert way[0].person == "Wanjiku"
    assert way[2].person == "Achieng"
    assert way[2].phone == "0712000202"
    assert way[2].km > 0
    assert way[2].tail == first.order_number[-4:]
    road.pick_up(first)
    road.deliver(road.code(first), first)
    with road.db.read() as tx:
        way = routes.of_rider(tx, road.cast.rider.actor)
    assert [(stop.kind, stop.order_id) for stop in way] == [
        ("pickup", second.order_id),
        ("drop", second.order_id),
    ]


@proves("DR-1207", "DR-220")
def test_a_rider_sees_his_own_route_an_admin_anybodys_others_none(road: Road) -> None:
    road.publish()
    road.assigned()
    mutua = road.rider("+254712000333", "Uthiru", "KMDA 777X")
    with road.db.read() as tx:
        assert routes.of_rider(tx, mutua.actor) == []
        assert len(routes.of_rider(tx, road.cast.admin.actor, rider_id=road.cast.rider.id)) == 2
        with pytest.raises(NotFound):
            routes.of_rider(tx, mutua.actor, rider_id=road.cast.rider.id)
        for person in (road.cast.customer, road.cast.farmer):
            with pytest.raises(NotAllowed):
                routes.of_rider(tx, person.actor)


def test_kilometres_are_those_between_the_stops(road: Road) -> None:
    road.publish()
    road.assigned()
    with road.db.read() as tx:
        way = routes.of_rider(tx, road.cast.rider.actor)
    assert way[0].km == 0, "his place is the farm's ward"
    for before, after in pairwise(way):
        same = (before.latitude, before.longitude) == (after.latitude, after.longitude)
        assert (after.km == 0) is same
