"""Whose money waits with us until an M-Pesa number of hers counts (DR-208): for our own people's eyes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import bindparam, func, select

from core.actor import Actor
from core.db import Tx
from core.ledger import service as ledger
from core.money import ZERO
from core.msisdn import other_network
from core.payouts import due, naming
from core.users import service as users
from core.users.models import PayeeNumber, User


@dataclass(frozen=True)
class Waits:
    """A payee who has no number yet: KES that could be paid now, since when, and from when one will count.

    counts_from  of the number that she has named; None: she has named none
    """

    payee_id: int
    amount: Decimal
    since: datetime | None
    counts_from: datetime | None


_COMING = select(func.max(PayeeNumber.starts_at)).where(
    PayeeNumber.user_id == bindparam("user_id"),
    PayeeNumber.purpose == naming.PAYOUT,
    PayeeNumber.stopped_at.is_(None),
)


def for_number(tx: Tx, actor: Actor) -> Sequence[Waits]:
    """Everybody whose money waits for a number, the longest wait first. Raises NotAllowed."""
    users.may(tx, actor, "read", "payouts", own=False)
    owed = {*ledger.owners(tx, "farmer_due"), *ledger.owners(tx, "rider_due")}
    phones = tx.session.execute(select(User.user_id, User.phone_number).where(User.user_id.in_(owed)))
    elsewhere = [user_id for user_id, phone in phones if other_network(phone)]
    found = [_of(tx, user_id) for user_id in sorted(elsewhere) if naming.must_name(tx, user_id)]
    return sorted(
        (one for one in found if one.amount > ZERO), key=lambda one: (one.since or tx.now, one.payee_id)
    )


def _of(tx: Tx, user_id: int) -> Waits:
    both = [due.of_account(tx, account) for account in due.accounts_of(user_id)]
    payable = [one for one in both if one.payable > ZERO]
    return Waits(
        payee_id=user_id,
        amount=sum((one.payable for one in payable), ZERO),
        since=min((one.since for one in payable if one.since is not None), default=None),
        counts_from=tx.look(_COMING, user_id=user_id).scalar_one(),
    )
