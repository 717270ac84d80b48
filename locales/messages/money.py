"""Told by the core to whoever is paid out."""

from locales.mark import _, plural
from locales.messages.kind import Message

MESSAGES: dict[str, Message] = {
    "payout_paid": Message(
        plural("Tunda paid you {sum}, receipt {receipt}, for {count} order. Commission taken: {fee}.",
            "Tunda paid you {sum}, receipt {receipt}, for {count} orders. Commission taken: {fee}.")
    ),
    "payout_paid_less": Message(
        plural("Tunda paid you {sum}, receipt {receipt}: {gets} for {count} order less {due} sent back to "
            "buyers. Commission: {fee}.",
            "Tunda paid you {sum}, receipt {receipt}: {gets} for {count} orders less {due} sent back to "
            "buyers. Commission: {fee}.")
    ),
    "payout_waits": Message(
        _("{sum} waits for you. Dial {dial}, Earnings, and say which M-Pesa number gets it.")
    ),
    "payout_failed": Message(
        _("Your payout of {sum} did not go through. The money is still yours, we try again. "
          "Text HELP for help.")
    ),
}  # fmt: skip
