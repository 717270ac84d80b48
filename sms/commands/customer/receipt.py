"""A forwarded M-Pesa message: it proves nothing; its receipt is looked up, and answered as it is (DR-803)."""

import re

from core.payments import receipt_look
from sms.context import Context, Outcome

_RECEIPT = re.compile(r"[A-Z0-9]{8,12}")


def looked_up(ctx: Context) -> Outcome:
    """We have it, for this order or for none yet; or M-Pesa has not told us of it."""
    code = str(ctx.reading.slots.get("code") or "").upper()
    if not _RECEIPT.fullmatch(code):
        return ctx.reply("receipt_unreadable")
    found = receipt_look.mine(ctx.tx, ctx.actor, receipt=code) if ctx.user is not None else None
    if found is None:
        return ctx.reply("receipt_not_seen", receipt=code)
    if not found.tail:
        return ctx.reply("receipt_unmatched", receipt=code, sum=found.sum)
    return ctx.reply("receipt_have", receipt=code, sum=found.sum, order=found.tail)
