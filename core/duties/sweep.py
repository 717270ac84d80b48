"""One pass over what is due: take, hand to the handler, record. Needs only the database.

Handlers are collected by app.py: {kind: handler}. A handler opens its own transactions and calls
`duties.finish` in the last of them; one that returns without finishing has its duty finished here.
"""

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby
from operator import attrgetter

from core.db import Database, Tx
from core.duties import service as duties
from core.duties.service import MAX_ATTEMPTS, Handler, Taken, Together

log = logging.getLogger("tunda.duties")
FRESH_SECONDS = 30.0  # a third of the lease: a handler that starts by then ends before it runs out


def sweep(db: Database, handlers: Mapping[str, Handler], *, limit: int = 20) -> int:
    """Do what is due now, up to `limit` duties; returns how many were taken."""
    taken = duties.take(db, frozenset(handlers), limit)
    began = time.monotonic()
    for some in _side_by_side(taken, handlers):
        # Slow providers before it in the batch may have eaten its lease: then somebody else may have it.
        if time.monotonic() - began > FRESH_SECONDS:
            some = db.run(partial(duties.renew_all, duties=some))
        if some:
            _do_all(db, handlers[some[0].kind], some)
    return len(taken)


def _side_by_side(taken: Sequence[Taken], handlers: Mapping[str, Handler]) -> Iterator[list[Taken]]:
    """In the same order: what follows one another and is done together, everything else alone."""
    for kind, some in groupby(taken, key=attrgetter("kind")):
        if isinstance(handlers[kind], Together):
            yield list(some)
        else:
            yield from ([duty] for duty in some)


def _do_all(db: Database, handler: Handler, some: Sequence[Taken]) -> None:
    # What was begun before and not finished may have killed its process: it is done alone.
    if isinstance(handler, Together) and len(some) > 1 and all(duty.attempts == 1 for duty in some):
        try:
            handler.work(db, some)
        except Exception:  # whoever is at fault: each alone, then
            log.exception("duties failed together", extra={"kind": some[0].kind})
            some = db.run(partial(duties.held, duties=some))
        else:
            return
    for duty in some:
        _do(db, handler, duty)


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
