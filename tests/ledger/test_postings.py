"""Every row of the table of postings (10.2), one line each: what it debits, what it credits."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from core.db import Database, Tx
from core.ledger import postings
from core.ledger.models import LedgerLine
from tests.proving import proves

SUM, FEE, OURS = Decimal("400.00"), Decimal("5.00"), Decimal("40.00")
p = postings

# event of 10.2: posting, debits, credits
ROWS: list[tuple[str, Callable[[Tx], Any], dict[str, str]]] = [
    ("payment matched, M-Pesa", lambda tx: p.payment_matched(tx, 1, 9, SUM, till="mpesa"),
     {"mpesa": "400", "order_funds:9": "-400"}),
    ("payment matched, bank", lambda tx: p.payment_matched(tx, 1, 9, SUM, till="bank"),
     {"bank": "400", "order_funds:9": "-400"}),
    ("payment unmatched", lambda tx: p.payment_unmatched(tx, 1, SUM), {"mpesa": "400", "suspense": "-400"}),
    ("later matched", lambda tx: p.suspense_matched(tx, 1, 9, SUM),
     {"suspense": "400", "order_funds:9": "-400"}),
    ("unmatched money sent back, B2C", lambda tx: p.suspense_returned(tx, 1, SUM, road="b2c", fee=FEE),
     {"suspense": "400", "provider_fees": "5", "mpesa_payouts": "-405"}),
    ("unmatched money sent back, reversal", lambda tx: p.suspense_returned(tx, 1, SUM, road="reversal"),
     {"suspense": "400", "mpesa": "-400"}),
    ("COD collected", lambda tx: p.cod_collected(tx, 1, 9, 3, SUM),
     {"rider_cash:3": "400", "order_funds:9": "-400"}),
    ("rider deposit", lambda tx: p.rider_deposit(tx, 1, 3, SUM, till="mpesa"),
     {"mpesa": "400", "rider_cash:3": "-400"}),
    ("rider deposit, bank", lambda tx: p.rider_deposit(tx, 1, 3, SUM, till="bank"),
     {"bank": "400", "rider_cash:3": "-400"}),
    ("rider's cash debt set off", lambda tx: p.cash_set_off(tx, 1, 3, SUM),
     {"rider_due:3": "400", "rider_cash:3": "-400"}),
    ("cash counted by an admin", lambda tx: p.cash_counted(tx, 1, 3, SUM),
     {"office_cash": "400", "rider_cash:3": "-400"}),
    ("later banked", lambda tx: p.cash_banked(tx, 1, SUM), {"bank": "400", "office_cash": "-400"}),
    ("delivered: item", lambda tx: p.delivered_item(tx, 1, 9, 2, SUM, OURS),
     {"order_funds:9": "400", "farmer_due:2": "-360", "commission": "-40"}),
    ("delivered: fee", lambda tx: p.delivered_fee(tx, 9, SUM),
     {"order_funds:9": "400", "delivery_fees": "-400"}),
    ("delivered: discount", lambda tx: p.delivered_discount(tx, 9, SUM),
     {"goodwill": "400", "order_funds:9": "-400"}),
    ("delivered: rider earning", lambda tx: p.rider_earning(tx, 1, 9, 3, SUM),
     {"rider_cost": "400", "rider_due:3": "-400"}),
    ("delivered: residue left", lambda tx: p.delivered_residue(tx, 9, Decimal("-0.40")),
     {"order_funds:9": "0.40", "rounding": "-0.40"}),
    ("delivered: residue lacking", lambda tx: p.delivered_residue(tx, 9, Decimal("0.40")),
     {"rounding": "0.40", "order_funds:9": "-0.40"}),
    ("cancelled, a prepared item charged", lambda tx: p.prepared_charged(tx, 9, [p.Sold(1, 2, SUM, OURS)]),
     {"order_funds:9": "400", "farmer_due:2": "-360", "commission": "-40"}),
    ("refund approved before delivery", lambda tx: p.refund_approved(tx, 1, 9, SUM),
     {"order_funds:9": "400", "refunds_due:9": "-400"}),
    ("refund after delivery, farmer's fault", lambda tx: p.refund_of_farmer(tx, 1, 9, 2, SUM, OURS),
     {"farmer_due:2": "360", "commission": "40", "refunds_due:9": "-400"}),
    ("refund after delivery, our fault", lambda tx: p.refund_of_ours(tx, 1, 9, SUM),
     {"goodwill": "400", "refunds_due:9": "-400"}),
    ("refund paid by B2C", lambda tx: p.refund_paid(tx, 1, 9, SUM, road="b2c", fee=FEE),
     {"refunds_due:9": "400", "provider_fees": "5", "mpesa_payouts": "-405"}),
    ("refund by reversal", lambda tx: p.refund_paid(tx, 1, 9, SUM, road="reversal"),
     {"refunds_due:9": "400", "mpesa": "-400"}),
    ("refund by bank", lambda tx: p.refund_paid(tx, 1, 9, SUM, road="bank"),
     {"refunds_due:9": "400", "bank": "-400"}),
    ("refund under the minimum", lambda tx: p.refund_paid(tx, 1, 9, SUM, road="credit", customer_id=4),
     {"refunds_due:9": "400", "customer_credit:4": "-400"}),
    ("fee kept at cancellation", lambda tx: p.fee_kept(tx, 9, SUM),
     {"order_funds:9": "400", "delivery_fees": "-400"}),
    ("earning for a failed attempt", lambda tx: p.failed_attempt(tx, 1, 9, 3, SUM),
     {"rider_cost": "400", "rider_due:3": "-400"}),
    ("float moved to the payout account", lambda tx: p.float_moved(tx, 1, SUM),
     {"mpesa_payouts": "400", "mpesa": "-400"}),
    ("overpayment under 10; COD change kept", lambda tx: p.kept_as_credit(tx, 1, 9, 4, SUM),
     {"order_funds:9": "400", "customer_credit:4": "-400"}),
    ("credit used; COD short accepted", lambda tx: p.credit_used(tx, 1, 9, 4, SUM),
     {"customer_credit:4": "400", "order_funds:9": "-400"}),
    ("payout started", lambda tx: p.payout_started(tx, 1, 1, "farmer_due:2", SUM),
     {"farmer_due:2": "400", "payout_clearing:1": "-400"}),
    ("payout paid", lambda tx: p.payout_paid(tx, 1, SUM, FEE),
     {"payout_clearing:1": "400", "provider_fees": "5", "mpesa_payouts": "-405"}),
    ("payout failed", lambda tx: p.payout_failed(tx, 1, 1, "rider_due:3", SUM),
     {"payout_clearing:1": "400", "rider_due:3": "-400"}),
    ("provider reversal", lambda tx: p.provider_reversal(tx, 1, 9, SUM),
     {"order_funds:9": "400", "mpesa": "-400"}),
    ("provider reversal of a part", lambda tx: p.provider_reversal(tx, 1, 9, SUM, part="UA99REV001"),
     {"order_funds:9": "400", "mpesa": "-400"}),
    ("provider reversal of a rider's deposit", lambda tx: p.deposit_reversed(tx, 1, 3, SUM),
     {"rider_cash:3": "400", "mpesa": "-400"}),
    ("write-off", lambda tx: p.write_off(tx, 1, "rider_cash:3", SUM),
     {"write_off": "400", "rider_cash:3": "-400"}),
    ("COD refused without quality fault", lambda tx: p.refused_shares(tx, 9, [p.Sold(1, 2, SUM)]),
     {"goodwill": "400", "farmer_due:2": "-400"}),
    ("delivered: all items at once", lambda tx: p.delivered_items(tx, 9, [p.Sold(1, 2, SUM, OURS)]),
     {"order_funds:9": "400", "farmer_due:2": "-360", "commission": "-40"}),
    ("provider's charge", lambda tx: p.provider_charge(tx, 1, SUM, till="mpesa_payouts"),
     {"provider_fees": "400", "mpesa_payouts": "-400"}),
    ("money moved to the bank", lambda tx: p.bank_moved(tx, 1, SUM, till="mpesa"),
     {"bank": "400", "mpesa": "-400"}),
    ("money from the bank", lambda tx: p.bank_moved(tx, 1, -SUM, till="mpesa"),
     {"bank": "-400", "mpesa": "400"}),
    ("the owner puts money in", lambda tx: p.owner_money(tx, 1, SUM, till="mpesa"),
     {"mpesa": "400", "owner": "-400"}),
    ("the owner takes money out", lambda tx: p.owner_money(tx, 1, -SUM, till="mpesa_payouts"),
     {"owner": "400", "mpesa_payouts": "-400"}),
]  # fmt: skip


@proves("DR-1001", "DR-1002", "DR-1004")
@pytest.mark.parametrize(("event", "post", "expected"), ROWS, ids=[row[0] for row in ROWS])
def test_each_event_of_the_table_is_booked_as_its_row_says_and_once(
    db: Database, event: str, post: Callable[[Tx], Any], expected: dict[str, str]
) -> None:
    for _ in range(2):
        db.run(post)
    with db.read() as tx:
        lines = tx.session.execute(select(LedgerLine.account, LedgerLine.amount)).all()
    assert dict(lines) == {k: Decimal(v) for k, v in expected.items()}
    assert len(lines) == len(expected), "posting the same key again adds nothing"
    assert sum(Decimal(v) for v in expected.values()) == 0


@proves("DR-1001")
def test_the_kinds_that_count_for_an_order_are_kinds_of_the_table() -> None:
    source = Path(postings.__file__).read_text()
    for kind in (*postings.MONEY_IN, *postings.GIVEN_BACK, *postings.PROMISED, *postings.RECOGNISED):
        assert f'"{kind}"' in source, kind
