"""Carries what the outside world sends to the gateway, and breaks on the way whatever a fault says."""

import http.client
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests
from requests.adapters import HTTPAdapter

from simulator.clock import WorldClock
from simulator.faults import Fault, Faults
from simulator.timers import Timers
from simulator.traffic import Traffic

FORM = "application/x-www-form-urlencoded; charset=UTF-8"
PATIENCE_SECONDS = 10.0
FOREIGN = "127.0.0.66"  # on this machine too, but not where the providers live


@dataclass(frozen=True)
class Letter:
    """One request to the gateway."""

    kind: str
    phone: str
    url: str
    body: bytes
    content_type: str
    headers: dict[str, str] = field(default_factory=dict)
    forgery: bytes = b""  # what a swindler would post in its place


@dataclass(frozen=True)
class Answer:
    """What came back; `status` is None and `error` says why when nothing did."""

    status: int | None
    text: str = ""
    error: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def spoken(self) -> str:
        """The status line as the provider's console words it."""
        return f"{self.status} {http.client.responses.get(self.status or 0, '<none>')}"


def form(kind: str, phone: str, url: str, fields: dict[str, str], **headers: str) -> Letter:
    """A form-encoded letter, as Africa's Talking posts them."""
    return Letter(kind, phone, url, urlencode(fields).encode(), FORM, headers)


class _From(HTTPAdapter):
    """Connects from a certain address of this machine."""

    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__()

    def init_poolmanager(self, *args: Any, **named: Any) -> None:
        """As ever, but bound to the address."""
        super().init_poolmanager(*args, source_address=(self._address, 0), **named)


class Courier:
    """Posts letters; everything that passes is noted in the traffic."""

    def __init__(self, clock: WorldClock, faults: Faults, timers: Timers, traffic: Traffic) -> None:
        self._clock = clock
        self._faults = faults
        self._timers = timers
        self._traffic = traffic
        self._held: dict[str, list[Callable[[], None]]] = {}
        self._lock = threading.Lock()

    def send(self, letter: Letter, fault: Fault | None, done: Callable[[Answer], None] | None = None) -> None:
        """Post in the background and hand the answer to `done`; with a fault, as it says."""

        def go() -> None:
            answer = self.carry(letter, fault)
            if done is not None:
                done(answer)

        if fault is not None and fault.mode in ("delay", "late"):
            self._timers.after(fault.seconds, go)
        elif fault is not None and fault.mode == "reorder" and not self._holds(letter.kind):
            self._hold(letter.kind, fault.seconds, go)
        else:
            self._timers.after(0, go)

    def carry(self, letter: Letter, fault: Fault | None, patience: float = PATIENCE_SECONDS) -> Answer:
        """Post and wait for the answer, at most `patience` seconds; waiting faults are the caller's."""
        mode = fault.mode if fault is not None else ""
        note = fault.name if fault is not None else ""
        if mode == "drop":
            self._note(letter, Answer(None, error="dropped on the way"), 0, note)
            return Answer(None, error="dropped on the way")
        if mode == "cut":
            answer = self.post_and_hang_up(letter, patience)
            self._note(letter, answer, 0, note)
            return answer
        if mode == "forged" and letter.forgery:
            self.post_noted(replace(letter, body=letter.forgery), patience, note, FOREIGN)
        if mode == "garbage":
            letter = replace(letter, body=_garbled(letter.body))
        copies = fault.n if fault is not None and mode == "repeat" else 1
        pause = fault.seconds if fault is not None and mode == "repeat" else 0.0
        answers = self.post_copies(letter, copies, pause, patience, note)
        self._release(letter.kind)
        return answers[0]

    def hold(self, letter: Letter, seconds: float) -> None:
        """Post a letter (again) only after the next one of its kind, or after `seconds`."""
        self._hold(letter.kind, seconds, lambda: self.post_noted(letter, PATIENCE_SECONDS, "reorder"))

    def forget(self) -> None:
        """Drop all letters that are being held."""
        with self._lock:
            self._held.clear()

    def _hold(self, kind: str, seconds: float, go: Callable[[], None] | Callable[[], Answer]) -> None:
        once = threading.Lock()

        def go_once() -> None:
            if once.acquire(blocking=False):
                go()

        with self._lock:
            self._held.setdefault(kind, []).append(go_once)
        self._timers.after(seconds, go_once)

    def _holds(self, kind: str) -> bool:
        with self._lock:
            return bool(self._held.get(kind))

    def _release(self, kind: str) -> None:
        with self._lock:
            held = self._held.pop(kind, [])
        for go in held:
            self._timers.after(0, go)

    def post_copies(
        self, letter: Letter, copies: int, pause: float, patience: float, note: str
    ) -> list[Answer]:
        """Post so many copies side by side, one after the other where there is a pause."""
        if copies == 1:
            return [self.post_noted(letter, patience, note)]
        answers: list[Answer | None] = [None] * copies

        def one(place: int) -> None:
            answers[place] = self.post_noted(letter, patience, f"{note} {place + 1}/{copies}")

        threads = [threading.Thread(target=one, args=(place,), daemon=True) for place in range(copies)]
        for thread in threads:
            thread.start()
            if pause:
                time.sleep(pause)
        for thread in threads:
            thread.join()
        return [answer for answer in answers if answer is not None]

    def post_noted(self, letter: Letter, patience: float, note: str, source: str = "") -> Answer:
        """Post once, and note in the traffic what came of it."""
        began = time.monotonic()
        answer = self.post(letter, patience, source)
        self._note(letter, answer, int((time.monotonic() - began) * 1000), note)
        return answer

    def post(self, letter: Letter, patience: float, source: str = "") -> Answer:
        """Post once, from another address of this machine where one is named."""
        began = time.monotonic()
        try:
            with requests.Session() as session:
                if source:
                    session.mount("http://", _From(source))
                    session.mount("https://", _From(source))
                reply = session.post(
                    letter.url,
                    data=letter.body,
                    headers={"Content-Type": letter.content_type, **letter.headers},
                    timeout=patience,
                    allow_redirects=False,
                )
        except requests.Timeout:
            return Answer(None, error="java.net.SocketTimeoutException: Read timed out")
        except requests.RequestException as error:
            return Answer(None, error=f"java.net.ConnectException: {type(error).__name__}")
        if time.monotonic() - began > patience:
            return Answer(None, error="java.net.SocketTimeoutException: Read timed out")
        return Answer(
            reply.status_code,
            reply.content.decode("utf-8", "replace"),
            headers=dict(reply.headers.lower_items()),
        )

    def post_and_hang_up(self, letter: Letter, patience: float) -> Answer:
        """Post, and close the line before the answer."""
        place = urlsplit(letter.url)
        kind = http.client.HTTPSConnection if place.scheme == "https" else http.client.HTTPConnection
        connection = kind(place.netloc, timeout=patience)
        try:
            connection.request(
                "POST",
                place.path or "/",
                letter.body,
                {"Content-Type": letter.content_type, **letter.headers},
            )
        except OSError as error:
            return Answer(None, error=f"java.net.ConnectException: {type(error).__name__}")
        finally:
            connection.close()
        return Answer(None, error="connection closed before the answer")

    def _note(self, letter: Letter, answer: Answer, ms: int, note: str) -> None:
        self._traffic.note(
            at=self._clock.local().isoformat(timespec="milliseconds"),
            direction="to-gateway",
            kind=letter.kind,
            phone=letter.phone,
            path=urlsplit(letter.url).path,
            request=letter.body.decode("utf-8", "replace"),
            status=answer.status,
            reply=answer.text,
            ms=ms,
            fault=note,
            error=answer.error,
        )


def _garbled(body: bytes) -> bytes:
    """The first half of the body, and then bytes that are neither a form nor JSON nor UTF-8."""
    return body[: len(body) // 2] + b"\xff\xfe%zz&=&"
