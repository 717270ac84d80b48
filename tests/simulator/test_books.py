"""The simulator's own books: every shilling is somewhere, and once."""

import csv
from decimal import Decimal
from typing import Any

import requests

from tests.simulator.conftest import Sim
from tests.simulator.daraja import PAYER, items, paid, result, stk
from tests.simulator.standin import StandIn

FARMER = "+254712000101"


def test_the_books_tell_every_movement_and_sum_to_nothing(sim: Sim, gateway: StandIn) -> None:
    sim.post("/knobs", b2c_fee=22.4)
    paid(sim)
    receipt = items(stk(gateway))["MpesaReceiptNumber"]
    sim.post("/tills", amount=5000)
    sim.b2c()
    payout = result(gateway, "b2c")["TransactionID"]
    sim.do(PAYER, "pay", account="ORD7F3K2", amount=70, pin="1234")
    sim.reversal(receipt)
    result(gateway, "reversal")

    books = sim.get("/books")
    assert books["sum"] == "0.00"
    told = [
        (one["kind"], one["amount"], one["from"], one["to"], one["reference"])
        for one in books["movements"]
        if one["kind"] != "opening"
    ]
    till, otieno, wanjiku = "till:174379:Utility Account", f"phone:{PAYER}", f"phone:{FARMER}"
    assert told == [
        ("stk", "350.00", otieno, till, "ORD7F3K2"),
        ("cash", "5000.00", "outside", till, ""),
        ("b2c", "1200.00", till, wanjiku, "Payout week 1"),
        ("fee", "22.40", "till:174379:Charges Paid Account", "fees", ""),
        ("c2b", "70.00", otieno, till, "ORD7F3K2"),
        ("reversal", "350.00", till, otieno, "Payout week 1"),
    ]
    movements = {one["kind"]: one for one in books["movements"]}
    assert movements["stk"]["receipt"] == receipt == movements["reversal"]["reverses"]
    assert movements["b2c"]["receipt"] == payout == movements["fee"]["receipt"]
    assert movements["b2c"]["originator"] == "tnd-po-01J9Z5K7Q2"
    assert books["accounts"][till] == "3870.00"
    assert books["accounts"][otieno] == "49930.00"
    assert sum(map(Decimal, books["accounts"].values())) == 0


def test_only_what_is_new_can_be_asked_for(sim: Sim) -> None:
    last = sim.get("/books")["movements"][-1]["id"]
    sim.do(PAYER, "pay", account="X", amount=70, pin="1234")
    assert [one["kind"] for one in sim.get(f"/books?since={last}")["movements"]] == ["c2b"]


def test_a_wallet_is_filled_from_outside(sim: Sim) -> None:
    assert sim.post(f"/phones/{PAYER}", balance=120)["balance"] == 120
    assert sim.get("/books")["movements"][-1]["kind"] == "cash"
    assert sim.get("/books")["sum"] == "0.00"


def test_our_money_moves_between_our_accounts(sim: Sim) -> None:
    sim.post("/tills", account="Working Account", amount=900)
    float_up: dict[str, Any] = {"from": "174379:Working Account", "account": "Utility Account", "amount": 500}
    sim.post("/tills", **float_up)
    assert sim.till() == {
        "Working Account": "400.00",
        "Utility Account": "500.00",
        "Charges Paid Account": "0.00",
    }
    sim.post("/tills", 400, amount=-501)
    sim.post("/tills", 400, amount="much")
    sim.post("/tills", 400, account="Pocket", amount=1)
    sim.post("/tills", 400, shortcode="600000", amount=1)


def test_the_statement_is_the_portal_s_table(sim: Sim, gateway: StandIn) -> None:
    sim.post("/clock", at="2026-01-01T12:00:00+03:00")
    sim.post("/knobs", b2c_fee=22.4)
    sim.post("/tills", amount=5000)
    sim.do(PAYER, "pay", account="ORD7F3K2", amount=350, pin="1234")
    sim.b2c()
    result(gateway, "b2c")
    text = requests.get(f"{sim.url}/control/statement.csv?day=2026-01-01", timeout=5).text
    lines = list(csv.reader(text.splitlines()))
    assert lines[0] == ["Short Code:", "174379"]
    head = next(number for number, line in enumerate(lines) if line[0] == "Receipt No.")
    rows = [dict(zip(lines[head], line, strict=True)) for line in lines[head + 1 :]]
    assert [(row["Reason Type"], row["Paid In"], row["Withdrawn"], row["Balance"]) for row in rows] == [
        ("Organization Settlement", "5000.00", "", "5000.00"),
        ("Pay Bill", "350.00", "", "5350.00"),
        ("Business Payment to Customer via API", "", "-1200.00", "4150.00"),
        ("Business Payment Charge", "", "-22.40", "4127.60"),
    ]
    assert rows[1]["A/C No."] == "ORD7F3K2"
    assert rows[1]["Other Party Info"] == "2547 ***** 202 - OTIENO"
    assert rows[2]["Receipt No."] == rows[3]["Receipt No."]
    assert requests.get(f"{sim.url}/control/statement.csv?day=2026-01-02", timeout=5).text.count("\n") == 2


def test_the_certificate_is_served_and_long_expired(sim: Sim) -> None:
    pem = requests.get(f"{sim.url}/control/certificate", timeout=5)
    assert pem.text.startswith("-----BEGIN CERTIFICATE-----")


def test_the_same_seed_makes_the_same_receipts(sim: Sim) -> None:
    def receipts() -> list[str]:
        assert sim.post("/reset", seed=7) == {"reset": True, "seed": 7}
        sim.post("/clock", at="2026-01-01T12:00:00+03:00")
        for _ in range(3):
            sim.do(PAYER, "pay", account="X", amount=10, pin="1234")
        return [one["receipt"] for one in sim.get("/books")["movements"] if one["kind"] == "c2b"]

    first = receipts()
    assert first == receipts()
    assert len(set(first)) == 3


def test_a_fault_by_chance_hits_the_same_ones_again(sim: Sim) -> None:
    def hit() -> list[bool]:
        sim.post("/reset", seed=11)
        sim.register()
        sim.fault("c2b-register", "refuse", code="500.003.02", chance=0.5)
        return [sim.register().ok for _ in range(20)]

    first = hit()
    assert first == hit()
    assert 3 < sum(first) < 17
