"""Signs that something outside has stopped, looked for every few minutes (DR-1803).

A process cannot tell that it is dead itself: the sweep looks after the queue's heartbeat, and /metrics shows
both.
"""

from datetime import timedelta

from sqlalchemy import func, select

from core.alarms import service as alarms
from core.db import Tx
from core.duties.heartbeat import WORKER
from core.duties.models import Heartbeat
from core.traffic.models import Callback

# Kinds that come in every day where there is any traffic at all.
DAILY = ("sms", "sms-report", "stk", "ussd")
BUSY = 20  # so many in the week before make a kind a daily one


def watch_signs(tx: Tx, _zero: int) -> None:
    """Raise what is wrong, and settle what is right again."""
    _heartbeat(tx)
    for kind in DAILY:
        _callbacks(tx, kind)


def _heartbeat(tx: Tx) -> None:
    sign = tx.session.get(Heartbeat, WORKER)
    old = timedelta(minutes=int(tx.setting("alarm.heartbeat_minutes")))
    if sign is not None and abs(tx.now - sign.at) > old:
        alarms.raise_alarm(tx, "worker_silent", WORKER, since=sign.at.isoformat())
    else:
        alarms.settle(tx, "worker_silent", WORKER)


def _callbacks(tx: Tx, kind: str) -> None:
    """A kind that came often in the week before, and not at all for `alarm.callback_silent_hours`."""
    silent_from = tx.now - timedelta(hours=int(tx.setting("alarm.callback_silent_hours")))
    came = select(func.count()).where(Callback.kind == kind, Callback.direction == "in")
    lately = tx.session.scalar(came.where(Callback.at > silent_from)) or 0
    week = came.where(Callback.at > silent_from - timedelta(days=7), Callback.at <= silent_from)
    if not lately and (tx.session.scalar(week) or 0) >= BUSY:
        alarms.raise_alarm(tx, "callback_silent", kind)
    elif lately:
        alarms.settle(tx, "callback_silent", kind)
