"""`/health` for whoever restarts us, `/metrics` for Prometheus; open to all, so they hold figures only."""

import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import TypeVar

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import Metric
from sqlalchemy import func, select

from core.alarms import service as alarms
from core.books import checking
from core.db import Tx
from core.duties.heartbeat import PARTS
from core.duties.models import Duty, Heartbeat
from core.outbox import gate, spending
from core.outbox.models import OutboxMessage
from inbound import metrics
from inbound.gateway import Gateway
from web.queries.spent import segments_per_order

T = TypeVar("T")
log = logging.getLogger("tunda.health")

HEARTBEAT_OLD = timedelta(minutes=2)


def blueprint(gateway: Gateway) -> Blueprint:
    """GET /health, GET /metrics."""
    routes = Blueprint("health", __name__)

    @routes.get("/health")
    def health() -> ResponseReturnValue:
        """As in the platform document: healthy or unhealthy, by database and cache; 503 when unhealthy.

        The worker is told of beside them and makes the whole "degraded" at most, with 200: taking a working
        web process out of service would not bring the worker back. Its parts are judged each: a sweep that
        hangs is not healed by a worker that still takes nudges. An age is null before the first sign.
        A database that lets its serving user do more than read and write rows degrades us, too.
        """
        database, found = _probe("database", lambda: _look(gateway))
        ages, unlocked = found or (dict.fromkeys(PARTS), False)
        cache, _ = _probe("cache", lambda: gateway.redis.ping())
        worker = all(age is not None and age <= HEARTBEAT_OLD for age in ages.values())
        status = (
            "unhealthy" if not (database and cache) else "healthy" if worker and not unlocked else "degraded"
        )
        body: dict[str, str | float | None] = {
            "status": status,
            "database": _word(database),
            "cache": _word(cache),
            "worker": _word(worker),
            "database_rights": _word(database and not unlocked),
            "timestamp": _iso(gateway.parts.clock.now()),
        }
        for part, age in ages.items():
            body[f"{part}_heartbeat_seconds"] = None if age is None else round(age.total_seconds(), 1)
        return jsonify(body), 503 if status == "unhealthy" else 200

    @routes.get("/metrics")
    def exposition() -> ResponseReturnValue:
        figures = metrics.exposition() + _database_figures(gateway)
        return Response(figures, content_type=CONTENT_TYPE_PLAIN_0_0_4)

    return routes


def _word(works: bool) -> str:
    return "healthy" if works else "unhealthy"


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def _probe(part: str, probe: Callable[[], T]) -> tuple[bool, T | None]:
    """Whether `part` works, and what the probe found out."""
    try:
        return True, probe()
    except Exception as error:  # whatever is wrong with it, the answer is that it does not work
        log.warning("unhealthy", extra={"part": part, "why": type(error).__name__})
        return False, None


def _heartbeat_ages(gateway: Gateway) -> dict[str, timedelta | None]:
    """Time since each part of the worker last gave a sign of life; None if it never did.

    With a set clock that was turned back, a sign "from the future" is old too.
    """
    with gateway.db.read() as tx:
        signs: dict[str, datetime] = dict(tx.session.execute(select(Heartbeat.part, Heartbeat.at)).all())
        return {part: abs(tx.now - signs[part]) if part in signs else None for part in PARTS}


def _look(gateway: Gateway) -> tuple[dict[str, timedelta | None], bool]:
    """The ages, and whether the alarm about the locks of what is written once is open."""
    with gateway.db.read() as tx:
        unlocked = alarms.is_open(tx, *checking.LOCKS)
    return _heartbeat_ages(gateway), unlocked


class _DatabaseFigures:
    """Counted when asked: due work and messages by status, and the worker's age."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def collect(self) -> Iterator[Metric]:
        """One gauge per figure."""
        with self._gateway.db.read() as tx:
            yield _by_label(
                "tunda_duties",
                "Work not yet done: due, parked (needs a person), overdue (due for two minutes)",
                "status",
                _duties(tx),
            )
            outbox = select(OutboxMessage.status, func.count()).group_by(OutboxMessage.status)
            yield _by_label(
                "tunda_outbox", "Messages by status", "status", dict(tx.session.execute(outbox).all())
            )
            yield from _sms(tx)
            yield GaugeMetricFamily(
                "tunda_sms_segments_per_order",
                "Segments of SMS about a finished order, mean of the newest hundred (DR-1509: ten at most)",
                value=segments_per_order(tx),
            )
            yield _by_label("tunda_alarms", "Alarms that are open", "kind", alarms.open_by_kind(tx))
        ages = _heartbeat_ages(self._gateway)
        yield _by_label(
            "tunda_worker_heartbeat_seconds",
            "Age of the last sign of life of each part of the worker",
            "part",
            {part: age.total_seconds() for part, age in ages.items() if age is not None},
        )


def _sms(tx: Tx) -> Iterator[Metric]:
    """What today's texts cost, by kind, and whether the way to the provider is shut."""
    spent = GaugeMetricFamily("tunda_sms_spend", "KES for today's texts", labels=["lane", "what"])
    segments = GaugeMetricFamily("tunda_sms_segments", "Segments of today's texts", labels=["lane"])
    differing = GaugeMetricFamily(
        "tunda_sms_differing", "Texts today that cost another sum than was reckoned", labels=["lane"]
    )
    for one in spending.figures(tx):
        for what, sum_ in (("counted", one.counted), ("charged", one.charged), ("ceiling", one.ceiling)):
            spent.add_metric([one.lane, what], float(sum_))
        segments.add_metric([one.lane], one.segments)
        differing.add_metric([one.lane], one.differing)
    yield from (spent, segments, differing)
    yield _by_label(
        "tunda_sms_circuit_open",
        "1 while nothing is sent, since the provider does not answer",
        "provider",
        {name: float(is_open) for name, is_open in gate.is_open(tx).items()},
    )


def _duties(tx: Tx) -> dict[str, int]:
    open_ones = select(Duty.status, func.count()).where(Duty.status.in_(("due", "parked")))
    overdue = select(func.count()).where(Duty.status == "due", Duty.due_at < tx.now - HEARTBEAT_OLD)
    counts: dict[str, int] = dict(tx.session.execute(open_ones.group_by(Duty.status)).all())
    return {"due": 0, "parked": 0} | counts | {"overdue": tx.session.scalar(overdue) or 0}


def _by_label(name: str, says: str, label: str, figures: Mapping[str, float]) -> Metric:
    gauge = GaugeMetricFamily(name, says, labels=[label])
    for value, figure in sorted(figures.items()):
        gauge.add_metric([value], figure)
    return gauge


def _database_figures(gateway: Gateway) -> bytes:
    """The database's figures, or nothing while it is away: the other counts are still worth having."""
    registry = CollectorRegistry()
    try:
        registry.register(_DatabaseFigures(gateway))
        return generate_latest(registry)
    except Exception:
        log.exception("no figures from the database")
        return b""
