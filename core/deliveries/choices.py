"""Shortly before the slot ends nobody brings it: the customer chooses (DR-1212)."""

from datetime import timedelta

from core import events
from core.actor import Actor, system
from core.clock import nairobi_date
from core.db import Tx
from core.deliveries import assignment, hands, locks, offers, stops
from core.deliveries.errors import ChoiceNotOpen
from core.deliveries.models import Delivery
from core.duties import service as duties
from core.money import ZERO
from core.orders import amounts, ending, slots
from core.orders import locks as order_locks
from core.orders.models import Order
from core.users import service as users

SYSTEM = system("job")
CHOICES = ("wait", "collect", "refund")
ALIVE = ("confirmed", "processing", "ready_for_delivery")


def watch(tx: Tx, delivery: Delivery, order: Order) -> None:
    """Have it looked at `delivery.no_rider_hours` before the slot ends."""
    at = slots.end(tx, order) - timedelta(hours=tx.setting("delivery.no_rider_hours"))
    due = max(tx.now, at)
    key = f"no_rider_late:{delivery.delivery_id}:{due:%Y%m%d%H%M}"
    duties.want(tx, "no_rider_late", delivery.delivery_id, at=due, key=key)


def late(tx: Tx, delivery_id: int) -> None:
    """The duty no_rider_late: still nobody has it, so the customer is asked. Emits RiderMissingLate."""
    delivery = locks.delivery(tx, delivery_id)
    if delivery is None or delivery.delivery_status != "pending" or delivery.way != "rider":
        return
    if tx.now < slots.end(tx, delivery.order) - timedelta(hours=tx.setting("delivery.no_rider_hours")):
        return  # the slot was moved: its own duty waits
    if delivery.order.order_status in ALIVE:
        delivery.choice_asked_at = tx.now
        tx.emit(events.RiderMissingLate(delivery_id=delivery_id, actor=SYSTEM))


def open_to(tx: Tx, order: Order) -> list[str]:
    """What she may choose: an order of several farms cannot be collected at one."""
    return [choice for choice in CHOICES if choice != "collect" or len(stops.pickups(tx, order)) == 1]


def choose(tx: Tx, actor: Actor, *, order_id: int, choice: str) -> Delivery:
    """The customer waits (the next day, same slot), collects it at the farm (no fee), or has her money back.

    Only when she was asked and nobody has it meanwhile. Raises ChoiceNotOpen, also for a foreign order,
    NotAllowed. Emits DueFell, OrderCancelled.
    """
    users.acting(tx, actor)
    known = assignment.of_order(tx, order_id)
    if known is None:
        raise ChoiceNotOpen(order_id=order_id)
    order, delivery = assignment.locked(tx, order_id)
    asked = delivery.choice_asked_at is not None and delivery.delivery_status == "pending"
    if order.customer_id != actor.user_id or not asked or order.order_status not in ALIVE:
        raise ChoiceNotOpen(order_id=order_id)
    if choice not in open_to(tx, order):
        raise ChoiceNotOpen(order_id=order_id)
    delivery.choice_asked_at = None
    tx.note(f"delivery:{delivery.delivery_id}", f"customer chose {choice}")
    if choice == "wait":
        day = nairobi_date(tx.now) + timedelta(days=1)
        slots.reschedule(tx, order, day=day, slot=order.delivery_time_slot)
        watch(tx, delivery, order)
    elif choice == "collect":
        _collect(tx, actor, order, delivery)
    else:
        ending.cancel(tx, SYSTEM, order, "no_rider", reason="no_rider", cause="no_rider")
    return delivery


def order_accepted(tx: Tx, happened: events.OrderAccepted | events.OrderReady) -> None:
    """Reaction: from now on somebody should be found before the slot is over."""
    delivery = assignment.of_order(tx, happened.order_id)
    if delivery is not None and delivery.delivery_status == "pending" and delivery.way == "rider":
        watch(tx, delivery, order_locks.held(tx, happened.order_id))


def rider_lost(tx: Tx, happened: events.RiderLost) -> None:
    """Reaction: it is looked at again before the slot ends, or at once if that is near."""
    delivery = locks.delivery(tx, happened.delivery_id)
    if delivery is not None:
        watch(tx, delivery, delivery.order)


def _collect(tx: Tx, actor: Actor, order: Order, delivery: Delivery) -> None:
    """She comes to the farm: nothing to pay for the way, and the farmer hands over (DR-1210)."""
    offers.withdraw(tx, delivery.delivery_id)
    order, delivery = assignment.locked(tx, order.order_id)  # taking back an offer brings the order bare
    order.way = delivery.way = "collect"
    order.delivery_fee = order.delivery_fee_waived = ZERO
    amounts.lower(tx, actor, order, "collect", str(order.order_id))
    if order.order_status == "ready_for_delivery":
        hands.hand_to_keeper(tx, order, delivery)
