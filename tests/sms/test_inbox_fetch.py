"""After an outage the provider's inbox is looked through: each text once, whichever way it came."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
import requests
import responses
from sqlalchemy import delete

from core.db import Tx
from core.duties import service as duties
from core.outbox import gate
from core.outbox.models import Gate
from core.traffic.models import Callback
from tests.helpers import CUSTOMER, FARMER, Cast
from tests.sms.conftest import API, SHORT_CODE, Desk


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """A house that has begun to read its inbox, which was empty."""
    desk.db.run(lambda tx: gate.remember_received(tx, "africastalking", ""))
    return desk


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


def unbegun(desk: Desk) -> None:
    """A new house: it has never looked."""
    with desk.db.transaction() as tx:
        tx.session.execute(delete(Gate))


def test_a_new_house_neither_acts_on_an_old_inbox_nor_keeps_it(desk: Desk, cast: Cast) -> None:
    """Contract, 3.5 and 3.6: yesterday's texts are another house's, this morning's are still re-posted."""
    desk.work()
    unbegun(desk)
    now = desk.clock.now()
    old = [letter(15000 + n, "5kg nyanya", now - timedelta(hours=30 - 4 * n)) for n in range(8)]
    inbox(desk, *old)
    assert look(desk) == []
    assert [m for m in desk.sent if m["to"] == CUSTOMER] == []
    assert desk.look(Gate)[0].last_received == "15007"
    desk.clock.advance(minutes=9)
    inbox(desk, *old, letter(15008, "HELP", now + timedelta(minutes=2)))
    assert look(desk) == ["shown"], "from here on the inbox is ours"


def test_a_new_house_that_cannot_read_to_the_end_goes_on_passing_over(
    desk: Desk, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.work()
    unbegun(desk)
    monkeypatch.setattr("sms.fetching.PAGES", 2)
    now = desk.clock.now()
    inbox(desk, *[letter(15000 + n, "HELP", now - timedelta(minutes=30 - n)) for n in range(8)])
    assert look(desk) == []
    row = desk.look(Gate)[0]
    assert (row.last_received, row.fetched_at) == ("15005", None)
    assert look(desk) == []
    row = desk.look(Gate)[0]
    assert (row.last_received, row.fetched_at) == ("15007", desk.clock.now())


def test_an_inbox_that_cannot_be_read_the_first_time_is_not_begun(desk: Desk, cast: Cast) -> None:
    desk.work()
    unbegun(desk)
    desk.mock.add(responses.GET, API, status=503, body="")
    assert look(desk) == []
    assert desk.look(Gate) == []
    desk.mock.remove(responses.GET, API)
    inbox(desk, letter(15000, "HELP", desk.clock.now() - timedelta(hours=1)))
    assert look(desk) == []
