"""From the farms to the door: collected, on the way, handed over against the customer's code (D4 to D6)."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core import events
from core.actor import Actor
from core.audit import service as audit
from core.cash import collecting
from core.cash.collecting import sum_of
from core.cash.errors import CashUnsure, NotEnoughCash
from core.db import Database, Tx
from core.deliveries import assignment, codes, handing, hands, stops
from core.deliveries.errors import (
    CodeLocked,
    GoodsNotReady,
    MiscountedItem,
    NoSuchJob,
    OverrideReasonMissing,
    StopUnknown,
    WhichJob,
    WrongCode,
)
from core.deliveries.handing import Delivered
from core.deliveries.history import move
from core.deliveries.machine import IN_HAND
from core.deliveries.models import Delivery, DeliveryStop
from core.money import ZERO
from core.orders import numbers, rules
from core.orders import service as orders
from core.orders.models import Order
from core.users import service as users
from core.words import reason_of

__all__ = ["Delivered", "code_of", "deliver", "override", "pick_up", "start"]

REASON_LENGTH = 160


def pick_up(
    tx: Tx,
    actor: Actor,
    *,
    order_id: int,
    farm_id: int | None = None,
    counted: Mapping[int, Decimal] | None = None,
) -> Delivery:
    """The rider has collected at one farm, or (None) at all that are left; with the last one D4 and D5.

    counted  what he counted, by order_item_id, where it is not what the order says (I8)

    Items are picked up when every farm is done; with `delivery.auto_start` he is then on the way (O11).
    Saying it again changes nothing. Raises NoSuchJob (DR-1206), StopUnknown, GoodsNotReady, MiscountedItem,
    NotAllowed. Emits DeliveryPickedUp.
    """
    users.acting(tx, actor, "rider")
    order, delivery = _mine(tx, actor, order_id)
    if delivery.delivery_status != "assigned":
        return delivery
    stops.write(tx, delivery, order)
    live = {stop.place: stop for stop in stops.pickups(tx, order)}
    rows = [row for row in stops.of(tx, delivery) if row.kind == "pickup" and row.place in live]
    chosen = [row for row in rows if farm_id in (None, row.farm_id)]
    if not chosen:
        raise StopUnknown(farm_id=farm_id)
    if not all(live[row.place].ready for row in chosen if row.done_at is None):
        raise GoodsNotReady(order=order.order_number)
    _count(chosen, live, order, counted or {})
    stops.confirm_all(tx, actor, chosen)
    if any(row.done_at is None for row in rows):
        tx.flush()
        return delivery
    if order.order_status != "ready_for_delivery":
        raise GoodsNotReady(order=order.order_number)
    sums = {int(item): Decimal(quantity) for row in rows for item, quantity in row.counted.items()}
    orders.collected(tx, actor, order_id, counted=sums)
    move(tx, actor, delivery, "pick_up")
    delivery.picked_up_at = tx.now
    delivery.goods_at = "rider"
    if tx.setting("delivery.auto_start"):
        _start(tx, actor, order, delivery)
    tx.emit(events.DeliveryPickedUp(delivery_id=delivery.delivery_id, actor=actor))
    return delivery


def start(tx: Tx, actor: Actor, *, order_id: int) -> Delivery:
    """D5: the rider leaves with the goods. Saying it again changes nothing.

    Raises NoSuchJob, WrongState while something is still to be collected, NotAllowed.
    """
    users.acting(tx, actor, "rider")
    order, delivery = _mine(tx, actor, order_id)
    if delivery.delivery_status != "in_transit":
        _start(tx, actor, order, delivery)
    return delivery


def deliver(
    db: Database,
    actor: Actor,
    *,
    order_ref: str | None,
    code: str,
    once_key: str,
    cash: Decimal | None = None,
    sure: bool = True,
) -> Delivered:
    """Hand over against the customer's code: D6, O14, the ledger (DR-1205).

    order_ref  the order's number or last 4; None for a bare code, which then names the delivery itself
    once_key   the text or hop that carries the code: a repeat of it is not another try
    cash       what was taken at the door, whole KES; None: exactly what was to be collected (DR-901)
    sure       False: a sum that was not said, or is not the very sum, is asked about before anything is done

    By the rider, or whoever hands a collected order over (DR-1206, DR-1210). The try is counted and committed
    before the code is compared, so that no rollback forgets it (DR-214); a right code wipes the count. A code
    that was right before is a success that changes nothing. Raises NoSuchJob, WrongCode (left), CodeLocked,
    WhichJob (numbers), OrderAmbiguous, NotEnoughCash (due, sum), CashUnsure, CashInvalid. Emits DeliveryDone.
    """
    given = code.strip()
    if cash is not None:
        with db.read() as tx:
            cash = sum_of(tx, cash)
    tried = db.run(lambda tx: _count_try(tx, actor, order_ref, given, once_key))
    if isinstance(tried, Delivered):
        return tried
    try:
        return db.run(lambda tx: _hand_over(tx, actor, tried, given, once_key, cash, sure))
    except (NotEnoughCash, CashUnsure):  # the code was right all the same
        db.run(lambda tx: codes.take_back(tx, tried, once_key, given))
        raise


def override(tx: Tx, actor: Actor, *, order_id: int, reason: str, cash: Decimal | None = None) -> Delivered:
    """An admin says that the goods have changed hands without the code, and why; audited (DR-1205).

    cash  what was taken at the door; None: exactly what was to be collected

    A delivered one stays as it is. Raises OverrideReasonMissing, NoSuchJob, WrongState, NotEnoughCash,
    NotAllowed. Emits DeliveryDone.
    """
    users.may(tx, actor, "update", "deliveries", own=False)
    why = reason_of(reason, REASON_LENGTH)
    if not why:
        raise OverrideReasonMissing
    order, delivery = assignment.locked(tx, order_id)
    if delivery.delivery_status == "delivered":
        return handing.done(delivery, again=True)
    if delivery.rider_id is None:
        raise NoSuchJob(order_id=order_id)
    done = handing.finish(tx, actor, order, delivery, cash=cash, why="override")
    record = f"delivery:{delivery.delivery_id}"
    audit.record(tx, actor, what="delivery.override", record=record, reason=why)
    return done


def code_of(tx: Tx, delivery_id: int) -> str:
    """The delivery code in clear; only for the text that is made in memory when it is sent (DR-1205)."""
    return codes.code_of(tx, tx.session.get_one(Delivery, delivery_id))


def _mine(tx: Tx, actor: Actor, order_id: int) -> tuple[Order, Delivery]:
    order, delivery = assignment.locked(tx, order_id)
    if delivery.rider_id != actor.user_id or order.customer_id == actor.user_id:
        raise NoSuchJob(order_id=order_id)
    return order, delivery


def _start(tx: Tx, actor: Actor, order: Order, delivery: Delivery) -> None:
    move(tx, actor, delivery, "start")
    orders.on_the_way(tx, actor, order)


def _count(
    rows: list[DeliveryStop],
    live: Mapping[str, stops.Stop],
    order: Order,
    counted: Mapping[int, Decimal],
) -> None:
    """Keep what he counted where it is less than what the order says; never more, never of another farm."""
    if not counted:
        return
    items = {item.order_item_id: item for item in order.items}
    for item_id, said in counted.items():
        row = next((row for row in rows if item_id in live[row.place].item_ids), None)
        try:
            quantity = Decimal(str(said))
        except InvalidOperation:
            raise MiscountedItem(order_item_id=item_id) from None
        if row is None or not quantity.is_finite():
            raise MiscountedItem(order_item_id=item_id)
        if not ZERO <= quantity <= items[item_id].fulfilled_quantity:
            raise MiscountedItem(order_item_id=item_id)
        if row.done_at is None and quantity < items[item_id].fulfilled_quantity:
            row.counted = {**row.counted, str(item_id): str(quantity)}


def _count_try(
    tx: Tx, actor: Actor, order_ref: str | None, code: str, once_key: str
) -> Delivered | list[int]:
    """The deliveries to which the code may belong, each with this try on its count; locked at the last one.

    A code that has done its work already comes back as that delivery, done again.
    """
    user_id = users.acting(tx, actor).user_id
    jobs = [job for job in hands.to_hand_over(tx, user_id) if job.order.customer_id != user_id]
    order_id = None
    if order_ref is not None:
        named = [job for job in jobs if job.order.order_number.endswith(rules.spelled(order_ref))]
        order_id = named[0].order_id if len(named) == 1 else numbers.find(tx, actor, order_ref).order_id
        jobs = [job for job in jobs if job.order_id == order_id]
    if order_ref is None or not jobs:
        done = _done_before(tx, user_id, order_id, code)
        if done is not None:
            return done
    if not jobs:
        raise NoSuchJob(order=order_ref or "")
    free = codes.count_try(tx, jobs, once_key, code)
    if not free:
        raise CodeLocked(order=jobs[0].order.order_number)
    return free


def _hand_over(
    tx: Tx,
    actor: Actor,
    delivery_ids: list[int],
    code: str,
    once_key: str,
    cash: Decimal | None,
    sure: bool,
) -> Delivered:
    query = select(Delivery).where(Delivery.delivery_id.in_(delivery_ids)).order_by(Delivery.delivery_id)
    tried = tx.session.scalars(query.options(selectinload(Delivery.order))).all()
    fitting = [d for d in tried if codes.fits(tx, d, code)]
    if len(fitting) > 1:
        raise WhichJob(numbers=[d.order.order_number for d in fitting])
    if not fitting:
        left = max(tx.setting("delivery.code_max_attempts") - d.code_attempts for d in tried)
        if left <= 0:
            raise CodeLocked(order=tried[0].order.order_number)
        raise WrongCode(left=left)
    order, delivery = assignment.locked(tx, fitting[0].order_id)
    if delivery.delivery_status == "delivered":
        return handing.done(delivery, again=True)  # the same message, worked on twice at the same moment
    may = hands.hands_of(tx, delivery, order)
    if actor.user_id not in may or delivery.delivery_status not in IN_HAND:
        raise NoSuchJob(order=delivery.order.order_number)
    if not sure:
        collecting.make_sure(tx, order, cash)
    done = handing.finish(tx, actor, order, delivery, cash=cash)
    codes.take_back(tx, delivery_ids, once_key, code)
    return done


def _done_before(tx: Tx, user_id: int, order_id: int | None, code: str) -> Delivered | None:
    """The delivery of the last day that this very code has closed in these hands (INV-10)."""
    for delivery in hands.just_handed_over(tx, user_id, tx.now - assignment.CODE_MEMORY):
        if order_id in (None, delivery.order_id) and codes.fits(tx, delivery, code):
            return handing.done(delivery, again=True)
    return None
