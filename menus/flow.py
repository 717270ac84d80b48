"""The vocabulary in which conversations are told. A flow file reads like the talk it describes.

    ask      an open question; `parse` makes a value of the answer, or says in one line why it cannot
    choose   a question with fixed, numbered answers
    pick     a question whose numbered answers come from data, paged by what fits on the screen
    fork     no screen: a look (never a change) that decides where the conversation goes on
    act      no screen: something is done, in the hop's own transaction
    say      the last words; the network session ends here

A target is a screen of the same flow ("price") or of another ("farmer.home"). No flow names the ways out:
on every screen `0` goes back to the one before (menus/trail.py), `00` home; `98` shows more if there is more.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.errors import DomainError

if TYPE_CHECKING:
    from menus.talk import Talk

Parse = Callable[["Talk", str], Any]
Values = Callable[["Talk"], Mapping[str, Any]]
When = Callable[["Talk"], bool]
Turn = Callable[["Talk"], str]
About = Callable[["Talk"], Mapping[str, Any]]

HOME = "home.again"
BACK_KEY = "0"
HOME_KEY = "00"
MORE_KEY = "98"
LANGUAGE_KEY = "99"
ENGINE_KEYS = frozenset({BACK_KEY, HOME_KEY, MORE_KEY, LANGUAGE_KEY})
SHORTCUT_KEYS = range(50, 70)  # never an answer to a choice: they are dialled, and mean the same for ever
LONGEST_LIST = 49  # so that no line of a list has the key of a shortcut
LIST_OPTION_KEYS = range(70, 98)  # what a list offers besides its lines
THEN = "then"
LONGEST_LINE = 60


@dataclass(frozen=True)
class Option:
    """A numbered answer: shown as `key label`; left out while `when` says no; `sets` are slots it fills."""

    key: str
    label: str
    then: str
    when: When | None = None
    sets: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Item:
    """A line of a list: `label` is already in the phone's words, `value` is what picking it saves (JSON).

    name  the part of the label that gives way where it is longer than LONGEST_LINE; never an amount or a code
    """

    label: str
    value: Any = None
    name: str = ""


Items = Callable[["Talk"], Sequence[Item]]


@dataclass(frozen=True)
class Screen:
    """What every step of a conversation has: a name within its flow, and ways out."""

    name: str

    def exits(self) -> Iterator[tuple[str, str]]:
        """(outcome, target) for each way out."""
        yield from ()

    def texts(self) -> Iterator[str]:
        """Every text this step may say."""
        yield from ()


@dataclass(frozen=True)
class Shown(Screen):
    """A step that people see.

    text     with slots; `values` makes those that the session does not hold under the slot's own name
    aside    a second line worth having that gives way when the screen is full; shown when `aside_when`
    top      a home screen: the way back begins here, so that neither `0` nor `00` is printed
    again    the step to which `0` leads when it comes back to this screen: a look at how things stand now
    """

    text: str
    values: Values | None = None
    aside: str = ""
    aside_when: When | None = None
    options: tuple[Option, ...] = ()
    top: bool = False
    again: str = ""

    def exits(self) -> Iterator[tuple[str, str]]:
        """The options, and home."""
        for option in self.options:
            yield option.key, option.then
        yield HOME_KEY, HOME

    def texts(self) -> Iterator[str]:
        """Question, aside, labels."""
        yield self.text
        if self.aside:
            yield self.aside
        for option in self.options:
            yield option.label


@dataclass(frozen=True)
class Ask(Shown):
    """An open question.

    save    the slot that keeps the parsed value (JSON); "" keeps nothing
    free    the answer may hold `*` and is taken whole
    number  the answer is a number; a log may hold it unless it has four digits
    zero    0 is a legal answer, and so no way back
    secret  the answer is handed on for this hop only (`talk.secret`) and masked in every log
    """

    parse: Parse = field(kw_only=True)
    save: str = field(kw_only=True, default="")
    then: str = field(kw_only=True)
    free: bool = field(kw_only=True, default=False)
    number: bool = field(kw_only=True, default=False)
    zero: bool = field(kw_only=True, default=False)
    secret: bool = field(kw_only=True, default=False)

    def exits(self) -> Iterator[tuple[str, str]]:
        """Answered, or one of the options."""
        yield THEN, self.then
        yield from super().exits()


@dataclass(frozen=True)
class Choose(Shown):
    """A question with fixed answers.

    waits  nothing is decided before it is answered: a dial that ends here can go on, though an act led here
    """

    waits: bool = field(kw_only=True, default=False)


@dataclass(frozen=True)
class Pick(Shown):
    """A question with answers from data; without `then` it is a list to read. `empty` says there is none.

    At most LONGEST_LIST lines; its options stand below them, under keys of LIST_OPTION_KEYS.
    """

    items: Items = field(kw_only=True)
    save: str = field(kw_only=True, default="")
    then: str | None = field(kw_only=True, default=None)
    empty: str = field(kw_only=True, default="")

    def exits(self) -> Iterator[tuple[str, str]]:
        """Picked, or one of the options."""
        if self.then:
            yield THEN, self.then
        yield from super().exits()

    def texts(self) -> Iterator[str]:
        """Question, labels, and what stands there when the list is empty."""
        yield from super().texts()
        if self.empty:
            yield self.empty


@dataclass(frozen=True)
class Fork(Screen):
    """A look that decides where to go on; `turn` returns one of `ways`' keys. Changes nothing but the slots.

    resumes  this fork may lead to any screen of a flow that can be continued after a lost session
    returns  this fork leads to the screen before the one that was answered, whatever it was
    """

    turn: Turn
    ways: Mapping[str, str]
    resumes: bool = False
    returns: bool = False

    def exits(self) -> Iterator[tuple[str, str]]:
        """The ways as given."""
        yield from self.ways.items()


@dataclass(frozen=True)
class Act(Screen):
    """Something is done; `do` returns an outcome, or raises a DomainError that may have a way of its own.

    alone   `do` opens its own transactions (DR-214: a wrong code must be counted though the act is refused)
    quiet   going back over it harms nobody (a notice is marked as read): `0` leads where it would without it
    """

    do: Turn
    ways: Mapping[str | type[DomainError], str]
    alone: bool = False
    quiet: bool = False

    def exits(self) -> Iterator[tuple[str, str]]:
        """Outcomes by name; errors by their code."""
        for outcome, target in self.ways.items():
            yield (outcome if isinstance(outcome, str) else outcome.code), target


@dataclass(frozen=True)
class Say(Screen):
    """The last words of a session."""

    text: str
    values: Values | None = None

    def texts(self) -> Iterator[str]:
        """The words."""
        yield self.text


@dataclass(frozen=True)
class Flow:
    """A conversation: its name, its steps, and the `title` under which a lost one is offered again.

    titles  the same, richest first: the first of which every slot is known by then is used
    about   slots of the titles, from the answers given until then; never a person's name
    in_a_line  it is mostly read: a line of the next home screen offers it, no screen and no text of its own
    """

    name: str
    screens: tuple[Screen, ...]
    titles: tuple[str, ...] = ()
    about: About | None = None
    in_a_line: bool = False

    @property
    def title(self) -> str:
        """The plainest of them; "" for a conversation that is never offered again."""
        return self.titles[-1] if self.titles else ""

    def __iter__(self) -> Iterator[Screen]:
        return iter(self.screens)


def flow(
    name: str,
    *screens: Screen | Sequence[Screen],
    title: str | tuple[str, ...] = (),
    about: About | None = None,
    in_a_line: bool = False,
) -> Flow:
    """A flow; a sequence among the steps is spliced in (a conversation within several conversations)."""
    steps: list[Screen] = []
    for screen in screens:
        steps.extend([screen] if isinstance(screen, Screen) else screen)
    titles = (title,) if isinstance(title, str) else title
    return Flow(name, tuple(steps), titles, about, in_a_line)


option = Option
item = Item
ask = Ask
choose = Choose
pick = Pick
fork = Fork
act = Act
say = Say
