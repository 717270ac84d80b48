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
    "not_understood_farmer": Message(
        _("Sorry, we did not understand. Text e.g. SELL tomatoes 20kg @80, ORDERS or HELP. Menu: {dial}"),
        refusal=True,
    ),
    "not_understood_rider": Message(
        _("Sorry, we did not understand. Text e.g. ON, OFF, STATUS, PICKED A3B7 or HELP. Menu: {dial}"),
        refusal=True,
    ),
    "nothing_open_farmer": Message(
        _("We have no open question to you. Text ORDERS for your orders, SELL to offer, or HELP."),
        refusal=True,
    ),
    "nothing_open_rider": Message(
        _("We have no open question to you. Text STATUS for your jobs, ON, OFF or HELP."),
        refusal=True,
    ),
    "meant_while_asked": Message(
        _("Do you mean {line}? Then text just that. Our last question to you is still open."),
        refusal=True,
    ),
    "one_at_a_time": Message(
        _("One thing in one SMS, please: nothing is done yet. Text {line} first, then the other."),
        refusal=True,
    ),
    "keypad_payout": Message(
        _("To be paid now you need your Tunda PIN: dial {shortcut} and ask for your money there. Else it "
          "comes by itself on payday."),
        refusal=True,
    ),
    "keypad_number": Message(
        _("That needs your Tunda PIN, never by SMS. Dial {dial}: More, My account, Number for my money."),
        refusal=True,
    ),
    "keypad_data": Message(
        _("That needs your Tunda PIN, never by SMS. Dial {dial}: More, My account, My data."),
        refusal=True,
    ),
    "keypad_pin": Message(
        _("Never write a PIN in an SMS. To change yours dial {dial}: More, My account, My PIN."),
        refusal=True,
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
