"""The front of this area: what happens to an order once it is placed (sections 7 and 8.1).

Each verb lives in the file of its reason; other areas and the channels import from here.
"""

from datetime import datetime

from core import events
from core.actor import Actor
from core.db import Tx
from core.orders import history, locks, numbers, rules
from core.orders.amounts import live_items
from core.orders.cancelling import cancel, cancel_item, cancel_unpaid, decide_cancel, request_cancel
from core.orders.claims import open_claim
from core.orders.claims import refuse as refuse_claim
from core.orders.claims import uphold as uphold_claim
from core.orders.hands import on_order as owned
from core.orders.marking import mark, set_back
from core.orders.models import Order
from core.orders.rejecting import reject
from core.orders.replacing import choose as choose_replacement
from core.orders.reviving import revive
from core.orders.road import attempt_failed, collected, complete, hand_over, on_the_way, undeliverable
from core.orders.shortage import answer_short, decide_short, short
from core.orders.sums import mark_sum, short_sum
from core.orders.views import (
    HistoryRow,
    WaitingItem,
    WaitingSum,
    asked_shorts,
    cancel_requests,
    held_shorts,
    my_orders,
    open_claims,
    sums,
    timeline,
    waiting_for_farmer,
)

__all__ = [
    "HistoryRow",
    "WaitingItem",
    "WaitingSum",
    "answer_short",
    "asked_shorts",
    "attempt_failed",
    "by_number",
    "cancel",
    "cancel_item",
    "cancel_requests",
    "cancel_unpaid",
    "choose_replacement",
    "collected",
    "complete",
    "confirm",
    "decide_cancel",
    "decide_short",
    "hand_over",
    "held_shorts",
    "live_items",
    "mark",
    "mark_sum",
    "my_orders",
    "on_the_way",
    "open_claim",
    "open_claims",
    "owned",
    "refuse_claim",
    "reject",
    "request_cancel",
    "revive",
    "set_back",
    "short",
    "short_sum",
    "slot_start",
    "sums",
    "timeline",
    "undeliverable",
    "uphold_claim",
    "waiting_for_farmer",
]


def by_number(tx: Tx, actor: Actor, text: str) -> Order:
    """The actor's order that `text` names, whole number or last 4 (DR-110, DR-211).

    Raises OrderUnknown, OrderAmbiguous (numbers).
    """
    return numbers.find(tx, actor, text)


def confirm(tx: Tx, order_id: int, actor: Actor) -> None:
    """O3: the sum asked is there. Does nothing when the order is past it; emits OrderConfirmed."""
    order = locks.order(tx, order_id)
    if order.order_status != "pending_payment":
        return
    history.move_order(tx, history.cascade(actor), order, "paid")
    tx.emit(events.OrderConfirmed(order_id=order_id, actor=actor))


def slot_start(tx: Tx, order: Order) -> datetime:
    """When the delivery slot of the order opens, by `order.slots`, aware."""
    opens = rules.slots(tx.setting("order.slots"))
    return rules.slot_start(opens, order.estimated_delivery_date, order.delivery_time_slot)
