"""What people read of payouts: lists, the payee's statement, and the figures of a period (DR-1304)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from core.actor import Actor
from core.db import Tx
from core.errors import BadInput, NotFound
from core.ledger import accounts
from core.ledger.models import JournalEntry, LedgerLine
from core.money import ZERO
from core.orders.models import Order
from core.payouts import due, locks
from core.payouts.errors import PayoutUnknown
from core.payouts.models import Payout, PayoutOrder
from core.users import service as users

STATEMENT = 5


@dataclass(frozen=True)
class PayoutView:
    """A payout as its payee and admins see it; money KES, `orders` the order numbers it covers (DR-1304)."""

    payout_id: int
    payee_id: int
    amount: Decimal
    gross: Decimal
    commission: Decimal
    status: str
    run_date: str
    first_payout: bool
    reason: str
    receipt: str | None
    orders: tuple[str, ...]
    created_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True)
class Figures:
    """What was earned and paid in a period, and what is owed and held now, KES (DR-1304)."""

    gross: Decimal
    commission: Decimal
    net: Decimal
    paid: Decimal
    owed: Decimal
    held: Decimal


def listed(
    tx: Tx, actor: Actor, *, payee_id: int | None = None, status: str | None = None, before: int | None = None
) -> list[PayoutView]:
    """Payouts, newest first, a page at a time; an admin's of everybody, a payee's her own.

    before  the last payout_id of the page before

    Raises NotAllowed, NotFound for somebody else's.
    """
    mine = payee_id is not None and payee_id == actor.user_id
    user = users.may(tx, actor, "read", "payouts", own=mine or payee_id is None, payee_id=payee_id)
    whose = payee_id if user.user_role == "admin" else user.user_id
    query = select(Payout).order_by(Payout.payout_id.desc()).limit(tx.setting("api.page_size"))
    if whose is not None:
        query = query.where(Payout.payee_id == whose)
    if status is not None:
        query = query.where(Payout.status == status)
    if before is not None:
        query = query.where(Payout.payout_id < before)
    return _views(tx, list(tx.session.scalars(query)))


def one(tx: Tx, actor: Actor, *, payout_id: int) -> PayoutView:
    """One payout; raises NotAllowed, and PayoutUnknown whether it is foreign or not there (DR-211)."""
    payout = tx.session.get(Payout, payout_id)
    own = payout is not None and payout.payee_id == actor.user_id
    try:
        users.may(tx, actor, "read", "payouts", own=own)
    except NotFound:
        raise PayoutUnknown(payout_id=payout_id) from None
    if payout is None:
        raise PayoutUnknown(payout_id=payout_id)
    return _views(tx, [payout])[0]


def statement(tx: Tx, actor: Actor) -> list[PayoutView]:
    """The payee's last five payouts, newest first (DR-1304). Raises NotAllowed."""
    user = users.may(tx, actor, "read", "payouts", own=True)
    query = select(Payout).where(Payout.payee_id == user.user_id).order_by(Payout.payout_id.desc())
    return _views(tx, list(tx.session.scalars(query.limit(STATEMENT))))


def figures(
    tx: Tx, actor: Actor, *, since: datetime, until: datetime, payee_id: int | None = None
) -> Figures:
    """Gross, commission, paid and held of a period: an admin's of all or of one payee, a payee's own.

    since, until  aware moments, the second one not counted

    Raises NotAllowed, NotFound for somebody else's, BadInput, PayoutUnknown.
    """
    mine = payee_id is not None and payee_id == actor.user_id
    user = users.may(tx, actor, "read", "stats", own=mine or payee_id is None, payee_id=payee_id)
    if until <= since:
        raise BadInput(until=until.isoformat())
    whose = payee_id if user.user_role == "admin" else user.user_id
    if whose is not None:
        locks.payee(tx, whose)
    line, ours = aliased(LedgerLine), aliased(LedgerLine)
    earned = tx.session.execute(
        select(func.sum(line.amount), func.sum(ours.amount))
        .join(JournalEntry, JournalEntry.entry_id == line.entry_id)
        .outerjoin(ours, (ours.entry_id == line.entry_id) & (ours.account == accounts.COMMISSION))
        .where(
            _accounts(line, whose),
            JournalEntry.at >= since,
            JournalEntry.at < until,
            JournalEntry.order_id.is_not(None),
        )
    ).one()
    net, commission = -(earned[0] or ZERO), -(earned[1] or ZERO)
    paid = select(func.sum(Payout.amount)).where(
        Payout.status == "paid", Payout.settled_at >= since, Payout.settled_at < until
    )
    paid = paid if whose is None else paid.where(Payout.payee_id == whose)
    owed, held = _standing(tx, whose)
    return Figures(net + commission, commission, net, tx.session.scalar(paid) or ZERO, owed, held)


def _standing(tx: Tx, whose: int | None) -> tuple[Decimal, Decimal]:
    """What is owed now, and what of it may not go yet; for everybody: what no payout has been made of yet."""
    if whose is None:
        owed = -(
            tx.session.scalar(select(func.sum(LedgerLine.amount)).where(_accounts(LedgerLine, None))) or ZERO
        )
        free = tx.session.scalar(
            select(func.sum(Payout.amount)).where(Payout.status.in_(("pending", "eligible", "on_hold")))
        )
        return owed, owed - (free or ZERO)
    there = [due.of_account(tx, account) for account in due.accounts_of(whose)]
    return sum((d.owed for d in there), ZERO), sum((d.owed - d.payable for d in there), ZERO)


def _accounts(line: type[LedgerLine], whose: int | None) -> ColumnElement[bool]:
    if whose is not None:
        return line.account.in_(due.accounts_of(whose))
    return line.account.like("farmer_due:%") | line.account.like("rider_due:%")


def _views(tx: Tx, payouts: list[Payout]) -> list[PayoutView]:
    numbers: dict[int, list[str]] = {}
    covered = (
        select(PayoutOrder.payout_id, Order.order_number)
        .join(Order, Order.order_id == PayoutOrder.order_id)
        .where(PayoutOrder.payout_id.in_([payout.payout_id for payout in payouts]))
        .order_by(PayoutOrder.order_id)
    )
    for payout_id, number in tx.session.execute(covered) if payouts else ():
        numbers.setdefault(payout_id, []).append(number)
    return [
        PayoutView(
            payout_id=payout.payout_id,
            payee_id=payout.payee_id,
            amount=payout.amount,
            gross=payout.gross,
            commission=payout.commission,
            status=payout.status,
            run_date=payout.run_date.isoformat(),
            first_payout=payout.first_payout,
            reason=payout.reason,
            receipt=payout.receipt,
            orders=tuple(numbers.get(payout.payout_id, ())),
            created_at=payout.created_at,
            settled_at=payout.settled_at,
        )
        for payout in payouts
    ]
