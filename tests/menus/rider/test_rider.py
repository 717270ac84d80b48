"""A rider's hops, bad input, stale screens, repeated hops, long names: through the real route."""

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from core.cash.models import CashCollection
from core.db import Database
from core.deliveries import assignment, received
from core.deliveries.models import CodeTry, Delivery, DeliveryDrop, DeliveryStop
from core.locations.models import Location
from core.orders.models import Order
from core.users import service as users
from core.users.models import User
from core.vault import Vault
from locales.gsm import is_basic, septets
from menus import parse
from menus.rider import count, door
from menus.talk import Again, Talk
from tests.deliveries.road import Road
from tests.helpers import DATA_KEY, RIDER, Cast
from tests.ussd.counting import counting
from tests.ussd.phone import UssdPhone

OTHER = "+254712000333"


@pytest.fixture
def road(db: Database, cast: Cast) -> Road:
    """The road, its rider spoken to in English."""
    db.run(lambda tx: users.set_language(tx, cast.rider.actor, language="en"))
    made = Road(db, cast)
    made.publish("200")
    return made


@pytest.fixture
def phone(client: FlaskClient) -> UssdPhone:
    return UssdPhone(client, RIDER)


def hops(phone: UssdPhone, *answers: str) -> int:
    """Dial and answer; how many hops it took, the dial counted."""
    phone.dial()
    phone.answer(*answers)
    return 1 + len(answers)


def statuses(road: Road, order: Order) -> tuple[str, str]:
    return road.delivery(order).delivery_status, road.fresh(order).order_status


# --- hops ------------------------------------------------------------------------------------------------
def test_an_offer_is_accepted_in_two_hops(road: Road, phone: UssdPhone) -> None:
    order = road.ready(road.paid_order())
    assert hops(phone, "1") == 2
    assert "The job is yours." in phone.screen
    assert road.delivery(order).rider_id == road.cast.rider.id


def test_a_paid_order_is_delivered_with_its_code_in_four_hops(road: Road, phone: UssdPhone) -> None:
    order = road.on_the_way()
    assert hops(phone, "1", "1", road.code(order)) == 4
    assert phone.screen.startswith("END ")
    assert statuses(road, order) == ("delivered", "delivered")


def test_a_cash_order_is_delivered_with_cash_and_code_in_four_hops(road: Road, phone: UssdPhone) -> None:
    order = road.cash_at_the_door()
    phone.dial()
    assert f"TAKE KSh {int(order.amount_asked)} CASH" in phone.answer("1"), "before any code"
    phone.answer("1", road.code(order))
    assert phone.screen.startswith("END ")
    assert statuses(road, order) == ("delivered", "delivered")
    with road.db.read() as tx:
        assert tx.session.scalar(select(CashCollection.amount)) == order.amount_asked


def test_the_second_stop_is_no_farther_than_the_first(road: Road, phone: UssdPhone) -> None:
    road.on_the_way("sms-1")
    second = road.on_the_way("sms-2")
    phone.dial()
    key = next(line[0] for line in phone.screen.splitlines() if second.tail in line)
    assert hops(phone, key, "1", road.code(second)) == 4
    assert second.tail in phone.screen
    assert "is delivered" in phone.screen
    assert statuses(road, second)[0] == "delivered"


# --- what nobody else may read on the first screen --------------------------------------------------------
def test_the_first_screen_names_nobody_and_no_phone(road: Road, phone: UssdPhone) -> None:
    def bare(screen: str) -> bool:
        return not re.search(r"Wanjiku|Achieng|Kamau|07\d{8}|2547", screen)

    assert bare(phone.dial())
    road.ready(road.paid_order(key="sms-1"))
    assert "You earn" in phone.dial()
    assert bare(phone.screen)
    phone.answer("1")
    road.db.parts.clock.advance(minutes=1)  # type: ignore[attr-defined]
    assert "Your route:" in phone.dial()
    assert bare(phone.screen)
    assert "0712000101" in phone.answer("1")


# --- bad input -------------------------------------------------------------------------------------------
def talk(**slots: Any) -> Talk:
    return cast(Talk, SimpleNamespace(slots=slots))


TOMATOES = {"item": 1, "qty": "7.00", "unit": "kg"}
BUNCHES = {"item": 1, "qty": "7", "unit": "bunch"}


@pytest.mark.parametrize(
    ("goods", "answer", "value"),
    [
        (TOMATOES, "0", "0"),
        (TOMATOES, "0.0", "0"),
        (TOMATOES, " 0 ", "0"),
        (TOMATOES, "6", "6"),
        (TOMATOES, "6.5", "6.5"),
        (TOMATOES, "6,5kg", "6.5"),
        (TOMATOES, "7", "7"),
        (BUNCHES, "3", "3"),
    ],
)
def test_a_count_from_nothing_to_all_of_it(goods: dict[str, Any], answer: str, value: str) -> None:
    assert count.counted(talk(goods=goods), answer) == value


@pytest.mark.parametrize(
    ("goods", "answer", "why"),
    [
        (TOMATOES, "7.01", count.NOT_MORE),
        (TOMATOES, "99999999", count.NOT_MORE),
        (TOMATOES, "-1", parse.ABOVE_ZERO),
        (TOMATOES, "1.234", parse.TWO_DECIMALS),
        (TOMATOES, "1,000", parse.NO_THOUSANDS),
        (TOMATOES, "six", parse.DIGITS_ONLY),
        (TOMATOES, "٣", parse.DIGITS_ONLY),
        (BUNCHES, "2.5", parse.WHOLE_ONLY),
    ],
)
def test_a_count_that_cannot_be(goods: dict[str, Any], answer: str, why: str) -> None:
    with pytest.raises(Again) as again:
        count.counted(talk(goods=goods), answer)
    assert again.value.text == why


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("850.50", door.WHOLE_SHILLINGS),
        ("0.50", door.WHOLE_SHILLINGS),
        ("-5", parse.ABOVE_ZERO),
        ("1,500", parse.NO_THOUSANDS),
        ("all", parse.DIGITS_ONLY),
        ("0.0", parse.ABOVE_ZERO),
    ],
)
def test_a_sum_that_cannot_be(answer: str, why: str) -> None:
    with pytest.raises(Again) as again:
        door.cash(talk(), answer)
    assert again.value.text == why


@pytest.mark.parametrize("answer", ["850", "KSh 850", "850/=", "850.00"])
def test_a_sum_as_people_write_it(answer: str) -> None:
    at_the_door = cast(Talk, SimpleNamespace(slots={}, parts=SimpleNamespace(vault=Vault([DATA_KEY]))))
    at_the_door.slots["taken"] = door.cash(at_the_door, answer)
    assert door.taken_of(at_the_door) == 850


def test_a_sum_no_order_can_cost_is_refused_and_nothing_moves(road: Road, phone: UssdPhone) -> None:
    order = road.cash_at_the_door()
    hops(phone, "1", "2", "99999999")
    assert "no sum of cash" in phone.screen
    assert "How many shillings" in phone.screen
    assert statuses(road, order)[0] == "in_transit"


@pytest.mark.parametrize("answer", ["9", "", "1*1", "x", "98", "50", "-1"])
def test_rubbish_on_the_route_leaves_him_there(road: Road, phone: UssdPhone, answer: str) -> None:
    road.assigned()
    phone.dial()
    assert "Your route:" in phone.answer(answer)


# --- stale screens: what was his is his no more -----------------------------------------------------------
LAST_KEYS: dict[str, tuple[Callable[[Road], Order], tuple[str, ...], str]] = {
    "pick up": (lambda road: road.assigned(), ("1",), "1"),
    "count": (lambda road: road.assigned(), ("1", "2", "3"), "1"),
    "drop out": (lambda road: road.assigned(), ("1", "4"), "1"),
}


@pytest.mark.parametrize("what", LAST_KEYS)
def test_a_job_that_has_gone_to_another_is_left_alone(road: Road, phone: UssdPhone, what: str) -> None:
    make, way, last = LAST_KEYS[what]
    order = make(road)
    mutua = road.rider(OTHER, "Uthiru", "KMDA 777X")
    hops(phone, *way)
    road.act(assignment.assign_by_hand, road.cast.admin, order_id=order.order_id, rider_id=mutua.id)
    phone.answer(last)
    if what == "drop out":  # he has dropped it already, says the core: nothing changes, and he sees his route
        assert phone.screen.startswith("CON ")
    else:
        assert "no longer yours" in phone.screen
        assert order.tail not in phone.answer("1")
    with road.db.read() as tx:
        fresh = tx.session.scalars(select(Delivery)).one()
        assert (fresh.rider_id, fresh.delivery_status) == (mutua.id, "assigned")
        assert tx.session.scalars(select(DeliveryStop.done_at)).all() == [None, None]


def test_a_delivery_that_is_done_meanwhile_cannot_fail(road: Road, phone: UssdPhone) -> None:
    order = road.on_the_way()
    hops(phone, "1", "3", "1")
    road.ask_receipt(order)
    road.act(received.answer, road.cast.customer, order_id=order.order_id, yes=True)
    assert "no longer yours" in phone.answer("1")
    assert statuses(road, order) == ("delivered", "delivered")


def test_an_order_cancelled_meanwhile_is_not_picked_up(road: Road, phone: UssdPhone) -> None:
    from core.orders import service as orders

    order = road.assigned()
    hops(phone, "1")
    road.act(orders.cancel, road.cast.admin, order_id=order.order_id, reason="fraud")
    assert "no longer yours" in phone.answer("1")
    assert statuses(road, order) == ("cancelled", "cancelled")


def test_an_offer_of_another_is_not_on_his_screen(road: Road, phone: UssdPhone, client: FlaskClient) -> None:
    road.rider(OTHER, "Uthiru", "KMDA 777X")
    road.ready(road.paid_order())
    assert "You earn" in phone.dial()
    other = UssdPhone(client, OTHER)
    assert "You earn" not in other.dial()
    assert "No job waits" in other.answer("1") or "Your route" not in other.screen


def test_drop_out_is_counted_once(road: Road, phone: UssdPhone) -> None:
    road.assigned()
    hops(phone, "1", "4", "2")
    screen = phone.screen
    assert phone.post() == screen
    with road.db.read() as tx:
        (dropped,) = tx.session.scalars(select(DeliveryDrop))
        assert dropped.reason == "too far"


# --- repeated hops ---------------------------------------------------------------------------------------
def test_a_wrong_code_posted_twice_is_one_try(road: Road, phone: UssdPhone) -> None:
    order = road.on_the_way()
    wrong = "0000" if road.code(order) != "0000" else "1111"
    hops(phone, "1", "1", wrong)
    screen = phone.screen
    assert "Tries left: 4" in screen
    assert phone.post() == screen
    assert phone.post() == screen
    assert road.delivery(order).code_attempts == 1
    with road.db.read() as tx:
        assert len(tx.session.scalars(select(CodeTry)).all()) == 1


def test_a_right_code_posted_twice_delivers_once(road: Road, phone: UssdPhone) -> None:
    order = road.cash_at_the_door()
    hops(phone, "1", "1", road.code(order))
    screen = phone.screen
    balances = road.balances()
    assert phone.post() == screen
    assert road.balances() == balances


def test_the_code_stands_nowhere_in_redis(road: Road, phone: UssdPhone, gateway: Any) -> None:
    order = road.on_the_way()
    wrong = "7391" if road.code(order) != "7391" else "7392"
    hops(phone, "1", "1", wrong)
    for key in gateway.redis.scan_iter("*"):
        kind = gateway.redis.type(key)
        held = {
            b"hash": lambda key=key: repr(gateway.redis.hgetall(key)),
            b"list": lambda key=key: repr(gateway.redis.lrange(key, 0, -1)),
            b"string": lambda key=key: repr(gateway.redis.get(key)),
        }.get(kind, lambda: "")()
        assert wrong not in held, key


# --- long names ------------------------------------------------------------------------------------------
def test_the_longest_names_fit_and_phones_are_never_cut(road: Road, phone: UssdPhone, cast: Cast) -> None:
    places = [road.db.parts.places.get(code) for code in range(1, 1451)]
    longest = max(places, key=lambda ward: len(ward.ward))
    order = road.assigned()
    landmark = "behind the big new petrol station beside the second mosque, green gate " * 2

    def work(tx: Any) -> None:
        tx.session.execute(update(Location).values(ward=longest.ward, landmark=landmark[:120]))
        tx.session.execute(update(User).values(first_name="Wambui-Nyambura-Muthoni"))
        drop = {**road.fresh(order).drop, "ward": longest.ward, "landmark": landmark[:120]}
        tx.session.execute(update(Order).values(drop=drop))

    road.db.run(work)
    screens = [phone.dial(), phone.answer("1"), phone.answer("3"), phone.answer("0"), phone.answer("4")]
    assert "0712000101" in screens[1]
    assert "behind the big" in screens[1]
    phone.answer("0", "1")
    screens += [phone.answer("1"), phone.answer("3")]
    assert "0712000202" in screens[-1]
    for screen in screens:
        assert septets(screen) <= 160
        assert is_basic(screen)


# --- what a hop costs ------------------------------------------------------------------------------------
def test_a_dial_with_three_jobs_is_at_most_six_statements_and_what_follows_none(
    road: Road, phone: UssdPhone, client: FlaskClient
) -> None:
    UssdPhone(client, "+254712000998").dial()
    road.on_the_way("sms-1")
    road.assigned("sms-2")
    road.cash_at_the_door(key="cash-3")
    with counting(road.db) as dial:
        phone.dial()
    assert len(dial.sql) <= 6
    with counting(road.db) as picked:
        phone.answer("1")
    assert picked.sql == []
