"""Every screen, every slot at its widest, three languages: one USSD body (contract 1.4, check 1).

How it is measured stands in tools/check_menus.py, which `make check-menus` runs without a database.
"""

from dataclasses import replace
from typing import cast

import pytest

from core.locations.places import Places
from locales.catalogue import LANGUAGES
from locales.gsm import fold, septets
from menus.compile import conversations
from menus.flow import LONGEST_LINE, Item, Pick
from menus.words import BAD_NUMBER, BUSY, NOT_OURS, SAVED_DIAL_AGAIN, TROUBLE
from tools import check_menus
from tools.check_menus import full_talk, misfits, pages
from ussd.screen import LIMIT, end, shortened

MENUS = conversations()
SCREENS = check_menus.shown(MENUS)


@pytest.mark.parametrize("name", SCREENS)
def test_a_full_screen_fits_alone_and_under_the_longest_sentence_with_every_choice_on_a_page(
    name: str,
) -> None:
    found = [fault for language in LANGUAGES for fault in misfits(name, SCREENS[name], language)]
    assert not found, "\n".join(found)


def test_no_sentence_above_a_screen_is_longer_than_what_the_screens_were_measured_with() -> None:
    assert len(list(check_menus.sentences())) > 250
    assert list(check_menus.long_sentences()) == []


def test_a_line_of_a_list_that_may_be_too_long_says_which_name_gives_way() -> None:
    assert list(check_menus.long_lines()) == []


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
        bodies = list(pages(screen, full_talk(language)))
        assert all(septets(body) <= LIMIT for body in bodies)
        lines = [line.split(" ", 1) for body in bodies for line in body.splitlines()[1:]]
        seen = [words for key, words in lines if key not in ("0", "00", "98")]
        assert [words.lower() for words in seen] == [fold(label).lower() for label in labels]


def test_a_name_gives_way_in_a_line_that_is_too_long_and_an_amount_never() -> None:
    farm = "Shamba la Mama Wanjiku wa Kamau wa Kinoo"
    line = Item(f"{farm}: 12 crates (about 768kg), KSh 1,250 per crate", name=farm)
    short = shortened(line)
    assert septets(short) <= LONGEST_LINE
    assert short.startswith("Shamba")
    assert short.endswith(": 12 crates (about 768kg), KSh 1,250 per crate")
    assert shortened(Item("Kinoo, Kikuyu", name="Kinoo")) == "Kinoo, Kikuyu"
    cut_before = Item(f"{farm[:30]}: 12 crates (about 768kg), KSh 1,250", name=farm)
    assert shortened(cut_before).endswith(": 12 crates (about 768kg), KSh 1,250")
