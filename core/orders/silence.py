"""A farmer who does not answer: reminded, then rejected, and her listings pause (DR-801, DR-815)."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from core import events
from core.actor import system
from core.clock import NAIROBI, is_quiet, quiet_ends
from core.db import Tx
from core.duties import service as duties
from core.listings import service as listings
from core.orders import hands, locks, marking, rejecting
from core.orders.machine import WITH_FARMER
from core.orders.models import Order, OrderItem

# Nobody is given less than this to answer, nor is anybody woken: what falls into the night waits as long
# after its end.
LEAST = timedelta(hours=1)


def answer_due(
    asked: datetime, delivery: date, *, hours: int, latest: time, quiet: tuple[time, time]
) -> datetime:
    """By when the farmer must have answered: `hours` after she was asked, at the latest at `latest` on the
    eve of the delivery, never in quiet hours and never sooner than an hour after she was asked (DR-801)."""
    eve = datetime.combine(delivery - timedelta(days=1), latest, NAIROBI)
    return awake(max(min(asked + timedelta(hours=hours), eve), asked + LEAST), quiet)


def awake(moment: datetime, quiet: tuple[time, time]) -> datetime:
    """`moment`, or an hour after the quiet hours if it falls into them."""
    return quiet_ends(moment, *quiet) + LEAST if is_quiet(moment, *quiet) else moment


def order_confirmed(tx: Tx, happened: events.OrderConfirmed) -> None:
    """Reaction: the clocks of every item begin (O3)."""
    order = locks.order(tx, happened.order_id)
    _start_clocks(tx, order, order.items)


def replacement_taken(tx: Tx, happened: events.ReplacementTaken) -> None:
    """Reaction: so does that of an item that went to another farm (DR-815)."""
    order = locks.order(tx, happened.order_id)
    start_clock(tx, order, hands.item_of(order, happened.order_item_id))


def start_clock(tx: Tx, order: Order, item: OrderItem) -> None:
    """Have the farmer of a pending item reminded, and the item rejected if she stays silent."""
    _start_clocks(tx, order, [item])


def _start_clocks(tx: Tx, order: Order, items: Sequence[OrderItem]) -> None:
    """The clocks of those items of an order that still want an answer, however many, together."""
    waiting = [
        item.order_item_id for item in items if item.item_status == "pending" and item.accepted_at is None
    ]
    if not waiting:
        return
    due = answer_due(
        tx.now,
        order.estimated_delivery_date,
        hours=tx.setting("item.response_hours"),
        latest=tx.setting("item.answer_latest_local"),
        quiet=_quiet(tx),
    )
    remind = awake(tx.now + timedelta(hours=tx.setting("item.reminder_hours")), _quiet(tx))
    if remind < due:
        duties.want_all(tx, "item_reminder", dict.fromkeys(waiting, remind))
    duties.want_all(tx, "item_response", dict.fromkeys(waiting, due))


def remind(tx: Tx, order_item_id: int) -> None:
    """The duty item_reminder. Emits ItemReminderDue."""
    if _waiting(tx, order_item_id) is not None:
        tx.emit(events.ItemReminderDue(order_item_id=order_item_id, actor=system("job")))


def unanswered(tx: Tx, order_item_id: int) -> None:
    """The duty item_response: I6 for silence, and all her listings pause (DR-815); at night it waits."""
    found = _waiting(tx, order_item_id)
    if found is None:
        return
    order, item = found
    if is_quiet(tx.now, *_quiet(tx)):
        at = awake(tx.now, _quiet(tx))
        key = f"item_response:{order_item_id}:{at:%Y%m%d%H%M}"
        duties.want(tx, "item_response", order_item_id, at=at, key=key)
        return
    job = system("job")
    rejecting.turn_down(tx, job, order, item, reason=rejecting.SILENT)
    listings.pause_farmer(tx, item.farmer_id)
    marking.after(tx, job, order)


def _waiting(tx: Tx, order_item_id: int) -> tuple[Order, OrderItem] | None:
    order = locks.order_of_item(tx, order_item_id)
    item = hands.item_of(order, order_item_id)
    silent = item.item_status == "pending" and item.accepted_at is None
    return (order, item) if silent and order.order_status in WITH_FARMER else None


def _quiet(tx: Tx) -> tuple[time, time]:
    return tx.setting("notify.quiet_start"), tx.setting("notify.quiet_end")
