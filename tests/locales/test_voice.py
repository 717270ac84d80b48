"""One voice: slots by name, budgets on the wire, proper spelling on the web, user text never a format."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from locales.catalogue import LANGUAGES
from locales.check import faults
from locales.gsm import is_basic, septets
from locales.slots import SLOTS
from locales.voice import UnknownSlot, Voice


class Names:
    def name(self, product_id: int, language: str) -> str:
        return {"en": "African nightshade", "sw": "Mnavu", "kikuyu": "Managũ"}[language]


VOICE = Voice(Names())
WED = date(2025, 6, 25)


@pytest.mark.parametrize(
    ("language", "slot", "value", "written"),
    [
        ("en", "total", Decimal("400.00"), "KSh 400"),
        ("sw", "market", "79.94", "KSh 79.94"),
        ("en", "qty", "5.00", "5"),
        ("en", "qty", Decimal("2.50"), "2.5"),
        ("en", "amount_of", {"qty": "5.00", "unit": "kg"}, "5kg"),
        ("en", "amount_of", {"qty": "2.00", "unit": "crate 64kg", "kg": "128.00"}, "2 crates (about 128kg)"),
        ("sw", "amount_of", {"qty": "1.00", "unit": "bag 90kg", "kg": "90.00"}, "gunia 1 (kama 90kg)"),
        ("kikuyu", "amount_of", {"qty": "3", "unit": "bunch", "kg": "1.5"}, "ciohe 3 (ta 1.5kg)"),
        ("en", "amount_of", {"qty": "3", "unit": "bunch", "kg": "1.2"}, "3 bunches (about 1.2kg)"),
        ("sw", "amount_of", {"qty": "1", "unit": "bunch"}, "fungu 1"),
        ("sw", "amount_of", {"qty": "2.50", "unit": "kg"}, "2.5kg"),
        ("en", "amount_of", {"qty": "10", "unit": "litre", "kg": "10"}, "10 litres"),
        ("en", "day", WED, "Wed 25"),
        ("sw", "day", "2025-06-25", "Jtn 25"),
        ("en", "time", datetime(2025, 6, 24, 11, 2, tzinfo=UTC), "14:02"),
        ("sw", "month", date(2025, 5, 15), "Mei"),
        ("en", "phone", "+254712000101", "0712000101"),
        ("en", "product", 7, "African"),
        ("kikuyu", "product", 7, "Managu"),
        ("en", "farm", "Wanjiku wa Kamau na Wana", "Wanjiku wa"),
    ],
)
def test_a_slot_is_written_by_its_name(language: str, slot: str, value: Any, written: str) -> None:
    assert VOICE.say(language, "{" + slot + "}", **{slot: value}) == written


@pytest.mark.parametrize(
    ("language", "qty", "unit", "written"),
    [
        ("en", "1", "bunch", "Only 1 bunch left."),
        ("en", "3", "bunch", "Only 3 bunches left."),
        ("en", "2", "bag 90kg", "Only 2 bags left."),
        ("en", "3", "kg", "Only 3kg left."),
        ("sw", "3", "bunch", "Imebaki mafungu 3 tu."),
        ("kikuyu", "2", "bag 90kg", "Gutigarite mibuko 2 tu."),
    ],
)
def test_a_number_and_its_unit_agree_and_stand_as_the_language_has_them(
    language: str, qty: str, unit: str, written: str
) -> None:
    assert VOICE.say(language, "Only {left_of} left.", left=qty, unit=unit) == written


def test_the_web_shows_proper_spelling_and_cuts_nothing() -> None:
    assert VOICE.show("kikuyu", "{product}", product=7) == "Managũ"
    assert VOICE.show("en", "{farm}", farm="Wanjiku wa Kamau na Wana") == "Wanjiku wa Kamau na Wana"


@pytest.mark.parametrize("nasty", ["{total}", "{0.__class__}", "%s %d", "{", "}}{{", "{product!r:>99}"])
def test_what_a_person_wrote_is_never_read_as_a_format(nasty: str) -> None:
    """S9"""
    said = VOICE.say("en", "You wrote: {text}", text=nasty)
    assert said.startswith("You wrote: ")
    assert "object" not in said
    assert "KSh" not in said


def test_an_unknown_slot_is_refused_by_name() -> None:
    with pytest.raises(UnknownSlot, match="nonsense"):
        VOICE.say("en", "{nonsense}", nonsense=1)


@pytest.mark.parametrize("name", SLOTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_widest_value_of_a_slot_fills_its_budget_and_stays_in_the_alphabet(
    name: str, language: str
) -> None:
    full = VOICE.full(language, "{" + name + "}")
    assert septets(full) == SLOTS[name].budget
    assert is_basic(full)


def test_every_text_exists_in_three_languages_with_the_same_slots() -> None:
    assert list(faults()) == []
