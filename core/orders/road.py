"""What the road does to an order and its items (O11 to O15, I8 to I11)."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from core.actor import Actor
from core.db import Tx
from core.duties import service as duties
from core.money import ZERO
from core.orders import claims, ending, hands, history, locks, marking, recognition, shortage
from core.orders.amounts import live_items
from core.orders.cash_rules import CASH
from core.orders.machine import DONE, WITH_FARMER
from core.orders.models import Order

# Why a delivery failed for good (D7) -> the order's cancel_reason; the first two are strikes (DR-906).
REASONS = {"refused": "refused", "absent": "no_show", "no_show": "no_show"}
LOOK_AGAIN = timedelta(hours=24)


def collected(
    tx: Tx,
    actor: Actor,
    order_id: int,
    *,
    counted: Mapping[int, Decimal] | None = None,
    reason: str = "",
) -> Order:
    """I8 for every live item: the rider holds the goods. Raises WrongState while an item is not ready.

    counted  what the rider counted, by item id, where it is less than the item says: the farmer is asked for
             her YES (see shortage.picked_short). Raises BadInput for more, ItemUnknown for a foreign item
    """
    order = locks.order(tx, order_id)
    waiting = [(item, "pick_up") for item in live_items(order) if item.item_status != "picked_up"]
    history.move_items(tx, history.cascade(actor), waiting, reason=reason)
    if counted:
        shortage.picked_short(tx, actor, order, counted)
    return order


def on_the_way(tx: Tx, actor: Actor, order: Order, *, reason: str = "") -> None:
    """O11: the rider has left the (last) farm."""
    history.move_order(tx, history.cascade(actor), order, "on_the_way", reason=reason)


def hand_over(tx: Tx, actor: Actor, order_id: int) -> Order:
    """I9 and O14: the goods have changed hands; the money is recognised (10.2).

    Whatever step nobody reported is taken now, marked implied: the customer's code proves it (D6). An order
    that is delivered stays as it is.
    """
    order = locks.order(tx, order_id)
    if order.order_status in DONE:
        return order
    machine = history.cascade(actor)
    unready = [item for item in live_items(order) if item.item_status in ("pending", "harvested", "packed")]
    marking.imply(tx, machine, unready, "ready")
    if order.order_status in WITH_FARMER:
        history.move_order(tx, machine, order, "all_ready", reason="implied")
    if order.order_status == "ready_for_delivery":
        collected(tx, actor, order_id, reason="implied")
        on_the_way(tx, actor, order, reason="implied")
    history.move_items(tx, machine, [(item, "deliver") for item in live_items(order)])
    history.move_order(tx, machine, order, "delivered")
    order.delivered_at = tx.now
    recognition.recognise(tx, order)
    return order


def attempt_failed(tx: Tx, actor: Actor, order_id: int, *, goods_back: bool) -> Order:
    """O12: not handed over, tried again on the day that the caller promises, who knows that one is left.

    goods_back  they went back to the farm (I11); else they stay with the rider

    Telling it again changes nothing. Raises WrongState.
    """
    order = locks.order(tx, order_id)
    machine = history.cascade(actor)
    if order.order_status != "ready_for_delivery":
        history.move_order(tx, machine, order, "attempt_failed")
    if goods_back:
        back = [(item, "back_at_farm") for item in live_items(order) if item.item_status == "picked_up"]
        history.move_items(tx, machine, back)
    return order


def undeliverable(tx: Tx, actor: Actor, order_id: int, *, reason: str, quality_fault: bool) -> Order:
    """O13 and I10: it will not reach the customer (7.3, DR-908).

    reason         as the delivery failed (D7): refused and absent are the customer's doing (DR-906)
    quality_fault  the goods were not as they should be: everything is given back, the fee too

    Else perishables are charged, the rest comes back to the farm, and the delivery fee is kept, all out of
    what was received; of cash nothing was, and the farmer gets her share of perishables from goodwill.
    Telling it again changes nothing. Raises WrongState. Emits OrderCancelled, DueFell.
    """
    order = locks.order(tx, order_id)
    kept = "undeliverable" if quality_fault else REASONS.get(reason, "undeliverable")
    if order.order_status == "cancelled" and order.cancel_reason in {*REASONS.values(), "undeliverable"}:
        return order
    gone = [item for item in live_items(order) if ending.perishable(tx, item)]
    charged: dict[int, Decimal] = {}
    fee = ZERO
    if not quality_fault:
        charged = ending.charges(tx, order, gone, 100)
        left = ending.most(tx, order) - sum(charged.values(), ZERO)
        fee = min(order.delivery_fee, max(ZERO, left))
    who = actor if actor.role == "admin" else history.cascade(actor)
    cause = "refused" if kept == "refused" else "undeliverable"
    ending.cancel(
        tx, who, order, "undeliverable", reason=kept, cause=cause, charged=charged, fee=fee, why=reason
    )
    if order.payment_method == CASH and not quality_fault:
        at_risk = [item for item in gone if item.order_item_id not in charged]
        recognition.farmers_risk(tx, order, at_risk, tx.setting("cod.refusal_farmer_percent"))
    ending.audit_act(tx, actor, "undeliverable", f"order:{order.order_id}", (), reason)
    return order


def complete(tx: Tx, actor: Actor, order_id: int) -> Order:
    """O15: the customer is content or 24 h have passed; a completed order stays as it is.

    The deadline waits while a dispute is open, and asks again a day later. Raises OrderUnknown, WrongState.
    """
    order = hands.on_order(tx, actor, order_id)
    if order.order_status == "completed":
        return order
    if actor.role == "system" and order.order_status == "delivered" and claims.disputed(tx, order_id):
        at = tx.now + LOOK_AGAIN
        duties.want(tx, "complete_order", order_id, at=at, key=f"complete_order:{order_id}:{at:%Y%m%d%H%M}")
        return order
    history.move_order(tx, actor, order, "complete")
    return order
