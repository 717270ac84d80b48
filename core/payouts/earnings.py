"""A payee's money as her phone shows it: balance, what is held and why, payday, payouts, the month (DR-1304).

Narrow looks, none of them longer than what is not paid out yet; the sums are those of core/payouts/due.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import bindparam, exists, func, select
from sqlalchemy.orm import aliased

from core import events
from core.actor import Actor
from core.clock import NAIROBI, nairobi
from core.db import Tx
from core.ledger import accounts
from core.ledger.models import JournalEntry, LedgerLine
from core.ledger.several import balances
from core.money import ZERO
from core.orders.models import Claim, Order
from core.payouts import due
from core.payouts.models import Payout, PayoutOrder
from core.payouts.statements import STATEMENT

Why = Literal["not_over", "too_soon", "argued"]
_DONE = {"completed": "delivered_at", "cancelled": "cancelled_at"}


@dataclass(frozen=True)
class HeldView:
    """A share that may not go yet, KES: its order's last four, why, and (too_soon) from when on it may."""

    tail: str
    amount: Decimal
    why: Why
    until: datetime | None


@dataclass(frozen=True)
class PaidView:
    """A payout in short, KES; `day` is when it was settled, else when it was made."""

    payout_id: int
    amount: Decimal
    status: str
    day: date
    first: bool


@dataclass(frozen=True)
class EarningsView:
    """A payee's money now, KES.

    owed       all that we owe her; below zero: she owes us (DR-1006)
    payable    what may go at the next run
    held       what may not go yet, one row an order, the soonest first
    cash       what she took in cash at her farm and has not brought (DR-903): it is kept back
    last       her last payouts, newest first; the open one among them
    """

    owed: Decimal
    payable: Decimal
    held: tuple[HeldView, ...]
    cash: Decimal
    last: tuple[PaidView, ...]


@dataclass(frozen=True)
class MonthView:
    """What a month has brought so far, KES: before our commission, the commission, what is hers."""

    month: date
    orders: int
    gross: Decimal
    commission: Decimal
    net: Decimal


_ours = aliased(LedgerLine)
_SHARES = (
    select(
        LedgerLine.account,
        JournalEntry.order_id,
        Order.order_number,
        Order.order_status,
        Order.delivered_at,
        Order.cancelled_at,
        exists()
        .where(Claim.order_id == JournalEntry.order_id, Claim.claim_status == "open")
        .label("claimed"),
        func.sum(LedgerLine.amount).label("amount"),
    )
    .join(JournalEntry, JournalEntry.entry_id == LedgerLine.entry_id)
    .join(Order, Order.order_id == JournalEntry.order_id)
    .where(
        LedgerLine.account.in_(bindparam("names", expanding=True)),
        ~exists().where(
            PayoutOrder.covered == LedgerLine.account, PayoutOrder.order_id == JournalEntry.order_id
        ),
    )
    .group_by(
        LedgerLine.account,
        JournalEntry.order_id,
        Order.order_number,
        Order.order_status,
        Order.delivered_at,
        Order.cancelled_at,
    )
    .order_by(JournalEntry.order_id)
)
_LAST = (
    select(
        Payout.payout_id,
        Payout.amount,
        Payout.status,
        Payout.settled_at,
        Payout.created_at,
        Payout.first_payout,
    )
    .where(Payout.payee_id == bindparam("payee_id"), Payout.status != "cancelled")
    .order_by(Payout.payout_id.desc())
    .limit(STATEMENT)
)
_MONTH = (
    select(
        func.count(JournalEntry.order_id.distinct()).label("orders"),
        func.sum(LedgerLine.amount).label("net"),
        func.sum(_ours.amount).label("commission"),
    )
    .join(JournalEntry, JournalEntry.entry_id == LedgerLine.entry_id)
    .outerjoin(_ours, (_ours.entry_id == LedgerLine.entry_id) & (_ours.account == accounts.COMMISSION))
    .where(
        LedgerLine.account.in_(bindparam("names", expanding=True)),
        JournalEntry.at >= bindparam("since"),
        JournalEntry.order_id.is_not(None),
    )
)


def now(tx: Tx, actor: Actor) -> EarningsView:
    """The actor's own money as it stands; four narrow statements."""
    if actor.user_id is None:
        return EarningsView(ZERO, ZERO, (), ZERO, ())
    farmer, rider = due.accounts_of(actor.user_id)
    cash_of = accounts.rider_cash(actor.user_id)
    there = balances(tx, (farmer, rider, cash_of))
    shares = tx.look(_SHARES, names=[farmer, rider]).all()
    held = _held(tx, shares)
    owed = -there[farmer] - there[rider]
    # Cash that a farmer took is kept from her money; a rider's is between him and the next offers.
    cash = max(ZERO, there[cash_of]) if there[farmer] else ZERO
    return EarningsView(
        owed=owed,
        payable=owed - sum((one.amount for one in held), ZERO) - cash,
        held=held,
        cash=cash,
        last=last(tx, actor),
    )


def last(tx: Tx, actor: Actor) -> tuple[PaidView, ...]:
    """The actor's last five payouts, newest first, without those that were let go (DR-1304)."""
    return tuple(
        PaidView(
            row.payout_id,
            row.amount,
            row.status,
            nairobi(row.settled_at or row.created_at).date(),
            row.first_payout,
        )
        for row in tx.look(_LAST, payee_id=actor.user_id)
    )


def month(tx: Tx, actor: Actor) -> MonthView:
    """What this month (Nairobi) has brought the actor so far; one statement."""
    first = nairobi(tx.now).date().replace(day=1)
    since = datetime.combine(first, time(0), NAIROBI)
    names = list(due.accounts_of(actor.user_id or 0))
    row = tx.look(_MONTH, names=names, since=since).one()
    net, commission = -(row.net or ZERO), -(row.commission or ZERO)
    return MonthView(first, row.orders or 0, net + commission, commission, net)


def payday(tx: Tx, *, after: datetime | None = None) -> datetime:
    """The next daily run (DR-1302), aware, Nairobi; `after` a moment, else from now."""
    moment = nairobi(max(after, tx.now) if after else tx.now)
    run = datetime.combine(moment.date(), tx.setting("payout.run_local"), NAIROBI)
    return run if run >= moment else run + timedelta(days=1)


def _held(tx: Tx, shares: Sequence[Any]) -> tuple[HeldView, ...]:
    """Of each share that is not free (DR-1301) the reason; what is owed back holds nothing."""
    if not shares:
        return ()
    sought = events.DisputesSought(order_ids=tuple(sorted({share.order_id for share in shares})))
    tx.emit(sought)
    hold = timedelta(hours=tx.setting("payout.hold_hours"))
    found = []
    for share in shares:
        done = _DONE.get(share.order_status)
        ended = getattr(share, done) if done else None
        until = ended + hold if ended is not None else None
        why: Why | None = None
        if share.claimed or share.order_id in sought.disputed:
            why = "argued"
        elif until is None:
            why = "not_over"
        elif until > tx.now:
            why = "too_soon"
        if why and -share.amount > ZERO:
            when = until if why == "too_soon" else None
            found.append(HeldView(share.order_number[-4:], -share.amount, why, when))
    return tuple(sorted(found, key=lambda one: (one.until is None, one.until or tx.now, one.tail)))
