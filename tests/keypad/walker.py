"""Walks every screen: breadth-first over each key that stands on it, each time in the very same world.

A screen is walked on from once for each of its shapes (three at most): which keys it prints, whether its list
is empty, on a later page or not, and which of the answers that options set stand behind it. What is wrong is
gathered, not raised: one walk tells all.
"""

import re
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from menus.flow import BACK_KEY, HOME_KEY, MORE_KEY, Ask, Pick, Say, Screen, Shown
from tests.keypad import mishaps
from tests.keypad.answers import answers
from tests.keypad.house import Hop, House, Moment, Phone
from tests.keypad.legal import ENGINES_OWN, choose_one, faults_of, printed
from tests.keypad.search import places

MOST_SHOWING = 6
MOST_SHAPES = 3
TWO_TRIPS = ("EVALSHA", "EVALSHA")
RUBBISH = ("47", "hapana kabisa", "*", "")
LANGUAGE_KEYS = ("7", "8", "9", "99")

Step = tuple[str, str]  # a screen, and its body or the answer to it


@dataclass
class Node:
    """A screen in its world, and the way that led there; `secrets` were typed on it.

    trail  the screens that `0` leads back over, the present one last, each with its body
    path   every screen that was answered since the dial, with the answer
    acted  whether something was done on that path
    """

    phone: Phone
    hop: Hop
    moment: Moment
    trail: tuple[Step, ...]
    way: tuple[str, ...]
    secrets: tuple[str, ...] = ()
    path: tuple[Step, ...] = ()
    acted: bool = False


@dataclass
class Found:
    """What walks brought home; several may write into one.

    seen      (language, screen) -> how many shapes
    faults    one line each: where, by which keys, what
    showing   SQL of each showing hop, by screen that it led to
    acting    act -> the most SQL of a hop that went over it
    refused   what an example of each refused key says, by screen and key
    unanswered  questions for which answers.py has no answer
    typed     in whose role, on which screen and over which acts an answer led -> where a slow typist is stuck
              on the way there; "" if she comes to it by dialling again and again
    keys      screen -> screen -> the answer that led there, over no act
    cramped   screens so full that neither `0` nor `00` stands on them
    """

    seen: Counter[tuple[str, str]] = field(default_factory=Counter)
    faults: dict[str, str] = field(default_factory=dict)
    showing: dict[str, list[int]] = field(default_factory=dict)
    acting: dict[tuple[str, ...], int] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    unanswered: set[str] = field(default_factory=set)
    answered: set[str] = field(default_factory=set)
    cramped: set[str] = field(default_factory=set)
    hops: int = 0
    shapes: int = 0
    typed: dict[tuple[str, str, tuple[str, ...]], str] = field(default_factory=dict)
    keys: dict[str, dict[str, str]] = field(default_factory=dict)

    def fault(self, kind: str, screen: str, node: "Node | None", what: str) -> None:
        """Keep the first example of each kind on each screen."""
        way = " ".join(node.way) if node else ""
        self.faults.setdefault(f"{kind} {screen}", f"{screen}: {kind}: {what}  [{way}]")


class Walker:
    """Walks in one language.

    known     walks whose shapes need not be walked on from again
    thorough  also rubbish, dropped lines, a wiped Redis and repeated acts; else each screen's keys, once
    """

    def __init__(
        self,
        house: House,
        found: Found,
        language: str,
        known: Iterable["Walker"] = (),
        *,
        thorough: bool = True,
    ) -> None:
        self.house = house
        self.found = found
        self.language = language
        self._thorough = thorough
        self._most = MOST_SHAPES if thorough else 1
        self._queue: deque[Node] = deque()
        self._shapes: set[tuple[Any, ...]] = {shape for other in known for shape in other._shapes}
        self._many = Counter(shape[0] for shape in self._shapes)
        self._settable = {
            name
            for screen in house.menus.screens.values()
            if isinstance(screen, Shown)
            for option in screen.options
            for name in option.sets
        }
        self._choose_one = choose_one(house.gateway.voice)
        self.dirty = True
        # Acts -> who came to them first over no other act, and how.
        self.ways: dict[tuple[str, ...], tuple[str, tuple[Step, ...]]] = {}
        self._tried: set[tuple[str, ...]] = set()
        self._tried_out: set[str] = set()

    def greet(self, msisdn: str, *suffixes: str) -> None:
        """A dial of `msisdn`, plain and with each suffix; a stranger is spoken to in `language`."""
        start = self.house.moment()
        for suffix in ("", *suffixes):
            self.return_to(start)
            phone, hop = self.house.dial(msisdn, suffix)
            dialled = f"dial {suffix}".strip()
            self.dirty = hop.wrote
            node = self.look(phone, hop, start, (msisdn[-3:], dialled))
            self._choose_language(node)

    def _choose_language(self, node: Node) -> None:
        """A stranger is asked in Swahili first; her own language is a key of that screen."""
        session, screen = node.hop.session, self._screen(node.hop)
        if session is None or session.caller.language == self.language or not isinstance(screen, Shown):
            return
        self._queue.remove(node)
        keys = [option.key for option in screen.options if option.sets.get("speak") == self.language]
        assert keys, f"no key for {self.language} on {node.hop.body!r}"
        hop, child = self._try(node, keys[0])
        self.meet(child, hop)

    def look(
        self, phone: Phone, hop: Hop, before: Moment | None, way: tuple[str, ...], came: Node | None = None
    ) -> Node:
        """A screen that somebody has come to; it is walked on from when `go_on` is called.

        before  a moment since which only this hop may have changed the database; None: nobody knows
        came    the screen on which the last of `way` was answered, if it was one
        """
        self.judge(hop, came, way[-1])
        self._learn(came, way[-1], hop)
        trail = self._trail(came, hop, way[-1]) if came else ((hop.screen, hop.body),)
        trail = (*((name, "") for name, _body in trail[:-1]), trail[-1])  # much may have happened meanwhile
        node = Node(phone, hop, before or self.house.moment(), trail, way)
        self.meet(node, hop)
        return node

    def go_on(self) -> None:
        """Walk on from every screen that has been come to."""
        while self._queue:
            self._expand(self._queue.popleft())
        self.dirty = True

    # --- one screen --------------------------------------------------------------------------------------
    def _expand(self, node: Node) -> None:
        screen = self._screen(node.hop)
        assert isinstance(screen, Shown)
        keys = printed(node.hop.body, screen)
        self._check_ways_out(node, screen, keys)
        for key in keys:
            if not self._changes_language(screen, key):
                self._press(node, key)
        for key in (BACK_KEY, HOME_KEY):
            # Not printed where the screen is full, but as good; a question takes only what it prints.
            if key not in keys and not screen.top and not isinstance(screen, Ask):
                self._press(node, key)
        if isinstance(screen, Ask):
            self._answer(node, screen)
        if (
            self._thorough and node.hop.screen not in self._tried_out
        ):  # once a screen will do, whatever its shape
            self._tried_out.add(node.hop.screen)
            self._misuse(node, screen)
            mishaps.redial(self, node)
            mishaps.wipe(self, node, self._first_answer(node, screen, keys))

    def _first_answer(self, node: Node, screen: Shown, keys: list[str]) -> str:
        """What a person would most likely answer here."""
        if isinstance(screen, Ask) and node.hop.session is not None:
            return answers(self.house, screen, node.hop.session)[0]
        return next((key for key in keys if key not in ENGINES_OWN), HOME_KEY)

    def _check_ways_out(self, node: Node, screen: Shown, keys: list[str]) -> None:
        """A home screen prints neither `0` nor `00`; every other one has a way out on it."""
        out = [key for key in keys if key in (BACK_KEY, HOME_KEY)]
        if screen.top and out:
            self.found.fault("a home screen with a way back", node.hop.screen, node, node.hop.body)
        if not screen.top and not out and not isinstance(screen, Ask):
            self.found.cramped.add(node.hop.screen)
        if not screen.top and not out and isinstance(screen, Ask):
            self.found.fault("no way out of a question", node.hop.screen, node, node.hop.body)

    def _press(self, node: Node, key: str) -> None:
        """A key that counts here must lead somewhere or do something."""
        hop, child = self._try(node, key)
        name, before = node.hop.screen, node.hop.body
        if any(hop.body[4:].startswith(text) for text in self._choose_one):
            self.found.fault(f"key {key} is not taken", name, node, hop.body)
        if key == BACK_KEY and (wrong := self._wrong_way_back(node, hop)):
            self.found.fault("0 leads elsewhere", name, node, wrong)
        if key == HOME_KEY and not self._is_top(hop.screen):
            self.found.fault("00 leads elsewhere", name, node, f"to {hop.screen}")
        if key not in (BACK_KEY, HOME_KEY) and hop.body == before and not hop.passed:
            self.found.fault(f"key {key} does nothing", name, node, hop.body)
        if (
            not hop.acts
            and hop.session is not None
            and hop.screen == name
            and key not in (MORE_KEY, BACK_KEY)
        ):
            self.found.refused.setdefault(f"{name} {key}", hop.body)
        self.meet(child, hop)

    def _wrong_way_back(self, node: Node, hop: Hop) -> str:
        """What is wrong with where `0` led; "" if nothing is."""
        if len(node.trail) < 2:
            return "" if self._is_top(hop.screen) else f"to {hop.screen} and not home"
        before, body = node.trail[-2]
        screen = self.house.step(before)
        looked_anew = isinstance(screen, Shown) and bool(screen.again)
        if hop.screen != before:
            return "" if looked_anew else f"to {hop.screen}, came from {before}"
        # Under a sentence a screen may be too full for the engine's own keys, which count all the same.
        shown, seen = (set(printed(one, screen)) - set(ENGINES_OWN) for one in (hop.body, body))
        paged = f"\n{MORE_KEY} " in f"{hop.body}{body}"
        if body and shown != seen and not looked_anew and not paged:
            return f"to {before}, but it shows {hop.body!r} instead of {body!r}"
        return ""

    def _answer(self, node: Node, screen: Ask) -> None:
        """Every answer of the table, or the first one of anything that is taken."""
        taken = 0
        for answer in answers(self.house, screen, node.hop.session):  # type: ignore[arg-type]
            hop, child = self._try(node, answer)
            if hop.screen != node.hop.screen or hop.acts:
                taken += 1
                self.meet(child, hop)
                if taken >= 2:
                    break
        if taken:
            self.found.answered.add(f"{node.hop.screen} ({getattr(screen.parse, '__name__', '?')})")
        else:
            self.found.unanswered.add(f"{node.hop.screen} ({getattr(screen.parse, '__name__', '?')})")

    def _misuse(self, node: Node, screen: Screen | None) -> None:
        """What is no answer is met by the same screen under a kind sentence."""
        for rubbish in RUBBISH:
            if isinstance(screen, Ask) and rubbish in ("47", "hapana kabisa"):
                continue
            if not rubbish and not node.phone.text:
                continue  # an empty answer to a plain dial looks like the dial itself
            hop, _child = self._try(node, rubbish)
            if hop.screen != node.hop.screen or hop.session is None:
                self.found.fault(f"answers {rubbish!r} oddly", node.hop.screen, node, hop.body)
            elif hop.body == node.hop.body:
                self.found.fault(f"says nothing to {rubbish!r}", node.hop.screen, node, hop.body)
            elif not hop.body.startswith("CON "):
                self.found.fault(f"ends at {rubbish!r}", node.hop.screen, node, hop.body)

    # --- one hop -----------------------------------------------------------------------------------------
    def _try(self, node: Node, answer: str) -> tuple[Hop, Node]:
        self.return_to(node.moment)
        phone, hop = self.house.answer(node.phone, answer)
        self.dirty = hop.wrote
        self.judge(hop, node, answer)
        self._learn(node, answer, hop)
        screen, secrets = self._screen(node.hop), node.secrets
        if isinstance(screen, Ask) and screen.secret and re.fullmatch("[0-9]{4}( [0-9]{4})?", answer):
            secrets = tuple({*secrets, *answer.split()})
        self.search(node, hop, secrets)
        child = Node(phone, hop, node.moment, self._trail(node, hop, answer), (*node.way, answer), secrets)
        child.path = (*node.path, (node.hop.screen, answer))
        child.acted = node.acted or self.house.acted(hop.done)
        if hop.done and hop.done not in self._tried:
            self._tried.add(hop.done)
            if self._thorough:
                mishaps.wipe_after(self, child)
        if hop.done and not node.acted:
            self.ways.setdefault(hop.done, (phone.msisdn, child.path))
        return hop, child

    def _learn(self, node: Node | None, answer: str, hop: Hop) -> None:
        if node and not hop.done:
            self.found.keys.setdefault(node.hop.screen, {})[hop.screen] = answer

    def search(self, node: Node, hop: Hop, secrets: tuple[str, ...]) -> None:
        """A PIN or a delivery code that was typed in this session stands nowhere in clear."""
        for secret in secrets:
            for place in places(self.house, secret, database=hop.wrote):
                self.found.fault("a secret in clear", node.hop.screen, node, f"{secret} in {place}")

    def judge(self, hop: Hop, node: Node | None, answer: str) -> None:
        """What holds for every hop whatsoever, and what it may cost."""
        found, name = self.found, hop.screen
        found.hops += 1
        self.check(hop, node, f"to {answer!r}")
        if hop.acts:
            key = tuple(dict.fromkeys(hop.acts))
            found.acting[key] = max(found.acting.get(key, 0), len(hop.sql))
        elif not hop.wrote:
            found.showing.setdefault(name, []).append(len(hop.sql))
            if len(hop.sql) > MOST_SHOWING:
                found.fault("SQL", name, node, f"{len(hop.sql)} statements only to show, to {answer!r}")
        else:
            found.fault("writes without an act", name, node, repr(answer))

    def check(self, hop: Hop, node: Node | None, when: str) -> None:
        """Status, body, log, Redis."""
        found, name = self.found, hop.screen
        if hop.status != 200:
            found.fault("status", name, node, f"{hop.status} {when}")
        for fault in faults_of(hop.body):
            found.fault(fault, name, node, f"{hop.body!r} {when}")
        for error in hop.errors:
            found.fault("complains", name, node, f"{error} {when}")
        if hop.redis != TWO_TRIPS:
            found.fault("Redis trips", name, node, f"{hop.redis} {when}")

    def meet(self, child: Node, hop: Hop) -> None:
        """Count what was reached, and keep it for walking on if its shape is new."""
        for name in {*hop.passed, hop.screen}:
            self.found.seen[self.language, name] += 1
        if hop.session is None:
            if hop.passed and not isinstance(self._screen(hop), Say):
                self.found.fault("ends without last words", hop.screen, child, hop.body)
            return
        if self._screen(hop) is None:
            self.found.fault("stands nowhere", hop.screen, child, hop.body)
            return
        shape = self._shape(hop)
        if shape in self._shapes or self._many[hop.screen] >= self._most:
            return
        self._shapes.add(shape)
        self._many[hop.screen] += 1
        self.found.shapes += 1
        child.moment = self.house.moment(None if hop.wrote else child.moment)
        if not child.trail:
            child.trail = ((hop.screen, hop.body),)
        self._queue.append(child)

    def _shape(self, hop: Hop) -> tuple[Any, ...]:
        screen, session = self._screen(hop), hop.session
        assert session is not None
        keys = printed(hop.body, screen)
        numbers: Any = tuple(keys)
        if isinstance(screen, Pick):
            own = {option.key for option in screen.options}
            numbers = (sum(key not in own for key in keys) > 0, tuple(key for key in keys if key in own))
        behind = tuple((name, str(session.slots.get(name))) for name in sorted(self._settable))
        return hop.screen, numbers, session.page > 0, behind, session.caller.role

    def _trail(self, node: Node, hop: Hop, answer: str) -> tuple[Step, ...]:
        """The screens behind the present one, as the person remembers them (menus/trail.py, in brief)."""
        here = (hop.screen, hop.body)
        names = [name for name, _body in node.trail]
        screen = self._screen(hop)
        if isinstance(screen, Shown) and screen.top:
            return (here,)
        if hop.screen == node.hop.screen:
            return (*node.trail[:-1], here)
        if hop.screen in names[:-1]:
            return (*node.trail[: names.index(hop.screen)], here)
        if self.house.acted(hop.done):
            return (here,)
        before = self._screen(node.hop)
        went_back = answer == BACK_KEY and not (isinstance(before, Ask) and before.zero)
        return (*node.trail[:-2], here) if went_back else (*node.trail, here)

    def return_to(self, moment: Moment) -> None:
        self.house.back_to(moment, database=self.dirty or moment.database is not self._stands)
        self._stands = moment.database
        self.dirty = False

    _stands: Any = None

    def _screen(self, hop: Hop) -> Screen | None:
        return self.house.step(hop.screen)

    def _is_top(self, name: str) -> bool:
        screen = self.house.step(name)
        return isinstance(screen, Say) or (isinstance(screen, Shown) and screen.top)

    def _changes_language(self, screen: Screen | None, key: str) -> bool:
        """Whether that key would make this a walk in another language."""
        options = screen.options if isinstance(screen, Shown) else ()
        return any("speak" in option.sets for option in options if option.key == key)
