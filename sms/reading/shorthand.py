"""Words as hurried thumbs write them, made whole before a text is read: `hw mch`, `2 trys`, `nichapie`.

Only words that nothing else explains are touched; a mended word keeps its place in the text.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from rapidfuzz.distance import OSA

from sms import grammar, lexicon, riding
from sms.keywords import keywords
from sms.lexicon import FILLERS, METHODS, ORDERED, OWNED, POLITE, UNITS, WHEN
from sms.numerals import number_words
from sms.reading import (
    agreeing,
    answering,
    complaints,
    keypad,
    offering,
    paying,
    places,
    prices,
    qualities,
    saying,
    selling,
    selling_for,
    signs,
)  # fmt: skip
from sms.reading.gazetteer import place_names
from sms.reading.produce import Produce
from sms.reading.signs import REFUSING, doubts
from sms.reading.sounds import lacks_one, skeleton, squeezed, within
from sms.wording import words_in
from sms.words import Token

# Short forms that mean nothing else in any of the three languages.
_SHORT = {
    short: pair.split("=")[0]
    for pair in (
        "how=hw", "much=mch muc moch", "what=wat wt wht wot", "whats=wats whts wots", "where=wer whr wea",
        "have=hav hv", "give=gv giv", "want=wnt wan wana wanna", "need=nid ned", "send=snd sed",
        "price=prc prce prise praice", "are=r", "the=d de da", "tell=tel", "about=abt", "with=wth wit",
        "sell=sel sll", "buy=bui", "pay=py", "nataka=natka ntaka nataa nataks natala ntk nataki natak",
        "bei=bey bai", "nauza=nauz nausa", "naomba=nomba naoba", "mpesa=mpsa mpeza empesa", "order=ordr odr",
        "cancel=cncl", "help=hlp hepl", "status=stats stts", "today=tday", "my=mi", "you=yu",
        "available=availabl availble avail", "tomorrow=tmr",
    )
    for short in pair.split("=")[1].split()
}  # fmt: skip
# Verbs that ask for something to be brought ("nichapie", "unitumie"), not those that ask for words.
_REQUEST = re.compile(
    r"(?:ndumir|ndeher|ngurir|njender|nenger)[aei]{1,2}|(?:si)?(?:[um]|mu)?(?:ni|tu)[a-z]{2,9}(?:ie|ee|i)"
)
_NO_REQUEST = re.compile(
    r"(?:[um]|mu)?(?:ni|tu)(?:saidi|ambi|juli|fahami|pigi|ombe|samehe|rudi|eleze?|kope|subiri|onye|lipi|pokel"
    r"|fundi|ongez|ondo|toe|tole|tak|iti|kumbu|andiki|sajili|sikil|penda|shi|kat[ai]|to[ke]|uli[zs])[a-z]*"
)


_READ_CLOSELY = 40  # a command is shorter; what is longer is a story, whose slips do not matter


def mended(found: Sequence[Token], produce: Produce) -> list[Token]:
    """The tokens of a text with its short and misspelt small words written out."""
    words = [token.text for token in found]
    goods = any(token.kind == "word" and produce.exactly(token.text) for token in found)
    made: list[Token] = []
    for at, token in enumerate(found):
        whole = _whole(words, at, token, produce, goods=goods)
        if whole and whole != token.text:
            token = replace(token, text=whole, kind="word")
        elif (
            not whole
            and at < _READ_CLOSELY
            and token.kind == "word"
            and (near := _refusing(token.text, produce) or _misspelt(token.text, produce, first=not at))
        ):
            token = replace(token, text=near, guessed=True)
        made.append(token)
    return made


def _refusing(word: str, produce: Produce) -> str:
    """The refusal that `word` is a letter off: `sitak`, `staki`; no slip loses a no."""
    if len(word) < 5 or word in _known() or word in place_names() or produce.find([word]).slugs:
        return ""
    return next((no for no in sorted(REFUSING) if OSA.distance(word, no, score_cutoff=1) <= 1), "")


def _misspelt(word: str, produce: Produce, *, first: bool) -> str:
    """The one everyday word that `word` is a letter off, if nothing else explains it."""
    if len(word) < 3 or word in _known() or word in place_names() or produce.names_part(word):
        return ""
    if first and keywords().near(word):  # sms.keywords guesses what opens a text
        return ""
    near = _nearest(word)
    return near if near and not produce.find([word]).slugs and not doubts([word]) else ""


@lru_cache(maxsize=5000)
def _nearest(word: str) -> str:
    swapped = [
        known for known in _by_letters().get("".join(sorted(word)), ()) if OSA.distance(word, known) == 1
    ]
    if len(swapped) == 1:
        return swapped[0]
    if len(word) < 4:
        return ""
    most = 1 if len(word) < 9 else 2
    near = [
        known
        for length in range(max(4, len(word) - most), len(word) + most + 1)
        for known in within(word, _by_length().get(length, ()), most)
    ]
    alike = [known for known in near if known[0] == word[0]] or (near if len(word) > 5 else [])
    dropped = [known for known in alike if squeezed(known) == squeezed(word)] or alike
    return dropped[0] if len(dropped) == 1 else ""


@lru_cache(maxsize=1)
def _everyday() -> frozenset[str]:
    """The small words and the words of commands; never those that make a text doubtful."""
    spoken = {part for phrase in keywords().by_phrase for part in phrase.split()}
    numerals = {part for phrase in number_words() for part in phrase.split()}
    every = spoken | numerals | FILLERS | POLITE | OWNED | ORDERED | WHEN | METHODS.keys() | UNITS.keys()
    return frozenset(word for word in every if len(word) > 2 and not doubts([word]) and word.isalpha())


@lru_cache(maxsize=1)
def _by_length() -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for word in sorted(_everyday()):
        found.setdefault(len(word), []).append(word)
    return found


@lru_cache(maxsize=1)
def _by_letters() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for word in sorted(_everyday()):
        found.setdefault("".join(sorted(word)), []).append(word)
    return found


def _whole(words: Sequence[str], at: int, token: Token, produce: Produce, *, goods: bool) -> str:
    before = words[at - 1] if at else ""
    after = words[at + 1] if at + 1 < len(words) else ""
    word = token.text
    if token.kind == "number":
        return _SOUNDING.get((before, word), "") or ("to" if word == "2" and after in _DOING else "")
    if token.kind != "word":
        return ""
    if (word == "kama" and _is_number(after)) or (word == "hivi" and _is_number(before)):
        return "about"
    if word == "nisaidie" and after == "na" and goods:  # "nisaidie na nyanya": let me have some
        return "nipe"
    if word == "si" and _REQUEST.fullmatch(after):  # "si unitumie ...": won't you send me
        return "pls"
    if word in ("wer", "were", "wea") and after in ("is", "my", "are"):
        return "where"
    if word in _SHORT and not produce.exactly(word):
        return _SHORT[word]
    if word in _known() or produce.exactly(word):
        return ""
    counted = _is_number(before) or _is_number(after)
    bones = skeleton(word) == word and bool(produce.exactly(after))  # "2crts tomatos": no carrots
    if counted and (unit := _unit(word)) and (bones or not produce.find([word]).slugs):
        return unit
    if _ENDED.fullmatch(word):
        return "niciathira" if "thir" in word else "imeisha"
    if goods and at < 5 and _REQUEST.fullmatch(word) and not _NO_REQUEST.match(word):
        return "nipe"
    return ""


# It has run out, of whatever class of noun.
_ENDED = re.compile(
    r"(?:ni)?(?:ci|i|ri|ma|ya|gi|ka|wa|mi)a?thir(?:a|ire|irire|ite)"
    r"|(?:i|zi|ya|vi|ki|u|li)(?:me|mesha|sha)(?:isha|kwisha|malizika)"
)
# "hw much 4 eggs"; "i wnt 2 pay".
_SOUNDING = {(word, "4"): "for" for word in ("much", "mch", "price", "cost", "rate")}
_DOING = words_in("pay cancel order buy sell know get track collect register join")


def _is_number(word: str) -> bool:
    return word[:1].isdigit() or word in number_words()


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    """Every word that some rule of the reader knows: none of them is a slip of the thumb."""
    kept: set[str] = {*number_words(), *_everyday()}
    for module in _RULES:
        for value in vars(module).values():
            if isinstance(value, frozenset | dict):
                kept |= {part for word in value if isinstance(word, str) for part in word.split()}
    return frozenset(kept)


_RULES = (
    lexicon, signs, riding, grammar, agreeing, answering, complaints, keypad, offering, paying, places,
    prices, qualities, saying, selling, selling_for,
)  # fmt: skip


@lru_cache(maxsize=2000)
def _unit(word: str) -> str:
    """The unit that `word` misspells, if all that are near mean one: `bnchs`, `trys`, `kiko`."""
    if len(word) < 3 or word in _NO_UNITS:
        return ""
    bare = skeleton(word) == word and len(word) > 2
    if len(word) == 3:  # "klo"
        short = {
            UNITS[unit]: unit
            for unit in UNITS
            if len(unit) == 4 and unit[0] == word[0] and lacks_one(unit, word)
        }
        if len(short) == 1:
            return next(iter(short.values()))
    near = {
        UNITS[unit]: unit
        for unit in UNITS
        if len(unit) > 2
        and unit[0] == word[0]
        and ((bare and skeleton(unit) == word) or (len(word) > 3 and OSA.distance(word, unit) <= 1))
    }
    return next(iter(near.values())) if len(near) == 1 else ""


_NO_UNITS = words_in("pieced grass great greens bad beg big bug best back better bunny nut not net next")
