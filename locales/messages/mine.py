"""Replies about a customer's own orders: paying, how far they are, cancelling, stars, complaints."""

from locales.mark import _
from locales.messages.kind import Message

MESSAGES: dict[str, Message] = {
    "other_phone": Message(
        _("Order {order}: M-Pesa asks {phone} for {due} now. Its owner enters the PIN there. We text"
          " you when it is paid."),
    ),
    "bad_phone": Message(
        _("That is no Kenyan mobile number. Text e.g. PAY 0712345678."),
        refusal=True,
    ),
    "pay_by_hand": Message(
        _("Order {order}: pay {due} at M-Pesa paybill {paybill}, account {reference}, by {day} "
          "{time}. We text you when it is there."),
    ),
    "cash_placed": Message(
        _("Order {order} comes {day}. Have {due} ready in cash, and give the code only when you hold"
          " the goods."),
    ),
    "no_cash_much": Message(
        _("Cash is taken up to {maximum}; this comes to {total}. Reply PAY for M-Pesa."),
        refusal=True,
    ),
    "no_cash_farm": Message(
        _("{farm} takes no cash. Reply PAY for M-Pesa."),
        refusal=True,
    ),
    "no_cash_open": Message(
        _("First receive the cash order that you have open. For this one reply PAY for M-Pesa."),
        refusal=True,
    ),
    "no_cash_until": Message(
        _("Cash is possible again from {day}. Until then reply PAY for M-Pesa."),
        refusal=True,
    ),
    "no_bank": Message(
        _("We take no bank transfers now. Reply PAY for M-Pesa, or CASH."),
        refusal=True,
    ),
    "order_choose": Message(
        _("Which order? Reply its number:"),
        listing="after",
    ),
    "status_unclear": Message(
        _("Order {order}, {due}: we are checking with M-Pesa. Do not pay again, we text you."),
    ),
    "status_bank": Message(
        _("Order {order}: we wait for {due} from your bank, reference {reference}, until {day} "
          "{time}."),
    ),
    "status_cash": Message(
        _("Order {order} comes {day}. The farmer prepares it. Have {due} ready in cash."),
    ),
    "status_late": Message(
        _("Order {order}: the harvest is late. Wait for it, or text CANCEL {order}: it costs you "
          "nothing."),
    ),
    "status_fetch": Message(
        _("Order {order}: you fetch it at {place}, {day}. We text you when it is ready."),
    ),
    "status_assigned": Message(
        _("Order {order} comes {day}: {rider}, {phone}, collects it from the farm."),
    ),
    "status_arrived": Message(
        _("{rider}, {phone}, is there with order {order}. Give the code only when you hold the "
          "goods."),
    ),
    "status_coming_cash": Message(
        _("Order {order} is on its way with {rider}, {phone}. Have {due} ready, and your code."),
    ),
    "status_collect": Message(
        _("Order {order} waits for you at {place}: {person}, {phone}. Bring your code."),
    ),
    "status_failed": Message(
        _("Order {order} could not be handed over. It is brought again {day}."),
    ),
    "status_asks": Message(
        _("Order {order} waits for your answer. Answer our last SMS about it, or dial {shortcut}."),
    ),
    "status_back": Message(
        _("Order {order} is cancelled. {sum} comes back to you: we text you when it is there."),
    ),
    "my_orders": Message(
        _("Your orders. Reply a number to see one:"),
        listing="after",
    ),
    "line_asks": Message(
        _("{order}: your answer, please"),
    ),
    "line_unpaid": Message(
        _("{order} not paid, {total}"),
    ),
    "line_confirmed": Message(
        _("{order} ordered, {day}"),
    ),
    "line_ready": Message(
        _("{order} ready, {day}"),
    ),
    "line_way": Message(
        _("{order} on its way"),
    ),
    "line_done": Message(
        _("{order} delivered {day}"),
    ),
    "line_over": Message(
        _("{order} cancelled"),
    ),
    "cancel_not_in": Message(
        _("No open order of yours has {product} in it. Text MY ORDERS to see them."),
        refusal=True,
    ),
    "cancel_whole": Message(
        _("Order {order} has more than {product}. One thing alone cannot be taken out; text CANCEL "
          "{order} to let all of it go."),
        refusal=True,
    ),
    "cancel_free": Message(
        _("Cancel order {order}? It costs you nothing. Reply YES to cancel it, NO to keep it."),
    ),
    "cancel_back": Message(
        _("Cancel order {order}? It costs you nothing, {sum} comes back to whoever paid. Reply YES "
          "to cancel it, NO to keep it."),
    ),
    "cancel_charged": Message(
        _("The farmer has begun on order {order}: our people decide. You may pay {pay} of it, {sum} "
          "comes back. Reply YES to ask them, or NO."),
    ),
    "cancel_decided": Message(
        _("The farmer has begun on order {order}, so our people decide. Reply YES to ask them to "
          "cancel it, or NO."),
    ),
    "cancel_waits": Message(
        _("You asked to cancel order {order}. Our people decide and text you. Until then it goes on."),
    ),
    "cancel_door": Message(
        _("Order {order} is on its way. You may refuse it at the door, but good fresh produce is not"
          " paid back."),
        refusal=True,
    ),
    "cancel_over": Message(
        _("Order {order} can no longer be cancelled. Is something wrong? Text COMPLAIN {order} and "
          "what it is."),
        refusal=True,
    ),
    "cancel_kept": Message(
        _("OK, order {order} goes on as it is."),
    ),
    "code_dial": Message(
        _("Our SMS with your code did not reach you. Dial {shortcut}, choose the order and see the "
          "code there."),
    ),
    "code_used": Message(
        _("Order {order}: your code was sent to this phone before. Look among your SMS, or text HELP"
          " code."),
        refusal=True,
    ),
    "collect_unpaid": Message(
        _("Order {order} is to be brought to you. To fetch it yourself: CANCEL {order}, order it again and "
          "answer COLLECT to the price."),
    ),
    "collect_paid": Message(
        _("Order {order} is brought to you {day}. Our people can change it, if it is not too late: text HELP "
          "{order} and that you want to fetch it."),
    ),
    "collect_customers": Message(
        _("COLLECT is for buyers: they choose it when they order. Text HELP for what you can do here, or "
          "dial {dial}."),
        refusal=True,
    ),
    "code_customers": Message(
        _("The buyer has the code, from our SMS, and says it when she holds the goods. You need none now. "
          "Text ORDERS for your orders."),
        refusal=True,
    ),
    "code_none": Message(
        _("You get your code by SMS as soon as a rider has your order. Text STATUS to see it."),
        refusal=True,
    ),
    "rated_low": Message(
        _("We are sorry. Tell us what was wrong: text COMPLAIN {order} and what it was. Our people "
          "look at it."),
    ),
    "rate_over": Message(
        _("Order {order} has its stars already, or it was too long ago. Thank you all the same."),
        refusal=True,
    ),
    "rate_not_yet": Message(
        _("Order {order} has not come yet. When it is there we ask you how it was."),
        refusal=True,
    ),
    "complain_what": Message(
        _("What is wrong with order {order}? Write it in a few words, e.g. half of it rotten"),
    ),
    "complain_which": Message(
        _("Which of them is not right? Reply its number:"),
        listing="after",
    ),
    "complained": Message(
        _("We have it, order {order}: nobody is paid for the {product} until our people have "
          "decided. They text you."),
    ),
    "complain_open": Message(
        _("Order {order}: we have your complaint already. Our people decide and text you."),
    ),
    "refund_comes": Message(
        _("{sum} of order {order} comes back to you: we text you when it is there."),
    ),
    "refund_kept": Message(
        _("{sum} of order {order} is kept for your next order."),
    ),
    "refund_is_back": Message(
        _("{sum} of order {order} went back to you. You do not see it? Text HELP and your words, "
          "our people look."),
    ),
    "refund_complain": Message(
        _("Order {order} has come. Was something wrong? Text COMPLAIN {order} and what it was: if "
          "you are right, money comes back."),
    ),
    "refund_cancel": Message(
        _("You paid {sum} for order {order}. To let it go text CANCEL {order}: we tell you what "
          "comes back."),
    ),
    "refund_nothing": Message(
        _("Order {order}: we have no money of yours to give back. Something is wrong? Text HELP "
          "and your words."),
    ),
    "refund_none": Message(
        _("We have no money of yours to give back. Something is wrong? Text HELP and your words, "
          "our people answer."),
    ),
    "complain_late": Message(
        _("Order {order} came too long ago for a claim. Your words are with our people, number "
          "{number}."),
    ),
    "complain_noted": Message(
        _("We have your words about order {order}, number {number}. Our people answer you."),
    ),
    "receipt_have": Message(
        _("We have receipt {receipt}: {sum} for your order {order}. Text STATUS {order} to see it."),
    ),
    "receipt_unmatched": Message(
        _("We have {sum}, receipt {receipt}, but know no order for it. Text HELP and the order "
          "number, e.g. HELP A3B7"),
    ),
    "receipt_not_seen": Message(
        _("We have not seen {receipt} yet. M-Pesa itself must tell us; an SMS does not. Not there in"
          " 10 minutes? Text HELP {receipt}"),
    ),
    "receipt_unreadable": Message(
        _("We cannot see a receipt number in that. M-Pesa itself tells us what is paid. Text STATUS "
          "to see your order."),
        refusal=True,
    ),
}  # fmt: skip
