"""Texts both ways: the API as the real SDK calls it, the callbacks as AT posts them (sections 2, 3, 6)."""

import re
import threading
import time
from typing import Any

import pytest
import requests
from africastalking.Service import AfricasTalkingException
from africastalking.SMS import SMSService

from tests.simulator.conftest import Sim
from tests.simulator.standin import StandIn, plain

FARMER, CUSTOMER = "+254712000101", "+254733000103"


def sdk(sim: Sim, *, username: str = "tunda", key: str = "a-key") -> SMSService:
    """The africastalking SDK itself, with only its host changed."""

    class Here(SMSService):  # type: ignore[misc]
        def _init_service(self) -> None:
            super()._init_service()
            self._baseUrl = f"{sim.url}/version1"

    return Here(username, key)


def send(sim: Sim, *recipients: str, words: str = "Oda #104 iko njiani", **more: Any) -> dict[str, Any]:
    answer = sdk(sim).send(words, list(recipients), **more)
    assert isinstance(answer, dict), (
        "the SDK parses JSON only if the content type is exactly application/json"
    )
    return dict(answer["SMSMessageData"])


# --- sending: samples 6.4 and 6.5


def test_two_recipients_are_accepted_in_the_recorded_shape(sim: Sim, gateway: StandIn) -> None:
    data = send(sim, FARMER, CUSTOMER, sender_id="TUNDA", enqueue=True)

    assert data["Message"] == "Sent to 2/2 Total Cost: KES 1.6000 Message parts: 1"
    first, second = data["Recipients"]
    assert re.fullmatch(r"ATXid_[0-9a-f]{32}", first.pop("messageId"))
    assert first == {"cost": "KES 0.8000", "number": FARMER, "status": "Success", "statusCode": 102}
    assert second["number"] == CUSTOMER


def test_success_is_201_and_plain_json(sim: Sim) -> None:
    answer = requests.post(
        f"{sim.url}/version1/messaging",
        data={"username": "tunda", "to": FARMER, "message": "x", "bulkSMSMode": 1, "from": "TUNDA"},
        headers={"apiKey": "a-key", "Accept": "application/json"},
        timeout=5,
    )
    assert (answer.status_code, answer.headers["Content-Type"]) == (201, "application/json")


def test_without_enqueue_the_code_is_101(sim: Sim) -> None:
    assert send(sim, FARMER, sender_id="TUNDA")["Recipients"][0]["statusCode"] == 101


def test_the_message_reaches_the_phone_and_is_reported(sim: Sim, gateway: StandIn) -> None:
    data = send(sim, FARMER, sender_id="20880", words="Karibu {1}")
    message_id = data["Recipients"][0]["messageId"]

    (text,) = sim.until(FARMER, lambda phone: phone["inbox"])["inbox"]
    assert (text["id"], text["from"], text["text"]) == (message_id, "20880", "Karibu {1}")
    assert (text["septets"], text["segments"]) == (12, 1)
    (report,) = gateway.wait("sms-report")
    assert report.raw.decode() == (
        f"phoneNumber=%2B254712000101&retryCount=0&id={message_id}&status=Success&networkCode=63902"
    )


def test_one_refused_number_does_not_stop_the_others(sim: Sim) -> None:
    sim.post(f"/phones/{CUSTOMER}", blacklisted=True)
    data = send(sim, FARMER, CUSTOMER, "+254201234567", "+2547", sender_id="TUNDA")

    assert data["Message"] == "Sent to 1/4 Total Cost: KES 0.8000 Message parts: 1"
    refused = {
        entry["number"]: (entry["statusCode"], entry["status"], entry["cost"], entry["messageId"])
        for entry in data["Recipients"][1:]
    }
    assert refused == {
        CUSTOMER: (406, "UserInBlacklist", "0", "None"),
        "+254201234567": (404, "UnsupportedNumberType", "0", "None"),
        "+2547": (403, "InvalidPhoneNumber", "0", "None"),
    }


def test_an_unknown_sender_is_a_201_with_nobody_in_it(sim: Sim) -> None:
    assert send(sim, FARMER, sender_id="TOMATO") == {"Message": "InvalidSenderId", "Recipients": []}


@pytest.mark.parametrize(("username", "key"), [("tunda", "other"), ("sandbox", "a-key")])
def test_a_wrong_key_or_user_is_401_in_words(sim: Sim, username: str, key: str) -> None:
    with pytest.raises(AfricasTalkingException, match=r"^The supplied authentication is invalid$"):
        sdk(sim, username=username, key=key).send("x", [FARMER])
    answer = requests.post(f"{sim.url}/version1/messaging", data={"username": username}, timeout=5)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="api"'
    assert answer.headers["Content-Type"] == "text/plain; charset=UTF-8"


def test_a_missing_field_is_400_in_words(sim: Sim) -> None:
    with pytest.raises(AfricasTalkingException, match="'message'"):
        sdk(sim).send("", [FARMER])


def test_who_asks_for_nothing_gets_xml(sim: Sim) -> None:
    answer = requests.post(
        f"{sim.url}/version1/messaging",
        data={"username": "tunda", "to": FARMER, "message": "a", "from": "TUNDA"},
        headers={"apiKey": "a-key"},
        timeout=5,
    )
    assert answer.headers["Content-Type"] == "application/xml"
    assert "<Recipients><Recipient><cost>KES 0.8000</cost>" in answer.text


@pytest.mark.parametrize(
    ("words", "segments"), [("x" * 160, 1), ("x" * 161, 2), ("ĩ" * 70, 1), ("ĩ" * 71, 2), ("x" * 307, 3)]
)
def test_parts_are_counted_and_paid(sim: Sim, words: str, segments: int) -> None:
    data = send(sim, FARMER, sender_id="TUNDA", words=words)
    assert data["Message"].endswith(f"Message parts: {segments}")
    assert data["Recipients"][0]["cost"] == f"KES {0.8 * segments:.4f}"


def test_the_first_text_from_a_name_carries_the_opt_out_words(sim: Sim) -> None:
    sim.post("/knobs", opt_out_text=" STOP *456*9#")
    for sender in ("20880", "TUNDA", "TUNDA"):
        send(sim, FARMER, sender_id=sender, words=f"from {sender}")
    inbox = sim.until(FARMER, lambda phone: len(phone["inbox"]) == 3)["inbox"]
    assert sorted(text["text"] for text in inbox) == ["from 20880", "from TUNDA", "from TUNDA STOP *456*9#"]


def test_a_phone_that_is_off_is_an_absent_subscriber(sim: Sim, gateway: StandIn) -> None:
    sim.post(f"/phones/{FARMER}", on=False)
    send(sim, FARMER, sender_id="TUNDA")
    assert gateway.wait("sms-report")[0].fields["status"] == "AbsentSubscriber"
    assert sim.phone(FARMER)["inbox"] == []


# --- receiving: sample 6.6


def test_an_inbound_text_has_the_portals_fields(sim: Sim, gateway: StandIn) -> None:
    sim.post("/clock", at="2026-03-14T11:34:18+03:00")
    sim.do(FARMER, "sms", text="ODA 3 kg nyanya")

    (call,) = gateway.wait("sms-in")
    assert call.names == ["linkId", "text", "to", "id", "date", "from", "networkCode", "cost"]
    assert re.fullmatch(r"[0-9]{20}", call.fields["linkId"])
    assert re.fullmatch(r"[0-9a-f-]{36}", call.fields["id"])
    assert call.fields["date"].startswith("2026-03-14 08:34:1")
    assert (call.fields["text"], call.fields["to"], call.fields["from"]) == (
        "ODA 3 kg nyanya",
        "20880",
        FARMER,
    )
    assert call.fields["cost"] == "KES 1.00"
    assert sim.until(FARMER, lambda phone: phone["sent"][0]["state"] == "sent")


def test_an_inbound_text_is_posted_again_until_the_answer_is_exactly_200(sim: Sim, gateway: StandIn) -> None:
    statuses = iter([500, 202, 200])
    gateway.replies["sms-in"] = lambda _call: plain("", next(statuses))
    sim.do(FARMER, "sms", text="YES")

    calls = gateway.wait("sms-in", 3)
    assert len({call.raw for call in calls}) == 1
    assert calls[1].at - calls[0].at >= 0.15
    sim.until(FARMER, lambda phone: phone["sent"][0]["state"] == "sent")
    threading.Event().wait(0.3)
    assert len(gateway.of("sms-in")) == 3


def test_after_twelve_hours_the_provider_gives_up(sim: Sim, gateway: StandIn) -> None:
    sim.post("/knobs", sms_give_up_seconds=0.2)
    gateway.replies["sms-in"] = lambda _call: plain("", 500)
    sim.do(FARMER, "sms", text="YES")
    sim.until(FARMER, lambda phone: phone["sent"][0]["state"] == "given up")
    assert len(gateway.of("sms-in")) == 2


def test_a_text_to_another_number_is_no_business_of_the_gateway(sim: Sim, gateway: StandIn) -> None:
    sim.do(FARMER, "sms", text="hello", to="0722000000")
    assert sim.phone(FARMER)["sent"][0]["state"] == "sent"
    assert gateway.of("sms-in") == []


def test_the_inbox_can_be_fetched_by_id(sim: Sim, gateway: StandIn) -> None:
    sim.do(FARMER, "sms", text="ODA 3")
    messages = sdk(sim).fetch_messages()["SMSMessageData"]["Messages"]
    assert list(messages[-1]) == ["linkId", "text", "to", "id", "date", "from"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", messages[-1]["date"])
    last = messages[-1]["id"]
    assert sdk(sim).fetch_messages(last_received_id=last)["SMSMessageData"]["Messages"] == []


def test_an_opt_out_is_told_as_in_sample_6_8(sim: Sim, gateway: StandIn) -> None:
    sim.do(FARMER, "optout")
    assert gateway.wait("sms-optout")[0].raw == b"senderId=TUNDA&phoneNumber=%2B254712000101"
    assert send(sim, FARMER, sender_id="TUNDA")["Recipients"][0]["status"] == "UserInBlacklist"


# --- faults


@pytest.mark.parametrize(("mode", "count"), [("drop", 1), ("cut", 2), ("repeat", 3)])
def test_an_inbound_text_survives_the_road(sim: Sim, gateway: StandIn, mode: str, count: int) -> None:
    sim.fault("sms-in", mode, times=1, **({"n": 3} if mode == "repeat" else {}))
    sim.do(FARMER, "sms", text="YES")
    calls = gateway.wait("sms-in", count)
    assert len({call.fields["id"] for call in calls}) == 1
    sim.until(FARMER, lambda phone: phone["sent"][0]["state"] == "sent")


def test_two_texts_can_arrive_in_the_other_order(sim: Sim, gateway: StandIn) -> None:
    sim.fault("sms-in", "reorder", times=1)
    sim.do(FARMER, "sms", text="first")
    sim.do(FARMER, "sms", text="second")
    assert [call.fields["text"] for call in gateway.wait("sms-in", 2)] == ["second", "first"]


def test_a_held_text_comes_by_itself_after_a_while(sim: Sim, gateway: StandIn) -> None:
    sim.fault("sms-in", "reorder", times=1, seconds=0.1)
    sim.do(FARMER, "sms", text="alone")
    assert gateway.wait("sms-in")[0].fields["text"] == "alone"


def test_a_text_can_be_garbled_or_slow(sim: Sim, gateway: StandIn) -> None:
    sim.fault("sms-in", "garbage", times=1)
    sim.do(FARMER, "sms", text="ODA 3 kg nyanya")
    assert "from" not in gateway.wait("sms-in")[0].fields
    sim.fault("sms-in", "delay", times=1, seconds=0.2)
    sim.do(FARMER, "sms", text="slow")
    first, second = gateway.wait("sms-in", 2)
    assert second.at - first.at >= 0.2


@pytest.mark.parametrize(
    ("code", "status", "number_code"),
    [
        ("405", "InsufficientBalance", 405),
        ("406", "UserInBlacklist", 406),
        ("500", "InternalServerError", 500),
    ],
)
def test_a_send_can_be_refused_per_recipient(sim: Sim, code: str, status: str, number_code: int) -> None:
    sim.fault("sms-send", "refuse", code=code)
    (entry,) = send(sim, FARMER, sender_id="TUNDA")["Recipients"]
    assert (entry["status"], entry["statusCode"]) == (status, number_code)
    assert sim.phone(FARMER)["inbox"] == []


def test_a_send_can_be_refused_whole(sim: Sim) -> None:
    sim.fault("sms-send", "refuse", code="InsufficientBalance", times=1)
    assert send(sim, FARMER, sender_id="TUNDA") == {"Message": "InsufficientBalance", "Recipients": []}
    sim.fault("sms-send", "refuse", code="http-429", times=1)
    with pytest.raises(AfricasTalkingException):
        send(sim, FARMER, sender_id="TUNDA")
    assert send(sim, FARMER, sender_id="TUNDA")["Recipients"][0]["status"] == "Success"


@pytest.mark.parametrize("mode", ["cut", "late"])
def test_a_send_can_act_without_the_sender_learning_it(sim: Sim, mode: str) -> None:
    sim.fault("sms-send", mode, seconds=1)
    with pytest.raises(requests.RequestException):
        send(sim, FARMER, sender_id="TUNDA", timeout=(0.5, 0.5))
    assert len(sim.until(FARMER, lambda phone: phone["inbox"])["inbox"]) == 1


def test_a_send_can_vanish_before_it_acts(sim: Sim) -> None:
    sim.fault("sms-send", "drop")
    with pytest.raises(requests.ConnectionError):
        send(sim, FARMER, sender_id="TUNDA")
    assert sim.phone(FARMER)["sent"] == sim.phone(FARMER)["inbox"] == []


def test_a_send_can_be_answered_by_a_proxys_html(sim: Sim) -> None:
    sim.fault("sms-send", "garbage")
    assert sdk(sim).send("x", [FARMER], sender_id="TUNDA").startswith("<html>")


def test_a_send_can_reach_the_phone_twice(sim: Sim, gateway: StandIn) -> None:
    sim.fault("sms-send", "repeat", n=2)
    send(sim, FARMER, sender_id="TUNDA")
    assert len(sim.until(FARMER, lambda phone: len(phone["inbox"]) == 2)["inbox"]) == 2
    assert len(gateway.wait("sms-report", 2)) == 2


def test_a_report_can_come_before_the_answer(sim: Sim, gateway: StandIn) -> None:
    sim.post("/knobs", report_seconds=60)
    sim.fault("sms-report", "before-answer")
    data = send(sim, FARMER, sender_id="TUNDA")
    assert gateway.of("sms-report")[0].fields["id"] == data["Recipients"][0]["messageId"]


def test_a_report_can_say_failed_as_in_sample_6_7(sim: Sim, gateway: StandIn) -> None:
    sim.fault("sms-report", "refuse", code="Failed:DeliveryFailure")
    message_id = send(sim, CUSTOMER, sender_id="TUNDA")["Recipients"][0]["messageId"]
    assert gateway.wait("sms-report")[0].raw.decode() == (
        "phoneNumber=%2B254733000103&failureReason=DeliveryFailure&retryCount=0"
        f"&id={message_id}&status=Failed&networkCode=63903"
    )


def test_a_fault_for_one_phone_spares_the_others(sim: Sim, gateway: StandIn) -> None:
    sim.fault("sms-in", "drop", phone=FARMER)
    sim.do(FARMER, "sms", text="lost")
    sim.do(CUSTOMER, "sms", text="found")
    assert gateway.wait("sms-in")[0].fields["text"] == "found"


# --- the faults that a sender must bear


def test_more_than_so_many_a_second_are_refused_and_later_taken(sim: Sim) -> None:
    time.sleep(1.1)  # what went before is over
    sim.post("/knobs", sms_per_second=2)
    send(sim, FARMER)
    send(sim, FARMER)
    with pytest.raises(AfricasTalkingException, match="Too many requests"):
        send(sim, FARMER)
    time.sleep(1.1)
    assert send(sim, FARMER)["Recipients"][0]["status"] == "Success"


def test_a_read_time_out_after_accepting_reaches_the_phone_all_the_same(sim: Sim, gateway: StandIn) -> None:
    sim.fault("sms-send", "late", seconds=2, times=1)
    with pytest.raises(requests.exceptions.ReadTimeout):
        sdk(sim).send("Oda", [FARMER], timeout=(1, 0.5))
    assert gateway.wait("sms-report")[0].fields["status"] == "Success"


def test_an_inbox_may_be_away_too(sim: Sim) -> None:
    sim.fault("sms-inbox", "refuse", code="http-503", times=1)
    with pytest.raises(AfricasTalkingException):
        sdk(sim).fetch_messages(0)
    assert "Messages" in sdk(sim).fetch_messages(0)["SMSMessageData"]
