"""Each exchange with Daraja, pinned to the contract; and what every failure means (R10, R11)."""

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from unittest.mock import Mock

import pytest
import requests
import responses
from redis import Redis
from responses import matchers
from urllib3.exceptions import (
    ConnectTimeoutError,
    MaxRetryError,
    NameResolutionError,
    NewConnectionError,
    ProtocolError,
)

from core.vault import Vault
from mpesa import client, stk
from mpesa.client import Daraja
from mpesa.outcomes import Accepted, NoResult, NotDone, Refused, Result, Unclear
from mpesa.pace import Pace
from tests.helpers import CALLBACK_SECRET, DATA_KEY
from tests.mpesa.samples import (
    ACCEPTED,
    CHECKOUT,
    HOST,
    HTML,
    MERCHANT,
    OAUTH,
    PASSKEY,
    PUSH,
    QUERY,
    SOAP,
    TOKEN,
    config,
    error,
    settled,
)

NOON = datetime(2026, 1, 1, 9, 0, tzinfo=UTC)  # 12:00 in Nairobi
PASSWORD = (
    "MTc0Mzc5YmZiMjc5ZjlhYTliZGJjZjE1OGU5N2RkNzFhNDY3Y2QyZTBjODkzMDU5YjEwZjc4ZTZiNzJhZGExZWQyYzkxOTIwMjYw"
    "MTAxMTIwMDAw"
)


@pytest.fixture
def net() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def make(redis: Redis, **given: Any) -> Daraja:
    return Daraja(config(**given), redis, Vault([DATA_KEY]), pace=Pace(redis, 10_000))


@pytest.fixture
def daraja(redis: Redis, net: responses.RequestsMock) -> Daraja:
    net.get(OAUTH, json=TOKEN)
    return make(redis)


def payload(daraja: Daraja, **given: str) -> dict[str, Any]:
    told = {"reference": "250624A3B7", "token": "c0ffee" * 5 + "00"} | given
    return stk.push_payload(daraja.config, msisdn="+254708374149", shillings=350, at=NOON, **told)


# --- what we send ---------------------------------------------------------------------------------------


def test_the_password_is_the_contracts_test_vector() -> None:
    assert stk.password("174379", PASSKEY, "20260101120000") == PASSWORD


def test_a_push_has_every_field_of_the_contract(daraja: Daraja) -> None:
    assert payload(daraja) == {
        "BusinessShortCode": "174379",
        "Password": PASSWORD,
        "Timestamp": "20260101120000",
        "TransactionType": "CustomerPayBillOnline",
        "Amount": 350,
        "PartyA": "254708374149",
        "PartyB": "174379",
        "PhoneNumber": "254708374149",
        "CallBackURL": f"https://pay.tunda.example/cb/{CALLBACK_SECRET}/pay/stk/{'c0ffee' * 5}00",
        "AccountReference": "250624A3B7",
        "TransactionDesc": "Tunda order",
    }


def test_the_phones_texts_are_short_and_plain(daraja: Daraja) -> None:
    sent = payload(daraja)
    assert len(sent["AccountReference"]) <= 12
    assert len(sent["TransactionDesc"]) <= 13
    assert (sent["AccountReference"] + sent["TransactionDesc"]).replace(" ", "").isalnum()


def test_a_till_is_paid_as_goods_bought(redis: Redis) -> None:
    sent = payload(make(redis, mpesa_till="600123"))
    assert (sent["TransactionType"], sent["PartyB"]) == ("CustomerBuyGoodsOnline", "600123")
    assert sent["BusinessShortCode"] == "174379"


def test_a_callback_address_with_a_refused_word_is_never_sent(daraja: Daraja) -> None:
    with pytest.raises(client.UnusableUrl):
        stk.push_payload(
            daraja.config, msisdn="+254708374149", shillings=1, reference="A", token="xxSQLxx", at=NOON
        )


@pytest.mark.parametrize("reference", ["TUN250624A3B7", "A#B", "", "A B"])
def test_a_reference_that_a_prompt_cannot_show_is_never_sent(daraja: Daraja, reference: str) -> None:
    with pytest.raises(ValueError, match="reference"):
        stk.push_payload(
            daraja.config, msisdn="+254708374149", shillings=1, reference=reference, token="a", at=NOON
        )


def test_the_log_shows_a_push_without_password_number_and_token(daraja: Daraja) -> None:
    shown = client.masked_request(payload(daraja))
    assert shown["Amount"] == 350
    assert shown["PhoneNumber"] == shown["PartyA"] == "07******49"
    for secret in (PASSWORD, CALLBACK_SECRET, "c0ffee", "708374149"):
        assert secret not in str(shown)


def test_a_push_is_json_with_the_bearer_token_and_its_ids_come_back(
    daraja: Daraja, net: responses.RequestsMock
) -> None:
    net.post(
        PUSH,
        json=ACCEPTED,
        match=[
            matchers.json_params_matcher(payload(daraja)),
            matchers.header_matcher({"Authorization": f"Bearer {TOKEN['access_token']}"}),
        ],
    )
    outcome, answer = stk.push(daraja, payload(daraja))
    assert outcome == Accepted(MERCHANT, CHECKOUT)
    assert "708374149" not in answer.shown
    assert answer.status == 200


def test_production_and_the_simulator_have_hosts_of_their_own(
    redis: Redis, net: responses.RequestsMock
) -> None:
    for given, host in (
        ({"mpesa_environment": "production"}, "https://api.safaricom.co.ke"),
        ({"mpesa_api_url": "http://127.0.0.1:8001/daraja/"}, "http://127.0.0.1:8001/daraja"),
    ):
        redis.flushdb()
        net.get(f"{host}/oauth/v1/generate", json=TOKEN)
        net.post(f"{host}/mpesa/stkpush/v1/processrequest", json=ACCEPTED)
        there = make(redis, **given)
        assert isinstance(stk.push(there, payload(there))[0], Accepted)


# --- what a push's answer means ---------------------------------------------------------------------------

Reply = dict[str, Any]
CUT = ProtocolError("Connection aborted.", ConnectionResetError())
PAID = Result("0", "The service request is processed successfully.")
CANCELLED = "Request cancelled by user"
LOCKED = "Unable to lock subscriber, a transaction is already in process for the current subscriber"


def said(status: int, code: str, message: str) -> Reply:
    return {"status": status, "json": error(code, message)}


def raised(error: Exception) -> Reply:
    return {"body": error}


def never_connected(reason: Exception) -> Reply:
    return raised(requests.exceptions.ConnectionError(MaxRetryError(Mock(), "/", reason)))


UNTRUSTED = requests.exceptions.SSLError(MaxRetryError(Mock(), "/", ssl.SSLCertVerificationError()))

PUSHES: list[tuple[str, Reply, type]] = [
    ("accepted", {"json": ACCEPTED}, Accepted),
    ("accepted, code as number", {"json": ACCEPTED | {"ResponseCode": 0, "CustomerMessage": None}}, Accepted),
    ("accepted without an id", {"json": {"ResponseCode": "0"}}, Unclear),
    ("a code we do not know", {"json": {"ResponseCode": "1"}}, Unclear),
    ("bad number", said(400, "400.002.02", "Bad Request - Invalid PhoneNumber"), Refused),
    ("an error with status 200", said(200, "400.002.05", "Invalid Request Payload"), Refused),
    ("not allowed", said(403, "403.002.1001", "Unauthorized"), Refused),
    ("wrong path", said(404, "404.001.01", "Resource not found"), Refused),
    ("wrong method", said(405, "405.001", "Method Not Allowed"), Refused),
    ("wrong password", said(500, "500.001.1001", "[MerchantValidate] - Wrong credentials"), Refused),
    ("no such shortcode", said(500, "500.001.1001", "Merchant does not exist"), Refused),
    ("phone busy", said(500, "500.001.1001", LOCKED), NotDone),
    ("backend trouble", said(500, "500.001.1001", "System error"), Unclear),
    ("internal error", said(500, "500.003.1001", "Service is currently unreachable."), Unclear),
    ("busy", said(500, "500.003.02", "System is busy. Please try again in few minutes."), NotDone),
    ("spike arrest as 429", said(429, "500.003.02", "Spike Arrest Violation"), NotDone),
    ("quota", said(500, "500.003.03", "Quota Violation"), NotDone),
    ("503 in HTML", {"status": 503, "body": HTML}, NotDone),
    ("500 in HTML", {"status": 500, "body": HTML}, Unclear),
    ("502, empty", {"status": 502, "body": ""}, Unclear),
    ("504, empty", {"status": 504, "body": ""}, Unclear),
    ("400, empty", {"status": 400, "body": ""}, Refused),
    ("200, empty", {"body": ""}, Unclear),
    ("200 in HTML", {"body": HTML}, Unclear),
    ("200, a list", {"json": []}, Unclear),
    ("SOAP in JSON", {"status": 500, "json": SOAP}, Unclear),
    ("elsewhere", {"status": 302, "headers": {"Location": "https://evil.example/"}}, Unclear),
    ("read time-out", raised(requests.exceptions.ReadTimeout()), Unclear),
    ("cut off", raised(requests.exceptions.ConnectionError(CUT)), Unclear),
    ("cut off in the answer", raised(requests.exceptions.ChunkedEncodingError()), Unclear),
    ("TLS trouble on the way", raised(requests.exceptions.SSLError("record layer failure")), Unclear),
    ("connect time-out", raised(requests.exceptions.ConnectTimeout()), NotDone),
    ("refused port", never_connected(NewConnectionError(Mock(), "refused")), NotDone),
    ("no such host", never_connected(NameResolutionError("host", Mock(), socket.gaierror())), NotDone),
    ("connect time-out inside", never_connected(ConnectTimeoutError()), NotDone),
    ("untrusted certificate", raised(UNTRUSTED), NotDone),
]


@pytest.mark.parametrize(("what", "reply", "meaning"), PUSHES, ids=[p[0] for p in PUSHES])
def test_r10_r11_a_push_is_accepted_refused_not_done_or_unclear(
    daraja: Daraja, net: responses.RequestsMock, what: str, reply: Reply, meaning: type
) -> None:
    net.post(PUSH, **reply)
    outcome, answer = stk.push(daraja, payload(daraja))
    assert type(outcome) is meaning
    assert len([call for call in net.calls if call.request.url == PUSH]) == 1, "never sent twice"
    assert CALLBACK_SECRET not in str(outcome) + answer.shown + answer.why


def test_a_busy_phone_is_left_alone_for_two_minutes(daraja: Daraja, net: responses.RequestsMock) -> None:
    net.post(PUSH, status=500, json=error("500.001.1001", "Unable to lock subscriber, a transaction is ..."))
    outcome, _ = stk.push(daraja, payload(daraja))
    assert isinstance(outcome, NotDone)
    assert outcome.wait == 120


def test_an_answer_without_end_is_cut(daraja: Daraja, net: responses.RequestsMock) -> None:
    net.post(PUSH, body="x" * 1_000_000)
    outcome, answer = stk.push(daraja, payload(daraja))
    assert isinstance(outcome, Unclear)
    assert len(answer.shown) == 2000


# --- what a query's answer means --------------------------------------------------------------------------

QUERIES: list[tuple[str, Reply, object]] = [
    ("paid", {"json": settled("0")}, PAID),
    ("paid, as a number", {"json": settled(0)}, PAID),
    ("cancelled", {"json": settled("1032", CANCELLED)}, Result("1032", CANCELLED)),
    ("a code nobody knows", {"json": settled("777", "?")}, Result("777", "?")),
    ("pending, form A", said(500, "500.001.1001", "The transaction is being processed"), None),
    ("pending, form B", {"json": settled("4999", "The transaction is still under processing")}, None),
    ("pending, form B as a number", {"json": settled(4999, "")}, None),
    ("no such transaction", said(500, "500.001.1001", "The transaction does not Exist"), None),
    ("busy", said(500, "500.003.02", "Spike Arrest Violation"), None),
    ("bad payload", said(400, "400.002.05", "Invalid Request Payload"), None),
    ("HTML", {"body": HTML}, None),
    ("empty", {"body": ""}, None),
    ("accepted, no result", {"json": {"ResponseCode": "0"}}, None),
    ("read time-out", raised(requests.exceptions.ReadTimeout()), None),
    ("connect time-out", raised(requests.exceptions.ConnectTimeout()), None),
]


@pytest.mark.parametrize(("what", "reply", "meaning"), QUERIES, ids=[q[0] for q in QUERIES])
def test_a_query_brings_a_result_or_nothing_and_pending_is_nothing(
    daraja: Daraja, net: responses.RequestsMock, what: str, reply: Reply, meaning: object
) -> None:
    net.post(QUERY, **reply)
    outcome, _ = stk.query(daraja, stk.query_payload(daraja.config, checkout_request_id=CHECKOUT, at=NOON))
    assert outcome == meaning if meaning else isinstance(outcome, NoResult)


def test_a_query_has_every_field_of_the_contract(daraja: Daraja) -> None:
    assert stk.query_payload(daraja.config, checkout_request_id=CHECKOUT, at=NOON) == {
        "BusinessShortCode": "174379",
        "Password": PASSWORD,
        "Timestamp": "20260101120000",
        "CheckoutRequestID": CHECKOUT,
    }


def test_no_netrc_of_the_machine_replaces_our_authorization(
    daraja: Daraja, net: responses.RequestsMock, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text(f"machine {HOST.removeprefix('https://')} login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    net.post(PUSH, json=ACCEPTED)
    stk.push(daraja, payload(daraja))
    assert net.calls[-1].request.headers["Authorization"] == f"Bearer {TOKEN['access_token']}"
