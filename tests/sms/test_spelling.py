"""What we put back to somebody is what she could have texted, in her own language."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from locales.catalogue import catalogue
from sms.commands.table import ANYBODYS, BY_ROLE
from sms.keywords import keywords
from sms.reader import Reader
from sms.spelling import keyword_of, spelled
from tests.helpers import CUSTOMER, Cast
from tests.sms.conftest import Desk

# What is never put back: it is no word of hers, or it only tells.
UNWORDED = {"mpesa_confirmation", "keypad_payout", "keypad_number", "keypad_data", "keypad_pin"}
# English words that her texts may say: they are what the reader knows for paying at the door.
LENT: dict[str, set[str]] = {"sw": set(), "kikuyu": {"CASH"}}
ROOMS = (*BY_ROLE.values(), ANYBODYS)
INTENTS = sorted({intent for room in ROOMS for intent in room} - UNWORDED)


@pytest.mark.parametrize("language", ["en", "sw", "kikuyu"])
@pytest.mark.parametrize("intent", INTENTS)
def test_the_word_of_a_command_opens_that_command(intent: str, language: str) -> None:
    word = keyword_of(intent, language).lower()
    found = keywords().by_phrase[word]
    also = {"farmer_price_change": "price"}  # the price that stands behind it makes it a new one
    assert also.get(intent, intent) in found.intents


@pytest.mark.parametrize("language", ["sw", "kikuyu"])
def test_no_text_names_a_command_in_english(language: str) -> None:
    """Whoever is told to text NIMECHUKUA is never told elsewhere to text PICKED."""
    english = {word for intent in INTENTS for word in keyword_of(intent, "en").split()}
    own = {word for intent in INTENTS for word in keyword_of(intent, language).split()} | LENT[language]
    texts = " ".join(re.sub(r"\{\w+\}", "#", text) for text in catalogue(language).values())
    assert set(re.findall(r"\b[A-Z]{2,}\b", texts)) & english <= own


@pytest.mark.parametrize(
    ("said", "role", "language", "shown"),
    [
        ("tomatoes 85 per kg", "farmer", "sw", "BEI nyanya 85 per kg"),
        ("i have 50 bunches of kale at 15", "farmer", "sw", "UZA 50 bunch sukuma wiki 15"),
        ("tomatoes 85 per kg", "farmer", "en", "PRICE tomatoes 85 per kg"),
        ("can i cancel order A3B7", "customer", "kikuyu", "TIGANA NAYO A3B7"),
    ],
)
def test_a_command_in_the_words_of_her_language(
    open_store: Callable[[str], Any], said: str, role: str, language: str, shown: str
) -> None:
    products = open_store("sqlite").products
    reading = Reader(products).read(said, role=role)
    assert reading.ask == "confirm"
    assert spelled(reading, language, products) == shown


def test_what_is_put_back_in_swahili_is_in_swahili(desk: Desk, cast: Cast) -> None:
    desk.text(CUSTOMER, "LANG SW")
    assert "GHAIRI" in desk.text(CUSTOMER, "cancl")
