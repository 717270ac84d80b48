"""How much is paid out, for any balance, and every row of the machine (DR-104, DR-1302)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import NotAllowed, WrongState
from core.machine import NEW
from core.payouts.machine import PAYOUT
from core.payouts.rules import Limits, needs_admin, payout_sum
from tests.proving import proves

D = Decimal
LIMITS = Limits(minimum=D(100), most=D(250_000), least=D(10))


@proves("DR-1302", "DR-104")
@pytest.mark.parametrize(
    ("payable", "waited", "amount"),
    [
        ("99.99", False, "0"), ("100.00", False, "100"), ("100.99", False, "100"), ("99.99", True, "99"),
        ("10.00", True, "10"), ("9.99", True, "0"), ("-5.00", True, "0"), ("250000.99", False, "250000"),
        ("900000.00", False, "250000"),
    ],
)  # fmt: skip
def test_the_sum_of_a_payout(payable: str, waited: bool, amount: str) -> None:
    assert payout_sum(D(payable), LIMITS, waited=waited) == D(amount)


@proves("DR-104", "INV-8")
@given(st.decimals(min_value=-1000, max_value=10**7, places=2), st.booleans())
def test_it_is_whole_within_its_bounds_and_never_above_the_balance(payable: Decimal, waited: bool) -> None:
    amount = payout_sum(payable, LIMITS, waited=waited)
    assert amount == amount.to_integral_value()
    assert 0 <= amount <= max(payable, D(0))
    assert amount <= LIMITS.most
    assert amount == 0 or payable - amount < 1 or amount == LIMITS.most


@proves("DR-1302")
@pytest.mark.parametrize(
    ("amount", "first", "looked_at"),
    [("50000.00", False, False), ("50000.01", False, True), ("1.00", True, True)],
)
def test_which_an_admin_must_look_at(amount: str, first: bool, looked_at: bool) -> None:
    assert needs_admin(D(amount), first=first, two_over=D(50000)) is looked_at


@proves("DR-1303")
def test_every_row_of_the_table_and_every_refused_one() -> None:
    known = {(step.source, step.event): step for step in PAYOUT.steps}
    for source in {NEW, *PAYOUT.statuses}:
        for event in {step.event for step in PAYOUT.steps}:
            for role in ("customer", "farmer", "rider", "admin", "system"):
                step = known.get((source, event))
                if step is None:
                    with pytest.raises(WrongState):
                        PAYOUT.step(source, event, role)
                elif role in step.who:
                    assert PAYOUT.step(source, event, role) is step
                else:
                    with pytest.raises(NotAllowed):
                        PAYOUT.step(source, event, role)
    assert {event for (source, event) in known if source == "unknown"} == {"paid", "fail"}
    assert not {source for (source, _event) in known} & {"paid", "cancelled"}
