"""Which produce a word may mean: names and spellings exactly, then by sound, then the nearest by letters.

Built once for each edition of the catalogue. What is called exactly is sure; what is only near must be
nearest by a clear step, or it is asked (issue: two near names are asked, never guessed).
"""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from rapidfuzz.distance import OSA

from core.catalogue.names import alternatives
from core.words import plain
from sms.keywords import keywords
from sms.lexicon import EACH, FILLERS, JOINS, MONEY, PLACE_AT, PRICE_AT, UNITS, WHEN
from sms.numerals import number_words
from sms.reading.gazetteer import place_names
from sms.reading.signs import NO_PRODUCE
from sms.reading.sounds import lacks_one, skeleton, sound, within

LONGEST_NAME = 4
QUALIFIERS = ("dry", "live", "ripe", "cooking")  # in brackets behind a name, and no name
SHORTEST_GUESS = 5
MOST_SLIPS = 3  # of the thumb, in the longest names
MOST_KEPT = 5000
# Everyday names that are too short to be guessed at.
_SHORT_NAMES = {
    "avo": "avocado", "avos": "avocado", "toms": "tomatoes", "spuds": "irish-potatoes", "kal": "kale",
    "mlk": "milk",
}  # fmt: skip
# Short words that are glued to others, and words that only look glued.
_GLUE = frozenset(("ya", "na", "of", "za", "wa", "kg", "at"))
# Only what is said of produce is glued to it: "pinapple" is no PIN with an apple.
_ABOUT_PRODUCE = {
    "order", "price", "list_products", "farmer_list", "farmer_stock_update", "farmer_price_change", "follow",
    "farmer_less", "farmer_take_down", "unfollow",
}  # fmt: skip
_PLAIN = FILLERS | UNITS.keys() | JOINS | MONEY | PRICE_AT | WHEN | EACH | PLACE_AT  # in no product's name
GLUED_APART = frozenset(("milkman", "milkshake", "coffeehouse", "teatime", "eggshell", "goatskin"))


class Named(Protocol):
    """A product as the catalogue has it."""

    @property
    def slug(self) -> str:
        """Its id in the data."""

    @property
    def name_en(self) -> str:
        """Its names, the main one first, others in brackets."""

    @property
    def name_sw(self) -> str:
        """Likewise."""

    @property
    def name_ki(self) -> str:
        """Likewise."""

    @property
    def spellings(self) -> tuple[str, ...]:
        """How people write it."""

    @property
    def units(self) -> Mapping[str, object]:
        """The units it is sold in."""

    @property
    def active(self) -> bool:
        """Whether it is traded."""


class Catalogue(Protocol):
    """Whoever knows every product (core.catalogue.index)."""

    @property
    def edition(self) -> Hashable:
        """Another object once the products have changed."""

    def every(self) -> Collection[Named]:
        """Every product."""


@dataclass(frozen=True)
class Match:
    """The slugs that words may mean: one is certain, several must be asked; `exact`: called just so."""

    slugs: tuple[str, ...]
    exact: bool


NOTHING = Match((), False)


class Produce:
    """The names of one edition of the catalogue."""

    def __init__(self, products: Collection[Named]) -> None:
        self._called: dict[tuple[str, str], set[str]] = {}
        names: dict[str, list[str]] = {}
        self._units: dict[str, frozenset[str]] = {}
        for product in products:
            if not product.active:
                continue
            by_language = {"en": product.name_en, "sw": product.name_sw, "kikuyu": product.name_ki}
            for language, name in by_language.items():
                self._called[product.slug, language] = {plain(way) for way in alternatives(name)}
            self._units[product.slug] = frozenset(unit.split()[0] for unit in product.units)
            ways = [
                way
                for name in (product.name_en, product.name_sw, product.name_ki)
                for way in alternatives(name)
            ]
            for way in (*ways, *product.spellings):
                known = names.setdefault(plain(way), [])
                if product.slug not in known:
                    known.append(product.slug)
            for word in QUALIFIERS:  # "ripe bananas", of those that are bananas too
                for way in ways if f"({word})" in product.name_en else ():
                    for whole in (f"{word} {plain(way)}", f"{plain(way)} {word}"):
                        names.setdefault(whole, [product.slug])
        for word in ("", *QUALIFIERS):
            names.pop(word, None)
        for short, slug in _SHORT_NAMES.items():
            if short not in names and slug in self._units:
                names[short] = [slug]
        self._names = {name: tuple(slugs) for name, slugs in names.items()}
        self._by_sound = _grouped(self._names, sound)
        self._sounding: dict[str, list[str]] = {}
        for name in self._names:
            self._sounding.setdefault(sound(name), []).append(name)
        self._by_bones = {
            b: s for b, s in _grouped(self._names, skeleton).items() if len(b) > 3 and len(s) == 1
        }
        self._by_length: dict[tuple[int, bool], list[str]] = {}
        for name in self._names:
            if len(name) > 3:
                self._by_length.setdefault((len(name), " " in name), []).append(name)
        self._longest = max(map(len, self._names), default=0) + MOST_SLIPS
        self._begun: dict[str, list[str]] = {}
        for name in self._names:
            self._begun.setdefault(name[:SHORTEST_GUESS], []).append(name)
        self._parts = {part for name in self._names for part in name.split()}
        self._first_words = {name.split()[0] for name in self._names}
        self._kept: dict[str, Match] = {}
        self._opened: dict[tuple[str, ...], tuple[Match, int]] = {}
        self._parted: dict[str, tuple[str, ...]] = {}
        self._commands = frozenset(word for word in keywords().single if word.isalpha() and len(word) > 2)
        opening = (
            word for word in keywords().single if _ABOUT_PRODUCE & {*keywords().by_phrase[word].intents}
        )
        self._others = _GLUE | {word for word in (*UNITS, *number_words(), *opening) if len(word) > 2}

    def names_part(self, word: str) -> bool:
        """Whether a product's name has this word in it: `vitamu` of viazi vitamu."""
        return word in self._parts

    def exactly(self, phrase: str) -> tuple[str, ...]:
        """The slugs called just so."""
        return self._names.get(phrase, ())

    def foreignness(self, slug: str, phrase: str, language: str) -> int:
        """0 if `phrase` is the product's own name in a language (en, sw, kikuyu; ki is kikuyu), 2 if it is so
        only in another one, else 1."""
        own = "kikuyu" if language == "ki" else language
        called = [
            tongue for (of, tongue), names in self._called.items() if of == slug and plain(phrase) in names
        ]
        return 0 if own in called else 2 if called else 1

    def _is_own(self, slug: str, name: str) -> bool:
        return any(name in self._called[slug, language] for language in ("en", "sw", "kikuyu"))

    def find(self, words: Sequence[str]) -> Match:
        """What `words` (plain) may mean."""
        phrase = " ".join(words)
        known = self._kept.get(phrase)
        if known is None and len(phrase) > 5 and phrase not in self._names and phrase in place_names():
            known = self._kept[phrase] = NOTHING  # Karatina is a town, and no misspelt carrot
        if known is None:
            if len(self._kept) > MOST_KEPT:
                self._kept.clear()
            known = self._kept[phrase] = self._find(phrase)
        return known

    def named(self, words: tuple[str, ...]) -> tuple[Match, int]:
        """The produce that `words` (plain, LONGEST_NAME at most) begin with, the longest name first, and its
        length in words. Kept, for the words of a text are looked at once for each command it may be."""
        known = self._opened.get(words)
        if known is None:
            if len(self._opened) > MOST_KEPT:
                self._opened.clear()
            known = self._opened[words] = self._open(words)
        return known

    def _open(self, words: tuple[str, ...]) -> tuple[Match, int]:
        for length in range(len(words), 0, -1):
            few = words[:length]
            if length == 1 and (few[0] in UNITS or few[0] in MONEY or self._counts(words)):
                continue
            if length > 1 and not self.exactly(" ".join(few)) and self._two_things(few):
                continue
            found = self.find(few)
            if found.slugs:
                return found, length
        return NOTHING, 1

    def _counts(self, words: tuple[str, ...]) -> bool:
        """A numeral opens them, and its first word is no produce."""
        numeral = any(" ".join(words[:length]) in number_words() for length in (1, 2, 3))
        return numeral and not self.exactly(words[0])

    def _two_things(self, words: tuple[str, ...]) -> bool:
        """ "nyanya sukuma" is two things, "kilo of onions" more than a name."""
        if not _PLAIN.isdisjoint(words):
            return True
        known = [bool(self.find([word]).slugs) for word in words]
        return known[0] or known.count(True) > 1

    def parted(self, word: str) -> tuple[str, ...]:
        """The known words that a glued word is made of (`nyanyakilo`), or itself if it is known, or ()."""
        if word in place_names():
            return ()  # Karatina is no "karati na"
        if word in keywords().glued:
            return keywords().glued[word]
        if len(word) < 7 or word in self._names or word in GLUED_APART:
            return (word,) if word in self._names or word in self._commands else ()
        if word not in self._parted:
            if len(self._parted) > MOST_KEPT:
                self._parted.clear()
            self._parted[word] = self._part(word)
        return self._parted[word]

    def _part(self, word: str) -> tuple[str, ...]:
        """The parting with the fewest pieces, every piece known and one of them produce."""
        best: dict[int, tuple[str, ...]] = {0: ()}
        for end in range(2, len(word) + 1):
            for start in range(max(0, end - 14), end - 1):
                piece = word[start:end]
                if start in best and ((len(piece) > 3 and piece in self._names) or piece in self._others):
                    parts = (*best[start], piece)
                    if end not in best or len(parts) < len(best[end]):
                        best[end] = parts
        parts = best.get(len(word), ())
        fit = 1 < len(parts) < 6 and any(part in self._names for part in parts)
        return parts if fit else ()

    def sold_in(self, slugs: Sequence[str], unit: str) -> tuple[str, ...]:
        """Those of `slugs` that are sold in `unit`; grams count as kilos."""
        wanted = "kg" if unit == "g" else unit
        return tuple(slug for slug in slugs if wanted in self._units.get(slug, ()))

    def _find(self, phrase: str) -> Match:
        exact = self._names.get(phrase)
        if exact:
            return Match(exact, True)
        if phrase in NO_PRODUCE or not 4 <= len(phrase) <= self._longest:
            return NOTHING
        if " " in phrase and not self._worth_it(phrase):
            return NOTHING
        if phrase.endswith("z") and (
            plural := self._names.get(phrase[:-1] + "s") or self._names.get(phrase[:-1])
        ):
            return Match(plural, False)
        if phrase.startswith("ma") and (bare := self._names.get(phrase[2:])) and len(phrase) > 5:
            return Match(bare, False)
        if len(phrase) < SHORTEST_GUESS:
            heard = self._heard(phrase)
            return Match(heard, False) if len(heard) == 1 and len(sound(phrase)) > 3 else self._boned(phrase)
        heard = self._heard(phrase)
        if heard:
            return Match(heard, False)
        boned = self._boned(phrase)
        return boned if boned.slugs else self._near(phrase) or self._cut(phrase) or NOTHING

    def _heard(self, phrase: str) -> tuple[str, ...]:
        """What sounds so and is not written quite differently (maharae is no mala)."""
        most = 2 if len(phrase) < 8 else MOST_SLIPS
        heard = sound(phrase)
        slugs = self._by_sound.get(heard, ())
        alike = {slug for name in self._sounding.get(heard, ()) for slug in self._names[name]
                 if OSA.distance(phrase, name, score_cutoff=most) <= most}  # fmt: skip
        return tuple(slug for slug in slugs if slug in alike)

    def _worth_it(self, phrase: str) -> bool:
        first, *rest = phrase.split()
        if first in NO_PRODUCE or any(word in NO_PRODUCE for word in rest):
            return False
        return all(len(word) > 2 for word in (first, *rest)) or first in self._first_words

    def _boned(self, phrase: str) -> Match:
        """`tmts`: only its consonants are written."""
        if set(phrase) & set("aeiou ") or len(phrase) < 4:
            return NOTHING
        return Match(self._by_bones.get(skeleton(phrase), ()), False)

    def _near(self, phrase: str) -> Match | None:
        most = 1 if len(phrase) < 7 else 2
        if " " in phrase:
            most = 1 if len(phrase) < 10 else 2
        best: dict[str, float] = {}
        for length in range(len(phrase) - most, len(phrase) + most + 1):
            for name in within(phrase, self._by_length.get((length, " " in phrase), ()), most):
                steps = OSA.distance(phrase, name)
                if name[0] != phrase[0] and (steps > 1 or len(phrase) < 6):
                    continue
                far = steps + (0.5 if name[0] != phrase[0] else 0)  # people get the first letter right
                for slug in self._names[name]:
                    if steps == 1 and self._is_own(slug, name) and lacks_one(name, phrase):
                        far -= 0.25  # "nyaya" is nyanya typed in a hurry, and no nyayo
                    best[slug] = min(far, best.get(slug, 9))
        if not best:
            return None
        least = min(best.values())
        return Match(tuple(slug for slug, steps in best.items() if steps == least), False)

    def _cut(self, phrase: str) -> Match | None:
        """`avoca`: only the beginning is written."""
        if " " in phrase:
            return None
        begun = {
            slug
            for name in self._begun.get(phrase[:SHORTEST_GUESS], ())
            if name.startswith(phrase)
            for slug in self._names[name]
        }
        return Match(tuple(begun), False) if len(begun) == 1 else None


def _grouped(names: Mapping[str, tuple[str, ...]], key: object) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for name, slugs in names.items():
        said = key(name)  # type: ignore[operator]  # sound or skeleton
        found.setdefault(said, [])
        found[said] += [slug for slug in slugs if slug not in found[said]]
    return {said: tuple(slugs) for said, slugs in found.items()}
