"""Words longer than a screen, as the lines of a list to read."""

import re
from collections.abc import Sequence
from textwrap import wrap

from menus.flow import Item

READING_WIDTH = 40


def lines_of(words: str) -> list[str]:
    """A sentence a line, long ones on several; `words` are in the phone's language already."""
    sentences = re.split(r"(?<=[.?!]) ", words.replace("\n", " "))
    return [line for sentence in sentences for line in wrap(sentence, READING_WIDTH, break_on_hyphens=False)]


def to_read(lines: Sequence[str]) -> list[Item]:
    """Lines as a list shows them."""
    return [Item(line) for line in lines]
