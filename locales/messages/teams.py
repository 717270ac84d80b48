"""Told to and by people who work for a farmer."""

from locales.mark import _
from locales.messages.kind import Message

MESSAGES: dict[str, Message] = {
    "agent_content": Message(
        _("OK, it stays as it is. Dial {dial} to see your produce.")
    ),
    "agent_stock_how": Message(
        _("Text STOCK FOR 2 tomatoes 40kg: farm, produce, how much there is. More: ADD FOR 2. None: SOLD OUT "
          "FOR 2 tomatoes."),
        refusal=True,
    ),
    "agent_not_hers": Message(
        _("Price, and what comes off sale, are the farmer's own word: PRICE tomatoes 90 from the farmer's "
          "phone. Yours: STOCK FOR 2 tomatoes 40kg."),
        refusal=True,
    ),
    "agent_none_there": Message(
        _("That farm has no {product} on sale. To list it: LIST FOR 2 {product} 40kg 80"), refusal=True
    ),
    "agent_stock_now": Message(
        _("{product}: {amount_of} on sale there now. The farmer gets an SMS and can say NO.")
    ),
    "agent_stock_out": Message(_("{product}: sold out there now. The farmer gets an SMS.")),
    "agent_which_number": Message(
        _("Which farm? Text READY FOR 2 with its number in your list at {dial}, or READY FOR ALL."),
        refusal=True,
    ),
    "hand_none": Message(_("No order of theirs waits for that now."), refusal=True),
    "hand_unknown": Message(
        _("No order that waits ends with {order} at those you answer for."), refusal=True
    ),
    "hand_two_words": Message(
        _("A helper says ACCEPT A3B7 and READY A3B7. The rest is the farmer's own word."), refusal=True
    ),
    "hand_which": Message(_("Which order?"), listing="after"),
    "hand_accepted": Message(
        _("Accepted for {farm}: {order}, {amount_of} {product}. When packed: READY {order}")
    ),
    "hand_harvested": Message(_("Noted for {farm}: {order} harvested, {amount_of} {product}.")),
    "hand_packed": Message(_("Noted for {farm}: {order} packed, {amount_of} {product}.")),
    "hand_ready": Message(_("Ready at {farm}: {order}, {amount_of} {product}. The rider comes for it.")),
    "hand_accept_sure": Message(
        _("Accept all that waits, orders: {number}? Each farmer is told by SMS. YES or NO?")
    ),
    "hand_ready_sure": Message(
        _("Is all of it ready, orders: {number}? Riders come for them. YES or NO?")
    ),
    "hand_accept_sure_asked": Message(
        _("Accept all that waits, orders: {number}? The customers of {left} ask to cancel. YES or NO?")
    ),
    "hand_ready_sure_asked": Message(
        _("Is all of it ready, orders: {number}? The customers of {left} ask to cancel. YES or NO?")
    ),
    "hand_sure_asked": Message(
        _("{order}: the customer asks to cancel it. Wait till that is decided, or go on with {amount_of} "
          "{product}? YES or NO.")
    ),
    "hand_accepted_all": Message(
        _("Accepted, orders: {number}. Each farmer gets one SMS. When packed: READY FOR ALL")
    ),
    "hand_ready_all": Message(
        _("Ready, orders: {number}. Each farmer gets one SMS. Riders come for them.")
    ),
}  # fmt: skip
