"""What admins do with the house's own money: float for payouts, losses that nobody will pay (10.2)."""

from decimal import Decimal

from core.actor import Actor
from core.audit import service as audit
from core.db import Tx
from core.errors import BadInput
from core.ledger import accounts, postings
from core.ledger import service as ledger
from core.money import ZERO, some
from core.orders.models import Order
from core.payments import locks, standing
from core.payments.errors import AmountWrong, ReferenceUsed, ReferenceWrong
from core.users import service as users
from core.words import reason_of, reference_of


def move_float(tx: Tx, actor: Actor, *, amount: Decimal, reference: str) -> None:
    """An admin has moved money from the paybill to the account that pays out, under the provider's reference.

    The same again changes nothing. Audited. Raises NotAllowed, AmountWrong, ReferenceWrong, ReferenceUsed.
    """
    users.may(tx, actor, "create", "money", own=False)
    value, told = _amount(amount), _reference(reference)
    if postings.float_moved(tx, told, value) is not None:
        _audited(tx, actor, "money.float", told, value)
        return
    entry_id = ledger.entry_of(tx, "float_moved", told)
    if entry_id is None or ledger.of_entry(tx, entry_id, accounts.MPESA_PAYOUTS) != value:
        raise ReferenceUsed(reference=told)


def write_off_order(tx: Tx, actor: Actor, *, order_id: int, reason: str) -> Decimal:
    """What an order lacks after a provider's reversal, and nobody will pay, is our loss; KES written off.

    Only of an order that is over; nothing lacking is 0.00. Audited. Raises NotAllowed, PaymentUnknown,
    BadInput.
    """
    users.may(tx, actor, "create", "money", own=False)
    order = locks.locked_order(tx, order_id)
    if not reason_of(reason):
        raise BadInput(reason=reason)
    lacking = ledger.balance(tx, accounts.order_funds(order_id))
    if lacking <= ZERO or order.order_status not in ("delivered", "completed", "cancelled"):
        return ZERO
    account = accounts.order_funds(order_id)
    source = f"order:{order_id}"
    if ledger.entry_of(tx, "write_off", source) is not None:  # a part went back later: a loss of its own
        source = f"{source}:{standing.moved(tx, order_id).lost}"
    return _write_off(tx, actor, source, account, lacking, reason, order)


def write_off_debt(tx: Tx, actor: Actor, *, user_id: int, reason: str, request_key: str) -> Decimal:
    """What a customer was let off at a door and will not pay (DR-902); KES written off. Audited.

    The same request_key again changes nothing. Raises NotAllowed, NotFound, BadInput.
    """
    users.may(tx, actor, "create", "money", own=False)
    users.get(tx, user_id)
    if not reason_of(reason):
        raise BadInput(reason=reason)
    owed = standing.debt(tx, user_id)
    if owed == ZERO:
        return ZERO
    account = accounts.customer_credit(user_id)
    return _write_off(tx, actor, f"debt:{request_key}", account, owed, reason, None)


def _write_off(
    tx: Tx, actor: Actor, source: str, account: str, amount: Decimal, reason: str, order: Order | None
) -> Decimal:
    order_id = order.order_id if order else None
    if postings.write_off(tx, source[:48], account, amount, order_id) is None:
        return ZERO
    if order is not None:
        standing.derive(tx, order)
    _audited(tx, actor, "money.write_off", account, amount, reason)
    return amount


def _amount(amount: Decimal) -> Decimal:
    if (value := some(amount)) is None:
        raise AmountWrong(amount=str(amount)[:20])
    return value


def _reference(reference: str) -> str:
    told = reference_of(reference)
    if not 4 <= len(told) <= 40:
        raise ReferenceWrong(reference=str(reference)[:40])
    return told


def _audited(tx: Tx, actor: Actor, what: str, record: str, amount: Decimal, reason: str = "") -> None:
    audit.record(
        tx, actor, what=what, record=record[:64], changes={"amount": str(amount)}, reason=reason[:255]
    )
