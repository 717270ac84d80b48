"""From a kept code and its values to words, the same for every channel."""

from typing import Any

import pytest

from locales import notice
from locales.voice import Voice


class Names:
    def name(self, product_id: int, language: str) -> str:
        return {"en": "tomatoes", "sw": "nyanya", "kikuyu": "nyanya"}[language]


VOICE = Voice(Names())
CODED = {"order": "A3B7", "person": "Kamau", "phone": "+254712000303", "code": {"secret": "delivery:12"}}


def said(code: str, values: dict[str, Any]) -> str:
    return notice.words(VOICE.say, "en", code, values, secret=lambda reference: f"<{reference}>")


def test_a_secret_stands_where_its_owner_puts_it() -> None:
    assert notice.has_secret(CODED)
    assert not notice.has_secret({"order": "A3B7", "amount_of": {"qty": "5", "unit": "kg", "kg": "5"}})
    assert "Your code is <delivery:12>." in said("rider_and_code", CODED)


def test_a_refusal_is_the_errors_sentence() -> None:
    assert notice.is_refusal("error:orders.unknown")
    assert said("error:orders.unknown", {}) == "We find no such order of yours."


def test_choices_stand_below_and_lines_before_the_text() -> None:
    choices = [{"label": "Kinoo"}, {"unit": "crate", "kg": "64"}, {"product": 1}]
    assert said("product_choose", {"options": choices}).splitlines()[1:] == [
        "1 Kinoo",
        "2 crate 64kg",
        "3 tomatoes",
    ]
    wanted = {"amount_of": {"qty": "5", "unit": "kg", "kg": "5"}, "product": 1}
    assert said("for_sale", {"lines": [wanted, {"product": 1}]}).startswith(
        "5kg tomatoes, tomatoes. These are"
    )


def test_a_channel_may_set_its_choices_in_its_own_way() -> None:
    def beside(text: str, choices: Any) -> str:
        return f"{text} {'/'.join(choices)}"

    values = {"options": [{"label": "Kinoo"}, {"label": "Karai"}]}
    asked = notice.words(VOICE.show, "en", "place_choose", values, secret=str, listed=beside)
    assert asked == "Which place? Reply its number: Kinoo/Karai"


@pytest.mark.parametrize(
    ("code", "values"),
    [("no_such", {}), ("error:no.such", {}), ("rider_and_code", {}), ("cash_brought", {"sum": "x"}),
     ("for_sale", {}), ("place_choose", {"options": 3})],
)  # fmt: skip
def test_what_cannot_be_said_is_no_words(code: str, values: dict[str, Any]) -> None:
    with pytest.raises(notice.NoWords):
        said(code, values)
