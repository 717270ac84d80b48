"""A rider who goes back, or whose screen has grown old: nothing is booked that he did not say."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy import select

from core.cash import collecting
from core.cash.errors import NotEnoughCash
from core.cash.models import CashCollection
from core.db import Database
from core.deliveries.models import DeliveryStop
from core.orders import quotes
from core.traffic.models import Callback
from core.users import service as users
from inbound.gateway import Gateway
from menus.rider import door
from tests.deliveries.road import Road
from tests.helpers import RIDER, Cast
from tests.payments.till import typed
from tests.ussd.phone import UssdPhone, in_redis, tells
from ussd import hoplog


@pytest.fixture
def road(db: Database, cast: Cast) -> Road:
    db.run(lambda tx: users.set_language(tx, cast.rider.actor, language="en"))
    made = Road(db, cast)
    made.publish("200")
    return made


@pytest.fixture
def phone(client: FlaskClient) -> UssdPhone:
    return UssdPhone(client, RIDER)


def test_a_count_that_he_gave_up_is_not_booked_with_all_of_it(road: Road, phone: UssdPhone) -> None:
    road.publish("50", slug="onions")
    lines = [quotes.Line(road.product(slug), Decimal(5), "kg") for slug in ("tomatoes", "onions")]
    order = road.accept(road.quote_lines(*lines))
    assert road.pay(order) == "applied"
    road.taken(order)
    phone.dial()
    phone.answer("1", "2", "1", "3")
    assert "3 of 5kg" in phone.screen
    phone.answer("3", "0")  # Another is short; no, it is not
    assert phone.screen.startswith("CON Collect")
    phone.answer("1")
    assert "is with you" in phone.screen
    with road.db.read() as tx:
        assert not any(stop.counted for stop in tx.session.scalars(select(DeliveryStop)))


def cash_taken(road: Road) -> list[Decimal]:
    with road.db.read() as tx:
        return [one.amount for one in tx.session.scalars(select(CashCollection))]


def test_cash_that_his_screen_told_him_to_take_is_booked_though_she_has_paid_meanwhile(
    road: Road, phone: UssdPhone
) -> None:
    order = road.cash_at_the_door()
    phone.dial()
    asked = order.amount_asked.quantize(Decimal(1))
    assert f"TAKE KSh {asked} CASH" in phone.answer("1")
    assert typed(road, order.order_number, str(asked)) == "applied"
    phone.answer("1", road.code(order))
    assert cash_taken(road) == [asked], "he has it, and owes it"
    assert road.delivery(order).delivery_status == "delivered"


def test_a_code_that_he_types_where_cash_is_asked_is_in_no_log(
    road: Road, phone: UssdPhone, gateway: Gateway, redis: Redis
) -> None:
    order = road.cash_at_the_door()
    code = road.code(order)
    phone.dial()
    phone.answer("1", "2", code)
    difference = abs(int(code) - int(order.amount_asked))
    assert not any(tells(in_redis(redis), one) for one in (code, f"{int(code):,}", f"{difference:,}"))
    phone.answer("0", "0", "1")
    assert not tells(in_redis(redis), code)
    hoplog.drain(gateway)
    with road.db.read() as tx:
        kept = [repr(row.request) for row in tx.session.scalars(select(Callback))]
    assert any("****" in one for one in kept)
    assert not any(code in one for one in kept)


def test_a_sum_that_is_asked_since_is_not_booked_as_taken(road: Road) -> None:
    """His list said that nothing was to be collected; by the code he has said so too."""
    order = road.cash_at_the_door()
    with road.db.read() as tx:
        due = collecting.to_collect(tx, road.fresh(order))
    hop: Any = SimpleNamespace(
        slots={"stop": {"number": order.order_number, "collect": "0"}},
        db=road.db,
        parts=road.db.parts,
        actor=road.cast.rider.actor,
        secret=road.code(order),
        once="a-hop",
    )
    assert door.exactly(hop) == "code"
    with pytest.raises(NotEnoughCash):
        door.hand_over(hop)
    assert Decimal(hop.slots["stop"]["collect"]) == due, "the next screen says what is asked"
    assert cash_taken(road) == []
