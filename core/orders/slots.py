"""The promised day and slot of an order: when the slot ends, and moving it (7, D8)."""

from datetime import date, datetime, time, timedelta

from core.clock import NAIROBI, nairobi_date
from core.db import Tx
from core.errors import BadInput
from core.orders import rules
from core.orders.models import Order


def end(tx: Tx, order: Order) -> datetime:
    """When the order's slot closes, by `order.slots`, aware; one without hours is the whole day."""
    closes = ends(tx.setting("order.slots"))
    at = closes.get(order.delivery_time_slot, max(closes.values()))
    return datetime.combine(order.estimated_delivery_date, at, NAIROBI)


def end_of_day(tx: Tx) -> datetime:
    """Midnight in Nairobi, aware: until then a question about today is open."""
    return datetime.combine(nairobi_date(tx.now) + timedelta(days=1), time(), NAIROBI)


def ends(setting: str) -> dict[str, time]:
    """When each slot of `morning 06-11, midday 11-15, any` closes; one without hours at the last hour."""
    pairs = [part.split() for part in setting.split(",")]
    closes = {name: time.fromisoformat(hours[0].partition("-")[2]) for name, *hours in pairs if hours}
    last = max(closes.values())
    return {name: closes.get(name, last) for name, *_ in pairs}


def reschedule(tx: Tx, order: Order, *, day: date, slot: str) -> None:
    """Promise another day and slot; the order is locked. Raises BadInput for a past day, an unknown slot."""
    if not isinstance(day, date) or day < nairobi_date(tx.now):
        raise BadInput(day=str(day))
    if slot not in rules.slots(tx.setting("order.slots")):
        raise BadInput(slot=slot)
    order.estimated_delivery_date = day
    order.delivery_time_slot = slot
    tx.note(f"order:{order.order_id}", f"promised {day} {slot}")
