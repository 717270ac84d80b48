"""Daraja as Safaricom answers it, and the prompt as the payer sees it (contract, sections 1, 2 and 9)."""

import json
import re
import time
from typing import Any

import pytest
import requests

from tests.simulator.conftest import Sim
from tests.simulator.standin import StandIn, plain

PAYER = "+254712000202"
STK_PUSH, STK_QUERY = "stkpush/v1/processrequest", "stkpushquery/v1/query"


def refused(answer: requests.Response) -> tuple[int, str, str]:
    """HTTP status, code and message of Daraja's error envelope."""
    body = answer.json()
    assert list(body) == ["requestId", "errorCode", "errorMessage"]
    return answer.status_code, body["errorCode"], body["errorMessage"]


def stk(gateway: StandIn, count: int = 1) -> dict[str, Any]:
    """The inside of the last of `count` payment callbacks."""
    return dict(json.loads(gateway.wait("stk-callback", count)[-1].raw)["Body"]["stkCallback"])


def items(callback: dict[str, Any]) -> dict[str, Any]:
    return {item["Name"]: item.get("Value") for item in callback["CallbackMetadata"]["Item"]}


def prompted(sim: Sim) -> dict[str, Any]:
    """The phone as soon as the prompt shows."""
    return sim.until(PAYER, lambda phone: phone["prompt"])


# --- 1. token


def test_a_token_lives_a_string_of_seconds(sim: Sim) -> None:
    answer = sim.token()
    assert answer.status_code == 200
    assert answer.json()["expires_in"] == "3599"
    assert re.fullmatch(r"[A-Za-z0-9]{28}", answer.json()["access_token"])


def test_wrong_keys_are_an_empty_400(sim: Sim) -> None:
    answer = sim.token("demo_key:other")
    assert (answer.status_code, answer.content) == (400, b"")


def test_a_token_request_without_its_parts_is_refused_in_daraja_s_words(sim: Sim) -> None:
    url = f"{sim.url}/oauth/v1/generate"
    assert refused(requests.get(url, timeout=5)) == (400, "400.008.01", "Invalid Authentication passed")
    basic = {"Authorization": "Basic ZGVtb19rZXk6ZGVtb19zZWNyZXQ="}
    assert refused(requests.get(url, headers=basic, timeout=5)) == (
        400,
        "400.008.02",
        "Invalid grant type passed",
    )
    assert requests.get(f"{url}?grant_type=client_credentials", headers=basic, timeout=5).ok


def test_an_invalid_token_is_spelt_differently_per_endpoint(sim: Sim) -> None:
    body = sim.push_body()
    assert refused(sim.daraja(STK_PUSH, body, token="x")) == (404, "404.001.03", "Invalid Access Token")
    assert refused(sim.daraja(STK_QUERY, body, token="x")) == (400, "400.003.01", "Invalid Access Token")
    assert refused(sim.daraja(STK_PUSH, body, token=""))[1] == "404.001.04"


def test_tokens_end(sim: Sim) -> None:
    sim.post("/knobs", token_seconds=0)
    assert refused(sim.push())[1] == "404.001.03"
    sim.post("/knobs", token_seconds=60)
    token = sim.token().json()["access_token"]
    sim.delete("/tokens")
    assert refused(sim.daraja(STK_PUSH, sim.push_body(), token=token))[1] == "404.001.03"


# --- 2. push


def test_a_push_is_accepted_in_the_documented_shape(sim: Sim) -> None:
    sim.post("/clock", at="2026-01-01T12:00:01+03:00")
    body = sim.push().json()
    assert list(body) == [
        "MerchantRequestID",
        "CheckoutRequestID",
        "ResponseCode",
        "ResponseDescription",
        "CustomerMessage",
    ]
    assert re.fullmatch(r"[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{16}", body["MerchantRequestID"])
    assert re.fullmatch(r"ws_CO_0101202612000\d{7}712000202", body["CheckoutRequestID"])
    assert (body["ResponseCode"], body["CustomerMessage"]) == (
        "0",
        "Success. Request accepted for processing",
    )


def test_the_passwords_test_vector_is_right_here(sim: Sim) -> None:
    sim.post("/clock", at="2026-01-01T12:00:00+03:00")
    vector = (
        "MTc0Mzc5YmZiMjc5ZjlhYTliZGJjZjE1OGU5N2RkNzFhNDY3Y2QyZTBjODkzMDU5YjEwZjc4ZTZiNzJhZGEx"
        "ZWQyYzkxOTIwMjYwMTAxMTIwMDAw"
    )
    assert sim.push(Timestamp="20260101120000", Password=vector).ok


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"Amount": 350.5}, "Invalid Amount"),
        ({"Amount": 350.0}, "Invalid Amount"),
        ({"Amount": "350.00"}, "Invalid Amount"),
        ({"Amount": 0}, "Invalid Amount"),
        ({"Amount": -1}, "Invalid Amount"),
        ({"Amount": 250_001}, "Invalid Amount"),
        ({"Amount": True}, "Invalid Amount"),
        ({"PhoneNumber": "+254712000202"}, "Invalid PhoneNumber"),
        ({"PhoneNumber": "0712000202"}, "Invalid PhoneNumber"),
        ({"PartyA": "25471200020"}, "Invalid PartyA"),
        ({"PartyB": "Tunda"}, "Invalid PartyB"),
        ({"BusinessShortCode": ""}, "Invalid BusinessShortCode"),
        ({"TransactionType": "PayBill"}, "Invalid TransactionType"),
        ({"Timestamp": "2026-01-01"}, "Invalid Timestamp"),
        ({"Timestamp": "20261301120000"}, "Invalid Timestamp"),
        ({"Timestamp": "20200101120000"}, "Invalid Timestamp"),
        ({"CallBackURL": "https://<host>/x"}, "Invalid CallBackURL"),
        ({"CallBackURL": "/x"}, "Invalid CallBackURL"),
        ({"CallBackURL": "https://[/x"}, "Invalid CallBackURL"),
        ({"CallBackURL": "https://a.example/MPesa/x"}, "Invalid CallBackURL - URL has the word MPESA"),
        ({"CallBackURL": "https://a.example/cb/qSqLx"}, "Invalid CallBackURL - URL has the word SQL"),
        ({"AccountReference": "ORD7F3K2ORD7F"}, "Invalid AccountReference"),
        ({"AccountReference": "ORD#1"}, "Invalid AccountReference"),
        ({"TransactionDesc": ""}, "Invalid Remarks"),
        ({"TransactionDesc": "Fourteen chars"}, "Invalid TransactionDesc"),
    ],
)
def test_a_wrong_field_is_named(sim: Sim, wrong: dict[str, Any], message: str) -> None:
    assert refused(sim.push(**wrong)) == (400, "400.002.02", f"Bad Request - {message}")


def test_amount_and_shortcode_may_be_strings_or_numbers(sim: Sim) -> None:
    assert sim.push(Amount="350", BusinessShortCode=174379, PhoneNumber=254712000202).ok


def test_https_can_be_insisted_on(sim: Sim) -> None:
    sim.post("/knobs", https_callbacks=True)
    assert refused(sim.push())[2] == "Bad Request - Invalid CallBackURL"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"Password": "eA=="}, "[MerchantValidate] - Wrong credentials"),
        ({"BusinessShortCode": "600000"}, "Merchant does not exist"),
    ],
)
def test_a_wrong_merchant_is_500_001_1001(sim: Sim, wrong: dict[str, Any], message: str) -> None:
    assert refused(sim.push(**wrong)) == (500, "500.001.1001", message)


def test_form_data_and_broken_json_are_refused_as_daraja_does(sim: Sim) -> None:
    headers = {"Authorization": f"Bearer {sim.token().json()['access_token']}"}
    url = f"{sim.url}/mpesa/{STK_PUSH}"
    as_form = requests.post(url, data=sim.push_body(), headers=headers, timeout=5)
    assert refused(as_form)[2] == "Bad Request - Invalid BusinessShortCode"
    headers["Content-Type"] = "application/json"
    for broken in (b"{", b"[]"):
        answer = requests.post(url, data=broken, headers=headers, timeout=5)
        assert refused(answer) == (400, "400.002.05", "Invalid Request Payload")


def test_a_wrong_path_or_method_is_refused(sim: Sim) -> None:
    assert refused(requests.get(f"{sim.url}/mpesa/{STK_PUSH}", timeout=5))[:2] == (405, "405.001")
    assert refused(requests.post(f"{sim.url}/mpesa/b2c/v3/none", timeout=5))[:2] == (404, "404.001.01")


def test_a_phone_with_an_open_prompt_is_locked(sim: Sim) -> None:
    sim.push()
    message = "Unable to lock subscriber, a transaction is already in process for the current subscriber"
    assert refused(sim.push()) == (500, "500.001.1001", message)
    assert sim.push(PhoneNumber="254712000101").ok


# --- the prompt and its outcome


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


# --- 9. faults


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


def paid(sim: Sim) -> str:
    """Push, type the PIN; the CheckoutRequestID."""
    checkout = sim.push().json()["CheckoutRequestID"]
    prompted(sim)
    sim.do(PAYER, "prompt", pin="1234")
    return str(checkout)


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
