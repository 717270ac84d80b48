"""The worker and its timetable: `celery -A celery_worker worker` (and `beat`).

A nudge makes a sweep; the timetable makes heartbeats. The sweep itself is also a thread of the worker that
needs only the database, so that due work is done while Redis, the broker or beat is away, from the first
second on. Another thread carries the log rows of hops that only showed something from Redis into the
callback log, every second.
"""

import logging
import threading
from typing import Any

from celery.signals import (
    setup_logging,
    worker_init,
    worker_process_init,
    worker_ready,
    worker_shutting_down,
)
from redis.exceptions import RedisError

from app import build, duties
from core.config import load
from core.duties import timetable
from core.duties.heartbeat import SWEEP, WORKER, beat
from core.duties.sweep import sweep
from inbound import rights
from inbound.gateway import Gateway
from inbound.logs import set_up_logging
from inbound.queue import WORK_DUE, Nudger, make_celery
from ussd.hoplog import drain

log = logging.getLogger("tunda.worker")
config = load()
celery = make_celery(config)
celery.conf.beat_schedule = {"heartbeat": {"task": "tunda.heartbeat", "schedule": 15.0}}
gateway: Gateway = build(config)
gateway.db.nudge = Nudger(celery, gateway.parts.clock)
HANDLERS = duties(gateway)
_stop = threading.Event()


@setup_logging.connect  # type: ignore[untyped-decorator]
def _logging(**_: Any) -> None:
    set_up_logging(config)


@worker_process_init.connect  # type: ignore[untyped-decorator]
def _own_connections(**_: Any) -> None:
    """A forked child must not share its parent's sockets."""
    gateway.db.dispose(close=False)
    gateway.redis.connection_pool.reset()


@celery.task(name=WORK_DUE)  # type: ignore[untyped-decorator]
def work_due() -> None:
    """Do what is due until nothing is."""
    while sweep(gateway.db, HANDLERS):
        pass


@celery.task(name="tunda.heartbeat")  # type: ignore[untyped-decorator]
def heartbeat() -> None:
    """Show that beat sends and a worker consumes."""
    beat(gateway.db, WORKER)


def _watch() -> None:
    """Sweep every SWEEP_SECONDS; with the database alone it does all of its work."""
    waited = config.sweep_seconds
    while not _stop.wait(1):
        waited += 1
        if waited < config.sweep_seconds:
            continue
        waited = 0
        try:
            timetable.ensure(gateway.db)
            work_due()
            beat(gateway.db, SWEEP)
        except Exception:  # the thread is the last line: it must outlive whatever went wrong
            log.exception("sweep failed")


def _carry() -> None:
    """Bring the hops' log lines over from Redis, on a thread of its own: the sweep waits for no Redis."""
    while not _stop.wait(1):
        try:
            drain(gateway, 500)
        except RedisError as error:
            log.warning("hop log not carried: %s", type(error).__name__)
        except Exception:
            log.exception("hop log not carried")


@worker_init.connect  # type: ignore[untyped-decorator]
def _start(**_: Any) -> None:
    """Before the broker is looked for: a worker is never "ready" while Redis is away, but work is due."""
    rights.look(gateway)
    for name, work in (("sweep", _watch), ("hop-log", _carry)):
        threading.Thread(target=work, name=name, daemon=True).start()


@worker_ready.connect  # type: ignore[untyped-decorator]
def _first_sign(**_: Any) -> None:
    """The timetable's first heartbeat is 15 s away: /health need not wonder until then."""
    heartbeat.apply_async(retry=False)


@worker_shutting_down.connect  # type: ignore[untyped-decorator]
def _end(**_: Any) -> None:
    _stop.set()
