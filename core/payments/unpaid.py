"""A customer's order that still waits for its money, and where its payment stands: the truth in one look.

What a person is told who was cut off while paying: the request is on its way, nobody knows yet, it failed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm import aliased

from core.actor import Actor
from core.db import Tx
from core.ledger import accounts
from core.ledger import service as ledger
from core.money import ZERO
from core.orders import rules as order_rules
from core.orders.models import Order
from core.payments import rules
from core.payments.models import PaymentTransaction
from core.payments.whys import WHY
from core.settings import switches

BANK = "bank_transfer"
# Nothing has been received for such an order; of any other the ledger is asked.
_NOTHING_YET = ("pending", "failed")

State = Literal["bank", "sent", "unclear", "unpaid", "spent", "paused"]


@dataclass(frozen=True)
class Waiting:
    """An unpaid order.

    due    what is still to pay, KES, whole shillings
    state  bank     a transfer is awaited
           sent     a request may stand on `msisdn` since `sent_at`, until `until` at the latest
           unclear  nobody knows whether it was paid: it is being asked about, do not pay again
           unpaid   nothing is on its way, another request may be sent
           spent    as many requests were sent as may be (DR-703): only the paybill is left
           paused   no requests are sent just now (DR-1703): the paybill, or later
    by     until when it can be paid (DR-808), aware
    why    why the last request brought nothing, if one has failed (core/payments/whys.py)
    """

    order_id: int
    order_number: str
    due: Decimal
    state: State
    msisdn: str
    sent_at: datetime | None
    until: datetime | None
    by: datetime
    why: str

    @property
    def tail(self) -> str:
        """The last four characters, by which people name an order (DR-110)."""
        return self.order_number[-4:]

    @property
    def reference(self) -> str:
        """The account reference at the paybill and for a transfer (DR-111)."""
        return order_rules.reference(self.order_number)


_Try = aliased(PaymentTransaction)
_OF_ORDER = and_(_Try.order_id == Order.order_id, _Try.method == "stk")
_NEWEST = select(func.max(_Try.transaction_id)).where(_OF_ORDER).correlate(Order).scalar_subquery()
_TRIES = select(func.count(_Try.transaction_id)).where(_OF_ORDER).correlate(Order).scalar_subquery()
_ORDER = (
    select(
        Order.order_id, Order.order_number, Order.amount_asked, Order.payment_method, Order.payment_status,
        Order.created_at, PaymentTransaction.status, PaymentTransaction.msisdn, PaymentTransaction.amount,
        PaymentTransaction.requested_at, PaymentTransaction.created_at.label("tried_at"),
        PaymentTransaction.details,
        _TRIES.label("tries"),
    )
    .outerjoin(PaymentTransaction, PaymentTransaction.transaction_id == _NEWEST)
    .where(Order.customer_id == bindparam("customer_id"), Order.order_status == "pending_payment")
)  # fmt: skip
_LATEST = _ORDER.order_by(Order.order_id.desc()).limit(1)
_THIS = _ORDER.where(Order.order_id == bindparam("order_id"))


def newest(tx: Tx, actor: Actor) -> Waiting | None:
    """The acting customer's newest order that waits for money, or None; one narrow look (where a part was
    paid, some more)."""
    row = tx.look(_LATEST, customer_id=actor.user_id).first()
    return None if row is None else _waiting(tx, row)


def of_order(tx: Tx, actor: Actor, *, order_id: int) -> Waiting | None:
    """The same of one order of hers; None if it is not hers, or waits no more."""
    row = tx.look(_THIS, customer_id=actor.user_id, order_id=order_id).first()
    return None if row is None else _waiting(tx, row)


def tries(tx: Tx, order: Order) -> int:
    """How many requests were made for the order, of `mpesa.max_prompts` (P4)."""
    mine = select(func.count()).where(
        PaymentTransaction.order_id == order.order_id, PaymentTransaction.method == "stk"
    )
    return tx.session.scalar(mine) or 0


def of_placed(tx: Tx, order: Order) -> Waiting | None:
    """The same for whoever tells its customer; None if it waits no more."""
    tx.flush()
    row = tx.look(_THIS, customer_id=order.customer_id, order_id=order.order_id).first()
    return None if row is None else _waiting(tx, row)


def _waiting(tx: Tx, row: Any) -> Waiting:
    sent_at = row.requested_at or row.tried_at
    until = None if sent_at is None else sent_at + rules.PROMPT_LIFE
    return Waiting(
        order_id=row.order_id,
        order_number=row.order_number,
        due=_due(tx, row),
        state=_state(tx, row, until),
        msisdn=row.msisdn or "",
        sent_at=sent_at,
        until=until,
        by=row.created_at + _window(tx, row),
        why=str((row.details or {}).get(WHY, "")),
    )


def _state(tx: Tx, row: Any, until: datetime | None) -> State:
    if row.payment_method == BANK:
        return "bank"
    if row.status in ("created", "requested") and until is not None and until > tx.now:
        return "sent"
    if row.status in ("created", "requested", "unknown"):
        return "unclear"
    if row.tries >= tx.setting("mpesa.max_prompts"):
        return "spent"
    return "paused" if switches.is_paused(tx, "prompts") else "unpaid"


def _due(tx: Tx, row: Any) -> Decimal:
    """The sum of the last request, as long as nothing has come in; it holds what she owes from a door too."""
    if row.payment_status in _NOTHING_YET:
        return Decimal(row.amount if row.amount is not None else row.amount_asked)
    held = -ledger.balance(tx, accounts.order_funds(row.order_id))
    return max(ZERO, Decimal(row.amount_asked) - held)


def _window(tx: Tx, row: Any) -> timedelta:
    """As `service.deadline` counts it (DR-808)."""
    if row.payment_method == BANK:
        window = timedelta(hours=tx.setting("payment.bank_window_hours"))
    else:
        window = timedelta(minutes=tx.setting("payment.mpesa_window_minutes"))
    if row.payment_status not in _NOTHING_YET:
        window += timedelta(minutes=tx.setting("payment.partial_extension_minutes"))
    return window
