"""Signs of life, written by the worker's parts and read by /health."""

from core.db import Database, Tx
from core.duties.models import Heartbeat

SWEEP = "sweep"  # the thread that does what is due, with the database alone
WORKER = "worker"  # the queue: beat sends, a worker consumes
PARTS = (WORKER, SWEEP)


def beat(db: Database, part: str) -> None:
    """`part`, one of PARTS, is alive now."""

    def work(tx: Tx) -> None:
        row = tx.session.get(Heartbeat, part)
        if row is None:
            tx.session.add(Heartbeat(part=part, at=tx.now))
        else:
            row.at = tx.now

    db.run(work)
