"""Texts of other writers, labelled before they were read: read as meant, never acted on wrongly."""

import json
from pathlib import Path
from typing import Any

import pytest

from bench.texts.measuring import HARMLESS
from sms.reader import Reader
from sms.reading.lines import Catalogue, spelled
from tests.proving import proves

HERE = Path(__file__).parent
# Who wrote, and how much of it is read as meant at least. The rest is asked about.
FLOORS = {
    "third_writer": 0.95, "fourth_writer": 0.95, "fifth_writer": 0.97, "sixth_writer": 0.95,
    "seventh_writer": 0.97, "eighth_writer": 0.98, "ninth_writer": 0.9, "tenth_writer": 0.9,
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
