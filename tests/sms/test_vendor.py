"""Each exchange with Africa's Talking, pinned (contract africastalking, 2 and 3.2; its checks 7 and 8)."""

import json
from typing import Any

import pytest
import requests
import responses

from sms.africastalking import AfricasTalking, number, report
from sms.port import Meaning, Outcome
from sms.reports import moves

PHONE = "+254712000101"
URL = "https://api.africastalking.com/version1/messaging"


def recipient(code: int, status: str, identity: str = "ATXid_" + "0" * 32, to: str = PHONE) -> dict[str, Any]:
    return {"cost": "KES 0.8000", "messageId": identity, "number": to, "status": status, "statusCode": code}


def answer(*recipients: dict[str, Any], message: str = "Sent to 1/1 Total Cost: KES 0.8000") -> str:
    return json.dumps({"SMSMessageData": {"Message": message, "Recipients": list(recipients)}})


def send(mock: responses.RequestsMock, url: str = URL, **reply: Any) -> Outcome:
    mock.add(responses.POST, url, **{"status": 201, "content_type": "application/json", **reply})
    return AfricasTalking("tunda", "a key").send("Oda A3B7", PHONE, sender="TUNDA")


def test_the_request_is_the_sdks_own() -> None:
    with responses.RequestsMock() as mock:
        outcome = send(mock, body=answer(recipient(101, "Success")))
        request = mock.calls[0].request
    assert request.body == "username=tunda&to=%2B254712000101&message=Oda+A3B7&bulkSMSMode=1&from=TUNDA"
    assert request.headers["apiKey"] == "a key"
    assert request.headers["Accept"] == "application/json"
    assert outcome.provider_id == "ATXid_" + "0" * 32
    assert outcome.cost == "KES 0.8000"


@pytest.mark.parametrize(
    ("code", "status", "meaning"),
    [
        (100, "Success", Meaning.ACCEPTED),
        (101, "Success", Meaning.ACCEPTED),
        (102, "Success", Meaning.ACCEPTED),
        (401, "RiskHold", Meaning.NEVER),
        (402, "InvalidSenderId", Meaning.WAIT),
        (403, "InvalidPhoneNumber", Meaning.NEVER),
        (404, "UnsupportedNumberType", Meaning.NEVER),
        (405, "InsufficientBalance", Meaning.WAIT),
        (406, "UserInBlacklist", Meaning.NEVER),
        (407, "CouldNotRoute", Meaning.NEVER),
        (409, "DoNotDisturbRejection", Meaning.NEVER),
        (500, "InternalServerError", Meaning.RETRY),
        (501, "GatewayError", Meaning.RETRY),
        (502, "RejectedByGateway", Meaning.RETRY),
        (999, "SomethingNew", Meaning.NEVER),
    ],
)
def test_each_recipient_code_has_its_meaning(code: int, status: str, meaning: Meaning) -> None:
    with responses.RequestsMock() as mock:
        assert send(mock, body=answer(recipient(code, status, "None"))).meaning is meaning


@pytest.mark.parametrize(
    ("reply", "meaning", "reason"),
    [
        ({"body": answer(message="InvalidSenderId")}, Meaning.WAIT, "InvalidSenderId"),
        ({"body": answer(message="")}, Meaning.NEVER, "NoRecipients"),
        ({"status": 401, "body": "The supplied authentication is invalid"}, Meaning.WAIT,
         "401 The supplied authentication is invalid"),
        ({"status": 429, "body": ""}, Meaning.RETRY, "429 HTTP 429"),
        ({"status": 500, "body": "oops"}, Meaning.RETRY, "500 oops"),
        ({"status": 504, "body": ""}, Meaning.UNKNOWN, "504 HTTP 504"),
        ({"status": 302, "headers": {"Location": "https://example.com"}, "body": ""}, Meaning.WAIT,
         "302 HTTP 302"),
        ({"status": 200, "body": "<html>hello</html>"}, Meaning.UNKNOWN, "UnreadableAnswer"),
        ({"body": "[]"}, Meaning.UNKNOWN, "UnreadableAnswer"),
        ({"body": requests.exceptions.ConnectTimeout()}, Meaning.NOT_SENT, "ConnectTimeout"),
        ({"body": requests.exceptions.ReadTimeout()}, Meaning.UNKNOWN, "ReadTimeout"),
        ({"body": requests.exceptions.ConnectionError("RemoteDisconnected")}, Meaning.UNKNOWN,
         "ConnectionError"),
        ({"body": requests.exceptions.ConnectionError("NewConnectionError: refused")}, Meaning.NOT_SENT,
         "ConnectionError"),
    ],
)  # fmt: skip
def test_each_other_answer_has_its_meaning(reply: dict[str, Any], meaning: Meaning, reason: str) -> None:
    with responses.RequestsMock() as mock:
        outcome = send(mock, **reply)
    assert (outcome.meaning, outcome.reason) == (meaning, reason)


def test_an_answer_with_a_charset_comes_as_text_and_is_read_all_the_same() -> None:
    with responses.RequestsMock() as mock:
        body = answer(recipient(102, "Success"))
        assert (
            send(mock, body=body, content_type="application/json; charset=utf-8").meaning is Meaning.ACCEPTED
        )


def test_recipients_are_matched_by_number_and_not_by_place() -> None:
    other = recipient(403, "InvalidPhoneNumber", "None", "+254733000103")
    with responses.RequestsMock() as mock:
        assert send(mock, body=answer(other, recipient(101, "Success"))).meaning is Meaning.ACCEPTED


@pytest.mark.parametrize(
    "bad", ["254712000101", "0712000101", "+254", "+254712000101\n", "+25471200010١", ""]
)
def test_our_own_check_of_numbers_comes_before_the_sdks(bad: str) -> None:
    with responses.RequestsMock():
        assert AfricasTalking("tunda", "key").send("hi", bad, sender="TUNDA").meaning is Meaning.NEVER


@pytest.mark.parametrize(
    ("username", "api_url", "url"),
    [
        ("sandbox", "", "https://api.sandbox.africastalking.com/version1/messaging"),
        ("tunda", "http://127.0.0.1:8001/", "http://127.0.0.1:8001/version1/messaging"),
        ("sandbox", "http://127.0.0.1:8001", "http://127.0.0.1:8001/version1/messaging"),
    ],
)
def test_the_host_is_the_providers_or_the_one_that_is_set(username: str, api_url: str, url: str) -> None:
    with responses.RequestsMock() as mock:
        mock.add(responses.POST, url, status=201, json=json.loads(answer(recipient(101, "Success"))))
        assert (
            AfricasTalking(username, "key", api_url).send("hi", PHONE, sender="T").meaning is Meaning.ACCEPTED
        )


@pytest.mark.parametrize(
    ("now", "error", "state", "may"),
    [
        ("accepted", "", "delivered", True),
        ("accepted", "", "undelivered", True),
        ("unknown", "ReadTimeout", "delivered", True),
        ("delivered", "", "accepted", False),
        ("delivered", "", "undelivered", False),
        ("undelivered", "DeliveryFailure", "delivered", False),
        ("undelivered", "AbsentSubscriber", "delivered", True),
        ("undelivered", "AbsentSubscriber", "accepted", False),
        ("expired", "Expired", "delivered", True),
        ("failed", "UserInBlacklist", "delivered", False),
    ],
)
def test_a_report_never_moves_a_message_back_from_its_end(
    now: str, error: str, state: str, may: bool
) -> None:
    assert moves(now, error, state, soft=AfricasTalking.soft) is may


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("Success", "delivered"),
        ("success", "delivered"),
        ("Buffered", "accepted"),
        ("Rejected", "undelivered"),
        ("AbsentSubscriber", "undelivered"),
        ("Expired", "expired"),
        ("SomethingNew", None),
        ("", None),
    ],
)
def test_an_unknown_status_is_data_and_no_error(status: str, state: str | None) -> None:
    assert report({"id": "ATXid_1", "status": status, "phoneNumber": PHONE}).state == state


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        (PHONE, PHONE),
        (" 254712000101", PHONE),
        ("254712000101", PHONE),
        ("+254110000101", "+254110000101"),
        ("  254712000101", "254712000101"),
        ("+255712000101", "+255712000101"),
        ("Safaricom", "Safaricom"),
        ("", ""),
    ],
)
def test_a_number_of_a_callback_is_repaired_only_where_that_is_certain(raw: str, read: str) -> None:
    assert number(raw) == read
