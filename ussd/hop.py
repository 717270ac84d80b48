"""One answer in, the next screen out.

The answer is read and the position moved without a write; where an act follows, the act, the next screen and
the hop's row of the callback log are one transaction, done on a copy of the session. Whatever fails leaves
the person on the screen they saw.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from typing import Any

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
from menus.flow import Act, Ask, Fork, Screen, Shown
from menus.shortcuts import CONTINUE, SHORTCUTS
from menus.talk import Again, Session, Talk
from menus.trail import LONGEST_TRAIL, follow
from ussd.done import Done, Inbound
from ussd.screen import END, render
from ussd.sessions import REPLY
from ussd.steps import LONGEST_ANSWER, Steps

HIDDEN = "****"
SECRET_DIGITS = 4
PATIENCE_SECONDS = 6.0
MOST_TOKENS = 24
WALK_SECONDS = 2.5
MOST_STEPS = 20
FAR_FROM_HOME = 2  # so many screens lie behind it


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

    def __init__(self, reply: str, *, secret: bool) -> None:
        self.reply = reply
        self.hidden = (reply,) if secret else ()
        super().__init__("done before")


class Conversation:
    """The compiled menus and the parts of the process; one for all hops."""

    def __init__(self, gateway: Gateway, menus: Menus) -> None:
        self._db: Database = gateway.db
        self._parts = gateway.parts
        self._voice = gateway.voice
        self._menus = menus
        self._steps = Steps(menus)

    def dial(self, inbound: Inbound, unfinished: Session | None) -> Done:
        """The first screen of a new session."""
        return self._hop(inbound, Session(self._menus.start), unfinished, None)

    def answer(self, inbound: Inbound, session: Session, unfinished: Session | None, answer: str) -> Done:
        """The screen after `answer`; `session` itself is left alone."""
        if not isinstance(self._menus.screen(session), Shown):
            return self.dial(inbound, None)  # a screen that this version no longer has
        return self._hop(inbound, session, unfinished, answer)

    def tokens(self, inbound: Inbound, unfinished: Session | None, text: str) -> Done:
        """A dial with a suffix, or a session that Redis lost: its answers once more, if they change nothing.

        A shortcut code leads from anywhere; all else is read as if it were typed now, screen by screen. Where
        a token would change something, answers a secret question or cannot be read, it is the screen of a
        plain dial; only the last one may be told what is wrong with it. What this very hop had ended with
        before it was lost is said again (R2).
        """
        try:
            with self._db.read() as tx:
                self._once(tx, inbound)
            walked = self._walk(inbound, unfinished, text.split("*"))
        except _Before as before:
            if before.reply.startswith(END):
                return Done(before.reply, Session(self._menus.start), "", "", hidden=before.hidden)
            walked = None
        except _MustNotAct:
            walked = None
        return walked or self.dial(inbound, unfinished)

    def _walk(self, inbound: Inbound, unfinished: Session | None, tokens: list[str]) -> Done | None:
        """None: a plain dial is better."""
        if len(tokens) > MOST_TOKENS:
            return None
        start, code = Session(self._menus.start), tokens[0] if tokens[0] in SHORTCUTS else ""
        lost = unfinished if code == CONTINUE else None
        done = self._hop(inbound, start, lost, None, code=code, may_act=False)
        for token in tokens[1:] if code else tokens:
            screen = self._menus.screen(done.session)
            late = time.monotonic() - inbound.started > WALK_SECONDS
            secret = self._menus.is_secret(done.session.state)
            if done.misread or late or secret or not isinstance(screen, Shown):
                return None
            done = self._hop(inbound, done.session, lost, token, may_act=False)
        return None if done.misread and len(tokens) == 1 else done

    def can_resume(self, session: Session) -> bool:
        """Whether this position may be offered again after a lost session."""
        return self._menus.can_resume(session.state)

    def is_worth_going_on(self, done: Done) -> bool:
        """Whether a later dial should offer it: something has been answered, or it is far from home.

        Else one is back as quickly; where an act has just led there is nothing to go on with, unless that
        is a question again.
        """
        session = done.session
        far = not done.wrote and len(session.trail) >= FAR_FROM_HOME
        waits = done.wrote and self._menus.waits(session.state)
        return self.can_resume(session) and (session.has_begun or far or waits)

    def in_flow(self, name: str) -> bool:
        """Whether screen `name` belongs to a conversation that can be continued."""
        return bool(self._menus.title(name))

    def masked(self, session: Session, answer: str) -> str:
        """`answer` as a log may hold it: secrets, and what may be a PIN or a delivery code, are starred (S5).

        A number stays, but not of as many digits as those have: they are typed on wrong screens too.
        """
        screen = self._menus.screen(session)
        if self._menus.is_secret(session.state):
            return HIDDEN
        if isinstance(screen, Ask) and screen.number and answer.isdigit() and len(answer) != SECRET_DIGITS:
            return answer[:LONGEST_ANSWER]
        return mask_digits(answer[:LONGEST_ANSWER])

    def _hop(
        self,
        inbound: Inbound,
        before: Session,
        unfinished: Session | None,
        answer: str | None,
        *,
        code: str = "",
        may_act: bool = True,
    ) -> Done:
        self._parts.refresh(self._db.engine)
        lost = self._menus.flow(unfinished.state) if unfinished else None
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
                telling=unfinished is not None and self._menus.is_telling(unfinished),
                titles=lost.titles if lost else (),
                about=lost.about if lost else None,
                came=None if answer is None else (before.state, before.page),
            )
            shown = before.state
            masked = "" if answer is None else self.masked(before, answer)
            try:
                if answer is not None:
                    self._steps.take(talk, answer)
                elif code:
                    self._steps.recognise(talk)  # all that a shortcut needs to know
                    self._steps.jump(talk, code)
                for left in reversed(range(LONGEST_TRAIL + 2)):
                    try:
                        return self._go_on(talk, inbound, shown, masked, stop_reading, may_act=may_act)
                    except KeyError:
                        if answer is None or not left or not self._steps.is_back_further(talk):
                            raise
            except Again as again:
                refused, why = False, talk.words(again.text, **again.values)
            except DomainError as error:
                refused, why = True, explain(self._voice, before.caller.language, error)
            # The answer could not be used: the same screen again, under one sentence that says why.
            same = replace(talk, session=before.copy(), notes=[why], hidden=[])
            screen = self._menus.screen(same.session)
            if not isinstance(screen, Shown):  # a shortcut that means nothing to this caller
                return Done("", same.session, shown, masked, misread=True)
            body = render(screen, same)
            return Done(
                body, same.session, shown, masked, refused=refused, misread=True, hidden=tuple(same.hidden)
            )

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
                self._steps.look(screen, talk)
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
                body = render(screen, talk)
                done = Done(body, talk.session, shown, masked, wrote, hidden=tuple(talk.hidden))
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
        talk = replace(
            outer, session=outer.session.copy(), open=lambda: tx, notes=list(outer.notes), hidden=[]
        )
        if talk.session.caller.silent:
            _vouch(tx, talk)
            talk.session.caller.silent = False
        acted = False
        for _step in range(MOST_STEPS):
            screen = self._current(talk)
            if isinstance(screen, Fork):
                self._steps.look(screen, talk)
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
                body = render(screen, talk)
                done = Done(body, talk.session, shown, masked, wrote=True, hidden=tuple(talk.hidden))
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
            .execute(select(Callback.reply, Callback.sealed).where(Callback.dedupe_key == inbound.once))
            .first()
        )
        if row is not None and row.sealed:  # a code that she could not see then: it was to be shown once
            raise _Before(self._parts.vault.open(REPLY, row.sealed), secret=True)
        if row is not None:
            raise _Before(row.reply, secret=False)

    def _take_over(self, talk: Talk, inbound: Inbound, before: _Before, shown: str, masked: str) -> Done:
        """Last words are said again as they were; else the person goes on from where things stand now."""
        if before.reply.startswith(END):
            return Done(before.reply, talk.session, shown, masked, hidden=before.hidden)
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
