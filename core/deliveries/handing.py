"""The goods change hands: the end of a delivery, whatever proved it (D6, O14, 10.2)."""

from dataclasses import dataclass
from decimal import Decimal

from core import events
from core.actor import Actor
from core.cash import collecting
from core.db import Tx
from core.deliveries import locks, stops
from core.deliveries.history import move
from core.deliveries.models import Delivery
from core.duties import service as duties
from core.ledger import postings
from core.money import ZERO
from core.orders import service as orders
from core.orders.models import Order

SKIPPED = {"assigned": "pick_up", "picked_up": "start"}


@dataclass(frozen=True)
class Delivered:
    """A delivery that is done; `again` if it was done before and nothing happened now. Sums in KES.

    taken, change, short  cash at the door (DR-902)
    """

    delivery_id: int
    order_id: int
    order_number: str
    tail: str
    earning: Decimal
    again: bool = False
    taken: Decimal = ZERO
    change: Decimal = ZERO
    short: Decimal = ZERO


def finish(
    tx: Tx, actor: Actor, order: Order, delivery: Delivery, *, cash: Decimal | None, why: str = ""
) -> Delivered:
    """Take D6 and O14 with order and delivery locked; the cash is the debt of whoever brought it.

    Steps nobody reported are marked implied. Raises NotEnoughCash, CashInvalid, WrongState. Emits
    DeliveryDone.
    """
    carrier_id = delivery.rider_id
    assert carrier_id is not None, "only what somebody has in hand is handed over"
    skipped = SKIPPED.get(delivery.delivery_status, "")
    reason = why or (f"implied from {skipped}" if skipped else "")
    move(tx, actor, delivery, "hand_over", reason=reason)
    delivery.delivered_at = tx.now
    delivery.picked_up_at = delivery.picked_up_at or tx.now
    met = collecting.collect(tx, actor, order, carrier_id=carrier_id, taken=cash)
    order = orders.hand_over(tx, actor, delivery.order_id)
    stops.confirm_all(tx, actor, stops.of(tx, delivery))
    postings.rider_earning(tx, delivery.delivery_id, order.order_id, carrier_id, delivery.rider_earning)
    duties.drop(tx, "start_timeout", delivery.delivery_id)
    row = locks.duty(tx, carrier_id)
    if row is not None:
        row.idle_since = tx.now
    tx.emit(events.DeliveryDone(delivery_id=delivery.delivery_id, actor=actor))
    return done(delivery, taken=met.taken, change=met.change, short=met.short)


def done(
    delivery: Delivery, *, again: bool = False, taken: Decimal = ZERO, change: Decimal = ZERO,
    short: Decimal = ZERO,
) -> Delivered:  # fmt: skip
    """The delivery as whoever asks for it is told."""
    return Delivered(
        delivery_id=delivery.delivery_id,
        order_id=delivery.order_id,
        order_number=delivery.order.order_number,
        tail=delivery.order.tail,
        earning=delivery.rider_earning,
        again=again,
        taken=taken,
        change=change,
        short=short,
    )
