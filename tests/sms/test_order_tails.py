"""What ends an order's number is never read as an amount or a price (DR-109, DR-110)."""

from itertools import product

import pytest

from core.orders import rules
from sms.lexicon import UNITS
from sms.words import tokens
from tests.proving import proves

# Whatever stands before or behind a figure as what it is a figure of.
MEASURES = sorted(
    {word.upper() for word in UNITS} | {"KSH", "KES", "SH", "SHS", "KWA", "AT", "X", "K", "BOB"}
)
DIGITS = "23456789"


def tails() -> set[str]:
    """Every four characters with one of the words before or behind its figures."""
    found = set()
    for word in MEASURES:
        rest = 4 - len(word)
        if not 0 < rest < 4:
            continue
        for others in product(rules.ALPHABET, repeat=rest):
            other = "".join(others)
            if any(c in DIGITS for c in other):
                found |= {word + other, other + word}
    return found


@proves("DR-109")
def test_every_tail_that_is_drawn_stays_one_word_in_a_text() -> None:
    drawn = sorted(tail for tail in tails() if rules.good_tail(tail))
    assert len(drawn) > 10_000, "most of them are nobody's amount"
    torn = [tail for tail in drawn if [token.text for token in tokens(tail.lower())] != [tail.lower()]]
    assert torn == []


@pytest.mark.parametrize("tail", ["KG25", "SH42", "KG5A", "BAG5", "KES9", "X300", "X225", "G6KG", "G22L"])
@proves("DR-109")
def test_what_reads_as_an_amount_is_never_drawn(tail: str) -> None:
    assert not rules.good_tail(tail)
