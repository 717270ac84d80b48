"""One order, two orders: a text in two forms is said in the one that fits its count."""

from decimal import Decimal
from typing import Any, cast

import pytest

from locales.catalogue import LANGUAGES, catalogue
from locales.errors import ERRORS
from locales.mark import FORMS
from locales.voice import Voice, slots_of

WAITING = ERRORS["listings.orders_waiting"]
VOICE = Voice(cast(Any, None))


@pytest.mark.parametrize(
    ("language", "count", "said"),
    [
        ("en", 1, "1 order waits for it. Send it first."),
        ("en", "1", "1 order waits for it. Send it first."),
        ("en", Decimal(1), "1 order waits for it. Send it first."),
        ("en", 0, "0 orders wait for it. Send them first."),
        ("en", 2, "2 orders wait for it. Send them first."),
        ("sw", 1, "Oda 1 inaingojea. Itume kwanza."),
        ("sw", 12, "Oda 12 zinaingojea. Zitume kwanza."),
        ("kikuyu", 1, "Oda 1 imitereire. Ambiriria kumituma."),
        ("kikuyu", 3, "Oda 3 ciiitereire. Ambiriria gucituma."),
    ],
)
def test_the_form_that_fits_the_count_is_said(language: str, count: Any, said: str) -> None:
    assert VOICE.say(language, WAITING, count=count) == said


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_in_two_forms_has_both_in_every_language_and_is_measured_by_the_longer(
    language: str,
) -> None:
    texts = [text for text in catalogue("en") if FORMS in text]
    assert texts
    for text in texts:
        assert catalogue(language)[text].count(FORMS) == 1
        assert len(VOICE.full(language, text)) >= max(
            len(form.format_map({"count": "9"} | dict.fromkeys(_others(text), "")))
            for form in catalogue(language)[text].split(FORMS)
        )


def _others(text: str) -> set[str]:
    return set(slots_of(text)) - {"count"}
