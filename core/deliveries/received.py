"""Delivered without the code: the ordering phone is asked, and her YES is as good (DR-1205)."""

from datetime import timedelta

from core import events
from core.actor import Actor
from core.db import Tx
from core.deliveries import assignment, handing, hands
from core.deliveries.errors import NoSuchJob
from core.deliveries.handing import Delivered
from core.deliveries.machine import IN_HAND
from core.deliveries.models import Delivery
from core.users import service as users

ASKED_AFRESH = timedelta(minutes=5)


def ask(tx: Tx, actor: Actor, *, order_id: int) -> Delivery:
    """`NOCODE`: whoever stands at the door has the ordering phone asked "Goods received?".

    While that question is fresh and open it is not texted again: nobody can have her phone flooded.
    Raises NoSuchJob (DR-1206). Emits ReceiptAsked.
    """
    users.acting(tx, actor)
    order, delivery = assignment.locked(tx, order_id)
    if actor.user_id not in hands.hands_of(tx, delivery, order) or delivery.delivery_status not in IN_HAND:
        raise NoSuchJob(order_id=order_id)
    if delivery.receipt_asked_at is not None and tx.now - delivery.receipt_asked_at < ASKED_AFRESH:
        return delivery
    delivery.receipt_asked_at = tx.now
    tx.note(f"delivery:{delivery.delivery_id}", "customer asked")
    tx.emit(events.ReceiptAsked(delivery_id=delivery.delivery_id, actor=actor))
    return delivery


def answer(tx: Tx, actor: Actor, *, order_id: int, yes: bool) -> Delivered | None:
    """The customer's YES hands over (D6), with exactly what was to be collected; a NO changes nothing.

    Only when she was asked. YES again is done before. Returns None after a NO. Raises NoSuchJob for a foreign
    order or one she was not asked about. Emits DeliveryDone.
    """
    users.acting(tx, actor)
    order, delivery = assignment.locked(tx, order_id)
    if order.customer_id != actor.user_id or delivery.receipt_asked_at is None:
        raise NoSuchJob(order_id=order_id)
    if delivery.delivery_status == "delivered":
        return handing.done(delivery, again=True)
    if delivery.delivery_status not in IN_HAND:
        raise NoSuchJob(order_id=order_id)
    if not yes:
        delivery.receipt_asked_at = None
        tx.note(f"delivery:{delivery.delivery_id}", "customer says not received")
        return None
    return handing.finish(tx, actor, order, delivery, cash=None, why="customer's yes")
