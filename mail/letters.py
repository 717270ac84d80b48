"""From a copy's row to an e-mail: subject and plain text in the reader's language (DR-1503).

Whatever stands in a header is one line: a name with a line break in it cannot begin another header.
"""

import hashlib
from collections.abc import Mapping
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from core.outbox.emails import Letter
from locales.mark import _
from locales.messages import MESSAGES
from locales.voice import Voice

NAME = "Tunda"
# What stands above a copy, by its code; core/notifications/rules.py says which codes have one.
SUBJECTS: Mapping[str, str] = {
    "paid_confirmed": _("Your order {order} is paid"),
    "paid_with_kept": _("Your order {order} is paid"),
    "paid_by_kept": _("Your order {order} is paid"),
    "paid_and_kept": _("Your order {order} is paid"),
    "paid_collect": _("Your order {order} is paid"),
    "paid_collect_kept": _("Your order {order} is paid"),
    "paid_collect_over": _("Your order {order} is paid"),
    "cash_confirmed": _("Your order {order} is confirmed"),
    "cash_collect": _("Your order {order} is confirmed"),
    "refund_paid": _("Money back for order {order}"),
    "payout_paid": _("Your payout"),
    "payout_paid_less": _("Your payout"),
    "ticket_answered": _("An answer to your question"),
    "ticket_resolved": _("Your question is settled"),
}
WHY = _("You get this copy because your Tunda account has this address. Dial {dial} to switch copies off.")


def written(voice: Voice, letter: Letter, *, sender: str, dial: str) -> EmailMessage:
    """The e-mail, ready to go. Raises ValueError for an address that cannot stand in a header, KeyError for a
    code that has no copy by e-mail."""
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(NAME, addr_spec=one_line(sender))
    message["To"] = Address(addr_spec=one_line(letter.address))
    message["Subject"] = one_line(voice.show(letter.language, SUBJECTS[letter.code], **letter.values))
    # The same row is the same letter, should a server ever be handed it twice.
    identity = hashlib.sha256(letter.once_key.encode()).hexdigest()[:32]
    message["Message-ID"] = f"<{identity}@{one_line(sender).rpartition('@')[2]}>"
    message["Date"] = letter.created_at
    message["Auto-Submitted"] = "auto-generated"
    text = voice.show(letter.language, MESSAGES[letter.code].text, **letter.values)
    why = voice.show(letter.language, WHY, dial=dial)
    message.set_content(f"{text}\n\n-- \n{why}\n")
    return message


def one_line(text: str) -> str:
    """`text` without line breaks and other control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
