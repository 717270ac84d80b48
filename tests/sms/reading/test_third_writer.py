"""Texts of a third writer, labelled before she had seen the reader: read as meant, never acted on wrongly."""

import json
from pathlib import Path
from typing import Any

import pytest

from bench.texts.measuring import HARMLESS
from sms.reader import Reader
from sms.reading.lines import Catalogue, spelled
from tests.proving import proves

FLOOR = 0.95
TEXTS = [
    json.loads(line)
    for line in (Path(__file__).parent / "third_writer.jsonl").read_text("utf-8").splitlines()
]


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
def test_a_third_writer_is_read_and_never_acted_on_wrongly(reader: Reader) -> None:
    missed: dict[str, list[tuple[str, dict[str, Any]]]] = {"right": [], "asked": [], "told": [], "wrong": []}
    for text in TEXTS:
        read = spelled(reader.read(text["text"], role=text.get("role"), awaiting=text.get("awaiting")))
        missed[verdict_on(text, read)].append((text["text"], read))
    assert missed["wrong"] == []
    assert len(missed["right"]) >= FLOOR * len(TEXTS), missed["asked"] + missed["told"]
