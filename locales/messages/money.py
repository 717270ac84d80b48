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
        plural("Your payout of {sum} for {count} order has not gone through yet. The money stays yours: "
          "we try again and text you the receipt. Questions: HELP",
            "Your payout of {sum} for {count} orders has not gone through yet. The money stays yours: "
              "we try again and text you the receipt. Questions: HELP")
    ),
    "payout_held": Message(
        plural("Your payout of {sum} for {count} order waits: our people look at it first. The money stays "
          "yours, we text you the receipt. Questions: HELP",
            "Your payout of {sum} for {count} orders waits: our people look at it first. The money stays "
              "yours, we text you the receipt. Questions: HELP")
    ),
}  # fmt: skip
