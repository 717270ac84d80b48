"""One pass over what is due: take, hand to the handler, record. Needs only the database.

Handlers are collected by app.py: {kind: handler}. A handler opens its own transactions and calls
`duties.finish` in the last of them; one that returns without finishing has its duty finished here.
"""

import logging
import time
from collections.abc import Callable, Mapping
from functools import partial

from core.db import Database, Tx
from core.duties import service as duties
from core.duties.service import MAX_ATTEMPTS, Handler, Taken

log = logging.getLogger("tunda.duties")
FRESH_SECONDS = 30.0  # a third of the lease: a handler that starts by then ends before it runs out


def sweep(db: Database, handlers: Mapping[str, Handler], *, limit: int = 20) -> int:
    """Do what is due now, up to `limit` duties; returns how many were taken."""
    taken = duties.take(db, frozenset(handlers), limit)
    began = time.monotonic()
    for duty in taken:
        # Slow providers before it in the batch may have eaten its lease: then somebody else may have it.
        if time.monotonic() - began > FRESH_SECONDS and not db.run(partial(duties.renew, duty=duty)):
            continue
        _do(db, handlers[duty.kind], duty)
    return len(taken)


def _do(db: Database, handler: Handler, duty: Taken) -> None:
    if duty.attempts > MAX_ATTEMPTS:  # it killed its process MAX_ATTEMPTS times
        db.run(lambda tx: duties.failed(tx, duty, "worker died on it"))
        return
    try:
        finished = handler(db, duty)
    except Exception as error:  # whatever it is, the other duties go on (R21)
        log.exception("duty failed", extra={"kind": duty.kind, "duty": duty.duty_id})
        what = f"{type(error).__name__}: {error}"
        if db.run(lambda tx: duties.failed(tx, duty, what)):
            log.error("duty parked", extra={"kind": duty.kind, "duty": duty.duty_id})
        return

    if finished:
        return

    def done(tx: Tx) -> None:
        duties.finish(tx, duty)

    db.run(done)


def in_one(work: Callable[[Tx, int], None]) -> Handler:
    """A handler for work that only touches the database: `work(tx, subject_id)` and the finishing are one
    transaction, so it happens exactly once even if two processes hold the duty."""

    def handler(db: Database, duty: Taken) -> None:
        def unit(tx: Tx) -> None:
            if duties.finish(tx, duty):
                work(tx, duty.subject_id)

        db.run(unit)

    return handler
