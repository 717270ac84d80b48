"""The statement of a till as the organisation's portal writes it: CSV, some lines above the table."""

import csv
import io
from datetime import date
from decimal import Decimal

from simulator.parts import Parts
from simulator.wallets import OUTSIDE, Movement

COLUMNS = (
    "Receipt No.", "Completion Time", "Initiation Time", "Details", "Transaction Status", "Paid In",
    "Withdrawn", "Balance", "Balance Confirmed", "Reason Type", "Other Party Info", "Linked Transaction ID",
    "A/C No.",
)  # fmt: skip
_KINDS = {
    "stk": "Pay Bill Online",
    "c2b": "Pay Bill",
    "b2c": "Business Payment to Customer via API",
    "reversal": "Transaction Reversal",
    "cash": "Organization Settlement",
    "fee": "Business Payment Charge",
}
BANK_RECEIPT = "BK"


def statement(parts: Parts, shortcode: str, *, day: date | None = None) -> str:
    """All accounts of a till in one table, oldest first; of one Nairobi day where named. Hold the lock."""
    movements = [one for one in parts.books.movements() if day is None or one.at.date() == day]
    ours = f"till:{shortcode}:"
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("Short Code:", shortcode))
    if movements:
        writer.writerow(
            (
                "Time Period:",
                f"From {movements[0].at:%d-%m-%Y %H:%M:%S} To {movements[-1].at:%d-%m-%Y %H:%M:%S}",
            )
        )
    writer.writerow(COLUMNS)
    balance = Decimal(0)
    for one in parts.books.movements():
        arrives, leaves = one.target.startswith(ours), one.source.startswith(ours)
        balance += one.amount * (arrives - leaves)
        if arrives != leaves and (day is None or one.at.date() == day):
            writer.writerow(_row(parts, one, arrives, balance))
    return out.getvalue()


def _row(parts: Parts, one: Movement, arrives: bool, balance: Decimal) -> tuple[str, ...]:
    at = f"{one.at:%d-%m-%Y %H:%M:%S}"
    kind = _KINDS.get(one.kind, one.kind)
    party = _party(parts, one.source if arrives else one.target)
    account = one.reference if one.kind in ("stk", "c2b") else ""
    details = f"{kind} from {party} Acc. {account}" if arrives else f"{kind} to {party}"
    if one.kind == "fee":
        details = kind
    return (
        one.receipt or f"{BANK_RECEIPT}{one.id:08d}",
        at,
        at,
        details,
        "Completed",
        f"{one.amount:.2f}" if arrives else "",
        "" if arrives else f"-{one.amount:.2f}",
        f"{balance:.2f}",
        "true",
        kind,
        party,
        one.reverses,
        account,
    )


def _party(parts: Parts, account: str) -> str:
    """The other side as the portal shows it: a customer's number is masked."""
    kind, _, rest = account.partition(":")
    if kind != "phone":
        return "" if account == OUTSIDE else rest.replace(":", " - ")
    phone = parts.phones.get(rest)
    digits = phone.msisdn[1:]
    return f"{digits[:4]} ***** {digits[-3:]} - {(phone.name or 'Jane Doe').upper()}"
