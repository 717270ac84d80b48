"""Conversations written down as anyone can read them, played through the real route in three languages.

transcripts/README.md says what may stand in a script (`.talk`); playing it gives `.en.txt`, `.sw.txt` and
`.ki.txt`: the script with the screens under its lines, indented by two spaces.
"""

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from unittest.mock import patch

from flask.testing import FlaskClient
from sqlalchemy import select

from core.due_work import HANDLERS
from core.duties.sweep import sweep
from core.outbox.models import OutboxMessage
from core.parts import Parts
from sms import texts
from tests.menus.stage import Stage
from tests.ussd.counting import counting
from tests.ussd.phone import PATH, UssdPhone
from ussd import work
from ussd.sessions import Sessions

FOLDER = Path(__file__).parent / "transcripts"
SUFFIXES = {"en": "en", "sw": "sw", "kikuyu": "ki"}
# What a stranger answers to the first question, which is asked in Swahili, to be spoken to otherwise.
LANGUAGE_KEYS = {"en": "8", "sw": "", "kikuyu": "9"}
MOST_STATEMENTS = 6
ROUND_TRIPS = 2
# So long the network waits for a key, and so long a dial lasts in all (contract, 1.5).
SILENCE = timedelta(seconds=30)
WHOLE_LIFE = timedelta(seconds=180)
_INDENT = "  "


def scripts() -> list[Path]:
    """Every script there is."""
    return sorted(FOLDER.glob("*/*.talk"))


def written(script: Path, language: str) -> Path:
    """The transcript of `script` in `language`."""
    return script.with_suffix(f".{SUFFIXES[language]}.txt")


@dataclass
class Played:
    """A play's transcript, the SQL statements of each of its hops, and where a hop cost more than it may."""

    lines: list[str] = field(default_factory=list)
    statements: list[int] = field(default_factory=list)
    dear: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The transcript."""
        return "\n".join(self.lines) + "\n"

    @property
    def median(self) -> float:
        """SQL statements on the median hop."""
        return median(self.statements or [0])


def play(script: Path, client: FlaskClient, stage: Stage) -> Played:
    """The script, from its first line to its last."""
    player = Player(script.parent.name, client, stage)
    for line in script.read_text(encoding="utf-8").splitlines():
        player.line(line.rstrip())
    return player.played


def _tried(statements: list[str]) -> bool:
    """Whether an act ran, though the rules refused it: each asks first whether it was done before (R2)."""
    return any("callback_log.dedupe_key" in statement for statement in statements)


class Player:
    """Plays one script; every phone keeps its screen while another one speaks."""

    def __init__(self, package: str, client: FlaskClient, stage: Stage) -> None:
        self.played = Played()
        self._package = package
        self._client = client
        self._stage = stage
        self._phones: dict[str, UssdPhone] = {}
        self._phone = UssdPhone(client, "+254712000101")
        self._since: dict[str, datetime] = {}
        self._seen = 0
        self._lines: Counter[str] = Counter()
        UssdPhone(client, "+254712000998").dial()  # the process has answered before

    def line(self, line: str) -> None:
        """One line of the script. Its dice are its own: a line more elsewhere changes no order's number."""
        self._lines[line] += 1
        self._stage.chance.reseed(f"{line} {self._lines[line]}")
        match re.match(r"[a-z]+|@|>|#|", line).group():  # type: ignore[union-attr]
            case "#" | "":
                self._write(line)
            case "phone":
                self._write(line)
                msisdn = line.split()[1]
                self._phone = self._phones.setdefault(msisdn, UssdPhone(self._client, msisdn))
            case "dial":
                self._write(line)
                self._work()
                suffix = line.removeprefix("dial").strip()
                self._since[self._phone.msisdn] = self._stage.clock.now()
                self._hop(line, lambda: self._phone.dial(suffix))
            case ">":
                self._answer(line)
            case "@":
                self._write(line)
                name, *arguments = line.removeprefix("@").split()
                answer = self._stage.happen(self._package, name, *arguments)
                if answer is not None:
                    self._hop(line, lambda: self._phone.answer(answer))
            case "wait":
                self._write(line)
                self._wait(line)
            case "again":
                self._write(line)
                self._again(line)
            case "drop":
                self._write(line)
                self._event("Incomplete")
                self._work()
            case "timeout":
                self._write(line)
                self._time_out(line)
            case "sms":
                self._write(line)
                self._work()
                self._texts(line.split()[1])
            case _:
                raise AssertionError(f"what is this? {line}")

    def _write(self, *lines: str) -> None:
        self.played.lines += lines

    def _answer(self, line: str) -> None:
        answer = line.removeprefix(">").removeprefix(" ")
        if answer == "{language}":
            answer = LANGUAGE_KEYS[self._stage.language]
            if not answer:
                return
        self._write(f"> {answer}".rstrip())
        self._hop(line, lambda: self._phone.answer(answer))

    def _again(self, line: str) -> None:
        """The network posts the last hop once more: the same bytes, and nothing done."""
        shown = self._phone.screen
        with counting(self._stage.db) as count:
            assert self._phone.post() == shown, f"{line}: a repeat must be answered with the same bytes"
        assert not count.sql, f"{line}: a repeat must not ask the database: {count.sql}"

    def _hop(self, line: str, post: Callable[[], str]) -> None:
        self._stage.gateway.parts.refresh(self._stage.db.engine)
        # Settings and products are read again every half minute, by whichever hop comes: not this one's cost.
        with patch.object(Parts, "refresh"), counting(self._stage.db) as count:
            screen = post()
        self._write(*(_INDENT + row for row in screen.split("\n")))
        self.played.statements.append(len(count.sql))
        if len(count.redis) != ROUND_TRIPS:
            self._dear(line, f"{len(count.redis)} Redis trips, not {ROUND_TRIPS}: {count.redis}")
        if len(count.sql) > MOST_STATEMENTS and not count.changed and not _tried(count.sql):
            shown = "\n    ".join(" ".join(statement.split())[:200] for statement in count.sql)
            self._dear(
                line, f"{len(count.sql)} SQL statements only to show it, not {MOST_STATEMENTS}:\n    {shown}"
            )
        if screen.startswith("END "):
            self._event("Success")

    def _dear(self, line: str, why: str) -> None:
        first = self._phone.screen.split("\n")[0]
        self.played.dear.append(f"after {line!r}, screen {self._position()} ({first!r}): {why}")

    def _position(self) -> str:
        sessions = Sessions(self._stage.gateway.redis, self._stage.gateway.parts.vault)
        phone = self._phone
        kept = self._stage.gateway.redis.get(sessions.keys(phone.session, phone.msisdn, phone.code).session)
        return str(json.loads(kept)[0]) if isinstance(kept, bytes) else "the end"

    def _wait(self, line: str) -> None:
        found = re.fullmatch(r"wait (\d+) (seconds?|minutes?|hours?|days?)", line)
        assert found, f"wait how long? {line}"
        amount, unit = found.groups()
        self._stage.clock.advance(**{f"{unit.rstrip('s')}s": int(amount)})
        self._work()

    def _time_out(self, line: str) -> None:
        """Nobody types until the network has had enough; what is typed from then on reaches nobody."""
        assert line in ("timeout", "timeout 180 seconds"), f"the network does not end a dial so: {line}"
        clock, begun = self._stage.clock, self._since[self._phone.msisdn]
        over = clock.now() + SILENCE if line == "timeout" else begun + WHOLE_LIFE
        assert clock.now() <= over <= begun + WHOLE_LIFE, f"{line}: the dial was over before"
        clock.set(over)
        self._event("Incomplete")
        self._phone.session = ""
        self._work()

    def _work(self) -> None:
        """Whatever is due is done, as it would be within a second."""
        handlers = {**HANDLERS, **work.duties(self._stage.gateway)}
        while sweep(self._stage.db, handlers):
            pass

    def _event(self, status: str) -> None:
        """The network tells how the session ended (contract, 1.7)."""
        phone, now = self._phone, self._stage.clock.now()
        fields = {
            "date": now.strftime("%Y-%m-%d %H:%M:%S"),
            "sessionId": phone.session,
            "serviceCode": phone.code,
            "networkCode": "63902",
            "phoneNumber": phone.msisdn,
            "status": status,
            "cost": "KES 0.10",
            "durationInMillis": str(int((now - self._since[phone.msisdn]).total_seconds() * 1000)),
            "hopsCount": str(phone.text.count("*") + 1),
            "input": phone.text,
            "lastAppResponse": phone.screen,
            "errorMessage": "",
        }
        assert self._client.post(f"{PATH}-events", data=fields).status_code == 200

    def _texts(self, msisdn: str) -> None:
        """What that phone was sent by SMS since this was last asked; secrets are starred."""
        with self._stage.db.read() as tx:
            query = select(OutboxMessage).where(OutboxMessage.outbox_id > self._seen)
            rows = list(tx.session.scalars(query.order_by(OutboxMessage.outbox_id)))
        for row in rows:
            self._seen = row.outbox_id
            if row.msisdn == msisdn:
                text = texts.render(
                    self._stage.gateway.voice, self._stage.language, row.code, row.values, reveal=texts.hidden
                )
                self._write(*(_INDENT + part for part in text.split("\n")))
