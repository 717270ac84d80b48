"""A screen becomes a body of at most 160 septets, prefix included, basic GSM table only (contract, 1.4).

What gives way when a screen is full: the `00 Home` line, then the aside, then the `0 Back` line (both keys go
on working), and under a long sentence the question itself: the choices stay. A list takes as many lines as
fit; the rest is behind `98`.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from locales.gsm import fold, septets
from menus.flow import LONGEST_LINE, Item, Option, Pick, Say, Screen, Shown
from menus.talk import Talk
from menus.words import BACK, HOME, MORE

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


def fit(prefix: str, optional: Sequence[str], lines: Sequence[str]) -> str:
    """`lines` in their order; those also in `optional` are left out, first one first, until it fits.

    A last resort cuts the end off, and says so in the log: the fitting tests keep it from happening.
    """
    kept = [line for line in lines if line]
    for line in (None, *optional):
        if line in kept:
            kept.remove(line)
        body = prefix + "\n".join(kept)
        if septets(body) <= LIMIT:
            return body
    log.error("a screen does not fit", extra={"septets": septets(body), "begins": body[:40]})
    while septets(body) > LIMIT:
        body = body[:-1]
    return body


def _values(make: Any, talk: Talk) -> Mapping[str, Any]:
    return {**talk.slots, **(make(talk) if make else {})}


def _question(screen: Shown, talk: Talk) -> str:
    values = _values(screen.values, talk)
    aside = ""
    if screen.aside and (screen.aside_when is None or screen.aside_when(talk)):
        aside = talk.words(screen.aside, **values)
    tails = _tails(screen, talk)
    question = _capital(talk.words(screen.text, **values))
    lines = [
        *talk.notes,
        question,
        aside,
        *(f"{option.key} {talk.words(option.label, **values)}" for option in offered(screen, talk)),
        *tails,
    ]
    home = tails[-1:] if screen.home else []
    return fit(CON, [*home, aside, *tails[:1], *([question] if talk.notes else [])], lines)


def _list(screen: Pick, talk: Talk) -> str:
    """A page of a list: numbered if it can be picked from; the numbers go on over the pages."""
    session = talk.session
    values = _values(screen.values, talk)
    items = screen.items(talk)
    tails = _tails(screen, talk)
    if not items:
        session.page = session.after = 0
        return fit(CON, tails, [*talk.notes, talk.words(screen.empty or screen.text, **values), *tails])
    session.page = session.page if session.page < len(items) else 0
    question = _capital(talk.words(screen.text, **values))
    head = [*talk.notes, question]
    more = talk.words(MORE)
    lines = [_line(screen, number, item) for number, item in enumerate(items, 1)]
    shown = lines[session.page :]
    end_lines = [*([more] if session.page else []), *tails]
    while shown and septets(CON + "\n".join([*head, *shown, *end_lines])) > LIMIT:
        shown.pop()
        end_lines = [more, *tails]
    if not shown:  # one line too many even alone: the ways out give way
        shown, end_lines = lines[session.page : session.page + 1], [more, *tails]
    session.after = session.page + len(shown) if session.page + len(shown) < len(lines) else 0
    optional = [*reversed(tails), *([question] if talk.notes else [])]
    return fit(CON, optional, [*head, *shown, *end_lines])


def _line(screen: Pick, number: int, item: Item) -> str:
    label = fold(item.label)[:LONGEST_LINE]
    return f"{number} {label}" if screen.then else label


def _capital(text: str) -> str:
    """A sentence begins with a capital; product names come from the catalogue in lower case."""
    return text[:1].upper() + text[1:]


def _tails(screen: Shown, talk: Talk) -> list[str]:
    tails = []
    if screen.back:
        tails.append(talk.words(BACK))
    if screen.home:
        tails.append(talk.words(HOME))
    return tails
