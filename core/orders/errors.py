"""What can go wrong with a quote or an order."""

from core.errors import BadInput, Conflict, NotFound
from core.listings.errors import NotEnoughStock


class OrderUnknown(NotFound):
    """No order with that number for this person (DR-110, DR-211)."""

    code = "orders.unknown"


class OrderAmbiguous(Conflict):
    """Several open orders end like that; `numbers` are theirs (DR-110)."""

    code = "orders.ambiguous"


class NothingForSale(NotFound):
    """Nobody sells that now; `product_id` names it, `sold_in` the units in which somebody does."""

    code = "orders.nothing_for_sale"


class UnitUnclear(BadInput):
    """It is sold in several units and none was said; `product_id`, `units`."""

    code = "orders.unit_unclear"


class QuantityTooSmall(BadInput):
    """Every farm sells at least `minimum` `unit` of `product_id` at a time (DR-603)."""

    code = "orders.quantity_too_small"


class PlaceMissing(Conflict):
    """The customer has named no place, and has none (DR-702)."""

    code = "orders.place_missing"


class ShortLines(NotEnoughStock):
    """Several lines are short, so nothing is placed; `lines` holds what NotEnoughStock holds, for each."""

    code = "orders.short_lines"


class WayGone(Conflict):
    """The goods cannot come by the chosen way, or no longer; `way` (DR-1210)."""

    code = "orders.way_gone"


class DayGone(Conflict):
    """The goods cannot come on the chosen day, or no longer; `day` (DR-705)."""

    code = "orders.day_gone"


class OutOfReach(Conflict):
    """The nearest farm that sells it is `km` road km away, `max_km` is what riders go (DR-1106)."""

    code = "orders.out_of_reach"


class NoRiderThere(Conflict):
    """No rider near the farm could carry this order (DR-1212)."""

    code = "orders.no_rider"


class BelowMinimum(BadInput):
    """The order comes to `total`, and must come to `minimum` at least (DR-703)."""

    code = "orders.below_minimum"


class AboveMaximum(BadInput):
    """The order comes to `total`, and may come to `maximum` at most (DR-703)."""

    code = "orders.above_maximum"


class TooManyUnpaid(Conflict):
    """`limit` orders already wait for their payment (DR-703)."""

    code = "orders.too_many_unpaid"


class TotalChanged(Conflict):
    """It comes to `total` KES on `day` now, and that is not what the customer was shown."""

    code = "orders.total_changed"


class QuoteUnknown(NotFound):
    """No such quote for this person."""

    code = "orders.quote_unknown"


class QuoteGone(Conflict):
    """The quote has expired, was declined, or has become an order already."""

    code = "orders.quote_gone"


class QuoteChanged(Conflict):
    """Price, stock, fee or day changed since; `new_quote_id` says how it is now (DR-1510).

    The new quote is written in the same transaction: whoever wants to keep it catches this inside.
    """

    code = "orders.quote_changed"


class MethodNotOffered(BadInput):
    """There is no such way to pay, or none of the customer's; `method` as asked."""

    code = "orders.method_not_offered"


class KeyReused(Conflict):
    """The same idempotency key came with another content (DR-704)."""

    code = "orders.key_reused"


class TooLateToCancel(Conflict):
    """The order is paid or over: it can no longer be cancelled freely (7.3); `status` says how far it is."""

    code = "orders.too_late_to_cancel"


class ItemUnknown(NotFound):
    """No such order item for this farmer (DR-801)."""

    code = "orders.item_unknown"


class AgainQuestion(Conflict):
    """The same was ordered less than `minutes` ago: ask whether it is meant again (DR-704)."""

    code = "orders.again"


class CashTooMuch(BadInput):
    """Orders paid in cash may come to `maximum` at most; this one comes to `total` (DR-905)."""

    code = "orders.cash_too_much"


class CashRefused(Conflict):
    """`farm` takes no orders that are paid in cash (DR-908)."""

    code = "orders.cash_refused"


class CashOrdersOpen(Conflict):
    """`limit` orders that are to be paid in cash are still on their way (DR-905)."""

    code = "orders.cash_orders_open"


class CashBlocked(Conflict):
    """Too many orders were refused at the door: cash again from `day` on (DR-906)."""

    code = "orders.cash_blocked"


class RequestUnknown(NotFound):
    """No such request to cancel an order (O10)."""

    code = "orders.request_unknown"


class NotLess(BadInput):
    """Less means more than nothing and less than `quantity`, what was ordered (I5); `unit`."""

    code = "orders.not_less"


class ShortUnknown(NotFound):
    """No such short count at a pick-up for this person (I8)."""

    code = "orders.short_unknown"


class ReplacementUnknown(NotFound):
    """Nothing is offered in that item's place to this person (DR-815)."""

    code = "orders.replacement_unknown"


class ReplacementGone(Conflict):
    """The other farm has sold out, or the time to choose is over: the money goes back (DR-815)."""

    code = "orders.replacement_gone"


class ClaimUnknown(NotFound):
    """No such claim for this person (O16)."""

    code = "orders.claim_unknown"


class ClaimTooLate(Conflict):
    """Claims are taken for `hours` hours after the delivery (O16)."""

    code = "orders.claim_too_late"


class ClaimTooMuch(BadInput):
    """More than the item cost and was not refunded yet: `maximum` KES (O16)."""

    code = "orders.claim_too_much"


class NothingToMark(NotFound):
    """No open orders of that product for that day (mark_sum)."""

    code = "orders.nothing_to_mark"


class SumChanged(Conflict):
    """Orders of `product_id` for that day were paid or cancelled since the sum was shown (seen.mark_sum)."""

    code = "orders.sum_changed"
