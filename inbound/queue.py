"""Celery as a carrier of hints: "something may be due". The rows in the database are the promise.

Publishing never delays an answer and never fails one: it happens after the reply has gone out, with short
time-outs and no retry, and an error is swallowed, since the sweep finds the row anyway (RELIABILITY.md).
"""

import logging
from collections.abc import Callable
from datetime import datetime

from celery import Celery
from flask import Response, after_this_request, g, has_request_context

from core.clock import Clock
from core.config import Config

log = logging.getLogger("tunda.queue")
WORK_DUE = "tunda.work_due"
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


def nudger(celery: Celery, clock: Clock) -> Callable[[datetime], None]:
    """What `Database.nudge` calls after a commit that left due work behind."""

    def publish(pause: float) -> None:
        try:
            celery.send_task(WORK_DUE, countdown=pause if pause > 0 else None, retry=False)
        except Exception as error:  # whatever the broker's trouble is, the row is safe
            log.warning("no nudge: %s", type(error).__name__)

    def publish_all(pauses: set[float]) -> None:
        for pause in sorted(pauses):
            publish(pause)

    def nudge(due: datetime) -> None:
        pause = max((due - clock.now()).total_seconds(), 0.0)
        if pause > SWEEP_FINDS_IT:
            return
        if not has_request_context():
            publish(pause)
            return
        if "nudges" not in g:
            waiting: set[float] = set()
            g.nudges = waiting

            @after_this_request
            def _later(response: Response) -> Response:
                response.call_on_close(lambda: publish_all(waiting))
                return response

        g.nudges.add(round(pause, 1))

    return nudge
