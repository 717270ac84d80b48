"""A stand-in for the gateway: takes every callback, remembers it, and shows small USSD menus.

`python -m tests.simulator.standin [port]` serves it by itself, to play with the phones alone.
"""

import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Flask, Response, request
from werkzeug.serving import WSGIRequestHandler, make_server

SECRET = "0123456789abcdef0123456789abcdef"
KINDS = {
    "ussd": "ussd-hop",
    "ussd-events": "ussd-event",
    "sms": "sms-in",
    "sms-reports": "sms-report",
    "sms-optout": "sms-optout",
    "pay/stk": "stk-callback",
    "pay/c2b/validation": "c2b-validation",
    "pay/c2b/confirmation": "c2b-confirmation",
    "pay/b2c": "b2c-result",
    "pay/reversal": "reversal-result",
    "pay/status": "status-result",
    "pay/balance": "balance-result",
}

SCREENS = {
    0: "CON Karibu Tunda! Soko la shambani.\n1. Mimi ni mkulima\n2. Mimi ni mnunuzi\n3. Mimi ni rider\n"
    "4. English 5. Gikuyu",
    1: "CON Shamba lako liko wadi gani? Andika herufi za kwanza, k.m. Kin",
    2: "CON Chagua wadi:\n1. Kinoo, Kikuyu\n2. Kinango, Kwale\n3. Kinna, Isiolo\n4. Kinondo, Kwale\n0. Rudi",
    3: "CON Jina lako la kwanza ni nani?",
    4: "CON Unakubali masharti ya Tunda? Tunaweka nambari na wadi yako ili kuuza. Soma: tuma MASHARTI\n"
    "1. Nakubali\n2. Sikubali",
    5: "END Asante! Umesajiliwa. Piga tena kuweka mazao yako sokoni.",
}


@dataclass(frozen=True)
class Call:
    """One callback as it arrived."""

    kind: str
    path: str
    fields: dict[str, str]
    names: list[str]
    raw: bytes
    headers: dict[str, str]
    at: float
    source: str


@dataclass
class StandIn:
    """What arrived, and what to answer: `replies[kind]` makes the reply out of the call."""

    calls: list[Call] = field(default_factory=list)
    replies: dict[str, Callable[[Call], Response]] = field(default_factory=dict)
    _arrived: threading.Condition = field(default_factory=threading.Condition)

    def app(self) -> Flask:
        """The web application."""
        app = Flask(__name__)

        @app.post(f"/cb/{SECRET}/<path:rest>")
        def callback(rest: str) -> Response:
            call = Call(
                kind=kind_of(rest),
                path=rest,
                fields=request.form.to_dict(),
                names=list(request.form),
                raw=request.get_data(),
                headers=dict(request.headers),
                at=time.monotonic(),
                source=request.remote_addr or "",
            )
            with self._arrived:
                self.calls.append(call)
                self._arrived.notify_all()
            return self.replies.get(call.kind, usual)(call)

        @app.before_request
        def keep_body() -> None:
            # Before the form is read out of it, so that `raw` has it.
            request.get_data(cache=True)

        return app

    def of(self, kind: str) -> list[Call]:
        """The calls of one kind so far."""
        with self._arrived:
            return [call for call in self.calls if call.kind == kind]

    def wait(self, kind: str, count: int = 1, seconds: float = 5.0) -> list[Call]:
        """The calls of one kind as soon as there are `count`; AssertionError if they never come."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self._kept(kind)) >= count, seconds), (
                f"{len(self._kept(kind))} of {count} {kind} came"
            )
            return self._kept(kind)

    def forget(self) -> None:
        """As new."""
        with self._arrived:
            self.calls.clear()
        self.replies.clear()

    def _kept(self, kind: str) -> list[Call]:
        return [call for call in self.calls if call.kind == kind]


def kind_of(path: str) -> str:
    """The kind of a callback by the longest beginning of its path; a time-out call is of its own kind."""
    kind = next(KINDS[start] for start in sorted(KINDS, key=len, reverse=True) if path.startswith(start))
    return kind.replace("result", "timeout") if path.endswith("/timeout") else kind


def usual(call: Call) -> Response:
    """A menu by the number of answers given; 200 for all else."""
    if call.kind == "ussd-hop":
        text = call.fields.get("text", "")
        return plain(SCREENS[min(len(text.split("*")) if text else 0, 5)])
    return plain("ok")


def plain(text: str, status: int = 200) -> Response:
    """A reply as the gateway writes it."""
    return Response(text, status=status, content_type="text/plain; charset=utf-8")


class Quiet(WSGIRequestHandler):
    """No log lines."""

    def log(self, type: str, message: str, *args: object) -> None:
        """Say nothing."""


def start(gateway: StandIn, port: int = 0) -> tuple[str, Callable[[], None]]:
    """Serve in a thread; the address, and how to stop."""
    server = make_server("127.0.0.1", port, gateway.app(), threaded=True, request_handler=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def stop() -> None:
        server.shutdown()
        server.server_close()

    return f"http://127.0.0.1:{server.server_port}", stop


if __name__ == "__main__":
    address, end = start(StandIn(), int(sys.argv[1]) if len(sys.argv) > 1 else 8000)
    print(f"Stand-in gateway at {address}, callback secret {SECRET}", flush=True)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        end()
