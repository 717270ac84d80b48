"""Every screen, every slot at its widest, three languages: one USSD body (contract 1.4, check 1)."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, cast

import pytest

from core.db import Database
from core.locations.places import Places
from locales.catalogue import LANGUAGES
from locales.errors import ERRORS
from locales.gsm import fold, is_basic, septets
from locales.voice import Voice
from menus import parse
from menus.common import news, places, produce
from menus.compile import conversations
from menus.farmer import orders as farmer_orders
from menus.farmer.home import LISTING_LINE
from menus.flow import Ask, Item, Pick, Say, Shown
from menus.rider import cash, count, door, job
from menus.talk import Caller, Session, Talk
from menus.words import (
    BAD_NUMBER,
    BUSY,
    CHOOSE_ONE,
    NO_MORE,
    NOT_OURS,
    NOTHING_SENT,
    ONE_ANSWER,
    SAVED_DIAL_AGAIN,
    TOO_LONG,
    TROUBLE,
)
from ussd.screen import LIMIT, end, render

MENUS = conversations()
SCREENS = {name: s for name, s in MENUS.screens.items() if isinstance(s, Shown | Say)}
LINES = {
    "orders.list": farmer_orders.SUM_LINE,
    "orders.orders": farmer_orders.ORDER_LINE,
    "orders.buyer": farmer_orders.PAYS["cash"],
    "farmer.listings": LISTING_LINE,
    "job.list": job.LINES["pickup"],
    "job.goods": job.GOODS_LINE,
    "count.which": job.GOODS_LINE,
    "cash.doors": cash.DOOR_LINE,
    "cash.brought": cash.BROUGHT["missing"],
    "news.list": max(news.TITLES.values(), key=len),
}
ALWAYS = (CHOOSE_ONE, NOTHING_SENT, ONE_ANSWER, TOO_LONG)
# What a parser may say on its screen.
SAID = {
    "quantity": (parse.DIGITS_ONLY, parse.ABOVE_ZERO, parse.TWO_DECIMALS, parse.NO_THOUSANDS,
                 parse.WHOLE_ONLY, parse.TOO_MANY),
    "price": (parse.DIGITS_ONLY, parse.ABOVE_ZERO, parse.TWO_DECIMALS, parse.NO_THOUSANDS, parse.TOO_MUCH),
    "first_name": (parse.NAME_IN_LETTERS,),
    "landmark": (parse.MORE_WORDS,),
    "code": (parse.FOUR_DIGITS, ERRORS["deliveries.wrong_code"], ERRORS["deliveries.code_locked"]),
    "plate": (ERRORS["deliveries.plate_invalid"], ERRORS["deliveries.plate_taken"]),
    "ward_letters": (places.NO_WARD, places.IN_LETTERS),
    "county_letters": (places.NO_COUNTY, places.IN_LETTERS),
    "reason": (parse.MORE_WORDS,),
    "unit": (parse.DIGITS_ONLY, parse.ABOVE_ZERO, parse.TWO_DECIMALS, parse.NO_THOUSANDS,
             parse.WHOLE_ONLY, parse.TOO_MANY),
    "number": (ERRORS["msisdn.not_kenyan_mobile"], ERRORS["farms.helper_unknown"]),
    "named": (produce.NOT_KNOWN, produce.IN_LETTERS),
    "counted": (parse.DIGITS_ONLY, parse.TWO_DECIMALS, parse.WHOLE_ONLY, count.NOT_MORE),
    "cash": (parse.DIGITS_ONLY, parse.ABOVE_ZERO, door.WHOLE_SHILLINGS, ERRORS["cash.invalid"]),
}  # fmt: skip


class FullVoice:
    """Says every text with all its slots at their widest."""

    def __init__(self) -> None:
        self._voice = Voice(cast(Any, None))

    def say(self, language: str, text: str, /, **values: Any) -> str:
        return self._voice.full(language, text)


def full_talk(language: str, *notes: str) -> Talk:
    voice = FullVoice()
    return Talk(
        session=Session(caller=Caller(1, "farmer", language, "Wambui")),
        msisdn="+254712000101",
        parts=cast(Any, None),
        voice=cast(Voice, voice),
        db=cast(Database, None),
        open=cast(Any, None),
        notes=[voice.say(language, note) for note in notes],
    )


def widest(name: str, screen: Shown | Say, language: str) -> Shown | Say:
    """The screen with everything on it: no value asked of anybody, every option and the aside shown."""
    if isinstance(screen, Say):
        return replace(screen, values=None)
    options = tuple(replace(option, when=None) for option in screen.options)
    screen = replace(screen, values=None, aside_when=None, options=options)
    if isinstance(screen, Pick):
        label = full_talk(language).words(LINES[name]) if name in LINES else "W" * 60
        return replace(screen, items=lambda talk: [Item(label, n) for n in range(30)])
    return screen


def notes_of(screen: Shown | Say) -> Iterator[str]:
    yield from ALWAYS
    if isinstance(screen, Ask):
        yield from SAID[screen.parse.__name__]
    if isinstance(screen, Pick):
        yield NO_MORE


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SCREENS)
def test_a_full_screen_fits_also_under_each_sentence_it_may_say(
    name: str, language: str, caplog: pytest.LogCaptureFixture
) -> None:
    screen = widest(name, SCREENS[name], language)
    sentences: Sequence[tuple[str, ...]] = [(), *((note,) for note in notes_of(screen))]
    with caplog.at_level(logging.ERROR):
        for notes in sentences if isinstance(screen, Shown) else [()]:
            body = render(screen, full_talk(language, *notes))
            assert septets(body) <= LIMIT
            assert is_basic(body), body
            assert body.startswith(("CON ", "END "))
            assert not caplog.records, f"{name} {language} under {notes}: {body!r}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [n for n, s in SCREENS.items() if isinstance(s, Shown)])
def test_whatever_the_core_refuses_is_said_above_the_choices(
    name: str, language: str, caplog: pytest.LogCaptureFixture
) -> None:
    screen = cast(Shown, widest(name, SCREENS[name], language))
    with caplog.at_level(logging.ERROR):
        for text in ERRORS.values():
            talk = full_talk(language, text)
            body = "\n".join(pages(screen, talk))
            assert all(f"\n{option.key} " in body for option in screen.options)
            assert not caplog.records, f"{name} {language} under {text}: {body!r}"


def pages(screen: Shown, talk: Talk) -> Iterator[str]:
    """Every page of the screen; each fits."""
    while True:
        body = render(screen, talk)
        assert septets(body) <= LIMIT
        yield body
        if not talk.session.after:
            return
        talk.session.page = talk.session.after


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [n for n, s in SCREENS.items() if isinstance(s, Shown)])
def test_without_a_sentence_above_it_every_screen_shows_all_its_choices_and_its_way_back(
    name: str, language: str
) -> None:
    screen = cast(Shown, widest(name, SCREENS[name], language))
    talk = full_talk(language)
    bodies = list(pages(screen, talk))
    for option in screen.options:
        assert any(f"\n{option.key} " in body for body in bodies)
    if not screen.top and not (isinstance(screen, Ask) and screen.zero):
        assert all("\n0 " in body for body in bodies), bodies
    if screen.aside and len(bodies) == 1:
        assert talk.words(screen.aside) in bodies[0], bodies


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", [TROUBLE, SAVED_DIAL_AGAIN, BUSY, NOT_OURS, BAD_NUMBER])
def test_what_the_engine_says_last_fits(text: str, language: str) -> None:
    words = full_talk(language).words(text)
    assert septets(end(words)) <= LIMIT
    assert end(words) == f"END {words}"


@pytest.mark.parametrize("text", [TROUBLE, BUSY, NOT_OURS])
def test_a_phone_of_unknown_language_gets_swahili_and_english_uncut(text: str) -> None:
    both = [full_talk(language).words(text) for language in ("sw", "en")]
    assert end(*both) == "END " + "\n".join(both)


def test_the_longest_wards_of_kenya_stand_on_a_page_uncut(places: Places) -> None:
    longest = sorted((places.get(code) for code in range(1, 1451)), key=lambda ward: len(ward.ward))[-12:]
    labels = [f"{ward.ward}, {ward.subcounty}" for ward in longest]
    assert max(map(len, labels)) >= 40
    for language in LANGUAGES:
        pick = cast(Pick, MENUS.screens["register.wards"])
        items = [Item(fold(label), n) for n, label in enumerate(labels)]
        screen = replace(pick, items=lambda talk, items=items: items)  # type: ignore[misc]
        talk, seen = full_talk(language), []
        while True:
            body = render(screen, talk)
            assert septets(body) <= LIMIT
            seen += [
                line.split(" ", 1)[1]
                for line in body.splitlines()[1:]
                if line.split(" ")[0] not in ("0", "00", "98")
            ]
            if not talk.session.after:
                break
            talk.session.page = talk.session.after
        assert [line.lower() for line in seen] == [fold(label).lower() for label in labels]
