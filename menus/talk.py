"""What a step of a conversation is handed: who speaks, what was said so far, and the core.

`Session` is all that is kept between hops; it is plain JSON and holds no secret. `Talk` lives for one hop.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from core.actor import Actor
from core.db import Database, Tx
from core.parts import Parts
from locales.voice import Voice, slots_of
from menus.words import BEGUN

if TYPE_CHECKING:
    from menus.flow import About

START = "home.dial"
STRANGER = "stranger"


class Again(Exception):
    """The answer cannot be used: the same screen is shown again under this one sentence."""

    def __init__(self, text: str, /, **values: Any) -> None:
        self.text = text
        self.values = values
        super().__init__(text)


@dataclass
class Caller:
    """The person as the dial found them; `stranger` until registered.

    unread  how many notices they have not opened
    silent  the network's word for this number is to be written down with the next act (core/users/hearing.py)
    helps   whether a farmer has named this person as helper (DR-815)
    missed  how many of the unread the provider would not text to this number (DR-1504)
    agent   whether this person works for the farms of a co-operative (DR-221)
    """

    user_id: int | None = None
    role: str = STRANGER
    language: str = "sw"
    name: str = ""
    unread: int = 0
    silent: bool = False
    missed: int = 0
    helps: bool = False
    agent: bool = False


@dataclass(eq=False)
class Session:
    """A conversation's position. `transitions` moves `state`; identity equality keeps it one object.

    slots   the answers that matter, by slot name (JSON values)
    page    the first line of a list that is shown
    after   the first line of its next page, 0 when there is none
    trail   the screens before this one, oldest first, each with its page: where `0` leads (menus/trail.py)
    keys    the engine's keys that are printed on the screen
    """

    state: str = START
    slots: dict[str, Any] = field(default_factory=dict)
    caller: Caller = field(default_factory=Caller)
    page: int = 0
    after: int = 0
    trail: list[tuple[str, int]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    @property
    def has_begun(self) -> bool:
        """Whether something of this very conversation has been answered."""
        own = self.state.split(".")[0]
        return any(name.split(".")[0] == own for name, _page in self.trail)

    def dump(self) -> str:
        """As JSON."""
        c = self.caller
        who = [c.user_id, c.role, c.language, c.name, c.unread, c.silent, c.missed, c.helps, c.agent]
        place = [self.state, self.slots, who, self.page, self.after, self.trail, self.keys]
        return json.dumps(place, separators=(",", ":"))

    @classmethod
    def load(cls, text: str | bytes) -> "Session":
        """From JSON; raises ValueError when it is not a session of ours (an older version's, say)."""
        try:
            state, slots, caller, page, after, trail, keys = json.loads(text)
            return cls(
                str(state),
                dict(slots),
                Caller(*caller),
                int(page),
                int(after),
                [(str(name), int(line)) for name, line in trail],
                [str(key) for key in keys],
            )
        except TypeError as error:
            raise ValueError("not a session") from error

    def copy(self) -> "Session":
        """An independent copy: a failed hop must leave the original alone."""
        return Session.load(self.dump())


@dataclass
class Talk:
    """One hop of a conversation, for parsers, forks, acts and values.

    unfinished  the position at which an earlier session of this number was lost, if any
    telling     whether something had been answered there that is worth a screen of its own
    titles      under what words that lost conversation is offered again, in English, richest first
    about       the slots of those titles
    once        unique key of this hop: a repeat of the hop carries the same
    secret      the answer to a secret question, for this hop only
    came        the screen and page that was answered, unless the answer was a way back
    """

    session: Session
    msisdn: str
    parts: Parts
    voice: Voice
    db: Database
    open: Callable[[], Tx]
    request_id: str = ""
    once: str = ""
    unfinished: Session | None = None
    telling: bool = False
    titles: tuple[str, ...] = ()
    about: "About | None" = None
    secret: str = ""
    came: tuple[str, int] | None = None
    notes: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    changed: list[dict[str, str]] = field(default_factory=list)

    @property
    def tx(self) -> Tx:
        """This hop's transaction: a read of its own, or the write of the act that runs."""
        return self.open()

    @property
    def slots(self) -> dict[str, Any]:
        """The answers so far."""
        return self.session.slots

    @property
    def caller(self) -> Caller:
        """Who speaks."""
        return self.session.caller

    @property
    def cut_off(self) -> bool:
        """Whether this very person was cut off in the middle of something, and not a stranger then."""
        return self.unfinished is not None and self.unfinished.caller.user_id == self.caller.user_id

    @property
    def was_telling(self) -> bool:
        """Whether she was cut off in the middle of telling: then that is offered before all else."""
        return self.cut_off and self.telling

    @property
    def language(self) -> str:
        """The language this phone is spoken to in."""
        return self.session.caller.language

    @property
    def actor(self) -> Actor:
        """Who acts, for the core."""
        c = self.session.caller
        return Actor(c.user_id, c.role, "ussd", self.request_id, c.language)

    def words(self, text: str, /, **values: Any) -> str:
        """`text` in the phone's language, folded for the wire."""
        return self.voice.say(self.language, text, **values)

    def note(self, text: str, /, **values: Any) -> None:
        """Put one line above the next screen: what has just been done."""
        self.notes.append(self.words(text, **values))

    def hide(self, *words: str) -> None:
        """These words of the next screen may be kept nowhere: a delivery code, shown once (DR-1205)."""
        self.hidden.extend(words)

    def lost(self) -> str:
        """What the lost conversation was about, in the phone's words; "" where nothing was lost."""
        if self.unfinished is None or not self.cut_off:
            return ""
        then = replace(self, session=replace(self.unfinished, caller=self.caller))
        try:
            values = {**then.slots, **(self.about(then) if self.about else {})}
        except KeyError:  # it was lost before there was an answer to name it by
            values = then.slots
        known = (title for title in self.titles if values.keys() >= set(slots_of(title)))
        return self.words(next(known, BEGUN), **values)

    def forget(self, *names: str) -> None:
        """Drop answers that no longer hold."""
        for name in names:
            self.session.slots.pop(name, None)
