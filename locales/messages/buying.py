"""Replies to a customer who buys by text."""

from locales.mark import _
from locales.messages.kind import Message

MESSAGES: dict[str, Message] = {
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
        _("How much {product}? From {price} per {unit}. Reply e.g. 5 {units}"), first_contact=True
    ),
    "quantity_bad": Message(
        _("We could not read how much {product}. Reply a plain amount above 0, e.g. 5 or 2.5 {units}"),
        first_contact=True, refusal=True,
    ),
    "whole_only": Message(
        _("{product} is sold by the whole {unit}. Reply a whole number, e.g. 2"), first_contact=True
    ),
    "quote": Message(
        _("{amount_of} {product}, {farm}: {goods} + delivery {fee} = {total}, {day}. YES by {time}: "
          "M-Pesa asks {payer}. Terms: TERMS"),
        listing="quote", shorter=_("{total} with delivery, {day}. YES: M-Pesa by {time}"),
    ),
    "quote_kept": Message(_("We keep {kept} for you, so you pay {due}.")),
    "quote_kept_short": Message(_("We keep {kept}: pay {due}.")),
    "quote_short": Message(_("With {short} from last time you pay {due}.")),
    "quote_short_short": Message(_("You owe {short}: pay {due}.")),
    "quote_covered": Message(
        _("{amount_of} {product}: {total} with delivery, {day}. We keep {kept} for you: nothing more to pay. "
          "YES by {time} orders it."),
        listing="quote",
    ),
    "quote_lines_covered": Message(
        _("{total} with delivery, {day}. We keep {kept} for you: nothing more to pay. YES by {time} orders "
          "it."),
        shorter=_("{total}, {day}, paid from what we keep. YES {time}"),
        listing="before",
    ),
    "quote_again": Message(
        _("You ordered this just now. Again? {amount_of} {product}, {farm}: {total} in all, {day}. YES "
          "by {time}: M-Pesa asks {payer}"),
        listing="quote", shorter=_("Again? {total}, {day}. YES: M-Pesa {time}"),
    ),
    "quote_changed": Message(
        _("Changed: {amount_of} {product}, {farm}: {goods} + delivery {fee} = {total}, {day}. YES by "
          "{time}: M-Pesa asks {payer}"),
        listing="quote", shorter=_("Changed: {total}, {day}. YES: M-Pesa {time}"),
    ),
    "quote_lines": Message(
        _("Goods {goods} + delivery {fee} = {total}, {day}. YES by {time}: M-Pesa asks {payer}. "
          "Terms: TERMS"),
        listing="before", shorter=_("{total} with delivery, {day}. YES: M-Pesa by {time}"),
    ),
    "quote_fetch": Message(
        _("{amount_of} {product}: {total}. No rider can bring it. Collect at {where}, {day}. YES by "
          "{time}: M-Pesa asks {payer}. Terms: TERMS"),
        listing="quote", shorter=_("{total}. Collect {where}, {day}. YES: M-Pesa {time}"),
    ),
    "quote_lines_fetch": Message(
        _("{total} in all. No rider can bring it. Collect at {where}, {day}. YES by {time}: M-Pesa "
          "asks {payer}. Terms: TERMS"),
        listing="before", shorter=_("{total}. Collect {where}, {day}. YES: M-Pesa {time}"),
    ),
    "quote_lines_again": Message(
        _("You ordered this just now. Again? {total} in all, {day}. YES by {time}: M-Pesa asks {payer}"),
        listing="before", shorter=_("Again? {total}, {day}. YES: M-Pesa {time}"),
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
    "too_many_unpaid": Message(
        _("You have {count} orders waiting for payment. Text PAY to pay one, or let them run out. "
          "Then order again."), refusal=True
    ),
    "too_many_items": Message(
        _("That is too much for one SMS. Please order up to {count} products at a time."),
        first_contact=True, refusal=True,
    ),
    "prompt_open": Message(
        _("Another M-Pesa request was sent at {time}. Answer it, or wait until {until}, "
          "then reply YES again."),
        refusal=True,
    ),
    "mpesa_which": Message(
        _("{phone} is not a Safaricom number. Reply PAY and the M-Pesa number that pays, e.g. "
          "PAY 0712345678. If {phone} has M-Pesa, reply PAY {phone}."),
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
}  # fmt: skip
