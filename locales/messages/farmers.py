"""Told by the core to the farmer."""

from locales.mark import _
from locales.messages.kind import Message

MESSAGES: dict[str, Message] = {
    "listed": Message(
        _("On sale: {amount_of} {product}, {price}/{unit}, you get {gets}. We text orders."),
        first_contact=True,
    ),
    "listed_ahead": Message(
        _("For order ahead, ready {day}: {amount_of} {product}, {price}/{unit}, you get {gets}. Then we ask "
          "what you harvested."),
    ),
    "new_order": Message(
        _("New order {order}, PAID: {amount_of} {product} by {day}. You get {gets}. "
          "YES {order} or NO {order}? For {customer}, {place}.")
    ),
    "new_orders": Message(
        _("{count} new orders: {amount_of} {product}. You get {gets} for all. Dial {dial} to see them.")
    ),
    "new_orders_more": Message(
        _("{count} new orders: {amount_of} {product} and {left} other things. You get {gets} for all. "
          "Dial {dial} to see them.")
    ),
    "harvest_due": Message(
        _("Harvest day of your {product}. Dial {dial} and say how much there is: people have ordered it.")
    ),
    "suggestion_added": Message(_("{text} is in our list now. Dial {dial} to sell or to buy it.")),
}  # fmt: skip
