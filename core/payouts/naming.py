"""Which M-Pesa number gets a payee's money, where her phone is probably not on M-Pesa's network.

The network is a hint of the number's beginning; her word counts, also that this very phone has M-Pesa. Until
she has said it her money waits with us. What she says first is no change, so it counts at once; whoever was
paid on her own number before, or has named one, changes it (DR-208).
"""

from sqlalchemy import bindparam, exists, select

from core.actor import Actor
from core.db import Database, Tx
from core.msisdn import e164, other_network
from core.payouts import locks
from core.payouts.models import Payout
from core.users import payees, pins
from core.users.models import PayeeNumber, User

PAYOUT = "payout"
_SAID = select(
    User.phone_number,
    exists()
    .where(
        PayeeNumber.user_id == User.user_id,
        PayeeNumber.purpose == PAYOUT,
        PayeeNumber.stopped_at.is_(None),
    )
    .label("named"),
    exists().where(Payout.payee_id == User.user_id, Payout.status == "paid").label("paid"),
).where(User.user_id == bindparam("user_id"))


def must_name(tx: Tx, user_id: int) -> bool:
    """Whether the payee has to say first which M-Pesa number gets her money; one narrow look."""
    row = tx.look(_SAID, user_id=user_id).one()
    return not (row.named or row.paid) and other_network(row.phone_number)


def name_number(
    db: Database, actor: Actor, *, purpose: str, msisdn: str, pin: str, once_key: str
) -> PayeeNumber:
    """As payees.name_number; but a payout number that had to be named counts at once, also her own.

    Raises as payees.name_number.
    """
    number = e164(msisdn)

    def work(tx: Tx) -> PayeeNumber:
        first = False
        if purpose == PAYOUT and actor.user_id is not None:
            locks.payee(tx, actor.user_id)  # before it is judged, else two at once would both be the first
            first = must_name(tx, actor.user_id)
        return payees.name(tx, actor, purpose=purpose, number=number, first=first)

    return pins.with_pin(db, actor, pin=pin, once_key=once_key, work=work)
