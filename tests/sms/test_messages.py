"""Every SMS fits one segment in three languages, with all slots full (DR-1509; contract, 2.5)."""

import re
from decimal import Decimal
from typing import Any

import pytest

from locales.catalogue import LANGUAGES, catalogue
from locales.gsm import FIRST_CONTACT, SEGMENT, is_basic, septets
from locales.messages import MESSAGES
from locales.messages.kind import Message
from locales.voice import Voice, slots_of
from sms import texts


class Names:
    def name(self, product_id: int, language: str) -> str:
        return "Mahindi mabichi"


VOICE = Voice(Names())
AMOUNT = {"qty": Decimal("12"), "unit": "crate 64kg", "kg": Decimal("1280")}
VALUES: dict[str, Any] = {
    **dict.fromkeys(
        ("price", "total", "goods", "fee", "gets", "earning", "sum", "asked", "market", "due"), "100000"
    ),
    **dict.fromkeys(("minimum", "maximum"), "100000"),
    **dict.fromkeys(("person", "rider", "customer", "farmer"), "Wambuikkkk the longest"),
    **dict.fromkeys(("left", "count", "stars", "number", "minutes"), 9999),
    "answer": "what our people write back, and they may write a great deal more than one SMS holds " * 3,
    "product": 1,
    "amount_of": AMOUNT,
    "unit": "crate 64kg",
    "percent": 100,
    "trade": "wholesale",
    "why": "lapsed",
    "back": "coming",
    "payer": "+254712345678",
    "until": "2025-06-24T11:05:00+00:00",
    "farm": "Green Valley Farm of Kinoo",
    "cooperative": "Kikuyu Farmers of the Green Valley",
    "place": "Kahawa Wendani",
    "where": "Wakulima Nairobi",
    "landmark": "behind the total petrol station at the junction",
    "text": "something very long that nobody sells at all",
    "line": "a command as it would be texted plainly, no longer",
    "order": "A3B7",
    "day": "2025-06-25",
    "month": "2025-06-15",
    "time": "2025-06-24T11:02:00+00:00",
    "phone": "+254712345678",
    "km": "123.4",
    "kg": "5000.25",
    "receipt": "UA11KX93QZ",
    "plate": "KMFB 123C",
    "reference": "240115A3B7",
    "account": "Equity 0180291234567, Tunda Ltd Nrb",
    "paybill": "174379",
    "deposit": "R0712345678",
    "dial": "*384*88632#",
    "otp": "482163",
    "warning": dict.fromkeys(LANGUAGES, "Baridi kali usiku huu, funikeni miche na wanyama wadogo " * 3),
    "code": {"secret": "delivery:1"},
    "lines": [{"amount_of": AMOUNT, "product": 1}] * 3,
    "options": [{"label": "Parklands/Highridge, Westlands"}] * 5,
    "pay": "100000",
    "qty": "9999.99",
    "shortcut": "*384*88632*57#",
    "weekday": 0,
}
OFFER = {"product": 1, "price": "9999.50", "unit": "crate 64kg", "day": "2025-06-25"}
OFFERS = {
    "shelf": [OFFER] * 4,
    "shelf_farms": [OFFER | {"farm": "Green Valley Farm of Kinoo"}] * 4,
}


NARROWEST = texts.NAME - 9  # septets that a quote leaves of a name, where it must


def spared(message: Message, language: str) -> int:
    """The septets that a quote wins by cutting its names; other texts cut none."""
    named = [name for name in texts.CUT if name in slots_of(message.text) and message.listing == "quote"]
    return sum(septets(VOICE.full(language, f"{{{name}}}")) - NARROWEST for name in named)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", [code for code, message in MESSAGES.items() if message.listing != "before"])
def test_a_message_with_all_slots_full_is_one_segment(code: str, language: str) -> None:
    message = MESSAGES[code]
    limit = FIRST_CONTACT if message.first_contact and not message.listing else SEGMENT
    widest = VOICE.full(language, message.text)
    values = VALUES | {name: "100000" for name in ("kept", "short") if name in slots_of(message.text)}
    offers = (
        {"options": OFFERS[code.removesuffix("_last").removesuffix("_one")]}
        if message.listing == "shelf"
        else {}
    )
    sent = texts.render(VOICE, language, code, values | offers, reveal=lambda reference: "4821")
    assert septets(widest) - spared(message, language) <= limit, widest
    assert septets(sent) <= limit, sent
    assert is_basic(sent)
    assert "{" not in sent


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("lines", [2, 3, 4])
@pytest.mark.parametrize("code", [code for code, message in MESSAGES.items() if message.listing == "before"])
def test_a_quote_of_up_to_four_things_is_one_segment(code: str, lines: int, language: str) -> None:
    """DR-1509: the longest names and amounts; sums, amounts and days whole."""
    values = VALUES | {"lines": [{"amount_of": AMOUNT, "product": 1}] * lines}
    if "kept" in slots_of(MESSAGES[code].text):
        values |= {"kept": "100000"}
    sent = texts.render(VOICE, language, code, values, reveal=texts.hidden)
    assert septets(sent) <= SEGMENT, sent
    assert sent.count("1280kg") == lines
    assert ("100,000" in sent) == ("{total}" in MESSAGES[code].text)


OFFERED = [code for code, message in MESSAGES.items() if message.listing == "quote" and "covered" not in code]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("also", [{"kept": "50"}, {"short": "10"}])
@pytest.mark.parametrize("code", OFFERED)
def test_an_offer_says_what_is_kept_and_what_is_left_to_pay(code: str, also: Any, language: str) -> None:
    """DR-103, DR-902: in the one segment, with amounts as they are on most days."""
    usual = {"amount_of": {"qty": Decimal(5), "unit": "kg", "kg": Decimal(5)}, "qty": "10", "left": 5}
    usual |= dict.fromkeys(("total", "goods"), "4999") | {"fee": "120", "sum": "5000", "minimum": "100"}
    usual |= {"due": "4949"} | also
    sent = texts.render(VOICE, language, code, VALUES | usual, reveal=texts.hidden)
    assert septets(sent) <= SEGMENT, sent
    assert "KSh 4,949" in sent
    assert ("KSh 50" if "kept" in also else "KSh 10") in sent


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("also", ["kept", "short"])
@pytest.mark.parametrize("code", OFFERED)
def test_an_offer_is_one_segment_with_the_widest_credit_too(code: str, also: str, language: str) -> None:
    """DR-1509: then in fewer words; what is ordered, the sums, the day and the choices are all there."""
    sent = texts.render(VOICE, language, code, VALUES | {also: "100000"}, reveal=texts.hidden)
    assert septets(sent) <= SEGMENT, sent
    assert sent.count("100,000") >= 3, "the sum, what is kept or missing, and what is paid"
    assert [part for part in ("12", "25", "14:02") if part not in sent] == []
    assert sent.count("\n") == MESSAGES[code].text.count("\n")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_quote_of_six_things_names_them_all_in_two_segments(language: str) -> None:
    """The exception of DR-1509: over four lines."""
    values = VALUES | {"lines": [{"amount_of": AMOUNT, "product": 1}] * 6}
    sent = texts.render(VOICE, language, "quote_lines", values, reveal=texts.hidden)
    assert sent.count("1280kg") == 6
    assert septets(sent) <= 2 * 153


@pytest.mark.parametrize("language", ["sw", "kikuyu"])
def test_every_text_is_translated_and_not_by_itself(language: str) -> None:
    words = catalogue(language)
    for message in MESSAGES.values():
        if not any(character.isalpha() for character in re.sub(r"\{\w+\}", "", message.text)):
            continue  # slots alone need no translation
        assert words.get(message.text, message.text) != message.text, message.text


def test_kikuyu_is_stored_in_its_own_spelling_and_folded_on_the_wire() -> None:
    stored = catalogue("kikuyu")[MESSAGES["on_duty"].text]
    sent = texts.render(VOICE, "kikuyu", "on_duty", {}, reveal=texts.hidden)
    assert "Ũrĩ wĩra-inĩ" in stored
    assert sent.startswith("Uri wira-ini")


def test_only_the_code_is_a_secret_and_the_log_shows_stars() -> None:
    secrets = [code for code, message in MESSAGES.items() if "code" in slots_of(message.text)]
    shown = texts.render(VOICE, "en", "rider_and_code", VALUES, reveal=texts.hidden)
    assert set(secrets) - {"otp"} == {"rider_and_code", "collect_code", "code_again"}
    assert "Your code is ****." in shown


@pytest.mark.parametrize(
    "nasty", ["{0.__class__}", "{total}", "%s %(x)s", "}{", "🍅🍅", "x" * 500, "a\nb\r\n"]
)
def test_what_people_type_is_never_a_format(nasty: str) -> None:
    sent = texts.render(VOICE, "en", "product_unknown_named", {"text": nasty}, reveal=texts.hidden)
    assert is_basic(sent)
    assert septets(sent) <= FIRST_CONTACT
