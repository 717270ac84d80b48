"""Told by the core of the road: to customer and farmer."""

from locales.mark import _, plural
from locales.messages.kind import Message

MESSAGES: dict[str, Message] = {
    "bring_cash": Message(
        _("Bring {order} to {customer}, {place}, {landmark}. Call {phone}. Take {due} cash "
          "and the code, then text DONE {order} and the code.")
    ),
    "collect_code": Message(
        _("Order {order} waits for you at {place}: {person}, call {phone}. Your code is {code}. "
          "Give it only when you hold the goods.")
    ),
    "rider_named": Message(
        _("Order {order}: {person} brings it, call {phone}. Our SMS with your code came too late: text CODE "
          "{order} for it.")
    ),
    "collect_named": Message(
        _("Order {order} waits for you at {place}: {person}, call {phone}. For your code text CODE {order}.")
    ),
    "hand_out": Message(
        _("{customer}, {phone}, comes for order {order}. Hand it over against the 4-digit code, "
          "then text DONE {order} and the code.")
    ),
    "code_again": Message(
        _("Order {order}: your code is {code}. Give it only when you hold the goods.")
    ),
    "received_ask": Message(
        _("Order {order}: {person} says the goods are with you. Have you got them? Reply YES or NO.")
    ),
    "no_rider_choice": Message(
        _("No rider yet for order {order}, sorry. Reply 1 to wait till tomorrow, "
          "2 to collect it at {farm}, {place}, 3 for your money back.")
    ),
    "no_rider_wait": Message(
        _("No rider yet for order {order}, sorry. Reply 1 to wait till tomorrow, 2 for your money back.")
    ),
    "delivery_failed": Message(
        _("We could not hand order {order} over. We try again {day}; you get a new code.")
    ),
    "offer_withdrawn": Message(
        _("Job {order} is no longer yours, there is nothing to collect. Stay on duty, the next one comes.")
    ),
    "deposit_due": Message(
        _("Bring in {sum} cash today: M-Pesa paybill {paybill}, account R{phone}. "
          "Until then you get no cash jobs.")
    ),
    "cash_undone": Message(
        _("Our note of {sum} of your cash on {day} was wrong and is taken back. "
          "Cash of ours with you: {due}.")
    ),
    "cash_restored": Message(
        _("Our mistake: M-Pesa did not take back {sum} of the cash that you paid in. "
          "Cash of ours with you: {due}.")
    ),
    "cash_taken_back": Message(
        _("M-Pesa took back {sum} of the cash that you paid in. Cash of ours with you: {due}. "
          "Questions: HELP")
    ),
    "cash_set_off": Message(
        _("{sum} of our cash with you is taken off your pay. Cash still with you: {due}. Pay left: {total}.")
    ),
    "cash_let_go": Message(_("We let {sum} of the cash with you go. Still with you: {due}."), texted=False),
    "door_paid": Message(_("Order {order}: {sum} came by M-Pesa. Take {due} cash, then ask for the code.")),
    "door_paid_all": Message(
        _("Order {order}: {sum} came by M-Pesa. Take no cash, only ask for the code.")
    ),
    "door_got": Message(
        _("We got {sum} for order {order}, receipt {receipt}. Have {due} ready in cash.")
    ),
    "door_got_all": Message(
        _("We got {sum} for order {order}, receipt {receipt}. There is nothing more to pay at the door.")
    ),
    "cash_brought": Message(_("We have got {sum} of your cash. Still with you: {due}."), texted=False),
    "change_kept": Message(_("Order {order}: {sum} change is kept for your next order."), texted=False),
    "short_owed": Message(_("Order {order}: {sum} was missing, it comes on your next order."), texted=False),
    "cash_day": Message(
        plural("Cash {day}: {count} rider, {total} collected, {sum} still out.",
            "Cash {day}: {count} riders, {total} collected, {sum} still with them."), texted=False
    ),
    "code_not_now": Message(
        _("OK. Nothing was handed over then. Call us if something is wrong."), refusal=True
    ),
    "asked_customer": Message(
        _("We have asked the customer. When the answer is YES, order {order} counts as delivered.")
    ),
    "choice_wait": Message(_("OK, order {order} waits for a rider till tomorrow.")),
    "choice_collect": Message(_("OK, order {order} waits at {farm}. You get a code to show there.")),
}  # fmt: skip
