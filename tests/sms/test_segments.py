"""Which texts may take more than one segment, each with its reason, and no other (DR-1509)."""

import pytest

from locales.catalogue import LANGUAGES
from locales.gsm import measure
from locales.messages import MESSAGES
from locales.segments import LONGER
from locales.voice import slots_of
from sms import texts
from tests.proving import proves
from tests.sms.test_messages import AMOUNT, OFFERS, VALUES, VOICE

LINES = 8


def longest(code: str, lines: int) -> int:
    """Segments of a message with so many lines and all its slots full, in the language that needs most."""
    values = VALUES | {"lines": [{"amount_of": AMOUNT, "product": 1}] * lines}
    values |= {name: "100000" for name in ("kept", "short") if name in slots_of(MESSAGES[code].text)}
    if MESSAGES[code].listing == "shelf":
        values |= {"options": OFFERS[code.removesuffix("_last").removesuffix("_one")]}
    said = (texts.render(VOICE, language, code, values, reveal=lambda _: "4821") for language in LANGUAGES)
    return max(measure(text).segments for text in said)


@proves("DR-1509")
def test_what_can_be_longer_than_a_segment_is_listed_with_its_reason() -> None:
    found = {code for code, message in MESSAGES.items() if message.texted and longest(code, LINES) > 1}
    assert found == set(LONGER)


@pytest.mark.parametrize("code", sorted(LONGER))
def test_the_listed_ones_are_one_segment_with_up_to_three_lines_and_never_over_four(code: str) -> None:
    assert longest(code, 3) == 1
    assert longest(code, LINES) <= 4
    assert len(LONGER[code]) > 20
