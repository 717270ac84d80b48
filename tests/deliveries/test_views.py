"""Lists, the one verb of the API, a rider's figures (2.1, DR-1105, DR-220)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from core.clock import nairobi_date
from core.deliveries import earnings, errors, views
from core.deliveries.models import Delivery
from core.errors import BadInput, NotAllowed, NotFound, WrongState
from core.orders.models import Order
from tests.deliveries.road import Road
from tests.helpers import DEMO_MOMENT, Person
from tests.proving import proves

TODAY = nairobi_date(DEMO_MOMENT)


def listed(road: Road, who: Person, **how: object) -> list[int]:
    with road.db.read() as tx:
        return [view.order_id for view in views.listed(tx, who.actor, **how)]  # type: ignore[arg-type]


def update(road: Road, who: Person, order: Order, status: str, **what: object) -> str:
    return views.update(
        road.db,
        who.actor,
        delivery_id=road.delivery(order).delivery_id,
        status=status,
        once_key=f"api:{next(road.tries)}",
        **what,  # type: ignore[arg-type]
    ).delivery_status


@proves("DR-211")
def test_everybody_sees_the_deliveries_that_concern_them(road: Road) -> None:
    road.publish("200")
    first, second = road.assigned("sms-1"), road.assigned("sms-2")
    stranger = road.person("+254712000777", "customer", "Kangemi", "Otieno")
    muthoni = road.person("+254712000888", "farmer", "Kinoo", "Muthoni")
    mutua = road.rider("+254712000333", "Uthiru", "KMDA 777X")
    newest_first = [second.order_id, first.order_id]
    for person in (road.cast.customer, road.cast.farmer, road.cast.rider, road.cast.admin):
        assert listed(road, person) == newest_first
    for person in (stranger, muthoni, mutua):
        assert listed(road, person) == []
        with road.db.read() as tx, pytest.raises(errors.NoSuchJob):
            views.one(tx, person.actor, delivery_id=road.delivery(first).delivery_id)
    assert listed(road, road.cast.rider, status="delivered") == []
    assert listed(road, road.cast.admin, page=2) == []
    for page in (0, -1, "1", True):
        with pytest.raises(BadInput):
            listed(road, road.cast.admin, page=page)


def test_a_view_never_shows_the_code(road: Road) -> None:
    road.publish()
    order = road.assigned()
    with road.db.read() as tx:
        (view,) = views.listed(tx, road.cast.rider.actor)
    assert "code" not in " ".join(vars(view))
    assert road.code(order) not in [str(value) for value in vars(view).values()]


@proves("D4", "D6")
def test_the_api_moves_a_delivery_by_its_status(road: Road) -> None:
    road.publish()
    order = road.assigned()
    assert update(road, road.cast.rider, order, "picked_up") == "in_transit"
    with pytest.raises(errors.WrongCode):
        update(road, road.cast.rider, order, "delivered", code="none")
    assert update(road, road.cast.rider, order, "delivered", code=road.code(order)) == "delivered"


@proves("D3", "D5", "D7", "D9")
def test_and_back_and_aside(road: Road) -> None:
    road.set({"delivery.auto_start": "false"})
    road.publish("200")
    order = road.assigned("sms-1")
    update(road, road.cast.rider, order, "picked_up")
    assert update(road, road.cast.rider, order, "in_transit") == "in_transit"
    assert update(road, road.cast.rider, order, "failed", reason="refused") == "failed"
    assert update(road, road.cast.rider, order, "returned") == "returned"
    other = road.assigned("sms-2")
    assert update(road, road.cast.admin, other, "pending", reason="unwell") == "pending"


def test_an_admin_delivers_with_a_reason(road: Road) -> None:
    road.publish()
    order = road.on_the_way()
    with pytest.raises(errors.OverrideReasonMissing):
        update(road, road.cast.admin, order, "delivered")
    assert update(road, road.cast.admin, order, "delivered", reason="she called") == "delivered"


def test_what_the_api_refuses(road: Road) -> None:
    road.publish()
    order = road.assigned()
    for status in ("", "flying", "assigned", "cancelled"):
        with pytest.raises(BadInput):
            update(road, road.cast.rider, order, status)
    with pytest.raises(WrongState):
        update(road, road.cast.rider, order, "failed", reason="refused")
    with pytest.raises(NotAllowed):
        update(road, road.cast.customer, order, "failed", reason="refused")
    mutua = road.rider("+254712000333", "Uthiru", "KMDA 777X")
    with pytest.raises(errors.NoSuchJob):
        update(road, mutua, order, "picked_up")


def tally(road: Road, who: Person, **span: object) -> earnings.TallyView:
    with road.db.read() as tx:
        return earnings.tally(tx, who.actor, **({"first": TODAY, "last": TODAY} | span))  # type: ignore[arg-type]


@proves("DR-1105", "DR-220")
def test_a_riders_day(road: Road) -> None:
    road.publish("200")
    earned = Decimal(0)
    for number in range(2):
        order = road.on_the_way(f"sms-{number}")
        earned += road.hand_over(order).earning
    vain = road.on_the_way("sms-9")
    road.fail(vain)
    earned += road.delivery(vain).rider_earning / 2
    day = tally(road, road.cast.rider)
    assert (day.delivered, day.failed, day.earned, day.owed) == (2, 1, earned, earned)
    assert day.cash_held == 0
    assert tally(road, road.cast.admin, rider_id=road.cast.rider.id) == day
    yesterday = tally(road, road.cast.rider, first=TODAY - timedelta(days=1), last=TODAY - timedelta(days=1))
    assert (yesterday.delivered, yesterday.earned, yesterday.owed) == (0, Decimal(0), earned)


def test_whose_figures(road: Road) -> None:
    mutua = road.rider("+254712000333", "Uthiru", "KMDA 777X")
    with pytest.raises(NotFound):
        tally(road, mutua, rider_id=road.cast.rider.id)
    with pytest.raises(NotAllowed):
        tally(road, road.cast.customer)
    for first, last in ((TODAY, TODAY - timedelta(days=1)), (date(2020, 1, 1), TODAY), ("today", TODAY)):
        with pytest.raises(BadInput):
            tally(road, road.cast.rider, first=first, last=last)


@proves("INV-7", "D1")
def test_an_order_has_one_delivery_whatever_happens(road: Road) -> None:
    from sqlalchemy.exc import IntegrityError

    from core import events
    from core.actor import system

    road.publish()
    order = road.paid_order()
    for _ in range(3):
        road.db.run(lambda tx: tx.emit(events.OrderConfirmed(order.order_id, system("job"))))
    first = road.delivery(order)

    def another(tx: object) -> None:
        kept = {c: getattr(first, c) for c in ("order_id", "km", "kg", "rider_earning", "created_at")}
        tx.session.add(Delivery(**kept))  # type: ignore[attr-defined]
        tx.session.flush()  # type: ignore[attr-defined]

    with pytest.raises(IntegrityError):
        road.db.run(another)
