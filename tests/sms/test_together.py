"""Texts go out side by side: claimed, called and recorded together, each with an end of its own (R1)."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from core.db import Tx
from core.duties import service as duties
from core.duties.models import Duty
from core.duties.sweep import sweep
from core.outbox import gate
from core.outbox import service as outbox
from core.outbox.models import Gate, OutboxMessage, Spend
from core.traffic import service as traffic
from core.traffic.models import Callback
from sms.port import Meaning, Outcome
from tests.helpers import Cast
from tests.proving import proves
from tests.sms import test_gate
from tests.sms.conftest import Desk


class Network:
    """A provider in the memory: what it is handed, by whom at the same time, and what it answers."""

    name, soft = "africastalking", frozenset[str]()

    def __init__(self, answer: Callable[[str], Outcome]) -> None:
        self.answer, self.handed, self.at_once, self._now = answer, list[str](), 0, 0
        self._lock = threading.Lock()
        self.gathered: threading.Barrier | None = None

    def send(self, text: str, to: str, *, sender: str) -> Outcome:
        with self._lock:
            self.handed.append(text)
            self._now += 1
            self.at_once = max(self.at_once, self._now)
        if self.gathered is not None:
            self.gathered.wait(5)
        outcome = self.answer(text)
        with self._lock:
            self._now -= 1
        return outcome


def calm(desk: Desk, network: Network) -> None:
    test_gate.calm(desk)
    network.handed.clear()
    network.at_once = 0


def yes(text: str) -> Outcome:
    return Outcome(Meaning.ACCEPTED, provider_id=f"id {text[-4:]}", cost="KES 0.8000", status=201)


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Network:
    """Behind every sending from here on."""
    network = Network(yes)
    monkeypatch.setattr("sms.relay.provider_of", lambda config: network)
    return network


def ask(desk: Desk, numbers: list[int], *, lane: str = "work") -> None:
    """A text for each of these telephones."""

    def work(tx: Tx) -> None:
        for at, number in enumerate(numbers):
            outbox.send_to(
                tx, f"+2547990000{number:02d}", "en", "help", {"dial": f"*{at:02d}#"},
                once_key=f"ask:{at}:{tx.now}", lane=lane,
            )  # fmt: skip

    desk.db.run(work)


def ends(desk: Desk) -> list[str]:
    return [f"{row.status} {row.error}".strip() for row in desk.look(OutboxMessage, code="help")]


def test_ten_telephones_are_texted_at_once_and_recorded_together(
    desk: Desk, cast: Cast, network: Network
) -> None:
    calm(desk, network)
    network.gathered = threading.Barrier(gate.WIDTH)  # none comes back before all have gone
    ask(desk, list(range(gate.WIDTH)))
    desk.work()
    assert network.at_once == gate.WIDTH
    assert ends(desk) == ["accepted"] * gate.WIDTH
    lines = [line for line in desk.look(Callback, kind="sms-send") if line.msisdn.startswith("+254799")]
    for row in desk.look(OutboxMessage, code="help"):
        (line,) = [line for line in lines if line.provider_id == row.provider_id]
        assert line.changed == [{"record": f"sms:{row.outbox_id}", "what": "sending -> accepted"}]
        assert (line.msisdn, line.verdict) == (row.msisdn, "accepted")
    assert sum(day.messages for day in desk.look(Spend, lane="work")) == gate.WIDTH
    assert desk.look(Duty, kind="send_sms", status="due") == []


def test_two_texts_to_one_telephone_go_one_after_the_other(desk: Desk, cast: Cast, network: Network) -> None:
    """People read in the order in which things were said."""
    calm(desk, network)
    ask(desk, [1, 1, 2, 1, 2])
    desk.work()
    assert network.at_once <= 2
    of_one = [text for text in network.handed if any(f"*0{at}#" in text for at in (0, 1, 3))]
    assert [text[-3:] for text in of_one] == sorted(text[-3:] for text in of_one)
    assert ends(desk) == ["accepted"] * 5


def test_each_of_a_dozen_has_a_fate_of_its_own(desk: Desk, cast: Cast, network: Network) -> None:
    calm(desk, network)
    fates = {
        "*01#": (Outcome(Meaning.NEVER, "InvalidPhoneNumber", status=201), "failed InvalidPhoneNumber"),
        "*02#": (Outcome(Meaning.RETRY, "GatewayError", status=201), "queued GatewayError"),
        "*03#": (Outcome(Meaning.UNKNOWN, "ReadTimeout"), "unknown ReadTimeout"),
        "*04#": (Outcome(Meaning.NOT_SENT, "ConnectTimeout"), "queued ConnectTimeout"),
    }

    def answer(text: str) -> Outcome:
        return next((outcome for mark, (outcome, _) in fates.items() if mark in text), yes(text))

    network.answer = answer
    ask(desk, list(range(12)))
    desk.work()
    told = {f"*{at:02d}#": "accepted" for at in range(12)} | {m: said for m, (_, said) in fates.items()}
    assert ends(desk) == list(told.values())


def test_one_that_cannot_be_made_spoils_no_other(desk: Desk, cast: Cast, network: Network) -> None:
    """R21."""
    calm(desk, network)
    ask(desk, [1, 2, 3])
    with desk.db.transaction() as tx:
        tx.session.query(OutboxMessage).filter_by(msisdn="+254799000002").one().code = "of another house"
    desk.work()
    assert ends(desk) == ["accepted", "accepted"]
    (left,) = desk.look(Duty, kind="send_sms", status="due")
    assert left.error.startswith("KeyError")


def test_one_that_cannot_be_recorded_is_unknown_in_the_end_and_the_others_are_recorded(
    desk: Desk, cast: Cast, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    calm(desk, network)
    real = traffic.mask_phones

    def breaks(answer: str) -> str:
        if answer == "poison":
            raise ValueError(answer)
        return real(answer)

    monkeypatch.setattr(traffic, "mask_phones", breaks)
    network.answer = lambda text: Outcome(Meaning.ACCEPTED, answer="poison" if "*01#" in text else "")
    ask(desk, [1, 2, 3])
    desk.work()
    assert ends(desk) == ["accepted", "sending", "accepted"]
    desk.clock.advance(seconds=91)
    desk.work()
    assert ends(desk) == ["accepted", "unknown WorkerDied", "accepted"]
    assert len(network.handed) == 3


def test_a_provider_that_raises_though_it_must_not_leaves_an_unknown(
    desk: Desk, cast: Cast, network: Network
) -> None:
    calm(desk, network)

    def raises(text: str) -> Outcome:
        raise RuntimeError(text)

    network.answer = raises
    ask(desk, [1])
    desk.work()
    assert ends(desk) == ["unknown RuntimeError"]


def test_no_more_are_under_way_than_would_open_the_circuit(desk: Desk, cast: Cast, network: Network) -> None:
    """Two have failed in a row: three more may try, and none after them."""
    calm(desk, network)
    with desk.db.transaction() as tx:
        way = tx.session.get(Gate, "africastalking") or Gate(provider="africastalking")
        way.failures, way.pause_seconds, way.last_received = 2, 0, ""
        tx.session.add(way)
    network.answer = lambda text: Outcome(Meaning.UNKNOWN, "ReadTimeout")
    ask(desk, list(range(10)))
    desk.work()
    assert len(network.handed) == gate.FAILURES - 2
    assert ends(desk) == ["unknown ReadTimeout"] * 3 + ["queued CircuitOpen"] * 7


@proves("DR-1506")
def test_no_more_leave_within_a_second_side_by_side_either(
    desk: Desk, cast: Cast, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    test_gate.setting(desk, "sms.per_second", "3")
    monkeypatch.setattr("sms.relay.time.sleep", lambda seconds: desk.clock.advance(seconds=seconds))
    calm(desk, network)
    began = desk.clock.now()
    ask(desk, list(range(8)))
    desk.work()
    at = [row.sent_at - began for row in desk.look(OutboxMessage, code="help")]
    assert [round(moment.total_seconds()) for moment in at] == [0, 0, 0, 1, 1, 1, 2, 2]


def test_what_another_worker_has_taken_over_is_left_alone(desk: Desk, cast: Cast, network: Network) -> None:
    """A lease that ran out: nothing goes out twice for it."""
    calm(desk, network)
    ask(desk, [1, 2])
    handler: Any = desk.handlers["send_sms"]
    taken = duties.take(desk.db, frozenset(("send_sms",)))
    with desk.db.transaction() as tx:
        tx.session.query(Duty).filter_by(duty_id=taken[0].duty_id).one().lease = "another's"
    handler.work(desk.db, taken)
    assert ends(desk) == ["queued", "accepted"]


def test_what_has_killed_a_worker_before_is_done_alone(desk: Desk, cast: Cast, network: Network) -> None:
    calm(desk, network)
    ask(desk, [1, 2, 3])
    with desk.db.transaction() as tx:
        for duty in tx.session.query(Duty).filter_by(kind="send_sms", status="due"):
            duty.attempts = 1
    sweep(desk.db, desk.handlers)
    assert (network.at_once, ends(desk)) == (1, ["accepted"] * 3)
