"""Texts of other writers, labelled before they were read: read as meant, never acted on wrongly."""

import json
from pathlib import Path
from random import Random
from time import thread_time
from typing import Any

import pytest

from bench.texts.measuring import HARMLESS
from sms.reader import Reader
from sms.reading.lines import Catalogue, spelled
from tests.proving import proves

HERE = Path(__file__).parent
# Latin, what is laid over letters, Hebrew, Arabic digits, bidi marks, surrogates, emoji, the last of all.
STREWN = (
    (0, 0x250), (0x300, 0x370), (0x5D0, 0x600), (0x660, 0x66A), (0x2000, 0x2070), (0xD800, 0xD808),
    (0xFEFF, 0xFF00), (0x1F300, 0x1F340), (0x10FFFE, 0x110000),
)  # fmt: skip
ROLES = (None, "customer", "farmer", "rider", "agent", "nobody")
AWAITING = (
    None, "quote_confirm", "place", "choose_number", "rate", "rider_offer", "item_available", "price_confirm",
    "quantity", "text", "shelf", "yes_no", "nothing",
)  # fmt: skip
# Who wrote, and how much of it is read as meant at least. The rest is asked about.
FLOORS = {
    "third_writer": 0.95, "fourth_writer": 0.95, "fifth_writer": 0.97, "sixth_writer": 0.95,
    "seventh_writer": 0.97, "eighth_writer": 0.98, "ninth_writer": 0.9, "tenth_writer": 0.9,
    "eleventh_writer": 0.93, "twelfth_writer": 0.92, "lookalikes": 0.98,
}  # fmt: skip


def texts_of(writer: str) -> list[dict[str, Any]]:
    """What she wrote, with what she meant."""
    return [json.loads(line) for line in (HERE / f"{writer}.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(Catalogue())


def verdict_on(text: dict[str, Any], read: dict[str, Any]) -> str:
    """right, asked (nothing is done), told (something else is told) or wrong (done, and was not meant)."""
    slots = {name: value for name, value in read["slots"].items() if name != "error"}
    if (read["intent"], slots) == (text["intent"], {k: v for k, v in text["slots"].items() if k != "error"}):
        return "right"
    nothing_done = bool(read["ask"]) or read["intent"] == "unknown"
    if nothing_done and text["intent"] == "unknown":
        return "right"
    return "asked" if nothing_done else "told" if read["intent"] in HARMLESS else "wrong"


@proves("DR-1510")
@pytest.mark.parametrize("writer", FLOORS)
def test_another_writer_is_read_and_never_acted_on_wrongly(reader: Reader, writer: str) -> None:
    missed: dict[str, list[tuple[str, dict[str, Any]]]] = {"right": [], "asked": [], "told": [], "wrong": []}
    texts = texts_of(writer)
    for text in texts:
        read = spelled(reader.read(text["text"], role=text.get("role"), awaiting=text.get("awaiting")))
        missed[verdict_on(text, read)].append((text["text"], read))
    assert missed["wrong"] == []
    assert len(missed["right"]) >= FLOORS[writer] * len(texts), missed["asked"] + missed["told"]


def test_reading_takes_less_than_five_milliseconds(reader: Reader) -> None:
    """Of a hundred texts at most one takes longer, by the processor's time, on a quiet or a busy machine."""
    texts = [text for writer in FLOORS for text in texts_of(writer)[::3]]
    took = sorted(min(_seconds(reader, text) for _try in range(2)) for text in texts)
    assert took[len(took) * 99 // 100] < 0.005


def _seconds(reader: Reader, text: dict[str, Any]) -> float:
    began = thread_time()
    reader.read(text["text"], role=text.get("role"), awaiting=text.get("awaiting"))
    return thread_time() - began


def test_nothing_that_a_phone_can_send_breaks_the_reader(reader: Reader) -> None:
    """Signs of every script strewn into texts, shuffled, repeated, half of a surrogate pair."""
    chance = Random(5)
    texts = [text["text"] for writer in FLOORS for text in texts_of(writer)]
    signs = [chr(code) for start, end in STREWN for code in range(start, end)]
    for number in range(600):
        said = list(chance.choice(texts))
        if number % 3 == 0:
            chance.shuffle(said)
        for _sign in range(chance.randrange(6)):
            said.insert(chance.randrange(len(said) + 1), chance.choice(signs))
        text = "".join(said) * (40 if number % 50 == 0 else 1)
        found = reader.read(text, role=chance.choice(ROLES), awaiting=chance.choice(AWAITING))
        assert json.dumps(spelled(found), default=str)
