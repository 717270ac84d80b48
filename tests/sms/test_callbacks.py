"""What Africa's Talking posts: stored before it is answered, answered 200, worked on once (DR-1802)."""

from typing import Any

import pytest
from sqlalchemy import select

from core.duties.models import Duty
from core.outbox.models import OutboxMessage
from core.traffic.models import Callback
from sms.africastalking import CLEAR_FIELDS
from sms.inbox import moment
from tests.helpers import CUSTOMER
from tests.proving import proves
from tests.sms.conftest import Desk

FORM = {"from": CUSTOMER, "to": "20880", "text": "HELP", "id": "mo-1", "date": "2025-06-24 06:30:00"}


@proves("DR-1802")
def test_a_text_is_stored_and_answered_before_anybody_works_on_it(desk: Desk) -> None:
    answer = desk.post("sms", FORM | {"linkId": "0309", "networkCode": "63902", "cost": "KES 1.00"})
    row = desk.look(Callback)[0]
    duty = desk.look(Duty)[0]
    assert (answer.status_code, answer.text) == (200, "OK")
    assert (row.kind, row.direction, row.msisdn, row.provider_id) == ("sms", "in", CUSTOMER, "mo-1")
    assert (row.verdict, row.status) == ("stored", 200)
    assert (duty.kind, duty.subject_id, duty.status) == ("read_sms", row.callback_id, "due")
    assert desk.look(OutboxMessage) == []


def test_a_code_is_sealed_until_it_is_worked_on_and_never_readable(desk: Desk) -> None:
    desk.post("sms", FORM | {"text": "DONE A3B7 4821"})
    before = desk.look(Callback)[0]
    assert desk.gateway.parts.vault.open("callback", before.sealed) == "DONE A3B7 4821"
    assert before.request["text"] == "DONE A3B7 ****"
    assert before.request["from"] == "07******02"
    desk.work()
    after = desk.look(Callback)[0]
    assert after.sealed is None
    assert "4821" not in str(after.request) + after.reply + str(after.changed)


@pytest.mark.parametrize(
    "again",
    [
        FORM,
        FORM | {"date": "2025-06-24T06:30:00Z"},
        FORM | {"id": "15071", "date": "2025-06-24T06:30:00.445Z"},
    ],
    ids=["the same id", "the same id, another shape of date", "the inbox's id of the same text"],
)
@proves("DR-1802")
def test_a_text_that_comes_twice_is_worked_on_once(desk: Desk, again: dict[str, str]) -> None:
    assert desk.post("sms", FORM).status_code == 200
    assert desk.post("sms", again).status_code == 200
    desk.work()
    assert desk.post("sms", again).status_code == 200
    desk.work()
    assert len(desk.look(Duty, kind="read_sms")) == 1
    assert len(desk.outbox(CUSTOMER)) == 1


def test_without_an_id_the_content_to_the_second_is_the_id(desk: Desk) -> None:
    form = {k: v for k, v in FORM.items() if k != "id"}
    desk.post("sms", form)
    desk.post("sms", form)
    desk.post("sms", form | {"date": "2025-06-24 06:30:01"})
    assert len(desk.look(Duty, kind="read_sms")) == 2
    assert desk.look(Callback)[0].repeats == 1


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({}, 400),
        ({"text": "HELP"}, 400),
        ({"from": CUSTOMER}, 400),
        ({"from": CUSTOMER, "text": "", "to": "20880", "id": "1"}, 200),
        ({"from": "", "text": "HELP"}, 200),
        ({"from": CUSTOMER, "text": "HELP", "unheard": "of"}, 200),
        ({"from": CUSTOMER, "text": "HELP", "date": "yesterday", "id": "x" * 500}, 200),
        ({"from": CUSTOMER, "text": "🍅" * 5000, "id": "1"}, 200),
    ],
    ids=["nothing", "no sender", "only a sender", "blank", "blank sender", "extra", "odd", "5000 emoji"],
)
def test_only_what_cannot_be_a_text_is_refused(desk: Desk, form: dict[str, str], status: int) -> None:
    assert desk.post("sms", form).status_code == status
    desk.work()
    assert desk.look(Duty, status="due") == []


def test_wrong_secret_wrong_method_and_a_megabyte_stop_at_the_door(desk: Desk) -> None:
    secret = desk.gateway.config.callback_secrets[0]
    assert desk.client.post("/cb/00000000000000000000000000000000/sms", data=FORM).status_code == 404
    assert desk.client.get(f"/cb/{secret}/sms").status_code == 405
    assert desk.post("sms", FORM | {"text": "x" * 2**20}).status_code == 413
    assert desk.client.post(f"/cb/{secret}/sms", data=b"\xff\xfe=\xff").status_code == 400
    assert desk.look(Callback) == []


@pytest.mark.parametrize(
    "sender", ["+255712000101", "Safaricom", "40404", "+2547120001", "  254712000101", "a1b2c3hashed"]
)
@proves("DR-1508")
def test_who_is_no_kenyan_mobile_is_stored_and_never_answered(desk: Desk, sender: str) -> None:
    """DR-1508."""
    assert desk.text(sender, "HELP") == ""
    assert desk.look(Callback)[0].verdict == "rejected"
    assert desk.look(OutboxMessage) == []


def test_a_plus_that_came_as_a_space_is_repaired(desk: Desk) -> None:
    desk.receive(" " + CUSTOMER[1:], "HELP")
    assert desk.look(Callback)[0].msisdn == CUSTOMER


def test_a_foreign_short_code_is_served_and_marked_outside_production(desk: Desk) -> None:
    assert desk.text(CUSTOMER, "HELP", to="12345").startswith("Text what you need")
    assert desk.look(Callback, kind="sms")[0].verdict == "foreign"


def test_production_stores_a_foreign_short_code_and_ignores_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(desk.gateway.config), "is_production", property(lambda self: True))
    assert desk.text(CUSTOMER, "HELP", to="12345") == ""
    row = desk.look(Callback)[0]
    assert (row.verdict, row.sealed) == ("foreign", None)
    assert desk.look(Duty) == []


@pytest.mark.parametrize("date", ["2026-03-14 08:34:18", "2026-03-14T08:34:18Z", "2026-03-14T08:34:18.445Z"])
def test_all_three_shapes_of_dates_are_read_as_utc(date: str) -> None:
    read = moment(date)
    assert read is not None
    assert read.isoformat().startswith("2026-03-14T08:34:18")
    assert read.isoformat().endswith("+00:00")


@pytest.mark.parametrize("date", ["", "yesterday", "14/03/2026"])
def test_a_date_of_another_shape_is_none(date: str) -> None:
    assert moment(date) is None


def test_a_text_sealed_under_a_lost_key_is_put_aside(desk: Desk) -> None:
    desk.receive(CUSTOMER, "HELP")
    with desk.db.transaction() as tx:
        tx.session.scalars(select(Callback)).one().sealed = "not ours"
    desk.work()
    assert desk.look(Callback)[0].verdict == "failed"


def test_a_text_that_breaks_us_is_tried_again_and_at_last_apologised_for(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anything that is not a refusal of the core is our own fault: one calm sentence, nothing half done."""

    def broken(ctx: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr("sms.inbox.command_for", lambda intent, role: broken)
    desk.receive(CUSTOMER, "HELP")
    for _attempt in range(6):
        desk.work()
        desk.clock.advance(minutes=6)
    assert [m["message"].split(" and ")[0] for m in desk.sent] == ["Sorry, something went wrong on our side"]
    assert desk.look(Callback)[0].verdict == "failed"


def test_the_fields_kept_in_clear_are_the_harmless_ones() -> None:
    assert set(CLEAR_FIELDS) & {"text", "from", "phoneNumber"} == set()
