"""Counting septets and segments against the shared vectors, and what an operator brings to the screen."""

import json
from pathlib import Path

import pytest

from simulator.gsm import measure, septets, shown

VECTORS = [
    json.loads(line)
    for line in (Path(__file__).parents[2] / "data" / "gsm_vectors.jsonl").read_text().splitlines()
]


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["id"] for vector in VECTORS])
def test_the_shared_vectors_agree(vector: dict[str, object]) -> None:
    size = measure(str(vector["text"]))
    assert (size.encoding, size.units, size.segments) == (
        vector["encoding"],
        vector["units"],
        vector["segments"],
    )


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("abc", 3, ("abc", False)),
        ("abcd", 3, ("abc", True)),
        ("ab{", 3, ("ab", True)),
        ("a{", 3, ("a{", False)),
        ("ĩ🍅", 3, ("??", False)),
    ],
)
def test_a_screen_is_cut_in_septets(text: str, limit: int, expected: tuple[str, bool]) -> None:
    assert shown(text, limit) == expected


def test_an_extension_character_takes_two_septets() -> None:
    assert septets("[€]ab") == 8
