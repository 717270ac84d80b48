"""Names of places that stand in a text without `in` or `to` (data/places.csv)."""

from functools import cache

from core.reference import rows, several
from core.words import plain
from sms.reading.signs import NO_KEYWORD, NO_PRODUCE
from sms.wording import words_in

SHORTEST = 4
_OF_TOWNS = (" town", " township", " central", " municipality", " market")


@cache
def place_names() -> frozenset[str]:
    """Names of one word, each side of a slash by itself; common words that are also a ward's are left out."""
    return frozenset(
        name for name in _all_names() if " " not in name and len(name) >= SHORTEST and not _is_common(name)
    )


@cache
def _all_names() -> frozenset[str]:
    found: set[str] = set()
    for row in rows("places.csv"):
        for column in ("ward", "subcounty", "county"):
            parts = {plain(part) for part in row[column].split("/")}
            found |= parts | {part.rpartition(" ")[0] for part in parts if part.endswith(_OF_TOWNS)}
    for row in rows("counties.csv"):
        found |= {plain(name) for name in several(row.get("aliases", ""))}
    return frozenset(found - {""})


@cache
def long_place_names() -> frozenset[str]:
    """Names of two words and more."""
    return frozenset(name for name in _all_names() if " " in name)


def _is_common(name: str) -> bool:
    return name in NO_PRODUCE or name in NO_KEYWORD or name in _WORDS


_WORDS = words_in(
    "central township town market east west north south upper lower kati majani bahati bidii biashara",
    "harambee hospital kola kuku kwa london maua njia nyota puma salama sala soy mara mata engineer majengo",
)
