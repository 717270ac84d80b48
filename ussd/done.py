"""A hop as it comes in, and as it is done; and who writes it down between the two."""

from dataclasses import dataclass
from typing import Protocol

from core.db import Tx
from menus.talk import Session
from ussd.screen import END


@dataclass(frozen=True)
class Inbound:
    """A hop as it came in.

    once  unique key of this hop in the callback log, for hops that change something
    note  writes the hop's row of the callback log, in the hop's transaction
    """

    msisdn: str
    request_id: str
    once: str
    started: float
    note: "Note"


@dataclass(frozen=True)
class Done:
    """A hop that came to its end: the body, the session as it stands now, the masked answer for the log.

    refused  the rules refused what was asked; nothing changed but what had to be counted (DR-214)
    misread  the answer could not be used: the same screen again, under a sentence that says why
    hidden   words of the body that may be kept nowhere
    """

    body: str
    session: Session
    screen: str
    answer: str
    wrote: bool = False
    refused: bool = False
    misread: bool = False
    hidden: tuple[str, ...] = ()

    @property
    def ends(self) -> bool:
        """Whether these were the last words."""
        return self.body.startswith(END)


class Note(Protocol):
    """Writes a hop's row of the callback log."""

    def __call__(self, tx: Tx, done: Done) -> None:
        """Write it in `tx`."""
