"""Every SMS we send and every in-app copy: a code, its text, and how it must fit.

Whoever sends a message names its code and gives its slots (core.outbox, core.notifications); the text is made
when it leaves, in the reader's language. One message is one SMS segment (DR-1509) with all slots full;
`first_contact` ones keep within 110 septets, since the provider may append its opt-out text to a number's
first message.
"""

from dataclasses import dataclass
from typing import Literal

from locales.mark import _, plural


@dataclass(frozen=True)
class Message:
    """One text people get.

    first_contact  may be the first message a number gets from us
    listing        where a list of several things stands: `before` the text the lines of an order, `after` it
                   the numbered choices of a question
    texted         False: shown at the next dial only (in-app copy, DR-1509)
    refusal        answers a text that was not done, or not understood
    """

    text: str
    first_contact: bool = False
    listing: Literal["", "before", "after"] = ""
    texted: bool = True
    refusal: bool = False


MESSAGES: dict[str, Message] = {
    # --- told by the core, to the farmer -----------------------------------------------------------------
    "listed": Message(
        _("On sale: {amount_of} {product}, {price}/{unit}, you get {gets}. We text orders."),
        first_contact=True,
    ),
    "new_order": Message(
        _("New order {order}, PAID: {amount_of} {product} by {day}. You get {gets}. "
          "Dial {dial} to mark it ready. For {customer}, {place}.")
    ),
    "harvest_due": Message(
        _("Harvest day of your {product}. Dial {dial} and say how much there is: people have ordered it.")
    ),
    "suggestion_added": Message(_("{text} is in our list now. Dial {dial} to sell or to buy it.")),
    # --- told by the core, to the customer ---------------------------------------------------------------
    "paid_confirmed": Message(
        _("Paid {sum}, receipt {receipt}. Order {order} comes {day}. "
          "You will get the rider's name and a code: give it only when you hold the goods.")
    ),
    "payment_failed": Message(
        _("The M-Pesa payment of {sum} for order {order} did not go through. Nothing was taken. "
          "Text PAY {order} to try again.")
    ),
    "bank_details": Message(
        _("Order {order}: send {asked} to {account}, reference {reference}, by {day} {time}. "
          "We text you when the bank shows it.")
    ),
    "part_paid": Message(
        _("We got {sum} for order {order}. {due} is still due: pay it to paybill {paybill}, "
          "account {reference}, or text PAY {order}.")
    ),
    "paid_twice": Message(
        _("Order {order} was paid already, so your second payment of {sum} comes back to you. "
          "There is nothing you need to do.")
    ),
    "paid_too_much": Message(
        _("You paid {sum} more than order {order} costs. It comes back to you. "
          "There is nothing you need to do.")
    ),
    "paid_too_late": Message(
        _("Your payment of {sum} came after order {order} was cancelled. It comes back to you. "
          "There is nothing you need to do.")
    ),
    "refund_paid": Message(_("{sum} for order {order} is back with you, receipt {receipt}. Thank you.")),
    "money_unmatched": Message(
        _("We got {sum} from you, receipt {receipt}, but know no order with that number. "
          "Text HELP and the order number, e.g. HELP A3B7")
    ),
    "money_returned": Message(
        _("Your payment of {sum}, receipt {receipt}, fitted no order. It is back with you.")
    ),
    "order_expired_back": Message(
        _("Order {order} was not paid in full in time and is cancelled. "
          "The {sum} you paid comes back to you.")
    ),
    "order_expired": Message(
        _("Order {order} was not paid in time and is cancelled. Nothing was taken. "
          "Still want it? Text it again, e.g. 5kg tomatoes.")
    ),
    "rider_and_code": Message(
        _("Order {order}: {person} brings it, call {phone}. Your code is {code}. "
          "Give it to the rider only when you hold the goods.")
    ),
    "delivered": Message(
        _("Order {order} is delivered. Thank you! How was it? Reply 1 (bad) to 5 (very good).")
    ),
    # --- told by the core, about an order's items ---------------------------------------------------------
    "cash_confirmed": Message(
        _("Order {order} is confirmed and comes {day}. Pay the rider {sum} in cash. You will get the "
          "rider's name and a code: give it only when you hold the goods.")
    ),
    "new_order_cash": Message(
        _("New order {order}, CASH, {count} paid before: {amount_of} {product} by {day}. You get "
          "{gets}. Dial {dial} when ready. To {customer}.")
    ),
    "new_order_cash_first": Message(
        _("New order {order}, CASH, first order: {amount_of} {product} by {day}. You get {gets}. Dial "
          "{dial} when ready. To {customer}.")
    ),
    "item_short": Message(
        _("Order {order}: only {amount_of} {product} can come. The order now costs {total}. What you "
          "paid beyond that comes back.")
    ),
    "item_short_asked": Message(
        _("Order {order}: only {amount_of} {product} can come, the order is {total} now. Reply 1 to "
          "keep it, 2 for no {product}, free, by {time}.")
    ),
    "item_gone": Message(
        _("Order {order}: {product} cannot come, sorry. You pay nothing for it; what you paid for it "
          "comes back.")
    ),
    "replacement": Message(
        _("Order {order}: the farm has no {product} left. Reply 1 to get it from {farm} at {price} per "
          "{unit}, 2 to get your money back. Answer by {time}.")
    ),
    "item_cancelled": Message(
        _("Order {order} of {amount_of} {product} is cancelled. Please do not prepare it. For more "
          "dial {dial}")
    ),
    "order_cancelled": Message(
        _("Order {order} had to be cancelled, sorry. You pay nothing; whatever you paid comes back.")
    ),
    "order_cancelled_charged": Message(
        _("Order {order} is cancelled. {sum} is kept for goods that were ready and the way; the rest "
          "of what you paid comes back.")
    ),
    "item_reminder": Message(
        _("Order {order} waits for your answer: {amount_of} {product} by {day}. Dial {dial} and accept "
          "it, or say that you have less or none.")
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
    # --- told by the core, to whoever is paid out ---------------------------------------------------------
    "payout_paid": Message(
        plural("Tunda paid you {sum}, receipt {receipt}, for {count} order. Commission taken: {fee}.",
            "Tunda paid you {sum}, receipt {receipt}, for {count} orders. Commission taken: {fee}.")
    ),
    "payout_failed": Message(
        _("Your payout of {sum} did not go through. The money is still yours, we try again. "
          "Text HELP for help.")
    ),
    # --- told by the core, to the rider ------------------------------------------------------------------
    "vehicle_approved": Message(
        _("Your vehicle {plate} is approved. Text ON to go on duty, OFF to stop. Menu: {dial}"),
        first_contact=True,
    ),
    "vehicle_refused": Message(
        _("Your vehicle {plate} was not approved. Check the plate and register it again: {dial}"),
        first_contact=True,
    ),
    "offer": Message(
        _("Job {order}: {farm} in {place} to {where}, {km}km, {kg}kg. Pay {earning}. "
          "Reply YES or NO by {time}. If another job is open reply ACCEPT {order}.")
    ),
    "offer_gone": Message(
        _("Job {order} has gone to another rider. Stay on duty, the next one comes."), refusal=True
    ),
    "pickup": Message(
        _("Job {order} is yours: {amount_of} {product} at {farm}, {place}, {landmark}. "
          "Call {phone}. Then text PICKED {order}")
    ),
    "bring": Message(
        _("Bring {order} to {customer}, {place}, {landmark}. Call {phone}. "
          "Ask for the 4-digit code, then text DONE {order} and the code.")
    ),
    "done": Message(
        _("Done: order {order} is delivered. You earned {earning}. It is paid out with your next payout.")
    ),
    # --- told by the core, of the road ------------------------------------------------------------------
    "bring_cash": Message(
        _("Bring {order} to {customer}, {place}, {landmark}. Call {phone}. Take {due} cash "
          "and the code, then text DONE {order} and the code.")
    ),
    "collect_code": Message(
        _("Order {order} waits for you at {place}: {person}, call {phone}. Your code is {code}. "
          "Give it only when you hold the goods.")
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
    "choice_refund": Message(_("OK, order {order} is cancelled and your money comes back.")),
    # --- told by the core, to the phones of alarm.phones (DR-1803) ---------------------------------
    "alarm_unknown_money": Message(
        _("ALARM: money that nobody knows: {text}. {count}x since {time}. See the console.")
    ),
    "alarm_receipt_mismatch": Message(
        _("ALARM: a receipt with another amount: {text}. {count}x since {time}. See the console.")
    ),
    "alarm_payment_doubt": Message(
        _("ALARM: a payment is in doubt: {text}. {count}x since {time}. See the console.")
    ),
    "alarm_ledger_difference": Message(
        _("ALARM: the books differ: {text}. {count}x since {time}. See the console.")
    ),
    "alarm_float_low": Message(
        _("ALARM: the M-Pesa float is low: {text}. {count}x since {time}. See the console.")
    ),
    "alarm_payout_stuck": Message(
        _("ALARM: a payout or refund is stuck: {text}. {count}x since {time}. See the console.")
    ),
    "alarm_cash_late": Message(
        _("ALARM: a rider's cash is late: {text}. {count}x since {time}. See the console.")
    ),
    "alarm_circuit_open": Message(
        _("ALARM: a provider does not answer: {text}. {count}x since {time}. See the console.")
    ),
    "alarm_worker_silent": Message(
        _("ALARM: the worker is silent: {text}. {count}x since {time}. See the console.")
    ),
    "alarm_spool_not_empty": Message(
        _("ALARM: callbacks wait to be stored: {text}. {count}x since {time}. See the console.")
    ),
    "alarm_parked_work": Message(
        _("ALARM: work was given up on: {text}. {count}x since {time}. See the console.")
    ),
    "alarm_callback_silent": Message(
        _("ALARM: callbacks have stopped coming: {text}. {count}x since {time}. See the console.")
    ),
    "alarm_no_rider": Message(
        _("ALARM: no rider takes a delivery: {text}. {count}x since {time}. See the console.")
    ),
    "alarm_message_failed": Message(
        _("ALARM: a message could not be sent: {text}. {count}x since {time}. See the console.")
    ),
    "alarm_request_late": Message(
        _("ALARM: a request for personal data waits: {text}. {count}x since {time}. See the console.")
    ),
    # --- support (DR-1602, DR-1603) ----------------------------------------------------------------------
    "ticket_answered": Message(_("Your question {number}: {answer} To write back: HELP and your words.")),
    "ticket_received": Message(_("We have your question, number {number}. You hear from us by SMS.")),
    "ticket_resolved": Message(_("Your question {number} is settled. {answer}"), texted=False),
    "message_received": Message(_("{person} wrote to you about order {order}."), texted=False),
    # --- in-app copies, shown at the next dial -----------------------------------------------------------
    "order_received": Message(_("Order {order} received. Pay {asked} by M-Pesa."), texted=False),
    "refund_coming": Message(_("{sum} for order {order} comes back to you."), texted=False),
    "refund_credit": Message(
        _("{sum} from order {order} is kept for you and pays for your next order."), texted=False
    ),
    "order_processing": Message(_("Order {order} is being prepared."), texted=False),
    "order_ready": Message(_("Order {order} is ready and waits for its rider."), texted=False),
    "delivered_farmer": Message(_("Order {order} is delivered. {gets} comes {day}."), texted=False),
    "sold_out": Message(_("Your {product} is sold out. Dial {dial} when you have more."), texted=False),
    "back_on_sale": Message(
        _("On sale again, since we hear from you: {count} of your listings, first {amount_of} {product}. "
          "Still so? If not, dial {dial}."),
        texted=False,
    ),
    "off_sale": Message(_("Your {product} is off sale. Dial {dial} to offer it again."), texted=False),
    "organic_unproven": Message(
        _("Your {product} is listed, but not as organic: we have not approved a certificate of that farm."),
        texted=False,
    ),
    "certificate_approved": Message(_("{farm}: your organic certificate is approved."), texted=False),
    "certificate_refused": Message(_("{farm}: your organic certificate was not approved."), texted=False),
    "suggestion_refused": Message(_("We do not take up {text} for now."), texted=False),
    # --- prices, followed products, weather --------------------------------------------------------------
    "product_near": Message(
        _("There is {product} near you: {price} per {unit} at {farm}, {place}. "
          "Text what you need or dial {dial}. STOP ends alerts.")
    ),
    "price_alert": Message(
        _("{product}: the market now pays {market} per {unit}, before it was {price}. {where}, {month}. "
          "STOP ends alerts.")
    ),
    "price_alert_peers": Message(
        _("{product}: farmers now ask {market} per {unit}, before it was {price}. STOP ends alerts.")
    ),
    "wanted_near": Message(_("{count} people near you asked for {product}."), texted=False),
    "weather_alert": Message(_("Weather: {warning}")),
    # --- the customer buys -------------------------------------------------------------------------------
    "place_question": Message(
        _("{amount_of} {product}: where to? Reply ward and a place near your door, e.g. Kangemi, Total"),
        first_contact=True,
    ),
    "place_question_more": Message(
        _("{count} items: where to? Reply your ward and a place near your door, e.g. Kangemi, Total station"),
        first_contact=True,
    ),
    "place_plain": Message(
        _("Where are you? Reply your ward and a place near your door, e.g. Kangemi, Total station"),
        first_contact=True,
    ),
    "place_again": Message(
        _("We do not know that place. Reply your ward or town, then a place near your door, "
          "e.g. Kangemi, Total station"), refusal=True
    ),
    "place_choose": Message(_("Which place? Reply its number:"), listing="after"),
    "place_kept": Message(
        _("Your place is now {place}, {landmark}. Text what you need, e.g. 5kg tomatoes.")
    ),
    "place_kept_bare": Message(
        _("Your place is now {place}. A landmark helps the rider: text PLACE, ward and landmark.")
    ),
    "product_choose": Message(
        _("Which one do you mean? Reply its number:"), first_contact=True, listing="after"
    ),
    "product_unknown": Message(
        _("We do not know that product. Write its name, e.g. 5kg tomatoes. Text HELP for more."),
        first_contact=True, refusal=True,
    ),
    "product_unknown_named": Message(
        _("We do not know {text}. Write one product by its name, e.g. 5kg tomatoes."),
        first_contact=True, refusal=True,
    ),
    "unit_choose": Message(
        _("Which unit of {product}? Reply its number:"), first_contact=True, listing="after"
    ),
    "quantity_question": Message(
        _("How much {product}? From {price} per {unit}. Reply e.g. 5 {unit}"), first_contact=True
    ),
    "quantity_bad": Message(
        _("We could not read how much {product}. Reply a plain amount above 0, e.g. 5 or 2.5 {unit}"),
        first_contact=True, refusal=True,
    ),
    "whole_only": Message(
        _("{product} is sold by the whole {unit}. Reply a whole number, e.g. 2"), first_contact=True
    ),
    "quote": Message(
        _("{amount_of} {product}, {farm}: {goods} + delivery {fee} = {total}, {day}. "
          "Reply YES for M-Pesa by {time}. Terms: TERMS")
    ),
    "quote_again": Message(
        _("You ordered this just now. Again? {amount_of} {product}, {farm}: {total} in all, {day}. "
          "Reply YES to pay it by M-Pesa by {time}")
    ),
    "quote_less": Message(
        _("Only {amount_of} {product} left: {goods} + delivery {fee} = {total}, {day}. "
          "Reply YES for M-Pesa by {time}. Terms: TERMS")
    ),
    "quote_changed": Message(
        _("Changed: {amount_of} {product}, {farm}: {goods} + delivery {fee} = {total}, {day}. "
          "Reply YES for M-Pesa by {time}")
    ),
    "quote_lines": Message(
        _("Goods {goods} + delivery {fee} = {total}, {day}. "
          "Reply YES for M-Pesa by {time}. Terms: TERMS"),
        listing="before",
    ),
    "quote_fetch": Message(
        _("{amount_of} {product}: {total}. No rider can bring it. Collect at {where}, {day}. "
          "Reply YES for M-Pesa by {time}. Terms: TERMS")
    ),
    "quote_lines_fetch": Message(
        _("{total} in all. No rider can bring it. Collect at {where}, {day}. "
          "Reply YES for M-Pesa by {time}. Terms: TERMS"),
        listing="before",
    ),
    "quote_lines_again": Message(
        _("You ordered this just now. Again? {total} in all, {day}. "
          "Reply YES to pay it by M-Pesa by {time}"),
        listing="before",
    ),
    "not_served": Message(
        _("We do not buy and sell in {place} yet. We have noted what you need. "
          "Text PLACE and another ward if you are elsewhere."), refusal=True
    ),
    "nothing_for_sale": Message(
        _("Nobody sells {product} now, so nothing is ordered. Text another product or try tomorrow."),
        first_contact=True, refusal=True,
    ),
    "not_in_unit": Message(
        _("{product} is now sold by {unit}, {price} each. How much? Reply e.g. 5"), first_contact=True
    ),
    "nobody_sells": Message(
        _("Nobody sells {product} now. Reply YES and we text you when there is some near you."),
        first_contact=True, refusal=True,
    ),
    "nearest_far": Message(
        _("The nearest {product} is in {place}, {km}km, {price} per {unit}: too far to bring. "
          "Reply YES and we text you when there is some near you."), refusal=True
    ),
    "nearest_brought": Message(
        _("The nearest {product} is in {place}, {km}km, {price} per {unit}, from {total} brought to you. "
          "Reply YES and we text you when there is more."), refusal=True
    ),
    "followed": Message(_("We text you when there is {product} near you. STOP ends alerts.")),
    "not_followed": Message(_("All right, we do not text you about {product}.")),
    "no_rider": Message(
        _("No rider can bring {product} to {place} now. Nothing is ordered, nothing to pay. "
          "Try a smaller amount, or again later."), refusal=True
    ),
    "below_minimum": Message(
        _("The smallest order is {minimum}; this comes to {total}. Nothing is ordered. "
          "Text a larger amount, e.g. 5kg tomatoes."), refusal=True
    ),
    "above_maximum": Message(
        _("The largest order is {maximum}; this comes to {total}. Nothing is ordered. "
          "Text a smaller amount."),
        refusal=True,
    ),
    "too_small": Message(
        _("{product} is sold from {amount_of} up. Nothing is ordered. Text that amount or more."),
        refusal=True,
    ),
    "too_many_unpaid": Message(
        _("You have {count} orders waiting for payment. Text PAY to pay one, or let them run out. "
          "Then order again."), refusal=True
    ),
    "too_many_items": Message(
        _("That is too much for one SMS. Please order up to {count} products at a time."),
        first_contact=True, refusal=True,
    ),
    "prompt_open": Message(
        _("An M-Pesa request is still on your phone. Answer it, wait a minute, then reply YES again."),
        refusal=True,
    ),
    "declined": Message(_("OK, nothing is ordered. Text what you need at any time, e.g. 5kg tomatoes.")),
    "quote_gone": Message(
        _("That offer has run out, so nothing is ordered. Text what you need again, e.g. 5kg tomatoes."),
        refusal=True,
    ),
    "rated": Message(_("Thank you, we noted {stars} of 5. Text what you need at any time.")),
    "rate_bad": Message(_("Please reply one number: 1 (bad), 2, 3, 4 or 5 (very good)."), refusal=True),
    "rate_nothing": Message(
        _("There is no delivery to rate. We ask you after each delivery. Text HELP for help."), refusal=True
    ),
    "wrong_role": Message(
        _("This number is registered as farmer or rider and cannot buy. Use another number, "
          "or dial {dial} for your own menu."), refusal=True
    ),
    # --- prices, orders, payment -------------------------------------------------------------------------
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
        _("A payment prompt for order {order} is already on its way. Enter your M-Pesa PIN there."),
        refusal=True,
    ),
    "pay_too_often": Message(
        _("Order {order} had {count} payment requests, the most we send. Let it run out, then order again."),
        refusal=True,
    ),
    "not_by_sms": Message(
        _("That cannot be done by SMS yet. Dial {dial} for the menu, or text HELP."),
        first_contact=True, refusal=True,
    ),
    "mpesa_only": Message(
        _("We take M-Pesa only for now. Text PAY to get the request on your phone."), refusal=True
    ),
    "cancelled": Message(_("Order {order} is cancelled, nothing is taken. Text what you need at any time.")),
    "replacement_taken": Message(
        _("Good: order {order} goes on with the other farm. We tell you when it is on its way.")
    ),
    "item_refunded": Message(
        _("OK, it is taken off order {order}. What you paid for it comes back.")
    ),
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
        _("Order {order} is cancelled. What you paid comes back to you.")
    ),
    "cancel_asked": Message(
        _("Order {order} is being prepared. We have asked to cancel it and text you the answer. Goods "
          "that are ready may be charged.")
    ),
    "cancel_late": Message(
        _("Order {order} is paid or over and cannot be cancelled by SMS. Text STATUS {order} to see it."),
        refusal=True,
    ),
    "cancel_none": Message(
        _("You have no unpaid order to cancel. Text STATUS to see your last order."), refusal=True
    ),
    # --- the rider ---------------------------------------------------------------------------------------
    "on_duty": Message(_("You are on duty. Jobs come by SMS: answer YES or NO. Text OFF to stop.")),
    "off_duty": Message(_("You are off duty, no more jobs come. Text ON to start again.")),
    "no_vehicle": Message(
        _("You have no approved vehicle yet. Dial {dial} to register one; we SMS you when it is approved."),
        refusal=True,
    ),
    "riders_only": Message(
        _("That is for riders. To become one dial {dial}."), first_contact=True, refusal=True
    ),
    "offer_none": Message(
        _("No job waits for your answer now. Stay on duty, the next one comes by SMS."), refusal=True
    ),
    "offer_declined": Message(_("OK, another rider gets it. You stay on duty. Text OFF to stop.")),
    "job_unknown": Message(
        _("You have no such job. Check the 4 letters and digits, or text STATUS to see your jobs."),
        refusal=True,
    ),
    "job_which": Message(_("Several jobs fit. Text it again with the number of one:"), listing="after"),
    "job_not_yet": Message(
        _("That step is not possible for this job now. Text STATUS to see your jobs."), refusal=True
    ),
    "job_later": Message(
        _("We cannot note that by SMS yet. Keep the goods safe, call the customer. STATUS shows your jobs."),
        refusal=True,
    ),
    "job_not_ready": Message(
        _("Order {order} is not ready at the farm yet. Call the farmer, then text PICKED {order} again."),
        refusal=True,
    ),
    "code_missing": Message(
        _("Ask the customer for the 4-digit code, then text DONE, order and code, e.g. DONE A3B7 1234"),
        refusal=True,
    ),
    "code_wrong": Message(
        _("That code is not right, nothing has changed. Ask the customer again. {left} tries left."),
        refusal=True,
    ),
    "code_locked": Message(
        _("Too many wrong codes, this job is locked. Keep the goods safe, we will call you."), refusal=True
    ),
    "code_help": Message(
        _("The code is in the customer's SMS from us. Ask them to look, or to read it to you by phone. "
          "Then text DONE and the code.")
    ),
    # --- everyone ----------------------------------------------------------------------------------------
    "help": Message(
        _("Text what you need, e.g. 5kg tomatoes. PRICE tomatoes. STATUS. LANG SW. STOP. Menu: {dial}"),
        first_contact=True,
    ),
    "help_rider": Message(
        _("Riders: ON, OFF, YES, NO, PICKED A3B7, DONE A3B7 1234 (code), STATUS, LANG SW. Menu: {dial}")
    ),
    "help_farmer": Message(
        _("To sell and to see your orders dial {dial}. By SMS: STATUS, PRICE tomatoes, LANG SW, STOP.")
    ),
    "not_understood": Message(
        _("Sorry, we did not understand. Text what you need, e.g. 5kg tomatoes, or HELP. Menu: {dial}"),
        first_contact=True, refusal=True,
    ),
    "answer_yes_no": Message(_("Please answer only YES or NO. YES means yes to our last SMS."), refusal=True),
    "answer_number": Message(_("Please reply only the number, {count} at most. Or text HELP."), refusal=True),
    "nothing_open": Message(
        _("We have no open question to you. Text what you need, e.g. 5kg tomatoes, or STATUS."),
        first_contact=True, refusal=True,
    ),
    "language_kept": Message(_("OK, we write English from now on. LANG SW: Kiswahili. LANG KI: Gikuyu.")),
    "language_which": Message(
        _("Reply LANG EN for English, LANG SW for Kiswahili, LANG KI for Gikuyu."), first_contact=True
    ),
    "terms": Message(
        _("Terms: you pay before delivery; bad goods: tell us within 24h. We use your number and place only "
          "to deliver. STOP ends adverts. Menu {dial}")
    ),
    "stopped": Message(
        _("OK, no more adverts and alerts. SMS about your orders still come. START: back on."),
        first_contact=True,
    ),
    "started": Message(_("OK, adverts and alerts are on again. Text STOP to end them."), first_contact=True),
    "sorry": Message(
        _("Sorry, something went wrong on our side and nothing was done. Please text it again later.")
    ),
    "what_next": Message(_("Text HELP for help.")),
    "inactive": Message(
        _("This number is switched off with us. Dial {dial} for help."), first_contact=True, refusal=True
    ),
    # --- told by the core, about the person's own account -------------------------------------------------
    "otp": Message(
        _("{otp} is your Tunda code, for {minutes} minutes. Tell it to nobody: we never ask for it."),
        first_contact=True,
    ),
    "login_locked": Message(
        _("Too many wrong passwords: your account is locked for {minutes} minutes. Was it not you? "
          "Text HELP.")
    ),
    "pin_locked": Message(
        _("Too many wrong PINs: yours is locked for {minutes} minutes. Was it not you? Text HELP and we "
          "look into it.")
    ),
    "call_lost": Message(
        _("Your call was cut off. Nothing is lost: dial {dial} to go on where you were.")
    ),
    "pin_needs_reset": Message(
        _("Too many wrong PINs today: only we can open yours again. Text HELP PIN and we call you.")
    ),
    "payout_number_change": Message(
        _("From {day} {time} Tunda payouts that come to this number go to {phone}. Not wanted? Reply NO "
          "and it is stopped.")
    ),
    "refund_number_change": Message(
        _("From {day} {time} Tunda refunds that come to this number go to {phone}. Not wanted? Reply NO "
          "and it is stopped.")
    ),
    "number_stopped": Message(
        _("It is stopped: the money comes to this number as before. If you did not ask for the change, "
          "text HELP.")
    ),
    "number_goes_on": Message(
        _("OK, the change goes on. Text HELP if something is wrong.")
    ),
    "agent_asks": Message(
        _("{person} of {cooperative}, {phone}, asks to list and pack for you. Never your PIN or money. "
          "Agree? Reply YES or NO.")
    ),
    "agent_agreed": Message(
        _("OK, {person} may list and mark orders for you. We SMS you each time. To end it dial {dial}.")
    ),
    "agent_declined": Message(
        _("OK, {person} does nothing for you. Nothing has changed.")
    ),
    "agent_listed": Message(
        _("{person} listed {amount_of} {product} for you, {price} per {unit}. Not right? Reply NO "
          "within {count}h to take it down.")
    ),
    "agent_restocked": Message(
        _("{person} changed your stock: {amount_of} {product}. Not right? Reply NO within {count}h to "
          "take it down.")
    ),
    "agent_marked": Message(
        _("{person} has answered an order for you: {amount_of} {product}, order {order}. Dial {dial} to "
          "see it.")
    ),
    "agent_marked_all": Message(
        _("{person} has answered {count} orders for you. Dial {dial} to see them.")
    ),
    "taken_down": Message(
        _("Done: {product} is taken down and no longer on sale. To sell again dial {dial}.")
    ),
    # --- people who work for a farmer ----------------------------------------------------------------------
    "agent_content": Message(
        _("OK, it stays as it is. Dial {dial} to see your produce.")
    ),
}  # fmt: skip
