"""What admins have entered of money lately, and what of it was taken back as wrong."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select

from core.actor import Actor
from core.books import correcting, rules
from core.books.models import Correction, Difference
from core.cash import undoing
from core.cash.models import UNDONE, CashBanking, CashDeposit
from core.db import Tx
from core.ledger.models import JournalEntry
from core.orders.models import Order
from core.payments.models import PaymentTransaction
from core.users import service as users
from core.users.models import User
from web.queries import people
from web.queries.paging import PAGE, Page, page_of

EPOCH, MICROSECOND = datetime(2000, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


@dataclass(frozen=True)
class Entry:
    """An admin's entry that stands, KES.

    record  as a correction names it
    said    what it says, in words; `about` whose it is, `order` the order that it counts for
    """

    record: str
    said: str
    amount: Decimal
    at: datetime
    by: User | None
    about: User | None = None
    order: Order | None = None


@dataclass(frozen=True)
class Shown:
    """A correction; `mine`: asked for by who looks at it, so that another one has to say yes.

    said, about, order  the entry, as in Entry
    """

    row: Correction
    said: str
    about: User | None
    order: Order | None
    asked_by: User | None
    decided_by: User | None
    mine: bool


def page(tx: Tx, actor: Actor, *, before: int | None) -> Page[Entry]:
    """What could be taken back, the newest first; what waits or is taken back is left out. Raises NotAllowed.

    before  the moment after which an earlier page ended, as `older` of that page says it
    """
    users.may(tx, actor, "read", "money", own=False)
    newest = tx.now + timedelta(days=1)
    until = newest if before is None else min(newest - EPOCH, before * MICROSECOND) + EPOCH
    found = [*_transfers(tx, until), *_cash(tx, until), *_bankings(tx, until), *_booked(tx, until)]
    found.sort(key=lambda one: (one.at, one.record), reverse=True)
    cut = min(PAGE, len(found))
    while cut < len(found) and found[cut].at == found[cut - 1].at:
        cut += 1  # what is of one moment stands on one page
    taken = set(tx.session.scalars(select(Correction.open_for).where(Correction.open_for.is_not(None))))
    rows = [one for one in found[:cut] if one.record not in taken]
    return Page(rows, (found[cut - 1].at - EPOCH) // MICROSECOND if cut < len(found) else None)


def waiting(tx: Tx, actor: Actor) -> list[Shown]:
    """Corrections that wait for another admin. Raises NotAllowed."""
    return _shown(tx, actor, correcting.listed(tx, actor, waiting=True))


def decided(tx: Tx, actor: Actor, *, before: int | None) -> Page[Shown]:
    """Corrections that were made or refused, page by page, the newest first. Raises NotAllowed."""
    rows = correcting.listed(tx, actor, waiting=False, before=before, limit=PAGE + 1)
    found = page_of(rows, PAGE, lambda row: row.correction_id)
    return Page(_shown(tx, actor, found.rows), found.older)


def _shown(tx: Tx, actor: Actor, rows: Sequence[Correction]) -> list[Shown]:
    known = people.by_id(tx, _ids(rows))
    return [
        Shown(
            row, *_of(tx, row), known.get(row.asked_by), known.get(row.decided_by or 0),
            row.asked_by == actor.user_id,
        )
        for row in rows
    ]  # fmt: skip


def _of(tx: Tx, row: Correction) -> tuple[str, User | None, Order | None]:
    """What the entry says, whose it is, and its order."""
    family, _, number = row.record.partition(":")
    match family:
        case "payment":
            payment = tx.session.get_one(PaymentTransaction, int(number))
            reference = payment.bank_reference or payment.result_text.removesuffix(" taken back")
            return f"Transfer {reference}", None, tx.session.get_one(Order, payment.order_id)
        case "deposit":
            deposit = tx.session.get_one(CashDeposit, int(number))
            return undoing.KINDS[deposit.how].said, tx.session.get_one(User, deposit.rider_id), None
        case "difference":
            difference = tx.session.get_one(Difference, int(number))
            return _said(difference), None, _order_of(tx, difference)
        case _:
            return "Cash to the bank", None, None


def _ids(rows: Sequence[Correction]) -> Iterable[int | None]:
    return (user_id for row in rows for user_id in (row.asked_by, row.decided_by))


def _transfers(tx: Tx, until: datetime) -> list[Entry]:
    query = (
        select(PaymentTransaction, Order)
        .join(Order, Order.order_id == PaymentTransaction.order_id)
        .where(
            PaymentTransaction.method == "bank",
            PaymentTransaction.status == "succeeded",
            PaymentTransaction.created_at < until,
        )
        .order_by(PaymentTransaction.created_at.desc(), PaymentTransaction.transaction_id.desc())
        .limit(PAGE + 1)
    )
    rows = tx.session.execute(query).all()
    by = people.by_id(tx, (payment.entered_by for payment, _ in rows))
    return [
        Entry(
            f"payment:{payment.transaction_id}", f"Transfer {payment.bank_reference}", payment.amount,
            payment.created_at, by.get(payment.entered_by or 0), order=order,
        )
        for payment, order in rows
    ]  # fmt: skip


def _cash(tx: Tx, until: datetime) -> list[Entry]:
    query = (
        select(CashDeposit)
        .where(
            CashDeposit.how.in_(undoing.KINDS),
            CashDeposit.deposit_status != UNDONE,
            CashDeposit.made_at < until,
        )
        .order_by(CashDeposit.made_at.desc(), CashDeposit.deposit_id.desc())
        .limit(PAGE + 1)
    )
    rows = tx.session.scalars(query).all()
    known = people.by_id(tx, (user_id for row in rows for user_id in (row.rider_id, row.entered_by)))
    return [
        Entry(
            f"deposit:{row.deposit_id}", undoing.KINDS[row.how].said, row.amount, row.made_at,
            known.get(row.entered_by or 0), about=known.get(row.rider_id),
        )
        for row in rows
    ]  # fmt: skip


def _bankings(tx: Tx, until: datetime) -> list[Entry]:
    query = (
        select(CashBanking)
        .where(CashBanking.at < until)
        .order_by(CashBanking.at.desc(), CashBanking.banking_id.desc())
        .limit(PAGE + 1)
    )
    rows = tx.session.scalars(query).all()
    by = people.by_id(tx, (row.entered_by for row in rows))
    return [
        Entry(
            f"banking:{row.banking_id}", f"Cash to the bank, {row.bank_reference}", row.amount, row.at,
            by.get(row.entered_by),
        )
        for row in rows
    ]  # fmt: skip


def _booked(tx: Tx, until: datetime) -> list[Entry]:
    query = (
        select(Difference)
        .where(
            Difference.entry_id.is_not(None),
            Difference.closed_by.is_not(None),
            Difference.closed_at < until,
        )
        .order_by(Difference.closed_at.desc(), Difference.difference_id.desc())
        .limit(PAGE + 1)
    )
    rows = tx.session.scalars(query).all()
    by = people.by_id(tx, (row.closed_by for row in rows))
    return [
        Entry(
            f"difference:{row.difference_id}", _said(row), correcting.booked(row),
            row.closed_at or row.found_at, by.get(row.closed_by or 0), order=_order_of(tx, row),
        )
        for row in rows
    ]  # fmt: skip


def _said(row: Difference) -> str:
    """What a booked difference says; of what M-Pesa took back (P6), of which receipt."""
    if row.how != "reversed":
        return f"Difference booked as {row.how.replace('_', ' ')}"
    return f"M-Pesa took back, of {rules.receipt_of(row.subject, row.details)}"


def _order_of(tx: Tx, row: Difference) -> Order | None:
    """The order of a payment that M-Pesa took back."""
    entry = tx.session.get(JournalEntry, row.entry_id) if row.how == "reversed" else None
    return None if entry is None or entry.order_id is None else tx.session.get(Order, entry.order_id)
