"""One act on many orders: the first at once, the rest in helpings, exactly those that were meant (DR-801).

Each order has its own status, notices, duties and money, so the work grows with the orders, and a person at a
keypad waits for an answer. What she said yes to is written down with her yes, item by item, in the same
transaction; the duty `mark_rest` carries it out seconds later, a few orders a transaction, each once.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select, update

from core import rows
from core.actor import Actor
from core.db import Database, Tx
from core.duties import service as duties
from core.duties.service import Taken
from core.orders import locks
from core.orders.models import AskedMark, Order, OrderItem

# So many orders are worked on with the act itself: a mark is some ten statements an order, turning one down a
# hundred, since its money goes back.
AT_ONCE = {
    "accept": 5,
    "harvest": 5,
    "pack": 5,
    "ready": 5,
    "reject": 1,
    "less": 1,
    "shared": 1,
    "later": 5,
    "all_acc": 5,
    "all_rdy": 5,
}
# So many in each helping of the rest.
HELPING = 5
# After these of a farmer's own the sum stays before her, whole, for her next mark; the rest of all others is
# kept off the board meanwhile.
STAYS = ("accept", "harvest", "pack")
# So long; a worker that is down for longer does not hide it from her.
OUT_OF_SIGHT = timedelta(minutes=10)

Step = tuple[OrderItem, Decimal | None]
# Carries out the steps of one locked order: (tx, actor, order, steps, as_role, reason).
Work = Callable[[Tx, Actor, Order, Sequence[Step], str, str], None]
# What follows the steps from `was` to asked.done, in their transaction: (tx, actor, asked, was).
Then = Callable[[Tx, Actor, AskedMark, int], None]


def carry_out(
    tx: Tx,
    actor: Actor,
    what: str,
    meant: Sequence[tuple[Order, Sequence[Step]]],
    *,
    work: Mapping[str, Work],
    as_role: str,
    reason: str = "",
    then: Mapping[str, Then] | None = None,
) -> None:
    """`work[what]` on each of the locked orders: on the first few now, on the rest by the duty mark_rest.

    then  what follows the first few, and each helping of the rest
    """
    asked = AskedMark(
        user_id=actor.user_id,
        actor_role=actor.role,
        channel=actor.channel,
        request_id=actor.request_id,
        what=what,
        as_role=as_role,
        reason=reason,
        steps=[
            [
                order.order_id,
                [[item.order_item_id, None if part is None else str(part)] for item, part in steps],
            ]
            for order, steps in meant
        ],
        done=min(AT_ONCE[what], len(meant)),
        asked_at=tx.now,
    )
    for order, steps in meant[: asked.done]:
        work[what](tx, actor, order, steps, as_role, reason)
    tx.flush()
    _then(tx, actor, asked, 0, then)
    rest = meant[asked.done :]
    if not rest:
        return
    rows.add(tx, asked)
    if what not in STAYS:
        until = tx.now + OUT_OF_SIGHT
        later = [item.order_item_id for _, steps in rest for item, _ in steps]
        tx.session.execute(
            update(OrderItem).where(OrderItem.order_item_id.in_(later)).values(marked_until=until),
        )
    tx.note(f"asked_mark:{asked.mark_id}", f"{what} of {len(rest)} more orders")
    duties.want(tx, "mark_rest", asked.mark_id)


def mark_rest(
    work: Mapping[str, Work], then: Mapping[str, Then] | None = None
) -> Callable[[Database, Taken], None]:
    """The duty mark_rest (mark_id): helping by helping until nothing is left of it."""

    def handler(db: Database, duty: Taken) -> None:
        while db.run(lambda tx: _helping(tx, duty, work, then)):
            pass

    return handler


def _then(tx: Tx, actor: Actor, asked: AskedMark, was: int, then: Mapping[str, Then] | None) -> None:
    if then and asked.what in then:
        then[asked.what](tx, actor, asked, was)


def _helping(tx: Tx, duty: Taken, work: Mapping[str, Work], then: Mapping[str, Then] | None) -> bool:
    """The next few orders, and how far it is by then, in one transaction; whether there is more."""
    if not duties.renew(tx, duty):
        return False
    query = select(AskedMark).where(AskedMark.mark_id == duty.subject_id).with_for_update()
    asked = tx.session.scalars(query).one()
    steps = asked.steps[asked.done : asked.done + HELPING]
    if not steps:
        duties.finish(tx, duty)
        return False
    actor = Actor(asked.user_id, asked.actor_role, asked.channel, asked.request_id)
    orders = {order.order_id: order for order in locks.orders(tx, [order_id for order_id, _ in steps])}
    for order_id, items in steps:
        order = orders[order_id]
        parts = {item_id: None if part is None else Decimal(part) for item_id, part in items}
        meant = [(item, parts[item.order_item_id]) for item in order.items if item.order_item_id in parts]
        if asked.what not in STAYS:
            for item, _ in meant:
                item.marked_until = None
        work[asked.what](tx, actor, order, meant, asked.as_role, asked.reason)
    was = asked.done
    asked.done += len(steps)
    tx.flush()
    _then(tx, actor, asked, was, then)
    if asked.done < len(asked.steps):
        return True
    duties.finish(tx, duty)
    return False
