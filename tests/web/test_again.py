"""A row of the log put to use: its number read in full, run again through its door (DR-1801, DR-222)."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app import duties
from core.audit.models import AuditRow
from core.db import Database
from core.duties.models import Duty
from core.traffic.models import Callback
from core.users import service as users
from core.users.models import User
from inbound.gateway import Gateway
from tests.helpers import CALLBACK_SECRET, CUSTOMER, FARMER, FixedClock
from tests.proving import proves
from tests.web.conftest import Browser
from tests.web.test_callback_log import log
from ussd.hoplog import drain

CB = f"/cb/{CALLBACK_SECRET}"
CONFIRMATION = {
    "TransactionType": "Pay Bill", "TransID": "UA13AB77XY", "TransTime": "20250624093000",
    "TransAmount": "70.00",
    "BusinessShortCode": "174379", "BillRefNumber": "rent", "MSISDN": CUSTOMER[1:], "FirstName": "Otieno",
}  # fmt: skip


@pytest.fixture
def office(client: FlaskClient, admin: User) -> Browser:
    """Grace at the console of the whole web process."""
    browser = Browser(client)
    browser.sign_in()
    return browser


def last(db: Database, kind: str) -> Callback:
    with db.read() as tx:
        asked = select(Callback).where(Callback.kind == kind).order_by(Callback.callback_id.desc())
        return tx.session.scalars(asked).first()  # type: ignore[return-value]


def standing(db: Database) -> tuple[int, int]:
    """How many rows there are in the log, and how much work there ever was."""
    with db.read() as tx:
        return (
            tx.session.scalars(select(func.count()).select_from(Callback)).one(),
            tx.session.scalars(select(func.count()).select_from(Duty)).one(),
        )


def text_of(words: str, **more: str) -> dict[str, str]:
    return {"from": CUSTOMER, "to": "20880", "text": words, "id": "m1", "date": "2025-06-24 06:30:00"} | more


def again(browser: Browser, row: Callback) -> str:
    """Press "Run it again"; the words of the page that comes."""
    path = f"/callbacks/{row.callback_id}"
    answer = browser.send(path, f"{path}/again")
    assert answer.status_code == 200, answer.text
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


@proves("DR-1802")
@pytest.mark.parametrize("words", ["5kg tomatoes", "DONE A3B7 4711", "PIN 1234"])
def test_a_text_run_again_has_no_new_effect(
    office: Browser, gateway: Gateway, client: FlaskClient, sweep_until_idle: Callable[..., int], words: str
) -> None:
    db = gateway.db
    assert client.post(f"{CB}/sms", data=text_of(words)).status_code == 200
    row = last(db, "sms")
    assert "still being worked on" in office.plain(f"/callbacks/{row.callback_id}")
    sweep_until_idle(db, duties(gateway))
    before = standing(db)
    said = again(office, row)
    assert "Answered 200" in said
    assert "No new effect: it was known by its key" in said
    assert "Came 1 more time" in said
    assert standing(db) == before
    # What may be a code stands nowhere, not even sealed.
    kept = gateway.parts.vault.open("came", str(last(db, "sms").came))
    assert "4711" not in kept
    assert "1234" not in kept


def test_every_kind_that_is_kept_comes_to_its_own_door_again(
    office: Browser, gateway: Gateway, client: FlaskClient, sweep_until_idle: Callable[..., int]
) -> None:
    db = gateway.db
    report = {"phoneNumber": CUSTOMER, "id": "ATXid_1", "status": "Success", "networkCode": "63902"}
    event = {"sessionId": "s1", "phoneNumber": FARMER, "status": "Success", "serviceCode": "*384*88632#",
             "input": "1*4711", "durationInMillis": "900", "hopsCount": "1"}  # fmt: skip
    sent: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("sms-report", "sms-reports", {"data": report}),
        ("ussd-event", "ussd-events", {"data": event}),
        ("c2b-confirmation", "pay/c2b/confirmation", {"json": CONFIRMATION}),
    )
    for _kind, path, body in sent:
        assert client.post(f"{CB}/{path}", **body).status_code == 200
    sweep_until_idle(db, duties(gateway))
    before = standing(db)
    for kind, _path, _body in sent:
        said = again(office, last(db, kind))
        assert "No new effect: it was known by its key" in said, kind
        assert last(db, kind).repeats == 1, kind
    assert standing(db) == before
    assert "4711" not in gateway.parts.vault.open("came", str(last(db, "ussd-event").came))


def test_a_hop_that_changed_something_is_run_again_and_one_that_showed_something_is_not(
    office: Browser, gateway: Gateway, client: FlaskClient, clock: FixedClock
) -> None:
    db = gateway.db
    text = ""
    for answer in ("", "1", "Kino", "2", "Wanjiku", "1"):
        clock.advance(seconds=4)
        text = f"{text}*{answer}" if text else answer
        hop = {"sessionId": "s1", "phoneNumber": FARMER, "serviceCode": "*384*88632#", "text": text}
        assert client.post(f"{CB}/ussd", data=hop).status_code == 200
    drain(gateway)
    with db.read() as tx:
        applied = tx.session.scalars(select(Callback).where(Callback.verdict == "applied")).all()
        shown = tx.session.scalars(select(Callback).where(Callback.verdict == "shown")).first()
        people = tx.session.scalars(select(func.count()).select_from(User)).one()
    assert applied, "nobody has registered"
    assert shown is not None
    assert "It changed nothing" in office.plain(f"/callbacks/{shown.callback_id}")
    for forgotten in (False, True):
        if forgotten:
            gateway.redis.flushdb()
        said = again(office, applied[0])
        assert "No new effect" in said
    with db.read() as tx:
        assert tx.session.scalars(select(func.count()).select_from(User)).one() == people
    with db.transaction() as tx:
        row = tx.session.get_one(Callback, applied[0].callback_id)
        row.request = row.request | {"answer": "2"}
    assert "is not kept" in office.plain(f"/callbacks/{applied[0].callback_id}")


@proves("DR-1801", "DR-1904")
def test_a_number_is_shown_in_full_once_to_who_says_why(browser: Browser, db: Database) -> None:
    row = log(db)
    path = f"/callbacks/{row.callback_id}"
    assert browser.send(path, f"{path}/number", reason=" ").status_code == 409
    page = browser.send(path, f"{path}/number", reason="she asked to be called back")
    assert CUSTOMER in page.text
    assert CUSTOMER[4:] not in browser.text(path)
    with db.read() as tx:
        told = tx.session.scalars(select(AuditRow).where(AuditRow.what == "callback.reveal")).one()
    assert (told.record, told.reason) == (f"callback:{row.callback_id}", "she asked to be called back")
    nobody = log(db, msisdn="")
    assert "Show the number" not in browser.text(f"/callbacks/{nobody.callback_id}")


@proves("DR-222")
@pytest.mark.parametrize("scope", ["support", "auditor"])
@pytest.mark.parametrize("what", ["number", "again"])
def test_who_only_reads_or_helps_is_refused(
    browser: Browser, admin: User, db: Database, scope: str, what: str
) -> None:
    row = log(db, dedupe_key="sms:1")
    path = f"/callbacks/{row.callback_id}"
    token = browser.token(path, f"{path}/number")
    db.run(lambda tx: setattr(users.get(tx, admin.user_id), "staff_scope", scope))
    assert "Show the number" not in browser.text(path)
    if what == "again":  # the form is not offered: a token of the number's does not fit it
        answer = browser.client.post(f"/admin{path}/again", data={"csrf": token})
        assert answer.status_code == 403
        return
    answer = browser.client.post(f"/admin{path}/number", data={"csrf": token, "reason": "curious"})
    assert answer.status_code == 409
    assert CUSTOMER not in answer.text
    with db.read() as tx:
        assert tx.session.scalars(select(AuditRow).where(AuditRow.what == "callback.reveal")).all() == []


def test_a_row_as_curl_is_masked_and_names_no_secret(
    office: Browser, client: FlaskClient, db: Database
) -> None:
    client.post(f"{CB}/sms", data=text_of("it's DONE A3B7 4711; $(reboot)"))
    client.post(f"{CB}/pay/c2b/confirmation", json=CONFIRMATION)
    for kind, wanted in (
        ("sms", "from=07******02&to=20880&text=it%27s+DONE+A3B7+****%3B+%24%28reboot%29"),
        ("c2b-confirmation", '"TransID": "UA13AB77XY"'),
    ):
        page = office.plain(f"/callbacks/{last(db, kind).callback_id}")
        line = page[page.index("curl -X POST") :]
        assert wanted in line, line
        assert "/cb/$CALLBACK_SECRET/" in line
        assert not re.search(rf"{CALLBACK_SECRET}|4711|712000202|Otieno", line), line
    assert "curl -X" not in office.plain(
        f"/callbacks/{log(db, direction='out', kind='sms-send').callback_id}"
    )
