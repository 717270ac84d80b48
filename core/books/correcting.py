"""An admin's wrong entry taken back: a transfer, a booked difference, cash (DR-1001, DR-813).

The ledger gets the mirror of the entry, which names it; the record goes back to what it was before. Above
`bank.two_person_over`, parts counted together, it is done when another admin says yes; so is a transfer that
two have seen, or because of which other money has gone back already.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Literal

from sqlalchemy import or_, select

from core import events
from core.actor import Actor
from core.audit import service as audit
from core.books import differences, rules
from core.books.errors import CannotTakeBack, RefundUnderWay
from core.books.models import Correction, Difference
from core.cash import undoing
from core.cash.models import CashBanking, CashDeposit
from core.db import Tx
from core.errors import BadInput, NotFound
from core.ledger import mirror
from core.ledger.models import JournalEntry
from core.money import ZERO
from core.orders.models import Order
from core.payments import arriving, locks, matching, restoring, returning, standing
from core.payments.errors import SecondAdminNeeded
from core.payments.models import PaymentTransaction, Refund
from core.users import service as users
from core.users.models import User
from core.words import reason_of

LENGTH = 160
MOST = 50
NUMBER = re.compile(r"[1-9][0-9]{0,17}")  # one spelling: a record is taken back once
# So long what an admin took back alone counts together (DR-813).
TOGETHER = timedelta(hours=24)


@dataclass(frozen=True)
class _Entry:
    """What is to be taken back: KES, whose ("order:4", "rider:7", "till:mpesa"), whether two saw it."""

    amount: Decimal
    whose: str
    by_two: bool = False


def take_back(tx: Tx, actor: Actor, *, record: str, reason: str) -> Correction:
    """An admin says that an entry of an admin's was wrong, and why. Audited.

    record  "payment:12" (a transfer at the bank), "difference:3", "deposit:5" (cash counted, set off or let
            go), "banking:2"

    Done at once up to `bank.two_person_over`, together with what he alone took back of the same order, rider
    or till within a day; above it, or where two admins saw the transfer, or where its order's other money has
    gone back and it would lack that, it waits for another admin (DR-813, DR-821); so does what two booked as
    taken back by M-Pesa (P6). The same again changes
    nothing; from another admin it is the second yes. Raises NotAllowed, BadInput (no reason), NotFound,
    CannotTakeBack, RefundUnderWay, MoreThanOwed (the cash is at the bank already).
    """
    admin = users.may(tx, actor, "create", "money", own=False)
    found = tx.session.scalar(select(Correction).where(Correction.open_for == record).with_for_update())
    if found is not None:
        if found.status == "asked" and found.asked_by != admin.user_id:
            return _do(tx, actor, found)
        return found
    entry = _entry(tx, record)
    words = reason_of(reason, LENGTH)
    if not words:
        raise BadInput(reason="")
    asked = Correction(
        record=record, open_for=record, amount=entry.amount, reason=words, status="asked",
        asked_by=admin.user_id, asked_at=tx.now,
    )  # fmt: skip
    tx.session.get(User, admin.user_id, with_for_update=True)  # what he takes back at once counts together
    together = entry.amount + _alone(tx, admin.user_id, entry.whose)
    tx.session.add(asked)
    tx.flush()
    audit.record(
        tx, actor, what="books.take_back", record=record, changes={"amount": str(entry.amount)}, reason=words
    )
    if not entry.by_two and together <= tx.setting("bank.two_person_over"):
        return _do(tx, actor, asked)
    return asked


def decide(tx: Tx, actor: Actor, *, correction_id: int, yes: bool) -> Correction:
    """Another admin says yes to a large one, or anybody lets it be; decided before, it changes nothing.

    Audited. Raises NotAllowed, NotFound, SecondAdminNeeded, CannotTakeBack, RefundUnderWay, MoreThanOwed.
    """
    admin = users.may(tx, actor, "create", "money", own=False)
    row = tx.session.get(Correction, correction_id, with_for_update=True)
    if row is None:
        raise NotFound(record="correction", id=correction_id)
    if row.status != "asked":
        return row
    if yes:
        if row.asked_by == admin.user_id:
            raise SecondAdminNeeded
        return _do(tx, actor, row)
    row.status, row.open_for = "refused", None
    row.decided_by, row.decided_at = admin.user_id, tx.now
    audit.record(tx, actor, what="books.let_stand", record=row.record)
    return row


def listed(
    tx: Tx, actor: Actor, *, waiting: bool, before: int | None = None, limit: int = MOST
) -> Sequence[Correction]:
    """What waits for a second admin, the oldest first, or what was decided, the newest first.

    before  the id after which an earlier page of what was decided ended

    Raises NotAllowed.
    """
    users.may(tx, actor, "read", "money", own=False)
    query = select(Correction)
    if waiting:
        query = query.where(Correction.status == "asked").order_by(Correction.correction_id)
    else:
        query = query.where(Correction.status != "asked").order_by(Correction.correction_id.desc())
        if before is not None:
            query = query.where(Correction.correction_id < before)
    return tx.session.scalars(query.limit(limit)).all()


def booked(row: Difference) -> Decimal:
    """What was booked to close a difference, KES."""
    return abs(rules.unplaced(row.kind, row.ours, row.theirs))


def _do(tx: Tx, actor: Actor, row: Correction) -> Correction:
    family, _, number = row.record.partition(":")
    entry_id: int | None
    match family:
        case "payment":
            entry_id = _transfer(tx, actor, int(number), by_two=row.asked_by != actor.user_id)
        case "difference":
            entry_id = _difference(tx, actor, int(number))
        case "deposit":
            entry_id = undoing.deposit(tx, actor, deposit_id=int(number))
        case _:
            entry_id = undoing.banking(tx, actor, banking_id=int(number))
    if entry_id is None:
        raise CannotTakeBack(record=row.record)
    row.status, row.entry_id = "done", entry_id
    row.decided_by, row.decided_at = actor.user_id, tx.now
    audit.record(
        tx, actor, what="books.taken_back", record=row.record,
        changes={"amount": str(row.amount), "entry": entry_id}, reason=row.reason,
    )  # fmt: skip
    return row


def _entry(tx: Tx, record: str) -> _Entry:
    """The entry that `record` names. Raises NotFound, CannotTakeBack."""
    family, _, number = record.partition(":")
    if not NUMBER.fullmatch(number):
        raise NotFound(record=record[:48])
    match family:
        case "payment":
            payment = tx.session.get(PaymentTransaction, int(number))
            if payment is not None and payment.method == "bank":
                by_two = payment.approved_by is not None or _without(tx, payment) == "lacking"
                return _Entry(payment.amount, f"order:{payment.order_id}", by_two)
        case "difference":
            row = tx.session.get(Difference, int(number))
            if row is not None and (row.entry_id is None or row.closed_by is None):
                raise CannotTakeBack(record=record)
            if row is not None:
                return _Entry(booked(row), f"till:{row.till}", row.how == "reversed")
        case "deposit":
            deposit = tx.session.get(CashDeposit, int(number))
            if deposit is not None and deposit.how in undoing.KINDS:
                return _Entry(deposit.amount, f"rider:{deposit.rider_id}")
        case "banking":
            banking = tx.session.get(CashBanking, int(number))
            if banking is not None:
                return _Entry(banking.amount, "till:office")
    raise NotFound(record=record[:48])


def _alone(tx: Tx, user_id: int, whose: str) -> Decimal:
    """What this admin alone has taken back of the same order, rider or till of late, KES."""
    done = select(Correction).where(
        Correction.status == "done",
        Correction.asked_by == user_id,
        or_(Correction.decided_by == user_id, Correction.decided_by.is_(None)),
        Correction.decided_at > tx.now - TOGETHER,
    )
    rows = tx.session.scalars(done).all()
    return sum((row.amount for row in rows if _entry(tx, row.record).whose == whose), ZERO)


def _transfer(tx: Tx, actor: Actor, transaction_id: int, *, by_two: bool) -> int | None:
    """The transfer was not there, or was another order's: the order lacks it again, its customer is told.

    What has been promised back of it, or because of it, is put right first. Its bank reference is free
    again. Raises RefundUnderWay. Emits TransferStruck.
    """
    payment = locks.known(tx, transaction_id)
    if payment.status != "succeeded" or returning.gives_back(tx, transaction_id):
        return None
    without = _without(tx, payment)
    if without == "waits":
        raise RefundUnderWay
    if without == "gone" or (without == "lacking" and not by_two):
        return None
    entry = mirror.take_back(tx, "payment", transaction_id)
    if entry is None:
        return None
    arriving.move(tx, payment, "reversed")
    payment.result_text = f"{payment.bank_reference} taken back"
    payment.bank_reference = None
    order = payment.order
    standing.derive(tx, order)
    if order.order_status not in ("pending_payment", "cancelled"):
        matching.alarm(tx, payment, f"the transfer was entered wrongly, order is {order.order_status}")
    due = standing.still_due(tx, order) if order.order_status != "cancelled" else ZERO
    tx.emit(events.TransferStruck(order.order_id, transaction_id, payment.amount, due, actor))
    return entry.entry_id


def _without(tx: Tx, payment: PaymentTransaction) -> Literal["", "waits", "lacking", "gone"]:
    """How its order would stand without a transfer, where refunds of its other money were made (DR-821).

    ""       as before those, or there are none
    waits    it would be short, and a refund is not with its payer yet: that ends first, or is refused
    lacking  what it asks for has gone back, since the transfer seemed to pay for it
    gone     more than ever came would have gone back
    """
    held = select(Refund.status).where(
        Refund.order_id == payment.order_id, Refund.source == "held", Refund.status != "rejected"
    )
    statuses = set(tx.session.scalars(held))
    if not statuses:
        return ""
    now = standing.books(tx, tx.session.get_one(Order, payment.order_id))
    left = now.received - now.returned - standing.asked_back(tx, payment.order_id) - payment.amount
    if left >= now.asked:
        return ""
    if statuses != {"completed"}:
        return "waits"
    return "lacking" if left >= ZERO else "gone"


def _difference(tx: Tx, actor: Actor, difference_id: int) -> int | None:
    """What was posted for it was something else: the difference is open again, as a row of its own."""
    row = tx.session.get(Difference, difference_id, with_for_update=True)
    posted = None if row is None or row.entry_id is None else tx.session.get(JournalEntry, row.entry_id)
    if row is None or posted is None:
        return None
    entry_id = _mirrored(tx, actor, posted)
    if entry_id is None:
        return None
    key = f"{row.kind}:{row.subject}"
    is_open = tx.session.scalar(select(Difference).where(Difference.open_for == key).with_for_update())
    if is_open is None:  # else what it says now, and the first admin's word of it, would be lost
        differences.found(
            tx, row.kind, row.subject, till=row.till, ours=row.ours, theirs=row.theirs, details=row.details
        )
    differences.alarm(tx)
    return entry_id


def _mirrored(tx: Tx, actor: Actor, posted: JournalEntry) -> int | None:
    """The entry that takes back what a difference was closed with; what it had moved stands as before."""
    match posted.kind:
        case "provider_reversal":
            entry = restoring.payment(tx, actor, posted=posted)
        case "suspense_returned":
            entry = restoring.in_suspense(tx, actor, posted=posted)
        case "deposit_reversed":
            return undoing.not_reversed(tx, actor, deposit_id=int(posted.source_id))
        case _:
            entry = mirror.take_back(tx, posted.kind, posted.source_id)
    return None if entry is None else entry.entry_id
