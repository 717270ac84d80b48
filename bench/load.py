"""The callers: a few processes that speak plain HTTP on plain sockets, so that little of the time is theirs.

Traffic goes to the loopback address only and ends by itself: the number of requests is fixed beforehand.
"""

import multiprocessing
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

HOST = "127.0.0.1"
TIMEOUT_SECONDS = 10

Conversation = Sequence[bytes]  # requests that must follow one another


@dataclass(frozen=True)
class Result:
    """What a run gave.

    seconds    from the first request to the last answer
    latencies  seconds of each request, ascending
    faults     requests that were not answered as they should be
    """

    seconds: float
    latencies: list[float]
    faults: int

    @property
    def throughput(self) -> float:
        """Requests a second."""
        return len(self.latencies) / self.seconds

    def percentile(self, percent: float) -> float:
        """Milliseconds within which `percent` of the requests were answered."""
        index = min(int(len(self.latencies) * percent / 100), len(self.latencies) - 1)
        return self.latencies[index] * 1000


def form(path: str, fields: dict[str, str]) -> bytes:
    """A form POST as the providers send it."""
    body = urlencode(fields).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def run(port: int, conversations: Sequence[Conversation], callers: int) -> Result:
    """Hold all conversations, `callers` at a time."""
    shares = [(port, conversations[n::callers]) for n in range(callers)]
    with multiprocessing.get_context("fork").Pool(callers) as pool:
        began = time.monotonic()
        parts = pool.map(_hold, shares, chunksize=1)
        seconds = time.monotonic() - began
    latencies = sorted(latency for mine, _ in parts for latency in mine)
    return Result(seconds, latencies, sum(faults for _, faults in parts))


def _hold(share: tuple[int, Sequence[Conversation]]) -> tuple[list[float], int]:
    port, conversations = share
    latencies, faults = [], 0
    for conversation in conversations:
        for request in conversation:
            began = time.monotonic()
            answer = _ask(port, request)
            latencies.append(time.monotonic() - began)
            faults += not answer.startswith(b"HTTP/1.1 200")
    return latencies, faults


def _ask(port: int, request: bytes) -> bytes:
    with socket.create_connection((HOST, port), timeout=TIMEOUT_SECONDS) as line:
        line.sendall(request)
        answer = b""
        while piece := line.recv(65536):
            answer += piece
    return answer
