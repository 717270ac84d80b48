"""How the demo reads phones: sentences and keys, never digits it was told."""

import pytest

from locales.messages import MESSAGES
from tools.demo.reading import Wrong, find, key_beside, offers

MENU = "Tunda. Karibu Wanjiku.\n1 Oda\n2 Uza\n3 Mazao yangu\n98 Zaidi\n00 Mwanzo"


@pytest.mark.parametrize(("words", "key"), [("Uza", "2"), ("Mazao", "3"), ("yangu", "3"), ("Oda", "1")])
def test_a_key_is_found_beside_its_words(words: str, key: str) -> None:
    assert key_beside(MENU, words) == key


def test_what_is_not_on_the_page_may_stand_on_the_next() -> None:
    assert key_beside(MENU, "Kinoo") == "98"


def test_what_is_nowhere_is_said_with_the_screen() -> None:
    with pytest.raises(Wrong, match="no line says “Kinoo”"):
        key_beside("Chagua wadi:\n1 Kinondo", "Kinoo")


def test_only_a_whole_line_is_an_offer() -> None:
    assert offers(MENU, "Uza")
    assert not offers(MENU, "Mazao")


def test_slots_are_read_out_of_a_text_in_any_language() -> None:
    text = (
        "Order A3B7: Kamau brings it, call 0712000303. Your code is 4821. "
        "Give it to the rider only when you hold the goods."
    )
    found = find("en", MESSAGES["rider_and_code"].text, text)
    assert found is not None
    assert (found["order"], found["code"]) == ("A3B7", "4821")
