"""A reply that shows a secret once is kept sealed for as long as its hop may come again (R2, DR-1205)."""

from datetime import timedelta

from sqlalchemy import update

from core.db import Database, Tx
from core.duties import service as duties
from core.duties.service import Taken
from core.traffic.models import Callback

KEPT = timedelta(minutes=10)


def keep(tx: Tx, callback: Callback) -> None:
    """Have the sealed reply of `callback` dropped when no repeat can come any more."""
    duties.want(tx, "forget_reply", callback.callback_id, at=tx.now + KEPT)


def forget_reply(db: Database, duty: Taken) -> None:
    """Drop it."""

    def drop(tx: Tx) -> None:
        if duties.finish(tx, duty):
            forget = update(Callback).where(Callback.callback_id == duty.subject_id).values(sealed=None)
            tx.session.execute(forget)

    db.run(drop)
