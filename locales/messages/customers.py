"""Told by the core to the customer: payment, the way of an order."""

from locales.mark import _
from locales.messages.kind import Message

MESSAGES: dict[str, Message] = {
    "paid_confirmed": Message(
        _("Paid {sum}, receipt {receipt}. Order {order} comes {day}. "
          "You will get the rider's name and a code: give it only when you hold the goods.")
    ),
    "paid_with_kept": Message(
        _("Paid {sum}, receipt {receipt}, and {kept} that we kept. Order {order} comes {day}. Rider and code "
          "come by SMS: give it only when you hold the goods.")
    ),
    "paid_by_kept": Message(
        _("Order {order}, {total}, is paid with the money that we kept for you. It comes {day}. Rider and "
          "code come by SMS: give it only when you hold the goods.")
    ),
    "paid_and_kept": Message(
        _("Paid {sum}, receipt {receipt}; {kept} too much pays for your next order. Order {order} comes "
          "{day}. Give the code only when you hold the goods.")
    ),
    "paid_collect": Message(
        _("Paid {sum}, receipt {receipt}. You collect order {order} {day}: when it is ready an SMS says "
          "where, with your code. Give it only when you hold the goods.")
    ),
    "paid_collect_kept": Message(
        _("Order {order}, {total}, is paid, {kept} of it with money that we kept. You collect it {day}: when "
          "it is ready an SMS says where, with your code.")
    ),
    "paid_collect_over": Message(
        _("Paid {sum}, receipt {receipt}; {kept} too much pays for your next order. You collect order "
          "{order} {day}: an SMS says where, with your code.")
    ),
    "payment_failed": Message(
        _("Order {order}, {due} not paid: {why}. Text PAY {order} for a new request, or paybill {paybill}, "
          "account {reference}, by {time}.")
    ),
    "payment_failed_money": Message(
        _("Too little money in M-Pesa for order {order}, {due}. We keep it for you until {time}. "
          "Top up, text PAY {order}, or paybill {paybill}, account {reference}.")
    ),
    "payment_failed_last": Message(
        _("Order {order} not paid: {why}. We send no more requests: pay {due} at paybill {paybill}, "
          "account {reference}, by {time}.")
    ),
    "payment_failed_door": Message(
        _("Order {order}: {due} not paid by M-Pesa: {why}. Text PAY {order} for a new request, "
          "or have the cash ready when it comes.")
    ),
    "prompt_silent": Message(
        _("Order {order}, {due}: entered your M-Pesa PIN? Wait, we are checking, do not pay again. "
          "No request seen? Text PAY {order}.")
    ),
    "prompt_silent_last": Message(
        _("Order {order}, {due}: we are checking with M-Pesa. Do not pay again, "
          "we text you what came of it.")
    ),
    "bank_details": Message(
        _("Order {order}: send {asked} to {account}, reference {reference}, by {day} {time}. "
          "We text you when the bank shows it.")
    ),
    "part_paid": Message(
        _("We got {sum}, receipt {receipt}, for order {order}. {due} is due by {day} {time}: paybill "
          "{paybill}, account {reference}, or text PAY {order}.")
    ),
    "payment_taken_back": Message(
        _("M-Pesa took back the {sum} paid for order {order}. {due} is due again: paybill {paybill}, "
          "account {reference}, or text PAY {order}.")
    ),
    "payment_given_back": Message(
        _("M-Pesa itself gave back the {sum} paid for order {order}, so we do not send it again. "
          "Questions: HELP")
    ),
    "payment_restored": Message(
        _("Our mistake: M-Pesa did not take back the {sum} of order {order}. It counts as paid, "
          "do not pay it again.")
    ),
    "payment_restored_due": Message(
        _("Our mistake: M-Pesa did not take back the {sum} of order {order}. It counts as paid; {due} is due "
          "still: text PAY {order}.")
    ),
    "refund_stopped": Message(
        _("The {sum} of order {order} do not come back to you now: we hold them for the order. "
          "Questions: HELP")
    ),
    "transfer_struck": Message(
        _("We noted {sum} by bank for order {order} by mistake. {due} is due: paybill {paybill}, "
          "account {reference}, or text PAY {order}.")
    ),
    "paid_again": Message(
        _("Thank you: {sum} came for order {order}, receipt {receipt}. It is paid again, "
          "nothing more is due.")
    ),
    "paid_again_part": Message(
        _("We got {sum}, receipt {receipt}, for order {order}. {due} is due still: paybill {paybill}, "
          "account {reference}, or text PAY {order}.")
    ),
    "paid_twice": Message(
        _("Order {order} was paid already: your second payment of {sum}, receipt {receipt}, comes back to "
          "you. Do nothing: we text you when it is there.")
    ),
    "paid_too_much": Message(
        _("You paid {sum} more than order {order} costs, receipt {receipt}. It comes back to you. "
          "Do nothing: we text you when it is there.")
    ),
    "paid_too_late": Message(
        _("Your {sum}, receipt {receipt}, came after order {order} was cancelled. It comes back to you. "
          "Do nothing: we text you when it is there.")
    ),
    "refund_paid": Message(_("{sum} for order {order} is back with you, receipt {receipt}. Thank you.")),
    "money_unmatched": Message(
        _("We got {sum} from you, receipt {receipt}, for no order that we know. Text HELP and the order "
          "number, e.g. HELP A3B7. Else it goes back after {day}.")
    ),
    "money_returned": Message(
        _("Your payment of {sum}, receipt {receipt}, fitted no order. It is back with you.")
    ),
    "order_expired_back": Message(
        _("Order {order}, {total}, was not paid in full in time and is cancelled. The {sum} you paid "
          "comes back to you; we text you when it is there.")
    ),
    "order_expired": Message(
        _("Order {order}, {total}, was not paid in time and is cancelled. Nothing was taken. "
          "Still want it? Text PAY {order} by {day} {time}.")
    ),
    "order_expired_unclear": Message(
        _("Order {order}, {total}, ran out of time. We are still checking with M-Pesa. Do not pay again: "
          "what you paid counts or comes back.")
    ),
    "rider_and_code": Message(
        _("Order {order}: {person} brings it, call {phone}. Your code is {code}. "
          "Give it to the rider only when you hold the goods.")
    ),
    "delivered": Message(
        _("Order {order} is delivered. Thank you! How was it? Reply 1 (bad) to 5 (very good).")
    ),
}  # fmt: skip
