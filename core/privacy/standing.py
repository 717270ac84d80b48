"""What of a person's is still open, so that her data cannot go yet (DR-1902): the same few looks for all."""

from collections import Counter

from sqlalchemy import BindParameter, bindparam, func, literal, select, union_all

from core.actor import Actor
from core.db import Tx
from core.events import WorkSought
from core.ledger import accounts
from core.ledger.models import LedgerLine
from core.ledger.several import balances
from core.money import ZERO
from core.orders.models import Order
from core.payments.machine import REFUND_OPEN
from core.payments.models import Refund, SuspensePayment
from core.payouts.models import Payout
from core.support.machine import OPEN as OPEN_TICKETS
from core.support.models import Ticket
from core.support.rules import DISPUTE

_HER: BindParameter[int] = bindparam("user_id")
_MINE = select(Order.order_id).where(Order.customer_id == _HER)
_BOUGHT = "bought"
_MONEY = union_all(
    select(literal(_BOUGHT).label("kind"), Order.order_id.label("id")).where(Order.customer_id == _HER),
    select(literal("refund"), Refund.refund_id).where(
        Refund.order_id.in_(_MINE), Refund.status.in_(REFUND_OPEN)
    ),
    select(literal("suspense"), SuspensePayment.suspense_id).where(
        SuspensePayment.user_id == _HER, SuspensePayment.status.in_(("open", "returning"))
    ),
    select(literal("payout"), Payout.payout_id).where(Payout.payee_id == _HER, Payout.open_for.is_not(None)),
    select(literal("ticket"), Ticket.ticket_id).where(
        Ticket.user_id == _HER, Ticket.kind == DISPUTE, Ticket.ticket_status.in_(OPEN_TICKETS)
    ),
)
_HELD_FOR_ORDERS = (
    select(LedgerLine.account)
    .where(LedgerLine.account.in_(bindparam("names", expanding=True)))
    .group_by(LedgerLine.account)
    .having(func.sum(LedgerLine.amount) != ZERO)
)


def open_names(tx: Tx, user_id: int) -> list[str]:
    """What stands in the way of erasure, by name ("order:45", "farmer_due:7"): orders, listings, deliveries,
    refunds, payouts, disputes, and accounts of hers or of her orders (DR-1005) that are not 0.00."""
    work = WorkSought(user_id=user_id)
    tx.emit(work)
    hers = balances(
        tx,
        (
            accounts.customer_credit(user_id),
            accounts.farmer_due(user_id),
            accounts.rider_due(user_id),
            accounts.rider_cash(user_id),
        ),
    )
    found = tx.look(_MONEY, user_id=user_id).all()
    bought = [row.id for row in found if row.kind == _BOUGHT]
    kept_for = [
        name(order_id) for order_id in bought for name in (accounts.order_funds, accounts.refunds_due)
    ]
    return [
        *work.open,
        *(f"{row.kind}:{row.id}" for row in found if row.kind != _BOUGHT),
        *(name for name, balance in hers.items() if balance != ZERO),
        *(tx.look(_HELD_FOR_ORDERS, names=kept_for).scalars() if kept_for else ()),
    ]


def open_kinds(tx: Tx, actor: Actor) -> dict[str, int]:
    """The same of the actor herself, counted by kind ("order", "farmer_due"); for a screen that explains."""
    names = open_names(tx, actor.user_id) if actor.user_id is not None else []
    return dict(Counter(name.partition(":")[0] for name in names))
