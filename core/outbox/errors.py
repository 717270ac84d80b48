"""What can go wrong with what was sent."""

from core.errors import NotFound


class MessageUnknown(NotFound):
    """There is no such message."""

    code = "outbox.message_unknown"
