"""Support and messages (DR-1602, DR-1603)."""

from locales.mark import _
from locales.messages.kind import Message

MESSAGES: dict[str, Message] = {
    "ticket_answered": Message(
        _("Your question {number}: {answer} To write back: HELP and your words."),
        shorter=_("Your question {number}: {answer} All of it: dial {dial}, More, Support."),
    ),
    "ticket_received": Message(_("We have your question, number {number}. You hear from us by SMS.")),
    "ticket_resolved": Message(_("Your question {number} is settled. {answer}"), texted=False),
    "message_received": Message(_("{person} wrote to you about order {order}."), texted=False),
}  # fmt: skip
