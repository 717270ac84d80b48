"""One answer in, the next screen out.

The answer is read and the position moved without a write; where an act follows, the act, the next screen and
the hop's row of the callback log are one transaction, done on a copy of the session. Whatever fails leaves
the person on the screen they saw.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol

from sqlalchemy import select

from core.db import Database, Tx
from core.errors import DomainError
from core.traffic.masks import mask_digits
from core.traffic.models import Callback
from core.users import hearing
from core.users import service as users
from inbound.gateway import Gateway
from locales.errors import explain
from menus.compile import Menus
from menus.flow import (
    BACK_KEY,
    HOME_KEY,
    LONGEST_LIST,
    MORE_KEY,
    THEN,
    Act,
    Ask,
    Choose,
    Fork,
    Pick,
    Screen,
    Shown,
)
from menus.talk import Again, Session, Talk
from menus.trail import follow, go_back
from menus.words import CHOOSE_ONE, NO_MORE, NOTHING_SENT, ONE_ANSWER, TOO_LONG
from ussd.screen import END, offered, render

LONGEST_ANSWER = 160
HIDDEN = "****"
PATIENCE_SECONDS = 6.0
MOST_TOKENS = 8
MOST_STEPS = 20


class TooSlow(Exception):
    """The network will not wait for another try of this transaction."""


class _Refused(Exception):
    """An act was refused for a reason that its flow has a `way` for; the transaction is rolled back."""

    def __init__(self, way: str, error: DomainError) -> None:
        self.way = way
        self.error = error
        super().__init__(way)


class _MustNotAct(Exception):
    """A token of a dialled suffix would have changed something."""


class _Before(Exception):
    """This very hop has been done by a process that died before it could say so."""

    def __init__(self, reply: str) -> None:
        self.reply = reply
        super().__init__("done before")


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
    """

    body: str
    session: Session
    screen: str
    answer: str
    wrote: bool = False
    refused: bool = False


class Note(Protocol):
    """Writes a hop's row of the callback log."""

    def __call__(self, tx: Tx, done: Done) -> None:
        """Write it in `tx`."""


class Conversation:
    """The compiled menus and the parts of the process; one for all hops."""

    def __init__(self, gateway: Gateway, menus: Menus) -> None:
        self._db: Database = gateway.db
        self._parts = gateway.parts
        self._voice = gateway.voice
        self._menus = menus

    def dial(self, inbound: Inbound, unfinished: Session | None) -> Done:
        """The first screen of a new session."""
        return self._hop(inbound, Session(self._menus.start), unfinished, None)

    def answer(self, inbound: Inbound, session: Session, unfinished: Session | None, answer: str) -> Done:
        """The screen after `answer`; `session` itself is left alone."""
        if not isinstance(self._menus.screen(session), Shown):
            return self.dial(inbound, None)  # a screen that this version no longer has
        return self._hop(inbound, session, unfinished, answer)

    def tokens(self, inbound: Inbound, unfinished: Session | None, text: str) -> Done:
        """A dial with a suffix, or a session we lost: only fixed choices that change nothing are followed.

        Anything else in `text` leads to the screen of a plain dial.
        """
        plain = self.dial(inbound, unfinished)
        done, tokens = plain, text.split("*")
        if len(tokens) > MOST_TOKENS:
            return plain
        for token in tokens:
            screen = self._menus.screen(done.session)
            if not isinstance(screen, Choose) or token not in {option.key for option in screen.options}:
                return plain
            try:
                done = self._hop(inbound, done.session, unfinished, token, may_act=False)
            except _MustNotAct:
                return plain
        return done

    def can_resume(self, session: Session) -> bool:
        """Whether this position may be offered again after a lost session."""
        return self._menus.can_resume(session.state)

    def in_flow(self, name: str) -> bool:
        """Whether screen `name` belongs to a conversation that can be continued."""
        return bool(self._menus.title(name))

    def masked(self, session: Session, answer: str) -> str:
        """`answer` as a log may hold it: secrets, and whatever may be a delivery code, are starred (S5)."""
        screen = self._menus.screen(session)
        if isinstance(screen, Ask) and screen.secret:
            return HIDDEN
        if isinstance(screen, Ask) and screen.number and answer.isdigit():
            return answer[:LONGEST_ANSWER]
        return mask_digits(answer[:LONGEST_ANSWER])

    def _hop(
        self,
        inbound: Inbound,
        before: Session,
        unfinished: Session | None,
        answer: str | None,
        *,
        may_act: bool = True,
    ) -> Done:
        self._parts.refresh(self._db.engine)
        with ExitStack() as closing:
            reading: list[Tx] = []

            def read() -> Tx:
                if not reading:
                    reading.append(closing.enter_context(self._db.read()))
                return reading[0]

            def stop_reading() -> None:
                closing.close()
                reading.clear()

            talk = Talk(
                session=before.copy(),
                msisdn=inbound.msisdn,
                parts=self._parts,
                voice=self._voice,
                db=self._db,
                open=read,
                request_id=inbound.request_id,
                once=inbound.once,
                unfinished=unfinished,
                about=self._menus.title(unfinished.state) if unfinished else "",
                came=None if answer is None else (before.state, before.page),
            )
            shown = before.state
            masked = "" if answer is None else self.masked(before, answer)
            try:
                if answer is not None:
                    self._take(talk, answer)
                return self._go_on(talk, inbound, shown, masked, stop_reading, may_act=may_act)
            except Again as again:
                refused, why = False, talk.words(again.text, **again.values)
            except DomainError as error:
                refused, why = True, explain(self._voice, before.caller.language, error)
            # The answer could not be used: the same screen again, under one sentence that says why.
            same = replace(talk, session=before.copy(), notes=[why])
            screen = self._menus.screen(same.session)
            assert screen is not None
            return Done(render(screen, same), same.session, shown, masked, refused=refused)

    def _take(self, talk: Talk, answer: str) -> None:
        """Read `answer` on the screen the person sees and move on; raises Again."""
        screen = self._menus.screen(talk.session)
        assert isinstance(screen, Shown)
        outcome = self._read(screen, talk, answer)
        if outcome == BACK_KEY:
            talk.came = None
            go_back(talk.session, self._menus.screens)
        elif outcome is not None:
            self._menus.move(talk.session, outcome)

    def _read(self, screen: Shown, talk: Talk, answer: str) -> str | None:
        free = isinstance(screen, Ask) and screen.free
        typed = answer.replace("¡", "@") if free else answer
        key = typed.strip().rstrip(".")
        if len(typed) > LONGEST_ANSWER:
            raise Again(TOO_LONG)
        for option in offered(screen, talk):
            if option.key == key:
                talk.slots.update(option.sets)
                return option.key
        # Where a number or words are asked, a key counts only if it stands on the screen.
        if key in (HOME_KEY, BACK_KEY) and (not isinstance(screen, Ask) or key in talk.session.keys):
            return key
        if key == MORE_KEY and not isinstance(screen, Ask):
            self._turned(talk.session)
            return None
        if not key:
            raise Again(NOTHING_SENT)
        if "*" in typed and not free:
            raise Again(ONE_ANSWER)
        match screen:
            case Ask():
                value = screen.parse(talk, typed.strip())
                if screen.secret:
                    talk.secret = str(value)
                if screen.save:
                    talk.slots[screen.save] = value
                return THEN
            case Pick():
                return self._picked(screen, talk, key)
            case _:
                raise Again(CHOOSE_ONE)

    def _turned(self, session: Session) -> None:
        """Another page of the same screen; from the last one to the first."""
        if not session.after and not session.page:
            raise Again(NO_MORE)
        session.page = session.after

    def _picked(self, screen: Pick, talk: Talk, key: str) -> str | None:
        if not screen.then or not key.isascii() or not key.isdigit() or len(key) > 2:
            raise Again(CHOOSE_ONE)
        items = screen.items(talk)[:LONGEST_LIST]
        if not 1 <= int(key) <= len(items):
            raise Again(CHOOSE_ONE)
        if screen.save:
            talk.slots[screen.save] = items[int(key) - 1].value
        return THEN

    def _go_on(
        self,
        talk: Talk,
        inbound: Inbound,
        shown: str,
        masked: str,
        stop_reading: Callable[[], None],
        *,
        may_act: bool,
    ) -> Done:
        """From wherever the answer led, over forks and acts, to the next screen that people see."""
        wrote = acted = False
        for _step in range(MOST_STEPS):
            screen = self._current(talk)
            if isinstance(screen, Fork):
                self._menus.move(talk.session, screen.turn(talk))
            elif isinstance(screen, Act) and not may_act:
                raise _MustNotAct
            elif isinstance(screen, Act) and screen.alone:
                try:
                    self._once(talk.tx, inbound)
                except _Before as before:
                    return self._take_over(talk, inbound, before, shown, masked)
                stop_reading()
                if talk.session.caller.silent:
                    self._db.run(partial(_vouch, talk=talk))
                    talk.session.caller.silent = False
                self._menus.move(talk.session, self._alone(screen, talk))
                wrote, acted = True, acted or not screen.quiet
            elif isinstance(screen, Act):
                stop_reading()
                try:
                    return self._db.run(lambda tx: self._act(tx, talk, inbound, shown, masked))
                except _Refused as refused:
                    talk.slots.update(_plain(refused.error.values))
                    self._menus.move(talk.session, refused.way)
                except _Before as before:
                    return self._take_over(talk, inbound, before, shown, masked)
            else:
                follow(talk, screen, acted=acted)
                done = Done(render(screen, talk), talk.session, shown, masked, wrote)
                if wrote:
                    stop_reading()
                    self._db.run(partial(inbound.note, done=done))
                return done
        raise RuntimeError(f"the conversation turns in circles at {talk.session.state}")

    def _act(self, tx: Tx, outer: Talk, inbound: Inbound, shown: str, masked: str) -> Done:
        """The acts in one write transaction, on a copy: it may have to run more than once."""
        if time.monotonic() - inbound.started > PATIENCE_SECONDS:
            raise TooSlow
        self._once(tx, inbound)
        talk = replace(outer, session=outer.session.copy(), open=lambda: tx, notes=list(outer.notes))
        if talk.session.caller.silent:
            _vouch(tx, talk)
            talk.session.caller.silent = False
        acted = False
        for _step in range(MOST_STEPS):
            screen = self._current(talk)
            if isinstance(screen, Fork):
                self._menus.move(talk.session, screen.turn(talk))
            elif isinstance(screen, Act):
                acted = acted or not screen.quiet
                try:
                    self._menus.move(talk.session, screen.do(talk))
                except DomainError as error:
                    way = _way(screen, error)
                    if way is None:
                        raise
                    outer.session.state = talk.session.state
                    raise _Refused(way, error) from error
                tx.flush()
            else:
                follow(talk, screen, acted=acted)
                done = Done(render(screen, talk), talk.session, shown, masked, wrote=True)
                inbound.note(tx, done)
                return done
        raise RuntimeError(f"the conversation turns in circles at {talk.session.state}")

    def _alone(self, screen: Act, talk: Talk) -> str:
        try:
            return screen.do(talk)
        except DomainError as error:
            way = _way(screen, error)
            if way is None:
                raise
            talk.slots.update(_plain(error.values))
            return way

    def _once(self, tx: Tx, inbound: Inbound) -> None:
        """A hop that was committed by a process that then died is answered again, not done again (R2)."""
        row = (
            tx.session.connection()
            .execute(select(Callback.reply).where(Callback.dedupe_key == inbound.once))
            .first()
        )
        if row is not None:
            raise _Before(row.reply)

    def _take_over(self, talk: Talk, inbound: Inbound, before: _Before, shown: str, masked: str) -> Done:
        """Last words are said again as they were; else the person goes on from where things stand now."""
        if before.reply.startswith(END):
            return Done(before.reply, talk.session, shown, masked)
        return self._hop(inbound, Session(self._menus.start), None, None)

    def _current(self, talk: Talk) -> Screen:
        return self._menus.screens[talk.session.state]


def _vouch(tx: Tx, talk: Talk) -> None:
    """The network's word for the caller's number: she is verified by it (DR-203)."""
    user_id = talk.session.caller.user_id
    assert user_id is not None, "only of somebody known it is due"
    hearing.vouch(tx, users.get(tx, user_id))


def _way(screen: Act, error: DomainError) -> str | None:
    """The outcome under which the act's flow expects this error."""
    expected = (way for way in screen.ways if isinstance(way, type))
    return next((way.code for way in expected if isinstance(error, way)), None)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """An error's values as JSON, for the slots of the next screen."""
    simple = (str, int, bool, list, dict, type(None))
    return {name: value if isinstance(value, simple) else str(value) for name, value in values.items()}
