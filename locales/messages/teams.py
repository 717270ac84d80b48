"""Told to and by people who work for a farmer."""

from locales.mark import _
from locales.messages.kind import Message

MESSAGES: dict[str, Message] = {
    "agent_content": Message(
        _("OK, it stays as it is. Dial {dial} to see your produce.")
    ),
}  # fmt: skip
