"""Replies about prices, orders and payment."""

from locales.mark import _
from locales.messages.kind import Message

MESSAGES: dict[str, Message] = {
    "price": Message(
        _("{product}: {price} per {unit}, {farm} in {place}. To order text the amount, e.g. 5 {product}")
    ),
    "price_and_market": Message(
        _("{product}: {price} per {unit}, {farm} in {place}. Market {where}, {month}: {market}. "
          "To order text the amount, e.g. 5 {product}")
    ),
    "price_market": Message(
        _("Nobody sells {product} here now. Market {where}, {month}: {market} per {unit}. Try tomorrow.")
    ),
    "price_choose": Message(
        _("Several are called so. Text PRICE and one of these:"), first_contact=True, listing="after"
    ),
    "price_own": Message(_("Price of which? Text PRICE and one of these:"), listing="after"),
    "price_which": Message(_("Price of what? Text e.g. PRICE tomatoes"), first_contact=True),
    "for_sale": Message(_("These are on sale now. To order text e.g. 5kg tomatoes"), listing="before"),
    "nothing_listed": Message(
        _("Nothing is on sale just now. Please ask again tomorrow with LIST."), first_contact=True
    ),
    "status_pending_payment": Message(
        _("Order {order}, {total}: waiting for your M-Pesa payment. Text PAY {order} for a new prompt.")
    ),
    "status_confirmed": Message(
        _("Order {order}, {total}: paid. The farmer prepares it, it comes {day}.")
    ),
    "status_ready": Message(_("Order {order}, {total}: ready, a rider will bring it {day}.")),
    "status_on_the_way": Message(
        _("Order {order}: on the way with {rider}, call {phone}. Keep your code ready.")
    ),
    "status_rider_late": Message(
        _("Order {order}: {rider} is late and comes at about {time}, call {phone}. Keep your code ready.")
    ),
    "status_rider_late_cash": Message(
        _("Order {order}: {rider} is late and comes at about {time}, call {phone}. Keep {due} and your code "
          "ready.")
    ),
    "status_delivered": Message(_("Order {order}, {total}: delivered. Text what you need next.")),
    "status_cancelled": Message(
        _("Order {order}, {total}: cancelled. Text what you need, e.g. 5kg tomatoes.")
    ),
    "status_none": Message(
        _("You have no order yet. Text what you need, e.g. 5kg tomatoes."), first_contact=True
    ),
    "status_farmer": Message(_("You have {count} orders to prepare. Dial {dial} to see them.")),
    "status_rider_on": Message(_("You are on duty with no open job. Jobs come by SMS. Text OFF to stop.")),
    "status_rider_off": Message(_("You are off duty with no open job. Text ON to start.")),
    "status_rider_jobs": Message(_("Your jobs. Text PICKED or DONE with one of these:"), listing="after"),
    "order_unknown": Message(
        _("We find no such order of yours. Check the 4 letters and digits, or text STATUS."), refusal=True
    ),
    "order_which": Message(_("Several orders fit. Text it again with the whole number:"), listing="after"),
    "pay_nothing": Message(
        _("No order of yours waits for payment. Text STATUS to see your last order."), refusal=True
    ),
    "pay_pending": Message(
        _("Order {order}, {due}: M-Pesa request sent {time}. Enter your PIN, or wait until {until}. "
          "We text you what came of it."),
        refusal=True,
    ),
    "placed_again": Message(
        _("Placed again as order {order}: {due}, for {day}. M-Pesa asks {phone} now: enter your PIN there.")
    ),
    "pay_other_pending": Message(
        _("Another M-Pesa request went to {phone} at {time}. Answer it, or wait until {until}, "
          "then text PAY {order}."),
        refusal=True,
    ),
    "not_by_sms": Message(
        _("That cannot be done by SMS yet. Dial {dial} for the menu, or text HELP."),
        first_contact=True, refusal=True,
    ),
    "cancelled": Message(_("Order {order} is cancelled, nothing is taken. Text what you need at any time.")),
    "replacement_taken": Message(
        _("Good: order {order} goes on with the other farm. We tell you when it is on its way.")
    ),
    "item_refunded": Message(
        _("OK, it is taken off order {order}. {sum} {back}.")
    ),
    "item_off": Message(_("OK, it is taken off order {order}. You pay nothing for it.")),
    "item_kept": Message(
        _("OK, order {order} comes with the smaller amount.")
    ),
    "short_agreed": Message(
        _("Thank you. Order {order} goes on with what the rider counted.")
    ),
    "short_disputed": Message(
        _("OK. We look into the count of order {order} and call you.")
    ),
    "cancelled_paid": Message(
        _("Order {order} is cancelled. {sum} {back}.")
    ),
    "cancel_late": Message(
        _("Order {order} is paid or over and cannot be cancelled by SMS. Text STATUS {order} to see it."),
        refusal=True,
    ),
    "cancel_none": Message(
        _("You have no unpaid order to cancel. Text STATUS to see your last order."), refusal=True
    ),
}  # fmt: skip
