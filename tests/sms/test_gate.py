"""The way out: priorities, the limit a second, the ceilings of a day, the circuit (DR-1506; issue 5, 3)."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs

import pytest
import requests
import responses
from sqlalchemy import delete

from core.alarms.models import Alarm
from core.db import Tx
from core.duties import service as duties
from core.duties.models import Duty
from core.notifications.rules import KINDS
from core.outbox import gate, spending
from core.outbox import service as outbox
from core.outbox.lanes import ALERTS, CODES, LANE_OF, LANES, MARKETING, RECEIPTS, WORK, lane_of
from core.outbox.models import Gate, OutboxMessage, Spend
from core.settings.models import SystemSetting
from core.users import service as users
from locales.messages import MESSAGES
from locales.voice import slots_of
from sms import claiming
from tests.helpers import CUSTOMER, FARMER, RIDER, Cast
from tests.proving import proves
from tests.sms.conftest import API, Desk, accepted

PHONES = (CUSTOMER, FARMER, RIDER)


def queue(desk: Desk, lane: str, number: int = 1, to: str = CUSTOMER, **options: Any) -> None:
    """So many messages of a lane into the outbox."""

    def work(tx: Tx) -> None:
        user = users.find(tx, to)
        assert user is not None
        for each in range(number):
            outbox.send(
                tx,
                user,
                "help",
                {"dial": f"*{lane}*{each}#"},
                once_key=f"{lane}:{to}:{each}",
                lane=lane,
                **options,
            )

    desk.db.run(work)


def calm(desk: Desk) -> None:
    """Whatever the morning's news were, it is over and cost nothing."""
    desk.work()
    desk.sent.clear()
    desk.clock.advance(seconds=2)
    with desk.db.transaction() as tx:
        tx.session.execute(delete(Spend))


def sent(desk: Desk) -> list[str]:
    """The lanes of what was handed to the provider, in order."""
    return [m["message"].split("*")[1] for m in desk.sent if m["message"].count("*") == 2]


def setting(desk: Desk, name: str, value: str) -> None:
    with desk.db.transaction() as tx:
        tx.session.add(SystemSetting(name=name, value=value, updated_at=tx.now))
    desk.gateway.parts.settings.refresh(desk.db.engine, now=True)


def statuses(desk: Desk, lane: str) -> list[str]:
    return [f"{row.status} {row.error}".strip() for row in rows(desk, lane)]


def rows(desk: Desk, lane: str) -> list[OutboxMessage]:
    return [row for row in desk.look(OutboxMessage, lane=lane) if row.code != "vehicle_approved"]


def down(desk: Desk, error: Exception | None = None) -> None:
    """Nothing reaches the provider any more."""
    desk.mock.reset()
    desk.mock.add(responses.POST, API, body=error or requests.exceptions.ConnectTimeout())


def up(desk: Desk) -> None:
    """The provider takes everything again."""
    desk.mock.reset()

    def take(request: Any) -> tuple[int, dict[str, str], str]:
        form = {name: values[0] for name, values in parse_qs(request.body).items()}
        desk.sent.append(form)
        return 201, {"Content-Type": "application/json"}, accepted(form["to"], 5000 + len(desk.sent))

    desk.mock.add_callback(responses.POST, API, callback=take, content_type="application/json")


def test_every_lane_has_its_place_its_life_and_its_ceiling() -> None:
    order = sorted(LANES.values(), key=lambda lane: lane.priority)
    assert [lane.name for lane in order] == ["codes", "answers", "receipts", "work", "alerts", "marketing"]
    assert set(spending.CEILINGS) == set(LANES)
    assert LANES[CODES].life == timedelta(minutes=10) < LANES[RECEIPTS].life
    assert set(LANE_OF) <= set(MESSAGES)


def test_a_text_with_a_code_goes_first_and_an_alert_after_all_work() -> None:
    """DR-1506: by the table, and by what the texts themselves hold."""
    for code, message in MESSAGES.items():
        if {"code", "otp"} & set(slots_of(message.text)):
            assert lane_of(code).name == CODES, code
    for code, kind in KINDS.items():
        if kind.flag in ("weather_alerts", "price_alerts"):
            assert lane_of(code).name == ALERTS, code
        if kind.held:
            assert lane_of(code).name != CODES, code
    assert (lane_of("new_order").name, lane_of("payout_paid").name) == (WORK, RECEIPTS)


def test_what_is_more_urgent_goes_first_whenever_it_was_asked_for(desk: Desk, cast: Cast) -> None:
    calm(desk)
    for lane in (MARKETING, ALERTS, WORK, RECEIPTS, CODES):
        queue(desk, lane, 2)
    desk.work()
    assert sent(desk) == [lane for lane in (CODES, RECEIPTS, WORK, ALERTS, MARKETING) for _ in range(2)]


@proves("DR-1506")
def test_a_code_ten_minutes_late_is_dropped_and_shown_a_receipt_goes_out(desk: Desk, cast: Cast) -> None:
    calm(desk)
    down(desk)
    queue(desk, CODES)
    queue(desk, RECEIPTS)
    queue(desk, ALERTS)
    desk.work()
    desk.clock.advance(minutes=11)
    up(desk)
    desk.work()
    desk.clock.advance(minutes=1)
    desk.work()
    assert sent(desk) == [RECEIPTS, ALERTS]
    assert statuses(desk, CODES) == ["dropped Expired"]
    assert [alarm.subject for alarm in desk.look(Alarm, kind="message_failed")] == ["help"]


def test_the_circuit_opens_tries_once_in_a_while_and_lets_all_out_by_priority(desk: Desk, cast: Cast) -> None:
    """The provider is down for ten minutes: then everything still valid goes out, the most urgent first."""
    calm(desk)
    down(desk)
    for lane in (MARKETING, WORK, RECEIPTS):
        queue(desk, lane, 4)
    minutes = 0
    while minutes < 10:
        desk.work()
        desk.clock.advance(minutes=1)
        minutes += 1
    tried = len(desk.mock.calls)
    assert gate.FAILURES <= tried <= gate.FAILURES + 11, "one try a minute at most, once it is open"
    assert [alarm.subject for alarm in desk.look(Alarm, kind="circuit_open", cleared_at=None)] == ["sms"]
    queue(desk, CODES, 2)
    up(desk)
    desk.work()
    desk.clock.advance(minutes=1)
    desk.work()
    assert sent(desk) == [CODES] * 2 + [RECEIPTS] * 4 + [WORK] * 4 + [MARKETING] * 4
    assert desk.look(Alarm, kind="circuit_open", cleared_at=None) == []
    row = desk.look(Gate)[0]
    assert (row.failures, row.open_until) == (0, None)


@pytest.mark.parametrize(
    ("answer", "opens"),
    [
        (requests.exceptions.ConnectTimeout(), True),
        (requests.exceptions.ReadTimeout(), True),
        ((503, ""), True),
        ((429, "Too many requests"), True),
        ((401, "The supplied authentication is invalid"), True),
        ((201, json.dumps({"SMSMessageData": {"Message": "InvalidSenderId", "Recipients": []}})), True),
        ((400, "bad"), False),
    ],
)
def test_what_opens_the_circuit(desk: Desk, cast: Cast, answer: Any, opens: bool) -> None:
    calm(desk)
    desk.mock.reset()
    if isinstance(answer, Exception):
        desk.mock.add(responses.POST, API, body=answer)
    else:
        desk.mock.add(responses.POST, API, status=answer[0], body=answer[1], content_type="application/json")
    queue(desk, WORK, 8)
    desk.work()
    assert len(desk.mock.calls) == (gate.FAILURES if opens else 8)
    assert bool(desk.look(Alarm, kind="circuit_open")) is opens


@proves("DR-1506")
def test_no_more_leave_in_a_second_than_may(desk: Desk, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of each sender; the worker waits for its turn itself, so that nothing less urgent slips past."""
    setting(desk, "sms.per_second", "3")
    monkeypatch.setattr("sms.relay.time.sleep", lambda seconds: desk.clock.advance(seconds=seconds))
    calm(desk)
    began = desk.clock.now()
    queue(desk, WORK, 7)
    queue(desk, MARKETING, 2, answerable=False)
    desk.work()
    assert sent(desk) == [WORK] * 7 + [MARKETING] * 2
    at = [row.sent_at - began for row in rows(desk, WORK) if row.sent_at is not None]
    assert [round(moment.total_seconds()) for moment in at] == [0, 0, 0, 1, 1, 1, 2]
    assert desk.clock.now() - began < timedelta(seconds=3), "the other sender has a limit of its own"


@proves("DR-1506")
def test_a_kind_that_has_cost_enough_today_waits_and_codes_have_the_last_of_it(
    desk: Desk, cast: Cast
) -> None:
    for name, value in (("marketing", "1.60"), ("all", "8.00"), ("reserve", "4.00"), ("codes", "0.80")):
        setting(desk, f"sms.spend_{name}", value)
    calm(desk)
    queue(desk, MARKETING, 3)
    queue(desk, WORK, 4)
    desk.work()
    # 4 of the whole are for codes: three of work and two of marketing are all that goes.
    assert statuses(desk, WORK) == ["accepted"] * 4
    assert statuses(desk, MARKETING) == ["accepted", "queued OverBudget", "queued OverBudget"]
    queue(desk, CODES, 5)
    desk.work()
    assert statuses(desk, CODES) == ["accepted"] * 5, "past their own ceiling, out of the last part"
    assert {"all", "marketing"} & {alarm.subject for alarm in desk.look(Alarm, kind="sms_spend")}
    desk.clock.advance(hours=15)  # past midnight in Nairobi: a new day
    queue(desk, WORK, 1, to=FARMER)
    desk.work()
    assert statuses(desk, WORK)[-1] == "accepted"


def test_what_was_reckoned_is_compared_with_what_was_charged(desk: Desk, cast: Cast) -> None:
    setting(desk, "sms.price_segment", "0.60")
    calm(desk)
    queue(desk, WORK, 2)
    desk.work()
    row = rows(desk, WORK)[0]
    assert (row.counted, row.charged, row.cost) == (Decimal("0.60"), Decimal("0.80"), "KES 0.8000")
    with desk.db.read() as tx:
        figure = {one.lane: one for one in spending.today(tx, cast.admin.actor)}[WORK]
    assert (figure.messages, figure.counted, figure.charged, figure.differing) == (
        2, Decimal("1.20"), Decimal("1.60"), 2,
    )  # fmt: skip


@pytest.mark.parametrize("word", ["STOP", "SIMAMISHA"])
@proves("DR-1504")
def test_stop_is_in_force_at_the_next_message_even_if_it_waits(desk: Desk, cast: Cast, word: str) -> None:
    calm(desk)

    def ask(tx: Tx) -> None:
        user = users.find(tx, CUSTOMER)
        assert user is not None
        values = {
            "product": 1,
            "price": "60.00",
            "unit": "kg",
            "farm": "Kamau",
            "place": "Kinoo",
            "dial": "*1#",
        }
        later = tx.now + timedelta(hours=1)
        outbox.send(tx, user, "product_near", values, once_key="near", at=later)

    desk.db.run(ask)
    desk.text(CUSTOMER, word)
    desk.clock.advance(hours=1)
    desk.work()
    assert statuses(desk, ALERTS) == ["dropped OptedOut"]


def test_a_worker_that_died_with_the_probe_does_not_keep_the_way_shut(desk: Desk, cast: Cast) -> None:
    calm(desk)
    queue(desk, WORK, 2)
    with desk.db.transaction() as tx:
        way = tx.session.get(Gate, "africastalking") or Gate(provider="africastalking", last_received="")
        way.failures, way.pause_seconds = 9, 60
        way.open_until, way.probing_until = tx.now - timedelta(seconds=1), tx.now + gate.PROBE
        tx.session.add(way)
    desk.work()
    assert sent(desk) == []
    desk.clock.advance(seconds=31)
    desk.work()
    assert sent(desk) == [WORK, WORK]


def test_a_worker_killed_between_sending_and_recording_repeats_a_code_once_and_nothing_else(
    desk: Desk, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R1; contract, rule 12."""
    monkeypatch.setitem(claiming.SECRETS, "delivery", lambda tx, i: "4821")
    calm(desk)
    desk.sent.clear()

    def ask(tx: Tx) -> None:
        user = users.find(tx, CUSTOMER)
        assert user is not None
        code = {"order": "A3B7", "person": "Kamau", "phone": RIDER, "code": {"secret": "delivery:1"}}
        outbox.send(tx, user, "rider_and_code", code, once_key="code")
        outbox.send(tx, user, "help", {"dial": "*1*1#"}, once_key="receipt", lane=RECEIPTS)

    desk.db.run(ask)
    real = desk.handlers["send_sms"]

    class Killed(BaseException):
        pass

    def dies(*_: Any, **__: Any) -> Any:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("sms.relay.record", dies)
        for duty in duties.take(desk.db, frozenset(("send_sms",))):
            with pytest.raises(Killed):
                real(desk.db, duty)
    assert len(desk.sent) == 2
    for _minute in range(15):
        desk.clock.advance(minutes=1)
        desk.work()
    texts = [m["message"] for m in desk.sent if m["to"] == CUSTOMER]
    assert len(texts) == 3
    assert sum("4821" in text for text in texts) == 2
    assert desk.look(Duty, kind="send_sms", status="due") == []
