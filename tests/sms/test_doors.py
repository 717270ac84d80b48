"""What riders, farmers and customers text at the door: no code, nobody to bring it, fetched at the farm."""

from typing import Any

import pytest
from sqlalchemy import update

from core.deliveries.models import Delivery, RiderDuty
from core.orders.models import Order
from tests.helpers import CUSTOMER, FARMER, RIDER
from tests.proving import proves
from tests.sms.conftest import Desk
from tests.sms.test_riders import code_of, job, told

__all__ = ["job"]


def status(desk: Desk) -> str:
    return str(desk.look(Order)[0].order_status)


@pytest.fixture
def at_the_door(desk: Desk, job: str) -> str:
    desk.text(RIDER, "YES")
    desk.text(RIDER, f"PICKED {job}")
    told(desk, CUSTOMER)
    return job


@proves("DR-1205")
@pytest.mark.parametrize("named", [True, False])
def test_no_code_and_her_yes_delivers(desk: Desk, at_the_door: str, named: bool) -> None:
    desk.text(RIDER, f"NOCODE {at_the_door}" if named else "NOCODE")
    (asked,) = told(desk, CUSTOMER)
    assert (
        asked
        == f"Order {at_the_door}: Kamau says the goods are with you. Have you got them? Reply YES or NO."
    )
    desk.text(CUSTOMER, "YES")
    assert status(desk) == "delivered"
    assert any(text.startswith("Ni wega: oda") for text in told(desk, RIDER))


@proves("DR-1205")
def test_her_no_leaves_everything_as_it_is(desk: Desk, at_the_door: str) -> None:
    desk.text(RIDER, "NOCODE")
    assert desk.text(CUSTOMER, "maybe").startswith("Please")
    assert desk.text(CUSTOMER, "NO").startswith("OK. Nothing was handed over then.")
    assert status(desk) == "out_for_delivery"


@pytest.mark.parametrize(
    ("number", "said", "left"),
    [
        ("1", "OK, order {job}", "ready_for_delivery"),
        ("2", "OK, order {job}", "ready_for_delivery"),
        ("3", "Order {job} is cancelled. KSh 499 comes back: we text you when it is there.", "cancelled"),
    ],
)
@proves("DR-1212")
def test_nobody_brings_it_and_one_digit_decides(
    desk: Desk, job: str, number: str, said: str, left: str
) -> None:
    def nobody(tx: Any) -> None:
        tx.session.execute(update(RiderDuty).values(on_duty=False))

    desk.db.run(nobody)
    desk.clock.advance(minutes=11)
    desk.work()
    desk.clock.advance(hours=30, minutes=30)
    desk.work()
    assert any("Reply 1 to wait till tomorrow" in text for text in told(desk, CUSTOMER))
    assert said.format(job=job) in desk.text(CUSTOMER, number)
    assert status(desk) == left
    if number == "2":
        code = code_of(desk)
        desk.text(FARMER, f"DONE {job} {code}")
        assert status(desk) == "delivered"
        assert desk.look(Delivery)[0].way == "collect"
