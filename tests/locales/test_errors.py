"""Every refusal of the core has a sentence in three languages that fits above a screen."""

import importlib
import pkgutil
from collections.abc import Iterator

import pytest

import core
from core.errors import Conflict, DomainError
from locales.catalogue import LANGUAGES
from locales.errors import ERRORS, text_of
from locales.gsm import is_basic, septets
from locales.voice import Voice

for module in pkgutil.walk_packages(core.__path__, "core."):
    importlib.import_module(module.name)


def family(kind: type[DomainError]) -> Iterator[type[DomainError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from family(child)


class NoNames:
    def name(self, product_id: int, language: str) -> str:
        raise AssertionError("not asked")


KINDS: dict[str, type[DomainError]] = {kind.code: kind for kind in family(DomainError)}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_refusal_has_a_sentence(kind: type[DomainError]) -> None:
    if kind.__module__.startswith("core."):
        assert kind.code in ERRORS


def test_no_sentence_is_left_over_from_a_refusal_that_is_gone() -> None:
    assert set(ERRORS) <= set(KINDS)


def test_a_refusal_without_a_row_says_what_its_family_says() -> None:
    class Novel(Conflict):
        code = "novel"

    assert text_of(Novel()) == ERRORS["conflict"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", ERRORS)
def test_a_sentence_leaves_room_for_the_screen_below_it(code: str, language: str) -> None:
    full = Voice(NoNames()).full(language, ERRORS[code])
    assert septets(full) <= 80
    assert is_basic(full)
