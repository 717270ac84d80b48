"""The whole house in one process, listened to: every hop is posted to the real route and comes back with
what it asked of the database and of Redis, which steps it passed, and what it complained of.

A `Moment` is everything that is kept (database, Redis, clock, dice); going back to one takes
milliseconds, so that a machine may try each key of a screen in the very same world.
"""

import logging
import random
import re
import sqlite3
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any, cast
from unittest.mock import patch

from flask.testing import FlaskClient
from redis import Redis
from redis.connection import AbstractConnection
from sqlalchemy import event

from inbound.gateway import Gateway
from menus.compile import Menus, conversations
from menus.flow import Act, Screen
from menus.talk import Session
from tests.databases import Store
from tests.helpers import CALLBACK_SECRET, DEMO_MOMENT, FixedClock, SeededChance

PATH = f"/cb/{CALLBACK_SECRET}/ussd"
CODE = "*384*88632#"
# What a process asks for by the clock and not by the hop: settings and catalogue, twice a minute.
_REFRESH = re.compile(r"\bFROM (system_settings|products|packs|categories)\b")
NO_STATEMENTS = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


@dataclass(frozen=True)
class Hop:
    """One hop as it was answered.

    sql, redis   what was asked, in order; BEGIN and COMMIT are no statements
    passed       the steps (screens, forks, acts) that the conversation stepped on
    done         the acts among them that were not refused, and those that count a refused try
    screen       the screen that stands now
    session      the session as it was kept; None after END
    errors       what was logged at ERROR
    """

    status: int
    body: str
    sql: tuple[str, ...]
    redis: tuple[str, ...]
    passed: tuple[str, ...]
    done: tuple[str, ...]
    screen: str
    session: Session | None
    errors: tuple[str, ...]

    @property
    def acts(self) -> list[str]:
        """The acts among the steps."""
        known = conversations().screens
        return [name for name in self.passed if isinstance(known.get(name), Act)]

    @property
    def wrote(self) -> bool:
        """Whether anything in the database may have changed."""
        return any(not statement.lstrip().upper().startswith("SELECT") for statement in self.sql)


@dataclass(frozen=True)
class Moment:
    """Everything that is kept, as it stood."""

    database: sqlite3.Connection
    redis: tuple[tuple[bytes, bytes], ...]
    now: datetime
    dice: Any


@dataclass
class Phone:
    """A phone as the network sees it: its session and all that was typed in it."""

    msisdn: str
    session: str = ""
    text: str = ""
    code: str = CODE

    def answered(self, answer: str) -> "Phone":
        """The same phone one answer later."""
        text = f"{self.text}*{answer}" if self.text else answer
        return Phone(self.msisdn, self.session, text, self.code)


class Ears(logging.Handler):
    """Keeps every line of the log, and apart what is logged at ERROR."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: deque[str] = deque(maxlen=500)
        self.errors: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it, with its extras and its traceback."""
        why = f": {record.exc_info[1]!r}" if record.exc_info and record.exc_info[1] else ""
        extras = {k: v for k, v in record.__dict__.items() if k not in _OF_EVERY_RECORD}
        line = f"{record.name}: {record.getMessage()}{why} {extras or ''}".strip()
        self.lines.append(line)
        if record.levelno >= logging.ERROR:
            self.errors.append(line)


_OF_EVERY_RECORD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime"}


@dataclass
class House:
    """The process under test and its ears."""

    gateway: Gateway
    client: FlaskClient
    store: Store
    menus: Menus = field(default_factory=conversations)

    def __post_init__(self) -> None:
        self.redis: Redis = self.gateway.redis
        self.clock = cast(FixedClock, self.gateway.parts.clock)
        self.chance = cast(SeededChance, self.gateway.parts.chance)
        self.db = self.gateway.db
        self.live = sqlite3.connect(self.store.url.removeprefix("sqlite:///"), isolation_level=None)
        self._sql: list[str] = []
        self._sent: list[str] = []
        self._passed: list[str] = []
        self._done: list[str] = []
        self._ears = Ears()
        self._dials = count(1)
        self._first = self.moment()

    @contextmanager
    def listening(self) -> Iterator["House"]:
        """Hear every statement, Redis command, step and complaint while the block lasts."""
        send, move = AbstractConnection.send_command, Menus.move

        def sent(connection: AbstractConnection, *args: Any, **how: Any) -> Any:
            self._sent.append(str(args[0]))
            return send(connection, *args, **how)  # type: ignore[no-untyped-call]

        def moved(menus: Menus, session: Session, outcome: str) -> None:
            before = session.state
            move(menus, session, outcome)
            act = menus.screens[before]
            refusals = {way.code for way in act.ways if isinstance(way, type)} if isinstance(act, Act) else ()
            if isinstance(act, Act) and (act.alone or outcome not in refusals):
                self._done.append(before)
            self._passed.append(session.state)

        def ran(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith(NO_STATEMENTS) and not _REFRESH.search(statement):
                self._sql.append(statement)

        for engine in self.db.engines:
            event.listen(engine, "before_cursor_execute", ran)
        logging.getLogger().addHandler(self._ears)
        try:
            with patch.object(AbstractConnection, "send_command", sent), patch.object(Menus, "move", moved):
                yield self
        finally:
            logging.getLogger().removeHandler(self._ears)
            for engine in self.db.engines:
                event.remove(engine, "before_cursor_execute", ran)

    def close(self) -> None:
        """Let go of the database file."""
        self.live.close()

    @property
    def log_lines(self) -> Sequence[str]:
        """The last lines of the log."""
        return self._ears.lines

    # --- hops --------------------------------------------------------------------------------------------
    def dial(self, msisdn: str, suffix: str = "") -> tuple[Phone, Hop]:
        """A new session of `msisdn`; its id is none of those that a script's own phones count (UssdPhone)."""
        phone = Phone(msisdn, f"ATUid_f{next(self._dials):031x}", suffix)
        return phone, self.post(phone)

    def answer(self, phone: Phone, answer: str) -> tuple[Phone, Hop]:
        """One answer more; `phone` itself stays as it was."""
        after = phone.answered(answer)
        return after, self.post(after)

    def post(self, phone: Phone) -> Hop:
        """Post the session as it stands."""
        form = {
            "sessionId": phone.session,
            "phoneNumber": phone.msisdn,
            "networkCode": "63902",
            "serviceCode": phone.code,
            "text": phone.text,
        }
        status: list[int] = []

        def send() -> str:
            response = self.client.post(PATH, data=form)
            status.append(response.status_code)
            return response.get_data(as_text=True)

        body = self.heard(send)
        return self.hop(phone, status[0], body)

    def heard(self, post: Callable[[], str]) -> str:
        """The body that `post` brings; from here on only what it does is heard."""
        for ears in (self._sql, self._sent, self._passed, self._done, self._ears.errors):
            ears.clear()
        return post()

    def hop(self, phone: Phone, status: int, body: str) -> Hop:
        """The hop that was heard last."""
        sql, sent, passed = tuple(self._sql), tuple(self._sent), tuple(self._passed)
        errors = tuple(self._ears.errors)
        session = self.session_of(phone)
        screen = session.state if session else (passed[-1] if passed else "")
        return Hop(status, body, sql, sent, passed, tuple(self._done), screen, session, errors)

    def event(self, phone: Phone, status: str) -> int:
        """The network's word that a session has ended; the HTTP status of our answer."""
        form = {
            "date": "2025-06-24 09:30:00", "sessionId": phone.session, "serviceCode": phone.code,
            "networkCode": "63902", "phoneNumber": phone.msisdn, "status": status, "cost": "1.5",
            "durationInMillis": "31000", "hopsCount": "4", "input": phone.text,
            "lastAppResponse": "CON ...", "errorMessage": "",
        }  # fmt: skip
        return self.client.post(f"{PATH}-events", data=form).status_code

    def session_of(self, phone: Phone) -> Session | None:
        """What is kept of a phone's session."""
        digest = self.gateway.parts.vault.digest(
            "ussd-session", f"{phone.session}\0{phone.msisdn}\0{phone.code}"
        )[:40]
        kept = cast("bytes | None", self.redis.get(f"tunda:ussd:s:{digest}"))
        return Session.load(kept) if kept else None

    def step(self, name: str) -> Screen | None:
        """The step of that name."""
        return self.menus.screens.get(name)

    def changes(self, name: str) -> bool:
        """Whether that step does something that is seen afterwards."""
        step = self.step(name)
        return isinstance(step, Act) and not step.quiet

    def acted(self, done: Sequence[str]) -> bool:
        """Whether any of these steps did something that nobody goes back over."""
        return any(self.changes(name) for name in done)

    def anew(self, dice: str) -> None:
        """A first morning: nobody is known, nothing is kept."""
        self.back_to(self._first)
        self.clock.set(DEMO_MOMENT)
        self.chance.reseed(dice)

    # --- moments -----------------------------------------------------------------------------------------
    def moment(self, like: Moment | None = None) -> Moment:
        """Everything as it stands; `like`: an earlier moment since which the database did not change."""
        if like is None:
            database = sqlite3.connect(":memory:", check_same_thread=False)
            self.live.backup(database)
        else:
            database = like.database
        keys = sorted(cast("list[bytes]", self.redis.keys("tunda:ussd:*")))
        with self.redis.pipeline(transaction=False) as pipeline:
            for key in keys:
                pipeline.dump(key)
            kept = tuple(zip(keys, pipeline.execute(), strict=True))
        return Moment(database, kept, self.clock.now(), copy(self.chance._random.getstate()))

    def back_to(self, moment: Moment, *, database: bool = True) -> None:
        """Everything as it stood; `database=False`: the database is known not to have changed since."""
        if database:
            moment.database.backup(self.live)
            self.gateway.parts.settings.refresh(self.db.engine, now=True)
            if moment is self._first:  # an admin may have added a product since
                self.gateway.parts.products.refresh(self.db.engine, now=True)
        with self.redis.pipeline(transaction=False) as pipeline:
            pipeline.flushdb()
            for key, dump in moment.redis:
                pipeline.restore(key, 600_000, dump)
            pipeline.execute()
        self.clock.set(moment.now)
        self.chance._random.setstate(moment.dice)


def seeded(seed: int) -> random.Random:
    """Dice that fall the same way in every run."""
    return random.Random(seed)
