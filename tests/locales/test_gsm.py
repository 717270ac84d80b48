"""GSM-7: counting, segments, folding (contract africastalking 2.5; data/gsm_vectors.jsonl)."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locales.gsm import fold, is_basic, measure, septets

VECTORS = [
    json.loads(line)
    for line in (Path(__file__).parents[2] / "data/gsm_vectors.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["id"])
def test_every_vector_is_measured_as_three_other_programs_measure_it(vector: dict[str, object]) -> None:
    found = measure(str(vector["text"]))
    assert (found.encoding, found.units, found.segments) == (
        vector["encoding"],
        vector["units"],
        vector["segments"],
    )


@pytest.mark.parametrize(
    ("written", "on_the_wire"),
    [
        ("Gĩkũyũ", "Gikuyu"),
        ("ndũma cia mũgũnda", "nduma cia mugunda"),
        ("Ksh\u00a01,500", "Ksh 1,500"),
        ("“sawa” – it’s…", '"sawa" - it\'s...'),
        ("nyanya 🍅 safi", "nyanya  safi"),
        ("a{b}[c]~|\\^€", "a(b)(c)-//'EUR"),
        ("café à Noël", "café à Noel"),
    ],
)
def test_what_the_alphabet_lacks_is_folded_in_one_place(written: str, on_the_wire: str) -> None:
    assert fold(written) == on_the_wire


@given(st.text(max_size=300))
def test_a_folded_text_is_always_in_the_basic_table(text: str) -> None:
    folded = fold(text)
    assert is_basic(folded)
    assert septets(folded) == len(folded)
    assert fold(folded) == folded
