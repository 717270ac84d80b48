"""Who acts: every core operation is handed an Actor by its channel (docs/domain.md, preamble)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """The person (or the system) behind an operation, as the channel established it.

    user_id     None only for the system itself
    role        customer, farmer, rider, admin or system
    channel     ussd, sms, web, api, pay, job or cli
    request_id  the id of the inbound thing, for log lines and audit rows
    language    en, sw or kikuyu, as stored on the user
    """

    user_id: int | None
    role: str
    channel: str
    request_id: str = ""
    language: str = "sw"


def system(channel: str, request_id: str = "") -> Actor:
    """The actor for what nobody asked for: deadlines, callbacks, the timetable."""
    return Actor(user_id=None, role="system", channel=channel, request_id=request_id, language="en")
