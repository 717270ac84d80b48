"""It could not be handed over: what the rider says, another attempt, the goods' way back (D7 to D9)."""

from datetime import date, timedelta

from core import events
from core.actor import Actor, system
from core.audit import service as audit
from core.clock import nairobi_date
from core.db import Tx
from core.deliveries import assignment, codes, locks, rules, stops
from core.deliveries.errors import CallFirst, FailReasonUnknown, NoSuchJob, OrderOver
from core.deliveries.history import move
from core.deliveries.models import Delivery
from core.duties import service as duties
from core.ledger import postings
from core.orders import service as orders
from core.orders import slots
from core.orders.models import Order
from core.users import service as users

SYSTEM = system("job")
REASONS = ("absent", "wrong_place", "refused", "damaged", "other")
# There is no use in trying again: she does not want it, or it is no longer fit to be handed over.
FINAL = ("refused", "damaged")
# She may only be told of absence by whoever has tried to reach her.
CALL_FIRST = ("absent", "wrong_place", "other")


def fail(tx: Tx, actor: Actor, *, order_id: int, reason: str, called: bool = False) -> Delivery:
    """D7: not handed over, because of `reason` (absent, wrong_place, refused, damaged, other).

    called  the rider has tried to call the customer; needed unless he stood before her

    After `delivery.max_attempts`, or when refused or damaged, it is final (O13); else there is another
    attempt (O12), on the next day in the same slot unless an admin says otherwise. An attempt that failed
    through no fault of the rider's earns `rider.failed_attempt_percent` (DR-1105). Saying it again changes
    nothing. Raises FailReasonUnknown, CallFirst, NoSuchJob (DR-1206), WrongState, NotAllowed. Emits
    DeliveryFailed.
    """
    user = users.may(tx, actor, "update", "deliveries", own=True)
    if reason not in REASONS:
        raise FailReasonUnknown(reasons=list(REASONS))
    order, delivery = _his(tx, actor, order_id, admin=user.user_role == "admin")
    if delivery.delivery_status == "failed":
        return delivery
    if reason in CALL_FIRST and not called:
        raise CallFirst(order=order.order_number)
    move(tx, actor, delivery, "fail", reason=reason)
    delivery.attempts += 1
    delivery.failed_at, delivery.failed_reason, delivery.goods_at = tx.now, reason, "rider"
    _pay(tx, order, delivery)
    final = is_final(tx, reason, delivery.attempts)
    if final:
        orders.undeliverable(tx, actor, order_id, reason=reason, quality_fault=reason == "damaged")
    else:
        orders.attempt_failed(tx, actor, order_id, goods_back=False)
        _plan(tx, order, delivery)
    tx.emit(events.DeliveryFailed(delivery_id=delivery.delivery_id, reason=reason, final=final, actor=actor))
    return delivery


def is_final(tx: Tx, reason: str, attempts: int) -> bool:
    """Whether the order ends with its `attempts`-th failure, for this reason (O13)."""
    return reason in FINAL or attempts >= tx.setting("delivery.max_attempts")


def is_paid(reason: str) -> bool:
    """Whether the way to a closed door earns something: damage is the rider's own fault (DR-1105)."""
    return reason != "damaged"


def retry(tx: Tx, actor: Actor, *, order_id: int, day: date, slot: str) -> Delivery:
    """D8: an admin has it tried again on `day` in `slot`, from where the goods are; a new code is sent.

    Raises NoSuchJob, OrderOver (it had failed for good), WrongState, BadInput, NotAllowed. Emits
    CodeRenewed.
    """
    users.may(tx, actor, "update", "deliveries", own=False)
    order, delivery = assignment.locked(tx, order_id)
    _retry(tx, actor, order, delivery, day=day, slot=slot)
    record = f"delivery:{delivery.delivery_id}"
    audit.record(tx, actor, what="delivery.retry", record=record, changes={"day": [None, day.isoformat()]})
    return delivery


def retry_due(tx: Tx, delivery_id: int) -> None:
    """The duty retry_delivery: the next attempt begins, unless an admin has begun one (D8)."""
    known = tx.session.get(Delivery, delivery_id)
    if known is None or known.delivery_status != "failed":
        return
    order, delivery = assignment.locked(tx, known.order_id)
    if delivery.delivery_status != "failed" or order.order_status != "ready_for_delivery":
        return
    _retry(tx, SYSTEM, order, delivery, day=order.estimated_delivery_date, slot=order.delivery_time_slot)


def give_back(tx: Tx, actor: Actor, *, order_id: int) -> Delivery:
    """The rider, or an admin, says that the goods are back at the farm.

    Where the order is over that is the end of the delivery (D9); else they wait there for the next attempt
    (I11). Saying it again changes nothing. Raises NoSuchJob (DR-1206), WrongState, NotAllowed.
    """
    user = users.may(tx, actor, "update", "deliveries", own=True)
    order, delivery = _his(tx, actor, order_id, admin=user.user_role == "admin")
    if delivery.delivery_status == "returned" or delivery.goods_at == "farm":
        return delivery
    if order.order_status == "cancelled" or delivery.delivery_status != "failed":
        move(tx, actor, delivery, "give_back")
        delivery.returned_at = tx.now
    else:
        orders.attempt_failed(tx, actor, order_id, goods_back=True)
    delivery.goods_at = "farm"
    tx.note(f"delivery:{delivery.delivery_id}", "goods back at the farm")
    return delivery


def _his(tx: Tx, actor: Actor, order_id: int, *, admin: bool) -> tuple[Order, Delivery]:
    order, delivery = assignment.locked(tx, order_id)
    if not admin and delivery.rider_id != actor.user_id:
        raise NoSuchJob(order_id=order_id)
    return order, delivery


def _pay(tx: Tx, order: Order, delivery: Delivery) -> None:
    """What the way to a closed door earns."""
    if not is_paid(delivery.failed_reason) or delivery.rider_id is None:
        return
    earned = rules.failed_earning(delivery.rider_earning, tx.setting("rider.failed_attempt_percent"))
    source = f"{delivery.delivery_id}:{delivery.attempts}"
    postings.failed_attempt(tx, source, order.order_id, delivery.rider_id, earned)


def _plan(tx: Tx, order: Order, delivery: Delivery) -> None:
    """The next attempt: tomorrow in the same slot; it begins as early before it as a search would (O7)."""
    slots.reschedule(tx, order, day=nairobi_date(tx.now) + timedelta(days=1), slot=order.delivery_time_slot)
    at = orders.slot_start(tx, order) - timedelta(hours=tx.setting("delivery.offer_lead_hours"))
    key = f"retry_delivery:{delivery.delivery_id}:{delivery.attempts}"
    duties.want(tx, "retry_delivery", delivery.delivery_id, at=max(tx.now, at), key=key)


def _retry(tx: Tx, actor: Actor, order: Order, delivery: Delivery, *, day: date, slot: str) -> None:
    if delivery.delivery_status == "failed" and order.order_status != "ready_for_delivery":
        raise OrderOver(order=order.order_number)
    rider_id = delivery.rider_id
    held = delivery.goods_at != "farm"
    move(tx, actor, delivery, "retry_held" if held else "retry_from_farm")
    assert rider_id is not None, "a failed delivery still has its rider"
    slots.reschedule(tx, order, day=day, slot=slot)
    delivery.assigned_at = tx.now
    if not held:
        delivery.goods_at, delivery.picked_up_at = "", None
        stops.forget(tx, delivery)
        assignment.want_start(tx, delivery)
    codes.make(tx, delivery, codes.near(tx, rider_id, tx.now - assignment.CODE_MEMORY))
    row = locks.duty(tx, rider_id)
    if row is not None:
        row.idle_since = tx.now
    tx.flush()
    version = f"{delivery.attempts}.0"
    tx.emit(events.CodeRenewed(delivery_id=delivery.delivery_id, version=version, actor=actor))
