"""Numbers that the provider refuses because they opted out there (DR-1504).

The outbox is the record: the refusal stands on the message it met, until a START from that number lifts it.
"""

from collections.abc import Collection

from sqlalchemy import select, update

from core.db import Tx
from core.outbox.models import OutboxMessage

REFUSED = "UserInBlacklist"
LIFTED = "UserInBlacklist, lifted by START"


def holds(tx: Tx, msisdn: str) -> bool:
    """Whether nothing may be sent to this number now."""
    return bool(held(tx, [msisdn]))


def held(tx: Tx, numbers: Collection[str]) -> set[str]:
    """Those of `numbers` to which nothing may be sent now, in one look."""
    met = select(OutboxMessage.msisdn).where(
        OutboxMessage.error == REFUSED, OutboxMessage.msisdn.in_(numbers)
    )
    return set(tx.session.scalars(met.distinct()))


def lift(tx: Tx, msisdn: str) -> None:
    """The number has texted START: it may be sent to again."""
    lifted = tx.session.connection().execute(
        update(OutboxMessage)
        .where(OutboxMessage.msisdn == msisdn, OutboxMessage.error == REFUSED)
        .values(error=LIFTED)
    )
    if lifted.rowcount:
        tx.note("outbox", "blacklist lifted")
