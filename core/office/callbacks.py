"""What people of the house do with a row of the callback log: read a number in full, run it again, take rows
out (DR-1801, DR-1802, DR-1904). Each leaves a row in the audit trail."""

from collections.abc import Mapping

from core.actor import Actor
from core.audit import service as audit
from core.db import Tx
from core.errors import NotFound
from core.office.errors import NoNumber, NotAgain, WhyMissing
from core.traffic.models import Callback
from core.users import service as users
from core.words import reason_of

MOST_TAKEN_OUT = 5000


def reveal(tx: Tx, actor: Actor, *, callback_id: int, reason: str) -> str:
    """The whole number of the phone that a row is about, for an admin with all rights who says why. Audited.

    Raises NotAllowed, NotFound, WhyMissing, and NoNumber where no phone is known.
    """
    row = _row(tx, actor, callback_id)
    why = reason_of(reason)
    if not why:
        raise WhyMissing
    if not row.msisdn:
        raise NoNumber
    audit.record(tx, actor, what="callback.reveal", record=f"callback:{callback_id}", reason=why)
    return row.msisdn


def run_again(tx: Tx, actor: Actor, *, callback_id: int) -> Callback:
    """The row of a callback that is about to be run again, for an admin with all rights. Audited.

    Only what is in the log under a key of its own: with that key it cannot be taken for something new.
    Raises NotAllowed, NotFound, and NotAgain for anything else, and for what has not been worked on yet.
    """
    row = _row(tx, actor, callback_id)
    if not known(row):
        raise NotAgain
    audit.record(tx, actor, what="callback.again", record=f"callback:{callback_id}")
    return row


def known(row: Callback) -> bool:
    """Whether a row came in and bears the key by which its repeats are known."""
    return row.direction == "in" and row.dedupe_key is not None and row.verdict != "stored"


def take_out(tx: Tx, actor: Actor, *, filters: Mapping[str, str]) -> int:
    """How many rows of the log may be taken out in one file now. Audited with the filters.

    filters  as ids and codes; nothing that names a person
    Raises NotAllowed.
    """
    users.may(tx, actor, "read", "callbacks", own=False)
    audit.record(tx, actor, what="callback.export", record="callbacks", changes={"filters": dict(filters)})
    return MOST_TAKEN_OUT


def _row(tx: Tx, actor: Actor, callback_id: int) -> Callback:
    users.may(tx, actor, "update", "callbacks", own=False)
    row = tx.session.get(Callback, callback_id)
    if row is None:
        raise NotFound(record="callback", id=callback_id)
    return row
