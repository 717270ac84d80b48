"""Tokens and pushes, answered as Safaricom answers them (contract, sections 1 and 2)."""

import re
from typing import Any

import pytest
import requests

from tests.simulator.conftest import Sim
from tests.simulator.daraja import STK_PUSH, STK_QUERY, refused

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
