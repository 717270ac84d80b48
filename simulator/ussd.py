"""The USSD network: dials, answers, hang-ups and silence, as Africa's Talking tells them to the gateway."""

import secrets
import time

from simulator.courier import Answer, form
from simulator.errors import NotNow
from simulator.gsm import is_gsm, shown
from simulator.handsets import Phone, Session
from simulator.parts import Parts

AGENT = "at-ussd-api/1.0"
NETWORK_TROUBLE = "Connection problem or invalid MMI code."
NO_SIGNAL = "No network. Try again where there is a signal."
NO_PREFIX = "Response should start with a CON or an END"
AIRTEL_SILENCE_FACTOR = 2  # 60 s where the others wait 30


class UssdNetwork:
    """Carries one screen at a time; a phone has one session at most."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def dial(self, number: str, code: str = "") -> Phone:
        """Dial the service code (or the given one) and wait for the first screen.

        A code behind the service code (`*384*88632*1#`) travels as the first text. A code that is not
        the gateway's never reaches it: the operator answers.
        """
        parts = self._parts
        ours = parts.settings.ussd_service_code
        asked = (code or ours).replace(" ", "")
        with parts.state.lock:
            phone = parts.phones.get(number)
            running = phone.open_session()
            if running is not None:
                self._end(phone, running, "Incomplete")
            if phone.on and not phone.reachable:
                phone.show("", NO_SIGNAL, failure="no signal")
                parts.state.changed()
                return phone
            suffix = _suffix(asked, ours)
            if suffix is None or not phone.on:
                phone.show("", NETWORK_TROUBLE, failure=f"{asked} is not served here")
                parts.state.changed()
                return phone
            session = Session(
                id=f"ATUid_{secrets.token_hex(16)}", code=ours, inputs=suffix.split("*") if suffix else []
            )
            phone.session = session
            phone.show("", "")
            session.timers.append(
                parts.timers.after(parts.knobs.session_seconds, lambda: self._lapse(phone, session))
            )
        self._hop(phone, session)
        return phone

    def answer(self, number: str, text: str) -> Phone:
        """Send one answer and wait for the next screen; what is too long for the operator is cut."""
        parts = self._parts
        with parts.state.lock:
            phone = parts.phones.get(number)
            session = phone.open_session()
            if session is None:
                raise NotNow(f"{phone.msisdn} has no session open: dial first")
            if session.busy:
                raise NotNow("the network has not answered yet")
            if not phone.reachable:  # the answer goes nowhere; the network ends the silent session by itself
                phone.show(phone.screen.raw, NO_SIGNAL, failure="no signal")
                parts.state.changed()
                return phone
            session.inputs.append(text[: phone.input_limit])
        self._hop(phone, session)
        return phone

    def hang_up(self, number: str) -> Phone:
        """Press the red key: ends the session, or clears the last screen."""
        parts = self._parts
        with parts.state.lock:
            phone = parts.phones.get(number)
            session = phone.open_session()
            if session is not None:
                self._end(phone, session, "Incomplete")
            phone.show("", "")
            parts.state.changed()
        return phone

    def _hop(self, phone: Phone, session: Session) -> None:
        parts = self._parts
        with parts.state.lock:
            session.busy = True
            session.hops += 1
            parts.state.changed()
            fields = {
                "phoneNumber": phone.msisdn,
                "serviceCode": session.code,
                "text": session.text,
                "sessionId": session.id,
                "networkCode": phone.network,
            }
            headers = {"User-Agent": AGENT}
            if session.label:
                headers["at-ussd-hop-metadata"] = session.label
        fault = parts.faults.take("ussd-hop", phone.msisdn)
        letter = form("ussd-hop", phone.msisdn, parts.settings.callback_url("ussd"), fields, **headers)
        limit = parts.knobs.hop_limit_seconds
        if phone.signal == "slow":
            time.sleep(parts.knobs.slow_seconds)
        if fault is not None and fault.mode == "delay":
            time.sleep(fault.seconds)
        answer = parts.courier.carry(letter, fault, patience=limit)
        if fault is not None and fault.mode == "late":
            time.sleep(min(fault.seconds, limit))
            if fault.seconds >= limit:
                answer = Answer(None, error="java.net.SocketTimeoutException: Read timed out")
        with parts.state.lock:
            session.busy = False
            if session.open and phone.session is session:
                self._take_in(phone, session, answer)
            parts.state.changed()
        if fault is not None and fault.mode == "reorder":
            parts.courier.hold(letter, fault.seconds)

    def _take_in(self, phone: Phone, session: Session, answer: Answer) -> None:
        raw = answer.text
        if not phone.reachable:  # it went while the screen was on its way
            phone.show("", NO_SIGNAL, failure="no signal")
            self._listen(phone, session)
        elif answer.status is None:
            self._fail(phone, session, answer.error)
        elif answer.status != 200:
            self._fail(phone, session, f"Received unexpected response code: {answer.spoken}")
        elif not raw.startswith(("CON ", "END ")):
            self._fail(phone, session, NO_PREFIX)
        else:
            session.reply = raw
            label = answer.headers.get("at-ussd-hop-metadata", "")
            session.label = label if len(label) <= 99 and "|" not in label else ""
            session.labels.append(session.label)
            whole, cut = shown(raw, phone.screen_limit)
            phone.show(raw, whole[4:], cut=cut, replaced=not is_gsm(raw))
            if raw.startswith("END "):
                self._end(phone, session, "Success")
            else:
                self._listen(phone, session)

    def _listen(self, phone: Phone, session: Session) -> None:
        knobs = self._parts.knobs
        silence = knobs.silence_seconds * (AIRTEL_SILENCE_FACTOR if phone.network == "63903" else 1)
        hops = session.hops

        def silent() -> None:
            if session.hops == hops:
                self._lapse(phone, session)

        session.timers.append(self._parts.timers.after(silence, silent))

    def _lapse(self, phone: Phone, session: Session) -> None:
        with self._parts.state.lock:
            if session.open and phone.session is session:
                self._end(phone, session, "Incomplete")
                phone.screen.failure = "the session has run out"
                self._parts.state.changed()

    def _fail(self, phone: Phone, session: Session, error: str) -> None:
        phone.show(session.reply, NETWORK_TROUBLE, failure=error)
        session.reply = ""
        self._end(phone, session, "Failed", error)

    def _end(self, phone: Phone, session: Session, status: str, error: str = "") -> None:
        """Close the session and tell the gateway's events URL; the lock is held."""
        parts = self._parts
        session.open = False
        for timer in session.timers:
            parts.timers.drop(timer)
        letter = form(
            "ussd-event",
            phone.msisdn,
            parts.settings.callback_url("ussd-events"),
            {
                "durationInMillis": str(int((time.monotonic() - session.began) * 1000)),
                "phoneNumber": phone.msisdn,
                "errorMessage": error,
                "serviceCode": session.code,
                "lastAppResponse": session.reply,
                "hopsMetadata": "|".join(label for label in session.labels if label),
                "hopsCount": str(session.hops),
                "status": status,
                "sessionId": session.id,
                "cost": "0.00",
                "date": parts.clock.now().strftime("%Y-%m-%d %H:%M:%S"),
                "networkCode": phone.network,
                "input": session.text,
            },
        )
        parts.courier.send(letter, parts.faults.take("ussd-event", phone.msisdn))


def _suffix(asked: str, ours: str) -> str | None:
    """What is dialled behind our code: "" for just the code, None for a code that is not ours."""
    stem = ours.removesuffix("#")
    if asked == ours:
        return ""
    if asked.startswith(stem + "*") and asked.endswith("#"):
        return asked[len(stem) + 1 : -1]
    return None
