"""The arithmetic of payments and refunds as tables, and for any amounts (7.2, 8.3)."""

import hashlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import whole_shillings
from core.payments import rules
from core.payments.rules import Books
from tests.proving import proves

D = Decimal
OWN = "+254712000202"
MASK, OTHER_MASK = "2547*****202", "2547*****149"
HASH = hashlib.sha256(b"254712000202").hexdigest()
shillings = st.integers(0, 100_000).map(lambda n: D(n).quantize(D("0.01")))
cents = st.decimals(min_value=0, max_value=100_000, places=2)


@proves("DR-809", "DR-810", "O3")
@pytest.mark.parametrize(
    ("received", "returned", "excess", "claimed", "asked", "flags", "status"),
    [
        (0, 0, 0, 0, 400, "", "pending"),
        (0, 0, 0, 0, 400, "open failed", "pending"),
        (0, 0, 0, 0, 400, "failed", "failed"),
        (100, 0, 0, 0, 400, "failed", "partially_paid"),
        (400, 0, 0, 0, 400, "", "paid"),
        (500, 0, 0, 0, 400, "", "overpaid"),
        (500, 100, 100, 0, 400, "refund", "refund_pending"),
        (500, 100, 100, 0, 400, "", "paid"),
        (400, 100, 0, 0, 300, "refund", "refund_pending"),
        (400, 100, 0, 0, 300, "", "partially_refunded"),
        (400, 400, 0, 0, 0, "", "refunded"),
        (800, 800, 400, 0, 0, "", "refunded"),
        (400, 0, 0, 100, 400, "", "partially_refunded"),
        (400, 0, 0, 400, 400, "", "refunded"),
        (100, 100, 0, 0, 0, "", "refunded"),
    ],
)
def test_the_payment_status_of_an_order(
    received: int, returned: int, excess: int, claimed: int, asked: int, flags: str, status: str
) -> None:
    books = Books(D(received), D(returned), D(excess), D(claimed), D(asked))
    got = rules.payment_status(
        books, refund_open="refund" in flags, any_open="open" in flags, any_failed="failed" in flags
    )
    assert got == status


@proves("DR-807", "DR-810")
@pytest.mark.parametrize(
    ("method", "payer", "amount", "whole", "road", "number"),
    [
        ("stk", "254712345678", "50", False, "b2c", "+254712345678"),
        ("c2b", "+254112345678", "50", True, "b2c", "+254112345678"),
        ("c2b", MASK, "50", True, "reversal", ""),
        ("c2b", "2547 ***** 202", "50", False, "b2c", OWN),
        ("c2b", OTHER_MASK, "50", False, "decide", ""),
        ("c2b", HASH, "50", False, "b2c", OWN),
        ("c2b", HASH.upper(), "50", False, "b2c", OWN),
        ("c2b", "0" * 64, "50", False, "decide", ""),
        ("c2b", "", "50", False, "decide", ""),
        ("stk", "254712345678", "9.99", False, "credit", ""),
        ("stk", "254712345678", "10.00", False, "b2c", "+254712345678"),
        ("bank", "", "50", True, "bank", ""),
        ("credit", "", "50", True, "credit", ""),
        ("cash", "", "50", False, "b2c", OWN),
        ("simulated", "", "50", True, "decide", ""),
    ],
)
def test_the_road_back(method: str, payer: str, amount: str, whole: bool, road: str, number: str) -> None:
    got = rules.road(method=method, payer=payer, own=OWN, amount=D(amount), whole=whole, b2c_min=D(10))
    assert got == (road, number)


@proves("DR-820")
@pytest.mark.parametrize(
    ("amount", "by_system", "admins"),
    [("2000.00", True, 0), ("2000.01", True, 1), ("20000.00", True, 1), ("20000.01", True, 2),
     ("1.00", False, 1), ("20000.00", False, 1), ("20000.01", False, 2)],
)  # fmt: skip
def test_how_many_admins_must_say_yes(amount: str, by_system: bool, admins: int) -> None:
    got = rules.approvals(D(amount), auto_max=D(2000), two_over=D(20000), by_system=by_system)
    assert got == admins


@proves("DR-104")
@pytest.mark.parametrize(
    ("due", "at_most", "refund"),
    [
        ("79.50", "400", "80.00"),
        ("79.49", "400", "79.00"),
        ("79.50", "79.50", "79.00"),
        ("0.49", "9", "0.00"),
    ],
)
def test_a_refund_is_in_whole_shillings(due: str, at_most: str, refund: str) -> None:
    assert rules.refund_sum(D(due), at_most=D(at_most)) == D(refund)


@proves("DR-104")
@given(cents, cents)
def test_a_refund_is_whole_and_never_above_what_there_is(due: Decimal, at_most: Decimal) -> None:
    refund = rules.refund_sum(due, at_most=at_most)
    assert refund == refund.to_integral_value()
    assert refund <= at_most
    assert refund <= due + D("0.50")
    assert refund >= min(due, at_most) - 1


@proves("DR-103")
@given(st.decimals(min_value="0.01", max_value=100_000, places=2))
def test_what_is_asked_is_whole_at_least_one_and_at_most_fifty_cents_off(due: Decimal) -> None:
    asked = whole_shillings(due)
    assert asked == asked.to_integral_value()
    assert asked >= 1
    assert abs(asked - max(due, D("0.50"))) <= D("0.50")


@proves("DR-821")
@given(shillings, shillings, shillings, shillings)
def test_what_goes_back_is_what_came_beyond_the_sum_asked(
    received: Decimal, returned: Decimal, waiting: Decimal, asked: Decimal
) -> None:
    books = Books(received, min(returned, received), D(0), D(0), asked)
    surplus = rules.surplus(books, asked_back=waiting)
    assert 0 <= surplus <= received
    kept = books.received - books.returned - waiting - surplus
    assert surplus == 0 or kept == asked


@given(st.text(max_size=20))
def test_no_text_is_taken_for_a_number(text: str) -> None:
    clear = rules.clear_number(text)
    assert clear is None or (clear.startswith("+254") and len(clear) == 13)
    assert isinstance(rules.fits(text, OWN), bool)
