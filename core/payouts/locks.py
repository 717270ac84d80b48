"""Row locks of payouts: the payee's person first, so that two payouts to her are made one after the other."""

from sqlalchemy import select

from core.db import Tx
from core.payouts.errors import PayoutUnknown
from core.payouts.models import Payout
from core.users.models import User


def payee(tx: Tx, user_id: int) -> User:
    """The person, locked; raises PayoutUnknown."""
    found = tx.session.get(User, user_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise PayoutUnknown(user_id=user_id)
    return found


def payout(tx: Tx, payout_id: int) -> Payout:
    """The payout, locked after its payee; raises PayoutUnknown."""
    payee_id = tx.session.scalar(select(Payout.payee_id).where(Payout.payout_id == payout_id))
    if payee_id is None:
        raise PayoutUnknown(payout_id=payout_id)
    payee(tx, payee_id)
    query = select(Payout).where(Payout.payout_id == payout_id).with_for_update()
    return tx.session.scalars(query.execution_options(populate_existing=True)).one()
