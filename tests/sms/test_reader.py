"""Text in, meaning out: the examples of data/, and the ways people really write."""

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sms.reader import Reader
from sms.reading import Reading

EXAMPLES = [
    json.loads(line)
    for line in (Path(__file__).parents[2] / "data/sms_examples.jsonl").read_text("utf-8").splitlines()
]
Read = Callable[..., Reading]


@pytest.fixture(scope="module")
def read(open_store: Callable[[str], Any]) -> Read:
    return Reader(open_store("sqlite").products).read


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["id"])
def test_every_written_example_is_read_as_it_is_meant(read: Read, example: dict[str, Any]) -> None:
    reading = read(example["text"])
    assert (reading.intent, reading.slots) == (example["intent"], example["slots"])


def order(
    *items: tuple[str | None, str | None, str | None],
) -> list[tuple[str | None, Decimal | None, str | None]]:
    return [(product, None if qty is None else Decimal(qty), unit) for product, qty, unit in items]


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("5kg tomatoes", order(("tomatoes", "5", "kg"))),
        ("5kgtomatoes", order(("tomatoes", "5", "kg"))),
        ("*#5kg tomatoes#", order(("tomatoes", "5", "kg"))),
        ("5kg tomatoes 👍🏾", order(("tomatoes", "5", "kg"))),
        ("tomatoes, 5kg", order(("tomatoes", "5", "kg"))),
        ("hi, i would like 5 kg of tomatoes please", order(("tomatoes", "5", "kg"))),
        ("nataka kununua mchele kilo 5 tafadhali", order(("rice", "5", "kg"))),
        ("nyanya kilo mbili na nusu", order(("tomatoes", "2.5", "kg"))),
        ("mayai kumi na mbili", order(("eggs", "12", None))),
        ("1/2 kg ginger", order(("ginger", "0.5", "kg"))),
        ("500g ginger", order(("ginger", "500", "g"))),
        ("two crates of tomatoes", order(("tomatoes", "2", "crate"))),
        ("a crate of tomatoes", order(("tomatoes", "1", "crate"))),
        ("1 bag 90kg maize", order(("maize-dry", "1", "bag"))),
        ("nyanya kilo mbili na vitunguu kilo tano", order(("tomatoes", "2", "kg"), ("onions", "5", "kg"))),
        ("Order\n5kg tomatoes\n2kg onions", order(("tomatoes", "5", "kg"), ("onions", "2", "kg"))),
        (
            "nyanya 5, vitunguu 3 na sukuma 2",
            order(("tomatoes", "5", None), ("onions", "3", None), ("kale", "2", None)),
        ),
        ("3 pcs pinapple", order(("pineapple", "3", "piece"))),
        ("Ndenda nyanya 5kg", order(("tomatoes", "5", "kg"))),
        ("Gũra waru mũbuko ũmwe", order(("irish-potatoes", "1", "bag"))),
    ],
)  # fmt: skip
def test_orders_are_read_in_any_order_of_words(read: Read, text: str, items: list[Any]) -> None:
    reading = read(text)
    assert reading.intent == "order"
    assert [(i["product"], i["qty"], i["unit"]) for i in reading.items] == items


@pytest.mark.parametrize(
    ("text", "ask", "error"),
    [
        ("NUNUA NYANYA 5", "unit", None),
        ("nyanya", "quantity", "missing_quantity"),
        ("crate of tomatoes", "quantity", "missing_quantity"),
        ("5,5kg tomatoes", "quantity", "bad_quantity"),
        ("5.555 kg tomatoes", "quantity", "bad_quantity"),
        ("0kg tomatoes", "quantity", "bad_quantity"),
        ("-5kg tomatoes", "quantity", "bad_quantity"),
        ("1000000000000kg tomatoes", "quantity", "bad_quantity"),
        ("2 50 kg potatoes", "quantity", "bad_quantity"),
        ("njugu 2kg", "product", None),
        ("order kunde 3", "product", None),
        ("2 matunda", "product", None),
        ("5kg unga", "product", None),
        ("order 5 kg", "product", None),
        ("ORDER", "product", "missing_product"),
    ],
)
def test_what_was_not_said_is_asked_and_never_assumed(
    read: Read, text: str, ask: str, error: str | None
) -> None:
    reading = read(text)
    assert (reading.intent, reading.ask, reading.slots.get("error")) == ("order", ask, error)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("is my 5kg tomato order coming?", "status"),
        ("delivered?", "status"),
        ("A3B7", "status"),
        ("order A3B7", "status"),
        ("yes but only 3kg", "unknown"),
        ("5", "unknown"),
        ("I bought 5kg tomatoes yesterday and they were rotten", "unknown"),
        ("don't send 5kg tomatoes", "unknown"),
        ("sitaki nyanya 5kg", "unknown"),
        ("who will pay for my rotten tomatoes", "unknown"),
        ("no problem", "unknown"),
        ("Yes?", "unknown"),
        ("", "unknown"),
        ("🍅🍅🍅", "unknown"),
        ("x" * 500, "unknown"),
        ("{} {0.__class__} %s", "unknown"),
        ("yes please", "confirm_yes"),
        ("YES YES", "confirm_yes"),
        ("ĩĩ", "confirm_yes"),
        ("no thanks", "confirm_no"),
        ("?", "help"),
        ("END", "stop"),
        ("TERMS", "terms"),
        ("mashariti", "terms"),
        ("off duty", "rider_off"),
    ],
)
def test_what_only_looks_like_a_command_does_nothing(read: Read, text: str, intent: str) -> None:
    assert read(text).intent == intent


@pytest.mark.parametrize(
    ("text", "awaiting", "intent", "slots"),
    [
        ("1", "quote_confirm", "confirm_yes", {}),
        ("1", "choose_number", "choose", {"choice": 1}),
        ("no. 2", "choose_number", "choose", {"choice": 2}),
        ("mbili", "choose_number", "choose", {"choice": 2}),
        ("4", "rate", "rate", {"stars": 4}),
        ("nyota 4 asante", "rate", "rate", {"stars": 4}),
        ("6", "rate", "rate", {"error": "bad_rating"}),
        ("Kangemi near the Total station", "place", "place", {"place": "Kangemi near the Total station"}),
        ("Kangemi, behind 2nd shop", "place", "place", {"place": "Kangemi, behind 2nd shop"}),
        ("STOP", "place", "stop", {}),
        ("HELP", "place", "help", {}),
    ],
)
def test_an_open_question_changes_how_a_text_is_read(
    read: Read, text: str, awaiting: str, intent: str, slots: dict[str, Any]
) -> None:
    reading = read(text, awaiting=awaiting)
    assert (reading.intent, reading.slots) == (intent, slots)


@pytest.mark.parametrize("text", ["yes but only 3kg", "3kg", "ndio lakini kilo 3 tu"])
def test_a_yes_with_a_but_is_another_amount_and_no_yes(read: Read, text: str) -> None:
    reading = read(text, awaiting="quote_confirm")
    assert (reading.intent, reading.ask) == ("order", "confirm")
    assert [(i["product"], i["qty"], i["unit"]) for i in reading.items] == order((None, "3", "kg"))


@pytest.mark.parametrize("text", ["5kg onions", "vitunguu kilo 5"])
@pytest.mark.parametrize("awaiting", ["place", "rate", "quote_confirm", "choose_number"])
def test_a_whole_new_order_is_one_whatever_was_asked(read: Read, text: str, awaiting: str) -> None:
    reading = read(text, awaiting=awaiting)
    assert reading.intent == "order"
    assert [(i["product"], i["qty"], i["unit"]) for i in reading.items] == order(("onions", "5", "kg"))


@pytest.mark.parametrize(
    ("text", "intent", "slots"),
    [
        ("4821", "rider_done", {"code": "4821"}),
        ("done 4821", "rider_done", {"code": "4821"}),
        ("DONE A3B7 4821", "rider_done", {"job": "A3B7", "code": "4821"}),
        ("done 4821 a3b7", "rider_done", {"job": "A3B7", "code": "4821"}),
        ("done a3 b7 4821", "rider_done", {"job": "A3B7", "code": "4821"}),
        ("imefika A3B7 0042", "rider_done", {"job": "A3B7", "code": "0042"}),
        ("done A3B7", "rider_done", {"job": "A3B7", "error": "missing_code"}),
        ("PICKED a3b7", "rider_picked", {"job": "A3B7"}),
        ("DONE G4DB 4821", "rider_done", {"job": "G4DB", "code": "4821"}),  # g is no gram here
        ("PICKED l2qq", "rider_picked", {"job": "L2QQ"}),
        ("HELP A3B7", "help", {"text": "A3B7"}),  # as our own texts say to write
        ("MSAADA TFO1AA11AA", "help", {"text": "TFO1AA11AA"}),
        ("nimechukua", "rider_picked", {}),
        ("YES A3B7", "confirm_yes", {"job": "A3B7"}),
        ("ACCEPT A3B7", "rider_accept", {"job": "A3B7"}),
        ("kataa A3B7 niko mbali", "rider_decline", {"job": "A3B7", "reason": "niko mbali"}),
        ("available", "rider_on", {}),
        ("niko tayari", "rider_accept", {}),
        ("NOCODE A3B7", "nocode", {"job": "A3B7"}),
    ],
)
def test_a_riders_words(read: Read, text: str, intent: str, slots: dict[str, Any]) -> None:
    reading = read(text, role="rider")
    assert (reading.intent, reading.slots) == (intent, slots)


def test_four_digits_are_a_code_only_from_a_rider(read: Read) -> None:
    assert read("4821", role="customer").intent == "unknown"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("5kg tomatoes", "en"),
        ("NUNUA NYANYA 5", "sw"),
        ("gura waru 5", "ki"),
        ("Ndenda nyanya 5kg", "ki"),
        ("vitunguu kilo mbili", "sw"),
        ("5kg", None),
        ("nyanya 5kg", None),
    ],
)
def test_the_words_tell_the_language(read: Read, text: str, language: str | None) -> None:
    assert read(text).language == language
