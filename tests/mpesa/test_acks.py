"""What the answers to requests mean: taken, a duplicate, refused, not done, unclear (1.2, 1.3, 3.1, 4.2)."""

from typing import Any

import pytest
import responses
from redis import Redis

from mpesa import b2c, balance, c2b, register
from mpesa.client import Daraja
from mpesa.outcomes import Acknowledged, Arrived, NotDone, Refused, Unclear, read_ack
from mpesa.wire import Answer
from tests.helpers import CALLBACK_SECRET
from tests.mpesa import samples
from tests.mpesa.replies import REPLIES
from tests.mpesa.samples import B2C, CONVERSATION, HTML, REGISTER, SOAP, error
from tests.mpesa.wired import NAME, config, daraja, net, settings

__all__ = ["config", "daraja", "net", "settings"]

# --- what an acknowledgement means -------------------------------------------------------------------------

ACK = {
    "ConversationID": CONVERSATION,
    "OriginatorConversationID": NAME,
    "ResponseCode": "0",
    "ResponseDescription": "Accept the service request successfully.",
}
EMPTY = dict.fromkeys(ACK, "")
TAKEN = Acknowledged(CONVERSATION, NAME)


def said(status: int, code: str, message: str) -> dict[str, Any]:
    return {"status": status, "json": error(code, message)}


ACKS: list[tuple[str, dict[str, Any], object]] = [
    ("taken", {"json": ACK}, TAKEN),
    ("taken, zeros", {"json": ACK | {"ResponseCode": "00000000"}}, TAKEN),
    ("taken, a number", {"json": ACK | {"ResponseCode": 0}}, TAKEN),
    ("four empty fields", {"json": EMPTY}, Unclear),
    ("another code", {"json": ACK | {"ResponseCode": "1"}}, Unclear),
    ("no ids", {"json": {"ResponseCode": "0"}}, Unclear),
    (
        "duplicate",
        said(500, "500.002.1001", "Duplicate OriginatorConversationID."),
        Arrived,
    ),
    ("bad field", said(400, "400.002.02", "Bad Request - Invalid PartyB"), Refused),
    ("no such product", said(403, "403.002.1001", "Unauthorized"), Refused),
    ("wrong path", said(404, "404.001.01", "Resource not found"), Refused),
    ("busy", said(500, "500.003.02", "System is busy."), NotDone),
    ("quota", said(500, "500.003.03", "Quota Violation"), NotDone),
    ("503 in HTML", {"status": 503, "body": HTML}, NotDone),
    ("overloaded", said(500, "500.001.1001", "System error"), Unclear),
    (
        "internal error",
        said(500, "500.003.1001", "Service is currently unreachable."),
        Unclear,
    ),
    ("SOAP in JSON", {"status": 500, "json": SOAP}, Unclear),
    ("500 in HTML", {"status": 500, "body": HTML}, Unclear),
    ("200 in HTML", {"body": HTML}, Unclear),
    ("an error with status 200", {"json": error("400.002.05", "Invalid Request Payload")}, Refused),
]


@pytest.mark.parametrize(("what", "reply", "meaning"), ACKS, ids=[a[0] for a in ACKS])
def test_a_request_is_taken_refused_not_done_or_unclear_and_never_sent_twice(
    daraja: Daraja, net: responses.RequestsMock, what: str, reply: dict[str, Any], meaning: object
) -> None:
    net.post(B2C, **reply)
    outcome = read_ack(daraja.call(b2c.path(daraja.config), {}))
    assert outcome == meaning or type(outcome) is meaning
    assert len([call for call in net.calls if call.request.url == B2C]) == 1


def test_under_a_refused_token_nothing_is_done_whatever_the_status() -> None:
    """Contract 1.2: by its words, under any code; it is our own fault, and nothing is asked about."""
    body = error("500.003.1001", "Error Occurred - Invalid Access Token - kZ2xQ0bTq7mVJr4uWcY1sDhA9LpE")
    outcome = read_ack(Answer("answered", 0.1, 500, body))
    assert outcome == Refused("500.003.1001", "500.003.1001 Invalid Access Token")
    assert outcome.ours


def test_without_a_name_of_ours_a_503_may_have_come_after_it_was_done(
    daraja: Daraja, net: responses.RequestsMock
) -> None:
    net.post(B2C, status=503, body=HTML)
    assert type(read_ack(daraja.call(b2c.path(daraja.config), {}), named=False)) is Unclear


# --- registering ------------------------------------------------------------------------------------------

REGISTERED = {"OriginatorCoversationID": "6e86-45dd", "ResponseCode": "0", "ResponseDescription": "Success"}
REGISTERINGS: list[tuple[str, dict[str, Any], type, int]] = [
    ("registered", {"json": REGISTERED}, c2b.Registered, 0),
    ("zeros", {"json": REGISTERED | {"ResponseCode": "000000"}}, c2b.Registered, 0),
    (
        "no code",
        {"json": {"ResponseDescription": "success"}},
        c2b.Registered,
        0,
    ),
    (
        "before",
        said(500, "500.003.1001", "Urls are already registered"),
        c2b.AlreadyRegistered,
        0,
    ),
    (
        "an aggregator's",
        said(500, "500.003.1001", "Duplicate notification info"),
        c2b.AlreadyRegistered,
        0,
    ),
    (
        "a bad word",
        said(400, "400.003.02", "Invalid ValidationURL - URL has the word MPESA"),
        Refused,
        1,
    ),
    ("internal", said(500, "500.003.1001", "internal error"), Unclear, 1),
    ("SOAP in JSON", {"status": 500, "json": SOAP}, Unclear, 1),
    ("busy", said(500, "500.003.02", "System is busy."), NotDone, 1),
    *(
        (name, REPLIES[name], NotDone, 1)
        for name in ("spike 429", "plain 429", "quota", "html 503", "no line")
    ),
    *(
        (name, REPLIES[name], Refused, 1)
        for name in (
            "field",
            "payload",
            "empty 400",
            "method",
            "error in 200",
            "product",
            "empty 401",
            "html 403",
            "path",
            "header",
            "token 404",
            "token 401",
            "token 400",
        )
    ),
    *(
        (name, REPLIES[name], Unclear, 1)
        for name in (
            "no answer",
            "cut",
            "garbage",
            "nothing",
            "html 200",
            "html 500",
            "overloaded",
            "strange",
        )
    ),
]


@pytest.mark.parametrize(
    ("what", "reply", "meaning", "status_code"), REGISTERINGS, ids=[r[0] for r in REGISTERINGS]
)
def test_addresses_are_registered_were_before_or_are_refused(
    daraja: Daraja,
    net: responses.RequestsMock,
    what: str,
    reply: dict[str, Any],
    meaning: type,
    status_code: int,
    capsys: pytest.CaptureFixture[str],
    redis: Redis,
    settings: dict[str, Any],
) -> None:
    net.post(REGISTER, **reply)
    payload = c2b.register_payload(daraja.config, when_silent="Completed")
    assert type(c2b.register(daraja, payload, version="v2")[0]) is meaning
    pool = redis.connection_pool.connection_kwargs
    where = f"redis://{pool['host']}:{pool['port']}/{pool['db']}"
    assert register.main([], config=samples.config(**settings, redis_url=where)) == status_code
    said = "".join(capsys.readouterr())
    assert CALLBACK_SECRET not in said


def test_registration_knows_the_old_path_and_what_to_do_while_we_are_silent(
    net: responses.RequestsMock, redis: Redis, settings: dict[str, Any]
) -> None:
    pool = redis.connection_pool.connection_kwargs
    config = samples.config(**settings, redis_url=f"redis://{pool['host']}:{pool['port']}/{pool['db']}")
    net.post(f"{samples.HOST}/mpesa/c2b/v1/registerurl", json=REGISTERED)
    assert register.main(["--version", "v1", "--when-silent", "Cancelled"], config=config) == 0
    assert b'"ResponseType": "Cancelled"' in net.calls[-1].request.body  # type: ignore[operator]


# --- the balance ------------------------------------------------------------------------------------------


def test_a_balance_is_read_account_by_account() -> None:
    told = (
        "Working Account|KES|700.00|700.00|0.00|0.00&Utility Account|KES|2280.50|2180.50|100.00|0.00"
        "&Charges Paid Account|KES|-15.40|-15.40|0.00|0.00&odd&Float|USD|1|1|0|0&Broken|KES|x|y|0|0"
    )
    assert {name: str(sum_) for name, sum_ in balance.accounts(told).items()} == {
        "Working Account": "700.00",
        "Utility Account": "2180.50",
        "Charges Paid Account": "-15.40",
    }
