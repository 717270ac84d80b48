"""Told by the core about the person's own account."""

from locales.mark import _, plural
from locales.messages.kind import Message

MESSAGES: dict[str, Message] = {
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
    "payout_number_named": Message(
        _("Tunda payouts come to {phone} from now on, as you said at the dial. Not you? Text HELP.")
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
        plural("{person} has answered {count} order for you. Dial {dial} to see it.",
            "{person} has answered {count} orders for you. Dial {dial} to see them.")
    ),
    "taken_down": Message(
        _("Done: {product} is taken down and no longer on sale. To sell again dial {dial}.")
    ),
}  # fmt: skip
