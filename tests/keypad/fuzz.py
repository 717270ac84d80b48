"""A machine without manners: eight phones at once, answering, mistyping, repeating, dropping, redialling.

Each step is three small numbers that hypothesis chooses: whose phone, what happens, and which of the
possibilities.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from core.due_work import HANDLERS
from core.duties.sweep import sweep
from menus.flow import Ask
from tests.keypad.answers import answers
from tests.keypad.house import Hop, House, Phone
from tests.keypad.legal import faults_of, printed
from tests.keypad.marks import Marks
from tests.keypad.town import PHONES

Step = tuple[int, int, int]

RUBBISH = (
    "😀", "*#", "#", "**", "x" * 200, "'; DROP TABLE users; --", "٣", "５０", "½", "-1", "0.001", "1e9",
    "NaN", "00000", "\x00", "\n", "1\n2", "%s{order}", "{slot}", "<script>", "1 OR 1=1", "98", "99", "50",
    "57", "58", "63", "69", "¡", "ĩũ", "ÀÉ€^[]", " 1 ", "1.", "", "001", "+254712000202", "4829", "0" * 80,
    "A" * 160, "\u202e1", "1,5", "9999999999",
)  # fmt: skip
SUFFIXES = ("57", "58", "60", "64", "1", "2*1", "1*1*1*1*1*1*1*1*1*1", "99", "00", "x")


@dataclass
class Line:
    """A phone and what stands on it."""

    phone: Phone
    hop: Hop | None = None


@dataclass
class Fuzzer:
    """Plays steps; raises AssertionError at the first reply that must not be."""

    house: House
    marks: Marks
    hops: int = 0
    happened: Counter[str] = field(default_factory=Counter)
    screens: Counter[str] = field(default_factory=Counter)

    def play(self, steps: Sequence[Step]) -> None:
        """One history, from the world as it stands."""
        self._typed = dict.fromkeys(PHONES, "")
        self._lines = {msisdn: Line(Phone(msisdn)) for msisdn in PHONES}
        for who, what, which in steps:
            self._step(self._lines[PHONES[who % len(PHONES)]], what % 100, which)

    def _step(self, line: Line, what: int, which: int) -> None:
        if line.hop is None or line.hop.session is None:
            self._dial(line, which if what >= 90 else -1)
        elif what < 60:
            self._listed(line, which)
        elif what < 78:
            self._answer(line, which)
        elif what < 85:
            self._say(line, RUBBISH[which % len(RUBBISH)], "rubbish")
        elif what < 87:
            self._dial(line, -1)
        elif what < 88:
            self._dial(line, which)
        elif what < 90:
            self._repeat(line)
        else:
            self._mischief(line, what, which)

    def _mischief(self, line: Line, what: int, which: int) -> None:
        """What the network, the neighbours and the machines do."""
        mine = line.phone
        match what - 90:
            case 0 | 1:
                self._post(Phone(mine.msisdn, mine.session, mine.text + "*1*1"), line, "skipped texts")
            case 2:
                self._post(Phone(mine.msisdn, mine.session, mine.text[:-2]), line, "shortened text")
            case 3 | 4:
                other = self._lines[PHONES[which % len(PHONES)]].phone
                self._post(Phone(mine.msisdn, other.session or "x", other.text), None, "another's session")
            case 5:
                self._post(Phone(mine.msisdn, mine.session, mine.text, "*999#"), None, "another code")
            case 6:
                self.house.redis.flushdb()
                self.happened["Redis wiped"] += 1
            case 7:
                self._time_passes(which)
            case _:
                self._event(line, which)

    # --- what a phone does ------------------------------------------------------------------------------
    def _dial(self, line: Line, which: int) -> None:
        suffix = SUFFIXES[which % len(SUFFIXES)] if which >= 0 else ""
        phone, hop = self.house.dial(line.phone.msisdn, suffix)
        line.phone, line.hop = phone, hop
        self._look(phone, hop, "dial with a suffix" if suffix else "dial")

    def _listed(self, line: Line, which: int) -> None:
        """A key that stands on the screen; on a question without keys, an answer."""
        assert line.hop is not None
        keys = printed(line.hop.body, self.house.step(line.hop.screen))
        onward = [key for key in keys if key not in ("0", "00")] or keys
        if not onward or (isinstance(self.house.step(line.hop.screen), Ask) and which % 4):
            self._answer(line, which)
            return
        chosen = keys[which % len(keys)] if which % 5 == 0 else onward[which % len(onward)]
        self._say(line, chosen, "listed key")

    def _answer(self, line: Line, which: int) -> None:
        """A legal answer where one is asked, else any small number."""
        assert line.hop is not None
        screen = self.house.step(line.hop.screen)
        if isinstance(screen, Ask) and line.hop.session is not None:
            possible = answers(self.house, screen, line.hop.session)
            self._say(line, possible[which % len(possible)], "answer")
        else:
            self._say(line, str(which % 12), "number")

    def _say(self, line: Line, answer: str, kind: str) -> None:
        line.phone, hop = self.house.answer(line.phone, answer)
        line.hop = hop
        self._look(line.phone, hop, kind)

    def _repeat(self, line: Line) -> None:
        """The network posts the same again: the same reply, and nothing done twice."""
        before = line.hop
        hop = self.house.post(line.phone)
        assert before is not None
        if "LPUSH" in hop.redis:  # the stored reply was found; Redis may have been wiped meanwhile
            assert hop.body == before.body, f"a repeat answered otherwise: {hop.body!r} after {before.body!r}"
            assert not hop.wrote
        self._look(line.phone, hop, "repeat")

    def _post(self, phone: Phone, line: Line | None, kind: str) -> None:
        hop = self.house.post(phone)
        if line is not None and hop.session is None and hop.body.startswith("END"):
            line.hop = hop
        self._look(phone, hop, kind)

    def _time_passes(self, which: int) -> None:
        """Minutes or hours pass, and what is due is done."""
        self.happened["time passes"] += 1
        minutes = (1, 4, 11, 35, 130)[which % 5]
        self.house.clock.set(self.house.clock.now() + timedelta(minutes=minutes))
        while sweep(self.house.db, HANDLERS):
            pass

    def _event(self, line: Line, which: int) -> None:
        """The network says that a session is over; the phone may go on all the same."""
        self.happened["end of session"] += 1
        status = ("Success", "Incomplete", "Failed", "nonsense")[which % 4]
        answer = self.house.event(line.phone, status)
        assert answer in (200, 400), answer
        if which % 2:
            line.hop = None

    # --- what must always be ----------------------------------------------------------------------------
    def _look(self, phone: Phone, hop: Hop, kind: str) -> None:
        self.hops += 1
        self.happened[kind] += 1
        self.screens[hop.screen] += 1
        where = f"{kind} by {phone.msisdn} at {hop.screen}, text {phone.text[-60:]!r}: {hop.body!r}"
        assert hop.status == 200, where
        assert not (wrong := faults_of(hop.body)), (wrong, where)
        assert not hop.errors, (hop.errors, where)
        self._typed[phone.msisdn] += f" {phone.text}"
        strange = self.marks.strange(phone.msisdn, hop.body)
        # A number that she has typed herself is no secret to her.
        assert not [mark for mark in strange if mark[-9:] not in self._typed[phone.msisdn]], (strange, where)
