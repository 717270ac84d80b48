"""New orders for a farmer: the first is texted at once, those of the next half hour together in one text.

The copies in the app are written one by one all the same; one without its SMS waits for the bundle. What the
farmer has seen there meanwhile, or what was cancelled, is not texted any more.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from core.db import Tx
from core.duties import service as duties
from core.listings.rules import farmer_gets
from core.money import ZERO
from core.notifications.models import Notification
from core.notifications.values import amount
from core.orders import rules
from core.orders.models import Order, OrderItem
from core.outbox import service as outbox
from core.outbox.models import OutboxMessage
from core.questions import service as questions
from core.users import service as users
from core.users.models import User

ONE_BY_ONE = ("new_order", "new_order_cash", "new_order_cash_first")
TOGETHER = ("new_orders", "new_orders_more")
OVER = ("cancelled", "returned", "rejected")


def joins(tx: Tx, farmer: User) -> bool:
    """Whether a new order for `farmer` is texted with others: if one was, or will be, within
    `notify.bundle_minutes`. Then the bundle is due at the end of that time."""
    pause = timedelta(minutes=int(tx.setting("notify.bundle_minutes")))
    last = tx.session.scalar(
        select(OutboxMessage.not_before)
        .where(
            OutboxMessage.user_id == farmer.user_id,
            OutboxMessage.code.in_((*ONE_BY_ONE, *TOGETHER)),
            OutboxMessage.not_before > tx.now - pause,
        )
        .order_by(OutboxMessage.not_before.desc())
        .limit(1)
    )
    if last is None:
        return False
    _want(tx, farmer.user_id, last + pause)
    return True


def text_new_orders(tx: Tx, user_id: int) -> None:
    """The duty: what has come for this farmer since the last text, in one; one alone as it is."""
    waiting = [copy for copy in _waiting(tx, user_id) if _lines(tx, user_id, copy)]
    if not waiting:
        return
    farmer = users.get(tx, user_id)
    code, values = waiting[0].code, waiting[0].values
    if len(waiting) > 1:
        code, values = _sum(tx, farmer, waiting)
    message = outbox.send(
        tx,
        farmer,
        code,
        values,
        once_key=f"{user_id}:new_orders:{waiting[-1].notification_id}",
        order_id=waiting[0].order_id if len(waiting) == 1 else None,
    )
    if len(waiting) == 1:
        ask_whether_there(tx, farmer, tx.session.get_one(Order, waiting[0].order_id))
    for copy in waiting:
        copy.outbox_id = message.outbox_id if message is not None else None


def ask_whether_there(tx: Tx, farmer: User, order: Order) -> None:
    """Her bare YES accepts the order, her NO is asked why, until the answer is due (I1, DR-801, DR-1510)."""
    questions.ask(
        tx,
        farmer,
        "item_available",
        about={"order_id": order.order_id, "order": order.tail},
        expires_at=tx.now + timedelta(hours=tx.setting("item.response_hours")),
    )


def _want(tx: Tx, user_id: int, at: datetime) -> None:
    duties.want(tx, "new_orders", user_id, at=at, key=f"new_orders:{user_id}:{at:%Y%m%d%H%M%S}")


def _waiting(tx: Tx, user_id: int) -> list[Notification]:
    query = select(Notification).where(
        Notification.user_id == user_id,
        Notification.code.in_(ONE_BY_ONE),
        Notification.outbox_id.is_(None),
        Notification.read_at.is_(None),
        Notification.created_at > tx.now - timedelta(days=1),
    )
    return list(tx.session.scalars(query.order_by(Notification.notification_id).with_for_update()))


def _lines(tx: Tx, user_id: int, copy: Notification) -> list[OrderItem]:
    """What is still to be prepared of the order."""
    items = select(OrderItem).join(Order, Order.order_id == OrderItem.order_id)
    return list(
        tx.session.scalars(
            items.where(
                OrderItem.order_id == copy.order_id,
                OrderItem.farmer_id == user_id,
                OrderItem.item_status.not_in(OVER),
                Order.order_status != "cancelled",
            ).order_by(OrderItem.order_item_id)
        )
    )


def _sum(tx: Tx, farmer: User, waiting: list[Notification]) -> tuple[str, dict[str, Any]]:
    """All of them in one text: how many, the most of one thing, how many other things, what she gets."""
    items = {item.order_item_id: item for copy in waiting for item in _lines(tx, farmer.user_id, copy)}
    sums: dict[tuple[int, str, Decimal], Decimal] = {}
    gets = ZERO
    for item in items.values():
        key = (item.product_id, item.unit, item.kg_per_unit)
        sums[key] = sums.get(key, ZERO) + item.fulfilled_quantity
        total = rules.line_total(item.fulfilled_quantity, item.price_at_purchase)
        gets += farmer_gets(total, item.commission_percent)
    # What weighs most stands in the text.
    product_id, unit, kg_per_unit = max(sums, key=lambda key: (sums[key] * key[2], -key[0]))
    values: dict[str, Any] = {
        "count": str(len(waiting)),
        "product": product_id,
        "amount_of": amount(sums[product_id, unit, kg_per_unit], unit, kg_per_unit),
        "gets": str(gets),
        "dial": tx.parts.service_code,
    }
    if len(sums) == 1:
        return "new_orders", values
    return "new_orders_more", values | {"left": str(len(sums) - 1)}
