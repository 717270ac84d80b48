"""What a form of the console sends, read once for all: numbers, sums, days. Nonsense is refused with 400."""

import re
from collections.abc import Container
from datetime import date, datetime
from decimal import Decimal

from flask import abort, request

from core.clock import NAIROBI

_SUM = re.compile(r"-?(?:[0-9]{1,3}(?:,[0-9]{3}){1,3}|[0-9]{1,11})(?:\.[0-9]{1,2})?")
# What a page says after a form has done its work: `?done=` in the address.
DONE = {
    "approve": "Approved. The rider is told by SMS.",
    "difference_asked": "M-Pesa is being asked. Its answer will stand here.",
    "difference_said": "Noted. Another admin has to say the same.",
    "taken_back": "It is taken back, and whoever it concerns is told.",
    "take_back_asked": "Noted. Another admin has to say yes.",
    "stands": "The entry stands.",
    "difference_closed": "Closed; your reason stands in the audit.",
    "refuse": "Refused. The rider is told by SMS.",
    "again": "It waits to be sent again.",
    "password": "Your password is changed.",
    "matched": "The money counts for that order now, and the customer is told.",
    "given_back": "It goes back to whoever paid it, once another admin has said yes under Refunds.",
    "entered": "The transfer is entered.",
    "seconded": "The transfer counts now, and the customer is told.",
    "struck": "The transfer is struck out.",
    "refund_asked": "The refund is asked for. Another admin says yes to it.",
    "refund_yes": "Your yes is noted.",
    "refund_no": "The refund is refused.",
    "refund_stopped": "The refund is called off, and the customer is told.",
    "refund_again": "The refund is tried again.",
    "refund_paid": "The refund is paid, and the customer is told.",
    "payouts_yes": "The list is approved. It goes out within 15 minutes.",
    "payout": "Done.",
    "asked_again": "M-Pesa is asked once more.",
    "said": "It is noted. Another admin has to say so too.",
    "settled": "It is settled as you saw it.",
    "payout_made": "The payout is made.",
    "counted": "The cash is noted, and the rider is told.",
    "set_off": "It is taken off the rider's pay, and the rider is told.",
    "written_off": "The debt is let go, and the rider is told.",
    "banked": "The cash is at the bank.",
    "cancel_yes": "The order is cancelled, and everybody is told.",
    "cancel_no": "The order goes on, and the customer is told.",
    "claim_yes": "The complaint is right, and the customer is told.",
    "claim_no": "The complaint is refused, and the customer is told.",
    "person": "Done; it stands in the audit.",
    "ticket": "Done. Where you wrote something she gets it as a text.",
    "office": "Done.",
    "setting": "Changed. Every part of the house has it within a minute.",
    "switched": "Done. It is in force within a minute.",
    "price": "The price is kept.",
    "price_gone": "The price is taken back.",
    "prices": "The list is kept.",
    "warned": "The warning goes out to everybody there now.",
    "warning_over": "Everybody there is told that it is over.",
}


def number(name: str) -> int:
    """A row's id in the form."""
    return _id(request.form.get(name, ""))


def numbers(name: str) -> list[int]:
    """Ids with commas between."""
    return [_id(said) for said in request.form.get(name, "").split(",") if said]


def _id(said: str) -> int:
    if not (said.isascii() and said.isdigit() and len(said) < 19):
        abort(400)
    return int(said)


def amount(name: str) -> Decimal:
    """A sum of money in the form, KES, as somebody types it: `1,250` or `1250.50`; `1,50` may be either."""
    said = request.form.get(name, "").strip()
    if not _SUM.fullmatch(said):
        abort(400)
    return Decimal(said.replace(",", ""))


def day(name: str) -> date:
    """A day in the form."""
    found = day_of(request.form.get(name, ""))
    if found is None:
        abort(400)
    return found


def day_of(text: str) -> date | None:
    """The day that `text` names, in this house's time; None where it is none."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year < 2100 else None


def moment(name: str) -> datetime:
    """A moment in the form, as a browser sends it: `2025-06-24T09:30`, in Nairobi's time."""
    try:
        found = datetime.fromisoformat(request.form.get(name, ""))
    except ValueError:
        abort(400)
    return found.replace(tzinfo=NAIROBI) if found.tzinfo is None else found


def words(name: str) -> str:
    """What was written, without spaces around it."""
    return request.form.get(name, "").strip()


def one_of(name: str, choices: Container[str]) -> str:
    """Which of `choices` was pressed or chosen."""
    said = request.form.get(name, "")
    if said not in choices:
        abort(400)
    return said
