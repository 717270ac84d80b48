"""What was not found or surely not processed is sent again under the same name, never under two (DR-1303)."""

from typing import Any

import pytest
from sqlalchemy import update

from core.db import Tx
from core.duties.models import Duty
from core.settings import switches
from core.users import payees
from tests.mpesa.office import Office
from tests.mpesa.samples import (
    B2C,
    CONVERSATION,
    HTML,
    OAUTH,
    STATUS,
    b2c_paid,
    error,
    result,
    status_told,
)
from tests.mpesa.sent import BUSY, DUPLICATE, LOST, TAKEN, sent
from tests.proving import proves
from tests.users.people import PIN, with_pin

# --- asked, and not found -----------------------------------------------------------------------------------

NOT_FOUND = result(25, "not found", conversation="AG_query")


def not_found(office: Office) -> None:
    """M-Pesa, asked after a minute, does not find the sending."""
    office.later(minutes=1)
    office.calls_back(NOT_FOUND, url=STATUS)
    office.work()


@proves("DR-1303")
def test_what_mpesa_does_not_find_is_called_again_under_the_same_name(started: Office) -> None:
    sent(started, LOST, TAKEN)
    assert started.one_payout.status == "unknown"
    not_found(started)
    first, second = started.bodies(B2C)
    assert first["OriginatorConversationID"] == second["OriginatorConversationID"]
    assert first["ResultURL"] != second["ResultURL"]
    assert started.one_payout.status == "unknown", "taken is not paid"
    started.calls_back(b2c_paid(360), url=B2C)
    started.work()
    assert (started.one_payout.status, started.paid_out()) == ("paid", "360.00")
    started.later(hours=1)
    assert started.sent() == 2
    started.sound()


@proves("DR-1303")
def test_if_the_first_one_was_there_after_all_the_second_is_its_duplicate(started: Office) -> None:
    sent(started, LOST, DUPLICATE)
    not_found(started)
    assert (started.sent(), started.one_payout.status) == (2, "unknown")
    for _ in range(2):
        not_found(started)
    assert started.sent() == 2, "it did arrive: asked about, not called again"
    started.calls_back(status_told("Completed", 360, conversation="AG_query"), url=STATUS)
    started.work()
    assert (started.one_payout.status, started.paid_out()) == ("paid", "382.40")


AFTERWARDS: list[tuple[str, dict[str, Any]]] = [
    ("refused", {"status": 400, "json": error("400.002.02", "Bad Request - Invalid PartyB")}),
    ("busy for ever", BUSY),
    ("lost for ever", LOST),
]


@proves("DR-1303")
@pytest.mark.parametrize(("what", "reply"), AFTERWARDS, ids=[a[0] for a in AFTERWARDS])
def test_whatever_becomes_of_the_second_the_first_stays_unknown_and_no_other_name_is_used(
    started: Office, what: str, reply: dict[str, Any]
) -> None:
    sent(started, LOST, reply)
    for _ in range(3):
        not_found(started)
    started.later(hours=3)
    assert started.one_payout.status == "unknown"
    assert len({body["OriginatorConversationID"] for body in started.bodies(B2C)}) == 1
    assert started.sent() <= 16
    assert ("payout_stuck", f"payout:{started.one_payout.payout_id}") in started.alarms()


@pytest.mark.parametrize("what", ["taken", "timed out in the queue", "a doubtful result"])
def test_what_mpesa_has_spoken_of_is_not_called_again_though_it_is_not_found(
    started: Office, what: str
) -> None:
    sent(started, TAKEN if what == "taken" else LOST)
    if what == "timed out in the queue":
        started.calls_back(result(1, "timeout", conversation=CONVERSATION), url=B2C, what="timeout")
    if what == "a doubtful result":
        started.calls_back(result(17, "internal"), url=B2C)
    started.work()
    not_found(started)
    assert started.sent() == 1


@proves("DR-208", "DR-1303")
def test_a_number_changed_meanwhile_is_not_called_again(started: Office) -> None:
    sent(started, LOST)
    farmer = started.shop.cast.farmer
    with_pin(started.db, farmer)
    payees.name_number(
        started.db, farmer.actor, purpose="payout", msisdn="0733000001", pin=PIN, once_key="hop-1"
    )
    started.later(minutes=1)
    started.clock.advance(hours=73)
    started.calls_back(NOT_FOUND, url=STATUS)
    started.work()
    assert (started.sent(), started.one_payout.status) == (1, "unknown")


# --- surely not done --------------------------------------------------------------------------------------


def test_what_was_surely_not_processed_is_sent_again_under_the_same_name(started: Office) -> None:
    sent(started, BUSY, {"status": 503, "body": HTML}, TAKEN)
    started.later(seconds=40)
    assert len({body["OriginatorConversationID"] for body in started.bodies(B2C)}) == 1
    assert started.sent() == 3
    assert len({body["ResultURL"] for body in started.bodies(B2C)}) == 3
    started.calls_back(b2c_paid(360), url=B2C)
    started.work()
    assert started.one_payout.status == "paid"


def test_four_tries_in_a_row_then_a_pause(started: Office) -> None:
    sent(started, BUSY)
    started.later(minutes=1)
    assert started.sent() == 4
    started.later(minutes=16)
    assert started.sent() == 8
    started.later(minutes=35)
    assert (started.sent(), started.one_payout.status) == (16, "failed")
    assert len({body["OriginatorConversationID"] for body in started.bodies(B2C)}) == 1
    started.later(hours=1)
    assert started.sent() > 16, "it was surely not sent: tried anew, under another name"


def test_without_a_token_nothing_was_sent(started: Office) -> None:
    started.net.get(OAUTH, status=400, body="")
    started.work()
    assert (started.sent(), started.one_payout.status) == (0, "processing")
    assert started.requests()[0].status == "wanted"


def test_a_refused_field_fails_this_payout_only(started: Office) -> None:
    sent(started, {"status": 400, "json": error("400.002.02", "Bad Request - Invalid PartyB")})
    assert started.one_payout.status == "failed"
    assert started.paused() == []
    started.later(hours=2)
    assert started.sent() == 1
    assert ("payout_stuck", f"payout:{started.one_payout.payout_id}") in started.alarms()


@pytest.mark.parametrize(
    ("status", "code"), [(403, "403.002.1001"), (404, "404.001.03"), (401, "401.002.01"), (400, "400.003.01")]
)
def test_where_our_own_account_is_at_fault_nothing_more_is_sent(
    started: Office, status: int, code: str
) -> None:
    refused = {"status": status, "json": error(code, "Invalid Access Token")}
    sent(started, refused, refused, TAKEN)
    tried = started.sent()
    assert tried == 2, "once more with a fresh token"
    assert started.paused() == ["payouts"]
    assert started.one_payout.status == "processing", "it waits, nobody has to do it anew"
    started.later(hours=1)
    assert started.sent() == tried
    admin = started.shop.cast.admin.actor
    started.db.run(lambda tx: switches.resume(tx, admin, kind="payouts"))
    started.db.parts.settings.refresh(started.db.engine, now=True)
    started.later(minutes=6)
    assert started.sent() == tried + 1
    assert ("payout_stuck", "payouts") in started.alarms()
    started.calls_back(b2c_paid(360), url=B2C)
    started.work()
    assert started.one_payout.status == "paid"
    assert ("payout_stuck", "payouts") not in started.alarms(), "payouts work again"


@proves("DR-1703")
def test_while_payouts_are_paused_nothing_is_sent(started: Office) -> None:
    admin = started.shop.cast.admin.actor
    started.db.run(lambda tx: switches.pause(tx, admin, kind="provider", subject="mpesa"))
    sent(started)
    started.later(minutes=20)
    assert started.sent() == 0
    started.db.run(lambda tx: switches.resume(tx, admin, kind="provider", subject="mpesa"))
    started.later(minutes=6)
    assert started.sent() == 1


@proves("DR-208", "DR-1303")
def test_a_number_changed_while_payouts_were_paused_gets_nothing_at_the_old_one(started: Office) -> None:
    admin, farmer = started.shop.cast.admin.actor, started.shop.cast.farmer
    started.db.run(lambda tx: switches.pause(tx, admin, kind="provider", subject="mpesa"))
    sent(started)
    with_pin(started.db, farmer)
    payees.name_number(
        started.db, farmer.actor, purpose="payout", msisdn="0733000001", pin=PIN, once_key="hop-1"
    )
    started.clock.advance(hours=73)
    started.db.run(lambda tx: switches.resume(tx, admin, kind="provider", subject="mpesa"))
    started.later(minutes=6)
    assert (started.sent(), started.one_payout.status) == (0, "failed")
    assert ("payout_stuck", f"payout:{started.one_payout.payout_id}") in started.alarms()
    started.retry()
    assert started.one_payout.status == "cancelled", "the next run makes one to the new number"
    started.sound()


def test_a_payout_whose_duty_was_given_up_on_is_found(started: Office) -> None:
    started.db.run(
        lambda tx: (
            tx.session.execute(update(Duty).where(Duty.kind == "payout_send").values(status="parked"))
            and None
        )
    )

    def wanted(tx: Tx) -> None:
        from mpesa import sending

        sending.money_out(tx, 0)

    started.db.run(wanted)
    sent(started)
    assert started.sent() == 1
