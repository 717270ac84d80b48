"""Holding a USSD conversation: which screen is this, what does a person with this aim answer to it.

A script is a table from a screen's name in menus/ to what to do there. Keys are found beside their words.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from locales.catalogue import LANGUAGES, translate
from menus.compile import FLOWS
from menus.flow import Say, Screen, Shown
from tools.demo import reading
from tools.demo.reading import Wrong

MOST_ANSWERS = 20
SCREENS: dict[str, Screen] = {f"{flow.name}.{screen.name}": screen for flow in FLOWS for screen in flow}
OWN_NAMES = {"sw": "Kiswahili", "en": "English", "kikuyu": "Gĩkũyũ"}


class Phone(Protocol):
    """A handset that can hold a dial: the simulator's, or one plugged straight into the application."""

    name: str
    language: str

    def dial(self, code: str) -> str:
        """The first screen."""

    def answer(self, text: str) -> str:
        """The next screen."""

    def is_in_session(self) -> bool:
        """Whether the last screen left the session open."""

    def hang_up(self) -> None:
        """End the session, if there is one."""


Reply = Callable[[Phone, str, str], str]  # phone, screen name, what it shows -> the answer


@dataclass
class Talk:
    """What was said in one dial: the screens by name, in order, and how many answers were given."""

    shown: list[tuple[str, str]] = field(default_factory=list)
    answers: int = 0

    def screen(self, name: str) -> str:
        """What the last screen of this name showed; raises Wrong if it never came."""
        for seen, shows in reversed(self.shown):
            if seen == name:
                return shows
        raise Wrong(f"the screen {name} never came")


def type_in(text: str) -> Reply:
    """Answer with these letters or digits."""
    return lambda phone, name, shows: text


def choose(*targets: str) -> Reply:
    """Press the key beside the option that leads to the first of `targets` that is offered."""

    def reply(phone: Phone, name: str, shows: str) -> str:
        labels = {option.then: translate(phone.language, option.label) for option in _shown(name).options}
        for target in targets[:-1]:
            if reading.offers(shows, labels[target]):
                return reading.key_beside(shows, labels[target])
        return reading.key_beside(shows, labels[targets[-1]])

    return reply


def pick(words: str) -> Reply:
    """Press the key beside the line with these words."""
    return lambda phone, name, shows: reading.key_beside(shows, words)


def as_role(role: str) -> Reply:
    """At the welcome: first one's own language, then one's role."""

    def reply(phone: Phone, name: str, shows: str) -> str:
        screen = _shown(name)
        if not reading.find(phone.language, screen.text, shows):
            return reading.key_beside(shows, OWN_NAMES[phone.language])
        label = next(option.label for option in screen.options if option.sets.get("role") == role)
        return reading.key_beside(shows, translate(phone.language, label))

    return reply


def hold(phone: Phone, code: str, script: Mapping[str, Reply], until: str) -> Talk:
    """Dial `code` and answer by the script until the last words `until`; raises Wrong on any other way."""
    talk = Talk()
    shows = phone.dial(code)
    for _ in range(MOST_ANSWERS):
        name = _recognise(phone, [*script, until], shows)
        talk.shown.append((name, shows))
        if name == until:
            if isinstance(SCREENS[name], Say) and phone.is_in_session():
                raise Wrong(f"{name} should end the session, and it is still open")
            phone.hang_up()
            return talk
        shows = phone.answer(script[name](phone, name, shows))
        talk.answers += 1
    raise Wrong(f"{phone.name} gave {MOST_ANSWERS} answers and never came to {until}")


def slots(phone: Phone, name: str, shows: str) -> dict[str, str]:
    """The values in a screen's slots."""
    found = _find(phone.language, name, shows)
    if found is None:
        raise Wrong(f"this is not the screen {name}:\n{shows}")
    return found.groupdict()


def aside(phone: Phone, name: str, shows: str) -> dict[str, str] | None:
    """The values in a screen's second line, if it is shown."""
    found = reading.find(phone.language, _shown(name).aside, shows)
    return found.groupdict() if found else None


def _shown(name: str) -> Shown:
    screen = SCREENS[name]
    assert isinstance(screen, Shown), f"{name} is not a screen with answers"
    return screen


def _recognise(phone: Phone, names: list[str], shows: str) -> str:
    languages = (phone.language, *(code for code in LANGUAGES if code != phone.language))
    for language in languages:
        for name in names:
            if _find(language, name, shows):
                return name
    raise Wrong(f"{phone.name} sees a screen that does not belong here ({', '.join(names)}):\n{shows}")


def _find(language: str, name: str, shows: str) -> re.Match[str] | None:
    screen = SCREENS[name]
    assert isinstance(screen, Shown | Say)
    return reading.find(language, screen.text, shows)
