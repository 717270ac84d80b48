"""Which texts a speaker of the language has read, and which of those are about money or consent.

A mark (locales/read.csv) is a digest of the text as it stood: whoever changes a text makes it unread again.
What is about money or consent is ruled here, once: by its slots, its words, and the file that says it.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from hashlib import sha256

from babel.messages.pofile import read_po

from locales.catalogue import DOMAINS, FOLDERS, HERE, LANGUAGES, catalogue, joined
from locales.slots import SLOTS, money
from locales.voice import slots_of

MARKS = HERE / "read.csv"
FIELDS = ("digest", "language", "reader", "day")
MONEY, CONSENT = "money", "consent"
MONEY_SLOTS = frozenset(
    {name for name, slot in SLOTS.items() if slot.write is money} | {"paybill", "account"}
)
# Whatever is said there is about money, or about what a person agrees to, also where no slot says so.
SAID_IN = {
    MONEY: ("account/earnings", "account/payee", "account/pin", "customer/checkout", "customer/methods",
            "rider/cash"),
    CONSENT: ("account/register", "account/privacy", "account/switches"),
}  # fmt: skip
SAID_ABOUT = {
    MONEY: ("M-Pesa", "paybill", "refund", "paid", "payment", "money", "PIN"),
    CONSENT: ("agree", "consent", "STOP", "personal data", "we keep your"),
}
DIGEST_LETTERS = 16


@dataclass(frozen=True)
class Mark:
    """Who read a text in a language, and when."""

    language: str
    reader: str
    day: date


@dataclass(frozen=True)
class Text:
    """A text of the catalogues: its English, and the files that say it."""

    english: str
    files: Sequence[str]

    @property
    def about(self) -> str:
        """MONEY, CONSENT or "": what needs a reader before it is sent to anybody."""
        slots = set(slots_of(self.english))
        for kind in (CONSENT, MONEY):
            said_there = any(place in file for place in SAID_IN[kind] for file in self.files)
            if said_there or any(word in self.english for word in SAID_ABOUT[kind]):
                return kind
        return MONEY if slots & MONEY_SLOTS else ""

    def said(self, language: str) -> str:
        """The text in a stored language, as the catalogue has it."""
        return catalogue(language).get(self.english, "")

    def digest(self, language: str) -> str:
        """By what a mark knows the text as it stands now."""
        whole = "\0".join((language, self.english, self.said(language)))
        return sha256(whole.encode()).hexdigest()[:DIGEST_LETTERS]


@cache
def texts() -> Sequence[Text]:
    """Every text that people are told, in the order of the files that say them."""
    found: dict[str, list[str]] = {}
    for domain in DOMAINS:
        with (HERE / FOLDERS["en"] / f"{domain}.po").open("rb") as file:
            for message in read_po(file, locale=FOLDERS["en"]):
                if message.id:
                    files = [place for place, _line in message.locations]
                    found.setdefault(joined(message.id), []).extend(files)
    return [Text(english, tuple(files)) for english, files in found.items()]


def marks() -> Mapping[str, Mark]:
    """Digest -> mark, as the file has them now; a reader's latest counts."""
    if not MARKS.exists():
        return {}
    with MARKS.open(encoding="utf-8", newline="") as file:
        return {
            row["digest"]: Mark(row["language"], row["reader"], date.fromisoformat(row["day"]))
            for row in csv.DictReader(file)
        }


def mark(read: Iterable[Text], *, language: str, reader: str, day: date) -> int:
    """Write down that `reader` has read these; returns how many were not marked before."""
    known = dict(marks())
    before = len(known)
    for text in read:
        known.setdefault(text.digest(language), Mark(language, reader, day))
    with MARKS.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(FIELDS)
        for digest, made in sorted(known.items()):
            writer.writerow((digest, made.language, made.reader, made.day.isoformat()))
    return len(known) - before


def unread(language: str) -> Sequence[Text]:
    """What nobody has read in this language."""
    known = marks()
    return [text for text in texts() if text.digest(language) not in known]


@dataclass(frozen=True)
class Standing:
    """How far the reading of one language is: texts, read ones, and the unread ones to be read first."""

    language: str
    texts: int
    read: int
    first: Sequence[Text]


def standing() -> Sequence[Standing]:
    """Every language."""
    every = texts()
    rows = []
    for language in LANGUAGES:
        left = unread(language)
        first = [text for text in left if text.about]
        rows.append(Standing(language, len(every), len(every) - len(left), first))
    return rows
