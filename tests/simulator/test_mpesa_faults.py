"""What goes wrong at Daraja when it is told to (contract, section 9)."""

import json
import time

import pytest
import requests

from tests.simulator.conftest import Sim
from tests.simulator.daraja import PAYER, items, paid, prompted, refused, stk
from tests.simulator.standin import StandIn, plain


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("500.003.02", 500),
        ("400.002.02", 400),
        ("500.001.1001:Wrong credentials", 500),
        ("403.002.1001", 403),
    ],
)
def test_a_push_can_be_refused_with_any_code(sim: Sim, code: str, status: int) -> None:
    sim.fault("stk-push", "refuse", code=code)
    got = refused(sim.push())
    assert got[:2] == (status, code.split(":")[0])
    if ":" in code:
        assert got[2] == "Wrong credentials"


def test_a_platform_that_is_down_answers_html(sim: Sim) -> None:
    sim.fault("mpesa-token", "refuse", code="http-503")
    answer = sim.token()
    assert (answer.status_code, answer.headers["Content-Type"]) == (503, "text/html")


@pytest.mark.parametrize("code", ["", "http-500"])
def test_the_answer_to_a_push_can_be_lost_after_the_prompt_is_on_its_way(sim: Sim, code: str) -> None:
    sim.token()
    sim.fault("stk-push", "cut", code=code, times=1)
    if code:
        assert sim.push().status_code == 500
    else:
        with pytest.raises(requests.ConnectionError):
            sim.push()
    assert prompted(sim)["prompt"]["amount"] == 350


def test_a_push_can_vanish_be_slow_or_come_back_as_garbage(sim: Sim) -> None:
    sim.fault("stk-push", "drop", times=1)
    with pytest.raises(requests.ConnectionError):
        sim.push()
    sim.fault("stk-push", "delay", seconds=0.3, times=1)
    began = time.monotonic()
    assert sim.push().ok
    assert time.monotonic() - began >= 0.3
    sim.fault("stk-push", "garbage", times=1)
    answer = sim.push(PhoneNumber="254712000303")
    assert (answer.status_code, answer.text[:6]) == (200, "<html>")
    sim.fault("stk-query", "late", seconds=0.2, times=1)
    assert sim.query("ws_CO_1").status_code == 500


def test_the_callback_can_come_before_the_answer(sim: Sim, gateway: StandIn) -> None:
    sim.fault("stk-callback", "before-answer", times=1)
    push = sim.push().json()
    assert [call.kind for call in gateway.calls] == ["stk-callback"]
    assert stk(gateway)["CheckoutRequestID"] == push["CheckoutRequestID"]
    assert stk(gateway)["ResultCode"] == 0


def test_a_dropped_callback_leaves_the_query(sim: Sim, gateway: StandIn) -> None:
    sim.fault("stk-callback", "drop")
    checkout = paid(sim)
    assert sim.query(checkout).json()["ResultCode"] == "0"
    assert gateway.of("stk-callback") == []


def test_a_callback_is_never_posted_again_by_itself(sim: Sim, gateway: StandIn) -> None:
    gateway.replies["stk-callback"] = lambda _call: plain("", 500)
    paid(sim)
    gateway.wait("stk-callback")
    time.sleep(0.3)
    assert len(gateway.of("stk-callback")) == 1


def test_a_repeated_callback_is_the_same_to_the_byte(sim: Sim, gateway: StandIn) -> None:
    sim.fault("stk-callback", "repeat", n=20)
    paid(sim)
    assert len({call.raw for call in gateway.wait("stk-callback", 20)}) == 1


def test_a_delayed_callback_lets_the_query_know_and_a_late_one_does_not(sim: Sim, gateway: StandIn) -> None:
    sim.post("/knobs", pending_form="B")
    sim.fault("stk-callback", "delay", seconds=0.3, times=1)
    assert sim.query(paid(sim)).json()["ResultCode"] == "0"
    assert gateway.of("stk-callback") == []
    gateway.wait("stk-callback")
    sim.fault("stk-callback", "late", seconds=0.5, times=1)
    assert sim.query(paid(sim)).json()["ResultCode"] == "4999"
    assert stk(gateway, 2)["ResultCode"] == 0


def test_a_callback_can_tell_the_wrong_amount(sim: Sim, gateway: StandIn) -> None:
    sim.fault("stk-callback", "wrong-amount")
    paid(sim)
    assert items(stk(gateway))["Amount"] == 351


def test_a_callback_can_be_garbled(sim: Sim, gateway: StandIn) -> None:
    sim.fault("stk-callback", "garbage")
    paid(sim)
    with pytest.raises(ValueError, match=r"utf-8|JSON|Expecting"):
        json.loads(gateway.wait("stk-callback")[0].raw)


def test_a_callback_can_carry_a_failure_whatever_the_payer_did(sim: Sim, gateway: StandIn) -> None:
    sim.fault("stk-callback", "refuse", code="1037")
    checkout = paid(sim)
    assert stk(gateway)["ResultCode"] == 1037
    assert sim.query(checkout).json()["ResultCode"] == "1037"
    assert sim.phone(PAYER)["balance"] == 50_000


def test_two_callbacks_can_change_places(sim: Sim, gateway: StandIn) -> None:
    sim.fault("stk-callback", "reorder", times=1)
    first, second = paid(sim), paid(sim)
    ids = [
        json.loads(call.raw)["Body"]["stkCallback"]["CheckoutRequestID"]
        for call in gateway.wait("stk-callback", 2)
    ]
    assert ids == [second, first]


def test_a_callback_whose_line_is_cut_still_arrives(sim: Sim, gateway: StandIn) -> None:
    sim.fault("stk-callback", "cut")
    paid(sim)
    assert stk(gateway)["ResultCode"] == 0
