"""A screen becomes a body of at most 160 septets, prefix included, basic GSM table only (contract, 1.4).

What gives way when a screen is full: the `00 Home` line, then the aside, and under a long sentence the
question itself and the `0 Back` line (both keys go on working where a choice is asked): the choices stay. A
list takes as many lines as fit, and so do choices that are too many for one screen; the rest is behind `98`.
"""

import logging
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

from locales.gsm import fold, septets
from locales.slots import cut
from menus.flow import (
    LONGEST_LINE,
    LONGEST_LIST,
    Ask,
    Item,
    Option,
    Pick,
    Say,
    Screen,
    Shown,
)
from menus.home import HOMES, RESUME
from menus.talk import Talk
from menus.words import BACK, CONTINUE, GO_ON, HOME, LANGUAGE, MORE

log = logging.getLogger("tunda.ussd")

CON = "CON "
END = "END "
LIMIT = 160


def render(screen: Screen, talk: Talk) -> str:
    """The body that shows `screen` to the person; a list's next page is noted in the session."""
    match screen:
        case Say():
            words = talk.words(screen.text, **_values(screen.values, talk))
            return fit(END, [], [*talk.notes, _capital(words)])
        case Pick():
            return _list(screen, talk)
        case Shown():
            return _question(screen, talk)
        case _:
            raise TypeError(f"{screen.name} is no screen")


def offered(screen: Shown, talk: Talk) -> list[Option]:
    """The options that are shown now."""
    return [option for option in screen.options if option.when is None or option.when(talk)]


def end(*sentences: str) -> str:
    """A body that ends the session with these sentences."""
    return fit(END, [], sentences)


def fitting(prefix: str, optional: Sequence[str], lines: Sequence[str]) -> list[str] | None:
    """`lines` in their order; those also in `optional` are left out, first one first, until it fits.

    None if it does not fit without all of them.
    """
    kept = [line for line in lines if line]
    for line in (None, *optional):
        if line in kept:
            kept.remove(line)
        if septets(prefix + "\n".join(kept)) <= LIMIT:
            return kept
    return None


def fit(prefix: str, optional: Sequence[str], lines: Sequence[str]) -> str:
    """The body of what fits (see fitting).

    A last resort cuts the end off, and says so in the log: the fitting tests keep it from happening.
    """
    kept = fitting(prefix, optional, lines)
    if kept is not None:
        return prefix + "\n".join(kept)
    body = prefix + "\n".join(line for line in lines if line and line not in optional)
    log.error("a screen does not fit", extra={"septets": septets(body), "begins": body[:40]})
    while septets(body) > LIMIT:
        body = body[:-1]
    return body


def _values(make: Any, talk: Talk) -> Mapping[str, Any]:
    return {**talk.slots, **(make(talk) if make else {})}


def _question(screen: Shown, talk: Talk) -> str:
    """A question and its choices; on several pages where they are too many for one."""
    values = _values(screen.values, talk)
    aside = ""
    if screen.aside and (screen.aside_when is None or screen.aside_when(talk)):
        aside = talk.words(screen.aside, **values)
    question = _capital(talk.words(screen.text, **values))
    options = _option_lines(screen, talk, values)
    tails = _tails(screen, talk)
    back, offer = talk.words(BACK), _continue(talk)
    if offer in tails and fitting(CON, [], [*talk.notes, question, *options, offer]) is None:
        short = talk.words(GO_ON)
        tails, offer = [short if tail == offer else tail for tail in tails], short
    ways = [tail for tail in reversed(tails) if tail not in (back, offer)]
    # What was cut off is offered where `0` leads home, as `00` does: there the offer is worth more than it.
    giving = [*ways, aside, *([back, offer] if offer in tails else [])]
    # Under a sentence that says why, the question and the way back give way before a choice does.
    giving += [question, back] if talk.notes else []
    lines = [*talk.notes, question, aside, *options, *tails]
    kept = fitting(CON, giving, lines)
    if kept is None and options:
        head = [*talk.notes, *([] if talk.notes else [question])]
        return _page(screen, talk, head, options, tails)
    talk.session.page = talk.session.after = 0
    return _show(talk, CON, giving, lines)


def _list(screen: Pick, talk: Talk) -> str:
    """A page of a list: numbered if it can be picked from; the numbers go on over the pages."""
    values = _values(screen.values, talk)
    items = screen.items(talk)[:LONGEST_LIST]
    tails = _tails(screen, talk)
    options = _option_lines(screen, talk, values)
    if not items:
        talk.session.page = talk.session.after = 0
        lines = [*talk.notes, talk.words(screen.empty or screen.text, **values), *options, *tails]
        return _show(talk, CON, list(reversed(tails)), lines)
    head = [*talk.notes, _capital(talk.words(screen.text, **values))]
    lines = [_line(screen, number, item) for number, item in enumerate(items, 1)]
    below = [*options, *tails]
    if options and max(map(septets, lines)) + 1 > _room(talk, head, below):
        # Under a long sentence: what the list offers besides its lines comes after the last of them.
        lines, below = [*lines, *options], tails
    return _page(screen, talk, head, lines, below)


def _room(talk: Talk, head: list[str], below: list[str]) -> int:
    """Septets for the lines of a page that has another one after it, their line breaks counted."""
    return LIMIT - septets(CON + "\n".join([*head, talk.words(MORE), *below]))


def _page(screen: Shown, talk: Talk, head: list[str], lines: list[str], below: list[str]) -> str:
    """As many `lines` as fit from the session's page on, never half a line; the rest is behind `98`."""
    session = talk.session
    session.page = session.page if session.page < len(lines) else 0
    more = talk.words(MORE)
    rest = lines[session.page :]
    lengths = [septets(line) + 1 for line in rest]
    room = _room(talk, head, below)
    last = sum(lengths) <= room + (0 if session.page else septets(more) + 1)
    ends = below if last and not session.page else [more, *below]
    shown = rest if last else rest[: sum(total <= room for total in accumulate(lengths))]
    if not shown:  # one line too many even alone: the ways out give way
        shown = rest[:1]
    after = session.page + len(shown)
    session.after = after if after < len(lines) else 0
    ways_out = list(reversed(_tails(screen, talk)))
    return _show(talk, CON, [*ways_out, *(head[-1:] if talk.notes else [])], [*head, *shown, *ends])


def _show(talk: Talk, prefix: str, optional: Sequence[str], lines: Sequence[str]) -> str:
    """The body; which of the engine's keys it prints is noted in the session."""
    body = fit(prefix, optional, lines)
    printed = body.split("\n")
    ways = {*printed} & {
        talk.words(BACK),
        talk.words(HOME),
        talk.words(MORE),
        talk.words(GO_ON),
        _continue(talk),
    }
    talk.session.keys = [way.split(" ", 1)[0] for way in printed if way in ways]
    return body


def _option_lines(screen: Shown, talk: Talk, values: Mapping[str, Any]) -> list[str]:
    return [f"{option.key} {talk.words(option.label, **values)}".rstrip() for option in offered(screen, talk)]


def _line(screen: Pick, number: int, item: Item) -> str:
    label = shortened(item)
    return f"{number} {label}" if screen.then else label


def shortened(item: Item) -> str:
    """The line of a list, of LONGEST_LINE septets at most: its name gives way, as far as it has one."""
    label = fold(item.label)
    over, name = septets(label) - LONGEST_LINE, fold(item.name)
    if over <= 0:
        return label
    while name and name not in label:  # its slot may have shortened it before
        name = name[:-1]
    if septets(name) > over:
        return label.replace(name, cut(name, septets(name) - over, septets), 1)
    return label[:LONGEST_LINE]


def _capital(text: str) -> str:
    """A sentence begins with a capital; product names come from the catalogue in lower case."""
    return text[:1].upper() + text[1:]


def _tails(screen: Shown, talk: Talk) -> list[str]:
    """The engine's own lines: back and home; where the way back begins, also what was cut off.

    The language stands on the home screens of people who are known: they have many screens before it.
    """
    own = [_continue(talk)] if not talk.session.trail else []
    if screen.top:
        at_home = talk.session.state in HOMES.values()
        return [line for line in (*own, talk.words(LANGUAGE) if at_home else "") if line]
    zero = isinstance(screen, Ask) and screen.zero
    back = "" if zero else talk.words(BACK)
    return [line for line in (*own, back, talk.words(HOME)) if line]


def _continue(talk: Talk) -> str:
    """The line that offers again what was cut off, if something was, and this is not the offer itself."""
    if talk.unfinished is None or talk.session.state in (RESUME, talk.unfinished.state):
        return ""
    lost = talk.lost()
    return talk.words(CONTINUE, text=lost) if lost else ""
