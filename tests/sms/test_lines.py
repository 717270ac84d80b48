"""`python -m sms.reader`: a line in, a line out, whatever the line is; and the data's own examples."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from locales.gsm import measure
from sms.reading.lines import main

DATA = Path(__file__).parents[2] / "data"


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text("utf-8").splitlines()]


def read(*lines: str) -> list[dict[str, Any]]:
    target = io.StringIO()
    main(io.StringIO("\n".join(lines)), target)
    return [json.loads(line) for line in target.getvalue().splitlines()]


def test_the_examples_are_read_as_they_are_written() -> None:
    examples = rows("sms_examples.jsonl")
    for example, reading in zip(examples, read(*(json.dumps(e) for e in examples)), strict=True):
        assert (reading["intent"], reading["slots"]) == (example["intent"], example["slots"]), example["text"]


def test_an_mpesa_text_gives_its_fields() -> None:
    examples = rows("mpesa_sms_examples.jsonl")
    for example, reading in zip(examples, read(*(json.dumps(e) for e in examples)), strict=True):
        expected = {name: value for name, value in example["expected"].items() if name != "note"}
        assert reading["intent"] == "mpesa_confirmation"
        assert {name: reading["slots"].get(name) for name in expected} == expected, example["id"]


def test_texts_are_measured_as_independent_programs_measure_them() -> None:
    for vector in rows("gsm_vectors.jsonl"):
        measured = measure(vector["text"])
        found = (measured.encoding, measured.units, measured.segments)
        assert found == (vector["encoding"], vector["units"], vector["segments"]), vector["id"]


@pytest.mark.parametrize(
    "line",
    [
        "not json",
        "[]",
        "null",
        '{"text": 5}',
        '{"text": null, "role": 7}',
        '{"txt": "order 5kg tomatoes"}',
        '{"text": "\\u0000\\u202e\\ud83d"}',
        json.dumps({"text": "'; DROP TABLE users; -- {0} %s <b>=1+1"}),
        json.dumps({"text": "9" * 1600}),
        json.dumps({"text": "a" * 1600}),
        "[" * 5000,
    ],
)
def test_no_line_stops_it(line: str) -> None:
    first, second = read(line, '{"text": "order 5kg tomatoes"}')
    assert first["intent"] == "unknown"
    assert second == {
        "intent": "order",
        "slots": {"items": [{"product": "tomatoes", "qty": 5, "unit": "kg"}]},
        "confidence": 0.95,
        "ask": None,
    }
