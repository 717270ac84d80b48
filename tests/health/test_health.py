"""/health as in the platform document, /metrics for Prometheus."""

import re
from datetime import timedelta
from typing import Any, cast

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy import create_engine

from core.db import Database, Tx
from core.duties import service as duties
from core.duties.heartbeat import PARTS, SWEEP, WORKER, beat
from core.duties.models import Duty
from core.outbox.models import OutboxMessage
from inbound import metrics
from inbound.gateway import Gateway
from locales.voice import Voice
from tests.helpers import FixedClock
from tests.mpesa.samples import config
from web import health

NO_REDIS = Redis(
    host="127.0.0.1", port=9, socket_connect_timeout=0.2, protocol=2, retry=Retry(NoBackoff(), 0)
)


def watcher(db: Database, redis: Redis) -> FlaskClient:
    app = Flask("health")
    gateway = Gateway(config=config(), db=db, redis=redis, parts=db.parts, voice=cast(Voice, None))
    app.register_blueprint(health.blueprint(gateway))
    return app.test_client()


@pytest.fixture
def no_database(db: Database) -> Database:
    """A database that answers no connection."""
    return Database(create_engine("sqlite:////nowhere/at/all.db"), db.parts, lambda tx, happened: None)


def test_all_is_well(db: Database, redis: Redis, clock: FixedClock) -> None:
    beat(db, SWEEP)
    clock.advance(seconds=9)
    beat(db, WORKER)
    clock.advance(seconds=5)
    answer = watcher(db, redis).get("/health")
    assert answer.status_code == 200
    assert answer.get_json() == {
        "status": "healthy",
        "database": "healthy",
        "cache": "healthy",
        "worker": "healthy",
        "database_rights": "healthy",
        "worker_heartbeat_seconds": 5.0,
        "sweep_heartbeat_seconds": 14.0,
        "timestamp": "2025-06-24T06:30:14Z",
    }


def test_no_cache_is_503(db: Database) -> None:
    answer = watcher(db, NO_REDIS).get("/health")
    assert answer.status_code == 503
    body = answer.get_json()
    assert (body["status"], body["database"], body["cache"]) == ("unhealthy", "healthy", "unhealthy")


def test_no_database_is_503_and_says_nothing_of_a_worker(no_database: Database, redis: Redis) -> None:
    answer = watcher(no_database, redis).get("/health")
    assert answer.status_code == 503
    body = answer.get_json()
    assert (body["status"], body["database"], body["cache"]) == ("unhealthy", "unhealthy", "healthy")
    assert (body["worker_heartbeat_seconds"], body["sweep_heartbeat_seconds"]) == (None, None)


@pytest.mark.parametrize(
    ("passed", "worker", "status"),
    [
        (timedelta(minutes=2), "healthy", "healthy"),
        (timedelta(minutes=2, seconds=1), "unhealthy", "degraded"),
        (timedelta(days=-1), "unhealthy", "degraded"),
    ],
    ids=["just in time", "silent", "the set clock was turned back"],
)
def test_a_silent_worker_degrades_us_but_the_web_stays_in_service(
    db: Database, redis: Redis, clock: FixedClock, passed: timedelta, worker: str, status: str
) -> None:
    beat(db, WORKER)
    beat(db, SWEEP)
    clock.set(clock.now() + passed)
    answer = watcher(db, redis).get("/health")
    assert answer.status_code == 200
    assert (answer.get_json()["worker"], answer.get_json()["status"]) == (worker, status)


def test_a_worker_that_never_was_is_unhealthy(db: Database, redis: Redis) -> None:
    body = watcher(db, redis).get("/health").get_json()
    assert (body["worker"], body["worker_heartbeat_seconds"]) == ("unhealthy", None)


@pytest.mark.parametrize("silent", PARTS)
def test_one_part_that_stopped_is_not_hidden_by_the_other(
    db: Database, redis: Redis, clock: FixedClock, silent: str
) -> None:
    for part in PARTS:
        beat(db, part)
    clock.advance(minutes=5)
    for part in PARTS:
        if part != silent:
            beat(db, part)
    body = watcher(db, redis).get("/health").get_json()
    assert (body["status"], body["worker"]) == ("degraded", "unhealthy")
    assert {part: body[f"{part}_heartbeat_seconds"] for part in PARTS} == {
        part: 300.0 if part == silent else 0.0 for part in PARTS
    }


@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_never_began_degrades_us(db: Database, redis: Redis, part: str) -> None:
    beat(db, next(other for other in PARTS if other != part))
    body = watcher(db, redis).get("/health").get_json()
    assert (body["status"], body[f"{part}_heartbeat_seconds"]) == ("degraded", None)


# --- figures ------------------------------------------------------------------------------------------------


def figures(client: FlaskClient) -> dict[str, float]:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain")
    lines = [line for line in answer.text.splitlines() if line and not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_what_happens_is_counted(db: Database, redis: Redis) -> None:
    client = watcher(db, redis)
    before = figures(client)
    metrics.hop(0.03, "con")
    metrics.callback("stk", "applied")
    metrics.outbound("stk-push", "unknown", 20.5)
    metrics.stranger()
    after = figures(client)

    def more(name: str) -> float:
        return after[name] - before.get(name, 0)

    assert more('tunda_hops_total{outcome="con"}') == 1
    assert more('tunda_hop_seconds_bucket{le="0.05"}') == 1
    assert more('tunda_hop_seconds_bucket{le="0.025"}') == 0
    assert more('tunda_callbacks_total{kind="stk",verdict="applied"}') == 1
    assert more('tunda_outbound_calls_total{kind="stk-push",verdict="unknown"}') == 1
    assert more('tunda_outbound_seconds_count{kind="stk-push"}') == 1
    assert more("tunda_strangers_total") == 1


def test_due_work_and_messages_are_counted_by_status(db: Database, redis: Redis, clock: FixedClock) -> None:
    def work(tx: Tx) -> None:
        for subject in (1, 2, 3):
            duties.want(tx, "find_rider", subject)
        tx.flush()
        tx.session.get_one(Duty, tx.session.query(Duty).first().duty_id).status = "parked"  # type: ignore[union-attr]
        for number, status in enumerate(("queued", "queued", "delivered")):
            tx.session.add(message(tx, number, status))

    db.run(work)
    clock.advance(minutes=3)
    beat(db, WORKER)
    clock.advance(seconds=7)
    beat(db, SWEEP)
    now = figures(watcher(db, redis))
    assert now['tunda_duties{status="due"}'] == 2
    assert now['tunda_duties{status="overdue"}'] == 2
    assert now['tunda_duties{status="parked"}'] == 1
    assert now['tunda_outbox{status="queued"}'] == 2
    assert now['tunda_outbox{status="delivered"}'] == 1
    assert now['tunda_worker_heartbeat_seconds{part="worker"}'] == 7
    assert now['tunda_worker_heartbeat_seconds{part="sweep"}'] == 0


def test_each_figure_is_given_once(db: Database, redis: Redis) -> None:
    """A scraper refuses all figures if one name comes twice."""
    names = re.findall(r"^# TYPE (\S+)", watcher(db, redis).get("/metrics").text, re.M)
    assert "tunda_sms_segments_per_order" in names
    assert sorted(names) == sorted(set(names))


def test_without_a_database_the_other_counts_are_still_served(no_database: Database, redis: Redis) -> None:
    metrics.stranger()
    now = figures(watcher(no_database, redis))
    assert "tunda_strangers_total" in now
    assert not any(name.startswith("tunda_duties") for name in now)


def message(tx: Tx, number: int, status: str) -> Any:
    return OutboxMessage(
        msisdn="+254712000202",
        language="en",
        code="quote",
        values={},
        once_key=f"test:{number}",
        status=status,
        created_at=tx.now,
        not_before=tx.now,
        expires_at=tx.now,
    )
