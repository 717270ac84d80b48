"""The counter where the gateway's calls come in: noted, and broken on the way as a fault says."""

import socket
import time
from collections.abc import Callable

from flask import Response, request

from simulator.clock import WorldClock
from simulator.faults import Faults
from simulator.timers import Timers
from simulator.traffic import Traffic

HTML = "<html><head><title>Service Unavailable</title></head><body><h1>Service Unavailable</h1></body></html>"


class Front:
    """Every call of the gateway to a provider passes through `serve`."""

    def __init__(self, clock: WorldClock, faults: Faults, traffic: Traffic, timers: Timers) -> None:
        self._clock = clock
        self._faults = faults
        self._traffic = traffic
        self._timers = timers

    def serve(
        self,
        kind: str,
        phone: str,
        act: Callable[[], Response],
        refuse: Callable[[str], Response],
    ) -> Response:
        """The answer to the call in hand.

        act     does what the provider does, and answers
        refuse  the provider's own way of saying no with this code; nothing is done
        """
        began = time.monotonic()
        fault = self._faults.take(kind, phone)
        mode = fault.mode if fault is not None else ""
        if fault is not None and mode == "delay":
            self._timers.pause(fault.seconds)
        if mode == "drop":
            answer = hang_up()
        elif fault is not None and mode == "refuse":
            status = http_status(fault.code)
            answer = html(status) if status else refuse(fault.code)
        else:
            answer = act()
            if fault is not None and mode == "repeat":
                for _ in range(fault.n - 1):
                    act()
            elif fault is not None and mode == "late":
                self._timers.pause(fault.seconds)
            elif fault is not None and mode == "cut":
                status = http_status(fault.code)
                answer = html(status) if status else refuse(fault.code) if fault.code else hang_up()
            elif fault is not None and mode == "garbage":
                answer = html(http_status(fault.code) or 200)
        cut = mode in ("drop", "cut") and not answer.get_data()
        self._traffic.note(
            at=self._clock.local().isoformat(timespec="milliseconds"),
            direction="from-gateway",
            kind=kind,
            phone=phone,
            method=request.method,
            path=request.path,
            request=request.get_data(as_text=True) or request.query_string.decode(),
            status=None if cut else answer.status_code,
            reply=answer.get_data(as_text=True),
            ms=int((time.monotonic() - began) * 1000),
            fault=fault.name if fault is not None else "",
            error="connection closed" if cut else "",
        )
        return answer


def http_status(code: str) -> int | None:
    """503 out of `http-503`; None for a provider's own code."""
    number = code.removeprefix("http-")
    return int(number) if code.startswith("http-") and number.isdigit() else None


def html(status: int) -> Response:
    """What a proxy in front of the provider answers in its place."""
    return Response(HTML, status=status, content_type="text/html")


def hang_up() -> Response:
    """Close the caller's connection without a word; what is returned reaches nobody."""
    line = request.environ.get("werkzeug.socket")
    if line is not None:
        line.shutdown(socket.SHUT_RDWR)
    return Response(status=500)
