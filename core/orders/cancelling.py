"""Cancelling: an unpaid order, a paid one, one item, or asking an admin for it (O4, O5, O9, O10, I7)."""

from collections.abc import Sequence

from sqlalchemy import select

from core import events, rows
from core.actor import Actor, system
from core.db import Tx
from core.errors import BadInput, NotAllowed, WrongState
from core.listings import service as listings
from core.orders import amounts, ending, hands, history, locks, marking
from core.orders.errors import RequestUnknown, TooLateToCancel
from core.orders.machine import PREPARED, WITH_FARMER
from core.orders.models import CancelRequest, Order, OrderItem
from core.users import service as users
from core.words import reason_of

# From these a customer can only ask, and an admin decides (O10).
ON_REQUEST = ("processing", "ready_for_delivery")


def cancel_unpaid(tx: Tx, order_id: int) -> bool:
    """O4: the deadline has passed without the money; the stock goes back. Returns whether it did anything."""
    order = locks.order(tx, order_id)
    if order.order_status != "pending_payment":
        return False
    ending.cancel(tx, system("job"), order, "deadline", reason="payment_timeout", cause="payment_timeout")
    return True


def cancel(tx: Tx, actor: Actor, *, order_id: int, reason: str = "", waive: bool = False) -> Order:
    """Cancel a whole order (O5, O9; by an admin also O10), with what 7.3 says of stock and money.

    reason  an admin's, written down; she must give one
    waive   an admin lets the customer off paying for prepared goods

    Free before anything is prepared; afterwards an admin's doing, and prepared goods are charged
    `cancel.prepared_percent` % unless waived. Cancelling a cancelled order changes nothing. Raises
    OrderUnknown, TooLateToCancel (status), BadInput (no reason). Emits OrderCancelled, DueFell.
    """
    order = hands.on_order(tx, actor, order_id)
    if order.order_status == "cancelled":
        return order
    staff = actor.role == "admin"
    if staff and not reason_of(reason):
        raise BadInput(reason=reason)
    free = order.order_status in ("pending_payment", "confirmed")
    if not free and not (staff and order.order_status in ON_REQUEST):
        raise TooLateToCancel(order=order.order_number, status=order.order_status)
    _cancel(tx, actor, order, by=actor.role, waive=waive and staff, why=reason_of(reason))
    return order


def cancel_item(tx: Tx, actor: Actor, *, order_item_id: int, reason: str = "") -> OrderItem:
    """I7: one item of a paid order is taken out, free of charge; O8 if it was the last.

    The customer may while it is pending, and for two hours after she was told of less than half (I5) also
    when it is harvested or packed; an admin may, with a reason. Cancelling it again changes nothing. Raises
    ItemUnknown, TooLateToCancel, WrongState, NotAllowed, BadInput. Emits ItemCancelled and
    DueFell.
    """
    if actor.role not in ("customer", "admin", "system"):
        raise NotAllowed(role=actor.role, event="cancel")
    order = hands.on_order_of(tx, actor, order_item_id)
    item = hands.item_of(order, order_item_id)
    if item.item_status == "cancelled":
        return item
    if actor.role == "admin" and not reason_of(reason):
        raise BadInput(reason=reason)
    if order.order_status not in WITH_FARMER:
        raise WrongState(machine="order", status=order.order_status, event="cancel_item")
    objecting = item.short_until is not None and tx.now < item.short_until
    if actor.role == "customer" and item.item_status in PREPARED and not objecting:
        raise TooLateToCancel(order=order.order_number, status=item.item_status)
    take_out(tx, actor, order, item, reason=reason_of(reason) or actor.role)
    marking.after(tx, actor, order)
    return item


def take_out(
    tx: Tx, actor: Actor, order: Order, item: OrderItem, *, reason: str, release: str = "cancel"
) -> None:
    """The item is cancelled and no longer costs anything; what follows for the order is the caller's.

    release  short: its goods do not exist (DR-412)
    """
    was = item.item_status
    history.move_item(tx, actor, item, "cancel", reason=reason)
    if was == "pending" or not ending.perishable(tx, item):
        listings.give_back(tx, actor, order_item_id=item.order_item_id, reason=release)
    ending.forget_item(tx, item)
    ending.audit_act(tx, actor, "item_cancelled", f"item:{item.order_item_id}", [was, "cancelled"], reason)
    amounts.lower(tx, actor, order, "cancel_item", str(item.order_item_id))
    tx.emit(
        events.ItemCancelled(
            order_id=order.order_id, order_item_id=item.order_item_id, reason=reason, actor=actor
        )
    )


def request_cancel(tx: Tx, actor: Actor, *, order_id: int, reason: str = "") -> CancelRequest:
    """O10: the customer asks to cancel what is already being prepared; an admin decides.

    Asking again returns the open request. Raises OrderUnknown, WrongState where she can cancel by herself or
    it is too late.
    """
    users.may(tx, actor, "delete", "orders", own=True)
    order = hands.on_order(tx, actor, order_id)
    query = select(CancelRequest).where(
        CancelRequest.order_id == order.order_id, CancelRequest.open_for == order.order_id
    )
    if (present := tx.session.scalar(query)) is not None:
        return present
    if order.order_status not in ON_REQUEST:
        raise WrongState(machine="order", status=order.order_status, event="request_cancel")
    asked = CancelRequest(
        order_id=order.order_id,
        open_for=order.order_id,
        reason=reason_of(reason),
        requested_at=tx.now,
    )
    rows.add(tx, asked)
    tx.note(f"order:{order.order_id}", "cancelling asked for")
    return asked


def decide_cancel(
    tx: Tx, actor: Actor, *, request_id: int, grant: bool, waive: bool = False, reason: str
) -> CancelRequest:
    """An admin grants or refuses a customer's request (O10), with a reason; once.

    waive  prepared goods are not charged. Deciding again as before changes nothing. Raises RequestUnknown,
           WrongState (already decided otherwise, or the order has moved on), BadInput, NotAllowed
    """
    users.acting(tx, actor, "admin")
    users.may(tx, actor, "update", "orders", own=False)
    known = tx.session.get(CancelRequest, request_id)
    if known is None:
        raise RequestUnknown(request_id=request_id)
    order = locks.order(tx, known.order_id)
    tx.session.refresh(known)
    wanted = "granted" if grant else "refused"
    if known.request_status == wanted:
        return known
    if known.request_status != "open":
        raise WrongState(machine="cancel_request", status=known.request_status, event=wanted)
    if not reason_of(reason):
        raise BadInput(reason=reason)
    if grant and order.order_status not in ON_REQUEST:
        raise TooLateToCancel(order=order.order_number, status=order.order_status)
    known.request_status, known.open_for = wanted, None
    known.decided_by, known.decided_at, known.answer = actor.user_id, tx.now, reason_of(reason)
    if grant:
        _cancel(tx, actor, order, by="customer", waive=waive, why=reason_of(reason))
    else:
        ending.audit_act(tx, actor, "cancel_refused", f"order:{order.order_id}", (), reason)
        tx.emit(events.CancelRefused(order_id=order.order_id, actor=actor))
    return known


def _cancel(tx: Tx, actor: Actor, order: Order, *, by: str, waive: bool, why: str) -> None:
    was = order.order_status
    prepared: Sequence[OrderItem] = [
        item for item in amounts.live_items(order) if item.item_status in PREPARED
    ]
    percent = 0 if waive else tx.setting("cancel.prepared_percent")
    charged = ending.charges(tx, order, prepared, percent)
    ending.cancel(tx, actor, order, "cancel", reason=by, cause="cancel", charged=charged, why=why)
    ending.audit_act(tx, actor, "order_cancelled", f"order:{order.order_id}", [was, "cancelled"], why)
