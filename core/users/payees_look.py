"""Where the actor's money goes now and next: one narrow look for a phone's screen (DR-208)."""

from sqlalchemy import bindparam, select

from core.actor import Actor
from core.db import Tx
from core.errors import NotFound
from core.msisdn import masked
from core.users.models import PayeeNumber, User
from core.users.payees import PURPOSES, SEALED_FOR, PayeeView

_NUMBERS = (
    select(User.phone_number, PayeeNumber.payee_number_id, PayeeNumber.sealed, PayeeNumber.starts_at)
    .outerjoin(
        PayeeNumber,
        (PayeeNumber.user_id == User.user_id)
        & (PayeeNumber.purpose == bindparam("purpose"))
        & PayeeNumber.stopped_at.is_(None),
    )
    .where(User.user_id == bindparam("user_id"))
    # At most one waits, since a later word stops it: it comes first, behind it the one in effect.
    .order_by(PayeeNumber.starts_at.desc(), PayeeNumber.payee_number_id.desc())
    .limit(2)
)


def mine(tx: Tx, actor: Actor, *, purpose: str) -> PayeeView:
    """As payees.mine, past the ORM; numbers masked. Raises NotFound for a stranger.

    purpose  payout or refund
    """
    assert purpose in PURPOSES
    rows = tx.look(_NUMBERS, user_id=actor.user_id, purpose=purpose).all()
    if not rows:
        raise NotFound(record="user", id=actor.user_id)
    coming = rows[0] if rows[0].starts_at is not None and rows[0].starts_at > tx.now else None
    named = [row for row in rows if row is not coming and row.sealed is not None]
    open_ = tx.parts.vault.open
    return PayeeView(
        purpose=purpose,
        number=masked(open_(SEALED_FOR, named[0].sealed) if named else rows[0].phone_number),
        next_number=masked(open_(SEALED_FOR, coming.sealed)) if coming else None,
        starts_at=coming.starts_at if coming else None,
        payee_number_id=coming.payee_number_id if coming else None,
    )
