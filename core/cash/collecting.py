"""Cash at the door: how much, change kept, a little short taken; then the rider's debt (DR-901 to DR-903)."""

from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from core import events
from core.actor import Actor
from core.cash import limits, locks, rules
from core.cash.errors import CashInvalid, CashUnsure, NotEnoughCash
from core.cash.models import CashCollection
from core.db import Tx
from core.duties import service as duties
from core.ledger import accounts, postings
from core.ledger import service as ledger
from core.money import CENT, SHILLING, ZERO
from core.orders.models import Order
from core.payments import service as payments

COD = "cash_on_delivery"
NOTHING = rules.AtTheDoor(ZERO, ZERO, ZERO)


def to_collect(tx: Tx, order: Order) -> Decimal:
    """What is to be taken at the door, in whole KES: the sum asked less anything paid before (DR-901), and
    what the customer was let off at her last door (DR-902)."""
    if order.payment_method != COD:
        return ZERO
    return whole(payments.to_pay(tx, order))


def whole(amount: Decimal) -> Decimal:
    """A sum as it is taken at a door, in whole KES (DR-901)."""
    return amount.quantize(SHILLING, ROUND_HALF_UP).quantize(CENT)


def collect(tx: Tx, actor: Actor, order: Order, *, carrier_id: int, taken: Decimal | None) -> rules.AtTheDoor:
    """The carrier has taken cash for the order, which is locked; the sum is his debt (DR-903).

    taken  whole KES; None: exactly what was to be collected

    Change is kept as the customer's credit; up to `cod.short_accepted` missing is asked of her next order.
    Once per order. Raises CashInvalid, NotEnoughCash (due, sum). Emits CashMet where it was
    not the very sum, RiderCashFull where he now carries too much.
    """
    if order.payment_method != COD:
        return NOTHING
    due, for_order = to_collect(tx, order), payments.still_due(tx, order)
    met = meets(tx, due=due, taken=due if taken is None else taken)
    locks.carrier(tx, carrier_id)
    _keep(tx, actor, order, carrier_id, met.taken)
    beyond = met.taken - for_order
    source = f"door:{order.order_id}"
    if beyond > ZERO:
        owed = min(beyond, max(ZERO, due - for_order))
        postings.kept_as_credit(tx, f"{source}{postings.OWED}", order.order_id, order.customer_id, owed)
        postings.kept_as_credit(tx, source, order.order_id, order.customer_id, beyond - owed)
    elif beyond < ZERO:
        postings.credit_used(tx, source, order.order_id, order.customer_id, -beyond)
    payments.derive(tx, order)
    if met.change or met.short:
        happened = events.CashMet(order.order_id, met.change, met.short, actor)
        tx.emit(happened)
    return met


def make_sure(tx: Tx, order: Order, said: Decimal | None) -> None:
    """Whether what he says he took is the very sum; what is not said, or another sum, is asked (DR-902).

    said  whole KES; None: he said nothing

    Raises CashUnsure (order, due, sum), NotEnoughCash, CashInvalid.
    """
    due = to_collect(tx, order)
    if said is not None and due:
        meets(tx, due=due, taken=said)
    if said != due and (due or said):
        raise CashUnsure(order=order.order_number, due=due, sum=due if said is None else said)


def meets(tx: Tx, *, due: Decimal, taken: Decimal) -> rules.AtTheDoor:
    """How a sum meets what is due, before it is taken. Raises CashInvalid, NotEnoughCash (due, sum)."""
    given = sum_of(tx, taken)
    met = rules.at_the_door(due, given, short_accepted=tx.setting("cod.short_accepted"))
    if met is None:
        raise NotEnoughCash(due=due, sum=given)
    return met


def sum_of(tx: Tx, value: object) -> Decimal:
    """A sum of cash as somebody said it: whole KES, 0 up to the largest order; else CashInvalid."""
    maximum = tx.setting("order.max_total")
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        raise CashInvalid(maximum=maximum) from None
    if not amount.is_finite() or not ZERO <= amount <= maximum or amount != amount.to_integral_value():
        raise CashInvalid(maximum=maximum)
    return amount.quantize(SHILLING).quantize(CENT)


def _keep(tx: Tx, actor: Actor, order: Order, carrier_id: int, amount: Decimal) -> None:
    """The debt, in the ledger and as a row; what he brought in too much before counts towards it."""
    if amount == ZERO:
        return
    ahead = max(ZERO, -ledger.balance(tx, accounts.rider_cash(carrier_id)))
    if postings.cod_collected(tx, order.order_id, order.order_id, carrier_id, amount) is None:
        return
    settled = min(amount, ahead)
    collection = CashCollection(
        rider_id=carrier_id,
        order_id=order.order_id,
        open_for=None if settled == amount else carrier_id,
        amount=amount,
        settled=settled,
        collected_at=tx.now,
    )
    tx.session.add(collection)
    tx.flush()
    tx.note(f"cash:{collection.collection_id}", "collected")
    due = tx.now + timedelta(hours=tx.setting("cod.deposit_due_hours"))
    duties.want(tx, "cash_due", collection.collection_id, at=due)
    _tell_if_full(tx, actor, collection)


def _tell_if_full(tx: Tx, actor: Actor, collection: CashCollection) -> None:
    """Whether this sum has put the carrier over one of the limits of DR-903."""
    most, now = limits.settings(tx), limits.standing(tx, collection.rider_id)
    before = rules.Standing(now.held - (collection.amount - collection.settled))
    fuller = rules.blocked(now, most) and not rules.blocked(before, most)
    if fuller or (now.held > most.most >= before.held):
        full = events.RiderCashFull(collection.rider_id, collection.collection_id, fuller, actor)
        tx.emit(full)
