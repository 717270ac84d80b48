"""`make check-menus`: what is wrong with the conversations, without a database and without a server.

Start-up has refused what the compiler sees (lost and endless screens, a key given twice, a text that is
missing in a language). Here every screen is drawn with all its slots at their widest, alone and under the
longest sentence that may stand above it, in three languages; and the maps in docs/flows/ must be those of the
present conversations.
"""

import ast
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, cast

from core.db import Database
from locales.catalogue import LANGUAGES
from locales.errors import ERRORS
from locales.gsm import is_basic, septets
from locales.voice import Voice
from menus import draw
from menus.compile import BrokenFlow, Menus, conversations
from menus.flow import LONGEST_LINE, Ask, Item, Pick, Say, Shown
from menus.talk import Caller, Session, Talk
from ussd.screen import LIMIT, render

HOME = Path(__file__).parent.parent
# A sentence above a screen (what was wrong, what has been done) takes this much at most, in every language.
LONGEST_NOTE = 80
_SAYS = {"note", "Again"}
MOST_PAGES = 60


class FullVoice:
    """Says every text with all its slots at their widest."""

    def __init__(self) -> None:
        self._voice = Voice(cast(Any, None))

    def say(self, language: str, text: str, /, **values: Any) -> str:
        """`text` at its widest, whatever the values are."""
        return _full(self._voice, language, text)


@cache
def _full(voice: Voice, language: str, text: str) -> str:
    return voice.full(language, text)


_VOICE = FullVoice()


def full_talk(language: str, *notes: str) -> Talk:
    """A talk in which every word is at its widest; `notes` are texts that stand above the screen."""
    return Talk(
        session=Session(caller=Caller(1, "farmer", language, "Wambui"), trail=[("farmer.home", 0)]),
        msisdn="+254712000101",
        parts=cast(Any, None),
        voice=cast(Voice, _VOICE),
        db=cast(Database, None),
        open=cast(Any, None),
        notes=[_VOICE.say(language, note) for note in notes],
    )


def widest(screen: Shown | Say) -> Shown | Say:
    """The screen with everything on it: no value asked of anybody, every option and the aside shown."""
    if isinstance(screen, Say):
        return replace(screen, values=None)
    options = tuple(replace(option, when=None) for option in screen.options)
    screen = replace(screen, values=None, aside_when=None, options=options)
    if isinstance(screen, Pick):
        return replace(screen, items=lambda talk: [Item("W" * LONGEST_LINE, n) for n in range(30)])
    return screen


def pages(screen: Shown | Say, talk: Talk) -> Iterator[str]:
    """Every page of the screen."""
    for _page in range(MOST_PAGES):
        yield render(screen, talk)
        if not talk.session.after:
            return
        talk.session.page = talk.session.after


@contextmanager
def heard() -> Iterator[list[str]]:
    """What the drawing of screens complains of in the log while the block lasts."""
    complaints: list[str] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            complaints.append(f"{record.getMessage()}: {record.__dict__.get('begins', '')!r}")

    ear, log = Ear(logging.ERROR), logging.getLogger("tunda.ussd")
    log.addHandler(ear)
    try:
        yield complaints
    finally:
        log.removeHandler(ear)


def misfits(name: str, screen: Shown | Say, language: str) -> Iterator[str]:
    """What does not fit of one screen in one language."""
    full = widest(screen)
    for note in ("", "m" * (LONGEST_NOTE // 2), "m" * LONGEST_NOTE) if isinstance(full, Shown) else ("",):
        talk = full_talk(language)
        talk.session.state = name
        talk.notes = [note] if note else []
        with heard() as complaints:
            bodies = list(pages(full, talk))
        where = f"{name} in {language}" + (f" under {len(note)} septets" if note else "")
        yield from (f"{where}: {complaint}" for complaint in complaints)
        for body in bodies:
            if septets(body) > LIMIT or not is_basic(body) or not body.startswith(("CON ", "END ")):
                yield f"{where}: no USSD body: {body!r}"
        if isinstance(full, Say):
            continue
        for option in full.options:
            if not any(f"\n{option.key} " in body for body in bodies):
                yield f"{where}: {option.key} is on no page"
        way_back = not full.top and not (isinstance(full, Ask) and full.zero)
        if way_back and not note and not all("\n0 " in body for body in bodies):
            yield f"{where}: a page without the way back"
        if full.aside and not note and len(bodies) == 1 and talk.words(full.aside) not in bodies[0]:
            yield f"{where}: the aside never shows"


def sentences() -> Iterator[tuple[str, str]]:
    """(where, text) of every sentence that may stand above a screen."""
    yield from ((f"locales/errors.py {code}", text) for code, text in ERRORS.items())
    for file, module, call in _calls(_SAYS):
        for text in _texts(call.args[0], module):
            yield f"{file}:{call.lineno}", text


def _calls(names: set[str]) -> Iterator[tuple[Path, ModuleType, ast.Call]]:
    """Every call in menus/ of something named so, with its file and the module as it runs."""
    for file in sorted((HOME / "menus").rglob("*.py")):
        name = ".".join(file.relative_to(HOME).with_suffix("").parts)
        module = import_module(name.removesuffix(".__init__"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and _name(node.func) in names:
                yield file.relative_to(HOME), module, node


def _name(function: ast.expr) -> str:
    match function:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case _:
            return ""


def _texts(node: ast.expr, module: Any) -> Iterator[str]:
    """The texts that an expression may be: written out, marked, a constant, or one of two."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.Name(id=name):
            constant = getattr(module, name, None)
            if isinstance(constant, str):
                yield constant
        case ast.Attribute(attr=name, value=ast.Name(id=home)):
            constant = getattr(getattr(module, home, None), name, None)
            if isinstance(constant, str):
                yield constant
        case ast.Call(args=[first, *_]):
            yield from _texts(first, module)
        case ast.IfExp(body=one, orelse=other):
            yield from _texts(one, module)
            yield from _texts(other, module)
        case ast.Subscript(value=ast.Name(id=name)):
            table = getattr(module, name, None)
            if isinstance(table, dict):
                yield from (text for text in table.values() if isinstance(text, str))


def long_sentences() -> Iterator[str]:
    """Sentences that leave too little of the screen they stand above."""
    for where, text in sentences():
        for language in LANGUAGES:
            length = septets(_VOICE.say(language, text))
            if length > LONGEST_NOTE:
                yield f"{where}: {length} septets in {language}, {LONGEST_NOTE} at most: {text!r}"


def long_lines() -> Iterator[str]:
    """Lines of lists that may be longer than a line and do not say which name gives way."""
    for file, module, call in _calls({"Item", "item"}):
        if any(keyword.arg == "name" for keyword in call.keywords) or len(call.args) > 2:
            continue
        match call.args[:1]:
            case [ast.Call(func=ast.Attribute(attr="words"), args=[first, *_])]:
                texts = list(_texts(first, module))
            case _:
                continue
        for text in texts:
            for language in LANGUAGES:
                length = septets(_VOICE.say(language, text))
                if length > LONGEST_LINE:
                    yield f"{file}:{call.lineno}: {length} septets in {language}, what gives way? {text!r}"


def shown(menus: Menus) -> dict[str, Shown | Say]:
    """Every screen that people see, by its full name."""
    return {name: screen for name, screen in menus.screens.items() if isinstance(screen, Shown | Say)}


def faults(menus: Menus) -> Iterator[str]:
    """All that is wrong, one a line."""
    for name, screen in shown(menus).items():
        for language in LANGUAGES:
            yield from misfits(name, screen, language)
    yield from long_sentences()
    yield from long_lines()
    yield from draw.stale(menus)


def main() -> int:
    """Say how much was checked and what is wrong; 1 if anything is."""
    try:
        menus = conversations()
    except BrokenFlow as broken:
        sys.stdout.write(f"{broken}\n")
        return 1
    found = list(faults(menus))
    texts = {text for screen in menus.screens.values() for text in screen.texts()}
    said = {text for _where, text in sentences()}
    sys.stdout.write("".join(f"{fault}\n" for fault in found))
    sys.stdout.write(
        f"{len(menus.flows)} conversations, {len(shown(menus))} screens and {len(texts | said)} texts in "
        f"{len(LANGUAGES)} languages, {len(found)} faults\n"
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
