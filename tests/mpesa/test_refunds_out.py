"""Refunds by M-Pesa: to the payer's phone, or the whole payment back on its receipt (DR-807, DR-821, 8.3)."""

from typing import Any

import requests

from tests.mpesa.office import Office
from tests.mpesa.samples import B2C, HTML, REVERSAL, STATUS, ack, b2c_paid, result, status_told
from tests.proving import proves

TAKEN: dict[str, Any] = {"json": ack()}
LOST: dict[str, Any] = {"body": requests.exceptions.ReadTimeout()}


@proves("DR-807", "DR-821")
def test_a_refund_goes_to_the_payers_phone_once(office: Office) -> None:
    office.refund()
    office.provider(B2C, TAKEN)
    office.work()
    (body,) = office.bodies(B2C)
    assert (body["Amount"], body["PartyB"], body["Remarks"]) == (100, "254712000202", "Tunda refund")
    assert office.one_refund.status == "sent"
    for _ in range(2):
        office.calls_back(b2c_paid(100), url=B2C)
        office.work()
    assert (office.one_refund.status, office.one_refund.reference) == ("completed", "UA13AB77XY")
    assert office.paid_out() == "100.00"
    office.later(hours=2)
    assert office.sent() == 1
    office.sound()


def test_a_lost_refund_is_asked_about_and_never_sent_again(office: Office) -> None:
    office.refund()
    office.provider(B2C, LOST)
    office.provider(STATUS, {"json": ack("AG_query")})
    office.work()
    assert office.one_refund.status == "unknown"
    office.later(minutes=1)
    office.calls_back(status_told("Completed", 100, conversation="AG_query"), url=STATUS)
    office.work()
    assert office.one_refund.status == "completed"
    office.later(hours=2)
    assert office.sent() == 1
    office.sound()


@proves("DR-821")
def test_a_refund_that_mpesa_does_not_find_is_called_again_under_the_same_name(office: Office) -> None:
    office.refund()
    office.provider(B2C, LOST, TAKEN)
    office.provider(STATUS, {"json": ack("AG_query")})
    office.work()
    office.later(minutes=1)
    office.calls_back(result(25, "not found", conversation="AG_query"), url=STATUS)
    office.work()
    assert (office.sent(), office.one_refund.status) == (2, "unknown")
    assert len({body["OriginatorConversationID"] for body in office.bodies(B2C)}) == 1
    office.calls_back(b2c_paid(100), url=B2C)
    office.work()
    assert (office.one_refund.status, office.paid_out()) == ("completed", "100.00")
    office.sound()


@proves("DR-807", "DR-821")
def test_a_reversal_bears_no_name_so_that_after_a_503_it_is_asked_about_and_not_called_again(
    office: Office,
) -> None:
    office.refund(masked=True)
    office.provider(REVERSAL, {"status": 503, "body": HTML}, TAKEN)
    office.provider(STATUS, {"json": ack("AG_query")})
    office.work()
    assert office.one_refund.status == "unknown"
    office.later(minutes=1)
    office.calls_back(result(25, "not found", conversation="AG_query"), url=STATUS)
    office.later(hours=2)
    assert (office.sent(REVERSAL), office.one_refund.status) == (1, "unknown")


def test_a_refund_that_failed_is_sent_again_ten_minutes_later_under_a_new_name(office: Office) -> None:
    office.refund()
    office.provider(B2C, TAKEN, {"json": ack("AG_2")}, {"json": ack("AG_3")}, {"json": ack("AG_4")})
    office.work()
    for tries, conversation in enumerate(("AG_20260101_20106e9209f64bebd05b", "AG_2", "AG_3", "AG_4"), 1):
        assert office.sent() == tries
        office.calls_back(result(2040, "not registered", conversation=conversation), url=B2C)
        office.work()
        office.later(minutes=9)
        assert office.sent() == tries
        office.later(minutes=2)
    assert office.one_refund.status == "failed"
    assert len({body["OriginatorConversationID"] for body in office.bodies(B2C)}) == 4
    assert ("payout_stuck", f"refund:{office.one_refund.refund_id}") in office.alarms()


def test_an_earlier_sending_that_is_paid_after_all_calls_a_person(office: Office) -> None:
    """It had failed and was sent anew: now both may be paid, and no rule can undo that."""
    office.refund()
    office.provider(B2C, TAKEN, {"json": ack("AG_2")})
    office.work()
    first = office.bodies(B2C)[0]["ResultURL"].partition("tunda.example")[2]
    office.calls_back(result(2040, "not registered"), url=B2C)
    office.later(minutes=11)
    assert office.sent() == 2
    office.post(first, b2c_paid(100))
    office.work()
    assert office.one_refund.status == "sent"
    assert ("payment_doubt", f"refund:{office.one_refund.refund_id}") in office.alarms()
    assert office.verdicts("b2c-result") == ["applied", "mismatched"]


@proves("DR-807")
def test_a_payer_who_is_hidden_gets_the_whole_payment_back_on_its_receipt(office: Office) -> None:
    amount = int(office.refund(masked=True).amount)
    office.provider(REVERSAL, TAKEN)
    office.work()
    (body,) = office.bodies(REVERSAL)
    assert body["ReceiverParty"] == "174379"
    office.calls_back(
        result(OriginalTransactionID="PB00000001", Amount=amount, transaction="UA15RV02MN"), url=REVERSAL
    )
    office.work()
    assert (office.one_refund.status, office.one_refund.reference) == ("completed", "UA15RV02MN")
    assert office.paid_out() == "0.00", "it goes back from the paybill, not from the account that pays out"
    office.sound()


def test_a_reversal_that_is_silent_is_asked_about_by_its_own_conversation(office: Office) -> None:
    amount = int(office.refund(masked=True).amount)
    office.provider(REVERSAL, TAKEN)
    office.provider(STATUS, {"json": ack("AG_query")})
    office.work()
    office.later(minutes=1)
    (asked,) = office.bodies(STATUS)
    assert (asked["OriginalConversationID"], asked["PartyA"]) == ("3213-416199-2", "174379")
    office.calls_back(
        status_told("Completed", amount, receipt="UA15RV02MN", conversation="AG_query"), url=STATUS
    )
    office.work()
    assert (office.one_refund.status, office.one_refund.reference) == ("completed", "UA15RV02MN")


def test_a_lost_reversal_is_known_by_the_payments_state(office: Office) -> None:
    amount = int(office.refund(masked=True).amount)
    office.provider(REVERSAL, LOST)
    office.provider(STATUS, {"json": ack("AG_query")})
    office.work()
    office.later(minutes=1)
    assert office.bodies(STATUS)[0]["TransactionID"] == "PB00000001"
    told = status_told("Completed", amount, receipt="PB00000001", conversation="AG_query")
    office.calls_back(told, url=STATUS)
    office.work()
    assert office.one_refund.status == "unknown", "the payment stands: that says nothing of our reversal"
    office.later(minutes=1)
    office.calls_back(
        status_told("Reversed", amount, receipt="PB00000001", conversation="AG_query"), url=STATUS
    )
    office.work()
    assert office.one_refund.status == "completed"
    assert office.sent(REVERSAL) == 1
    office.sound()
