"""Replies to anybody: messages to the other party of an order, the weather."""

from locales.mark import _
from locales.messages.kind import Message

MESSAGES: dict[str, Message] = {
    "message_words": Message(_("{person}, order {order}: {answer} Answer: MSG {order} and your words.")),
    "message_sent": Message(_("Sent to {person}, order {order}.")),
    "message_kept": Message(
        _("Not sent by SMS: {person} had many from you today about order {order}. Your words wait in the "
          "menu.")
    ),
    "message_to": Message(_("{order}: to whom?"), listing="after"),
    "message_text": Message(_("What shall we tell {person} about {order}? Never a PIN or code.")),
    "message_nobody": Message(_("{order}: nobody else has a part in it yet."), refusal=True),
    "message_which": Message(
        _("Which order? Text MSG, its last 4 letters and digits, and your words, e.g. MSG A3B7 I am at "
          "the gate"),
        refusal=True,
    ),
    "message_no_order": Message(
        _("You have no open order. To write to us: HELP and your words."), refusal=True
    ),
    "weather_now": Message(_("Until {day}: {warning}")),
    "weather_coming": Message(_("From {day}: {warning}")),
    "weather_calm": Message(_("No weather warning for {place} now. When one comes, we text you.")),
    "weather_where": Message(
        _("Where are you? Text PLACE and your ward, or dial {dial}, and we tell you its weather."),
        refusal=True,
    ),
}  # fmt: skip
