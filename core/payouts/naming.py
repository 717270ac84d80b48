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
from core.ledger.several import balances
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
    ever     she has named one before, whatever became of it
    """

    needed: bool
    coming: bool
    ever: bool


def must_name(tx: Tx, user_id: int) -> bool:
    """Whether the payee's money waits until a number of hers counts; one narrow look."""
    return _needed(_said(tx, user_id))


def standing(tx: Tx, user_id: int) -> Naming:
    """Whether the payee has to name a number, and whether she has named one; one narrow look."""
    row = _said(tx, user_id)
    needed = _needed(row)
    return Naming(needed=needed, coming=needed and row.coming, ever=row.ever)


def counts_at_once(tx: Tx, user_id: int, *, number: str, own: str) -> bool:
    """Whether this number (E.164) would count at once if named now; `own` is the one that we know her by."""
    named = standing(tx, user_id)
    return named.needed and (number == own or (not named.ever and not _is_doubtful(tx, user_id)))


def _said(tx: Tx, user_id: int) -> Any:
    return tx.look(_SAID, user_id=user_id, now=tx.now).one()


def _needed(row: Any) -> bool:
    return not (row.named or row.paid) and other_network(row.phone_number)


def _is_doubtful(tx: Tx, user_id: int) -> bool:
    """Whether her PIN is younger than SETTLED, and money waits or our people had reset the last one."""
    pin = pin_state.age_of(tx, user_id, age=SETTLED)
    if pin.settled:
        return False
    return pin.was_reset or min(balances(tx, due.accounts_of(user_id)).values(), default=ZERO) < ZERO


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
            first = counts_at_once(tx, actor.user_id, number=number, own=own)
        return payees.name(tx, actor, purpose=purpose, number=number, first=first)

    return pins.with_pin(db, actor, pin=pin, once_key=once_key, work=work)
