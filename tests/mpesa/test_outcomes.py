"""A row per code of money on its way out: what we conclude, post, tell a person and do next."""

from typing import Any

import pytest

from mpesa.codes import outward
from mpesa.codes import status as status_codes
from tests.mpesa.office import Office
from tests.mpesa.samples import B2C, REVERSAL, STATUS, ack, b2c_paid, result
from tests.mpesa.since import Since
from tests.proving import proves

# code, the payout afterwards, KES that left, alarms about: payout, payouts (all of them), float; and next:
# `again` sent anew by itself, `ask` asked at once, `stop` nothing more is sent, `person` an admin decides
B2C_TABLE = """
0           paid     360.00  -              -
1           failed   0.00    payout float   again
2           failed   0.00    payout         person
3           failed   0.00    payout         person
4           failed   0.00    payout         again
8           failed   0.00    payout         person
11          failed   0.00    payout payouts stop
15          unknown  0.00    payout         ask
17          unknown  0.00    payout         ask
21          failed   0.00    payout payouts stop
26          unknown  0.00    payout         ask
2001        failed   0.00    payout payouts stop
2006        failed   0.00    payout         person
2028        failed   0.00    payout payouts stop
2040        failed   0.00    payout         person
8006        failed   0.00    payout payouts stop
SFC_IC0003  failed   0.00    payout         person
2007        unknown  0.00    payout         ask
2029        unknown  0.00    payout         ask
2033        unknown  0.00    payout         ask
2043        unknown  0.00    payout         ask
2051        unknown  0.00    payout         ask
TP40153     unknown  0.00    payout         ask
R002        unknown  0.00    payout         ask
"""
# What is posted, and what the farmer is told: of what is not known nothing, lest she waits for it in vain.
AND_SO = {
    "paid": ("mpesa_payouts -360.00, payout_clearing +360.00", "farmer payout_paid"),
    "failed": ("farmer_due -360.00, payout_clearing +360.00", "farmer payout_failed"),
    "unknown": ("-", "-"),
}
ROWS = [line.split(maxsplit=3) for line in B2C_TABLE.split("\n")[1:-1]]


@proves("DR-1303")
@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_what_a_payouts_result_code_leads_to(office: Office, row: list[str]) -> None:
    code, status, left, rest = row
    *about, then = rest.split()
    office.payout()
    office.provider(B2C, {"json": ack()})
    office.provider(STATUS, {"json": ack("AG_query")})
    office.work()
    number = f"payout:{office.one_payout.payout_id}"
    body = b2c_paid(360) if code == "0" else result(int(code) if code.isdigit() else code, "text")
    since = Since(office.db)
    office.calls_back(body, url=B2C)
    office.work()
    assert (since.posted, since.told) == AND_SO[status]
    assert (office.one_payout.status, office.paid_out()) == (status, left)
    told = {
        "payout": ("payout_stuck", number),
        "payouts": ("payout_stuck", "payouts"),
        "float": ("float_low", "mpesa:payouts"),
    }
    known = office.alarms()
    assert {what for what, alarm in told.items() if alarm in known} == {what for what in about if what != "-"}
    assert office.sent(STATUS) == (1 if then == "ask" else 0)
    assert office.paused() == (["payouts"] if then == "stop" else [])
    office.later(minutes=61)
    if code == "4":
        office.clock.advance(days=1)
        office.work()
    assert office.sent() == (2 if then == "again" else 1)
    if then == "again":
        first, second = office.bodies(B2C)
        assert first["OriginatorConversationID"] != second["OriginatorConversationID"], "a new name"
    office.sound()


def test_the_tables_have_no_code_that_the_contract_lacks() -> None:
    known = {row[0] for row in ROWS if row[1] != "unknown"} | {"15", "17", "26"}
    assert set(outward.B2C) == known
    assert set(outward.REVERSAL) == {
        "0", "1", "11", "21", "2001", "2006", "2028", "8006", "R000001", "R000002",
    }  # fmt: skip


REVERSAL_TABLE = """
0        completed  -       -
1        approved   float   -
11       approved   payouts -
21       approved   payouts -
2001     approved   payouts -
2006     approved   -       -
2028     approved   payouts -
8006     approved   payouts -
R000001  unknown    refund  ask
R000002  approved   -       -
9999     unknown    refund  ask
"""
BACK = [line.split() for line in REVERSAL_TABLE.split("\n")[1:-1]]


@pytest.mark.parametrize("row", BACK, ids=[row[0] for row in BACK])
def test_what_a_reversals_result_code_leads_to(office: Office, row: list[str]) -> None:
    code, status, about, then = row
    refund = office.refund(masked=True)
    amount = int(refund.amount)
    office.provider(REVERSAL, {"json": ack()})
    office.provider(STATUS, {"json": ack("AG_query")})
    office.work()
    (body,) = office.bodies(REVERSAL)
    assert (body["TransactionID"], body["Amount"]) == ("PB00000001", amount)
    told = result(OriginalTransactionID="PB00000001", Amount=f"{amount}.00", transaction="UA15RV02MN")
    since = Since(office.db)
    office.calls_back(told if code == "0" else result(code, "text"), url=REVERSAL)
    office.work()
    assert office.one_refund.status == status
    gone = f"mpesa -{amount}.00, refunds_due +{amount}.00"
    assert (since.posted, since.told) == ((gone, "customer refund_paid") if code == "0" else ("-", "-"))
    assert office.one_refund.reference == ("UA15RV02MN" if code == "0" else None)
    known = office.alarms()
    expected = {
        "payouts": ("payout_stuck", "payouts"),
        "float": ("float_low", "mpesa:payouts"),
        "refund": ("payout_stuck", f"refund:{refund.refund_id}"),
    }
    assert {what for what, alarm in expected.items() if alarm in known} == {about} - {"-"}
    assert office.sent(STATUS) == (1 if then == "ask" else 0)
    if code == "R000001":
        assert office.bodies(STATUS)[0]["TransactionID"] == "PB00000001", "whether the payment is reversed"
    office.sound()


STATES: list[tuple[str, str]] = [
    ("Completed", "paid"),
    ("completed", "paid"),
    (" Cancelled ", "failed"),
    ("Declined", "failed"),
    ("Expired", "failed"),
    ("Reversed", "reversed"),
    ("Initiated", "open"),
    ("Authorized", "open"),
    ("Pending  Authorized", "open"),
    ("", "unknown"),
    ("Failed?", "unknown"),
]


@pytest.mark.parametrize(("told", "state"), STATES)
def test_what_a_transactions_state_says(told: str, state: str) -> None:
    assert status_codes.state(told) == state


QUERIES: list[tuple[Any, bool]] = [
    (15, False), (17, False), (18, True), (20, True), (21, True), (24, False), (25, False), (26, False),
    (29, False), (2001, True), ("8006", True), ("SFC_IC0003", False), ("777", False),
]  # fmt: skip


@pytest.mark.parametrize(("code", "stops"), QUERIES)
def test_a_failed_question_leaves_the_payout_as_it_was(office: Office, code: Any, stops: bool) -> None:
    office.payout()
    office.provider(B2C, {"json": ack()})
    office.provider(STATUS, {"json": ack("AG_query")})
    office.work()
    office.later(minutes=1)
    since = Since(office.db)
    office.calls_back(result(code, "text", conversation="AG_query"), url=STATUS)
    office.work()
    assert (since.posted, since.told) == ("-", "-")
    assert (office.one_payout.status, office.paid_out()) == ("processing", "0.00")
    assert office.requests("status")[0].status == "given_up"
    assert (office.paused() == ["payouts"]) is stops
    assert office.rows("status-result")[0].error.startswith(str(code))
