"""The delivery code: made, kept sealed, tried, locked, sent again, shown once (DR-1205, DR-214)."""

import hmac
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from core import events
from core.actor import Actor
from core.db import Database, Tx
from core.deliveries import locks
from core.deliveries.errors import CodeNotOpen, CodeResendsUsed, NoSuchJob
from core.deliveries.machine import IN_HAND
from core.deliveries.models import CodeTry, Delivery
from core.orders import locks as order_locks
from core.orders.models import Order
from core.outbox import blacklist
from core.outbox.models import OutboxMessage
from core.users import pins
from core.users import service as users

PURPOSE = "delivery-code"
# The messages that carry the code, and what the provider says of one that did not arrive.
CARRIERS = ("rider_and_code", "collect_code", "code_again")
LOST = ("failed", "undelivered", "expired")


def make(tx: Tx, delivery: Delivery, others: set[str]) -> None:
    """A new code, unlike `others`; tries, resends and the one look by USSD begin anew."""
    while (code := tx.parts.chance.digits(tx.setting("delivery.code_length"))) in others:
        pass
    delivery.code_sealed = tx.parts.vault.seal(PURPOSE, code)
    delivery.code_attempts, delivery.code_locked = 0, False
    delivery.code_resends, delivery.code_shown_at = 0, None


def code_of(tx: Tx, delivery: Delivery) -> str:
    """The code in clear, in memory only; "" before D2."""
    return tx.parts.vault.open(PURPOSE, delivery.code_sealed) if delivery.code_sealed else ""


def fits(tx: Tx, delivery: Delivery, code: str) -> bool:
    """Whether `code` is the delivery's, in constant time."""
    return hmac.compare_digest(code_of(tx, delivery).encode(), code.encode())


def near(tx: Tx, rider_id: int, memory_since: datetime) -> set[str]:
    """The codes of a rider's open deliveries and of those he has just closed: a new one differs from all."""
    recent = (Delivery.delivery_status == "delivered") & (Delivery.delivered_at > memory_since)
    query = select(Delivery).where(
        Delivery.rider_id == rider_id, or_(Delivery.delivery_status.in_((*IN_HAND, "failed")), recent)
    )
    return {code_of(tx, other) for other in tx.session.scalars(query)}


def count_try(tx: Tx, jobs: Sequence[Delivery], once_key: str, code: str) -> list[int]:
    """Count a try on each of `jobs` that is not locked; their ids, and those this very message tried before.

    A repeat of a message is not another try; another code under the same `once_key` is one, so that a caller
    who chooses his keys gains nothing (DR-214).
    """
    for delivery_id in sorted(job.delivery_id for job in jobs):
        locks.delivery(tx, delivery_id)  # reads its count again: tries at the same moment count one by one
    key = _try_key(tx, once_key, code)
    tried = {j.delivery_id for j in jobs if tx.session.get(CodeTry, (j.delivery_id, key)) is not None}
    free = [j.delivery_id for j in jobs if not j.code_locked or j.delivery_id in tried]
    for delivery_id in sorted(set(free) - tried):
        tx.session.add(CodeTry(delivery_id=delivery_id, once_key=key, at=tx.now))
        _add_to_count(tx, delivery_id, 1)
    return free


def take_back(tx: Tx, delivery_ids: Sequence[int], once_key: str, code: str) -> None:
    """The code proved right: its try no longer counts, on whichever delivery. Taken back as often as counted,
    for repeats of a right code would else wipe the tries of another delivery."""
    key = _try_key(tx, once_key, code)
    for delivery_id in sorted(delivery_ids):
        locks.delivery(tx, delivery_id)
        counted = tx.session.get(CodeTry, (delivery_id, key), populate_existing=True)
        if counted is not None:
            tx.session.delete(counted)
            _add_to_count(tx, delivery_id, -1)


def _try_key(tx: Tx, once_key: str, code: str) -> str:
    return tx.parts.vault.digest("code-try", f"{once_key}\0{code}")


def _add_to_count(tx: Tx, delivery_id: int, tries: int) -> None:
    """The last try locks until it is compared."""
    delivery = locks.delivery(tx, delivery_id)
    assert delivery is not None, "deliveries are never deleted"
    delivery.code_attempts = max(0, delivery.code_attempts + tries)
    delivery.code_locked = delivery.code_attempts >= tx.setting("delivery.code_max_attempts")
    tx.flush()


def resend(tx: Tx, actor: Actor, *, order_id: int) -> int:
    """The customer asks for the code once more, to her own number; returns how often she still may.

    Raises NotFound for a foreign order, CodeNotOpen, CodeResendsUsed (limit), NotAllowed. Emits CodeRenewed.
    """
    delivery = _of_customer(tx, actor, order_id)
    limit = tx.setting("delivery.code_resend_max")
    if delivery.code_resends >= limit:
        raise CodeResendsUsed(limit=limit)
    delivery.code_resends += 1
    tx.note(f"delivery:{delivery.delivery_id}", "code sent again")
    version = f"{delivery.attempts}.{delivery.code_resends}"
    tx.emit(events.CodeRenewed(delivery_id=delivery.delivery_id, version=version, actor=actor))
    return int(limit) - delivery.code_resends


def show_once(tx: Tx, actor: Actor, *, order_id: int) -> str:
    """The code in clear on the ordering phone's own USSD screen, once, after its SMS was reported lost.

    Raises NotFound for a foreign order, CodeNotOpen (no code, arrived, shown before, another channel, or a
    number that gets no texts at all: `show_after_pin`).
    """
    delivery = _of_customer(tx, actor, order_id)
    if actor.channel != "ussd" or delivery.code_shown_at is not None or not _lost(tx, order_id):
        raise CodeNotOpen(order_id=order_id)
    if blacklist.holds(tx, users.acting(tx, actor).phone_number):
        raise CodeNotOpen(order_id=order_id)
    delivery.code_shown_at = tx.now
    tx.note(f"delivery:{delivery.delivery_id}", "code shown")
    return code_of(tx, delivery)


def show_after_pin(db: Database, actor: Actor, *, order_id: int, pin: str, once_key: str) -> str:
    """The code in clear by USSD, after her PIN, for a number that the provider texts no more (DR-1504).

    As often as she asks, for no other road brings it. Raises CodeNotOpen, NotFound for a foreign order, and
    what pins.with_pin raises.
    """

    def work(tx: Tx) -> str:
        delivery = _of_customer(tx, actor, order_id)
        if actor.channel != "ussd" or not blacklist.holds(tx, users.acting(tx, actor).phone_number):
            raise CodeNotOpen(order_id=order_id)
        tx.note(f"delivery:{delivery.delivery_id}", "code shown after the PIN")
        return code_of(tx, delivery)

    return pins.with_pin(db, actor, pin=pin, once_key=once_key, work=work)


def _of_customer(tx: Tx, actor: Actor, order_id: int) -> Delivery:
    """The delivery in hand of the actor's own order, locked after its order."""
    customer_id = tx.session.scalar(select(Order.customer_id).where(Order.order_id == order_id))
    users.acting(tx, actor)
    if customer_id is None or customer_id != actor.user_id:
        raise NoSuchJob(order_id=order_id)
    order_locks.order(tx, order_id)
    found = select(Delivery).where(Delivery.order_id == order_id).with_for_update()
    delivery = tx.session.scalar(
        found.options(selectinload(Delivery.order)).execution_options(populate_existing=True)
    )
    if delivery is None or delivery.delivery_status not in IN_HAND or delivery.code_sealed is None:
        raise CodeNotOpen(order_id=order_id)
    return delivery


def _lost(tx: Tx, order_id: int) -> bool:
    """Whether the newest message with the order's code has not arrived."""
    query = select(OutboxMessage.status).where(
        OutboxMessage.order_id == order_id, OutboxMessage.code.in_(CARRIERS)
    )
    return tx.session.scalar(query.order_by(OutboxMessage.outbox_id.desc()).limit(1)) in LOST
