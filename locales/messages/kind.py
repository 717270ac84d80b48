"""What a message is, and how it must fit."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Message:
    """One text people get.

    first_contact  may be the first message a number gets from us
    listing        where a list of several things stands: `before` the text the lines of an order, `after` it
                   the numbered choices of a question, `shelf` the numbered offers with price and day,
                   `below` it lines that nobody chooses from; `quote`: an offer of one thing, whose names are
                   cut until it is one segment
    shorter        the same in fewer words, for when a list, or what we keep for her, leaves no room for all;
                   beside words of ours that are cut off: where the rest of them is
    texted         False: shown at the next dial only (in-app copy, DR-1509)
    refusal        answers a text that was not done, or not understood
    """

    text: str
    first_contact: bool = False
    listing: Literal["", "before", "after", "shelf", "below", "quote"] = ""
    shorter: str = ""
    texted: bool = True
    refusal: bool = False
