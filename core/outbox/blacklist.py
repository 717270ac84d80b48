"""Numbers that the provider refuses because they opted out there (DR-1504).

The outbox is the record: the refusal stands on the message it met, until a START from that number lifts it.
"""

from sqlalchemy import select, update

from core.db import Tx
from core.outbox.models import OutboxMessage

REFUSED = "UserInBlacklist"
LIFTED = "UserInBlacklist, lifted by START"


def holds(tx: Tx, msisdn: str) -> bool:
    """Whether nothing may be sent to this number now."""
    met = select(OutboxMessage.outbox_id).where(
        OutboxMessage.msisdn == msisdn, OutboxMessage.error == REFUSED
    )
    return tx.session.scalar(met.limit(1)) is not None


def lift(tx: Tx, msisdn: str) -> None:
    """The number has texted START: it may be sent to again."""
    lifted = tx.session.connection().execute(
        update(OutboxMessage)
        .where(OutboxMessage.msisdn == msisdn, OutboxMessage.error == REFUSED)
        .values(error=LIFTED)
    )
    if lifted.rowcount:
        tx.note("outbox", "blacklist lifted")
