"""A signal that is slow or gone: what the phone shows, and what the gateway hears of it."""

import time

from tests.simulator.conftest import Sim
from tests.simulator.standin import StandIn
from tests.simulator.test_sms import send

FARMER = "+254712000101"
NO_SIGNAL = "No network. Try again where there is a signal."


def test_without_a_signal_a_dial_goes_nowhere(sim: Sim, gateway: StandIn) -> None:
    sim.post(f"/phones/{FARMER}", signal="none")
    phone = sim.do(FARMER, "dial")
    assert (phone["screen"], phone["session_open"]) == (NO_SIGNAL, False)
    assert gateway.of("ussd-hop") == []
    sim.do(FARMER, "sms", status=409, text="ODA")
    assert gateway.of("sms-in") == []


def test_a_signal_lost_in_mid_dial_ends_it_by_silence(sim: Sim, gateway: StandIn) -> None:
    sim.post("/knobs", silence_seconds=0.3)
    sim.do(FARMER, "dial")
    sim.post(f"/phones/{FARMER}", signal="none")
    assert sim.do(FARMER, "answer", text="1")["screen"] == NO_SIGNAL
    assert gateway.wait("ussd-event")[0].fields["status"] == "Incomplete"
    assert [call.fields["text"] for call in gateway.of("ussd-hop")] == [""], "the answer was lost"
    sim.post(f"/phones/{FARMER}", signal="good")
    assert sim.do(FARMER, "dial")["session_open"]


def test_a_text_waits_for_the_signal_and_is_reported_when_it_arrives(sim: Sim, gateway: StandIn) -> None:
    sim.post(f"/phones/{FARMER}", signal="none")
    send(sim, FARMER, words="Oda ya kwanza")
    assert sim.phone(FARMER)["inbox"] == []
    assert gateway.of("sms-report") == []
    sim.post(f"/phones/{FARMER}", signal="good")
    sim.until(FARMER, lambda phone: [text["text"] for text in phone["inbox"]] == ["Oda ya kwanza"])
    assert gateway.wait("sms-report")[0].fields["status"] == "Success"


def test_a_slow_signal_takes_its_time_over_every_screen(sim: Sim, gateway: StandIn) -> None:
    sim.post("/knobs", slow_seconds=0.4)
    sim.post(f"/phones/{FARMER}", signal="slow")
    began = time.monotonic()
    sim.do(FARMER, "dial")
    assert time.monotonic() - began >= 0.4


def test_a_signal_is_one_of_three(sim: Sim) -> None:
    no = sim.post(f"/phones/{FARMER}", status=400, signal="weak")
    assert no["error"] == "signal is one of good, slow, none"
