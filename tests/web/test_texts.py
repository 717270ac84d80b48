"""Messages as an admin reads them (DR-1205, DR-1904)."""

import pytest

from locales.voice import Voice
from web.texts import text_of


class Names:
    """Product names without a database."""

    def name(self, product_id: int, language: str) -> str:
        return {"en": "tomatoes", "sw": "nyanya", "kikuyu": "nyanya"}[language]


VOICE = Voice(Names())
CODED = {"order": "A3B7", "person": "Kamau", "phone": "+254712000303"}


@pytest.mark.parametrize("language", ["en", "sw", "kikuyu"])
@pytest.mark.parametrize("code", [{"secret": "delivery:12"}, "4821"])
def test_a_code_is_dots_in_every_language_and_a_number_is_masked(language: str, code: object) -> None:
    words = text_of(VOICE, language, "rider_and_code", {**CODED, "code": code})
    assert "••••" in words
    assert "4821" not in words
    assert "delivery:12" not in words
    assert "07******03" in words
    assert "000303" not in words


def test_a_refusal_is_shown_with_its_values() -> None:
    words = text_of(VOICE, "en", "error:deliveries.wrong_code", {"left": 4})
    assert words.startswith("Wrong code. Nothing has changed. Tries left: 4")


@pytest.mark.parametrize(
    ("code", "values"),
    [("no_such_message", {}), ("rider_and_code", {}), ("error:no.such", {}), ("quote", {"total": "x"})],
)
def test_what_cannot_be_put_into_words_is_named(code: str, values: dict[str, str]) -> None:
    assert text_of(VOICE, "en", code, values) == f"({code})"
