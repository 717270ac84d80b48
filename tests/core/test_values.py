"""Money, numbers, time, secrets, machines: the values everything else is made of."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from core.clock import ShiftedClock, nairobi_date
from core.errors import NotAllowed, WrongState
from core.machine import NEW, Machine, steps
from core.money import exact, round2, whole_shillings
from core.msisdn import NotKenyanMobile, e164, masked, national
from core.vault import Sealed, Vault
from tests.helpers import DATA_KEY
from tests.proving import proves

CENTS = st.integers(min_value=0, max_value=10**11).map(lambda cents: Decimal(cents).scaleb(-2))


@pytest.mark.parametrize(
    ("due", "asked"), [("0.01", "1"), ("0.50", "1"), ("400.49", "400"), ("400.50", "401")]
)
def test_the_sum_asked_is_whole_shillings_half_up_and_at_least_one(due: str, asked: str) -> None:
    """DR-103"""
    assert whole_shillings(Decimal(due)) == Decimal(asked)


@given(CENTS)
def test_asked_and_due_differ_by_half_a_shilling_at_most(due: Decimal) -> None:
    """DR-103"""
    if due >= Decimal("0.50"):
        assert abs(whole_shillings(due) - due) <= Decimal("0.50")


@proves("DR-102")
@pytest.mark.parametrize(("raw", "rounded"), [("0.005", "0.01"), ("1.004", "1.00"), ("2.675", "2.68")])
def test_amounts_round_half_up_to_the_cent(raw: str, rounded: str) -> None:
    """DR-102"""
    assert round2(Decimal(raw)) == Decimal(rounded)


@proves("DR-101")
@pytest.mark.parametrize("wrong", ["1.005", "10000000000", "NaN", "Infinity"])
def test_an_amount_that_does_not_fit_is_refused(wrong: str) -> None:
    """DR-101"""
    with pytest.raises(ValueError, match="not"):
        exact(wrong)


@proves("DR-101")
def test_a_float_is_never_an_amount() -> None:
    """DR-101"""
    with pytest.raises(TypeError):
        exact(1.5)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "spelling",
    ["0712345678", "712345678", "254712345678", "+254712345678", "+254 712 345-678", "(0712) 345 678"],
)
def test_every_spelling_of_a_number_is_one_number(spelling: str) -> None:
    """DR-108"""
    assert e164(spelling) == "+254712345678"


@pytest.mark.parametrize("spelling", ["0112345678", "112345678", "+254112345678"])
def test_the_new_ranges_are_mobiles_too(spelling: str) -> None:
    """DR-108"""
    assert national(e164(spelling)) == "0112345678"


@pytest.mark.parametrize(
    "wrong", ["", "0202345678", "+2547", "12345", "+255712345678", "nyanya", "0712345678901"]
)
def test_what_is_no_kenyan_mobile_is_refused(wrong: str) -> None:
    """DR-108"""
    with pytest.raises(NotKenyanMobile):
        e164(wrong)


def test_a_log_shows_the_ends_of_a_number_only() -> None:
    """DR-1904"""
    assert masked("+254712345678") == "07******78"


def test_late_evening_in_utc_is_tomorrow_in_nairobi() -> None:
    """DR-109"""
    assert nairobi_date(datetime(2024, 1, 14, 22, 30, tzinfo=UTC)) == date(2024, 1, 15)


def test_a_set_clock_is_ahead_by_what_the_outside_world_wrote(tmp_path: Path) -> None:
    file = tmp_path / "clock"
    assert abs((ShiftedClock(file).now() - datetime.now(UTC)).total_seconds()) < 5
    file.write_text("-86400")
    assert -86405 < (ShiftedClock(file).now() - datetime.now(UTC)).total_seconds() < -86395
    file.write_text("noon")
    assert abs((ShiftedClock(file).now() - datetime.now(UTC)).total_seconds()) < 5


def test_a_hash_of_a_password_costs_what_was_decided() -> None:
    """decisions/0012; most tests pay less (tests/helpers.py)."""
    assert "$argon2id$v=19$m=19456,t=2,p=1$" in Vault([DATA_KEY]).hash_password("wanjiku's farm")


def test_two_data_keys_are_valid_while_one_is_being_changed() -> None:
    """S24"""
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    sealed, digest = Vault([old]).seal("code", "4821"), Vault([old]).digest("code", "4821")
    password = Vault([old]).hash_password("wanjiku's farm")
    both = Vault([new, old])
    assert both.open("code", sealed) == "4821"
    assert both.same(digest, "code", "4821")
    assert both.password_fits(password, "wanjiku's farm")
    assert not both.password_fits(password, "wanjiku's fern")
    assert not both.same(digest, "another purpose", "4821")
    with pytest.raises(Sealed):
        Vault([new]).open("code", sealed)
    with pytest.raises(Sealed):
        both.open("search", sealed)
    assert "4821" not in sealed


DOOR = Machine(
    "door",
    steps("X1", NEW, "build", "shut", "carpenter"),
    steps("X2", "shut locked", "open", "open", "owner"),
    steps("X3", "open shut", "knock", "same", "owner guest"),
)


def test_a_machine_knows_its_steps_and_who_may_take_them() -> None:
    assert DOOR.step(NEW, "build", "carpenter").target == "shut"
    assert DOOR.step("open", "knock", "guest").target == "open"
    assert DOOR.statuses == {"shut", "open", "locked"}
    with pytest.raises(NotAllowed):
        DOOR.step("shut", "open", "guest")
    with pytest.raises(WrongState) as refused:
        DOOR.step("open", "open", "owner")
    assert refused.value.values == {"machine": "door", "status": "open", "event": "open"}


def test_a_machine_with_two_answers_to_one_event_is_refused() -> None:
    with pytest.raises(ValueError, match="two steps"):
        Machine("torn", steps("A", "x", "go", "y", "me"), steps("B", "x", "go", "z", "me"))
