"""Reading a place out of what people write: "kangemi nyuma ya shule", "westlands kangmi", "Township Thika".

Names are looked up without spaces and signs. A sub-county or county word elsewhere in the text narrows; words
behind "near" or "nyuma" are where the door is, not where the ward is; what names no place is the landmark.
Only when nothing is spelt right are spellings guessed.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Generic, Literal, Protocol, TypeVar

from rapidfuzz import fuzz, process

from core.locations.lexicon import (
    EVERYDAY_NAMES,
    FILLERS,
    LOCATING,
    NOT_NAMES,
    PLACE_KINDS,
    QUALIFIERS,
    ROADS,
)
from core.words import plain, tidy

Kind = Literal["ward", "subcounty", "county"]
PART_OF_NAME = 0.8  # "rongai" for Ongata Rongai
SIDE_OF_SLASH = 0.9  # "highridge" for Parklands/Highridge
GUESS_INSIDE = 74  # a misspelt ward of a sub-county that is named beside it
GUESS_ANYWHERE = 84
SURE_GUESS = 0.9
SURE_LENGTH = 7  # letters of the name; "ngumo" (an estate) is too near to Nguumo to be sure
GUESSED_WORDS = 10
LONGEST_NAME = 4  # words
LANDMARK_LENGTH = 120

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_PAUSE = re.compile(r"[,.;:\n]")


class Place(Protocol):
    """What a name can stand for: a ward."""

    @property
    def code(self) -> int:
        """Its official code."""

    @property
    def ward(self) -> str:
        """Its name."""


W = TypeVar("W", bound=Place)


@dataclass(frozen=True)
class Name(Generic[W]):
    """A name as it is written, and the wards it covers (one, for a ward's own name)."""

    kind: Kind
    text: str
    wards: tuple[W, ...]


@dataclass(frozen=True)
class PlaceReading(Generic[W]):
    """What a text says about a place.

    candidates  wards, best first; empty if the text names none
    certain     there is one candidate and no reason to ask
    landmark    the rest of the text
    """

    candidates: list[W]
    certain: bool
    landmark: str


@dataclass(frozen=True)
class _Word:
    key: str
    start: int
    end: int
    beside: bool  # behind a word such as "near": part of the landmark, most likely


@dataclass(frozen=True)
class _Meaning(Generic[W]):
    kind: Kind
    wards: tuple[W, ...]
    quality: float
    everyday: bool
    guessed: bool = False


@dataclass(frozen=True)
class _Match(Generic[W]):
    """A stretch of words that names something; `meanings` are all the things it may name."""

    first: int
    count: int
    meanings: tuple[_Meaning[W], ...]

    def has(self, kind: Kind) -> bool:
        return any(m.kind == kind for m in self.meanings)

    def means(self, ward: W) -> bool:
        """Whether it may be the name of `ward` itself."""
        return any(m.kind == "ward" and ward in m.wards for m in self.meanings)

    def covers(self, ward: W) -> bool:
        """Whether it names a sub-county or county that `ward` lies in."""
        return any(m.kind != "ward" and ward in m.wards for m in self.meanings)


@dataclass(frozen=True)
class _Found(Generic[W]):
    ward: W
    match: _Match[W]
    quality: float
    supported: bool
    guessed: bool

    @property
    def score(self) -> float:
        return self.quality + self.supported


class Gazetteer(Generic[W]):
    """All names with all their meanings, built once."""

    def __init__(self, names: Iterable[Name[W]]) -> None:
        listed = list(names)
        self._meanings: dict[str, list[_Meaning[W]]] = {}
        for name in listed:
            for spelling, quality in _spellings(name).items():
                self._add(spelling, name, quality)
        for name in listed:
            if name.kind == "ward":
                for word in _telling_words(name.text):
                    self._add_part(word, name)

    def read(self, text: str) -> PlaceReading[W]:
        """The place that `text` names and what else it says."""
        words = _words(text)
        matches = self._look_up(words)
        if not any(self._trustworthy(match, words) for match in matches):
            matches += self._guess(words, matches)
        matches = self._in_place_zone(matches, words)
        regions = [match for match in matches if not match.has("ward") or match.has("subcounty")]
        found = self._weigh(matches, words)
        if not found:
            wards, used = self._of_regions(matches)
            return PlaceReading(wards, len(wards) == 1, _landmark(text, words, used))
        best = found[0]
        if self._sure(found, regions):
            used = [m for m in matches if m.covers(best.ward) or m.means(best.ward)]
            return PlaceReading([best.ward], True, _landmark(text, words, used))
        candidates = [f.ward for f in found]
        if best.match.has("subcounty") and not best.supported:
            candidates += self._of_regions([best.match])[0]
        return PlaceReading(list(dict.fromkeys(candidates)), False, _landmark(text, words, matches))

    def _add(self, spelling: str, name: Name[W], quality: float) -> None:
        everyday = name.kind == "ward" and (spelling in EVERYDAY_NAMES or len(spelling) < 4)
        meaning = _Meaning(name.kind, name.wards, quality, everyday)
        self._meanings.setdefault(spelling, []).append(meaning)

    def _add_part(self, word: str, name: Name[W]) -> None:
        """One word of a ward's name, unless it is its sub-county's or county's name or found already."""
        known = self._meanings.get(word, ())
        if not any(name.wards[0] in meaning.wards for meaning in known):
            self._add(word, name, PART_OF_NAME)

    def _look_up(self, words: list[_Word]) -> list[_Match[W]]:
        """Names that are spelt right, the longest first at each word."""
        matches = []
        at = 0
        while at < len(words):
            for count in range(min(LONGEST_NAME, len(words) - at), 0, -1):
                meanings = self._meanings.get("".join(word.key for word in words[at : at + count]))
                after = words[at + count].key if at + count < len(words) else ""
                if meanings and after not in ROADS:
                    matches.append(_Match(at, count, tuple(meanings)))
                    break
            else:
                count = 1
            at += count
        return matches

    def _trustworthy(self, match: _Match[W], words: list[_Word]) -> bool:
        """Whether the text names a ward so plainly that nothing needs guessing."""
        named = any(m.kind == "ward" and not m.everyday for m in match.meanings)
        named = named and not match.has("subcounty")
        return (named or _is_all(match, words)) and not words[match.first].beside

    def _guess(self, words: list[_Word], matches: list[_Match[W]]) -> list[_Match[W]]:
        """Names that are nearly spelt right, among the words that have no meaning yet."""
        taken = {at for match in matches for at in range(match.first, match.first + match.count)}
        inside = {w.code for match in matches for m in match.meanings if m.kind != "ward" for w in m.wards}
        guesses = []
        free = [at for at, word in enumerate(words) if at not in taken and word.key not in NOT_NAMES]
        free.sort(key=lambda at: words[at].beside)
        for at in free[:GUESSED_WORDS]:
            for count in (1, 2):
                if at + count > len(words) or at + count - 1 not in free:
                    continue
                meanings = self._nearly("".join(w.key for w in words[at : at + count]), inside)
                if meanings:
                    guesses.append(_Match(at, count, meanings))
                    break
        return guesses

    def _nearly(self, key: str, inside: set[int]) -> tuple[_Meaning[W], ...]:
        if len(key) < 4 or len(key) not in self._by_length:
            return ()
        cutoff = GUESS_INSIDE if inside else GUESS_ANYWHERE
        close = process.extract(
            key, self._by_length[len(key)], scorer=fuzz.ratio, score_cutoff=cutoff, limit=8
        )
        meanings = []
        for spelling, ratio, _at in close:
            for meaning in self._meanings[spelling]:
                within = meaning.kind == "ward" and any(w.code in inside for w in meaning.wards)
                if meaning.quality == 1.0 and not meaning.everyday and (within or ratio >= GUESS_ANYWHERE):
                    meanings.append(replace(meaning, quality=ratio / 100, guessed=True))
        return tuple(meanings)

    @cached_property
    def _by_length(self) -> dict[int, list[str]]:
        """Spellings that a word of some length can be a misspelling of."""
        near: dict[int, list[str]] = {}
        for spelling in self._meanings:
            for length in range(len(spelling) - 2, len(spelling) + 3):
                near.setdefault(length, []).append(spelling)
        return near

    def _in_place_zone(self, matches: list[_Match[W]], words: list[_Word]) -> list[_Match[W]]:
        """Without the names that only say where the door is, if the rest names a ward."""
        zone = [match for match in matches if not words[match.first].beside]
        return zone if any(match.has("ward") for match in zone) else matches

    def _weigh(self, matches: list[_Match[W]], words: list[_Word]) -> list[_Found[W]]:
        """Every ward that is named, the likeliest first."""
        found: dict[int, _Found[W]] = {}
        for match in matches:
            others = [other for other in matches if other is not match]
            elsewhere = any(other.has("subcounty") or other.has("county") for other in others)
            for meaning in match.meanings:
                if meaning.kind != "ward":
                    continue
                ward = meaning.wards[0]
                supported = any(other.covers(ward) for other in others)
                if not supported and meaning.everyday and not _is_all(match, words):
                    continue
                if not supported and elsewhere and meaning.quality < 1:
                    continue
                one = _Found(ward, match, meaning.quality, supported, meaning.guessed)
                known = found.get(ward.code)
                if known is None or known.score < one.score:
                    found[ward.code] = one
        named = list(found.values())
        if any(one.supported for one in named):
            named = [one for one in named if one.supported]
        return sorted(named, key=lambda one: (-one.score, one.match.first, one.ward.ward, one.ward.code))

    def _sure(self, found: list[_Found[W]], regions: list[_Match[W]]) -> bool:
        """One ward is meant; not its whole sub-county, and nothing named beside it contradicts."""
        best = found[0]
        if len(found) > 1:
            return False
        if best.supported:
            return True
        if regions or best.quality < SURE_GUESS:
            return False
        return not best.guessed or len(_key(best.ward.ward)) >= SURE_LENGTH

    def _of_regions(self, matches: list[_Match[W]]) -> tuple[list[W], list[_Match[W]]]:
        """The wards of the sub-counties (else counties) that are named, those of all of them if there are
        any; the one that bears the region's name first."""
        for kind in ("subcounty", "county"):
            named = [match for match in matches if match.has(kind)]
            if not named:
                continue
            each = [[w for m in match.meanings if m.kind == kind for w in m.wards] for match in named]
            every = [w for wards in each for w in wards]
            common = [w for w in every if all(w in wards for wards in each)] or every
            outer = [match for match in matches if match.has("county")]
            narrowed = [w for w in common if all(o.covers(w) for o in outer)] or common
            return list(dict.fromkeys(narrowed)), [*named, *outer]
        return [], []


def _key(text: str) -> str:
    return plain(text).replace(" ", "")


def _spellings(name: Name[W]) -> dict[str, float]:
    """Keys under which a name is found, and how well: each side of a slash; without North, Town ..."""
    keys = {}
    if name.kind == "ward":
        keys = {_key(part): SIDE_OF_SLASH for part in name.text.split("/") if len(part.strip()) > 3}
    else:
        bare = "".join(word for word in plain(name.text).split() if word not in QUALIFIERS)
        keys = {bare: 1.0} if len(bare) > 2 else {}
    return keys | {_key(name.text): 1.0}


def _telling_words(text: str) -> list[str]:
    """The words of a longer name that may stand for it: "rongai", not "upper" or "west"."""
    words = plain(text).split()
    ordinary = QUALIFIERS | NOT_NAMES
    return [word for word in words if len(words) > 1 and len(word) > 3 and word not in ordinary]


def _words(text: str) -> list[_Word]:
    words: list[_Word] = []
    beside = False
    last = 0
    for found in _WORD.finditer(text):
        if _PAUSE.search(text, last, found.start()):
            beside = False
        last = found.end()
        key = _key(found.group())
        beside = beside or key in LOCATING
        words.append(_Word(key, found.start(), found.end(), beside and key not in LOCATING))
    return words


def _is_all(match: _Match[W], words: list[_Word]) -> bool:
    """Whether the text says nothing but this name."""
    rest = words[: match.first] + words[match.first + match.count :]
    return all(word.key in FILLERS or word.key in PLACE_KINDS for word in rest)


def _landmark(text: str, words: list[_Word], used: list[_Match[W]]) -> str:
    """The text without the names that were understood, and without the words that only led to them."""
    taken = {at for match in used for at in range(match.first, match.first + match.count)}
    for at in sorted(taken):  # "Kinoo ward", "Kiambu county"
        after = at + 1
        while after < len(words) and after not in taken and words[after].key in PLACE_KINDS:
            taken.add(after)
            after += 1
    pieces: list[list[int]] = [[]]
    for at in range(len(words)):
        if at in taken:
            pieces.append([])
        else:
            pieces[-1].append(at)
    shown = []
    for piece in pieces:
        while piece and words[piece[0]].key in FILLERS:
            piece.pop(0)
        while piece and (words[piece[-1]].key in FILLERS or words[piece[-1]].key in LOCATING):
            piece.pop()
        if piece:
            shown.append(text[words[piece[0]].start : words[piece[-1]].end])
    return tidy(", ".join(shown), LANDMARK_LENGTH)
