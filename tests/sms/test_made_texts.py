"""Texts by made-up people: read right in both halves of spellings and sentences, never acted on wrongly."""

import pytest

from bench.texts.measuring import measured

FLOOR = 0.97


@pytest.mark.parametrize("held", [0, 1])
def test_made_up_people_are_read(held: int) -> None:
    score = measured(seed=11, count=600, held=held)
    wrong = [(made.text, read) for verdict, made, read in score.missed if verdict == "wrong"]
    assert not wrong
    assert score.share("right") >= FLOOR
    assert score.milliseconds < 5
