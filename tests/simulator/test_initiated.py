"""Transaction status, reversal and balance (contract, sections 5 and 6)."""

import json
import re
from typing import Any

import pytest

from tests.simulator.conftest import Sim
from tests.simulator.daraja import PAYER, items, paid, parameters, refused, result, stk
from tests.simulator.standin import StandIn

FARMER = "+254712000101"


@pytest.fixture
def plain(sim: Sim) -> Sim:
    """Results in the documented form."""
    sim.post("/knobs", result_form="plain", code_form="number")
    return sim


def bought(sim: Sim, gateway: StandIn) -> str:
    """Otieno pays 350 at a prompt; the receipt."""
    count = len(gateway.of("stk-callback")) + 1
    paid(sim)
    return str(items(stk(gateway, count))["MpesaReceiptNumber"])


# --- 5. status


def test_a_payment_s_status_is_told_by_its_receipt(plain: Sim, gateway: StandIn) -> None:
    receipt = bought(plain, gateway)
    ack = plain.status(TransactionID=receipt).json()
    told = result(gateway, "status")
    assert told["ConversationID"] == ack["ConversationID"], "the outer ids are the query's own"
    assert told["TransactionID"] != receipt
    got = parameters(told)
    assert (got["TransactionStatus"], got["ReceiptNo"]) == ("Completed", receipt)
    assert int(got["Amount"]) == 350
    assert got["TransactionReason"] is None
    assert re.fullmatch(r"\d{14}", got["FinalisedTime"])
    assert told["ReferenceData"]["ReferenceItem"] == {"Key": "Occasion", "Value": "check"}


def test_a_key_can_come_twice(plain: Sim, gateway: StandIn) -> None:
    receipt = bought(plain, gateway)
    seen = set()
    for count in (1, 2):
        plain.status(TransactionID=receipt)
        told = result(gateway, "status", count)["ResultParameters"]["ResultParameter"]
        seen.add(tuple(item["Key"] for item in told if item["Key"].endswith("PartyName")))
        parties = [item["Value"] for item in told if item["Key"].endswith("PartyName")]
        assert parties == ["254712000202 - Otieno", "174379 - Tunda"]
    assert seen == {("DebitPartyName", "DebitPartyName"), ("DebitPartyName", "CreditPartyName")}


@pytest.mark.parametrize("key", ["OriginalConversationID", "OriginatorConversationID"])
@pytest.mark.parametrize("by", ["OriginatorConversationID", "ConversationID"])
def test_a_payout_s_status_is_told_by_its_conversation(
    plain: Sim, gateway: StandIn, key: str, by: str
) -> None:
    plain.post("/tills", amount=10_000)
    plain.post("/knobs", b2c_fee=22.4)
    ack = plain.b2c().json()
    receipt = result(gateway, "b2c")["TransactionID"]
    plain.status(**{key: ack[by]})
    got = parameters(result(gateway, "status"))
    assert (got["TransactionStatus"], got["ReceiptNo"]) == ("Completed", receipt)
    assert got["OriginatorConversationID"] == "tnd-po-01J9Z5K7Q2"
    assert got["ConversationID"] == ack["ConversationID"]
    assert got["DebitPartyCharges"] == "Fee For B2C Payment|KES|22.40"


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ({"mode": "timeout"}, {"Completed"}),
        ({"mode": "timeout", "code": "unacted"}, {"Expired"}),
        ({"mode": "refuse", "code": "2040"}, {"Declined"}),
        ({"mode": "drop"}, {"Completed"}),
        ({"mode": "late"}, {"Initiated", "Authorized", "Pending Authorized"}),
    ],
)
def test_the_status_tells_what_the_result_did_not(
    plain: Sim, gateway: StandIn, fault: dict[str, Any], status: set[str]
) -> None:
    plain.post("/tills", amount=10_000)
    plain.fault("b2c-result", **fault)
    plain.b2c()
    plain.until(FARMER, lambda _phone: plain.get("/initiated")["requests"][0]["state"] != "Initiated")
    plain.status(OriginalConversationID="tnd-po-01J9Z5K7Q2")
    assert parameters(result(gateway, "status"))["TransactionStatus"] in status


def test_what_nobody_knows_is_a_code(plain: Sim, gateway: StandIn) -> None:
    plain.status(TransactionID="UA1AAAAAAA")
    told = result(gateway, "status")
    assert (told["ResultCode"], "ResultParameters" in told) == (25, False)


def test_an_empty_question_is_acknowledged_with_nothing(plain: Sim) -> None:
    answer = plain.status(TransactionID="")
    assert (answer.status_code, set(answer.json().values())) == (200, {""})


def test_a_status_query_needs_its_fields(plain: Sim) -> None:
    assert refused(plain.status(IdentifierType="11"))[2] == "Bad Request - Invalid IdentifierType"
    assert refused(plain.status(CommandID="Status"))[2] == "Bad Request - Invalid CommandID"


# --- 6.1 reversal


def test_a_reversal_gives_the_money_back(plain: Sim, gateway: StandIn) -> None:
    plain.post("/clock", at="2026-01-01T13:27:11+03:00")
    receipt = bought(plain, gateway)
    ack = plain.reversal(receipt).json()
    told = result(gateway, "reversal")
    assert (told["ResultCode"], told["ConversationID"]) == (0, ack["ConversationID"])
    got = parameters(told)
    assert got == {
        "DebitAccountBalance": "Utility Account|KES|0.00|0.00|0.00|0.00",
        "Amount": 350.0,
        "TransCompletedTime": got["TransCompletedTime"],
        "OriginalTransactionID": receipt,
        "Charge": 0.0,
        "CreditPartyPublicName": "254712000202 - Otieno",
        "DebitPartyPublicName": "174379 - Tunda",
    }
    assert str(got["TransCompletedTime"]).startswith("2026010113271")
    assert "ReferenceData" not in told
    phone = plain.phone(PAYER)
    assert phone["balance"] == 50_000
    assert phone["inbox"][-1]["text"] == (
        f"{told['TransactionID']} Confirmed. Transaction {receipt} has been reversed on 1/1/26 at 1:27 PM"
        " and Ksh350.00 is credited to your M-PESA account. New M-PESA balance is Ksh50,000.00."
    )
    plain.status(TransactionID=receipt)
    assert parameters(result(gateway, "status"))["TransactionStatus"] == "Reversed"


def test_a_reversal_happens_once_and_only_to_a_payment(plain: Sim, gateway: StandIn) -> None:
    receipt = bought(plain, gateway)
    plain.reversal(receipt)
    assert result(gateway, "reversal")["ResultCode"] == 0
    plain.reversal(receipt)
    assert result(gateway, "reversal", 2)["ResultCode"] == "R000001"
    plain.reversal("UA1AAAAAAA")
    assert result(gateway, "reversal", 3)["ResultCode"] == "R000002"
    plain.post("/tills", amount=1200)
    plain.b2c()
    payout = result(gateway, "b2c")["TransactionID"]
    plain.reversal(payout, 1200)
    assert result(gateway, "reversal", 4)["ResultCode"] == "R000002", "a payout cannot be reversed"
    assert plain.phone(PAYER)["balance"] == 50_000


def test_a_reversal_of_spent_money_or_of_too_much_is_a_code(plain: Sim, gateway: StandIn) -> None:
    receipt = bought(plain, gateway)
    plain.reversal(receipt, 351)
    assert result(gateway, "reversal")["ResultCode"] == 3
    plain.post("/tills", amount=-350)
    plain.reversal(receipt)
    assert result(gateway, "reversal", 2)["ResultCode"] == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"RecieverIdentifierType": "4"}, "RecieverIdentifierType"),
        ({"RecieverIdentifierType": "", "ReceiverIdentifierType": "11"}, "RecieverIdentifierType"),
        ({"Remarks": ""}, "Remarks"),
        ({"TransactionID": "x"}, "TransactionID"),
        ({"Amount": 0}, "Amount"),
        ({"CommandID": "Reversal"}, "CommandID"),
        ({"Initiator": "", "InitiatorName": "tundaapi"}, "Initiator"),
    ],
)
def test_a_reversal_s_wrong_field_is_named(plain: Sim, wrong: dict[str, Any], field: str) -> None:
    answer = plain.reversal("UA1AAAAAAA", **wrong)
    assert refused(answer) == (400, "400.002.02", f"Bad Request - Invalid {field}")


# --- 6.2 balance


def test_the_balance_is_one_string(plain: Sim, gateway: StandIn) -> None:
    plain.post("/tills", account="Working Account", amount=700)
    plain.post("/tills", amount=2280)
    plain.post("/knobs", b2c_fee=15.4)
    plain.b2c(Amount=10)
    result(gateway, "b2c")
    plain.balance()
    got = parameters(result(gateway, "balance"))
    assert got["AccountBalance"] == (
        "Working Account|KES|700.00|700.00|0.00|0.00&Utility Account|KES|2270.00|2270.00|0.00|0.00"
        "&Charges Paid Account|KES|-15.40|-15.40|0.00|0.00"
    )
    assert re.fullmatch(r"\d{14}", str(got["BOCompletedTime"]))


def test_a_balance_can_be_a_single_object(sim: Sim, gateway: StandIn) -> None:
    for count in range(1, 5):
        sim.balance()
        result(gateway, "balance", count)
    told = [json.loads(call.raw)["Result"]["ResultParameters"] for call in gateway.of("balance-result")]
    assert {type(one["ResultParameter"]) for one in told} == {list, dict}


@pytest.mark.parametrize(
    ("wrong", "code"),
    [({"Initiator": "somebody"}, 18), ({"PartyA": "600000"}, 21)],
)
def test_a_balance_has_codes_of_its_own(
    plain: Sim, gateway: StandIn, wrong: dict[str, Any], code: int
) -> None:
    plain.balance(**wrong)
    assert result(gateway, "balance")["ResultCode"] == code


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("reversal/v1/request", "404.001.03"),
        ("accountbalance/v1/query", "401.002.01"),
        ("c2b/v2/registerurl", "400.003.01"),
        ("transactionstatus/v1/query", "400.003.01"),
    ],
)
def test_an_invalid_token_is_spelt_as_the_endpoint_does(sim: Sim, path: str, code: str) -> None:
    assert refused(sim.daraja(path, {}, token="x"))[1] == code
