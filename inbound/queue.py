"""Celery as a carrier of hints: "something may be due". The rows in the database are the promise.

Publishing never delays an answer and never fails one: it happens on a thread of its own, with short time-outs
and no retry, and an error is swallowed, since the sweep finds the row anyway (docs/reliability.md).
"""

import logging
import threading
import time
from datetime import datetime

from celery import Celery

from core.clock import Clock
from core.config import Config

log = logging.getLogger("tunda.queue")
WORK_DUE = "tunda.work_due"
GATHERED_SECONDS = 0.1  # one nudge makes the worker look at all that is due: busy hours need no more
SWEEP_FINDS_IT = 60.0  # seconds: later than this the sweep is as good as a nudge


def make_celery(config: Config) -> Celery:
    """The Celery app of the worker, and the web's way to nudge it."""
    broker = config.redis_url
    if broker.startswith("unix://"):
        broker = "redis+socket://" + broker.removeprefix("unix://")
    celery = Celery("tunda", broker=broker, set_as_current=False)
    visibility = {"visibility_timeout": 600, "socket_timeout": 5, "socket_connect_timeout": 1}
    celery.conf.update(
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        broker_transport_options={**visibility, "socket_keepalive": True, "health_check_interval": 10},
        visibility_timeout=600,
        broker_connection_retry_on_startup=True,
        broker_connection_timeout=1,
        worker_hijack_root_logger=False,
        worker_send_task_events=False,
        timezone="UTC",
    )
    return celery


class Nudger:
    """What `Database.nudge` calls after a commit that left due work behind.

    It only notes the nudge; a thread of its own carries it to the broker. So neither an answer nor the sweep
    waits for a Redis that is frozen, not even the answer of the next request (R6). The first nudge goes at
    once; those that follow are gathered, since carrying one costs as much as taking a text.
    """

    def __init__(self, celery: Celery, clock: Clock) -> None:
        self._celery = celery
        self._clock = clock
        self._noted: set[float] = set()
        self._news = threading.Condition()
        self._thread: threading.Thread | None = None

    def __call__(self, due: datetime) -> None:
        """Have a worker look for work at `due`; what is due within a tenth of a second shares one nudge."""
        pause = max((due - self._clock.now()).total_seconds(), 0.0)
        if pause > SWEEP_FINDS_IT:
            return
        with self._news:
            self._noted.add(round(pause, 1))
            if self._thread is None or not self._thread.is_alive():  # not before the process has forked
                self._thread = threading.Thread(target=self._carry, name="nudges", daemon=True)
                self._thread.start()
            self._news.notify()

    def _carry(self) -> None:
        while True:
            with self._news:
                while not self._noted:
                    self._news.wait()
                pauses, self._noted = self._noted, set()
            for pause in sorted(pauses):
                self._publish(pause)
            time.sleep(GATHERED_SECONDS)

    def _publish(self, pause: float) -> None:
        try:
            self._celery.send_task(WORK_DUE, countdown=pause if pause > 0 else None, retry=False)
        except Exception as error:  # whatever the broker's trouble is, the row is safe
            log.warning("no nudge: %s", type(error).__name__)
