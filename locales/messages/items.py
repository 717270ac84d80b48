"""Told by the core about an order's items."""

from locales.mark import _
from locales.messages.kind import Message

MESSAGES: dict[str, Message] = {
    "cash_confirmed": Message(
        _("Order {order} is confirmed and comes {day}. Pay the rider {sum} in cash. You will get the "
          "rider's name and a code: give it only when you hold the goods.")
    ),
    "cash_collect": Message(
        _("Order {order} is confirmed. You collect it {day} and pay {sum} in cash there. When it is ready an "
          "SMS says where, with your code.")
    ),
    "new_order_cash": Message(
        _("New order {order}, CASH, {count} paid before: {amount_of} {product} by {day}. You get "
          "{gets}. YES {order} or NO {order}? To {customer}.")
    ),
    "new_order_cash_first": Message(
        _("New order {order}, CASH, first order: {amount_of} {product} by {day}. You get {gets}. YES "
          "{order} or NO {order}? To {customer}.")
    ),
    "item_short": Message(
        _("Order {order}: only {amount_of} {product} can come. The order now costs {total}.")
    ),
    "item_short_paid": Message(
        _("Order {order}: only {amount_of} {product} can come. It costs {total} now, {sum} {back}.")
    ),
    "item_short_asked": Message(
        _("Order {order}: only {amount_of} {product} can come, the order is {total} now. Reply 1 to "
          "keep it, 2 for no {product}, free, by {time}.")
    ),
    "item_gone": Message(
        _("Order {order}: {product} cannot come, sorry. You pay nothing for it.")
    ),
    "item_gone_paid": Message(_("Order {order}: {product} cannot come, sorry. {sum} {back}.")),
    "replacement": Message(
        _("Order {order}: the farm has no {product} left. Reply 1 to get it from {farm} at {price} per "
          "{unit}, 2 to get your money back. Answer by {time}.")
    ),
    "item_cancelled": Message(
        _("Order {order} of {amount_of} {product} is cancelled. Please do not prepare it. For more "
          "dial {dial}")
    ),
    "order_cancelled": Message(
        _("Order {order} had to be cancelled, sorry. You pay nothing for it.")
    ),
    "order_cancelled_paid": Message(_("Order {order} had to be cancelled, sorry. {sum} {back}.")),
    "order_cancelled_charged": Message(
        _("Order {order} is cancelled. {pay} of what you paid is kept for goods that were ready and for "
          "the way. Not right? Text HELP and your words.")
    ),
    "order_cancelled_rest": Message(
        _("Order {order} is cancelled. {pay} is kept for goods that were ready and for the way, {sum} "
          "{back}.")
    ),
    "item_reminder": Message(
        _("Order {order} waits for your answer: {amount_of} {product} by {day}. Reply YES {order} or "
          "NO {order}, or how much you have, e.g. only 20kg.")
    ),
    "pickup_short": Message(
        _("Order {order}: the rider counted only {amount_of} {product}. Is that right? Reply YES or NO "
          "by {time}.")
    ),
    "harvest_late": Message(
        _("Order {order}: {product} is not harvested yet and comes later. You can wait, or text CANCEL "
          "{order} and have your money back.")
    ),
    "cancel_refused": Message(
        _("Order {order} is already being prepared and cannot be cancelled. It comes {day}.")
    ),
    "claim_refused": Message(
        _("We looked at your complaint about order {order} and cannot refund it. For questions text "
          "HELP.")
    ),
    "claim_taken": Message(
        _("Order {order}: the complaint about your {product} was right. {sum} is taken off what "
          "you earn next. Not right? Text HELP and your words.")
    ),
}  # fmt: skip
