"""The one place where a status changes: the machine's step, its order_events row, the note (DR-706)."""

from collections.abc import Sequence

from core import rows
from core.actor import Actor, system
from core.db import Tx
from core.machine import NEW, Machine, Step
from core.orders.machine import ITEM, ORDER
from core.orders.models import Order, OrderEvent, OrderItem


def move_order(tx: Tx, actor: Actor, order: Order, event: str, *, reason: str = "") -> Step:
    """Take the order's step for `event`; raises WrongState or NotAllowed."""
    step = ORDER.step(order.order_status, event, actor.role)
    order.order_status = step.target
    order.updated_at = tx.now
    write(tx, actor, order.order_id, f"order:{order.order_id}", step, reason)
    return step


def move_item(tx: Tx, actor: Actor, item: OrderItem, event: str, *, reason: str = "", role: str = "") -> Step:
    """Take the item's step for `event`, as `role` if the actor stands in for it (an agent for the farmer,
    DR-221); raises WrongState or NotAllowed."""
    step = ITEM.step(item.item_status, event, role or actor.role)
    item.item_status = step.target
    write(tx, actor, item.order_id, f"item:{item.order_item_id}", step, reason)
    return step


def move_items(tx: Tx, actor: Actor, moves: Sequence[tuple[OrderItem, str]], *, reason: str = "") -> None:
    """As `move_item` of each (item, event), in one statement for the history and one for the items, with
    whatever else has been changed of them."""
    written = []
    for item, event in moves:
        step = ITEM.step(item.item_status, event, actor.role)
        item.item_status = step.target
        written.append(_row(tx, actor, item.order_id, f"item:{item.order_item_id}", step, reason))
    rows.store_all(tx, [item for item, _ in moves])
    tx.flush()  # what came before them in the history stands before them
    rows.add_all(tx, written)


def cascade(actor: Actor) -> Actor:
    """The system, on the way the actor came by: for steps that follow from what somebody did."""
    return system(actor.channel, actor.request_id)


def begin(tx: Tx, actor: Actor, machine: Machine, event: str, *, order_id: int, subject: str) -> None:
    """Write the first row of a record that has just been added with its first status."""
    write(tx, actor, order_id, subject, machine.step(NEW, event, actor.role), "")


def write(tx: Tx, actor: Actor, order_id: int, subject: str, step: Step, reason: str) -> None:
    """One order_events row, and the note for the callback log."""
    tx.session.add(_row(tx, actor, order_id, subject, step, reason))


def _row(tx: Tx, actor: Actor, order_id: int, subject: str, step: Step, reason: str) -> OrderEvent:
    source = "" if step.source == NEW else step.source
    what = f"{source or 'new'} -> {step.target}"
    tx.note(subject, f"{what} ({step.event})" if source == step.target else what)
    return OrderEvent(
        order_id=order_id,
        subject=subject,
        rule=step.rule,
        from_status=source,
        to_status=step.target,
        actor_id=actor.user_id,
        role=actor.role,
        channel=actor.channel,
        reason=reason[:64],
        at=tx.now,
    )
