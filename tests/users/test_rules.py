"""What a password, a PIN, an address may look like: tables, without a database."""

import itertools
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DomainError
from core.users import rules
from core.users.errors import (
    EmailWrong,
    PasswordTooLong,
    PasswordTooShort,
    PhotoWrong,
    PinNotFourDigits,
    PinsDiffer,
    PinTooEasy,
)
from tests.proving import proves

EASY = [
    "0000",
    "1111",
    "9999",
    "1234",
    "2345",
    "6789",
    "4321",
    "9876",
    "8901",
    "7890",
    "0987",
    "1212",
    "4747",
]
FINE = ["4711", "1357", "1235", "1123", "1221", "2580", "1022", "9998"]


@proves("DR-207")
@pytest.mark.parametrize("pin", EASY)
def test_a_run_or_a_repeat_is_no_pin(pin: str) -> None:
    with pytest.raises(PinTooEasy):
        rules.check_pin(pin, pin)


@pytest.mark.parametrize("pin", FINE)
def test_any_other_four_digits_are_a_pin(pin: str) -> None:
    rules.check_pin(pin, pin)


@pytest.mark.parametrize("pin", ["", "471", "47110", "47a1", " 4711", "4711\n", "٤٧١١", "-471", "4.71"])
def test_a_pin_is_four_digits_and_nothing_else(pin: str) -> None:
    with pytest.raises(PinNotFourDigits):
        rules.check_pin(pin, pin)


def test_a_pin_is_typed_twice_alike() -> None:
    with pytest.raises(PinsDiffer):
        rules.check_pin("4711", "4712")


@given(st.integers(0, 9999))
def test_few_pins_are_refused_and_each_for_its_reason(number: int) -> None:
    pin = f"{number:04d}"
    digits = [int(digit) for digit in pin]
    repeat = digits[:2] == digits[2:]
    up = all((b - a) % 10 == 1 for a, b in itertools.pairwise(digits))
    down = all((a - b) % 10 == 1 for a, b in itertools.pairwise(digits))
    assert rules.is_easy(pin) is (repeat or up or down)


def test_a_hundred_and_twenty_pins_are_too_easy() -> None:
    assert sum(rules.is_easy(f"{number:04d}") for number in range(10_000)) == 120


@proves("DR-205")
@pytest.mark.parametrize(
    ("password", "refusal"),
    [("", PasswordTooShort), ("1234567", PasswordTooShort), ("x" * 201, PasswordTooLong)],
)
def test_a_password_has_eight_characters_or_more_and_an_end(
    password: str, refusal: type[DomainError]
) -> None:
    with pytest.raises(refusal) as caught:
        rules.check_password(password)
    assert caught.value.values == {"count": 8 if refusal is PasswordTooShort else 200}
    rules.check_password("12345678")
    rules.check_password("x" * 200)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("John@Example.com", "john@example.com"), (" a.b+c@mail.co.ke ", "a.b+c@mail.co.ke")],
)
def test_an_address_is_kept_in_one_spelling(typed: str, kept: str) -> None:
    assert rules.email(typed) == kept


BAD = ["", "john", "john@", "@example.com", "a b@example.com", "a@b", "a@-b.com", "a@b..com", "<a@b.com>"]


@pytest.mark.parametrize("typed", [*BAD, "x" * 250 + "@example.com"])
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(EmailWrong):
        rules.email(typed)


def test_a_photo_has_an_https_address() -> None:
    assert rules.photo_url(" https://img.example.com/me.jpg ") == "https://img.example.com/me.jpg"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "me.jpg",
        "http://a.com/x",
        "javascript:alert(1)",
        "https://a.com/x y",
        "data:x",
        "https://localhost/x",
    ],
)
def test_what_might_run_in_a_page_is_no_photo(typed: str) -> None:
    with pytest.raises(PhotoWrong):
        rules.photo_url(typed)


@given(st.text())
@pytest.mark.parametrize("check", [rules.email, rules.photo_url, lambda text: rules.check_pin(text, text)])
def test_whatever_is_typed_is_taken_or_refused_and_nothing_else(
    check: Callable[[str], object], text: str
) -> None:
    try:
        check(text)
    except DomainError:
        return
