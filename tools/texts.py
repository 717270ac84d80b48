"""One sheet of every text and command word, for a native reader; and the sheet taken back.

    python -m tools.texts                                 writes texts.csv (make texts)
    python -m tools.texts take texts.csv sw "Asha Juma"   what she marked or bettered

The reader opens the sheet in any spreadsheet. In the columns of her language she writes `x` under "ok", or a
better text under "better". Taking it back puts better texts into the catalogue, if their slots are the same,
and marks as read what she has seen (locales/read.csv). `make check-menus` finds a text that does not fit.
"""

import argparse
import csv
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from babel.messages.pofile import read_po, write_po

from locales import readers
from locales.catalogue import DOMAINS, FOLDERS, HERE, LANGUAGES, catalogue, joined
from locales.errors import ERRORS
from locales.gsm import fold, outsiders, septets
from locales.mark import FORMS
from locales.messages import MESSAGES
from locales.readers import Text
from locales.voice import Voice, slots_of
from menus.compile import conversations
from sms.keywords import keywords
from tools.environment import HOME

SHEET = HOME / "texts.csv"
BETWEEN = " | "
# "lost": characters that a phone's alphabet has nothing for, so that they vanish on the way. What is sent as
# another letter is none of them: ĩ and ũ of the Kikuyu texts travel as i and u.
KEPT = ("text", "septets", "lost", "ok", "better")
WORD_LANGUAGES = {"en": "en", "sw": "sw", "kikuyu": "ki"}


def places() -> Mapping[str, list[str]]:
    """Text -> where it is said: `sell.price`, `sms new_order`, `error carts.full`."""
    found: dict[str, list[str]] = defaultdict(list)
    for name, screen in conversations().screens.items():
        for text in screen.texts():
            found[text].append(name)
    for code, message in MESSAGES.items():
        found[message.text].append(f"{'sms' if message.texted else 'news'} {code}")
    for code, text in ERRORS.items():
        found[text].append(f"error {code}")
    return found


def columns() -> list[str]:
    """The sheet's head."""
    own = [f"{language} {what}" for language in LANGUAGES for what in KEPT]
    return ["where", "about", *own]


def rows() -> Iterator[dict[str, Any]]:
    """A line for every text, those of one screen together, then every command word."""
    said_at, known = places(), readers.marks()
    voice = Voice(cast(Any, None))
    lines = []
    for text in readers.texts():
        where = ", ".join(dict.fromkeys(said_at.get(text.english, ()))) or ", ".join(text.files)
        line: dict[str, Any] = {"where": where, "about": text.about}
        for language in LANGUAGES:
            mark = known.get(text.digest(language))
            line[f"{language} text"] = text.said(language).replace(FORMS, BETWEEN)
            line[f"{language} septets"] = septets(voice.full(language, text.english))
            line[f"{language} lost"] = ", ".join(lost(text.said(language).replace(FORMS, "")))
            line[f"{language} ok"] = f"{mark.reader} {mark.day}" if mark else ""
            line[f"{language} better"] = ""
        lines.append(line)
    yield from sorted(lines, key=lambda line: str(line["where"]))
    yield from _words()


def lost(text: str) -> tuple[str, ...]:
    """The characters of `text` that no phone will show, with their names."""
    return outsiders("".join(character for character in text if not fold(character)))


def _words() -> Iterator[dict[str, Any]]:
    """What people may text, by what it means: the words of each language in one line."""
    meanings: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for keyword in keywords().by_phrase.values():
        for intent in keyword.intents:
            for language in keyword.languages:
                meanings[intent][language].append(keyword.phrase.upper())
    for intent in sorted(meanings):
        line: dict[str, Any] = dict.fromkeys(columns(), "") | {"where": f"word {intent}"}
        for language, code in WORD_LANGUAGES.items():
            line[f"{language} text"] = ", ".join(meanings[intent][code])
        yield line


def write(path: Path) -> int:
    """The sheet; a mark of the byte order lets every spreadsheet see that it is UTF-8."""
    lines = list(rows())
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, columns())
        writer.writeheader()
        writer.writerows(lines)
    return len(lines)


class BadSheet(Exception):
    """A returned sheet that cannot be taken; nothing was changed."""


def take(path: Path, *, language: str, reader: str) -> tuple[int, int]:
    """How many texts were bettered, and how many newly marked as read; raises BadSheet."""
    by_text = {text.said(language).replace(FORMS, BETWEEN): text for text in readers.texts()}
    read: list[Text] = []
    better: dict[str, str] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for number, line in enumerate(csv.DictReader(file), 2):
            text = by_text.get(line.get(f"{language} text", ""))
            new = (line.get(f"{language} better") or "").strip()
            if text is None or not (new or (line.get(f"{language} ok") or "").strip()):
                continue
            read.append(text)
            if new:
                better[text.english] = _checked(text, new.replace(BETWEEN, FORMS), number)
    if better:
        _store(language, better)
    day = datetime.now(UTC).date()
    return len(better), readers.mark(read, language=language, reader=reader, day=day)


def _checked(text: Text, new: str, number: int) -> str:
    if set(slots_of(new)) != set(slots_of(text.english)):
        raise BadSheet(f"line {number}: other slots than {text.english!r}")
    if new.count(FORMS) != text.english.count(FORMS):
        raise BadSheet(f"line {number}: as many forms as {text.english!r}, with `{BETWEEN.strip()}` between")
    return new


def _store(language: str, better: Mapping[str, str]) -> None:
    for domain in DOMAINS:
        path = HERE / FOLDERS[language] / f"{domain}.po"
        with path.open("rb") as source:
            entries = read_po(source, locale=FOLDERS[language])
        changed = False
        for message in entries:
            new = better.get(joined(message.id)) if message.id else None
            if new is not None:
                forms = tuple(new.split(FORMS))
                message.string, changed = (forms if len(forms) > 1 else new), True
        if changed:
            with path.open("wb") as target:
                write_po(target, entries, width=110, include_lineno=False)
    catalogue.cache_clear()


def report() -> str:
    """How far the reading is, a line for each language."""
    return "".join(
        f"{row.language}: {row.read} of {row.texts} texts read; "
        f"{len(row.first)} about money or consent that nobody has read\n"
        for row in readers.standing()
    )


def main(arguments: Sequence[str]) -> int:
    """The command line; 0 when it went well."""
    parser = argparse.ArgumentParser(prog="python -m tools.texts", description=__doc__)
    commands = parser.add_subparsers(dest="command")
    taking = commands.add_parser("take", help="take a reader's sheet back")
    taking.add_argument("sheet", type=Path)
    taking.add_argument("language", choices=LANGUAGES)
    taking.add_argument("reader")
    asked = parser.parse_args(arguments)
    if asked.command == "take":
        try:
            bettered, read = take(asked.sheet, language=asked.language, reader=asked.reader)
        except BadSheet as bad:
            sys.stderr.write(f"{bad}\n")
            return 1
        sys.stdout.write(f"{bettered} texts bettered, {read} newly read\n")
    else:
        sys.stdout.write(f"{SHEET.name}: {write(SHEET)} lines\n")
    sys.stdout.write(report())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
