"""Everything that is a wire in the real world, without a socket: one thread, one clock, one order of events.

The gateway's own client speaks HTTP to the simulator's own application, and the simulator's callbacks reach
the gateway's own application; only the cable between them is a function call. So a seed tells everything that
happens, and thousands of payments take seconds.
"""

import heapq
import io
import itertools
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import requests
from flask import Flask
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPResponse
from urllib3.exceptions import NewConnectionError
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, run_wsgi_app

from simulator.clock import WorldClock
from simulator.courier import Answer, Courier, Letter
from simulator.timers import Timers

READ_SECONDS = 20.0  # as long as the gateway's client waits (mpesa/wire.py)


class Moment:
    """The one clock of gateway and simulator: it stands still until the storm moves it."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """Aware, UTC."""
        return self.at

    def advance(self, seconds: float) -> None:
        """Move on."""
        self.at += timedelta(seconds=seconds)


class SharedClock(WorldClock):
    """The simulator's clock is the gateway's."""

    def __init__(self, moment: Moment) -> None:
        super().__init__(None)
        self._moment = moment

    def now(self) -> datetime:
        """The one moment."""
        return self._moment.at


class Agenda(Timers):
    """Timers that go off when the storm lets time pass, in the order of their times."""

    def __init__(self, moment: Moment) -> None:
        super().__init__()
        self._moment = moment
        self._turn = itertools.count()
        self._due: list[tuple[float, int, threading.Timer, Callable[[], None]]] = []
        self._dropped: set[int] = set()
        self.slept = 0.0

    def now(self) -> float:  # type: ignore[override]
        """The one clock, in seconds."""
        return self._moment.at.timestamp()

    def pause(self, seconds: float) -> None:  # type: ignore[override]
        """Whoever waits for this answer has waited so much longer."""
        self.slept += seconds
        self._moment.advance(seconds)

    def after(self, seconds: float, act: Callable[[], None]) -> threading.Timer:
        """Call `act` when the storm's clock has come so far."""
        timer = threading.Timer(seconds, act)  # never started: only its name is wanted
        heapq.heappush(self._due, (self.now() + max(0.0, seconds), next(self._turn), timer, act))
        return timer

    def drop(self, timer: threading.Timer) -> None:
        """Forget one."""
        self._dropped.add(id(timer))

    def clear(self) -> None:
        """Forget all."""
        self._due.clear()

    def settle(self, seconds: float) -> None:
        """Nothing is ever half done here."""

    def run(self, seconds: float) -> None:
        """Let so much time pass, and do on the way what becomes due."""
        end = self.now() + seconds
        while self._due and self._due[0][0] <= end:
            at, _, timer, act = heapq.heappop(self._due)
            self._moment.advance(max(0.0, at - self.now()))
            if id(timer) in self._dropped:
                self._dropped.discard(id(timer))
            else:
                act()
        self._moment.advance(max(0.0, end - self.now()))

    @property
    def waiting(self) -> int:
        """How many are still to come."""
        return len(self._due)


class Line:
    """What stands for a socket: the simulator's front hangs up on it."""

    def __init__(self) -> None:
        self.cut = False

    def shutdown(self, _how: int) -> None:
        """The other side has closed it."""
        self.cut = True


class Direct(BaseAdapter):
    """What `requests` sends goes straight into an application.

    before, after  are told of each exchange (its path), and may raise in the caller's place: the line is
                   down, or the caller's process dies
    """

    def __init__(
        self, app: Flask, agenda: Agenda, *, before: Callable[[str], None], after: Callable[[str], None]
    ) -> None:
        super().__init__()
        self._app = app
        self._agenda = agenda
        self._before = before
        self._after = after
        self._shape = HTTPAdapter()

    def send(  # type: ignore[override]
        self, request: requests.PreparedRequest, **_how: Any
    ) -> requests.Response:
        """One exchange."""
        url = urlsplit(str(request.url))
        self._before(url.path)
        line, self._agenda.slept = Line(), 0.0
        body = request.body or b""
        status, headers, raw = _call(
            self._app,
            str(request.method),
            f"{url.path}?{url.query}" if url.query else url.path,
            body.encode() if isinstance(body, str) else body if isinstance(body, bytes) else b"",
            {name: str(value) for name, value in request.headers.items() if name != "Content-Length"},
            {"werkzeug.socket": line, "REMOTE_ADDR": "127.0.0.1"},
        )
        self._after(url.path)
        if line.cut:
            raise requests.ConnectionError("('Connection aborted.', RemoteDisconnected('no answer'))")
        if self._agenda.slept > READ_SECONDS:
            raise requests.ReadTimeout("Read timed out.")
        answer = HTTPResponse(
            body=io.BytesIO(raw), headers=dict(headers), status=status, preload_content=False
        )
        return self._shape.build_response(request, answer)

    def close(self) -> None:
        """Nothing is open."""


def line_down() -> requests.ConnectionError:
    """What `requests` raises when nobody could be reached: not a byte left."""
    return requests.ConnectionError(NewConnectionError(None, "connection refused"))  # type: ignore[arg-type]


class Shortcut(Courier):
    """The simulator's courier, which walks into the gateway's application.

    hit  is told of each callback before it is worked on; what it raises ends the gateway's process there
    """

    def __init__(self, courier: Courier, app: Flask, agenda: Agenda, died: type[BaseException]) -> None:
        self.__dict__.update(courier.__dict__)
        self._app = app
        self._agenda = agenda
        self._died = died

    def post(self, letter: Letter, patience: float, source: str = "") -> Answer:
        """Post once."""
        url = urlsplit(letter.url)
        try:
            status, _, raw = _call(
                self._app,
                "POST",
                url.path,
                letter.body,
                {"Content-Type": letter.content_type, **letter.headers},
                {"REMOTE_ADDR": source or "127.0.0.1"},
            )
        except self._died:
            return Answer(None, error="connection reset")
        return Answer(status, raw.decode("utf-8", "replace"))

    def post_and_hang_up(self, letter: Letter, patience: float) -> Answer:
        """The gateway does its work; nobody hears its answer."""
        self.post(letter, patience)
        return Answer(None, error="connection closed before the answer")

    def post_copies(
        self, letter: Letter, copies: int, pause: float, patience: float, note: str
    ) -> list[Answer]:
        """One after the other; a pause lies between them on the one clock."""
        first = self.post_noted(letter, patience, note)
        for place in range(1, copies):
            again = partial(self.post_noted, letter, patience, f"{note} {place + 1}/{copies}")
            self._agenda.after(pause * place, lambda again=again: again() and None)  # type: ignore[misc]
        return [first]


@contextmanager
def plugged_in(adapter: BaseAdapter) -> Iterator[None]:
    """Sessions of `requests` that are made in this block send through the adapter."""
    real = requests.sessions.HTTPAdapter  # type: ignore[attr-defined]
    setattr(requests.sessions, "HTTPAdapter", lambda *_a, **_k: adapter)  # noqa: B010
    try:
        yield
    finally:
        setattr(requests.sessions, "HTTPAdapter", real)  # noqa: B010


def _call(
    app: Flask, method: str, path: str, body: bytes, headers: Mapping[str, str], environ: dict[str, Any]
) -> tuple[int, list[tuple[str, str]], bytes]:
    builder = EnvironBuilder(
        path, method=method, data=body, headers=Headers(dict(headers)), environ_overrides=environ
    )
    try:
        pieces, status, answered = run_wsgi_app(app, builder.get_environ())
    finally:
        builder.close()
    return int(status.split()[0]), list(answered.items()), b"".join(pieces)
