"""Claims after the delivery: opened by the customer, upheld or refused by an admin (O16)."""

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import func, select

from core import events, rows
from core.actor import Actor
from core.db import Tx
from core.errors import BadInput, WrongState
from core.money import ZERO, some
from core.orders import amounts, ending, hands, history, locks
from core.orders.errors import ClaimTooLate, ClaimTooMuch, ClaimUnknown
from core.orders.machine import DONE
from core.orders.models import Claim, Order, OrderItem, PickupShort
from core.orders.rules import line_total
from core.users import service as users
from core.words import reason_of

FAULTS = ("farmer", "rider", "platform")


def open_claim(tx: Tx, actor: Actor, *, order_item_id: int, reason: str) -> Claim:
    """The customer says what was wrong with a delivered item, in time: perishables within
    `order.claim_hours_perishable` of the delivery, others within `order.claim_hours_other`.

    While it is open the order does not complete by itself and its farmer is not paid. Opening one again while
    one is open returns that one. Raises ItemUnknown, WrongState, ClaimTooLate (hours), BadInput.
    """
    order = hands.on_order_of(tx, actor, order_item_id)
    item = hands.item_of(order, order_item_id)
    if (present := tx.session.scalar(select(Claim).where(Claim.open_for == order_item_id))) is not None:
        return present
    if order.order_status not in DONE or item.item_status != "delivered" or order.delivered_at is None:
        raise WrongState(machine="order", status=order.order_status, event="claim")
    if not reason_of(reason):
        raise BadInput(reason=reason)
    spoils = ending.perishable(tx, item)
    hours = tx.setting("order.claim_hours_perishable" if spoils else "order.claim_hours_other")
    if tx.now > order.delivered_at + timedelta(hours=hours):
        raise ClaimTooLate(hours=hours)
    claim = Claim(
        order_id=order.order_id,
        order_item_id=order_item_id,
        open_for=order_item_id,
        reason=reason_of(reason),
        opened_at=tx.now,
    )
    rows.add(tx, claim)
    tx.note(f"item:{order_item_id}", "claim opened")
    return claim


def uphold(tx: Tx, actor: Actor, *, claim_id: int, fault: str, refund: Decimal, reason: str) -> Claim:
    """O16: the claim is right; `refund` KES goes back, at the cost of whose `fault` it is: farmer, rider or
    platform.

    No more than the item cost and was not given back before, nor what a short count at the farm still leaves
    open or gave back out of goodwill (I8). Upholding it again as before changes nothing.
    Raises ClaimUnknown, WrongState, BadInput, ClaimTooMuch (maximum), NotAllowed. Emits ClaimUpheld.
    """
    claim, order, item = _for_admin(tx, actor, claim_id)
    amount = _amount(refund)
    if fault not in FAULTS or not reason_of(reason):
        raise BadInput(fault=str(fault), reason=reason)
    if claim.claim_status == "upheld" and (claim.fault, claim.refund) == (fault, amount):
        return claim
    if claim.claim_status != "open":
        raise WrongState(machine="claim", status=claim.claim_status, event="uphold")
    if amount > (maximum := _left(tx, item)):
        raise ClaimTooMuch(maximum=str(maximum))
    history.move_order(tx, actor, order, "claim_upheld", reason=f"{fault}: {reason_of(reason)}")
    claim.fault, claim.refund = fault, amount
    _close(tx, actor, claim, "upheld", reason)
    tx.emit(
        events.ClaimUpheld(
            order_id=order.order_id,
            order_item_id=item.order_item_id,
            claim_id=claim_id,
            refund=amount,
            fault=fault,
            actor=actor,
        )
    )
    return claim


def refuse(tx: Tx, actor: Actor, *, claim_id: int, reason: str) -> Claim:
    """The claim is not right, with a reason that the customer reads. Again: changes nothing.

    Raises ClaimUnknown, WrongState, BadInput, NotAllowed. Emits ClaimRefused.
    """
    claim, _order, _item = _for_admin(tx, actor, claim_id)
    if not reason_of(reason):
        raise BadInput(reason=reason)
    if claim.claim_status == "refused":
        return claim
    if claim.claim_status != "open":
        raise WrongState(machine="claim", status=claim.claim_status, event="refuse")
    _close(tx, actor, claim, "refused", reason)
    tx.emit(events.ClaimRefused(claim_id=claim_id, actor=actor))
    return claim


def disputed(tx: Tx, order_id: int) -> bool:
    """Whether anything about the order's goods or money is still argued about (O15, DR-1301)."""
    open_claim_of = select(Claim.claim_id).where(Claim.order_id == order_id, Claim.claim_status == "open")
    if tx.session.scalar(open_claim_of.limit(1)) is not None:
        return True
    sought = events.DisputesSought(order_ids=(order_id,))
    tx.emit(sought)
    return order_id in sought.disputed


def _amount(refund: Decimal) -> Decimal:
    if (amount := some(refund)) is None:
        raise BadInput(refund=str(refund)[:20])
    return amount


def _left(tx: Tx, item: OrderItem) -> Decimal:
    """What a claim may still give back of an item, KES."""
    ours = select(func.sum(PickupShort.missing)).where(
        PickupShort.order_item_id == item.order_item_id, PickupShort.short_status == "platform"
    )
    goodwill = line_total(tx.session.scalar(ours) or ZERO, item.price_at_purchase)
    return item.total_price - amounts.held(item) - goodwill - _refunded(tx, item.order_item_id)


def _refunded(tx: Tx, order_item_id: int) -> Decimal:
    before = select(func.sum(Claim.refund)).where(
        Claim.order_item_id == order_item_id, Claim.claim_status == "upheld"
    )
    return tx.session.scalar(before) or ZERO


def _close(tx: Tx, actor: Actor, claim: Claim, outcome: str, reason: str) -> None:
    claim.claim_status, claim.open_for = outcome, None
    claim.decided_by, claim.decided_at, claim.answer = actor.user_id, tx.now, reason_of(reason)
    tx.note(f"item:{claim.order_item_id}", f"claim {outcome}")
    ending.audit_act(tx, actor, "claim", f"claim:{claim.claim_id}", ["open", outcome], reason)
    tx.flush()


def _for_admin(tx: Tx, actor: Actor, claim_id: int) -> tuple[Claim, Order, OrderItem]:
    users.acting(tx, actor, "admin")
    users.may(tx, actor, "update", "orders", own=False)
    known = tx.session.get(Claim, claim_id)
    if known is None:
        raise ClaimUnknown(claim_id=claim_id)
    order = locks.order(tx, known.order_id)
    tx.session.refresh(known)
    return known, order, hands.item_of(order, known.order_item_id)
