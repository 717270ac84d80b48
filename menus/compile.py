"""All flows become one shared machine, once per process; a broken conversation refuses to start.

The machine (`transitions`) is not queued, has no models and no automatic transitions: every session and
thread shares it, and it moves any object that has a `state`.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from transitions import Machine

from locales.catalogue import LANGUAGES, catalogue
from locales.slots import SLOTS
from locales.voice import slots_of
from menus import account, agent, common, customer, farmer, home, rider
from menus.flow import (
    ENGINE_KEYS,
    HOME,
    HOME_KEY,
    LIST_OPTION_KEYS,
    SHORTCUT_KEYS,
    THEN,
    Ask,
    Choose,
    Flow,
    Fork,
    Pick,
    Say,
    Screen,
    Shown,
)
from menus.shortcuts import SHORTCUTS
from menus.talk import START, Session
from menus.words import ENGINE_TEXTS

# Slots that name somebody: phones are shared, and a farm is often called by its farmer's name.
NAMES = frozenset({"name", "person", "customer", "farmer", "farm", "rider", "phone"})
# Slots that say sums: no money stands on the first screen of a dial.
SUMS = frozenset({"total", "sum", "due", "price", "goods", "fee", "gets", "earning", "pay"})

FLOWS = (
    home.HOME,
    *account.FLOWS,
    *farmer.FLOWS,
    *customer.FLOWS,
    *rider.FLOWS,
    *agent.FLOWS,
    *common.FLOWS,
)


class BrokenFlow(Exception):
    """A conversation that must not start; the message lists every fault, one a line."""


class Menus:
    """The compiled conversations."""

    def __init__(self, flows: Sequence[Flow] = FLOWS, start: str = START) -> None:
        self.flows = tuple(flows)
        self.start = start
        self.screens: dict[str, Screen] = {f"{f.name}.{s.name}": s for f in flows for s in f}
        self._by_name = {f.name: f for f in flows}
        self.table = [
            {"trigger": outcome, "source": name, "dest": target}
            for name in self.screens
            for outcome, target in self.exits(name)
        ]
        faults = list(self._faults())
        if faults:
            raise BrokenFlow("\n".join(faults))
        self._ways = {(row["source"], row["trigger"]): row["dest"] for row in self.table}
        self.machine = Machine(
            model=None,
            states=list(self.screens),
            transitions=self.table,
            initial=None,
            auto_transitions=False,
            queued=False,
        )

    def screen(self, session: Session) -> Screen | None:
        """Where the session stands; None for a position that this version does not know."""
        return self.screens.get(session.state)

    def move(self, session: Session, outcome: str) -> None:
        """Take the way `outcome` leads; raises KeyError when there is none.

        By the machine's own table: `transitions` would ask for conditions and callbacks that we never have.
        """
        target = self._ways[session.state, outcome]
        if session.state != target:
            session.state, session.page, session.after = target, 0, 0

    def flow(self, name: str) -> Flow | None:
        """The conversation to which screen `name` belongs."""
        return self._by_name.get(name.split(".")[0])

    def title(self, name: str) -> str:
        """By what words the conversation of screen `name` is offered again; "" if never."""
        own = self.flow(name)
        return own.title if own else ""

    def can_resume(self, name: str) -> bool:
        """Whether a lost session may continue at this screen."""
        return isinstance(self.screens.get(name), Shown) and bool(self.title(name))

    def waits(self, name: str) -> bool:
        """Whether screen `name` stands in the middle of something, though an act has just led there."""
        screen = self.screens.get(name)
        return isinstance(screen, Ask) or (isinstance(screen, Choose) and screen.waits)

    def is_secret(self, name: str) -> bool:
        """Whether screen `name` asks a PIN or a code."""
        screen = self.screens.get(name)
        return isinstance(screen, Ask) and screen.secret

    def is_telling(self, session: Session) -> bool:
        """Whether something was answered that is worth a screen and a text of its own, if it is lost."""
        own = self.flow(session.state)
        return own is not None and bool(own.title) and not own.in_a_line and session.has_begun

    def exits(self, name: str) -> Iterator[tuple[str, str]]:
        """(outcome, target) for each way out of screen `name`, by full names."""
        own = name.split(".")[0]
        screen = self.screens[name]
        for outcome, target in screen.exits():
            yield outcome, target if "." in target else f"{own}.{target}"
        if isinstance(screen, Shown) and screen.again:
            yield "again", screen.again if "." in screen.again else f"{own}.{screen.again}"
        if isinstance(screen, Fork) and screen.returns:
            yield HOME_KEY, HOME  # at the latest
        if isinstance(screen, Fork) and screen.resumes:
            for other, lost in self.screens.items():
                if self.can_resume(other):
                    yield other, self._again(other, lost)

    def _again(self, name: str, lost: Screen) -> str:
        """Where a lost screen is gone on with: it may be ten minutes old, so where there is a look at how
        things stand now, there; else at the screen itself."""
        again = lost.again if isinstance(lost, Shown) else ""
        full = again if not again or "." in again else f"{name.split('.')[0]}.{again}"
        return full if isinstance(self.screens.get(full), Fork) else name

    def _faults(self) -> Iterator[str]:
        names = Counter(f"{f.name}.{s.name}" for f in self.flows for s in f)
        yield from (f"{name}: two screens of this name" for name, count in names.items() if count > 1)
        known = [row for row in self.table if row["dest"] in self.screens]
        for row in self.table:
            if row["dest"] not in self.screens:
                yield f"{row['source']}: {row['trigger']} leads to {row['dest']}, which does not exist"
        coded = {to for shortcut in SHORTCUTS.values() for to in shortcut.targets.values()} & names.keys()
        reached = _closure({self.start, *coded}, [(row["source"], row["dest"]) for row in known])
        ends = {name for name, screen in self.screens.items() if isinstance(screen, Say)}
        ending = _closure(ends, [(row["dest"], row["source"]) for row in known])
        for name, screen in self.screens.items():
            if name not in reached:
                yield f"{name}: a lost screen, nothing leads to it"
            if name not in ending:
                yield f"{name}: a dead end, the conversation cannot finish from here"
            yield from self._screen_faults(name, screen)
        for flow in self.flows:
            for title in flow.titles:
                yield from _text_faults(flow.name, title)
                if (NAMES | SUMS) & set(slots_of(title)):
                    yield f"{flow.name}: whoever dials next from this phone would read a name or a sum"
        for shortcut in SHORTCUTS.values():
            yield from _text_faults("shortcuts", shortcut.name)
        for text in ENGINE_TEXTS:
            yield from _text_faults("engine", text)

    def _screen_faults(self, name: str, screen: Screen) -> Iterator[str]:
        for outcome, count in Counter(outcome for outcome, _ in self.exits(name)).items():
            if count > 1:
                yield f"{name}: {outcome} given twice"
        for key in (option.key for option in screen.options) if isinstance(screen, Shown) else ():
            if key in ENGINE_KEYS or not key.isdigit() or int(key) in SHORTCUT_KEYS:
                yield f"{name}: {key} is the engine's own, or no key"
            elif isinstance(screen, Pick) and int(key) not in LIST_OPTION_KEYS:
                yield f"{name}: {key} belongs to the lines of the list"
        if isinstance(screen, Ask) and screen.secret and screen.save:
            yield f"{name}: a secret must not be kept"
        if isinstance(screen, Ask) and screen.secret and self._stands_before_a_screen(name):
            yield f"{name}: a secret is asked last, directly before what is done with it"
        if isinstance(screen, Ask) and screen.number and screen.options:
            yield f"{name}: the key of a choice would be an answer to the number"
        if isinstance(screen, Ask) and screen.zero and not screen.number:
            yield f"{name}: 0 is no answer to a question for words"
        for text in screen.texts():
            yield from _text_faults(name, text)

    def _stands_before_a_screen(self, name: str) -> bool:
        """Whether the answer leads to a screen, without anything being done with it on the way."""
        seen, open_ends = set[str](), [to for way, to in self.exits(name) if way == THEN]
        while open_ends:
            target = open_ends.pop()
            screen = self.screens.get(target)
            if isinstance(screen, Shown | Say):
                return True
            if isinstance(screen, Fork) and target not in seen:
                seen.add(target)
                open_ends += [to for _way, to in self.exits(target)]
        return False


def _closure(seeds: set[str], edges: Iterable[tuple[str, str]]) -> set[str]:
    """Every node that the edges lead to from the seeds, seeds included."""
    ways: dict[str, set[str]] = {}
    for source, target in edges:
        ways.setdefault(source, set()).add(target)
    found, open_ends = set(seeds), list(seeds)
    while open_ends:
        for target in ways.get(open_ends.pop(), set()) - found:
            found.add(target)
            open_ends.append(target)
    return found


def _text_faults(name: str, text: str) -> Iterator[str]:
    for slot in slots_of(text):
        if slot not in SLOTS:
            yield f"{name}: unknown slot {{{slot}}} in {text!r}"
    for language in LANGUAGES:
        translated = catalogue(language).get(text)
        if translated is None:
            yield f"{name}: no {language} text for {text!r}"
        elif set(slots_of(translated)) != set(slots_of(text)):
            yield f"{name}: the {language} text has other slots than {text!r}"


@cache
def conversations() -> Menus:
    """The conversations of this product, compiled and checked; raises BrokenFlow."""
    return Menus()
