"""Which language a text is in, by its words: for whoever is registered by her first text."""

from collections.abc import Sequence
from functools import cache

from core.reference import rows, several
from core.words import plain
from sms.keywords import keywords
from sms.lexicon import TELLING
from sms.numerals import number_words
from sms.words import Token


@cache
def _produce_words() -> dict[str, frozenset[str]]:
    """Words of the catalogue's names -> the languages that say it so; unnamed spellings say nothing."""
    found: dict[str, set[str]] = {}
    for row in rows("products.csv"):
        for column, language in (("name_en", "en"), ("sw", "sw"), ("ki_ascii", "ki")):
            for word in plain(row[column]).split():
                found.setdefault(word, set()).add(language)
        for spelling in several(row["sms_spellings"]):  # "tomato" beside "Tomatoes", "onion" beside "Onions"
            for name in plain(row["name_en"]).split():
                if name.startswith(plain(spelling)) and len(plain(spelling)) > 3:
                    found.setdefault(plain(spelling), set()).add("en")
    return {word: frozenset(languages) for word, languages in found.items()}


def tongue_of(found: Sequence[Token]) -> str | None:
    """en, sw or ki; None when the words do not tell (`5kg`, or as many signs for one as for another)."""
    said = [token.text for token in found if token.kind == "word"]
    score = {"en": 0.0, "sw": 0.0, "ki": 0.0}
    at = 0
    while at < len(said):
        keyword = keywords().at(said, at)
        if keyword:
            for language in keyword.languages:
                score[language] += 3 / len(keyword.languages)
        word = said[at]
        if word in TELLING:
            score[TELLING[word]] += 1
        produce = _produce_words().get(word) or _spelled(word)
        for language in produce:
            score[language] += 2 / len(produce)
        for language in number_words().get(word, (None, frozenset[str]()))[1] & score.keys():
            score[language] += 1
        at += keyword.length if keyword else 1
    best = max(score.values())
    leaders = [language for language, points in score.items() if points == best]
    return leaders[0] if best > 0 and len(leaders) == 1 else None


_BEGINNING = 4


@cache
def _begun() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for known in _produce_words():
        found.setdefault(known[:_BEGINNING], []).append(known)
    return found


def _spelled(word: str) -> frozenset[str]:
    """A misspelt name counts for the language whose name it is nearest to, if there is one."""
    near = _begun().get(word[:_BEGINNING], ()) if len(word) > _BEGINNING else ()
    languages = frozenset(language for known in near for language in _produce_words()[known])
    return languages if len(languages) == 1 else frozenset()
