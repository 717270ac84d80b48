"""After an outage the provider's inbox is looked through: each text once, whichever way it came."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
import requests
import responses

from core.db import Tx
from core.duties import service as duties
from core.outbox.models import Gate
from core.traffic.models import Callback
from tests.helpers import CUSTOMER, FARMER, Cast
from tests.sms.conftest import API, SHORT_CODE, Desk


def letter(number: int, text: str, at: datetime, phone: str = CUSTOMER) -> dict[str, Any]:
    date = at.strftime("%Y-%m-%dT%H:%M:%S.445Z")
    return {"linkId": "", "text": text, "to": SHORT_CODE, "id": number, "date": date, "from": phone}


def inbox(desk: Desk, *letters: dict[str, Any]) -> None:
    """What the provider has; it gives what is newer than the id it is asked for, three at a time."""
    desk.mock.remove(responses.GET, API)

    def answer(request: Any) -> tuple[int, dict[str, str], str]:
        after = int(request.params["lastReceivedId"])
        page = [one for one in letters if one["id"] > after][:3]
        return 200, {}, json.dumps({"SMSMessageData": {"Messages": page}})

    desk.mock.add_callback(responses.GET, API, callback=answer, content_type="application/json")


def look(desk: Desk) -> list[str]:
    """Look through it; what was texted in and what became of each."""

    def ask(tx: Tx) -> None:
        duties.want(tx, "fetch_inbox", 0, key=f"fetch:{tx.now}:{len(desk.mock.calls)}")

    desk.db.run(ask)
    desk.work()
    return [row.verdict for row in desk.look(Callback, kind="sms")]


def test_what_came_while_we_were_away_is_read_once_and_in_order(desk: Desk, cast: Cast) -> None:
    desk.work()
    now = desk.clock.now()
    inbox(desk, *[letter(15000 + n, "HELP", now - timedelta(minutes=9 - n)) for n in range(5)])
    assert look(desk) == ["shown"] * 5
    assert look(desk) == ["shown"] * 5, "the second look finds nothing new"
    assert desk.look(Gate)[0].last_received == "15004"
    assert len([m for m in desk.sent if m["to"] == CUSTOMER]) == 5


def test_what_a_callback_has_brought_is_not_read_again(desk: Desk, cast: Cast) -> None:
    desk.work()
    came = desk.clock.now()
    assert desk.receive(CUSTOMER, "HELP").status_code == 200
    desk.work()
    desk.clock.advance(minutes=5)
    inbox(desk, letter(15000, "HELP", came))
    assert look(desk) == ["shown"]
    assert len([m for m in desk.sent if m["to"] == CUSTOMER]) == 1


def test_a_callback_that_comes_after_the_inbox_is_a_duplicate(desk: Desk, cast: Cast) -> None:
    desk.work()
    came = desk.clock.now()
    desk.clock.advance(minutes=5)
    inbox(desk, letter(15000, "HELP", came))
    assert look(desk) == ["shown"]
    desk.receive(CUSTOMER, "HELP", date=came.strftime("%Y-%m-%d %H:%M:%S"))
    desk.work()
    assert [row.verdict for row in desk.look(Callback, kind="sms")] == ["shown", "duplicate"]
    assert len([m for m in desk.sent if m["to"] == CUSTOMER]) == 1


def test_what_has_just_come_is_left_to_its_callback(desk: Desk, cast: Cast) -> None:
    desk.work()
    now = desk.clock.now()
    inbox(desk, letter(15000, "HELP", now - timedelta(minutes=3)), letter(15001, "HELP", now, FARMER))
    assert look(desk) == ["shown"]
    assert desk.look(Gate)[0].last_received == "15000"


def test_yesterdays_order_is_kept_and_not_acted_on(desk: Desk, cast: Cast) -> None:
    desk.work()
    inbox(desk, letter(15000, "5kg nyanya", desk.clock.now() - timedelta(hours=13)))
    assert look(desk) == ["late"]
    assert [m for m in desk.sent if m["to"] == CUSTOMER] == []


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 401, "body": "The supplied authentication is invalid"},
        {"status": 503, "body": ""},
        {"status": 200, "body": "<html>"},
        {"status": 200, "body": json.dumps({"SMSMessageData": {"Messages": [{"text": "no id"}]}})},
        {"body": requests.exceptions.ReadTimeout()},
    ],
)
def test_an_inbox_that_cannot_be_read_is_looked_at_later(
    desk: Desk, cast: Cast, answer: dict[str, Any]
) -> None:
    desk.work()
    desk.mock.add(responses.GET, API, **answer)
    assert look(desk) == []
