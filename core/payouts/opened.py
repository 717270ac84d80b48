"""One payout of the payee's own, opened: of how many orders, what was earned, what came off it (DR-1304)."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select

from core.actor import Actor
from core.db import Tx
from core.payouts import set_off
from core.payouts.errors import PayoutUnknown
from core.payouts.models import Payout, PayoutOrder


@dataclass(frozen=True)
class OpenedView:
    """A payout, KES: `gets` of `orders` orders after `commission`, less `off`, which went back to buyers at
    her fault (DR-1006); `receipt` is M-Pesa's, "" while there is none."""

    orders: int
    gets: Decimal
    commission: Decimal
    off: Decimal
    receipt: str


def of_mine(tx: Tx, actor: Actor, *, payout_id: int) -> OpenedView:
    """The actor's own. Raises PayoutUnknown, also for somebody else's (DR-211)."""
    payout = tx.session.get(Payout, payout_id)
    if payout is None or payout.payee_id != actor.user_id:
        raise PayoutUnknown(payout_id=payout_id)
    covered = select(func.count()).where(PayoutOrder.payout_id == payout_id)
    return OpenedView(
        orders=tx.session.scalar(covered) or 0,
        gets=payout.gross - payout.commission,
        commission=payout.commission,
        off=set_off.of_payout(tx, payout),
        receipt=payout.receipt or "",
    )
