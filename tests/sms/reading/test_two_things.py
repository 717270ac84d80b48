"""Two commands in one text: neither is done, neither is lost without a word (issue 5, DR-1510)."""

import pytest

from sms.reader import Reader
from sms.reading.lines import Catalogue
from tests.proving import proves


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(Catalogue())


@proves("DR-1510")
@pytest.mark.parametrize(
    ("text", "role", "first"),
    [
        ("cancel A3B7 and pay K9ME", "customer", ("cancel", "A3B7")),
        ("cancel A3B7, K9ME", "customer", ("cancel", "A3B7")),
        ("cancel A3B7 and K9ME", "customer", ("cancel", "A3B7")),
        ("pay A3B7 and rate K9ME 5", "customer", ("pay", "A3B7")),
        ("rate A3B7 5 and pay K9ME", "customer", ("rate", "A3B7")),
        ("cancel A3B7 and 5kg tomatoes", "customer", ("cancel", "A3B7")),
        ("5kg tomatoes and cancel A3B7", "customer", ("order", None)),
        ("order 5kg tomatoes and pay A3B7", "customer", ("order", None)),
        ("complain A3B7 rotten, cancel K9ME", "customer", ("complain", "A3B7")),
        ("picked 1042 and on the way", "rider", ("rider_picked", "1042")),
        ("arrived A3B7 done 4821", "rider", ("rider_arrived", "A3B7")),
        ("done A3B7 4821 and picked K9ME", "rider", ("rider_done", "A3B7")),
        ("failed A3B7 gate closed and picked K9ME", "rider", ("rider_failed", "A3B7")),
        ("accept A3B7 reject K9ME", "farmer", ("farmer_accept", "A3B7")),
        ("packed A3B7 and K9ME", "farmer", ("farmer_packed", "A3B7")),
        ("reject A3B7 no stock, accept K9ME", "farmer", ("farmer_reject", "A3B7")),
    ],
)
def test_nothing_is_done_and_the_first_is_known(
    reader: Reader, text: str, role: str, first: tuple[str, str | None]
) -> None:
    read = reader.read(text, role=role)
    assert read.intent == "unknown"
    assert read.first is not None
    assert (read.first.intent, read.first.slots.get("order") or read.first.slots.get("job")) == first


@pytest.mark.parametrize(
    ("text", "role", "intent"),
    [
        ("nyanya 5kg na sukuma 2 na vitunguu 3kg", "customer", "order"),
        ("rate A3B7 4 nyanya zilikuwa poa", "customer", "rate"),
        ("complain A3B7 half rotten and two missing", "customer", "complain"),
        ("failed A3B7 customer cancel", "rider", "rider_failed"),
        ("reject A3B7 price is too low", "farmer", "farmer_reject"),
        ("sawa accept A3B7", "farmer", "farmer_accept"),
        ("ok done A3B7 4821", "rider", "rider_done"),
        ("pay A3B7 now please mpesa", "customer", "pay"),
    ],
)
def test_one_command_with_more_words_stays_one(reader: Reader, text: str, role: str, intent: str) -> None:
    read = reader.read(text, role=role)
    assert (read.intent, read.first, read.ask if intent != "order" else None) == (intent, None, None)


@pytest.mark.parametrize("language", ["sw", "kikuyu"])
def test_a_name_of_two_meanings_is_first_asked_about_as_her_language_means_it(
    reader: Reader, language: str
) -> None:
    """`njugu` are groundnuts in Swahili, pigeon peas in Kikuyu; both are offered."""
    [item] = reader.read("njugu 2kg", language=language).items
    own = {"sw": "groundnuts", "kikuyu": "pigeon-peas"}[language]
    assert item["candidates"][0] == own
    assert len(item["candidates"]) == 2
