"""What people type for a number, a name, a place: a value, or the sentence that helps."""

from decimal import Decimal

import pytest

from menus import parse
from menus.talk import Again
from tools.check_menus import full_talk


@pytest.mark.parametrize(
    ("typed", "value"),
    [("50", "50"), (" 50 ", "50"), ("5.5", "5.5"), ("5,5", "5.5"), ("5,25", "5.25"), ("0.25", "0.25"),
     ("50kg", "50"), ("50 KG", "50"),
     ("5 kilo", "5"), ("007", "7"), ("KSh 80", "80"), ("80/=", "80"), ("Sh80", "80")],
)  # fmt: skip
def test_numbers_as_people_write_them(typed: str, value: str) -> None:
    assert parse.number(typed) == Decimal(value)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("5.555", parse.TWO_DECIMALS),
        ("5,555", parse.NO_THOUSANDS),
        ("1,000,000", parse.NO_THOUSANDS),
        ("0", parse.ABOVE_ZERO),
        ("0,00", parse.ABOVE_ZERO),
        ("-5", parse.ABOVE_ZERO),
        ("abc", parse.DIGITS_ONLY),
        ("", parse.DIGITS_ONLY),
        ("5 5 kg x", parse.DIGITS_ONLY),
        ("1e5", parse.DIGITS_ONLY),
        ("٥٠", parse.DIGITS_ONLY),
        ("½", parse.DIGITS_ONLY),
        ("🍅", parse.DIGITS_ONLY),
        ("5.5.5", parse.DIGITS_ONLY),
        ("NaN", parse.DIGITS_ONLY),
    ],
)
def test_what_is_no_number_is_told_how_to_be_one(typed: str, sentence: str) -> None:
    with pytest.raises(Again) as again:
        parse.number(typed)
    assert again.value.text == sentence


@pytest.mark.parametrize(
    ("unit", "typed", "sentence"),
    [("crate", "2.5", parse.WHOLE_ONLY), ("bag 90kg", "1,5", parse.WHOLE_ONLY),
     ("kg", "1000000000000", parse.TOO_MANY), ("piece", "100000", parse.TOO_MANY)],
)  # fmt: skip
def test_dr_105_packs_are_whole_and_nobody_has_a_million(unit: str, typed: str, sentence: str) -> None:
    talk = full_talk("en")
    talk.slots["unit"] = unit
    with pytest.raises(Again) as again:
        parse.quantity(talk, typed)
    assert again.value.text == sentence


def test_dr_404_a_price_is_between_one_shilling_and_a_million() -> None:
    talk = full_talk("en")
    assert parse.price(talk, "1000000") == "1000000"
    for typed, sentence in (("0.99", parse.ABOVE_ZERO), ("1000001", parse.TOO_MUCH)):
        with pytest.raises(Again) as again:
            parse.price(talk, typed)
        assert again.value.text == sentence


@pytest.mark.parametrize(
    ("typed", "name"),
    [("wanjiku", "Wanjiku"), ("MARY", "Mary"), ("ng'ang'a", "Ng'ang'a"), ("Mary-Anne", "Mary-Anne"),
     ("mũthoni", "Mũthoni"), ("  wa   njiku ", "Wa Njiku"), ("McOwino", "McOwino")],
)  # fmt: skip
def test_names(typed: str, name: str) -> None:
    assert parse.first_name(full_talk("sw"), typed) == name


@pytest.mark.parametrize("typed", ["123", "a1", "🙂", "'", "-", "@home", "<b>", "{name}"])
def test_what_is_no_name(typed: str) -> None:
    with pytest.raises(Again):
        parse.first_name(full_talk("sw"), typed)


@pytest.mark.parametrize("typed", ["12", "🙂🙂🙂", "**", "ab"])
def test_what_no_rider_could_find(typed: str) -> None:
    with pytest.raises(Again):
        parse.landmark(full_talk("sw"), typed)


@pytest.mark.parametrize(
    ("typed", "fits"),
    [("4821", True), ("48 21", True), ("482", False), ("48211", False), ("482a", False), ("٤٨٢١", False)],
)
def test_dr_1205_a_code_has_four_digits(typed: str, fits: bool) -> None:
    if fits:
        assert parse.code(full_talk("kikuyu"), typed) == "4821"
    else:
        with pytest.raises(Again):
            parse.code(full_talk("kikuyu"), typed)
