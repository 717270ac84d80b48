"""Delivery reports and opt-outs: early, twice, out of order, unknown; always 200 (contract, 3.2, 3.3)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from core.outbox.models import OutboxMessage
from core.traffic.models import Callback
from core.users.models import Consent
from sms import reports
from tests.helpers import CUSTOMER, Cast
from tests.proving import proves
from tests.sms.conftest import Desk
from tests.sms.test_relay import queue, row


def report(desk: Desk, status: str, identity: str | None = None, **fields: str) -> str:
    """Post a report and do the work; the verdict."""
    form = {"id": identity or row(desk).provider_id or "", "status": status, "phoneNumber": CUSTOMER}
    assert (
        desk.post("sms-reports", form | {"networkCode": "63902", "retryCount": "0"} | fields).status_code
        == 200
    )
    desk.work()
    return str(desk.look(Callback, kind="sms-report")[-1].verdict)


@pytest.fixture
def sent(desk: Desk, cast: Cast) -> Desk:
    """One message the provider has accepted."""
    queue(desk)
    desk.work()
    return desk


@pytest.mark.parametrize(
    ("statuses", "end"),
    [
        (["Success"], "delivered"),
        (["Sent", "Submitted", "Buffered"], "accepted"),
        (["Success", "Sent"], "delivered"),
        (["Success", "Failed"], "delivered"),
        (["Failed", "Success"], "undelivered"),
        (["AbsentSubscriber", "Success"], "delivered"),
        (["Expired", "Success"], "delivered"),
        (["Expired", "Buffered"], "expired"),
        (["NeverHeardOf"], "accepted"),
        (["Success", "Success"], "delivered"),
    ],
    ids=" then ".join,
)
def test_reports_in_any_order_end_where_the_message_did(sent: Desk, statuses: list[str], end: str) -> None:
    for status in statuses:
        report(sent, status)
    assert row(sent).status == end


def test_a_report_says_why_it_failed(sent: Desk) -> None:
    report(sent, "Failed", failureReason="DeliveryFailure")
    assert (row(sent).status, row(sent).error) == ("undelivered", "DeliveryFailure")


@proves("DR-1504")
def test_the_operators_blacklist_stops_us_too(sent: Desk) -> None:
    report(sent, "Rejected", failureReason="UserInBlackList")
    queue(sent, "declined")
    sent.work()
    assert (row(sent).status, row(sent).error) == ("dropped", "Blacklisted")


def test_a_report_that_overtakes_our_own_record_waits_for_it(sent: Desk) -> None:
    with sent.db.transaction() as tx:
        message = tx.session.scalars(select(OutboxMessage).filter_by(msisdn=CUSTOMER)).one()
        identity, message.provider_id, message.status = message.provider_id, None, "sending"
    assert report(sent, "Success", identity) == "stored"
    with sent.db.transaction() as tx:
        message = tx.session.scalars(select(OutboxMessage).filter_by(msisdn=CUSTOMER)).one()
        message.provider_id, message.status = identity, "accepted"
    sent.clock.advance(seconds=10)
    sent.work()
    assert row(sent).status == "delivered"


def unknown(desk: Desk, code: str) -> None:
    queue(desk, code)
    desk.work()
    with desk.db.transaction() as tx:
        message = tx.session.scalars(select(OutboxMessage).filter_by(msisdn=CUSTOMER, code=code)).one()
        message.provider_id, message.status = None, "unknown"


def test_a_report_without_a_match_settles_the_phones_only_unknown_message(desk: Desk, cast: Cast) -> None:
    """Rule 12."""
    unknown(desk, "help")
    assert report(desk, "Success", "ATXid_never_seen") == "applied"
    assert (row(desk).status, row(desk).provider_id) == ("delivered", "ATXid_never_seen")


def test_with_two_unknown_messages_it_settles_neither(desk: Desk, cast: Cast) -> None:
    unknown(desk, "help")
    unknown(desk, "declined")
    assert report(desk, "Success", "ATXid_never_seen") == "unmatched"
    assert [m.status for m in desk.outbox(CUSTOMER)] == ["unknown", "unknown"]


def test_after_ten_minutes_it_settles_nothing(desk: Desk, cast: Cast) -> None:
    unknown(desk, "help")
    desk.clock.advance(minutes=11)
    assert report(desk, "Success", "ATXid_never_seen") == "unmatched"


def test_the_same_report_twice_is_one_row(sent: Desk) -> None:
    report(sent, "Success")
    report(sent, "Success")
    rows = sent.look(Callback, kind="sms-report")
    assert [(r.repeats, r.verdict) for r in rows] == [(1, "applied")]


@proves("DR-1506")
@pytest.mark.parametrize(
    ("status", "end"),
    [
        ("Success", ("delivered", "")),
        ("Failed", ("undelivered", "Failed")),
        ("NeverHeardOf", ("unknown", "NoReport")),
    ],
)
def test_a_report_after_two_days_of_silence_still_counts(
    sent: Desk, status: str, end: tuple[str, str]
) -> None:
    """Contract, 7: by then the message is called unknown."""
    sent.clock.advance(hours=49)
    with sent.db.transaction() as tx:
        reports.unreported(tx, 0)
    assert (row(sent).status, row(sent).error) == ("unknown", reports.NO_REPORT)
    assert report(sent, status) == "applied"
    assert (row(sent).status, row(sent).error) == end
    assert sent.look(Callback, kind="sms-report")[-1].status == 200


@pytest.mark.parametrize("form", [{}, {"phoneNumber": CUSTOMER}])
def test_what_is_no_report_is_refused(desk: Desk, form: dict[str, str]) -> None:
    assert desk.post("sms-reports", form).status_code == 400
    assert desk.look(Callback) == []


@proves("DR-1504")
def test_an_opt_out_ends_marketing_and_nothing_else(sent: Desk) -> None:
    """DR-1504: recorded with its time and channel; messages about orders go on."""
    assert sent.post("sms-optout", {"senderId": "TUNDA", "phoneNumber": CUSTOMER}).status_code == 200
    sent.work()
    user = sent.user(CUSTOMER)
    assert user is not None
    assert (user.marketing_notifications, user.price_alerts, user.sms_notifications) == (False, False, True)
    assert sent.look(Consent, user_id=user.user_id)[-1].version == "marketing off"
    queue(sent, "declined", at=sent.clock.now() + timedelta(seconds=1))
    sent.clock.advance(seconds=1)
    sent.work()
    assert row(sent).status == "accepted"


def test_an_opt_out_of_nobody_we_know_changes_nothing(desk: Desk) -> None:
    assert desk.post("sms-optout", {"senderId": "TUNDA", "phoneNumber": CUSTOMER}).status_code == 200
    desk.work()
    assert desk.look(Callback)[0].verdict == "unmatched"
    assert desk.post("sms-optout", {"senderId": "TUNDA"}).status_code == 400
