"""Every SMS we send and every in-app copy: a code, its text, and how it must fit.

Whoever sends a message names its code and gives its slots (core.outbox, core.notifications); the text is made
when it leaves, in the reader's language. One message is one SMS segment (DR-1509) with all slots full;
`first_contact` ones keep within 110 septets, since the provider may append its opt-out text to a number's
first message.
"""

from locales.messages import (
    accounts,
    alarms,
    buying,
    copies,
    customers,
    delivering,
    everyone,
    farmers,
    helping,
    items,
    market,
    mine,
    money,
    ordering,
    riders,
    riding,
    road,
    selling,
    shopping,
    support,
    talking,
    teams,
    working,
)
from locales.messages.kind import Message

_ROOMS = (
    accounts,
    alarms,
    buying,
    copies,
    customers,
    delivering,
    everyone,
    farmers,
    helping,
    items,
    market,
    mine,
    money,
    ordering,
    riders,
    riding,
    road,
    shopping,
    selling,
    support,
    talking,
    teams,
    working,
)

MESSAGES: dict[str, Message] = {code: message for room in _ROOMS for code, message in room.MESSAGES.items()}

__all__ = ["MESSAGES", "Message"]
