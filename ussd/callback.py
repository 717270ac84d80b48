"""What Africa's Talking posts for USSD, decoded; and what it reads, answered (contract, section 1).

Always 200 with `CON` or `END`, whatever happens behind the door: the network shows its own error for anything
else. What that vendor means by its fields is known here and nowhere else.
"""

import logging
import time
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from flask import Blueprint, Response, g, request
from flask.typing import ResponseReturnValue
from redis.exceptions import RedisError
from sqlalchemy import select
from werkzeug.exceptions import BadRequest

from core.db import Tx
from core.msisdn import is_kenyan_mobile, masked
from core.traffic import service as traffic
from core.traffic.models import Callback
from inbound import metrics
from inbound.door import door, elapsed, elapsed_ms, form
from inbound.gateway import Gateway
from locales.gsm import septets
from menus.compile import conversations
from menus.home import RESUME
from menus.people import who
from menus.talk import Session
from menus.words import BAD_NUMBER, BUSY, NOT_OURS, SAVED_DIAL_AGAIN, TROUBLE
from ussd import replies
from ussd.done import Done, Inbound
from ussd.events import LONGEST_SESSION_ID, posted_msisdn, store_event
from ussd.hop import HIDDEN, Conversation
from ussd.screen import END, end
from ussd.sessions import FORGET, KEEP, Busy, Keys, Loaded, Repeat, Sessions, Unfinished

log = logging.getLogger("tunda.ussd")


@dataclass(frozen=True)
class Hop:
    """One post of the session callback."""

    session_id: str
    msisdn: str
    service_code: str
    text: str
    operator: str
    foreign: bool


def blueprint(gateway: Gateway) -> Blueprint:
    """The routes `ussd` and `ussd-events`, to be mounted under /cb/<secret>."""
    routes = Blueprint("ussd", __name__)
    desk = Desk(gateway)
    door(gateway, routes, sorry=desk.sorry)

    @routes.post("/ussd")
    def hop() -> Response:
        return _text(desk.answer(_decode(gateway)))

    @routes.post("/ussd-events")
    def event() -> Response:
        store_event(gateway, desk.sessions)
        return _text("OK")

    return routes


class Desk:
    """Answers hops: repeats from the store, the others by the conversation, once each."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._voice = gateway.voice
        self.sessions = Sessions(gateway.redis, gateway.parts.vault)
        self._menus = conversations()
        self._talks = Conversation(gateway, self._menus)

    def answer(self, hop: Hop) -> str:
        """The body for `hop`; never raises."""
        if not is_kenyan_mobile(hop.msisdn):
            return self._turned_away(hop, BAD_NUMBER)
        if hop.foreign and self._gateway.config.is_production:
            return self._turned_away(hop, NOT_OURS)
        keys = self.sessions.keys(hop.session_id, hop.msisdn, hop.service_code)
        token = self._gateway.parts.chance.token()
        try:
            loaded = self.sessions.load(keys, hop.text, token)
        except Busy:
            log.warning("hop busy", extra={"msisdn": masked(hop.msisdn)})
            return self._calm(hop, BUSY)
        except RedisError:
            log.exception("no sessions", extra={"msisdn": masked(hop.msisdn)})
            return self._calm(hop, TROUBLE)
        if isinstance(loaded, Repeat):
            self._log(self._entry(hop, _again(loaded), "", "", "duplicate"))
            metrics.hop(elapsed(), "repeat")
            return loaded.reply
        return self._locked(hop, keys, token, loaded)

    def sorry(self, error: Exception) -> ResponseReturnValue:
        """What the network is told when a hop could not even be read; an event may be refused by status."""
        if request.path.endswith("/ussd-events"):
            return Response(status=400 if isinstance(error, BadRequest) else 503)
        return _text(self._both(TROUBLE))

    def _locked(self, hop: Hop, keys: Keys, token: str, loaded: Loaded) -> str:
        answer = self.sessions.follows(loaded, hop.text)
        stood = loaded.session.state if loaded.session else ""
        ended = loaded.session is None and loaded.reply.startswith(END)
        if loaded.length is not None and (ended or (loaded.session is not None and answer is None)):
            # Late, forged, or after the end: the last screen again, and no effect (contract, 1.2).
            self._release(keys, token, self._entry(hop, _again(loaded), stood, "", "duplicate"))
            metrics.hop(elapsed(), "repeat")
            return loaded.reply
        try:
            if self._is_spent(loaded):
                loaded = replace(loaded, unfinished=None, spent=True)
            done = self._converse(hop, keys, loaded, answer)
        except Exception:
            log.exception("hop failed", extra={"msisdn": masked(hop.msisdn)})
            language = loaded.session.caller.language if loaded.session else ""
            body = self._calm(hop, TROUBLE, language)
            self._release(keys, token, self._entry(hop, body, stood, "", "failed"))
            return body
        return self._keep(hop, keys, token, loaded, done)

    def _converse(self, hop: Hop, keys: Keys, loaded: Loaded, answer: str | None) -> Done:
        unfinished = self._offered(loaded)
        inbound = Inbound(
            msisdn=hop.msisdn,
            request_id=g.request_id,
            once=self._once(hop, keys),
            started=time.monotonic() - elapsed(),
            note=partial(self._note, hop, keys),
        )
        if loaded.session is not None and answer is not None:
            return self._talks.answer(inbound, loaded.session, unfinished, answer)
        if hop.text == "":
            return self._talks.dial(inbound, unfinished)
        return self._talks.tokens(inbound, unfinished, hop.text)

    def _keep(self, hop: Hop, keys: Keys, token: str, loaded: Loaded, done: Done) -> str:
        ends = done.ends
        verdict = "rejected" if done.refused else "shown"
        entry = None if done.wrote else self._told(hop, done, verdict)
        try:
            saved = self.sessions.save(
                keys,
                token,
                text=hop.text,
                reply=done.body,
                session=None if ends else done.session,
                unfinished=self._unfinished(hop, keys, loaded, done),
                entry=entry,
                secret=bool(done.hidden),
            )
        except RedisError:
            log.exception("hop not kept", extra={"msisdn": masked(hop.msisdn)})
            saved = ends
        if not saved and not ends:
            # What follows could not be understood: what is done is done, the rest by a new dial.
            words = SAVED_DIAL_AGAIN if done.wrote else TROUBLE
            metrics.hop(elapsed(), "error")
            return self._sorry(done.session.caller.language, words)
        metrics.hop(elapsed(), "end" if ends else "con")
        return done.body

    def _offered(self, loaded: Loaded) -> Session | None:
        """What another session of this number left half-way, if it may still be gone on with."""
        lost = loaded.unfinished
        if lost is None or lost.until < self._now() or not self._talks.can_resume(lost.session):
            return None
        return lost.session

    def _is_spent(self, loaded: Loaded) -> bool:
        """Whether what a later dial would go on with has come to its end, though Redis was not told (R2).

        Looked up on the first hop of a session: what is spent is forgotten there.
        """
        lost = loaded.unfinished
        if lost is None or loaded.session is not None:
            return False
        stem = f"ussd:{lost.owner}:"
        query = select(Callback.dedupe_key, Callback.request).where(Callback.dedupe_key.startswith(stem))
        with self._gateway.db.read() as tx:
            done = tx.session.connection().execute(query).all()
        # What led to a PIN question (the first of two, a wrong one) has made an end of nothing.
        return any(
            int(key.removeprefix(stem).split(":")[0]) > lost.length
            and not self._menus.is_secret((request or {}).get("shown", ""))
            for key, request in done
        )

    def _unfinished(self, hop: Hop, keys: Keys, loaded: Loaded, done: Done) -> Unfinished | str:
        """Where this number could go on after a lost session: kept while a conversation is being told."""
        stood = loaded.session
        asked = not done.ends and self._menus.is_secret(done.session.state)
        if asked and stood is not None and self._menus.is_secret(stood.state):
            return (
                KEEP  # never across a PIN: of several in a row one goes on at the first, which nobody typed
            )
        if not done.ends and self._talks.is_worth_going_on(done):
            now = self._now()
            minutes = int(self._gateway.parts.settings.value("ussd.resume_minutes"))
            return Unfinished(now, now + minutes * 60, keys.digest, len(hop.text), done.session)
        before = stood.state if stood else ""
        turned_down = done.screen == RESUME and done.session.state != RESUME
        own = loaded.unfinished is None and self._talks.in_flow(before)
        if loaded.spent or turned_down or own:
            return FORGET
        lost = loaded.unfinished
        return replace(lost, offered=True) if lost and not lost.offered else KEEP

    def _now(self) -> float:
        return self._gateway.parts.clock.now().timestamp()

    def _note(self, hop: Hop, keys: Keys, tx: Tx, done: Done) -> None:
        entry = self._told(hop, done, "applied")
        entry.pop("at")
        row = traffic.record(
            tx,
            direction="in",
            kind="ussd",
            status=200,
            dedupe_key=self._once(hop, keys),
            sealed=self.sessions.seal(done.body) if done.hidden else None,
            **entry,
        )
        if done.hidden:
            replies.keep(tx, row)

    def _once(self, hop: Hop, keys: Keys) -> str:
        """A hop's unique key in the callback log: this session, this very text."""
        return f"ussd:{keys.digest}:{len(hop.text)}:{self.sessions.mac(hop.text)[:40]}"

    def _told(self, hop: Hop, done: Done, verdict: str) -> dict[str, Any]:
        """The entry of a hop that was answered, with what is traced of it."""
        entry = self._entry(hop, _kept(done), done.screen, done.answer, verdict)
        session = done.session
        traced = {"shown": session.state, "language": session.caller.language, "septets": septets(done.body)}
        entry["request"] |= traced
        return entry

    def _entry(self, hop: Hop, body: str, screen: str, answer: str, verdict: str) -> dict[str, Any]:
        """A hop as the callback log keeps it: the answer masked, the reply without phone numbers."""
        return {
            "at": self._gateway.parts.clock.now().isoformat(),
            "msisdn": hop.msisdn,
            "session": hop.session_id,
            "source": g.source,
            "request_id": g.request_id,
            "request": {
                "answer": traffic.mask_phones(answer),
                "screen": screen,
                "service_code": hop.service_code,
                "operator": hop.operator,
            },
            "reply": traffic.mask_phones(body),
            "verdict": "foreign" if hop.foreign else verdict,
            "duration_ms": elapsed_ms(),
        }

    def _turned_away(self, hop: Hop, text: str) -> str:
        """Not for us; it is in the log all the same."""
        body = self._both(text)
        self._log(self._entry(hop, body, "", "", "rejected"))
        metrics.hop(elapsed(), "end")
        return body

    def _log(self, entry: dict[str, Any]) -> None:
        try:
            self.sessions.log(entry)
        except RedisError:
            log.warning("hop not logged")

    def _release(self, keys: Keys, token: str, entry: dict[str, Any]) -> None:
        try:
            self.sessions.release(keys, token, entry)
        except RedisError:
            log.warning("hop not unlocked")

    def _calm(self, hop: Hop, text: str, language: str = "") -> str:
        """One calm sentence, in the phone's language if anybody can tell it."""
        metrics.hop(elapsed(), "error")
        if not language:
            try:
                with self._gateway.db.read() as tx:
                    caller = who(tx, hop.msisdn)
                language = caller.language if caller else ""
            except Exception:
                log.exception("language unknown")
        return self._sorry(language, text) if language else self._both(text)

    def _sorry(self, language: str, text: str) -> str:
        return end(self._voice.say(language, text))

    def _both(self, text: str) -> str:
        return end(self._voice.say("sw", text), self._voice.say("en", text))


def _kept(done: Done) -> str:
    """The body as a log may hold it."""
    body = done.body
    for words in done.hidden:
        body = body.replace(words, HIDDEN)
    return body


def _again(answered: Repeat | Loaded) -> str:
    """The reply that is given once more, as a log may hold it."""
    return HIDDEN if answered.secret else answered.reply


def _decode(gateway: Gateway) -> Hop:
    """The five fields of a hop; a missing `text` is an empty one (some frameworks lose it)."""
    fields = form("sessionId", "phoneNumber")
    session_id = fields["sessionId"]
    if not session_id or len(session_id) > LONGEST_SESSION_ID:
        raise BadRequest("no session id")
    code = fields.get("serviceCode", "")
    ours = gateway.config.ussd_service_code
    return Hop(
        session_id=session_id,
        msisdn=posted_msisdn(fields["phoneNumber"]),
        service_code=code[:32],
        text=fields.get("text", ""),
        operator=fields.get("networkCode", "")[:16],
        foreign=code != ours and not code.startswith(ours.rstrip("#") + "*"),
    )


def _text(body: str) -> Response:
    return Response(body, status=200, content_type="text/plain; charset=utf-8")
