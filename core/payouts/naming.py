"""Which M-Pesa number gets a payee's money, where her phone is probably not on M-Pesa's network.

The network is a hint of the number's beginning; her word counts, also that this very phone has M-Pesa. Until
a number of hers counts her money waits with us. What she says first is no change, so it counts at once; but
not behind a PIN that somebody may have set only to say it, and whoever was paid on her own number before, or
has named one, changes it (DR-208).
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, exists, select

from core.actor import Actor
from core.db import Database, Tx
from core.ledger import service as ledger
from core.money import ZERO
from core.msisdn import e164, other_network
from core.payouts import due, locks
from core.payouts.models import Payout
from core.users import payees, pin_state, pins
from core.users.models import PayeeNumber, User

PAYOUT = "payout"
# A PIN of this age was there before whoever has just got hold of the phone or of the account.
SETTLED = timedelta(hours=24)
_MINE = PayeeNumber.user_id == User.user_id, PayeeNumber.purpose == PAYOUT
_SAID = select(
    User.phone_number,
    exists()
    .where(*_MINE, PayeeNumber.stopped_at.is_(None), PayeeNumber.starts_at <= bindparam("now"))
    .label("named"),
    exists()
    .where(*_MINE, PayeeNumber.stopped_at.is_(None), PayeeNumber.starts_at > bindparam("now"))
    .label("coming"),
    exists().where(*_MINE).label("ever"),
    exists().where(Payout.payee_id == User.user_id, Payout.status == "paid").label("paid"),
).where(User.user_id == bindparam("user_id"))


@dataclass(frozen=True)
class Naming:
    """How it stands with a payee's number.

    needed   her money waits until a number of hers counts
    coming   she has named one, and it counts later
    at_once  what she names now counts at once (DR-208)
    """

    needed: bool
    coming: bool
    at_once: bool


def must_name(tx: Tx, user_id: int) -> bool:
    """Whether the payee's money waits until a number of hers counts; one narrow look."""
    return _needed(_said(tx, user_id))


def standing(tx: Tx, user_id: int) -> Naming:
    """Whether the payee has to name a number, has named one, and whether another would count at once."""
    row = _said(tx, user_id)
    needed = _needed(row)
    return Naming(
        needed=needed,
        coming=needed and row.coming,
        at_once=needed and not row.ever and not _is_doubtful(tx, user_id),
    )


def _said(tx: Tx, user_id: int) -> Any:
    return tx.look(_SAID, user_id=user_id, now=tx.now).one()


def _needed(row: Any) -> bool:
    return not (row.named or row.paid) and other_network(row.phone_number)


def _is_doubtful(tx: Tx, user_id: int) -> bool:
    """Whether her PIN is younger than SETTLED, and money waits or our people had reset the last one."""
    if pin_state.is_settled(tx, user_id, age=SETTLED):
        return False
    owed = any(ledger.balance(tx, account) < ZERO for account in due.accounts_of(user_id))
    return owed or pin_state.was_reset(tx, user_id)


def name_number(
    db: Database, actor: Actor, *, purpose: str, msisdn: str, pin: str, once_key: str
) -> PayeeNumber:
    """As payees.name_number; but where a payout number has to be named the first counts at once, unless the
    PIN is too new for it, and her own phone always does: it is the one that we know.

    Raises as payees.name_number.
    """
    number = e164(msisdn)

    def work(tx: Tx) -> PayeeNumber:
        first = False
        if purpose == PAYOUT and actor.user_id is not None:
            # locked before it is judged, else two at once would both be the first
            own = locks.payee(tx, actor.user_id).phone_number
            now = standing(tx, actor.user_id)
            first = now.at_once or (now.needed and number == own)
        return payees.name(tx, actor, purpose=purpose, number=number, first=first)

    return pins.with_pin(db, actor, pin=pin, once_key=once_key, work=work)
