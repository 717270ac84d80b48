"""Runs and collection points: made by admins, found for an order, filled up to their capacity (DR-1210)."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from core.audit.models import AuditRow
from core.db import Tx
from core.errors import BadInput, DomainError, NotAllowed, NotFound
from core.locations.errors import UnknownWard
from core.locations.served import served
from core.orders import errors, quotes
from core.orders import service as orders
from core.orders.models import Quote
from core.ways import rules
from core.ways import service as ways
from core.ways.errors import PointInUse, PointUnknown, RunFull, RunUnknown
from core.ways.models import CollectionPoint, Run, RunDay, RunLoad
from tests.helpers import Person
from tests.orders.shop import Shop
from tests.proving import proves

D = Decimal
FRIDAY = 4


def ward(shop: Shop, name: str) -> int:
    return next(w for w in shop.db.parts.places.starting_with(name) if w.ward == name).code


def make_point(
    shop: Shop, name: str = "Naivasha stage", at: str = "Naivasha East", **values: Any
) -> CollectionPoint:
    given = {"name": name, "ward_code": ward(shop, at), "keeper_id": shop.cast.admin.id, **values}
    return shop.db.run(lambda tx: ways.save_point(tx, shop.cast.admin.actor, **given))


def make_run(shop: Shop, point: CollectionPoint, **values: Any) -> Run:
    given = {
        "name": "Rift run",
        "start_wards": [ward(shop, "Kinoo")],
        "stops": [point.collection_point_id],
        "weekday": FRIDAY,
        "departs": "06:00",
        "cutoff_hours": 12,
        "capacity_kg": D(100),
        "fee_per_kg": D("4.00"),
        **values,
    }
    return shop.db.run(lambda tx: ways.save_run(tx, shop.cast.admin.actor, **given))


def far(shop: Shop, msisdn: str = "+254712000222") -> Person:
    return shop.person(msisdn, "customer", "Naivasha East")


def quote(shop: Shop, customer: Person, quantity: str = "5") -> Quote:
    return shop.quote_lines(quotes.Line(shop.product(), D(quantity)), customer=customer)


# --- the arithmetic --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("now", "first"),
    [
        (datetime(2025, 6, 24, 6, 30, tzinfo=UTC), date(2025, 6, 27)),  # Tuesday
        (datetime(2025, 6, 26, 15, 0, tzinfo=UTC), date(2025, 6, 27)),  # Thursday 18:00: the cut-off itself
        (datetime(2025, 6, 26, 15, 1, tzinfo=UTC), date(2025, 7, 4)),  # a minute later
        (datetime(2025, 6, 27, 1, 0, tzinfo=UTC), date(2025, 7, 4)),  # the day itself
        (datetime(2025, 6, 26, 21, 30, tzinfo=UTC), date(2025, 7, 4)),  # Friday already in Nairobi
    ],
)
@proves("DR-1210")
def test_a_run_goes_on_its_weekday_unless_its_cutoff_has_passed(now: datetime, first: date) -> None:
    days = rules.trips(now, weekday=FRIDAY, departs="06:00", cutoff_hours=12, earliest=date.min)
    assert next(days) == first


def test_goods_that_are_still_growing_go_with_a_later_trip_dr406() -> None:
    now = datetime(2025, 6, 24, 6, 30, tzinfo=UTC)
    days = rules.trips(now, weekday=FRIDAY, departs="06:00", cutoff_hours=12, earliest=date(2025, 6, 28))
    assert next(days) == date(2025, 7, 4)


@given(st.decimals("0.01", "30000", places=2), st.decimals("0.01", "500", places=2))
def test_a_runs_fee_is_in_whole_shillings_and_half_up(kg: Decimal, per_kg: Decimal) -> None:
    fee = rules.fee(kg, per_kg)
    assert fee == fee.to_integral_value()
    assert abs(fee - kg * per_kg) <= D("0.5")


# --- planning --------------------------------------------------------------------------------------------
@proves("DR-1210", "DR-1106")
def test_out_of_a_riders_reach_the_next_run_is_offered_with_day_and_price(shop: Shop) -> None:
    point = make_point(shop)
    run = make_run(shop, point)
    shop.publish("50", "80")
    made = quote(shop, far(shop))
    assert (made.way, made.run_id, made.collection_point_id) == (
        "run",
        run.run_id,
        point.collection_point_id,
    )
    assert (str(made.delivery_fee), str(made.total_amount)) == ("20.00", "420.00")
    with shop.db.read() as tx:
        view = quotes.quote_view(tx, made.quote_id)
    assert (view.place, view.day) == ("Naivasha stage", date(2025, 6, 27))
    assert [(c.way, str(c.fee), c.place) for c in view.choices] == [
        ("run", "20.00", "Naivasha stage"),
        ("collect", "0.00", "Wanjiku"),
    ]


@proves("DR-1210")
def test_a_rider_to_the_door_comes_first_and_the_other_ways_are_choices(shop: Shop) -> None:
    make_point(shop, "Kinoo shop", "Kinoo", from_wards=[ward(shop, "Kinoo")])
    shop.publish("50", "80")
    made = shop.quote("5")
    with shop.db.read() as tx:
        view = quotes.quote_view(tx, made.quote_id)
    assert (view.choices[0].way, view.choices[0].place) == ("rider", "Kinoo")
    assert {(c.way, c.place, str(c.fee)) for c in view.choices[1:]} == {
        ("collect", "Kinoo shop", "0.00"),
        ("collect", "Wanjiku", "0.00"),
    }
    assert made.way == "rider"


@proves("DR-1210")
def test_a_customer_chooses_to_collect_instead_and_pays_no_delivery(shop: Shop) -> None:
    listing = shop.publish("50", "80")
    made = shop.quote("5")
    me = shop.cast.customer.actor
    with shop.db.read() as tx:
        view = quotes.quote_view(tx, made.quote_id)
    collect = next(choice for choice in view.choices if choice.way == "collect")
    new = shop.db.run(lambda tx: quotes.choose(tx, me, quote_id=made.quote_id, choice=collect))
    assert (new.way, str(new.total_amount)) == ("collect", "400.00")
    with pytest.raises(errors.QuoteGone):
        shop.accept(made)
    order = shop.accept(new)
    assert (order.way, str(order.delivery_fee), str(order.amount_asked)) == ("collect", "0.00", "400.00")
    assert shop.stock(listing)[0] == "45.00"


def test_a_way_that_does_not_work_cannot_be_chosen(shop: Shop) -> None:
    shop.publish("50", "80")
    made = shop.quote("5")
    gone = quotes.Choice(
        way="run", fee=D(0), total=D(0), day=date(2025, 6, 27), km=D(1), place="x",
        collection_point_id=7, run_id=9,
    )  # fmt: skip
    with pytest.raises(errors.WayGone):
        shop.db.run(
            lambda tx: quotes.choose(tx, shop.cast.customer.actor, quote_id=made.quote_id, choice=gone)
        )
    stranger = far(shop)
    with pytest.raises(errors.QuoteUnknown):
        shop.db.run(lambda tx: quotes.choose(tx, stranger.actor, quote_id=made.quote_id, choice=gone))


def test_a_run_that_does_not_start_at_the_farm_is_no_way(shop: Shop) -> None:
    make_run(shop, make_point(shop), start_wards=[ward(shop, "Limuru Central")])
    shop.publish("50", "80")
    assert quote(shop, far(shop)).way == "collect"


def test_free_delivery_is_for_the_door_and_not_for_a_run_dr1104(shop: Shop) -> None:
    make_run(shop, make_point(shop))
    shop.publish("50", "80")
    made = quote(shop, far(shop), "30")
    assert (made.way, str(made.delivery_fee), str(made.delivery_fee_waived)) == ("run", "120.00", "0.00")


# --- capacity --------------------------------------------------------------------------------------------
def loads(shop: Shop) -> tuple[list[str], int]:
    with shop.db.read() as tx:
        days = [f"{row.day} {row.kg_taken}" for row in tx.session.scalars(select(RunDay))]
        return days, len(tx.session.scalars(select(RunLoad)).all())


@proves("DR-1210")
def test_orders_fill_a_trip_and_the_next_goes_a_week_later(shop: Shop) -> None:
    make_run(shop, make_point(shop), capacity_kg=D(12))
    shop.publish("50", "80")
    first, second = far(shop), far(shop, "+254712000223")
    order = shop.accept(quote(shop, first, "10"), "a", first.actor)
    assert loads(shop) == (["2025-06-27 10.00"], 1)
    assert quote(shop, second, "3").delivery_date == date(2025, 7, 4), "two kilos are left on Friday"
    assert quote(shop, second, "2").delivery_date == date(2025, 6, 27)
    shop.db.run(lambda tx: orders.cancel(tx, first.actor, order_id=order.order_id))
    assert loads(shop) == (["2025-06-27 0.00"], 0)
    assert quote(shop, second, "12").delivery_date == date(2025, 6, 27)


@proves("DR-1210")
def test_the_last_room_on_a_trip_goes_to_one_order(shop: Shop) -> None:
    make_run(shop, make_point(shop), capacity_kg=D(12))
    shop.publish("50", "80")
    first, second = far(shop), far(shop, "+254712000223")
    early, late = quote(shop, first, "10"), quote(shop, second, "10")
    shop.accept(early, "a", first.actor)

    def work(tx: Tx) -> int:
        with pytest.raises(errors.QuoteChanged) as changed:
            quotes.accept(tx, second.actor, quote_id=late.quote_id, idempotency_key="b")
        return int(changed.value.values["new_quote_id"])

    new = shop.db.run(work)
    with shop.db.read() as tx:
        assert quotes.quote_view(tx, new).day == date(2025, 7, 4)
    with pytest.raises(RunFull) as full:
        shop.db.run(
            lambda tx: ways.put_on(tx, run_id=late.run_id or 0, day=date(2025, 6, 27), order_id=99, kg=D(3))
        )
    assert full.value.values["left"] == D("2.00")


@proves("O17", "DR-811")
def test_late_money_brings_a_lapsed_order_back_onto_a_trip_with_room(shop: Shop) -> None:
    run = make_run(shop, make_point(shop), capacity_kg=D(12))
    shop.publish("50", "80")
    first = far(shop)
    order = shop.accept(quote(shop, first, "10"), "a", first.actor)
    shop.db.run(lambda tx: orders.cancel_unpaid(tx, order.order_id))
    assert loads(shop) == (["2025-06-27 0.00"], 0)
    shop.db.run(lambda tx: ways.put_on(tx, run_id=run.run_id, day=date(2025, 6, 27), order_id=9_999, kg=D(5)))
    assert shop.db.run(lambda tx: orders.revive(tx, shop.cast.admin.actor, order.order_id))
    assert shop.fresh(order).estimated_delivery_date == date(2025, 7, 4), "Friday has too little room now"
    assert loads(shop) == (["2025-06-27 5.00", "2025-07-04 10.00"], 2)


def test_late_money_for_a_run_that_goes_no_more_is_given_back(shop: Shop) -> None:
    point = make_point(shop)
    run = make_run(shop, point)
    listing = shop.publish("50", "80")
    first = far(shop)
    order = shop.accept(quote(shop, first, "10"), "a", first.actor)
    shop.db.run(lambda tx: orders.cancel_unpaid(tx, order.order_id))
    make_run(shop, point, run_id=run.run_id, is_active=False)
    assert not shop.db.run(lambda tx: orders.revive(tx, shop.cast.admin.actor, order.order_id))
    assert shop.stock(listing)[0] == "50.00"
    with pytest.raises(RunUnknown):
        shop.db.run(
            lambda tx: ways.put_on_next(
                tx, run_id=run.run_id, order_id=1, kg=D(1), earliest=date(2025, 6, 24)
            )
        )


def test_an_order_takes_room_once(shop: Shop) -> None:
    run = make_run(shop, make_point(shop))
    for _ in range(2):
        shop.db.run(lambda tx: ways.put_on(tx, run_id=run.run_id, day=date(2025, 6, 27), order_id=5, kg=D(3)))
    assert loads(shop) == (["2025-06-27 3.00"], 1)
    for _ in range(2):
        shop.db.run(lambda tx: ways.take_off(tx, 5))
    assert loads(shop) == (["2025-06-27 0.00"], 0)
    with pytest.raises(RunUnknown):
        shop.db.run(lambda tx: ways.put_on(tx, run_id=999, day=date(2025, 6, 27), order_id=6, kg=D(3)))


# --- served wards ----------------------------------------------------------------------------------------
@proves("DR-1212")
def test_where_we_do_not_serve_nobody_buys_or_sells(shop: Shop) -> None:
    from core.locations.errors import NotServed

    shop.publish("50", "80")
    kinoo, kangemi = ward(shop, "Kinoo"), ward(shop, "Kangemi")
    shop.set_to("service.wards", str(kinoo))
    with pytest.raises(NotServed) as there:
        shop.quote("5")
    assert there.value.values["place"] == "Kangemi"
    with shop.db.read() as tx:
        assert (served(tx, kinoo), served(tx, kangemi)) == (True, False)
    shop.set_to("service.wards", str(kangemi))
    with pytest.raises(errors.NothingForSale):
        shop.quote("5")
    with pytest.raises(NotServed):
        shop.publish("50", "80")
    shop.set_to("service.wards", f"{kinoo},{kangemi}")
    assert shop.quote("5").way == "rider"


# --- admin's verbs ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", ["customer", "farmer", "rider"])
def test_only_admins_make_ways(shop: Shop, role: str) -> None:
    actor = getattr(shop.cast, role).actor
    kinoo = ward(shop, "Kinoo")
    with pytest.raises(NotAllowed):
        shop.db.run(lambda tx: ways.save_point(tx, actor, name="x", ward_code=kinoo, keeper_id=actor.user_id))
    point = make_point(shop)
    with pytest.raises(NotAllowed):
        shop.db.run(
            lambda tx: ways.save_run(
                tx, actor, name="x", start_wards=[kinoo], stops=[point.collection_point_id], weekday=1,
                departs="06:00", cutoff_hours=1, capacity_kg=D(1), fee_per_kg=D(1),
            )
        )  # fmt: skip
    with shop.db.read() as tx:
        assert [p.name for p in ways.points(tx, actor)] == ["Naivasha stage"], "everybody may read them"


RUN_FAULTS: list[tuple[dict[str, Any], type[DomainError]]] = [
    ({"name": "  "}, BadInput),
    ({"start_wards": []}, BadInput),
    ({"start_wards": [99_999]}, UnknownWard),
    ({"stops": []}, BadInput),
    ({"stops": [99_999]}, PointUnknown),
    ({"weekday": 7}, BadInput),
    ({"weekday": -1}, BadInput),
    ({"weekday": "Friday"}, BadInput),
    ({"departs": "six"}, BadInput),
    ({"departs": "25:00"}, BadInput),
    ({"cutoff_hours": 145}, BadInput),
    ({"capacity_kg": D(0)}, BadInput),
    ({"capacity_kg": D(30_001)}, BadInput),
    ({"capacity_kg": 1.5}, BadInput),
    ({"fee_per_kg": D("-1")}, BadInput),
    ({"fee_per_kg": D("0.001")}, BadInput),
    ({"driver_id": 99_999}, NotFound),
    ({"run_id": 99_999}, RunUnknown),
]


@pytest.mark.parametrize(("values", "error"), RUN_FAULTS, ids=[str(values) for values, _ in RUN_FAULTS])
def test_a_run_that_cannot_be_is_refused(
    shop: Shop, values: dict[str, Any], error: type[DomainError]
) -> None:
    point = make_point(shop)
    with pytest.raises(error):
        make_run(shop, point, **values)
    with shop.db.read() as tx:
        assert ways.runs(tx, shop.cast.admin.actor) == []


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"name": ""}, BadInput),
        ({"ward_code": 99_999}, UnknownWard),
        ({"from_wards": [99_999]}, UnknownWard),
        ({"keeper_id": 99_999}, NotFound),
        ({"collection_point_id": 99_999}, PointUnknown),
    ],
)
def test_a_point_that_cannot_be_is_refused(
    shop: Shop, values: dict[str, Any], error: type[DomainError]
) -> None:
    with pytest.raises(error):
        make_point(shop, **values)


def test_changing_a_run_and_closing_points_is_audited_and_seen(shop: Shop) -> None:
    first, second = make_point(shop), make_point(shop, "Gilgil stage", "Gilgil")
    run = make_run(shop, first)
    stops = [second.collection_point_id, first.collection_point_id]
    make_run(shop, first, run_id=run.run_id, stops=stops, capacity_kg=D(50))
    with shop.db.read() as tx:
        (seen,) = ways.runs(tx, shop.cast.customer.actor)
        assert [stop.name for stop in seen.stops] == ["Gilgil stage", "Naivasha stage"]
        rows = tx.session.scalars(select(AuditRow).where(AuditRow.record == f"run:{run.run_id}")).all()
        assert [(row.what, row.changes.get("capacity_kg")) for row in rows] == [
            ("run.made", None),
            ("run.changed", ["100.00", "50.00"]),
        ]
    with pytest.raises(PointInUse):
        make_point(shop, collection_point_id=first.collection_point_id, is_active=False)
    make_run(shop, first, run_id=run.run_id, is_active=False)
    make_point(shop, collection_point_id=first.collection_point_id, is_active=False)
    with shop.db.read() as tx:
        assert [p.name for p in ways.points(tx, shop.cast.admin.actor)] == ["Gilgil stage"]
        assert ways.runs(tx, shop.cast.admin.actor) == []
        assert ways.point(tx, first.collection_point_id).is_active is False
