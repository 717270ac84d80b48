"""How one order of hers stands in money, line by line, for the screen she looks at (7.2, 8.2, 8.3).

The same sums as core/payments/standing.py, made of four narrow looks, since a phone waits for them.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from math import ceil
from typing import Any

from sqlalchemy import bindparam, case, func, select

from core.actor import Actor
from core.db import Tx
from core.ledger import accounts, postings
from core.ledger.models import AccountBalance, JournalEntry, LedgerLine
from core.money import ZERO
from core.msisdn import masked
from core.orders import rules as order_rules
from core.orders.cash_rules import CASH
from core.orders.models import Order
from core.payments import rules
from core.payments.errors import PaymentUnknown
from core.payments.models import PaymentTransaction, Refund

BANK = "bank_transfer"
KEPT = "kept_as_credit"
BEFORE_THE_DOOR = ("confirmed", "processing", "ready_for_delivery", "out_for_delivery")


@dataclass(frozen=True)
class BackView:
    """Money that goes back to her, KES; `state` asked, coming, back, kept (for her next order), refused;
    or owed: it paid what was missing at an earlier door, and does not.

    number  where it goes, only its ends (DR-1904); "" where it goes no phone
    """

    sum: Decimal
    state: str
    number: str


@dataclass(frozen=True)
class MoneyView:
    """The sums of one order, KES.

    asked        what it costs now; of a cancelled one what it was charged (7.3)
    received     what came in for it, by any road
    from_kept    of that, what we had kept for her (DR-103)
    due          what is still to be paid, and what she owes from a door with it (DR-902); 0.00: nothing
    finding_out  of payments whose outcome nobody knows yet (8.2, `unknown`)
    on_phone     a payment request is on a phone now; it is gone in `seconds` at the latest
    prompts_left how often M-Pesa may still be asked (P4)
    at_the_door  it is paid in cash when it comes
    pay_by       until when an unpaid order is kept, longer once a part of it is paid (DR-808)
    reference    what to type at the paybill (DR-111)
    """

    asked: Decimal
    received: Decimal
    from_kept: Decimal
    due: Decimal
    finding_out: Decimal
    on_phone: Decimal
    seconds: int
    prompts_left: int
    at_the_door: bool
    wants_money: bool
    pay_by: datetime
    reference: str
    backs: tuple[BackView, ...]


_ORDER = select(
    Order.order_number,
    Order.order_status,
    Order.payment_method,
    Order.amount_asked,
    Order.created_at,
    select(AccountBalance.balance)
    .where(AccountBalance.account == bindparam("credit"))
    .scalar_subquery()
    .label("kept"),
    select(func.sum(LedgerLine.amount))
    .where(
        LedgerLine.account == bindparam("credit"),
        LedgerLine.line_id
        > func.coalesce(
            select(AccountBalance.through_line)
            .where(AccountBalance.account == bindparam("credit"))
            .scalar_subquery(),
            0,
        ),
    )
    .scalar_subquery()
    .label("since"),
).where(Order.order_id == bindparam("order_id"), Order.customer_id == bindparam("customer_id"))
_SUMS = (
    select(
        JournalEntry.kind,
        func.sum(LedgerLine.amount).label("moved"),
        func.sum(case((JournalEntry.source_id.endswith(postings.OWED), LedgerLine.amount))).label("owed"),
    )
    .join(JournalEntry, JournalEntry.entry_id == LedgerLine.entry_id)
    .where(LedgerLine.account == bindparam("account"))
    .group_by(JournalEntry.kind)
)
_ATTEMPTS = (
    select(
        PaymentTransaction.status,
        PaymentTransaction.method,
        PaymentTransaction.amount,
        PaymentTransaction.open_for,
        PaymentTransaction.requested_at,
        PaymentTransaction.created_at,
    )
    .where(PaymentTransaction.order_id == bindparam("order_id"))
    .order_by(PaymentTransaction.transaction_id.desc())
    .limit(20)
)
_REFUNDS = (
    select(Refund.amount, Refund.status, Refund.road, Refund.to_number)
    .where(Refund.order_id == bindparam("order_id"))
    .order_by(Refund.refund_id)
    .limit(20)
)
_STATES = {"requested": "asked", "rejected": "refused", "completed": "back"}


def of_order(tx: Tx, actor: Actor, *, order_id: int) -> MoneyView:
    """The money of one order of the actor's own. Raises PaymentUnknown, also for a stranger's (DR-211)."""
    user_id = actor.user_id
    credit = f"customer_credit:{user_id}"
    order = tx.look(_ORDER, order_id=order_id, customer_id=user_id, credit=credit).first()
    if order is None:
        raise PaymentUnknown(order_id=order_id)
    sums, owed = defaultdict[str, Decimal](lambda: ZERO), ZERO
    for row in tx.look(_SUMS, account=accounts.order_funds(order_id)):
        sums[row.kind] = row.moved
        owed += (row.owed or ZERO) if row.kind == KEPT else ZERO
    attempts = tx.look(_ATTEMPTS, order_id=order_id).all()
    received = -sum((sums[kind] for kind in postings.MONEY_IN), ZERO)
    returned = sum((sums[kind] for kind in postings.GIVEN_BACK), ZERO)
    asked = order.amount_asked
    if order.order_status == "cancelled":
        asked = sum(sums.values(), ZERO) + received - returned
    missing = max(ZERO, asked - (received - returned))
    debt = max(ZERO, (order.kept or ZERO) + (order.since or ZERO))
    at_the_door = order.payment_method == CASH and order.order_status in BEFORE_THE_DOOR
    payable = order.order_status == "pending_payment" or at_the_door
    due = missing if payable else ZERO
    ringing = [row for row in attempts if row.open_for is not None and _free_at(row) > tx.now]
    prompts = sum(row.method == "stk" for row in attempts)
    return MoneyView(
        asked=asked,
        received=received,
        from_kept=sum(
            (row.amount for row in attempts if (row.method, row.status) == ("credit", "succeeded")), ZERO
        ),
        due=due + debt if due > ZERO else ZERO,
        finding_out=sum((row.amount for row in attempts if row.status == "unknown"), ZERO),
        on_phone=ringing[0].amount if ringing else ZERO,
        seconds=ceil((_free_at(ringing[0]) - tx.now).total_seconds()) if ringing else 0,
        prompts_left=max(0, int(tx.setting("mpesa.max_prompts")) - prompts),
        at_the_door=at_the_door,
        wants_money=due > ZERO,
        pay_by=order.created_at + _window(tx, order.payment_method, part_paid=received > ZERO),
        reference=order_rules.reference(order.order_number),
        backs=(
            *(_back(row) for row in tx.look(_REFUNDS, order_id=order_id)),
            *_little(sums[KEPT] - owed, owed),
        ),
    )


def _little(kept: Decimal, owed: Decimal) -> Iterator[BackView]:
    """What was too little to send back, or change from her door, and what of it paid her debt from another
    (DR-810, DR-902)."""
    for state, amount in (("kept", kept), ("owed", owed)):
        if amount > ZERO:
            yield BackView(sum=amount, state=state, number="")


def _free_at(row: Any) -> datetime:
    """From then on the prompt can be on no phone any more."""
    moment: datetime = row.requested_at or row.created_at
    return moment + rules.PROMPT_LIFE


def _window(tx: Tx, method: str, *, part_paid: bool) -> timedelta:
    if method == BANK:
        window = timedelta(hours=tx.setting("payment.bank_window_hours"))
    else:
        window = timedelta(minutes=tx.setting("payment.mpesa_window_minutes"))
    more = timedelta(minutes=tx.setting("payment.partial_extension_minutes"))
    return window + more if part_paid else window


def _back(row: Any) -> BackView:
    kept = row.road == "credit" and row.status != "rejected"
    return BackView(
        sum=row.amount,
        state="kept" if kept else _STATES.get(row.status, "coming"),
        number=masked(row.to_number) if row.to_number else "",
    )
