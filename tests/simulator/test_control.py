"""The control API: the clock, faults, knobs, phones, the traffic, a fresh start."""

import threading
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.simulator.conftest import Sim
from tests.simulator.standin import SECRET, StandIn

FARMER = "0712000101"


# --- the clock


def test_setting_the_clock_writes_the_shift_where_the_gateway_reads_it(sim: Sim, clock_file: Path) -> None:
    told = sim.post("/clock", at="2025-06-24T09:30:00+03:00")
    assert told["now"].startswith("2025-06-24T09:30:0")
    assert told["now"].endswith("+03:00")
    assert float(clock_file.read_text()) == pytest.approx(told["shift"])
    assert told["file"] == str(clock_file)


def test_the_clock_can_be_advanced_and_released(sim: Sim, clock_file: Path) -> None:
    sim.post("/clock", at="2025-06-24T09:30:00+03:00")
    assert sim.post("/clock", advance=3600)["now"].startswith("2025-06-24T10:30:0")
    assert sim.delete("/clock")["shift"] == 0
    assert float(clock_file.read_text()) == 0


@pytest.mark.parametrize(
    ("at", "words"),
    [("", "a time such as"), ("tomorrow", "a time such as"), ("2025-06-24T09:30:00", "needs its offset")],
)
def test_a_time_that_is_none_is_refused(sim: Sim, at: str, words: str) -> None:
    assert words in sim.post("/clock", 400, at=at)["error"]


def test_a_fresh_start_leaves_the_clock_alone(sim: Sim) -> None:
    sim.post("/clock", at="2025-06-24T09:30:00+03:00")
    sim.post("/reset")
    assert sim.get("/clock")["now"].startswith("2025-06-24")


# --- faults and knobs


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"kind": "ussd", "mode": "drop"}, "no kind is called ussd"),
        ({"kind": "ussd-hop", "mode": "refuse"}, "ussd-hop cannot refuse"),
        ({"kind": "stk-push", "mode": "refuse"}, "refuse needs a code"),
        ({"kind": "stk-push", "mode": "delay", "seconds": -1}, "seconds is 0 to 3600"),
        ({"kind": "stk-push", "mode": "delay", "seconds": "x"}, "seconds is a number"),
        ({"kind": "sms-in", "mode": "repeat", "n": 0}, "n is 1 to 100"),
        ({"kind": "sms-in", "mode": "repeat", "n": 1.5}, "n is a whole number"),
        ({"kind": "sms-in", "mode": "drop", "phone": "12"}, "not a Kenyan mobile number"),
        ({"kind": "sms-in", "mode": "drop", "often": 3}, "a fault has no often"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused_in_words(sim: Sim, fault: dict[str, Any], words: str) -> None:
    assert words in sim.post("/faults", 400, **fault)["error"]
    assert sim.get("/faults") == {"faults": []}


def test_faults_are_listed_and_cleared_one_by_one_by_kind_or_all(sim: Sim) -> None:
    sim.fault("sms-in", "drop")
    sim.fault("sms-in", "cut", times=2)
    sim.fault("stk-push", "refuse", code="500.003.02")
    faults = sim.get("/faults")["faults"]
    assert [(fault["kind"], fault["mode"], fault["times"]) for fault in faults] == [
        ("sms-in", "drop", None),
        ("sms-in", "cut", 2),
        ("stk-push", "refuse", None),
    ]
    assert len(sim.delete(f"/faults/{faults[0]['id']}")["faults"]) == 2
    assert [fault["kind"] for fault in sim.delete("/faults?kind=sms-in")["faults"]] == ["stk-push"]
    assert sim.delete("/faults") == {"faults": []}


def test_outside_repeat_n_says_how_often_a_fault_hits(sim: Sim) -> None:
    sim.fault("stk-query", "refuse", code="500.003.02", n=2)
    codes = [sim.query("ws_CO_1").json()["errorCode"] for _ in range(3)]
    assert codes == ["500.003.02", "500.003.02", "500.001.1001"]


def test_every_kind_of_the_specification_is_there(sim: Sim) -> None:
    kinds = sim.get("/faults/kinds")["kinds"]
    assert set(kinds) >= {
        "ussd-hop", "ussd-event", "sms-in", "sms-report", "sms-send",
        "mpesa-token", "stk-push", "stk-callback", "stk-query",
    }  # fmt: skip
    assert {"delay", "drop", "repeat", "reorder", "refuse", "cut", "before-answer", "garbage"} <= set(
        kinds["stk-callback"]
    )


@pytest.mark.parametrize(
    "knobs",
    [
        {"speed": 1},
        {"prompt_seconds": -1},
        {"prompt_seconds": "60"},
        {"token_seconds": 1.5},
        {"pending_form": "C"},
        {"https_callbacks": 1},
        {"opt_out_text": 5},
        {"prompt_seconds": 9, "speed": 1},
    ],
)
def test_a_wrong_knob_turns_nothing(sim: Sim, knobs: dict[str, Any]) -> None:
    before = sim.get("/knobs")
    sim.post("/knobs", 400, **knobs)
    assert sim.get("/knobs") == before


# --- phones


@pytest.mark.parametrize("number", ["0712000101", "254712000101", "+254712000101", "+254 712 000 101"])
def test_a_number_may_be_written_as_people_do(sim: Sim, number: str) -> None:
    phone = sim.phone(number)
    assert (phone["msisdn"], phone["name"], phone["language"]) == ("+254712000101", "Wanjiku", "Kiswahili")


@pytest.mark.parametrize("number", ["12345", "+255712000101", "0812000101", "abc"])
def test_other_numbers_are_no_phones(sim: Sim, number: str) -> None:
    assert "not a Kenyan mobile number" in sim.phone(number)["error"]


@pytest.mark.parametrize(
    ("number", "network"),
    [
        ("0722000000", "Safaricom"),
        ("0110000000", "Safaricom"),
        ("0733000000", "Airtel"),
        ("0100000000", "Airtel"),
        ("0777000000", "Telkom"),
        ("0764000000", "Equitel"),
    ],
)
def test_a_new_phone_knows_its_operator(sim: Sim, number: str, network: str) -> None:
    assert sim.phone(number)["network"] == network


def test_a_phone_can_be_named_charged_and_switched_off(sim: Sim) -> None:
    phone = sim.post(f"/phones/{FARMER}", name="Njeri", balance=12, on=False, network="63903")
    assert (phone["name"], phone["balance"], phone["on"], phone["network"]) == ("Njeri", 12, False, "Airtel")
    sim.post(f"/phones/{FARMER}", 400, colour="red")
    sim.post(f"/phones/{FARMER}", 400, balance=-1)
    sim.post(f"/phones/{FARMER}", 400, network="1")
    sim.do(FARMER, "sms", 409, text="hello")


def test_messages_are_marked_read(sim: Sim) -> None:
    sim.post("/outcomes", 201, code="0")
    sim.push()
    sim.until("0712000202", lambda phone: phone["inbox"])
    unread = {phone["msisdn"]: phone["unread"] for phone in sim.get("/phones")["phones"]}
    assert unread["+254712000202"] == 1
    assert sim.do("0712000202", "read")["inbox"][0]["read"] is True


def test_an_empty_text_is_refused(sim: Sim) -> None:
    sim.do(FARMER, "sms", 400, text="")


def test_an_answer_while_the_network_thinks_is_refused(sim: Sim, gateway: StandIn) -> None:
    sim.do(FARMER, "dial")
    sim.fault("ussd-hop", "delay", seconds=0.5, times=1)
    thinking = threading.Thread(target=lambda: sim.do(FARMER, "answer", text="1"))
    thinking.start()
    sim.until(FARMER, lambda phone: phone["waiting"])
    assert "not answered yet" in sim.do(FARMER, "answer", 409, text="1")["error"]
    thinking.join()
    assert [call.fields["text"] for call in gateway.of("ussd-hop")] == ["", "1"]


def test_hanging_up_while_the_network_thinks_throws_the_screen_away(sim: Sim, gateway: StandIn) -> None:
    sim.fault("ussd-hop", "delay", seconds=0.4, times=1)
    thinking = threading.Thread(target=lambda: sim.do(FARMER, "dial"))
    thinking.start()
    sim.until(FARMER, lambda phone: phone["waiting"])
    sim.do(FARMER, "hangup")
    thinking.join()
    phone = sim.phone(FARMER)
    assert (phone["screen"], phone["session_open"]) == ("", False)
    assert [event.fields["status"] for event in gateway.wait("ussd-event")] == ["Incomplete"]


def test_a_body_that_is_no_object_is_refused(sim: Sim) -> None:
    answer = requests.post(f"{sim.url}/control/phones/{FARMER}/dial", data=b"[1]", timeout=5)
    assert answer.status_code == 400
    assert requests.post(f"{sim.url}/control/phones/{FARMER}/dial", timeout=5).ok


# --- watching


def test_the_traffic_tells_both_directions_without_the_secret(sim: Sim, gateway: StandIn) -> None:
    sim.do(FARMER, "dial")
    sim.push()
    gateway.wait("ussd-hop")
    exchanges = sim.get("/traffic?last=10")["exchanges"]
    told = [(one["direction"], one["kind"], one["status"]) for one in exchanges]
    assert told == [
        ("to-gateway", "ussd-hop", 200),
        ("from-gateway", "mpesa-token", 200),
        ("from-gateway", "stk-push", 200),
    ]
    assert exchanges[0]["path"] == "/cb/.../ussd"
    assert exchanges[0]["reply"].startswith("CON ")
    assert SECRET not in str(exchanges)
    assert [one["kind"] for one in sim.get("/traffic?kind=stk-push")["exchanges"]] == ["stk-push"]
    assert [one["kind"] for one in sim.get(f"/traffic?phone={FARMER}")["exchanges"]] == ["ussd-hop"]


def test_a_watcher_is_told_at_once(sim: Sim) -> None:
    version = sim.get("/watch?seconds=0")["version"]
    threading.Timer(0.1, lambda: sim.do(FARMER, "sms", text="hello", to="0722000000")).start()
    told = sim.get(f"/watch?since={version}&seconds=5&phones=0712000101,0712000202")
    assert told["version"] != version
    assert [phone["msisdn"] for phone in told["phones"]] == ["+254712000101", "+254712000202"]
    assert told["phones"][0]["sent"][0]["text"] == "hello"
    assert (told["service_code"], told["short_code"]) == ("*384*88632#", "20880")


def test_a_fresh_start_forgets_everything_that_is_on_its_way(sim: Sim, gateway: StandIn) -> None:
    sim.post("/knobs", callback_seconds=0.2)
    sim.post("/outcomes", 201, code="0")
    sim.fault("sms-in", "delay", seconds=0.2)
    sim.push()
    sim.do(FARMER, "sms", text="YES")
    sim.post("/reset")
    threading.Event().wait(0.4)
    assert gateway.calls == []
    assert sim.phone(FARMER)["sent"] == []
    assert sim.get("/faults")["faults"] == sim.get("/outcomes")["outcomes"] == []
    assert sim.get("/knobs")["callback_seconds"] == 0.5
