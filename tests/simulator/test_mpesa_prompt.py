"""The prompt as the payer sees it, its outcome, and the query (contract, sections 2.4 to 2.6)."""

import json
import re
import time
from typing import Any

import pytest

from tests.simulator.conftest import Sim
from tests.simulator.daraja import PAYER, items, prompted, refused, stk
from tests.simulator.standin import StandIn


def test_the_prompt_shows_what_is_paid_and_pays_with_a_pin(sim: Sim, gateway: StandIn) -> None:
    sim.post("/clock", at="2026-01-01T12:00:00+03:00")
    sim.post("/knobs", balance_form="bare", amount_form="350.00")
    push = sim.push().json()
    prompt = prompted(sim)["prompt"]
    assert prompt["text"] == "Do you want to pay KES 350 to TUNDA for account ORD7F3K2?"
    phone = sim.do(PAYER, "prompt", pin="1234")
    assert (phone["prompt"], phone["balance"]) == (None, 49_650)

    (call,) = gateway.wait("stk-callback")
    assert (call.path, call.headers["Content-Type"]) == ("pay/stk/9f2c7e1d5b", "application/json")
    callback = stk(gateway)
    assert list(callback) == [
        "MerchantRequestID",
        "CheckoutRequestID",
        "ResultCode",
        "ResultDesc",
        "CallbackMetadata",
    ]
    assert callback["MerchantRequestID"] == push["MerchantRequestID"]
    assert callback["CheckoutRequestID"] == push["CheckoutRequestID"]
    assert (callback["ResultCode"], callback["ResultDesc"]) == (
        0,
        "The service request is processed successfully.",
    )
    entries = callback["CallbackMetadata"]["Item"]
    names = ["Amount", "MpesaReceiptNumber", "Balance", "TransactionDate", "PhoneNumber"]
    assert [entry["Name"] for entry in entries] == names
    assert entries[2] == {"Name": "Balance"}
    values = items(callback)
    assert re.fullmatch(r"UA1[A-Z0-9]{7}", values["MpesaReceiptNumber"])
    assert re.fullmatch(r"2026010112000\d", str(values["TransactionDate"]))
    assert values["PhoneNumber"] == 254712000202
    assert b'"Value": 350.00}' in call.raw
    assert values["MpesaReceiptNumber"] in phone["inbox"][-1]["text"]
    assert phone["inbox"][-1]["from"] == "MPESA"


@pytest.mark.parametrize(
    ("knobs", "written"),
    [
        ({"amount_form": "350"}, b'"Value": 350}'),
        ({"amount_form": "350.0"}, b'"Value": 350.0}'),
        ({"balance_form": "absent"}, b'"UA'),
        ({"balance_form": "text"}, b"BasicAmount=49650.00"),
    ],
)
def test_amount_and_balance_come_in_all_their_shapes(
    sim: Sim, gateway: StandIn, knobs: dict[str, Any], written: bytes
) -> None:
    sim.post("/clock", at="2026-01-01T12:00:00+03:00")
    sim.post("/knobs", **knobs)
    sim.push()
    prompted(sim)
    sim.do(PAYER, "prompt", pin="1234")
    (call,) = gateway.wait("stk-callback")
    assert written in call.raw
    if "balance_form" in knobs:
        assert (b'"Balance"' in call.raw) is (knobs["balance_form"] != "absent")


@pytest.mark.parametrize(
    ("act", "code"),
    [({"cancel": True}, 1032), ({"pin": "0000"}, 2001)],
)
def test_cancelling_and_a_wrong_pin_carry_no_metadata(
    sim: Sim, gateway: StandIn, act: dict[str, Any], code: int
) -> None:
    sim.push()
    prompted(sim)
    phone = sim.do(PAYER, "prompt", **act)
    callback = stk(gateway)
    assert (callback["ResultCode"], "CallbackMetadata" in callback) == (code, False)
    assert (phone["balance"], phone["inbox"]) == (50_000, [])


def test_too_little_money_is_code_1(sim: Sim, gateway: StandIn) -> None:
    sim.post(f"/phones/{PAYER}", balance=349)
    sim.push()
    prompted(sim)
    sim.do(PAYER, "prompt", pin="1234")
    assert stk(gateway)["ResultCode"] == 1


def test_an_ignored_prompt_lapses_as_1037(sim: Sim, gateway: StandIn) -> None:
    sim.post("/knobs", prompt_seconds=0.2)
    sim.push()
    assert stk(gateway)["ResultCode"] == 1037
    assert sim.phone(PAYER)["prompt"] is None
    assert sim.push().ok, "the phone is free again"


def test_a_phone_that_is_off_is_1037(sim: Sim, gateway: StandIn) -> None:
    sim.post(f"/phones/{PAYER}", on=False)
    sim.push()
    assert stk(gateway)["ResultCode"] == 1037


def test_no_prompt_shows_over_an_open_ussd_session(sim: Sim, gateway: StandIn) -> None:
    sim.do(PAYER, "dial")
    sim.push()
    assert stk(gateway)["ResultCode"] == 1001


def test_a_party_that_does_not_fit_the_product_is_2028(sim: Sim, gateway: StandIn) -> None:
    sim.push(PartyB="600000")
    assert stk(gateway)["ResultCode"] == 2028


def test_a_pin_has_four_digits_and_a_prompt_must_be_there(sim: Sim) -> None:
    sim.do(PAYER, "prompt", 409, pin="1234")
    sim.push()
    prompted(sim)
    for wrong in ("", "12", "12345", "abcd"):
        sim.do(PAYER, "prompt", 400, pin=wrong)
    assert sim.phone(PAYER)["prompt"] is not None


@pytest.mark.parametrize("code", ["0", "1", "1019", "1025", "9999", "E3008"])
def test_outcomes_can_be_forced_for_one_phone(sim: Sim, gateway: StandIn, code: str) -> None:
    sim.post("/outcomes", 201, code=code, phone=PAYER, times=1)
    sim.push()
    assert stk(gateway)["ResultCode"] == (int(code) if code.isdigit() else code)
    sim.push()
    assert prompted(sim)["prompt"], "after that the owner decides again"


def test_outcomes_can_be_forced_for_all(sim: Sim, gateway: StandIn) -> None:
    sim.post("/outcomes", 201, code="1032")
    sim.push()
    sim.push(PhoneNumber="254712000101")
    codes = [
        json.loads(call.raw)["Body"]["stkCallback"]["ResultCode"] for call in gateway.wait("stk-callback", 2)
    ]
    assert codes == [1032, 1032]
    assert sim.delete("/outcomes") == {"outcomes": []}


# --- 2.6 query


def test_a_query_says_wait_in_both_ways_and_then_the_result_as_a_string(sim: Sim, gateway: StandIn) -> None:
    checkout = sim.push().json()["CheckoutRequestID"]
    prompted(sim)
    sim.post("/knobs", pending_form="A")
    assert refused(sim.query(checkout)) == (500, "500.001.1001", "The transaction is being processed")
    sim.post("/knobs", pending_form="B")
    waiting = sim.query(checkout)
    assert (waiting.status_code, waiting.json()["ResultCode"]) == (200, "4999")
    sim.do(PAYER, "prompt", cancel=True)
    settled = sim.query(checkout).json()
    assert list(settled) == [
        "ResponseCode",
        "ResponseDescription",
        "MerchantRequestID",
        "CheckoutRequestID",
        "ResultCode",
        "ResultDesc",
    ]
    assert (settled["ResponseCode"], settled["ResultCode"], settled["ResultDesc"]) == (
        "0",
        "1032",
        "Request cancelled by user",
    )


def test_an_unknown_id_is_an_error(sim: Sim) -> None:
    assert refused(sim.query("ws_CO_1")) == (500, "500.001.1001", "The transaction does not Exist")


def test_too_many_calls_are_a_spike(sim: Sim) -> None:
    time.sleep(1.05)
    sim.post("/knobs", calls_per_second=2)
    statuses = [sim.query("ws_CO_1").json()["errorCode"] for _ in range(3)]
    assert statuses == ["500.001.1001", "500.001.1001", "500.003.02"]
