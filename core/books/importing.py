"""A statement file of the provider against our books: every receipt, every sum, in both directions (DR-1007).

The rows are kept first; each is then compared in a transaction of its own, since a payment that only the
statement shows is booked like any other (DR-803), with the locks of its order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select

from core import rows
from core.actor import Actor
from core.audit import service as audit
from core.books import differences
from core.books.errors import StatementUnreadable
from core.books.models import StatementImport, StatementRow
from core.books.statement_file import Read, read
from core.db import Database, Tx
from core.errors import BadInput
from core.ledger import postings
from core.ledger.postings import OwnTill
from core.money import ZERO
from core.payments import asking, paybill, receipts
from core.payments.models import MpesaReceipt, Refund
from core.payouts.models import Payout
from core.users import service as users

TILLS = ("mpesa", "mpesa_payouts", asking.BOTH)
# A receipt reaches us later than it was completed there: what came this soon may stand in the file before.
EDGE = timedelta(hours=1)
# Of so many receipts that a statement lacks M-Pesa is asked at once; more of them mean something else.
MOST_ASKED = 20


@dataclass(frozen=True)
class Taken:
    """What an import found: rows in the file, those we had not seen before, differences that are open now."""

    rows: int
    fresh: int
    left_out: int
    faults: Sequence[tuple[int, str]]
    booked: int
    found: int


def take(db: Database, actor: Actor, *, till: str, text: str) -> Taken:
    """Compare a statement file with our books; the same file again adds nothing. Audited.

    till  whose statement it is: mpesa (the paybill), mpesa_payouts, or both where one shortcode is both

    Raises NotAllowed, BadInput, StatementUnreadable.
    """
    file = read(text)
    if till not in TILLS:
        raise BadInput(till=till[:16])
    if file is None or not file.rows:
        with db.read() as tx:
            users.may(tx, actor, "create", "money", own=False)
        raise StatementUnreadable
    began, fresh = db.run(lambda tx: _keep(tx, actor, till, file.rows))
    booked = found = 0
    # The portal lists the newest first; what was taken back is looked at after what had come in.
    for row_id, row in sorted(fresh, key=lambda one: (one[1].at, one[1].paid_in == ZERO)):
        what = db.run(lambda tx, row_id=row_id, row=row: _compare(tx, till, row_id, row))  # type: ignore[misc]
        booked += what == "booked"
        found += what == "differs"
    found += db.run(lambda tx: _theirs(tx, began))
    db.run(differences.alarm)
    return Taken(len(file.rows), len(fresh), file.left_out, file.faults, booked, found)


def _keep(tx: Tx, actor: Actor, till: str, read_rows: Sequence[Read]) -> tuple[int, list[tuple[int, Read]]]:
    """The rows that no file has shown before, stored; returns the import's id and them."""
    users.may(tx, actor, "create", "money", own=False)
    moments = [row.at for row in read_rows]
    assert actor.user_id is not None, "an admin acts"
    one = StatementImport(
        till=till, entered_by=actor.user_id, rows=len(read_rows), fresh=0,
        since=min(moments), until=max(moments), at=tx.now,
    )  # fmt: skip
    tx.session.add(one)
    tx.flush()
    fresh = []
    for read_row in read_rows:
        row = StatementRow(
            import_id=one.import_id, till=till, digest=read_row.digest, receipt=read_row.receipt,
            at=read_row.at, paid_in=read_row.paid_in, withdrawn=read_row.withdrawn,
            what=read_row.what, reference=read_row.reference,
        )  # fmt: skip
        if rows.add_once(tx, row, StatementRow.digest):
            fresh.append((row.row_id, read_row))
    one.fresh = len(fresh)
    changes = {"till": till, "rows": len(read_rows), "fresh": len(fresh)}
    audit.record(tx, actor, what="books.statement", record=f"import:{one.import_id}", changes=changes)
    return one.import_id, fresh


def _compare(tx: Tx, till: str, row_id: int, row: Read) -> str:
    """One row against our books: "" if both say the same, "booked", or "differs"."""
    if row.is_charge:
        return _charge(tx, till, row_id, row)
    known = receipts.known(tx, row.receipt)
    theirs = row.paid_in - row.withdrawn
    details = {"receipt": row.receipt, "at": row.at.isoformat(), "what": row.what}
    if known is not None:
        differences.gone(tx, "not_theirs", f"receipt:{row.receipt}")
        if known.amount == abs(theirs) and _is_inward(known) == (theirs > ZERO):
            return ""
        ours = known.amount if _is_inward(known) else -known.amount
        subject = f"receipt:{row.receipt}"
        differences.found(
            tx,
            "amount",
            subject,
            till=till,
            ours=ours,
            theirs=theirs,
            details={**details, "record": known.record},
        )
        return "differs"
    if row.from_a_customer and till != "mpesa_payouts":
        if row.paid_in > tx.setting("bank.two_person_over"):
            return _large(tx, till, row_id, row, details)
        placed = paybill.c2b_confirm(
            tx, receipt=row.receipt, reference=row.reference, amount=row.paid_in, payer=row.payer
        )
        _at_once(tx, "booked", f"row:{row_id}", till, theirs, {**details, "verdict": placed})
        return "booked"
    original = receipts.known(tx, row.takes_back) if row.takes_back else None
    if original is not None and _is_inward(original):
        return _taken_back(tx, till, row, original, details)
    differences.found(tx, "not_ours", f"row:{row_id}", till=till, theirs=theirs, details=details)
    return "differs"


def _taken_back(tx: Tx, till: str, row: Read, original: MpesaReceipt, details: dict[str, str]) -> str:
    """A reversal that we did not ask for: booked when M-Pesa says of the payment that it is reversed (P6)."""
    subject = f"receipt:{original.receipt}"
    more = {**details, "reversal": row.receipt, "record": original.record, "receipt": original.receipt}
    found = differences.found(tx, "taken_back", subject, till=till, theirs=-row.withdrawn, details=more)
    if found is not None:
        differences.ask_provider(tx, found)
    return "differs"


def _large(tx: Tx, till: str, row_id: int, row: Read, details: dict[str, str]) -> str:
    """A payment above the limit for one pair of eyes: booked when M-Pesa itself says that it is completed.

    A file comes from one admin's hands and could be made; his word alone is worth what it is for a transfer
    at the bank (DR-813).
    """
    sealed = tx.parts.vault.seal(differences.PAYER, row.payer)
    more = {**details, "reference": row.reference, "payer": sealed}
    found = differences.found(tx, "not_ours", f"row:{row_id}", till=till, theirs=row.paid_in, details=more)
    if found is not None:
        differences.ask_provider(tx, found)
    return "differs"


def _charge(tx: Tx, till: str, row_id: int, row: Read) -> str:
    """The provider's own charge: what no result had named is posted now."""
    payout = tx.session.scalar(select(Payout.fee).where(Payout.receipt == row.receipt))
    refund = tx.session.scalar(select(Refund.fee).where(Refund.reference == row.receipt))
    booked = payout or refund or ZERO
    if booked == row.withdrawn:
        return ""
    details = {"receipt": row.receipt, "at": row.at.isoformat(), "what": row.what}
    if booked != ZERO:
        subject = f"receipt:{row.receipt}"
        differences.found(
            tx, "amount", subject, till=till, ours=-booked, theirs=-row.withdrawn, details=details
        )
        return "differs"
    from_: OwnTill = "mpesa_payouts" if till == "mpesa_payouts" or payout is not None else "mpesa"
    postings.provider_charge(tx, f"row:{row_id}", row.withdrawn, till=from_)
    _at_once(tx, "charge", f"row:{row_id}", till, -row.withdrawn, details)
    return "booked"


def _at_once(tx: Tx, kind: str, subject: str, till: str, theirs: Decimal, details: dict[str, str]) -> None:
    """A difference that booking has closed already; it stays to be seen."""
    row = differences.found(tx, kind, subject, till=till, theirs=theirs, details=details)
    if row is not None:
        differences.end(tx, row, how="booked")


def _theirs(tx: Tx, import_id: int) -> int:
    """Receipts of ours from the time of a statement that it does not show; returns how many."""
    one = tx.session.get_one(StatementImport, import_id)
    shown = select(StatementRow.receipt).where(
        StatementRow.at >= one.since - EDGE, StatementRow.at <= one.until + EDGE
    )
    ours = tx.session.scalars(
        select(MpesaReceipt).where(
            MpesaReceipt.at >= one.since + EDGE, MpesaReceipt.at <= one.until,
            MpesaReceipt.receipt.not_in(shown),
        )
    ).all()  # fmt: skip
    found = 0
    for receipt in ours:
        if not _of_till(tx, receipt, one.till):
            continue
        amount = receipt.amount if _is_inward(receipt) else -receipt.amount
        row = differences.found(
            tx, "not_theirs", f"receipt:{receipt.receipt}", till=one.till, ours=amount,
            details={"record": receipt.record, "at": receipt.at.isoformat()},
        )  # fmt: skip
        found += row is not None
        if row is not None and found <= MOST_ASKED:
            differences.ask_provider(tx, row)
    return found


def _is_inward(receipt: MpesaReceipt) -> bool:
    """Whether the receipt is of money that came to us."""
    return not receipt.record.startswith(("payout:", "refund:", *receipts.WENT_BACK))


def _of_till(tx: Tx, receipt: MpesaReceipt, till: str) -> bool:
    """Whether the receipt's money went through that account."""
    if till == asking.BOTH:
        return True
    family, _, number = receipt.record.partition(":")
    if family == "refund":
        road = tx.session.scalar(select(Refund.road).where(Refund.refund_id == int(number)))
        return (road == "b2c") == (till == "mpesa_payouts")
    return (family == "payout") == (till == "mpesa_payouts")
