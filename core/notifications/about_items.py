"""Who is told of what happens to an order's items: less, nothing, another farm, late, off (section 15)."""

from typing import Any

from sqlalchemy import select

from core import events
from core.clock import nairobi_date
from core.db import Tx
from core.deliveries.models import Delivery
from core.duties import service as duties
from core.farms.models import Farm
from core.listings.models import Listing
from core.money import ZERO
from core.notifications.bundling import ask_whether_there
from core.notifications.models import Notification
from core.notifications.occasions import (
    FARMS_AT_ONCE,
    amount_of_lines,
    order_of,
    tell_customer,
    tell_farmer_new_order,
)
from core.notifications.service import tell
from core.notifications.values import amount
from core.orders.models import Claim, Order, OrderItem, PickupShort, Replacement
from core.payments import coming_back
from core.questions import service as questions
from core.users import service as users

KEEP, CANCEL = "keep", "cancel"
TAKE, REFUND = "take", "refund"
# She said so herself, and got her answer there (DR-1212).
CHOSEN = "no_rider"
# Cancelled before it was paid: no farmer has heard of it.
UNHEARD_OF = ("payment_timeout", "harvest_short", "harvest_late")


def item_short(tx: Tx, happened: events.ItemShort) -> None:
    """The customer: less comes; below half she is asked whether she still wants it (I5, DR-407)."""
    order, item = _item(tx, happened.order_id, happened.order_item_id)
    values = _values(order, item) | {"total": str(order.total_amount)}
    subject = f"item:{item.order_item_id}:{item.fulfilled_quantity}"
    if item.short_until is None:
        back = coming_back.of_item(
            tx, order_item_id=item.order_item_id, cause="short", detail=str(item.fulfilled_quantity)
        )
        _tell_back(tx, order, "item_short", values, back, subject)
        return
    values |= {"time": item.short_until.isoformat()}
    questions.ask(
        tx,
        order.customer,
        "short",
        about={"order_item_id": item.order_item_id, "order": order.tail},
        expires_at=item.short_until,
        choices=[{"value": KEEP, "label": "1"}, {"value": CANCEL, "label": "2"}],
    )
    tell_customer(tx, order, "item_short_asked", values, subject=subject)


def item_rejected(tx: Tx, happened: events.ItemRejected) -> None:
    """The customer: it does not come, and costs nothing; who is asked about another farm is told that."""
    order, item = _item(tx, happened.order_id, happened.order_item_id)
    if item.asked_until is None:
        _tell_gone(tx, order, item, "reject")


def replacement_offered(tx: Tx, happened: events.ReplacementOffered) -> None:
    """The customer: the next farm has it, at what price; or her money (DR-815)."""
    offered = tx.session.get_one(Replacement, happened.replacement_id)
    order, item = _item(tx, offered.order_id, offered.order_item_id)
    farm = tx.session.scalar(
        select(Farm.farm_name)
        .join(Listing, Listing.farm_id == Farm.farm_id)
        .where(Listing.listing_id == offered.listing_id)
    )
    values = _values(order, item) | {
        "farm": farm or "",
        "price": str(offered.price),
        "unit": item.unit,
        "time": offered.expires_at.isoformat(),
    }
    questions.ask(
        tx,
        order.customer,
        "replacement",
        about={"order_item_id": item.order_item_id, "order": order.tail},
        expires_at=offered.expires_at,
        choices=[{"value": TAKE, "label": "1"}, {"value": REFUND, "label": "2"}],
    )
    tell_customer(tx, order, "replacement", values, subject=f"item:{item.order_item_id}")


def replacement_taken(tx: Tx, happened: events.ReplacementTaken) -> None:
    """The other farmer: a new order, paid (or cash)."""
    order, item = _item(tx, happened.order_id, happened.order_item_id)
    urgent = order.estimated_delivery_date <= nairobi_date(tx.now)
    subject = f"item:{item.order_item_id}"
    tell_farmer_new_order(tx, order, item.farmer_id, [item], urgent=urgent, subject=subject)


def item_cancelled(tx: Tx, happened: events.ItemCancelled) -> None:
    """The farmer: do not prepare it. The customer, if it was not her wish: it does not come."""
    order, item = _item(tx, happened.order_id, happened.order_item_id)
    if happened.actor.user_id != order.customer_id:
        _tell_gone(tx, order, item, "cancel_item")
    if happened.reason not in UNHEARD_OF:
        _tell_farmer(tx, order, [item], "item_cancelled")


def order_cancelled(tx: Tx, happened: events.OrderCancelled) -> None:
    """The customer, if it was not her own doing: cancelled, and what is charged. The farmers who had heard
    of the order: it is over (O9)."""
    order = order_of(tx, happened.order_id)
    if happened.reason == "payment_timeout":
        return  # told by occasions.order_cancelled
    if happened.actor.user_id != order.customer_id and happened.reason != CHOSEN:
        _tell_end(tx, order)
    begun = select(Delivery.delivery_id).where(Delivery.order_id == order.order_id)
    if happened.reason in UNHEARD_OF or tx.session.scalar(begun) is None:
        return
    farms = list(_gone(order).values())
    for items in farms[:FARMS_AT_ONCE]:
        _tell_farmer(tx, order, items, "item_cancelled")
    rest = [items[0].order_item_id for items in farms[FARMS_AT_ONCE:]]
    duties.want_all(tx, "tell_farm_off", dict.fromkeys(rest, tx.now))


def _tell_end(tx: Tx, order: Order) -> None:
    """The customer: it is over, what it costs her all the same, what comes back."""
    back = coming_back.of_end(tx, order.order_id)
    if order.amount_asked == ZERO:
        _tell_back(tx, order, "order_cancelled", {"order": order.tail}, back, "")
        return
    values = {"order": order.tail, "pay": str(order.amount_asked)} | back.slots()
    tell_customer(tx, order, "order_cancelled_rest" if back.slots() else "order_cancelled_charged", values)


def _tell_gone(tx: Tx, order: Order, item: OrderItem, cause: str) -> None:
    back = coming_back.of_item(tx, order_item_id=item.order_item_id, cause=cause)
    _tell_back(tx, order, "item_gone", _values(order, item), back, f"item:{item.order_item_id}")


def _tell_back(
    tx: Tx, order: Order, code: str, values: dict[str, Any], back: coming_back.ComingBack, subject: str
) -> None:
    """What has changed, and where something was paid also how much of it comes back."""
    if back.slots():
        code = f"{code}_paid"
    tell_customer(tx, order, code, values | back.slots(), subject=subject)


def tell_farm_off(tx: Tx, order_item_id: int) -> None:
    """The duty tell_farm_off: the item's farmer hears that the order is over, if she had heard of it."""
    order_id = tx.session.get_one(OrderItem, order_item_id).order_id
    order, item = _item(tx, order_id, order_item_id)
    heard = select(Notification.notification_id).where(
        Notification.order_id == order_id, Notification.user_id == item.farmer_id
    )
    if tx.session.scalar(heard.limit(1)) is not None:
        _tell_farmer(tx, order, _gone(order)[item.farmer_id], "item_cancelled")


def _gone(order: Order) -> dict[int, list[OrderItem]]:
    """What each farmer need not prepare, or gets back, of an order that is over."""
    lines: dict[int, list[OrderItem]] = {}
    for item in order.items:
        if item.item_status in ("cancelled", "returned"):
            lines.setdefault(item.farmer_id, []).append(item)
    return lines


def item_reminder(tx: Tx, happened: events.ItemReminderDue) -> None:
    """The farmer: it still waits for her yes (DR-801)."""
    order_id = tx.session.get_one(OrderItem, happened.order_item_id).order_id
    order, item = _item(tx, order_id, happened.order_item_id)
    _tell_farmer(tx, order, [item], "item_reminder")
    ask_whether_there(tx, users.get(tx, item.farmer_id), order)


def counted_short(tx: Tx, happened: events.PickupCountedShort) -> None:
    """The farmer, at once: the rider counted so much; her YES settles it (I8)."""
    found = tx.session.get_one(PickupShort, happened.short_id)
    order, item = _item(tx, found.order_id, found.order_item_id)
    farmer = users.get(tx, found.farmer_id)
    values = _values(order, item) | {
        "amount_of": amount(found.counted, item.unit, item.kg_per_unit),
        "time": found.answer_by.isoformat(),
    }
    about = {"short_id": found.short_id, "order": order.tail}
    questions.ask(tx, farmer, "pickup_short", about=about, expires_at=found.answer_by)
    life = found.answer_by - tx.now
    subject = f"short:{found.short_id}"
    tell(tx, farmer, "pickup_short", values, subject=subject, order_id=order.order_id, urgent=True, life=life)


def harvest_late(tx: Tx, happened: events.HarvestLate) -> None:
    """The buyer: it is not harvested yet; she may have her money back (DR-407)."""
    order_id = tx.session.get_one(OrderItem, happened.order_item_id).order_id
    order, item = _item(tx, order_id, happened.order_item_id)
    subject = f"item:{item.order_item_id}:{nairobi_date(tx.now).isoformat()}"
    tell_customer(tx, order, "harvest_late", _values(order, item), subject=subject)


def cancel_refused(tx: Tx, happened: events.CancelRefused) -> None:
    """The customer: the order goes on (O10)."""
    order = order_of(tx, happened.order_id)
    values = {"order": order.tail, "day": order.estimated_delivery_date.isoformat()}
    tell_customer(tx, order, "cancel_refused", values)


def claim_refused(tx: Tx, happened: events.ClaimRefused) -> None:
    """The customer: looked at, and not found right (O16)."""
    claim = tx.session.get_one(Claim, happened.claim_id)
    order = order_of(tx, claim.order_id)
    tell_customer(tx, order, "claim_refused", {"order": order.tail}, subject=f"claim:{claim.claim_id}")


def _tell_farmer(tx: Tx, order: Order, items: list[OrderItem], code: str) -> None:
    values = _values(order, items[0]) | {
        "amount_of": amount_of_lines(items),
        "day": order.estimated_delivery_date.isoformat(),
        "dial": tx.parts.service_code,
    }
    farmer = users.get(tx, items[0].farmer_id)
    subject = f"item:{items[0].order_item_id}"
    urgent = order.estimated_delivery_date <= nairobi_date(tx.now)
    tell(tx, farmer, code, values, subject=subject, order_id=order.order_id, urgent=urgent)


def _values(order: Order, item: OrderItem) -> dict[str, Any]:
    return {"order": order.tail, "product": item.product_id, "amount_of": amount_of_lines([item])}


def _item(tx: Tx, order_id: int, order_item_id: int) -> tuple[Order, OrderItem]:
    order = order_of(tx, order_id)
    return order, next(item for item in order.items if item.order_item_id == order_item_id)
