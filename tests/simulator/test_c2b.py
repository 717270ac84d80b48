"""Paying the paybill from the phone's M-PESA menu (contract, section 3)."""

import hashlib
import json
import re
from typing import Any

import pytest

from tests.simulator.conftest import Sim
from tests.simulator.daraja import PAYER, confirmation, paid, refused, stk
from tests.simulator.standin import StandIn, plain

FIELDS = [
    "TransactionType",
    "TransID",
    "TransTime",
    "TransAmount",
    "BusinessShortCode",
    "BillRefNumber",
    "InvoiceNumber",
    "OrgAccountBalance",
    "ThirdPartyTransID",
    "MSISDN",
    "FirstName",
    "MiddleName",
    "LastName",
]


def pay(sim: Sim, status: int = 200, **other: object) -> dict[str, Any]:
    """Otieno pays 350 for his order from the menu, but for what is named."""
    return sim.do(PAYER, "pay", status, **({"account": "ORD7F3K2", "amount": 350, "pin": "1234"} | other))


def say(gateway: StandIn, **answer: object) -> None:
    """What the validation URL answers."""
    gateway.replies["c2b-validation"] = lambda _call: plain(json.dumps(answer))


# --- 3.1, 3.2 registering


@pytest.mark.parametrize("version", [1, 2])
def test_urls_are_registered_and_the_answer_lacks_a_letter(sim: Sim, version: int) -> None:
    sim.post("/knobs", register_code="00000000")
    body = sim.register(version).json()
    assert list(body) == ["OriginatorCoversationID", "ResponseCode", "ResponseDescription"]
    assert (body["ResponseCode"], body["ResponseDescription"]) == ("00000000", "Success")
    assert sim.get("/tills")["tills"][0]["urls"]["version"] == version


@pytest.mark.parametrize(
    ("wrong", "code", "message"),
    [
        ({"ResponseType": "completed"}, "400.002.02", "Invalid ResponseType"),
        ({"ShortCode": "600000"}, "400.002.02", "Invalid ShortCode"),
        ({"ValidationURL": "/x"}, "400.003.02", "Invalid ValidationURL"),
        (
            {"ValidationURL": "https://a.example/mpesa"},
            "400.003.02",
            "Invalid ValidationURL - URL has the word MPESA",
        ),
        (
            {"ConfirmationURL": "https://a.example/Query"},
            "400.003.02",
            "Invalid ConfirmationURL - URL has the word QUERY",
        ),
    ],
)
def test_a_wrong_registration_is_named(sim: Sim, wrong: dict[str, Any], code: str, message: str) -> None:
    assert refused(sim.register(**wrong)) == (400, code, f"Bad Request - {message}")


def test_the_sandbox_overwrites_and_production_does_not(sim: Sim) -> None:
    assert sim.register().ok
    assert sim.register().ok
    sim.post("/knobs", production=True)
    secure: dict[str, Any] = {
        name: f"https://pay.tunda.example/c2b/{name}" for name in ("ConfirmationURL", "ValidationURL")
    }
    assert refused(sim.register(**secure)) == (500, "500.003.1001", "Urls are already registered")
    assert refused(sim.register())[:2] == (400, "400.003.02"), "http is for the sandbox"


def test_an_aggregator_may_hold_the_urls(sim: Sim) -> None:
    sim.fault("c2b-register", "refuse", code="500.003.1001:Duplicate notification info")
    assert refused(sim.register())[2] == "Duplicate notification info"


def test_registering_can_end_in_a_soap_fault_wrapped_in_json(sim: Sim) -> None:
    sim.fault("c2b-register", "refuse", code="soap")
    answer = sim.register()
    assert (answer.status_code, list(answer.json()["Envelope"]["Body"])) == (500, ["Fault"])


# --- 3.4 confirmation


def test_a_payment_moves_money_and_is_confirmed(sim: Sim, gateway: StandIn) -> None:
    sim.register()
    sim.post("/clock", at="2026-01-01T12:13:25+03:00")
    phone = pay(sim)
    told = confirmation(gateway)
    assert list(told) == FIELDS
    assert re.fullmatch(r"UA1[A-Z0-9]{7}", told["TransID"])
    assert re.fullmatch(r"2026010112132\d", told["TransTime"])
    assert told == told | {
        "TransactionType": "Pay Bill",
        "TransAmount": "350.00",
        "BusinessShortCode": "174379",
        "BillRefNumber": "ORD7F3K2",
        "OrgAccountBalance": "350.00",
        "MSISDN": "2547 ***** 202",
        "FirstName": "OTIENO",
    }
    assert (phone["balance"], sim.till()["Utility Account"]) == (49_650, "350.00")
    text = phone["inbox"][-1]
    assert (text["from"], text["text"]) == (
        "MPESA",
        f"{told['TransID']} Confirmed. Ksh350.00 sent to TUNDA for account ORD7F3K2 on 1/1/26 at 12:13 PM"
        " New M-PESA balance is Ksh49,650.00. Transaction cost, Ksh0.00.",
    )


def test_without_urls_money_moves_and_nobody_is_told(sim: Sim, gateway: StandIn) -> None:
    assert pay(sim)["balance"] == 49_650
    assert gateway.of("c2b-confirmation") == []


@pytest.mark.parametrize(
    ("version", "form", "shown"),
    [
        (1, "version", hashlib.sha256(b"254712000202").hexdigest()),
        (2, "version", "2547 ***** 202"),
        (2, "mask", "2547*****202"),
        (2, "clear", "254712000202"),
        (2, "hash", hashlib.sha256(b"254712000202").hexdigest()),
    ],
)
def test_the_payer_s_number_comes_in_three_generations(
    sim: Sim, gateway: StandIn, version: int, form: str, shown: str
) -> None:
    sim.register(version)
    sim.post("/knobs", msisdn_form=form)
    pay(sim)
    assert confirmation(gateway)["MSISDN"] == shown


def test_the_hash_is_the_one_of_the_contract() -> None:
    hashed = "bbff37cea44ac0b2d964ee0dfb8d2df8513dc7ba1b36129a929fc3fbd6dd4af4"
    assert hashlib.sha256(b"254708374149").hexdigest() == hashed


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"pin": "12"}, 400),
        ({"amount": 0}, 400),
        ({"amount": 250_001}, 400),
        ({"account": " "}, 400),
        ({"account": "A" * 21}, 400),
        ({"paybill": "600000"}, 400),
    ],
)
def test_the_menu_takes_no_nonsense(sim: Sim, wrong: dict[str, Any], status: int) -> None:
    pay(sim, status, **wrong)


def test_a_wrong_pin_and_too_little_money_are_told_by_a_text(sim: Sim, gateway: StandIn) -> None:
    sim.register()
    assert "wrong PIN" in pay(sim, pin="0000")["inbox"][-1]["text"]
    sim.post(f"/phones/{PAYER}", pin="4321")
    assert "wrong PIN" in pay(sim)["inbox"][-1]["text"], "who has set a PIN has no other"
    sim.post(f"/phones/{PAYER}", balance=349)
    phone = pay(sim, pin="4321")
    assert "enough money" in phone["inbox"][-1]["text"]
    assert (phone["balance"], gateway.of("c2b-confirmation")) == (349, [])


def test_a_phone_that_is_off_or_has_no_mpesa_cannot_pay(sim: Sim) -> None:
    sim.post(f"/phones/{PAYER}", mpesa=False)
    pay(sim, 409)
    sim.post(f"/phones/{PAYER}", mpesa=True, on=False)
    pay(sim, 409)


def test_a_customer_s_fee_is_hers(sim: Sim) -> None:
    sim.post("/knobs", c2b_fee=7)
    phone = pay(sim)
    assert (phone["balance"], sim.till()["Utility Account"]) == (49_643, "350.00")
    assert phone["inbox"][-1]["text"].endswith("Transaction cost, Ksh7.00.")


# --- 3.3 validation


def test_validation_is_off_by_default(sim: Sim, gateway: StandIn) -> None:
    sim.register()
    pay(sim)
    confirmation(gateway)
    assert gateway.of("c2b-validation") == []


def test_an_accepted_payment_carries_our_own_id_on(sim: Sim, gateway: StandIn) -> None:
    sim.register()
    sim.post("/knobs", c2b_validation=True)
    say(gateway, ResultCode="0", ResultDesc="Accepted", ThirdPartyTransID="TND-881")
    pay(sim)
    asked = json.loads(gateway.wait("c2b-validation")[0].raw)
    told = confirmation(gateway)
    assert list(asked) == FIELDS
    assert (asked["OrgAccountBalance"], asked["TransID"]) == ("", told["TransID"])
    assert told["ThirdPartyTransID"] == "TND-881"


@pytest.mark.parametrize("code", ["C2B00011", "C2B00012", "C2B00013", "C2B00016", 1])
def test_a_rejected_payment_moves_nothing(sim: Sim, gateway: StandIn, code: object) -> None:
    sim.register()
    sim.post("/knobs", c2b_validation=True)
    say(gateway, ResultCode=code, ResultDesc="Rejected")
    pay(sim)
    phone = sim.until(PAYER, lambda phone: phone["inbox"])
    assert "did not accept" in phone["inbox"][-1]["text"]
    assert (phone["balance"], gateway.of("c2b-confirmation")) == (50_000, [])


@pytest.mark.parametrize("mode", ["drop", "late", "cut", "http-500", "words"])
@pytest.mark.parametrize(("otherwise", "paid"), [("Completed", True), ("Cancelled", False)])
def test_who_does_not_answer_the_validation_gets_the_response_type(
    sim: Sim, gateway: StandIn, mode: str, otherwise: str, paid: bool
) -> None:
    sim.register(ResponseType=otherwise)
    sim.post("/knobs", c2b_validation=True)
    say(gateway, ResultCode="0" if otherwise == "Cancelled" else "C2B00012")
    if mode == "http-500":
        gateway.replies["c2b-validation"] = lambda _call: plain("", 500)
    elif mode == "words":
        gateway.replies["c2b-validation"] = lambda _call: plain("ok")
    else:
        sim.fault("c2b-validation", mode)
    pay(sim)
    phone = sim.until(PAYER, lambda phone: phone["inbox"])
    assert (phone["balance"] == 49_650) is paid


# --- 3.6 the twin


def test_a_payment_at_a_prompt_can_have_a_twin_with_its_receipt(sim: Sim, gateway: StandIn) -> None:
    sim.register()
    sim.post("/knobs", c2b_twin=True)
    paid(sim)
    told = confirmation(gateway)
    receipts = [
        item["Value"] for item in stk(gateway)["CallbackMetadata"]["Item"] if item["Name"][:2] == "Mp"
    ]
    assert ([told["TransID"]], told["BillRefNumber"]) == (receipts, "ORD7F3K2")
    assert sim.till()["Utility Account"] == "350.00", "the money moved once"


# --- 3.1 the sandbox's own payer


def test_the_sandbox_simulates_a_payment(sim: Sim, gateway: StandIn) -> None:
    sim.register()
    body = {
        "ShortCode": 174379,
        "CommandID": "CustomerPayBillOnline",
        "Amount": 100,
        "Msisdn": 254712000202,
        "BillRefNumber": "ORD7F3K2",
    }
    assert sim.daraja("c2b/v2/simulate", body).json()["ResponseCode"] == "0"
    assert confirmation(gateway)["TransAmount"] == "100.00"
    assert refused(sim.daraja("c2b/v2/simulate", body | {"Amount": 1.5}))[2] == "Bad Request - Invalid Amount"
    sim.post("/knobs", production=True)
    assert refused(sim.daraja("c2b/v2/simulate", body))[:2] == (404, "404.001.01")


# --- faults


def test_a_confirmation_can_be_repeated_wrong_lost_or_forged(sim: Sim, gateway: StandIn) -> None:
    sim.register()
    sim.fault("c2b-confirmation", "repeat", n=3, times=1)
    pay(sim)
    assert len({call.raw for call in gateway.wait("c2b-confirmation", 3)}) == 1
    sim.fault("c2b-confirmation", "wrong-amount", times=1)
    pay(sim)
    assert confirmation(gateway, 4)["TransAmount"] == "351.00"
    sim.fault("c2b-confirmation", "forged", times=1)
    pay(sim)
    forged, real = gateway.wait("c2b-confirmation", 6)[4:]
    assert (forged.source, real.source) == ("127.0.0.66", "127.0.0.1")
    known = {movement["receipt"] for movement in sim.get("/books")["movements"]}
    assert json.loads(real.raw)["TransID"] in known
    assert json.loads(forged.raw)["TransID"] not in known
