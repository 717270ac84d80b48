"""A sending that M-Pesa would not tell the outcome of is settled by a person who has looked (DR-1303)."""

from typing import Any

import pytest
import requests
from sqlalchemy import select, update

from core.audit.models import AuditRow
from core.errors import BadInput, NotAllowed, WrongState
from core.payments.errors import ReferenceUsed, ReferenceWrong
from core.payments.models import ProviderRequest
from core.payouts import by_hand
from core.payouts.errors import AskFirst, PayoutOwn, PayoutUnknown, StillUnderWay
from tests.mpesa.office import Office
from tests.mpesa.samples import B2C, STATUS, ack, b2c_paid, status_told
from tests.payments import till as payments_till
from tests.payouts.till import boss
from tests.proving import proves


@pytest.fixture
def stuck(office: Office) -> Office:
    """A payout whose answer got lost, and about which M-Pesa says nothing."""
    office.payout()
    office.provider(B2C, {"body": requests.exceptions.ReadTimeout()}, {"json": ack()})
    office.provider(STATUS, {"json": ack("AG_query")})
    office.work()
    office.later(minutes=32)
    assert office.one_payout.status == "unknown"
    return office


def settle(office: Office, *, actor: Any = None, **given: Any) -> None:
    named = {} if "name" in given else {"name": office.one_payout.sent_key}
    values = {"reason": "seen in the portal"} | named | given
    who = actor or office.shop.cast.admin.actor
    office.db.run(lambda tx: by_hand.settle(tx, who, **values) and None)


def one_held(office: Office, area: by_hand.Area = "payout") -> by_hand.Held:
    admin = office.shop.cast.admin.actor
    (held,) = office.db.run(lambda tx: by_hand.held(tx, admin, area=area))
    return held


def test_what_is_held_is_listed(stuck: Office) -> None:
    admin = stuck.shop.cast.admin.actor
    (held,) = stuck.db.run(lambda tx: by_hand.held(tx, admin, area="payout"))
    assert (held.name, str(held.amount)) == (stuck.one_payout.sent_key, "360.00")
    assert held.subject == f"payout:{stuck.one_payout.payout_id}"
    with pytest.raises(NotAllowed):
        stuck.db.run(lambda tx: by_hand.held(tx, stuck.shop.cast.farmer.actor, area="payout"))


@proves("DR-1303")
def test_seen_as_paid_it_is_paid(stuck: Office) -> None:
    for _ in range(2):
        settle(stuck, paid=True, receipt="ua13ab77xy")
    assert (stuck.one_payout.status, stuck.one_payout.receipt) == ("paid", "UA13AB77XY")
    assert stuck.paid_out() == "360.00"
    assert ("payout_stuck", f"payout:{stuck.one_payout.payout_id}") not in stuck.alarms()
    assert stuck.sent() == 1
    stuck.sound()


@proves("DR-1303")
def test_seen_as_not_paid_it_may_be_sent_anew(stuck: Office) -> None:
    settle(stuck, paid=False)
    assert stuck.one_payout.status == "failed"
    stuck.later(hours=2)
    assert stuck.sent() == 1, "a person says when"
    stuck.retry()
    stuck.work()
    assert stuck.sent() == 2
    stuck.calls_back(b2c_paid(360), url=B2C)
    stuck.work()
    assert stuck.one_payout.status == "paid"
    stuck.sound()


# --- "it did not go out" takes M-Pesa's answer first, and two admins where it is much ----------------------


@proves("DR-1303")
def test_that_it_did_not_go_out_is_not_said_before_mpesa_was_asked_and_had_time_to_answer(
    office: Office,
) -> None:
    office.payout()
    office.provider(B2C, {"body": requests.exceptions.ReadTimeout()})
    office.provider(STATUS, {"json": ack("AG_query")})
    office.work()
    for minutes in (0, 1, 9):
        office.later(minutes=minutes)
        with pytest.raises(AskFirst):
            settle(office, paid=False)
    assert one_held(office).asked == ""
    office.later(minutes=1)
    assert one_held(office).asked == "silent"
    settle(office, paid=False)
    assert office.one_payout.status == "failed"


@proves("DR-1303")
def test_a_question_that_was_given_up_is_no_silence_of_ten_minutes(office: Office) -> None:
    office.payout()
    office.provider(B2C, {"body": requests.exceptions.ReadTimeout()})
    office.provider(STATUS, {"json": ack("AG_query")})
    office.work()
    office.later(minutes=1)
    with office.db.transaction() as tx:
        given_up = update(ProviderRequest).where(ProviderRequest.kind == "status")
        tx.session.execute(given_up.values(status="given_up", sent_at=None))
    with pytest.raises(AskFirst):
        settle(office, paid=False)
    office.clock.advance(minutes=9)
    assert one_held(office).asked == "silent"


@proves("DR-1303")
def test_what_is_still_on_its_way_is_not_called_failed(stuck: Office) -> None:
    admin, name = stuck.shop.cast.admin.actor, stuck.one_payout.sent_key
    stuck.db.run(lambda tx: by_hand.ask_again(tx, admin, name=str(name)))
    stuck.work()
    told = status_told("Pending Authorized", "360", OriginatorConversationID=name, conversation="AG_query")
    stuck.calls_back(told, url=STATUS)
    stuck.work()
    assert one_held(stuck).asked == "open"
    with pytest.raises(StillUnderWay):
        settle(stuck, paid=False)
    settle(stuck, paid=True, receipt="UA13AB77XY")
    assert stuck.one_payout.status == "paid"


@proves("DR-1302", "DR-1303")
def test_a_large_one_takes_two_admins_to_be_called_failed(stuck: Office) -> None:
    stuck.shop.set_to("payout.two_person_over", "300.00")
    first, second = stuck.shop.cast.admin.actor, boss(stuck.shop)
    for _ in range(2):
        settle(stuck, paid=False)
        assert stuck.one_payout.status == "unknown", "one admin's word, however often it is said"
    assert one_held(stuck).said_by == first.user_id
    stuck.later(hours=2)
    assert stuck.sent() == 1
    settle(stuck, actor=second, paid=False)
    assert stuck.one_payout.status == "failed"
    with stuck.db.read() as tx:
        said = select(AuditRow).where(AuditRow.what.like("sending.%")).order_by(AuditRow.audit_id)
        words = [(row.what, row.user_id) for row in tx.session.scalars(said)]
    assert words == [("sending.say", first.user_id), ("sending.settle", second.user_id)]


@proves("DR-1303")
def test_who_has_found_the_receipt_settles_a_large_one_alone_whatever_was_said_before(stuck: Office) -> None:
    stuck.shop.set_to("payout.two_person_over", "300.00")
    settle(stuck, paid=False)
    settle(stuck, actor=boss(stuck.shop), paid=True, receipt="UA13AB77XY")
    assert (stuck.one_payout.status, stuck.paid_out()) == ("paid", "360.00")


@proves("DR-820", "DR-821")
def test_a_refund_is_settled_by_hand_the_same_way(office: Office) -> None:
    office.refund()
    office.shop.set_to("refund.two_person_over", "50.00")
    office.provider(B2C, {"body": requests.exceptions.ReadTimeout()}, {"json": ack()})
    office.provider(STATUS, {"json": ack("AG_query")})
    office.work()
    name = office.one_refund.sent_key
    with pytest.raises(AskFirst):
        settle(office, name=name, paid=False)
    office.later(minutes=12)
    settle(office, name=name, paid=False)
    assert (office.one_refund.status, one_held(office, "refund").asked) == ("unknown", "silent")
    settle(office, name=name, actor=boss(office.shop), paid=False)
    office.later(minutes=11)
    assert (office.sent(), office.one_refund.status) == (2, "sent"), "sent anew, under another name"


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"paid": True}, ReferenceWrong),
        ({"paid": True, "receipt": "a b"}, ReferenceWrong),
        ({"paid": False, "reason": " "}, BadInput),
        ({"paid": False, "name": "TP9-1-x"}, PayoutUnknown),
    ],
)
def test_it_is_refused_without_a_receipt_or_a_reason(
    stuck: Office, given: dict[str, Any], refusal: type
) -> None:
    with pytest.raises(refusal):
        settle(stuck, **given)
    assert stuck.one_payout.status == "unknown"


@proves("DR-1303")
def test_a_receipt_of_other_money_settles_nothing_and_it_stays_to_be_settled(stuck: Office) -> None:
    stuck.shop.publish()
    payments_till.typed(stuck.shop, "rent", "70.00", "UA13AB77XY")
    with pytest.raises(ReferenceUsed):
        settle(stuck, paid=True, receipt="UA13AB77XY")
    assert (stuck.one_payout.status, stuck.paid_out()) == ("unknown", "0.00")
    settle(stuck, paid=True, receipt="UA13AB77XZ")
    assert (stuck.one_payout.status, stuck.one_payout.receipt) == ("paid", "UA13AB77XZ")
    stuck.sound()


def test_who_is_no_admin_settles_nothing(stuck: Office) -> None:
    with pytest.raises(NotAllowed):
        settle(stuck, actor=stuck.shop.cast.farmer.actor, paid=True, receipt="UA13AB77XY")


def test_who_made_a_payout_does_not_settle_it(stuck: Office) -> None:
    from sqlalchemy import update

    from core.payouts.models import Payout

    creator = boss(stuck.shop)
    stuck.db.run(lambda tx: tx.session.execute(update(Payout).values(created_by=creator.user_id)) and None)
    with pytest.raises(PayoutOwn):
        settle(stuck, actor=creator, paid=False)


def test_what_is_under_way_is_not_settled_by_hand(office: Office) -> None:
    office.payout()
    office.provider(B2C, {"json": ack()})
    office.work()
    with pytest.raises(WrongState):
        settle(office, paid=False)


def test_it_is_asked_again_when_a_person_wants(stuck: Office) -> None:
    admin, name = stuck.shop.cast.admin.actor, stuck.one_payout.sent_key
    asked = stuck.sent(STATUS)
    stuck.db.run(lambda tx: by_hand.ask_again(tx, admin, name=str(name)))
    stuck.work()
    assert stuck.sent(STATUS) == asked + 1


def test_what_nobody_knows_is_asked_about_every_night(stuck: Office) -> None:
    from mpesa import questions

    asked = stuck.sent(STATUS)
    stuck.clock.advance(hours=2)
    stuck.db.run(lambda tx: questions.ask_unknown(tx, 0))
    stuck.work()
    assert stuck.sent(STATUS) == asked + 1
