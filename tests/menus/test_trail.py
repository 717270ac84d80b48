"""Where `0` leads: back over the screens that were seen, never over what has been done."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from menus.compile import conversations
from menus.flow import Shown
from menus.talk import Talk
from tests.helpers import FARMER, Cast
from tests.ussd.phone import UssdPhone


@pytest.fixture
def phone(client: FlaskClient, cast: Cast) -> UssdPhone:
    phone = UssdPhone(client, FARMER)
    phone.dial()
    return phone


def test_back_leads_over_every_screen_to_home(phone: UssdPhone) -> None:
    seen = [phone.screen, *(phone.answer(answer) for answer in ("2", "nyanya", "1", "50"))]
    assert [phone.answer("0") for _ in range(4)] == list(reversed(seen[:4]))


def test_back_comes_to_the_page_that_was_seen(phone: UssdPhone) -> None:
    phone.answer("2", "1")
    second = phone.answer("98")
    phone.answer("9")
    assert phone.answer("0") == second


def test_home_forgets_the_way(phone: UssdPhone) -> None:
    home = phone.screen
    phone.answer("2", "nyanya", "1")
    assert phone.answer("00") == home
    assert phone.answer("0") == home
    assert phone.answer("00") == home


def test_a_circle_has_no_endless_way_back(phone: UssdPhone) -> None:
    product = phone.answer("2")
    check = phone.answer("nyanya", "1", "50", "80", "nyuma ya kanisa")
    assert phone.answer("2", "7") == product, "7 Another product leads to the beginning"
    assert phone.answer("nyanya", "1", "50", "80") == check
    for _ in range(4):
        phone.answer("0")
    assert phone.screen == product


def test_what_is_printed_counts_and_98_kg_are_98_kg(phone: UssdPhone) -> None:
    phone.answer("2", "nyanya", "1")
    assert "98kg" in phone.answer("98", "80", "nyuma ya kanisa")


def test_a_way_back_that_gave_way_to_a_sentence_is_no_answer_to_a_question_for_words(
    phone: UssdPhone,
) -> None:
    phone.answer("2", "nyanya", "1", "50", "80")
    assert "\n0 " in phone.screen
    assert "\n0 " in phone.answer("x")


def test_a_screen_on_the_way_back_that_lacks_its_answers_is_passed_over(
    phone: UssdPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = phone.screen
    product = phone.answer("2")
    phone.answer("nyanya", "1")
    unit = conversations().screens["sell.unit"]
    assert isinstance(unit, Shown)

    def gone(talk: Talk) -> dict[str, str]:
        return {"product": talk.slots["of another talk"]}

    monkeypatch.setitem(conversations().screens, "sell.unit", replace(unit, values=gone))
    assert phone.answer("0") == product
    assert phone.answer("0") == home
