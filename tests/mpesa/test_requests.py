"""Every request, pinned byte by byte as the contract shows it (2.1, 2.6, 3.1, 4.1, 5, 6)."""

import json
from pathlib import Path
from typing import Any

import pytest
import responses
from cryptography.hazmat.primitives.serialization import Encoding
from redis import Redis

from core.config import Config
from core.vault import Vault
from mpesa import b2c, balance, c2b, client, reversal, status, stk
from mpesa.client import Daraja
from mpesa.credential import NoCredential, security_credential
from mpesa.pace import Pace
from tests.helpers import CALLBACK_SECRET, DATA_KEY
from tests.mpesa import certificate, samples
from tests.mpesa.samples import B2C, TOKEN
from tests.mpesa.wired import HOOK, NAME, NOON, TOKEN_HEX, config, daraja, net, settings

__all__ = ["config", "daraja", "net", "settings"]


@pytest.fixture
def fixed(monkeypatch: pytest.MonkeyPatch) -> str:
    """A credential that is the same each time; the real one never is."""
    for api in (b2c, reversal, status, balance):
        monkeypatch.setattr(api, "security_credential", lambda config: "c2VjcmV0")
    return "c2VjcmV0"


def pay(config: Config, **given: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "name": NAME,
        "msisdn": "+254708374149",
        "shillings": 1200,
        "what": "Tunda payout",
        "token": TOKEN_HEX,
    }
    return b2c.payload(config, **(values | given))


# --- what we send ---------------------------------------------------------------------------------------

PINS = {
    "stk": (
        stk.PUSH_PATH,
        b'{"BusinessShortCode": "174379", "Password": "MTc0Mzc5YmZiMjc5ZjlhYTliZGJjZjE1OGU5N2RkNzFhNDY3'
        b"Y2QyZTBjODkzMDU5YjEwZjc4ZTZiNzJhZGExZWQyYzkxOTIwMjYwMTAxMTIwMDAw"
        b'", "Timestamp": "20260101120000", "TransactionType": "CustomerPayBillOnline", "Amount": 350, '
        b'"PartyA": "254708374149", "PartyB": "174379", "PhoneNumber": "254708374149", "CallBackURL": '
        b'"HOOK/stk/TOKEN", "AccountReference": "ORD7F3K2", "TransactionDesc": "Tunda order"}',
    ),
    "stk query": (
        stk.QUERY_PATH,
        b'{"BusinessShortCode": "174379", "Password": "MTc0Mzc5YmZiMjc5ZjlhYTliZGJjZjE1OGU5N2RkNzFhNDY3'
        b"Y2QyZTBjODkzMDU5YjEwZjc4ZTZiNzJhZGExZWQyYzkxOTIwMjYwMTAxMTIwMDAw"
        b'", "Timestamp": "20260101120000", "CheckoutRequestID": "ws_CO_010120261200014172708374149"}',
    ),
    "register": (
        "/mpesa/c2b/v2/registerurl",
        b'{"ShortCode": "600984", "ResponseType": "Completed", "ConfirmationURL": "HOOK/c2b/confirmation", '
        b'"ValidationURL": "HOOK/c2b/validation"}',
    ),
    "b2c v3": (
        "/mpesa/b2c/v3/paymentrequest",
        b'{"OriginatorConversationID": "TP12-1-0badc0ffee123", "InitiatorName": "tundaapi", '
        b'"SecurityCredential": "c2VjcmV0", "CommandID": "BusinessPayment", "Amount": 1200, '
        b'"PartyA": "600992", "PartyB": "254708374149", "Remarks": "Tunda payout", '
        b'"QueueTimeOutURL": "HOOK/b2c/TOKEN/timeout", "ResultURL": "HOOK/b2c/TOKEN/result", '
        b'"Occassion": "TP12-1-0badc0ffee123"}',
    ),
    "b2c v1": (
        "/mpesa/b2c/v1/paymentrequest",
        b'{"InitiatorName": "tundaapi", '
        b'"SecurityCredential": "c2VjcmV0", "CommandID": "BusinessPayment", "Amount": 1200, '
        b'"PartyA": "600992", "PartyB": "254708374149", "Remarks": "Tunda payout", '
        b'"QueueTimeOutURL": "HOOK/b2c/TOKEN/timeout", "ResultURL": "HOOK/b2c/TOKEN/result", '
        b'"Occassion": "TP12-1-0badc0ffee123"}',
    ),
    "status": (
        "/mpesa/transactionstatus/v1/query",
        b'{"Initiator": "tundaapi", "SecurityCredential": "c2VjcmV0", "CommandID": "TransactionStatusQuery", '
        b'"TransactionID": "UA11KX93QZ", "PartyA": "600992", "IdentifierType": "4", '
        b'"ResultURL": "HOOK/status/TOKEN/result", "QueueTimeOutURL": "HOOK/status/TOKEN/timeout", '
        b'"Remarks": "check", "Occasion": "check"}',
    ),
    "status by conversation": (
        "/mpesa/transactionstatus/v1/query",
        b'{"Initiator": "tundaapi", "SecurityCredential": "c2VjcmV0", "CommandID": "TransactionStatusQuery", '
        b'"OriginalConversationID": "TP12-1-0badc0ffee123", "PartyA": "600992", "IdentifierType": "4", '
        b'"ResultURL": "HOOK/status/TOKEN/result", "QueueTimeOutURL": "HOOK/status/TOKEN/timeout", '
        b'"Remarks": "check", "Occasion": "check"}',
    ),
    "reversal": (
        "/mpesa/reversal/v1/request",
        b'{"Initiator": "tundaapi", "SecurityCredential": "c2VjcmV0", "CommandID": "TransactionReversal", '
        b'"TransactionID": "UA11KX93QZ", "Amount": 350, "ReceiverParty": "600984", '
        b'"RecieverIdentifierType": "11", "ResultURL": "HOOK/reversal/TOKEN/result", '
        b'"QueueTimeOutURL": "HOOK/reversal/TOKEN/timeout", "Remarks": "Tunda refund"}',
    ),
    "balance": (
        "/mpesa/accountbalance/v1/query",
        b'{"Initiator": "tundaapi", "SecurityCredential": "c2VjcmV0", "CommandID": "AccountBalance", '
        b'"PartyA": "600992", "IdentifierType": "4", "Remarks": "balance", '
        b'"QueueTimeOutURL": "HOOK/balance/TOKEN/timeout", "ResultURL": "HOOK/balance/TOKEN/result"}',
    ),
}


def made(what: str, settings: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The path and the payload of a call."""
    v3 = samples.config(**settings)
    match what:
        case "stk":
            express = samples.config(**settings | {"mpesa_shortcode": "174379"})
            return stk.PUSH_PATH, stk.push_payload(
                express, msisdn="+254708374149", shillings=350, reference="ORD7F3K2", token=TOKEN_HEX, at=NOON
            )
        case "stk query":
            express = samples.config(**settings | {"mpesa_shortcode": "174379"})
            return stk.QUERY_PATH, stk.query_payload(express, checkout_request_id=samples.CHECKOUT, at=NOON)
        case "register":
            return c2b.register_path("v2"), c2b.register_payload(v3, when_silent="Completed")
        case "b2c v3":
            return b2c.path(v3), pay(v3)
        case "b2c v1":
            v1 = samples.config(**settings | {"mpesa_b2c_version": "v1"})
            return b2c.path(v1), pay(v1)
        case "status":
            return status.PATH, status.payload(v3, receipt=samples.RECEIPT, party="600992", token=TOKEN_HEX)
        case "status by conversation":
            return status.PATH, status.payload(v3, conversation=NAME, party="600992", token=TOKEN_HEX)
        case "reversal":
            return reversal.PATH, reversal.payload(
                v3, receipt=samples.RECEIPT, shillings=350, what="Tunda refund", token=TOKEN_HEX
            )
        case _:
            return balance.PATH, balance.payload(v3, party="600992", token=TOKEN_HEX)


@pytest.mark.parametrize("what", PINS)
def test_a_request_is_what_the_contract_shows_byte_by_byte(
    what: str, settings: dict[str, Any], daraja: Daraja, net: responses.RequestsMock, fixed: str
) -> None:
    path, body = PINS[what]
    net.post(samples.HOST + path, json={})
    daraja.call(*made(what, settings))
    sent = net.calls[-1].request
    assert sent.url == samples.HOST + path
    assert sent.body == body.replace(b"HOOK", HOOK.encode()).replace(b"TOKEN", TOKEN_HEX.encode())
    assert sent.headers["Content-Type"] == "application/json"
    assert sent.headers["Authorization"] == f"Bearer {TOKEN['access_token']}"


@pytest.mark.parametrize("what", PINS)
def test_the_log_shows_a_request_without_secrets_and_numbers(
    what: str, settings: dict[str, Any], fixed: str
) -> None:
    _, payload = made(what, settings)
    shown = json.dumps(client.masked_request(payload))
    for secret in (
        fixed,
        CALLBACK_SECRET,
        TOKEN_HEX,
        "708374149",
        samples.PASSKEY,
        str(payload.get("Password")),
    ):
        assert secret not in shown
    assert len(client.masked_request(payload)) == len(payload)


def test_an_address_in_the_log_says_which_it_is(settings: dict[str, Any], fixed: str) -> None:
    shown = client.masked_request(made("b2c v3", settings)[1])
    assert shown["ResultURL"] == "/cb/***/pay/b2c/***/result"
    assert (
        client.masked_request(made("register", settings)[1])["ValidationURL"] == "/cb/***/pay/c2b/validation"
    )


def test_by_setting_a_status_query_names_the_conversation_by_the_other_key(
    settings: dict[str, Any], fixed: str
) -> None:
    other = samples.config(**settings, mpesa_status_id_key="OriginatorConversationID")
    asked = status.payload(other, conversation=NAME, party="600992", token=TOKEN_HEX)
    assert asked["OriginatorConversationID"] == NAME
    assert "OriginalConversationID" not in asked
    assert "TransactionID" not in asked


@pytest.mark.parametrize("given", [{}, {"receipt": "UA11KX93QZ", "conversation": NAME}])
def test_a_status_query_asks_about_one_thing(config: Config, given: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="one of"):
        status.payload(config, party="600992", token=TOKEN_HEX, **given)


@pytest.mark.parametrize(
    "given", [{"name": ""}, {"name": "x" * 21}, {"name": "Ĩ"}, {"what": "x"}, {"what": "x" * 101}]
)
def test_a_payment_that_the_contract_would_refuse_is_never_sent(
    config: Config, given: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match="not a"):
        pay(config, **given)


def test_payouts_are_paid_from_the_paybill_where_they_have_no_account_of_their_own(
    settings: dict[str, Any],
) -> None:
    assert pay(samples.config(**settings | {"mpesa_payout_shortcode": ""}))["PartyA"] == "600984"


def test_payouts_use_the_keys_of_their_own_app(
    settings: dict[str, Any], redis: Redis, net: responses.RequestsMock
) -> None:
    config = samples.config(
        **settings, mpesa_payout_consumer_key="other_key", mpesa_payout_consumer_secret="other_secret"
    )
    net.post(B2C, json={})
    for app, basic in (
        ("payouts", "b3RoZXJfa2V5Om90aGVyX3NlY3JldA=="),
        ("paybill", "ZGVtb19rZXk6ZGVtb19zZWNyZXQ="),
    ):
        net.calls.reset()
        Daraja(config, redis, Vault([DATA_KEY]), app=app, pace=Pace(redis, 10_000)).call(b2c.path(config), {})  # type: ignore[arg-type]
        assert net.calls[0].request.headers["Authorization"] == f"Basic {basic}"


# --- the security credential -----------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", [Encoding.PEM, Encoding.DER])
def test_only_safaricom_reads_the_initiators_password(
    settings: dict[str, Any], tmp_path: Path, encoding: Encoding
) -> None:
    config = samples.config(**settings | {"mpesa_certificate": certificate.kept(tmp_path, encoding)})
    one, two = security_credential(config), security_credential(config)
    assert certificate.opened(one) == certificate.opened(two) == certificate.PASSWORD
    assert one != two
    assert len(one) == len(two) == 344


@pytest.mark.parametrize(
    ("what", "content"),
    [
        ("no file", None),
        ("no certificate", b"hello"),
        ("broken", b"-----BEGIN CERTIFICATE-----\nxx"),
        ("elliptic", b""),
    ],
)
def test_a_certificate_that_cannot_be_used_is_said_without_a_secret(
    settings: dict[str, Any], tmp_path: Path, what: str, content: bytes | None
) -> None:
    file = tmp_path / "other"
    if content is not None:
        file.write_bytes(content or certificate.elliptic())
    with pytest.raises(NoCredential) as refused:
        security_credential(samples.config(**settings | {"mpesa_certificate": str(file)}))
    assert "MPESA_CERTIFICATE" in str(refused.value)
    assert certificate.PASSWORD not in str(refused.value)


def test_without_an_initiator_nothing_is_paid_out(settings: dict[str, Any]) -> None:
    config = samples.config(**settings | {"mpesa_initiator_name": "", "mpesa_initiator_password": ""})
    assert not config.pays_out
    with pytest.raises(NoCredential):
        pay(config)
