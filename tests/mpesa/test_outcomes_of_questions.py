"""A row per answer to a question of ours: what we conclude, post, tell a person, and do next (5, 6.2).

The query's own code says nothing about the payment; the payment's state is a word among its parameters.
"""

from typing import Any

import pytest
import requests

from core.config import Config
from mpesa import questions
from mpesa.codes import status as codes
from tests.databases import Store
from tests.helpers import FixedClock, SeededChance
from tests.moments import each
from tests.mpesa.office import Office
from tests.mpesa.samples import B2C, BALANCE, REVERSAL, STATUS, ack, result, status_told
from tests.mpesa.since import Since
from tests.mpesa.tables import rows_of
from tests.proving import proves

ONLY_SQLITE = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
PAID = ("paid", "mpesa_payouts -382.40, payout_clearing +360.00, provider_fees +22.40", "farmer payout_paid")
FAILED = ("failed", "farmer_due -360.00, payout_clearing +360.00", "farmer payout_failed")
UNKNOWN = ("unknown", "-", "-")
# the state, or the query's code | the payout afterwards | who must look | within two minutes
PAYOUT = """
Completed           | paid    | -                   | -
completed           | paid    | -                   | -
Cancelled           | failed  | payout_stuck payout | -
Declined            | failed  | payout_stuck payout | -
Expired             | failed  | payout_stuck payout | -
Reversed            | unknown | payout_stuck payout | asks
Initiated           | unknown | payout_stuck payout | asks
Authorized          | unknown | payout_stuck payout | asks
Pending  Authorized | unknown | payout_stuck payout | asks
                    | unknown | payout_stuck payout | asks
Failed?             | unknown | payout_stuck payout | asks
15                  | unknown | payout_stuck payout | asks
17                  | unknown | payout_stuck payout | asks
18                  | unknown | payout_stuck payout, payout_stuck payouts | stop asks
20                  | unknown | payout_stuck payout, payout_stuck payouts | stop asks
21                  | unknown | payout_stuck payout, payout_stuck payouts | stop asks
24                  | unknown | payout_stuck payout | asks
25                  | unknown | payout_stuck payout | the same again
26                  | unknown | payout_stuck payout | asks
29                  | unknown | payout_stuck payout | asks
2001                | unknown | payout_stuck payout, payout_stuck payouts | stop asks
8006                | unknown | payout_stuck payout, payout_stuck payouts | stop asks
SFC_IC0003          | unknown | payout_stuck payout | asks
777                 | unknown | payout_stuck payout | asks
"""
# The same of a payment that is to be taken back, asked for by that payment's own receipt.
REVERSAL_ROWS = """
Reversed            | completed | -                   | -
reversed            | completed | -                   | -
Completed           | unknown   | payout_stuck refund | asks
Cancelled           | unknown   | payout_stuck refund | asks
Declined            | unknown   | payout_stuck refund | asks
Expired             | unknown   | payout_stuck refund | asks
Initiated           | unknown   | payout_stuck refund | asks
Authorized          | unknown   | payout_stuck refund | asks
Pending Authorized  | unknown   | payout_stuck refund | asks
                    | unknown   | payout_stuck refund | asks
25                  | unknown   | payout_stuck refund | asks
2001                | unknown   | payout_stuck payouts, payout_stuck refund | stop asks
SFC_IC0003          | unknown   | payout_stuck refund | asks
777                 | unknown   | payout_stuck refund | asks
"""


def is_code(told: str) -> bool:
    return told.isdigit() or told in codes.FAILURES


def answered(told: str, amount: object, receipt: str) -> dict[str, Any]:
    """The result of a query: its code, or the state of what it was asked about."""
    if is_code(told):
        code: object = int(told) if told.isdigit() else told
        return result(code, "text", conversation="AG_query", originator="9-9-9")
    return status_told(told, amount, receipt=receipt, conversation="AG_query", originator="9-9-9")


def then(office: Office, url: str, sent: int, asked: int) -> str:
    """What happens within two minutes."""
    again = "the same again" if office.sent(url) > sent else ""
    office.clock.advance(minutes=2)
    office.work()
    assert again or office.sent(url) == sent
    words = ("stop" if office.paused() else "", again, "asks" if office.sent(STATUS) > asked else "")
    return again or " ".join(word for word in words if word) or "-"


@proves("DR-1303")
@ONLY_SQLITE
def test_what_a_query_about_a_payout_leads_to(
    office: Office, store: Store, clock: FixedClock, chance: SeededChance
) -> None:
    before = Since(office.db)
    office.payout()
    office.provider(B2C, {"body": requests.exceptions.ReadTimeout()})
    office.provider(STATUS, {"json": ack("AG_query", "9-9-9")})
    office.work()
    office.later(minutes=1)
    address = office.bodies(STATUS)[-1]["ResultURL"].partition("tunda.example")[2]
    found, expected = [], []
    with each(store, clock, chance) as back:
        for told, becomes, alarms, next_ in rows_of(PAYOUT):
            back()
            since, sent, asked = Since(office.db), office.sent(), office.sent(STATUS)
            office.post(address, answered(told, "360", "UA13AB77XY"))
            office.work()
            so = (office.one_payout.status, since.posted, since.told)
            row = [told, so, before.alarms, then(office, B2C, sent, asked)]
            found.append(row)
            expected.append([told, {"paid": PAID, "failed": FAILED}.get(becomes, UNKNOWN), alarms, next_])
            office.sound()
    assert [pair for pair in zip(found, expected, strict=True) if pair[0] != pair[1]] == []
    shown = {" ".join(row[0].lower().split()) for row in rows_of(PAYOUT)}
    assert shown >= codes.STATES.keys()
    assert {row[0] for row in rows_of(PAYOUT)} >= codes.FAILURES.keys()


@proves("DR-821")
@ONLY_SQLITE
def test_what_a_query_about_a_reversal_leads_to(
    office: Office, store: Store, clock: FixedClock, chance: SeededChance
) -> None:
    before = Since(office.db)
    amount = office.refund(masked=True).amount
    office.provider(REVERSAL, {"body": requests.exceptions.ReadTimeout()})
    office.provider(STATUS, {"json": ack("AG_query", "9-9-9")})
    office.work()
    office.later(minutes=1)
    asked_by = office.bodies(STATUS)[-1]
    assert asked_by["TransactionID"] == "PB00000001"
    address = asked_by["ResultURL"].partition("tunda.example")[2]
    gone = ("completed", f"mpesa -{amount}, refunds_due +{amount}", "customer refund_paid")
    found, expected = [], []
    with each(store, clock, chance) as back:
        for told, becomes, alarms, next_ in rows_of(REVERSAL_ROWS):
            back()
            since, sent, asked = Since(office.db), office.sent(REVERSAL), office.sent(STATUS)
            body = answered(told, str(amount), "PB00000001")
            if not is_code(told):  # a fee of a payment that came in is not the reversal's
                listed = body["Result"]["ResultParameters"]["ResultParameter"]
                listed[:] = [item for item in listed if item["Key"] != "DebitPartyCharges"]
            office.post(address, body)
            office.work()
            so = (office.one_refund.status, since.posted, since.told)
            found.append([told, so, before.alarms, then(office, REVERSAL, sent, asked)])
            expected.append([told, gone if becomes == "completed" else UNKNOWN, alarms, next_])
            office.sound()
    assert [pair for pair in zip(found, expected, strict=True) if pair[0] != pair[1]] == []


FULL = "Working Account|KES|700.00|700.00|0.00|0.00&Utility Account|KES|{}|{}|0.00|0.00"
LOW, STOPPED = "float_low mpesa", "payout_stuck payouts"
# what is told | the question | who must look, where nobody had to before | where somebody was called before
BALANCES: list[tuple[str, dict[str, Any], str, str, str]] = [
    ("enough", {"AccountBalance": FULL.format("80000.00", "80000.00")}, "told", "-", "-"),
    ("too little", {"AccountBalance": FULL.format("12.00", "12.00")}, "told", LOW, LOW),
    ("none of it free", {"AccountBalance": FULL.format("80000.00", "12.00")}, "told", LOW, LOW),
    ("no utility account", {"AccountBalance": FULL.split("&")[0]}, "told", "-", LOW),
    ("no words", {"AccountBalance": "lots"}, "accepted", "-", LOW),
    ("nothing", {"Other": "1"}, "accepted", "-", LOW),
    ("another currency", {"AccountBalance": "Utility Account|USD|1|1|0|0"}, "accepted", "-", LOW),
]
# Of its own failure a person is told: until it is answered, nobody knows whether there is enough.
BALANCE_CODES = """
15          | float_low mpesa
17          | float_low mpesa
18          | payout_stuck payouts
20          | payout_stuck payouts
21          | payout_stuck payouts
24          | float_low mpesa
25          | float_low mpesa
26          | float_low mpesa
29          | float_low mpesa
2001        | payout_stuck payouts
8006        | payout_stuck payouts
SFC_IC0003  | float_low mpesa
777         | float_low mpesa
"""


@proves("DR-1803", "DR-1007")
@ONLY_SQLITE
def test_what_a_balance_leads_to(
    office: Office, config: Config, store: Store, clock: FixedClock, chance: SeededChance
) -> None:
    before = Since(office.db)
    office.provider(BALANCE, {"json": ack("AG_balance", "9-9-9")})
    office.db.run(lambda tx: questions.ask_float(config)(tx, 0))
    office.work()
    body = next(body for body in office.bodies(BALANCE) if body["PartyA"] == config.payout_shortcode)
    address = body["ResultURL"].partition("tunda.example")[2]
    with each(store, clock, chance) as back:
        for name, parameters, status, calls, calls_again in BALANCES:
            for low_before in (False, True):
                back()
                if low_before:
                    office.post(address, result(1, "x", conversation="AG_balance", originator="9-9-9"))
                    office.work()
                    assert before.alarms == LOW
                    office.db.run(lambda tx: questions.ask_float(config)(tx, 0))
                    office.work()
                    asked = next(
                        body
                        for body in reversed(office.bodies(BALANCE))
                        if body["PartyA"] == config.payout_shortcode
                    )
                    to = asked["ResultURL"].partition("tunda.example")[2]
                else:
                    to = address
                since = Since(office.db)
                told = result(conversation="AG_balance", originator="9-9-9", **parameters)
                assert office.post(to, told).status_code == 200
                office.work()
                stands = [request.status for request in office.requests("balance")]
                assert status in stands, name
                assert (since.posted, since.told) == ("-", "-"), name
                assert before.alarms == (calls_again if low_before else calls), (name, low_before)
        for code, calls in rows_of(BALANCE_CODES):
            back()
            office.db.parts.settings.refresh(office.db.engine, now=True)
            since = Since(office.db)
            failed = result(int(code) if code.isdigit() else code, "text", conversation="AG_balance",
                            originator="9-9-9")  # fmt: skip
            office.post(address, failed)
            office.work()
            assert "given_up" in [request.status for request in office.requests("balance")], code
            assert (since.posted, since.told, since.alarms) == ("-", "-", calls), code
            assert (office.paused() == ["payouts"]) is (calls == STOPPED), code
            assert office.rows("balance-result")[-1].error.startswith(code)
    assert {row[0] for row in rows_of(BALANCE_CODES)} >= codes.FAILURES.keys()


@proves("DR-1303", "DR-821")
@ONLY_SQLITE
@pytest.mark.parametrize("kind", ["b2c", "reversal", "status", "balance"])
def test_what_waiting_too_long_in_the_queue_leads_to(office: Office, config: Config, kind: str) -> None:
    """No failure (4.4): of money nobody knows, and it is asked about at once; a question is asked again."""
    office.provider(STATUS, {"json": ack("AG_query", "9-9-9")})
    if kind == "balance":
        url = BALANCE
        office.provider(url, {"json": ack()})
        office.db.run(lambda tx: questions.ask_float(config)(tx, 0))
    else:
        url = {"reversal": REVERSAL, "status": STATUS}.get(kind, B2C)
        if kind == "reversal":
            office.refund(masked=True)
        else:
            office.payout()
        office.provider(REVERSAL if kind == "reversal" else B2C, {"json": ack()})
    office.work()
    if kind == "status":
        office.later(minutes=1)
    since, asked = Since(office.db), office.sent(STATUS)
    office.calls_back({"anything": "at all"}, url=url, what="timeout")
    office.work()
    assert (since.posted, since.told) == ("-", "-")
    (row,) = office.rows(f"{kind}-timeout")
    if kind in ("b2c", "reversal"):
        assert since.alarms == f"payout_stuck {'payout' if kind == 'b2c' else 'refund'}"
        assert (row.verdict, row.error) == ("applied", "timed out in M-Pesa's queue")
        assert office.sent(STATUS) == asked + 1
    else:
        assert (since.alarms, row.verdict) == ("-", "applied")
    office.later(minutes=1)
    assert kind != "status" or office.sent(STATUS) == asked + 1, "on the schedule"
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
    assert codes.state(told) == state
