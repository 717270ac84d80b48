"""The rider's road: collect, bring, hand over against the customer's code (D4 to D6)."""

import hmac
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core import events
from core.actor import Actor
from core.db import Database, Tx
from core.deliveries import assignment, duty, locks
from core.deliveries.errors import CodeLocked, GoodsNotReady, NoSuchJob, WhichJob, WrongCode
from core.deliveries.history import move
from core.deliveries.machine import IN_HAND
from core.deliveries.models import CodeTry, Delivery
from core.ledger import postings
from core.orders import locks as order_locks
from core.orders import numbers
from core.orders import service as orders
from core.users import service as users


@dataclass(frozen=True)
class Delivered:
    """A delivery that is done; `again` if it was done before and nothing happened now. `earning` in KES."""

    delivery_id: int
    order_id: int
    order_number: str
    tail: str
    earning: Decimal
    again: bool = False


def pick_up(tx: Tx, actor: Actor, *, order_id: int) -> Delivery:
    """The rider has collected everything: items picked up, on the way (D4, D5, O11).

    Saying it again changes nothing. Raises NoSuchJob (DR-1206), GoodsNotReady, NotAllowed. Emits
    DeliveryPickedUp.
    """
    users.acting(tx, actor, "rider")
    known = assignment.of_order(tx, order_id)
    if known is None:
        raise NoSuchJob(order_id=order_id)
    order = order_locks.order(tx, order_id)
    delivery = locks.delivery(tx, known.delivery_id)
    if delivery is None or delivery.rider_id != actor.user_id:
        raise NoSuchJob(order_id=order_id)
    if delivery.delivery_status != "assigned":
        return delivery
    if order.order_status != "ready_for_delivery":
        raise GoodsNotReady(order=order.order_number)
    orders.collected(tx, actor, order_id)
    move(tx, actor, delivery, "pick_up")
    delivery.picked_up_at = tx.now
    if tx.setting("delivery.auto_start"):
        move(tx, actor, delivery, "start")
        orders.on_the_way(tx, actor, order)
    tx.emit(events.DeliveryPickedUp(delivery_id=delivery.delivery_id, actor=actor))
    return delivery


def deliver(db: Database, actor: Actor, *, order_ref: str | None, code: str, once_key: str) -> Delivered:
    """Hand over against the customer's code: D6, O14, the ledger (DR-1205).

    order_ref  the order's number or last 4; None for a bare code, which then names the delivery itself
    once_key   the text or hop that carries the code: a repeat of it is not another try

    The try is counted and committed before the code is compared, so that no rollback forgets it (DR-214);
    a right code wipes the count. A code that was right before is a success that changes nothing. Raises
    NoSuchJob, WrongCode (left), CodeLocked, WhichJob (numbers), OrderAmbiguous, NotAllowed. Emits
    DeliveryDone.
    """
    given = code.strip()
    tried = db.run(lambda tx: _count_try(tx, actor, order_ref, given, once_key))
    if isinstance(tried, Delivered):
        return tried
    return db.run(lambda tx: _hand_over(tx, actor, tried, given))


def code_of(tx: Tx, delivery_id: int) -> str:
    """The delivery code in clear; only for the text that is made in memory when it is sent (DR-1205)."""
    return assignment.code_of(tx, tx.session.get_one(Delivery, delivery_id))


def _count_try(
    tx: Tx, actor: Actor, order_ref: str | None, code: str, once_key: str
) -> Delivered | list[int]:
    """The deliveries to which the code may belong, each with this try on its count; locked at the last one.

    A code that has done its work already comes back as that delivery, done again.
    """
    rider_id = users.acting(tx, actor, "rider").user_id
    jobs = duty.in_hand(tx, rider_id)
    order_id = None
    if order_ref is not None:
        order_id = numbers.find(tx, actor, order_ref).order_id
        jobs = [job for job in jobs if job.order_id == order_id]
    if order_ref is None or not jobs:
        done = _done_before(tx, rider_id, order_id, code)
        if done is not None:
            return done
    if not jobs:
        raise NoSuchJob(order=order_ref or "")
    for delivery_id in sorted(job.delivery_id for job in jobs):
        locks.delivery(tx, delivery_id)  # reads its count again: tries at the same moment count one by one
    tried = {j.delivery_id for j in jobs if tx.session.get(CodeTry, (j.delivery_id, once_key)) is not None}
    free = [j.delivery_id for j in jobs if not j.code_locked or j.delivery_id in tried]
    if not free:
        raise CodeLocked(order=jobs[0].order.order_number)
    new = [delivery_id for delivery_id in free if delivery_id not in tried]
    tx.session.add_all(CodeTry(delivery_id=d, once_key=once_key, at=tx.now) for d in new)
    _add_to_count(tx, new, 1)
    return free


def _hand_over(tx: Tx, actor: Actor, delivery_ids: list[int], code: str) -> Delivered:
    query = select(Delivery).where(Delivery.delivery_id.in_(delivery_ids)).order_by(Delivery.delivery_id)
    tried = tx.session.scalars(query.options(selectinload(Delivery.order))).all()
    fitting = [d for d in tried if _fits(tx, d, code)]
    if len(fitting) > 1:
        raise WhichJob(numbers=[d.order.order_number for d in fitting])
    if not fitting:
        left = max(tx.setting("delivery.code_max_attempts") - d.code_attempts for d in tried)
        if left <= 0:
            raise CodeLocked(order=tried[0].order.order_number)
        raise WrongCode(left=left)
    order_locks.order(tx, fitting[0].order_id)
    delivery = locks.delivery(tx, fitting[0].delivery_id)
    assert delivery is not None, "deliveries are never deleted"
    rider_id = actor.user_id
    if delivery.rider_id == rider_id and delivery.delivery_status == "delivered":
        return _done(delivery, again=True)  # the same message, worked on twice at the same moment
    if rider_id is None or delivery.rider_id != rider_id or delivery.delivery_status not in IN_HAND:
        raise NoSuchJob(order=delivery.order.order_number)
    skipped = {"assigned": "pick_up", "picked_up": "start"}.get(delivery.delivery_status, "")
    move(tx, actor, delivery, "hand_over", reason=f"implied from {skipped}" if skipped else "")
    delivery.delivered_at = tx.now
    delivery.picked_up_at = delivery.picked_up_at or tx.now
    _add_to_count(tx, delivery_ids, -1)
    order = orders.hand_over(tx, actor, delivery.order_id)
    postings.rider_earning(tx, delivery.delivery_id, order.order_id, rider_id, delivery.rider_earning)
    row = locks.duty(tx, rider_id)
    if row is not None:
        row.idle_since = tx.now
    tx.emit(events.DeliveryDone(delivery_id=delivery.delivery_id, actor=actor))
    return _done(delivery)


def _add_to_count(tx: Tx, delivery_ids: list[int], tries: int) -> None:
    """Count a try, or take it back where the code proved right; the last try locks until it is compared."""
    most = tx.setting("delivery.code_max_attempts")
    for delivery_id in sorted(delivery_ids):
        delivery = locks.delivery(tx, delivery_id)
        assert delivery is not None, "deliveries are never deleted"
        delivery.code_attempts += tries
        delivery.code_locked = delivery.code_attempts >= most


def _done_before(tx: Tx, rider_id: int, order_id: int | None, code: str) -> Delivered | None:
    """The rider's delivery of the last day that this very code has closed (INV-10)."""
    query = (
        select(Delivery)
        .where(
            Delivery.rider_id == rider_id,
            Delivery.delivery_status == "delivered",
            Delivery.delivered_at > tx.now - assignment.CODE_MEMORY,
        )
        .options(selectinload(Delivery.order))
        .order_by(Delivery.delivery_id.desc())
    )
    for delivery in tx.session.scalars(query):
        if order_id in (None, delivery.order_id) and _fits(tx, delivery, code):
            return _done(delivery, again=True)
    return None


def _fits(tx: Tx, delivery: Delivery, code: str) -> bool:
    """Whether `code` is the delivery's, in constant time."""
    return hmac.compare_digest(assignment.code_of(tx, delivery).encode(), code.encode())


def _done(delivery: Delivery, *, again: bool = False) -> Delivered:
    return Delivered(
        delivery_id=delivery.delivery_id,
        order_id=delivery.order_id,
        order_number=delivery.order.order_number,
        tail=delivery.order.tail,
        earning=delivery.rider_earning,
        again=again,
    )
