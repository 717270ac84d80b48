"""USSD as the phone's owner and the gateway see it (AT contract, section 1, samples 6.1 to 6.3)."""

import re
import time
from typing import Any

import pytest
from flask import Response

from tests.simulator.conftest import Sim
from tests.simulator.standin import SCREENS, Call, StandIn, plain

FARMER = "0712000101"
AIRTEL = "+254100000102"
TROUBLE = "Connection problem or invalid MMI code."


def test_a_first_dial_has_the_five_captured_fields_in_the_captured_order(sim: Sim, gateway: StandIn) -> None:
    phone = sim.do(FARMER, "dial")

    (call,) = gateway.of("ussd-hop")
    session = call.fields["sessionId"]
    assert re.fullmatch(r"ATUid_[0-9a-f]{32}", session)
    assert call.raw.decode() == (
        "phoneNumber=%2B254712000101&serviceCode=%2A384%2A88632%23&text=&"
        f"sessionId={session}&networkCode=63902"
    )
    assert call.headers["User-Agent"] == "at-ussd-api/1.0"
    assert call.headers["Content-Type"] == "application/x-www-form-urlencoded; charset=UTF-8"
    assert phone["screen"] == SCREENS[0].removeprefix("CON ")
    assert phone["session_open"] is True


def test_answers_pile_up_in_text_and_free_text_is_encoded_once(sim: Sim, gateway: StandIn) -> None:
    sim.do(AIRTEL, "dial")
    for answer in ("1", "Maembe & parachichi", "50"):
        phone = sim.do(AIRTEL, "answer", text=answer)

    last = gateway.of("ussd-hop")[-1]
    assert b"text=1%2AMaembe+%26+parachichi%2A50&" in last.raw
    assert last.fields["networkCode"] == "63903"
    assert phone["session"]["hops"] == 4


@pytest.mark.parametrize(("answers", "text"), [([""], ""), (["1", ""], "1*"), (["1", "", "2"], "1**2")])
def test_an_empty_answer_adds_an_empty_part(
    sim: Sim, gateway: StandIn, answers: list[str], text: str
) -> None:
    sim.do(FARMER, "dial")
    for answer in answers:
        sim.do(FARMER, "answer", text=answer)
    assert gateway.of("ussd-hop")[-1].fields["text"] == text


def test_end_closes_the_session_and_the_event_tells_success(sim: Sim, gateway: StandIn) -> None:
    gateway.replies["ussd-hop"] = lambda call: plain("END Asante." if call.fields["text"] else "CON Karibu")
    sim.post("/clock", at="2025-06-24T09:30:00+03:00")
    sim.do(FARMER, "dial")
    phone = sim.do(FARMER, "answer", text="1")

    (event,) = gateway.wait("ussd-event")
    assert (phone["screen"], phone["session_open"]) == ("Asante.", False)
    assert " ".join(event.names) == (
        "durationInMillis phoneNumber errorMessage serviceCode lastAppResponse hopsMetadata hopsCount"
        " status sessionId cost date networkCode input"
    )
    assert event.fields["status"] == "Success"
    assert event.fields["lastAppResponse"] == "END Asante."
    assert (event.fields["hopsCount"], event.fields["input"], event.fields["cost"]) == ("2", "1", "0.00")
    assert event.fields["sessionId"] == gateway.of("ussd-hop")[0].fields["sessionId"]
    assert event.fields["date"].startswith("2025-06-24 06:30:0")
    assert event.fields["errorMessage"] == ""


@pytest.mark.parametrize("verb", ["hangup", "dial"])
def test_hanging_up_or_dialling_anew_leaves_the_session_incomplete(
    sim: Sim, gateway: StandIn, verb: str
) -> None:
    sim.do(FARMER, "dial")
    sim.do(FARMER, verb)
    assert gateway.wait("ussd-event")[0].fields["status"] == "Incomplete"


@pytest.mark.parametrize(
    ("knobs", "number"),
    [
        ({"silence_seconds": 0.4}, FARMER),
        ({"session_seconds": 0.4}, FARMER),
        ({"silence_seconds": 0.2}, AIRTEL),
    ],
)
def test_silence_or_a_long_call_ends_the_session(
    sim: Sim, gateway: StandIn, knobs: dict[str, Any], number: str
) -> None:
    sim.post("/knobs", **knobs)
    assert sim.do(number, "dial")["session_open"] is True
    (event,) = gateway.wait("ussd-event")
    phone = sim.phone(number)
    assert event.fields["status"] == "Incomplete"
    assert (phone["session_open"], phone["failure"]) == (False, "the session has run out")
    assert sim.do(number, "answer", 409, text="1")["error"].endswith("dial first")


def test_an_answer_starts_the_silence_anew(sim: Sim, gateway: StandIn) -> None:
    sim.post("/knobs", silence_seconds=0.5)
    sim.do(FARMER, "dial")
    time.sleep(0.3)
    sim.do(FARMER, "answer", text="1")
    time.sleep(0.3)
    assert sim.phone(FARMER)["session_open"] is True


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ("CON fine", 500, "Received unexpected response code: 500 Internal Server Error"),
        ("CON fine", 302, "Received unexpected response code: 302 Found"),
        ("CON fine", 201, "Received unexpected response code: 201 Created"),
        ("", 200, "Response should start with a CON or an END"),
        (" CON fine", 200, "Response should start with a CON or an END"),
        ("con fine", 200, "Response should start with a CON or an END"),
        ("CON\nfine", 200, "Response should start with a CON or an END"),
    ],
)
def test_a_bad_reply_shows_the_operators_words_and_fails_the_session(
    sim: Sim, gateway: StandIn, body: str, status: int, error: str
) -> None:
    gateway.replies["ussd-hop"] = lambda _call: plain(body, status)
    phone = sim.do(FARMER, "dial")

    event = gateway.wait("ussd-event")[0].fields
    assert (phone["screen"], phone["session_open"]) == (TROUBLE, False)
    assert (event["status"], event["errorMessage"]) == ("Failed", error)


def slow(_call: Call) -> Response:
    time.sleep(0.5)
    return plain("CON late")


def test_a_reply_that_takes_too_long_is_not_shown(sim: Sim, gateway: StandIn) -> None:
    sim.post("/knobs", hop_limit_seconds=0.2)
    gateway.replies["ussd-hop"] = slow
    assert sim.do(FARMER, "dial")["screen"] == TROUBLE
    assert gateway.wait("ussd-event")[0].fields["status"] == "Failed"


@pytest.mark.parametrize(("number", "limit"), [(FARMER, 160), (AIRTEL, 184)])
def test_the_operator_cuts_a_screen_at_its_limit(sim: Sim, gateway: StandIn, number: str, limit: int) -> None:
    gateway.replies["ussd-hop"] = lambda _call: plain("CON " + "x" * 300)
    phone = sim.do(number, "dial")
    assert (len(phone["screen"]) + 4, phone["cut"], phone["septets"]) == (limit, True, 304)


def test_what_gsm_lacks_becomes_a_question_mark_and_is_marked(sim: Sim, gateway: StandIn) -> None:
    gateway.replies["ussd-hop"] = lambda _call: plain("CON Nĩ wega {1}")
    phone = sim.do(FARMER, "dial")
    assert (phone["screen"], phone["replaced"], phone["septets"]) == ("N? wega {1}", True, 17)


def test_an_answer_is_cut_at_eighty_characters(sim: Sim, gateway: StandIn) -> None:
    sim.do(FARMER, "dial")
    sim.do(FARMER, "answer", text="x" * 500)
    assert gateway.of("ussd-hop")[-1].fields["text"] == "x" * 80


def test_a_code_behind_ours_travels_as_the_first_text(sim: Sim, gateway: StandIn) -> None:
    sim.do(FARMER, "dial", code="*384*88632*1*2#")
    (call,) = gateway.of("ussd-hop")
    assert (call.fields["serviceCode"], call.fields["text"]) == ("*384*88632#", "1*2")


def test_a_foreign_code_never_reaches_the_gateway(sim: Sim, gateway: StandIn) -> None:
    assert sim.do(FARMER, "dial", code="*144#")["screen"] == TROUBLE
    assert gateway.of("ussd-hop") == []


def test_a_hop_label_comes_back_and_is_collected(sim: Sim, gateway: StandIn) -> None:
    def labelled(_call: Call) -> Response:
        reply = plain("CON Karibu")
        reply.headers["at-ussd-hop-metadata"] = "welcome"
        return reply

    gateway.replies["ussd-hop"] = labelled
    sim.do(FARMER, "dial")
    sim.do(FARMER, "answer", text="1")
    sim.do(FARMER, "hangup")
    assert gateway.of("ussd-hop")[1].headers["At-Ussd-Hop-Metadata"] == "welcome"
    assert gateway.wait("ussd-event")[0].fields["hopsMetadata"] == "welcome|welcome"


def test_a_gateway_that_is_away_is_network_trouble(sim: Sim, gateway: StandIn) -> None:
    sim.fault("ussd-hop", "drop", times=1)
    assert sim.do(FARMER, "dial")["screen"] == TROUBLE
    assert sim.do(FARMER, "dial")["session_open"] is True


@pytest.mark.parametrize("seconds", [0, 0.05])
def test_a_hop_can_be_repeated(sim: Sim, gateway: StandIn, seconds: float) -> None:
    sim.fault("ussd-hop", "repeat", n=3, seconds=seconds, times=1)
    phone = sim.do(FARMER, "dial")
    bodies = {call.raw for call in gateway.of("ussd-hop")}
    assert (len(gateway.of("ussd-hop")), len(bodies), phone["session_open"]) == (3, 1, True)


def test_an_old_hop_can_come_again_after_a_newer_one(sim: Sim, gateway: StandIn) -> None:
    sim.fault("ussd-hop", "reorder", times=1)
    sim.do(FARMER, "dial")
    phone = sim.do(FARMER, "answer", text="1")
    texts = [call.fields["text"] for call in gateway.wait("ussd-hop", 3)]
    assert texts == ["", "1", ""]
    assert phone["screen"] == SCREENS[1].removeprefix("CON ")


@pytest.mark.parametrize("mode", ["cut", "garbage"])
def test_a_hop_can_be_cut_or_garbled(sim: Sim, gateway: StandIn, mode: str) -> None:
    sim.fault("ussd-hop", mode)
    phone = sim.do(FARMER, "dial")
    (call,) = gateway.wait("ussd-hop")
    assert phone["screen"] == (TROUBLE if mode == "cut" else SCREENS[0].removeprefix("CON "))
    assert ("networkCode" in call.fields) is (mode == "cut")


@pytest.mark.parametrize("mode", ["delay", "late"])
def test_a_hop_can_be_slow(sim: Sim, gateway: StandIn, mode: str) -> None:
    sim.fault("ussd-hop", mode, seconds=0.3)
    began = time.monotonic()
    assert sim.do(FARMER, "dial")["session_open"] is True
    assert time.monotonic() - began >= 0.3


def test_events_can_be_dropped_repeated_and_late(sim: Sim, gateway: StandIn) -> None:
    sim.fault("ussd-event", "drop", times=1)
    sim.do(FARMER, "dial")
    sim.do(FARMER, "hangup")
    sim.fault("ussd-event", "repeat", n=2, times=1)
    sim.do(FARMER, "dial")
    sim.do(FARMER, "hangup")
    first, second = gateway.wait("ussd-event", 2)
    assert first.raw == second.raw
    assert first.fields["sessionId"] == gateway.of("ussd-hop")[1].fields["sessionId"]
