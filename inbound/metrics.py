"""What the gateway counts about itself, for Prometheus; figures only, nothing personal.

With PROMETHEUS_MULTIPROC_DIR set (several gunicorn processes, the worker) the counts of all processes that
share the folder are added up when /metrics is read.
"""

import os

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY

_HOPS = Counter("tunda_hops", "USSD hops answered", ["outcome"])
_HOP_SECONDS = Histogram(
    "tunda_hop_seconds",
    "Time from a hop's arrival to its answer",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5),
)
_CALLBACKS = Counter("tunda_callbacks", "Inbound callbacks by what became of them", ["kind", "verdict"])
_OUTBOUND = Counter("tunda_outbound_calls", "Calls to providers by their outcome", ["kind", "verdict"])
_OUTBOUND_SECONDS = Histogram(
    "tunda_outbound_seconds",
    "Time a provider took to answer",
    ["kind"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30),
)
_STRANGERS = Counter("tunda_strangers", "Requests with a wrong callback secret")


def hop(seconds: float, outcome: str) -> None:
    """A USSD hop was answered; outcome: con, end, repeat, error."""
    _HOPS.labels(outcome).inc()
    _HOP_SECONDS.observe(seconds)


def callback(kind: str, verdict: str) -> None:
    """A callback came to its end; `kind` and `verdict` as in the callback log."""
    _CALLBACKS.labels(kind, verdict).inc()


def outbound(kind: str, verdict: str, seconds: float) -> None:
    """A provider was called; `kind` and `verdict` as in the callback log."""
    _OUTBOUND.labels(kind, verdict).inc()
    _OUTBOUND_SECONDS.labels(kind).observe(seconds)


def stranger() -> None:
    """Somebody knocked with a wrong secret."""
    _STRANGERS.inc()


def exposition() -> bytes:
    """All counts in Prometheus' text format, of every process that shares the folder."""
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)
