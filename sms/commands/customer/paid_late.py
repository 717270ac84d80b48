"""`PAY` for an order that ran out of time: placed anew in one reply if it costs what it did (DR-811)."""

from core.locations import service as locations
from core.locations.models import Location
from core.msisdn import NotKenyanMobile, e164
from core.orders import quotes
from core.orders.models import Order
from core.payment_methods.service import MPESA
from core.payments import lapsed, unpaid
from sms.commands.customer import quoting
from sms.context import Context, Outcome


def place_again(ctx: Context, order: Order) -> Outcome:
    """The same goods of the same farms at the same sum are ordered; what has changed is said, and asked."""
    assert ctx.user is not None, "a customer is known"
    ctx.order_id = order.order_id
    if lapsed.in_doubt(ctx.tx, order.order_id):
        return ctx.reply("status_unclear", order=order.tail, due=order.came_to)
    slots = ctx.reading.slots
    try:
        payer = e164(str(slots["phone"])) if slots.get("phone") else ""
    except NotKenyanMobile:
        return ctx.reply("bad_phone")
    found = lapsed.again(ctx.tx, ctx.actor, order_id=order.order_id)
    if found.quote_id is None:
        place = _place(ctx, found.location_id)
        return ctx.reply("pay_nothing") if place is None else quoting.offer(ctx, found.lines, place)
    if not found.same:
        return quoting.put(ctx, quotes.quote_view(ctx.tx, found.quote_id), code="quote_changed")
    method = str(slots.get("method") or MPESA)
    outcome = quoting.accept(ctx, found.quote_id, method=method, payer=payer)
    placed = unpaid.newest(ctx.tx, ctx.actor)
    if outcome is not None or placed is None or placed.state != "sent":
        return outcome
    day = quotes.quote_view(ctx.tx, found.quote_id).day
    return ctx.reply("placed_again", order=placed.tail, due=placed.due, day=day, phone=placed.msisdn)


def _place(ctx: Context, location_id: int | None) -> Location | None:
    """Where it was to go, or where she has things brought today."""
    kept = ctx.tx.session.get(Location, location_id) if location_id is not None else None
    if kept is not None and kept.is_active:
        return kept
    return locations.default_of(ctx.tx, ctx.actor.user_id or 0)
