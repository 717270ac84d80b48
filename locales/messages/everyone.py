"""Replies to everyone."""

from locales.mark import _
from locales.messages.kind import Message

MESSAGES: dict[str, Message] = {
    "help": Message(
        _("Text what you need, e.g. 5kg tomatoes. PRICE tomatoes. STATUS. LANG SW. STOP. Menu: {dial}"),
        first_contact=True,
    ),
    "not_understood": Message(
        _("Sorry, we did not understand. Text what you need, e.g. 5kg tomatoes, or HELP. Menu: {dial}"),
        first_contact=True, refusal=True,
    ),
    "answer_yes_no": Message(_("Please answer only YES or NO. YES means yes to our last SMS."), refusal=True),
    "answer_number": Message(_("Please reply only the number, {count} at most. Or text HELP."), refusal=True),
    "did_you_mean": Message(_("Do you mean {line}? Answer YES, then we do it, or NO."), refusal=True),
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
}  # fmt: skip
