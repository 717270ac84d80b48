"""Paying people (contract, section 4)."""

import json
import re
from typing import Any

import pytest

from tests.simulator.conftest import Sim
from tests.simulator.daraja import parameters, refused, result
from tests.simulator.standin import StandIn

FARMER = "+254712000101"
B2C = "b2c/v3/paymentrequest"


@pytest.fixture
def rich(sim: Sim) -> Sim:
    """Our paybill has 100,000 shillings to spend, results come plain."""
    sim.post("/tills", amount=100_000)
    sim.post("/knobs", result_form="plain", code_form="number")
    return sim


def test_a_payment_is_acknowledged_first(rich: Sim) -> None:
    body = rich.b2c().json()
    assert list(body) == ["ConversationID", "OriginatorConversationID", "ResponseCode", "ResponseDescription"]
    assert re.fullmatch(r"AG_\d{8}_2010[0-9a-f]{16}", body["ConversationID"])
    assert body["OriginatorConversationID"] == "tnd-po-01J9Z5K7Q2"
    assert (body["ResponseCode"], body["ResponseDescription"]) == (
        "0",
        "Accept the service request successfully.",
    )


def test_then_money_moves_and_the_result_says_so(rich: Sim, gateway: StandIn) -> None:
    rich.post("/clock", at="2026-01-01T12:30:05+03:00")
    rich.post("/knobs", b2c_fee=22.4)
    ack = rich.b2c().json()
    told = result(gateway, "b2c")
    assert list(told) == [
        "ResultType",
        "ResultCode",
        "ResultDesc",
        "OriginatorConversationID",
        "ConversationID",
        "TransactionID",
        "ResultParameters",
        "ReferenceData",
    ]
    assert (told["ResultType"], told["ResultCode"]) == (0, 0)
    assert told["ConversationID"] == ack["ConversationID"]
    assert told["OriginatorConversationID"] == "tnd-po-01J9Z5K7Q2"
    assert re.fullmatch(r"UA1[A-Z0-9]{7}", told["TransactionID"])
    got = parameters(told)
    assert got == {
        "TransactionAmount": 1200,
        "TransactionReceipt": told["TransactionID"],
        "ReceiverPartyPublicName": "254712000101 - Wanjiku",
        "TransactionCompletedDateTime": got["TransactionCompletedDateTime"],
        "B2CUtilityAccountAvailableFunds": 98_800.0,
        "B2CWorkingAccountAvailableFunds": 0.0,
        "B2CRecipientIsRegisteredCustomer": "Y",
        "B2CChargesPaidAccountAvailableFunds": -22.4,
    }
    assert re.fullmatch(r"01\.01\.2026 12:30:0\d", got["TransactionCompletedDateTime"])
    phone = rich.phone(FARMER)
    assert phone["balance"] == 51_200
    assert phone["inbox"][-1]["text"] == (
        f"{told['TransactionID']} Confirmed. You have received Ksh1,200.00 from TUNDA on 1/1/26 at 12:30 PM"
        " New M-PESA balance is Ksh51,200.00."
    )


def test_v1_has_no_id_of_ours(rich: Sim, gateway: StandIn) -> None:
    ack = rich.b2c(1).json()
    assert ack["OriginatorConversationID"] != ""
    assert rich.b2c(1).json()["OriginatorConversationID"] != ack["OriginatorConversationID"]
    gateway.wait("b2c-result", 2)
    assert rich.phone(FARMER)["balance"] == 52_400, "v1 pays twice what is sent twice"


def test_a_duplicate_is_refused_and_pays_once(rich: Sim, gateway: StandIn) -> None:
    rich.b2c()
    assert refused(rich.b2c()) == (500, "500.002.1001", "Duplicate OriginatorConversationID.")
    gateway.wait("b2c-result")
    assert refused(rich.b2c())[1] == "500.002.1001"
    assert rich.phone(FARMER)["balance"] == 51_200


def test_v3_may_be_closed_to_the_app(rich: Sim) -> None:
    rich.post("/knobs", b2c_v3=False)
    assert refused(rich.b2c())[:2] == (403, "403.002.1001")
    assert rich.b2c(1).ok


def test_an_invalid_token_is_echoed(rich: Sim) -> None:
    assert refused(rich.daraja(B2C, {}, token="abc")) == (
        401,
        "401.002.01",
        "Error Occurred - Invalid Access Token - abc",
    )


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"OriginatorConversationID": ""}, "OriginatorConversationID"),
        ({"InitiatorName": "", "Initiator": "tundaapi"}, "InitiatorName"),
        ({"SecurityCredential": ""}, "SecurityCredential"),
        ({"CommandID": "BusinessPay"}, "CommandID"),
        ({"Amount": "12.50"}, "Amount"),
        ({"Amount": 12.5}, "Amount"),
        ({"Amount": -1}, "Amount"),
        ({"PartyA": "Tunda"}, "PartyA"),
        ({"PartyB": "0712000101"}, "PartyB"),
        ({"Remarks": "x"}, "Remarks"),
        ({"Remarks": "x" * 101}, "Remarks"),
        ({"Occassion": "x" * 101}, "Occassion"),
        ({"ResultURL": "/x"}, "ResultURL"),
        ({"QueueTimeOutURL": "https://a.example/sql"}, "QueueTimeOutURL - URL has the word SQL"),
    ],
)
def test_a_wrong_field_is_named(rich: Sim, wrong: dict[str, Any], field: str) -> None:
    assert refused(rich.b2c(**wrong)) == (400, "400.002.02", f"Bad Request - Invalid {field}")


@pytest.mark.parametrize(
    ("about", "code"),
    [
        ({"Amount": 9}, 2),
        ({"Amount": 250_001}, 3),
        ({"Amount": 100_001}, 1),
        ({"PartyA": "600000"}, 2028),
        ({"PartyB": "254733000404"}, 2040),
        ({"InitiatorName": "somebody"}, 2001),
        ({"SecurityCredential": "eA=="}, 2001),
    ],
)
def test_what_comes_out_later_is_a_code_without_parameters(
    rich: Sim, gateway: StandIn, about: dict[str, Any], code: int
) -> None:
    assert rich.b2c(**about).ok
    told = result(gateway, "b2c")
    assert (told["ResultCode"], "ResultParameters" in told) == (code, False)
    assert rich.till()["Utility Account"] == "100000.00"


def test_a_full_wallet_is_8_and_a_full_day_is_4(rich: Sim, gateway: StandIn) -> None:
    rich.post(f"/phones/{FARMER}", balance=499_000)
    rich.b2c()
    assert result(gateway, "b2c")["ResultCode"] == 8
    rich.post("/knobs", day_limit=1000)
    rich.b2c(OriginatorConversationID="tnd-po-2")
    assert result(gateway, "b2c", 2)["ResultCode"] == 4


def test_a_wrong_password_locks_after_three_times(rich: Sim, gateway: StandIn) -> None:
    wrong = rich.credential("another")
    for count in range(1, 5):
        rich.b2c(OriginatorConversationID=f"tnd-po-{count}", SecurityCredential=wrong)
        assert result(gateway, "b2c", count)["ResultCode"] == (2001 if count < 4 else 8006)
    rich.b2c(OriginatorConversationID="tnd-po-5")
    assert result(gateway, "b2c", 5)["ResultCode"] == 8006, "the right one is locked too"
    rich.delete("/credential-lock")
    rich.b2c(OriginatorConversationID="tnd-po-6")
    assert result(gateway, "b2c", 6)["ResultCode"] == 0


def test_the_credential_need_not_be_checked(rich: Sim, gateway: StandIn) -> None:
    rich.post("/knobs", check_credential=False)
    rich.b2c(SecurityCredential="eA==")
    assert result(gateway, "b2c")["ResultCode"] == 0


# --- shapes


def test_results_come_in_all_their_shapes(rich: Sim, gateway: StandIn) -> None:
    rich.post("/knobs", result_form="vary", code_form="vary")
    for count in range(8):
        rich.b2c(OriginatorConversationID=f"tnd-po-{count}", Amount=10)
        gateway.wait("b2c-result", count + 1)
    told = [json.loads(call.raw)["Result"] for call in gateway.of("b2c-result")]
    assert {type(one["ResultCode"]) for one in told} == {int, str}
    keys = [[item["Key"] for item in one["ResultParameters"]["ResultParameter"]] for one in told]
    assert len({tuple(order) for order in keys}) > 1, "the order is not fixed"
    assert len({frozenset(order) for order in keys}) == 1
    assert {type(one["ReferenceData"]["ReferenceItem"]) for one in told} == {dict, list}
    assert any("Value" not in item for one in told for item in one["ResultParameters"]["ResultParameter"])


def test_a_failure_s_receipt_is_a_placeholder_or_nothing(rich: Sim, gateway: StandIn) -> None:
    rich.post("/clock", at="2026-01-01T12:30:05+03:00")
    for count in range(4):
        rich.b2c(OriginatorConversationID=f"tnd-po-{count}", Amount=1)
        gateway.wait("b2c-result", count + 1)
    told = {json.loads(call.raw)["Result"]["TransactionID"] for call in gateway.of("b2c-result")}
    assert told == {"UA10000000", ""}


def test_the_result_can_carry_an_id_that_is_not_ours(rich: Sim, gateway: StandIn) -> None:
    rich.post("/knobs", echo_originator=False)
    ack = rich.b2c().json()
    told = result(gateway, "b2c")
    assert told["ConversationID"] == ack["ConversationID"]
    assert told["OriginatorConversationID"] != ack["OriginatorConversationID"]


# --- faults


@pytest.mark.parametrize("code", ["4", "11", "15", "17", "21", "26", "2006", "8006", "SFC_IC0003", "TP40153"])
def test_any_result_can_be_forced(rich: Sim, gateway: StandIn, code: str) -> None:
    rich.fault("b2c-result", "refuse", code=code)
    rich.b2c()
    assert str(result(gateway, "b2c")["ResultCode"]) == code
    assert rich.phone(FARMER)["balance"] == 50_000


@pytest.mark.parametrize(("code", "balance"), [("", 51_200), ("unacted", 50_000)])
def test_the_queue_can_time_out_with_the_money_moved_or_not(
    rich: Sim, gateway: StandIn, code: str, balance: int
) -> None:
    rich.fault("b2c-result", "timeout", code=code)
    ack = rich.b2c().json()
    told = json.loads(gateway.wait("b2c-timeout")[0].raw)["Result"]
    assert (told["ResultCode"], told["ConversationID"]) == (1, ack["ConversationID"])
    assert "ResultParameters" not in told
    assert gateway.of("b2c-result") == []
    assert rich.phone(FARMER)["balance"] == balance


def test_the_result_can_come_before_the_answer(rich: Sim, gateway: StandIn) -> None:
    rich.fault("b2c-result", "before-answer", times=1)
    ack = rich.b2c().json()
    assert [call.kind for call in gateway.calls] == ["b2c-result"]
    assert result(gateway, "b2c")["ConversationID"] == ack["ConversationID"]


@pytest.mark.parametrize(
    ("fault", "paid"),
    [
        ({"mode": "drop"}, False),
        ({"mode": "refuse", "code": "500.003.02"}, False),
        ({"mode": "refuse", "code": "http-503"}, False),
        ({"mode": "refuse", "code": "empty"}, False),
        ({"mode": "refuse", "code": "code=17"}, False),
        ({"mode": "cut"}, True),
        ({"mode": "cut", "code": "http-500"}, True),
        ({"mode": "cut", "code": "empty"}, True),
        ({"mode": "garbage"}, True),
    ],
)
def test_the_answer_can_be_lost_before_or_after_acting(
    rich: Sim, gateway: StandIn, fault: dict[str, Any], paid: bool
) -> None:
    rich.token()
    rich.fault("b2c-pay", times=1, **fault)
    try:
        answer = rich.b2c()
        assert not answer.ok or "AG_" not in answer.text
    except OSError:
        assert fault["mode"] in ("drop", "cut")
    again = rich.b2c()
    assert (again.status_code == 500) is paid, "the same id is a duplicate if it had arrived"
    gateway.wait("b2c-result")
    assert rich.phone(FARMER)["balance"] == 51_200


def test_a_result_can_be_forged_from_elsewhere(rich: Sim, gateway: StandIn) -> None:
    rich.fault("b2c-result", "forged")
    rich.b2c(Amount=100_001)
    forged, real = gateway.wait("b2c-result", 2)
    assert (forged.source, json.loads(forged.raw)["Result"]["ResultCode"]) == ("127.0.0.66", 0)
    assert (real.source, json.loads(real.raw)["Result"]["ResultCode"]) == ("127.0.0.1", 1)
