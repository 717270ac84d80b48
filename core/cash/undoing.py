"""Cash that came in and is gone again: an admin's wrong entry of it (counted, set off, let go, brought to the
bank), or a rider's deposit that M-Pesa took back (DR-904, P6)."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import func, select

from core import events
from core.actor import Actor, system
from core.cash import locks
from core.cash.errors import MoreThanOwed
from core.cash.models import REVERSED, UNDONE, CashBanking, CashCollection, CashDeposit
from core.db import Tx
from core.duties import service as duties
from core.ledger import accounts, mirror, postings
from core.ledger import service as ledger
from core.money import ZERO
from core.payments import receipts
from core.users import service as users

SYSTEM = system("pay")


@dataclass(frozen=True)
class Kind:
    """An admin's entry of a rider's cash: the kind of its ledger entry, and what it says, before his name."""

    entry: str
    said: str


KINDS = {
    "counted": Kind("cash_counted", "Cash counted from"),
    "set_off": Kind("cash_set_off", "Taken off the pay of"),
    "write_off": Kind("write_off", "Let go of the cash of"),
}


def deposit(tx: Tx, actor: Actor, *, deposit_id: int) -> int | None:
    """What an admin entered of a rider's cash never happened: he holds it again.

    Returns the entry that takes it back; None where the deposit does not stand, or came by M-Pesa. Whoever
    calls it audits. Raises MoreThanOwed where the cash lies in the office no more, NotAllowed. Emits
    CashUndone.
    """
    users.may(tx, actor, "create", "money", own=True)
    entered = select(CashDeposit.rider_id, CashDeposit.how).where(CashDeposit.deposit_id == deposit_id)
    known = tx.session.execute(entered).one_or_none()
    if known is None:
        return None
    if known.how == "counted":
        locks.box(tx)  # somebody may be bringing the same cash to the bank
    locks.carrier(tx, known.rider_id)
    row = locks.deposit(tx, deposit_id)
    if row is None or row.how not in KINDS or row.deposit_status == UNDONE:
        return None
    if row.how == "counted" and row.amount > (held := ledger.balance(tx, accounts.OFFICE_CASH)):
        raise MoreThanOwed(maximum=held)
    source = f"deposit:{deposit_id}" if row.how == "write_off" else deposit_id
    entry = mirror.take_back(tx, KINDS[row.how].entry, source)
    if entry is None:
        return None
    tx.note(f"deposit:{deposit_id}", f"{row.deposit_status} -> {UNDONE}")
    row.deposit_status, row.closed_at = UNDONE, tx.now
    row.once_key = f"{UNDONE}:{deposit_id}"  # else its form, sent again, would find it and book nothing
    duties.drop(tx, "deposit_issue", deposit_id)
    _count_anew(tx, known.rider_id)
    tx.emit(events.CashUndone(deposit_id, actor))
    return entry.entry_id


def reversed_by_provider(tx: Tx, *, receipt: str, amount: Decimal, reversal: str | None = None) -> str:
    """M-Pesa has taken back what a rider had paid in at the paybill, or a part of it: he owes it again (P6).

    receipt   of his deposit; amount KES that went back
    reversal  the receipt of that, where it is known; without it all is meant that is left

    Returns the verdict: applied, duplicate, or unmatched where there was no such deposit, or so much is not
    left of it. Emits CashTakenBack.
    """
    came = tx.session.scalar(select(CashDeposit).where(CashDeposit.once_key == f"receipt:{receipt}"))
    if came is None:
        return "unmatched"
    locks.carrier(tx, came.rider_id)
    once_key = f"{REVERSED}:{came.deposit_id}:{reversal or 'all'}"
    before = tx.session.execute(
        select(CashDeposit.once_key, CashDeposit.amount)
        .where(CashDeposit.once_key.startswith(f"{REVERSED}:{came.deposit_id}:"))
        .with_for_update()
    ).all()
    left = came.amount + sum((row.amount for row in before), ZERO)
    if once_key in {row.once_key for row in before} or (before and not left):
        return "duplicate"
    if not ZERO < amount <= left:
        return "unmatched"
    row = CashDeposit(
        rider_id=came.rider_id, how=REVERSED, amount=-amount,
        expected=ledger.balance(tx, accounts.rider_cash(came.rider_id)), difference=ZERO,
        deposit_status="settled", once_key=once_key, reason=receipt, made_at=tx.now,
    )  # fmt: skip
    tx.session.add(row)
    tx.flush()
    if reversal is not None:
        receipts.claim(tx, reversal, amount, f"{receipts.UNPAID}{row.deposit_id}")
    postings.deposit_reversed(tx, row.deposit_id, came.rider_id, amount)
    _count_anew(tx, came.rider_id)
    tx.note(f"deposit:{came.deposit_id}", f"{amount} taken back by the provider")
    tx.emit(events.CashTakenBack(row.deposit_id, SYSTEM))
    return "applied"


def not_reversed(tx: Tx, actor: Actor, *, deposit_id: int) -> int | None:
    """M-Pesa has not taken back what a rider had paid in, or not this part: it counts as brought in again.

    deposit_id  of the row that `reversed_by_provider` made. As `deposit`. Raises NotAllowed. Emits
    CashRestored.
    """
    users.may(tx, actor, "create", "money", own=True)
    rider_id = tx.session.scalar(select(CashDeposit.rider_id).where(CashDeposit.deposit_id == deposit_id))
    if rider_id is None:
        return None
    locks.carrier(tx, rider_id)
    row = locks.deposit(tx, deposit_id)
    entry = None if row is None else mirror.take_back(tx, "deposit_reversed", deposit_id)
    if row is None or entry is None:
        return None
    tx.note(f"deposit:{deposit_id}", f"{row.deposit_status} -> {UNDONE}")
    row.deposit_status, row.closed_at, row.once_key = UNDONE, tx.now, f"{UNDONE}:{deposit_id}"
    _count_anew(tx, rider_id)
    tx.emit(events.CashRestored(deposit_id, actor))
    return entry.entry_id


def entry_of(tx: Tx, receipt: str) -> int | None:
    """The newest journal entry by which M-Pesa took back the deposit with this receipt, or a part of it."""
    took = select(func.max(CashDeposit.deposit_id)).where(
        CashDeposit.how == REVERSED, CashDeposit.reason == receipt, CashDeposit.deposit_status != UNDONE
    )
    deposit_id = tx.session.scalar(took)
    return None if deposit_id is None else ledger.entry_of(tx, "deposit_reversed", deposit_id)


def banking(tx: Tx, actor: Actor, *, banking_id: int) -> int | None:
    """The cash was not brought to the bank: it lies in the office; its bank reference is free again.

    As `deposit`. Raises NotAllowed.
    """
    users.may(tx, actor, "create", "money", own=True)
    row = tx.session.get(CashBanking, banking_id, with_for_update=True)
    entry = None if row is None else mirror.take_back(tx, "cash_banked", banking_id)
    if row is None or entry is None:
        return None
    tx.note(f"banking:{banking_id}", f"{row.bank_reference} -> {UNDONE}")
    row.bank_reference = f"{UNDONE} {banking_id}"
    return entry.entry_id


def _count_anew(tx: Tx, rider_id: int) -> None:
    """Deposits settle the oldest first (DR-904), so what he still holds is of his newest collections."""
    left = max(ZERO, ledger.balance(tx, accounts.rider_cash(rider_id)))
    query = select(CashCollection).where(CashCollection.rider_id == rider_id).with_for_update()
    newest = query.order_by(CashCollection.collected_at.desc(), CashCollection.collection_id.desc())
    for collection in tx.session.scalars(newest.execution_options(populate_existing=True)):
        still = min(collection.amount, left)
        if not left and collection.settled == collection.amount:
            break
        left -= still
        _holds(tx, collection, still)
    tx.flush()


def _holds(tx: Tx, collection: CashCollection, still: Decimal) -> None:
    """So much of it is with him; what is with him again is due as it was before."""
    again = bool(still) and collection.open_for is None
    collection.settled = collection.amount - still
    collection.open_for = collection.rider_id if still else None
    if again:
        due = collection.collected_at + timedelta(hours=tx.setting("cod.deposit_due_hours"))
        key = f"cash_due:{collection.collection_id}:{tx.now:%Y%m%d%H%M%S}"
        duties.want(tx, "cash_due", collection.collection_id, at=max(due, tx.now), key=key)
