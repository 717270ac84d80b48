"""Numbers in messages between parties, however they are written (DR-1603)."""

import pytest

from core.support.hiding import hidden, hidden_tills
from tests.proving import proves

NUMBERS = [
    ("call 0712345678", "call 07******78"),
    ("0712-345-678 or +254 712 345 678", "07******78 or 07******78"),
    ("0 7 1 2 3 4 5 6 7 8", "***"),
    ("0.7.1.2/3*4 5_6 7 8", "***"),
    ("call O7I2 345 678 now", "call *** now"),
    ("\u0660\u0667\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668", "07******78"),
    ("zero seven one two, three four five six seven eight", "***"),
    ("ni sifuri saba moja na mbili tatu nne tano", "ni ***"),
    ("oh seven double two one triple three", "***"),
    ("zero seven twelve thirty-four fifty six", "***"),
    ("07-twelve-34-five six 78", "***"),
    ("my number ends 45 345", "my number ends ***"),
    ("lipa till 522533", "lipa till ***"),
    ("Till No. 522 533 asante", "Till No. *** asante"),
    ("paybill 247247 account 0123", "paybill *** account ***"),
    ("pochi la biashara ni 0722", "pochi la biashara ni ***"),
    ("tuma kwa 522533", "tuma kwa ***"),
    ("see www.mashamba.co.ke", "see ***"),
]
FIGURES = [
    "I bring 5kg by 10:30-11:30",
    "come 12/12/2026 or 13.12.",
    "order TUN250624A3B7 costs 4500, A3B7 and 240115A3B7",
    "KSh 12,000 for 20 na 30 crates",
    "house 45, gate 3, floor 2",
    "kumi na tano, not fifteen or twenty",
    "2-3 kg more, one two three",
    "wait till the gate is open at 7",
]


@proves("DR-1603")
@pytest.mark.parametrize(("text", "shown"), NUMBERS)
def test_a_number_to_call_or_to_pay_is_hidden(text: str, shown: str) -> None:
    assert hidden(text) == shown


@pytest.mark.parametrize("text", FIGURES)
def test_what_people_tell_each_other_about_goods_is_not(text: str) -> None:
    assert hidden(text) == text


@proves("DR-1603")
def test_who_may_call_each_other_still_see_no_till() -> None:
    assert hidden_tills("call 0712345678, till 522533") == "call 0712345678, till ***"
