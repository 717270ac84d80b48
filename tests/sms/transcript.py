"""Conversations by text, written down as anyone can read them: every text in and out of every phone.

transcripts/README.md says what may stand in a script (`.talk`); playing it gives `.en.txt`, `.sw.txt` and
`.ki.txt`: the script with what was sent below its lines, the phone first, then its segments.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from core.orders.models import Order
from core.outbox.models import OutboxMessage
from locales.gsm import measure
from tests.helpers import ADMIN, CUSTOMER, FARMER, RIDER
from tests.menus.stage import Stage
from tests.sms import happenings
from tests.sms.conftest import Desk

FOLDER = Path(__file__).parent / "transcripts"
SUFFIXES = {"en": "en", "sw": "sw", "kikuyu": "ki"}
PHONES = {
    "wanjiku": FARMER,
    "achieng": CUSTOMER,
    "kamau": RIDER,
    "office": ADMIN,
    "mwangi": "+254712000505",
    "stranger": "+254712000909",
    "agent": "+254712000606",
}
NAMES = {number: name for name, number in PHONES.items()}


def scripts() -> list[Path]:
    """Every script there is."""
    return sorted(FOLDER.glob("*/*.talk"))


def written(script: Path, language: str) -> Path:
    """The transcript of `script` in `language`."""
    return script.with_suffix(f".{SUFFIXES[language]}.txt")


@dataclass
class Player:
    """Plays one script; whoever is new speaks the play's language from the first moment."""

    desk: Desk
    stage: Stage
    lines: list[str] = field(default_factory=list)
    _times: Counter[str] = field(default_factory=Counter)

    def play(self, script: Path) -> str:
        """The transcript."""
        for line in script.read_text(encoding="utf-8").splitlines():
            self._line(line.rstrip())
        return "\n".join(self.lines) + "\n"

    def _line(self, line: str) -> None:
        """One line. Its dice are its own: a line more elsewhere changes no order's number."""
        self._times[line] += 1
        self.stage.chance.reseed(f"{line} {self._times[line]}")
        if not line or line.startswith("#"):
            self.lines.append(line)
        elif line.startswith("@"):
            self.lines.append(line)
            name, *arguments = line.removeprefix("@").split()
            getattr(happenings, name)(self.stage, *arguments)
            self.stage.speak()
            self.desk.work()
            self._sent()
        elif line.startswith("wait "):
            self.lines.append(line)
            found = re.fullmatch(r"wait (\d+) (minute|hour|day)s?", line)
            assert found, f"wait how long? {line}"
            self.desk.clock.advance(**{f"{found[2]}s": int(found[1])})
            self.desk.work()
            self._sent()
        else:
            name, _, text = line.partition(": ")
            said = self._filled(text)
            self.lines.append(f"{name}: {self._masked(said)}")
            self.desk.clock.advance(seconds=2)
            assert self.desk.receive(PHONES[name], said).status_code == 200
            self._heard()
            self._sent()

    def _heard(self) -> None:
        """Work on it; who is new through it speaks the play's language before anything is sent to her."""
        self.desk.work()
        self.stage.speak()

    def _sent(self) -> None:
        """What every phone was sent, in the order of sending; codes are starred."""
        for message in self.desk.sent:
            to = NAMES.get(message["to"], message["to"])
            segments = measure(message["message"]).segments
            for number, row in enumerate(self._masked(message["message"]).split("\n")):
                self.lines.append(f"  {to} <{segments}> {row}" if number == 0 else f"      {row}")
        self.desk.sent.clear()

    def _filled(self, text: str) -> str:
        """The script's `{order}` and `{code}`: of the newest order."""
        if "{" not in text:
            return text
        with self.desk.db.read() as tx:
            order = tx.session.scalars(select(Order).order_by(Order.order_id.desc()).limit(1)).one()
            tail = order.tail
        code = self.stage.shop.code(order) if "{code}" in text else ""
        return text.format(order=tail, code=code)

    def _masked(self, text: str) -> str:
        """Delivery codes are for their owner's eyes (DR-1205)."""
        with self.desk.db.read() as tx:
            codes = happenings.codes(tx)
            assert not tx.session.scalar(select(OutboxMessage).where(OutboxMessage.status == "sending"))
        for code in codes:
            text = re.sub(rf"\b{code}\b", "****", text)
        return text
