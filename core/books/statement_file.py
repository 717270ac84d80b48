"""The provider's statement file, as the organisation's portal writes it, read into rows. Plain Python.

Some lines about the account stand before the head of the table; columns are known by their names, in any
order. Times are Nairobi's. Only completed transactions count. Names are not read; of a phone number in clear
nothing is kept but what booking the payment needs.
"""

import csv
import hashlib
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from core.clock import NAIROBI
from core.money import ZERO

MOST_ROWS = 20_000
RECEIPT = re.compile(r"[A-Z0-9]{6,16}")
_SUM = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_PHONE = re.compile(r"(?<!\d)(?:\+?254|0)([17]\d{8})(?!\d)")
_MASKED = re.compile(r"(?<!\d)254\d{0,3}\s?\*+\s?\d{2,4}")
# A receipt among words: ten characters, letters and digits both.
_NAMED = re.compile(r"(?<![A-Z0-9])(?=[A-Z]*[0-9])(?=[0-9]*[A-Z])[A-Z0-9]{10}(?![A-Z0-9])")
_PARTY = re.compile(r"\s+(?:from|to|by|for|of|acc\.?|account)\s.*", re.IGNORECASE | re.DOTALL)
_TIMES = (
    "%Y-%m-%d %H:%M:%S", "%d-%m-%Y %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%Y/%m/%d %H:%M:%S",
    "%Y-%m-%d %H:%M", "%d-%m-%Y %H:%M", "%d/%m/%Y %H:%M", "%Y%m%d%H%M%S",
)  # fmt: skip
# A column's name, letters only: what it is to us.
_COLUMNS: Mapping[str, str] = {
    "receiptno": "receipt",
    "receipt": "receipt",
    "transactionid": "receipt",
    "completiontime": "at",
    "details": "details",
    "transactionstatus": "status",
    "status": "status",
    "paidin": "paid_in",
    "withdrawn": "withdrawn",
    "reasontype": "kind",
    "otherpartyinfo": "party",
    "linkedtransactionid": "linked",
    "acno": "reference",
    "accountno": "reference",
    "accountnumber": "reference",
}
_NEEDED = {"receipt", "at", "paid_in", "withdrawn"}


@dataclass(frozen=True)
class Read:
    """One completed transaction of the file.

    at               aware, UTC
    paid_in          KES to us; withdrawn KES from us, at least 0.00
    what             the provider's words for its kind, without anybody's name or number
    payer            +254..., where the number stood there in clear, else ""
    from_a_customer  somebody's phone paid it in
    is_charge        the provider took it for its own work
    takes_back       of a reversal, the receipt of the payment that went back; else ""
    """

    receipt: str
    at: datetime
    paid_in: Decimal
    withdrawn: Decimal
    what: str
    reference: str
    payer: str
    from_a_customer: bool
    is_charge: bool
    takes_back: str = ""

    @property
    def digest(self) -> str:
        """What makes this row this row, in whatever file it stands."""
        parts = (self.receipt, self.at.isoformat(), str(self.paid_in), str(self.withdrawn), self.what)
        return hashlib.sha256("|".join(parts).encode()).hexdigest()


@dataclass(frozen=True)
class StatementFile:
    """What a file holds; `faults` are line numbers that could not be read, with the column at fault."""

    rows: Sequence[Read]
    faults: Sequence[tuple[int, str]] = field(default=())
    left_out: int = 0


def read(text: str) -> StatementFile | None:
    """The rows of a file; None if it has no table with the columns we need, or more rows than we take."""
    try:
        lines = list(csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=None)))
    except csv.Error:  # a cell without an end
        return None
    head = next((n for n, line in enumerate(lines) if set(_names(line)) >= _NEEDED), None)
    if head is None or len(lines) - head > MOST_ROWS:
        return None
    names = _names(lines[head])
    rows: list[Read] = []
    faults: list[tuple[int, str]] = []
    left_out = 0
    for number, line in enumerate(lines[head + 1 :], head + 2):
        cells = {name: cell.strip() for name, cell in zip(names, line, strict=False) if name}
        if not any(cells.values()):
            continue
        if cells.get("status", "Completed").casefold() not in ("completed", ""):
            left_out += 1
            continue
        row = _row(cells)
        if isinstance(row, str):
            faults.append((number, row))
        else:
            rows.append(row)
    return StatementFile(rows, faults, left_out)


def _row(cells: Mapping[str, str]) -> Read | str:
    """The row, or the name of the column that cannot be read."""
    receipt = cells["receipt"].upper() if "receipt" in cells else ""
    if not RECEIPT.fullmatch(receipt):
        return "receipt"
    at = _moment(cells.get("at", ""))
    if at is None:
        return "at"
    paid_in, withdrawn = _amount(cells.get("paid_in", "")), _amount(cells.get("withdrawn", ""))
    if paid_in is None or withdrawn is None or (paid_in > ZERO) == (withdrawn > ZERO):
        return "paid_in"
    kind, details, party = cells.get("kind", ""), cells.get("details", ""), cells.get("party", "")
    told = f"{party} {details}"
    phone = _PHONE.search(told)
    words = f"{kind} {details}".casefold()
    is_charge = paid_in == ZERO and ("charge" in words or "fee for" in words)
    return Read(
        receipt=receipt,
        at=at,
        paid_in=paid_in,
        withdrawn=withdrawn,
        what=_kind(kind or details),
        reference=cells.get("reference", "")[:40],
        payer=f"+254{phone[1]}" if phone else "",
        from_a_customer=paid_in > ZERO and (phone is not None or _MASKED.search(told) is not None),
        is_charge=is_charge,
        takes_back="" if paid_in or is_charge else _taken_back(cells, receipt),
    )


def _taken_back(cells: Mapping[str, str], own: str) -> str:
    """The receipt of the payment that a reversal is of: from its own column, else from the words."""
    linked = cells.get("linked", "").upper()
    if RECEIPT.fullmatch(linked):
        return linked
    words = f"{cells.get('kind', '')} {cells.get('details', '')}"
    if "revers" not in words.casefold():
        return ""
    return next((found for found in _NAMED.findall(words) if found != own), "")


def _names(line: Sequence[str]) -> list[str]:
    return [_COLUMNS.get(re.sub(r"[^a-z]", "", cell.casefold()), "") for cell in line]


def _kind(words: str) -> str:
    """The words for the kind, up to where somebody is named."""
    return re.sub(r"[^A-Za-z /&-]", "", _PARTY.sub("", words)).strip()[:64]


def _moment(text: str) -> datetime | None:
    for form in _TIMES:
        try:
            return datetime.strptime(text, form).replace(tzinfo=NAIROBI).astimezone(UTC)
        except (ValueError, OverflowError):  # in UTC the first day of the calendar may lie before it
            continue
    return None


def _amount(text: str) -> Decimal | None:
    """KES, never below 0.00: withdrawals stand with a minus or without."""
    plain = text.replace(",", "").replace(" ", "")
    if plain in ("", "-"):
        return ZERO
    if not _SUM.fullmatch(plain):
        return None
    amount = abs(Decimal(plain))
    if amount >= Decimal(10) ** 10 or amount != amount.quantize(Decimal("0.01")):
        return None
    return amount.quantize(Decimal("0.01"))
