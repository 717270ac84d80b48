"""A talk with a phone as text: written down while it happens, played again later, compared line by line.

    dial *384*88632#
      CON Karibu Tunda!
      1. Mkulima
    > 1
      END Asante.
    sms 5kg tomatoes
    inbox
      20880: Your order ... is on its way.
    pin 1234

A line that begins with two spaces is what the phone showed; `...` in it stands for anything. All other
lines are what the owner does. `#` and a space begin a remark.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

INDENT = "  "


@dataclass
class Step:
    """One thing the owner does, and the lines the phone showed then (none: nobody looked)."""

    act: str
    shown: list[str] = field(default_factory=list)


def read(text: str) -> list[Step]:
    """The steps of a transcript; ValueError for a screen before the first step."""
    steps: list[Step] = []
    for line in text.splitlines():
        if line.startswith(INDENT):
            if not steps:
                raise ValueError("a transcript begins with what the owner does")
            steps[-1].shown.append(line.removeprefix(INDENT))
        elif line.strip() and not line.startswith("# "):
            steps.append(Step(line.rstrip("\r")))
    return steps


def write(steps: Iterable[Step]) -> str:
    """The transcript of these steps."""
    return "".join(
        f"{line}\n" for step in steps for line in (step.act, *(INDENT + shown for shown in step.shown))
    )


def screen_lines(phone: dict[str, Any]) -> list[str]:
    """The USSD window of a phone, with the word that tells whether the session goes on."""
    if not phone["screen"]:
        return []
    word = "CON" if phone["session_open"] else "END"
    return f"{word} {phone['screen']}".split("\n")


def same(expected: list[str], shown: list[str]) -> bool:
    """Whether the phone showed what is expected; `...` stands for anything, also over several lines."""
    pattern = ".*".join(re.escape(part) for part in "\n".join(expected).split("..."))
    return re.fullmatch(pattern, "\n".join(shown), re.DOTALL) is not None
