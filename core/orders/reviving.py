"""Late money brings an order back that had lapsed (O17, DR-811)."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from core import events
from core.actor import Actor
from core.db import Tx
from core.errors import DomainError
from core.listings import service as listings
from core.listings.models import Listing
from core.orders import amounts, history, locks, replacing, rules
from core.orders.models import OrderItem
from core.ways import service as ways


def revive(tx: Tx, actor: Actor, order_id: int) -> bool:
    """O17: confirm a lapsed order again if that is still possible; the caller knows that the money is there.

    It lapsed for want of payment no longer than `payment.revive_hours` ago, every price is as it was, all its
    stock can be taken again, and a run it was to come with has room, else False and nothing is changed. The
    items are written anew, since a cancelled item stays cancelled; the delivery day is counted from now. A
    revived order stays as it is and gives True. Emits OrderConfirmed.
    """
    order = locks.known(tx, order_id)
    if order is None:
        return False
    if order.order_status != "cancelled":
        return order.order_status != "pending_payment"
    if order.cancel_reason != "payment_timeout" or order.cancelled_at is None:
        return False
    lapsed = [item for item in order.items if item.item_status == "cancelled"]
    if order.cancelled_at < tx.now - timedelta(hours=tx.setting("payment.revive_hours")):
        return False
    found = listings.lock_listings(tx, [item.listing_id for item in lapsed])
    if any(found[item.listing_id].current_price != item.price_at_purchase for item in lapsed):
        return False
    notes = len(tx.changed)
    day = rules.delivery_day(tx.now, tx.setting("order.cutoff_local"))
    try:
        with tx.session.begin_nested():
            _take_again(tx, actor, lapsed, found)
            if order.run_id is not None:
                promised = order.estimated_delivery_date
                day = ways.put_on_next(
                    tx, run_id=order.run_id, order_id=order_id, kg=order.kg, earliest=promised
                )
    except DomainError:
        del tx.changed[notes:]
        return False
    order = locks.order(tx, order_id)
    history.move_order(tx, history.cascade(actor), order, "revive")
    order.cancel_reason = ""
    order.cancelled_at = None
    order.estimated_delivery_date = max(order.estimated_delivery_date, day)
    amounts.retotal(order)
    tx.flush()
    tx.emit(events.OrderConfirmed(order_id=order_id, actor=actor))
    return True


def _take_again(tx: Tx, actor: Actor, lapsed: Sequence[OrderItem], found: Mapping[int, Listing]) -> None:
    again = [
        replacing.copy_of(item, found[item.listing_id], price=item.price_at_purchase)
        for item in sorted(lapsed, key=lambda item: item.listing_id)
    ]
    tx.session.add_all(again)
    tx.flush()
    listings.take_all(
        tx, actor, [listings.Taking(one.listing_id, one.quantity, one.order_item_id) for one in again]
    )
