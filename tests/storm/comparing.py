"""After the storm: the simulator's books beside ours, to the shilling."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import Text, cast, func, select

from core.alarms.models import Alarm
from core.books.models import Difference
from core.cash.models import CashDeposit
from core.db import Database, Tx
from core.duties.models import Duty
from core.ledger import checks as ledger_checks
from core.ledger import service as ledger
from core.ledger.models import JournalEntry, LedgerLine
from core.money import ZERO
from core.orders.models import Order
from core.payments import checks as payment_checks
from core.payments.models import (
    MpesaReceipt,
    PaymentTransaction,
    ProviderRequest,
    Refund,
    SuspensePayment,
)
from core.payouts import checks as payout_checks
from core.payouts.models import Payout
from core.traffic.models import Callback
from mpesa.codes import outward
from simulator.wallets import Books, Movement
from tests.storm.doors import Purse

OUT = ("b2c", "reversal")
IN = ("stk", "c2b")
# Tried again every hour by a duty of its own; the page of refunds says why (mpesa/answers.py writes it so).
TOO_LITTLE = {
    f"{code} {meant.says}"
    for table in (outward.B2C, outward.REVERSAL)
    for code, meant in table.items()
    if meant.float_low
}


@dataclass
class Comparison:
    """What was found.

    faults   what must never be: money lost, doubled, or in two minds
    untold   money of the simulator's that nobody told us of, or that nobody could: receipt, kind, amount
    open     cases that are still in doubt, each with the reason that an admin sees
    differences  what the reconciliation shows an admin, by its kind
    entries  what was posted in the ledger, by its kind
    """

    faults: list[str] = field(default_factory=list)
    untold: list[Movement] = field(default_factory=list)
    open: dict[str, str] = field(default_factory=dict)
    moved: Counter[str] = field(default_factory=Counter)
    differences: Counter[str] = field(default_factory=Counter)
    entries: Counter[str] = field(default_factory=Counter)

    @property
    def movements(self) -> int:
        """Payments, refunds and payouts that really moved money."""
        return sum(self.moved.values())


def compare(db: Database, books: Books, purse: Purse) -> Comparison:
    """Lay the two books side by side, and ours beside the notes and transfers that there really are."""
    found = Comparison()
    movements = [one for one in books.movements() if one.kind in (*IN, *OUT)]
    found.moved.update(one.kind for one in movements)
    with db.read() as tx:
        found.faults += _own(tx)
        found.open = _open_cases(tx)
        shown = select(Difference.kind).where(Difference.open_for.is_not(None))
        found.differences.update(tx.session.scalars(shown))
        found.entries.update(tx.session.scalars(select(JournalEntry.kind)))
        found.untold = list(_untold(tx, movements))
        found.faults += _twice(tx, movements)
        found.faults += _sums(tx, books, found.untold)
        found.faults += _notes(tx, purse)
        found.faults += _unseen(tx, found)
    return found


def _own(tx: Tx) -> list[str]:
    """Our own books, by themselves (INV-1, INV-4, INV-5, INV-8)."""
    faults = [*ledger_checks.faults(tx), *payment_checks.used_twice(tx), *payout_checks.faults(tx)]
    for order_id in tx.session.scalars(select(Order.order_id)):
        faults += payment_checks.order_faults(tx, order_id)
    return faults


def _untold(tx: Tx, movements: list[Movement]) -> Iterator[Movement]:
    """What moved there and is in no book of ours."""
    receipts = set(tx.session.scalars(select(MpesaReceipt.receipt)))
    by_prompt = set(
        tx.session.scalars(
            select(PaymentTransaction.checkout_request_id).where(
                PaymentTransaction.status.in_(("succeeded", "reversed"))
            )
        )
    )
    settled = {
        *(f"payout:{n}" for n in tx.session.scalars(select(Payout.payout_id).where(Payout.status == "paid"))),
        *(
            f"refund:{n}"
            for n in tx.session.scalars(select(Refund.refund_id).where(Refund.status == "completed"))
        ),
    }
    owners = _owners(tx)
    for one in movements:
        if one.receipt in receipts:
            continue
        if one.kind == "stk" and one.conversation in by_prompt:
            continue  # known by its query; its receipt is still due (DR-803)
        if one.kind in OUT and owners(one) in settled:
            continue  # known by its status; its own receipt was never told
        yield one


def _owners(tx: Tx) -> Callable[[Movement], str]:
    """Says which payout or refund of ours a movement out of the till is of: "refund:5"; "" if of none."""
    known: dict[str, str] = {}
    for row in tx.session.scalars(select(ProviderRequest).where(ProviderRequest.name.is_not(None))):
        for name in (row.name, row.conversation_id, row.originator_id):
            if name:
                known[name] = row.subject
        if row.kind == "reversal":
            known[f"reversal of {row.receipt}"] = row.subject
    return lambda one: (
        known.get(one.originator)
        or known.get(one.conversation)
        or known.get(f"reversal of {one.reverses}")
        or ""
    )


def _twice(tx: Tx, movements: list[Movement]) -> Iterator[str]:
    """Nobody was paid twice: each payout and refund left the till once at most, and with its own sum."""
    gone: dict[str, Decimal] = defaultdict(lambda: ZERO)
    owners = _owners(tx)
    for one in movements:
        if one.kind in OUT:
            gone[owners(one) or one.receipt] += one.amount
    for payout in tx.session.scalars(select(Payout)):
        name = f"payout:{payout.payout_id}"
        yield from _agrees(name, payout.status, payout.amount, gone.pop(name, ZERO))
    for refund in tx.session.scalars(select(Refund)):
        name, status = f"refund:{refund.refund_id}", refund.status
        if status == "completed":
            status = "paid" if refund.road in OUT else "elsewhere"
        yield from _agrees(name, status, refund.amount, gone.pop(name, ZERO))
    for name, amount in gone.items():
        yield f"{amount} left the till for {name}, which is nothing of ours"


def _agrees(what: str, status: str, amount: Decimal, gone: Decimal) -> Iterator[str]:
    if gone > amount:
        yield f"{what} of {amount} was paid {gone}"
    if status == "paid" and gone != amount:
        yield f"{what} of {amount} is paid, and {gone} left the till"
    if status not in ("paid", "unknown", "processing", "sent", "failed") and gone:
        yield f"{what} is {status}, and {gone} left the till"


def _sums(tx: Tx, books: Books, untold: list[Movement]) -> Iterator[str]:
    """What our ledger has at M-Pesa is what M-Pesa has, but for what is named."""
    till = sum(books.till("174379").values(), ZERO)
    ours = ledger.balance(tx, "mpesa") + ledger.balance(tx, "mpesa_payouts")
    named = sum((one.amount if one.kind in IN else -one.amount for one in untold), ZERO)
    brought = sum(
        (
            one.amount if one.target.startswith("till:") else -one.amount
            for one in books.movements()
            if one.kind == "cash" and "till:" in one.source + one.target
        ),
        ZERO,
    )
    if till != ours + named + brought:
        yield f"the till has {till}; our ledger {ours}, unknown to us {named}, from the bank {brought}"


def _notes(tx: Tx, purse: Purse) -> Iterator[str]:
    """Cash and transfers: what the ledger says is in pockets, in the box and at the bank really is."""
    held = select(func.sum(LedgerLine.amount)).where(LedgerLine.account.like("rider_cash:%"))
    by_phone = select(func.sum(CashDeposit.amount)).where(CashDeposit.how == "paybill")
    pocket = (tx.session.scalar(held) or ZERO) + (tx.session.scalar(by_phone) or ZERO)
    for where, ours, really in (
        ("the riders' pockets", pocket, purse.pocket),
        ("the office's box", ledger.balance(tx, "office_cash"), purse.box),
        ("the bank", ledger.balance(tx, "bank"), purse.bank),
    ):
        if ours != really:
            yield f"{where}: {really} there, {ours} in our ledger"


def _open_cases(tx: Tx) -> dict[str, str]:
    """Everything that is not at its end, and why, as far as an admin can see it."""
    alarms = {
        ":".join(alarm.subject.split(":")[:2]): alarm.kind  # payment:12:result is about payment:12
        for alarm in tx.session.scalars(select(Alarm).where(Alarm.cleared_at.is_(None)))
    }
    cases: dict[str, str] = {}
    for payment in tx.session.scalars(
        select(PaymentTransaction).where(PaymentTransaction.status.in_(("created", "requested", "unknown")))
    ):
        name = f"payment:{payment.transaction_id}"
        of_it = (name, f"{name}:result", f"{name}:receipt", f"order:{payment.order_id}")
        cases[name] = next((alarms[subject] for subject in of_it if subject in alarms), "")
    for payout in tx.session.scalars(
        select(Payout).where(Payout.status.in_(("processing", "unknown", "failed")))
    ):
        name = f"payout:{payout.payout_id}"
        cases[name] = alarms.get(name, "")
    due = select(Duty.subject_id).where(Duty.kind == "refund_send", Duty.status == "due")
    to_send = set(tx.session.scalars(due))
    for refund in tx.session.scalars(
        select(Refund).where(Refund.status.in_(("approved", "sent", "unknown", "failed")))
    ):
        name = f"refund:{refund.refund_id}"
        waits = refund.status == "approved" and refund.reason in TOO_LITTLE and refund.refund_id in to_send
        cases[name] = alarms.get(name) or (refund.reason if waits else "")
    for money in tx.session.scalars(select(SuspensePayment).where(SuspensePayment.status == "open")):
        name = f"suspense:{money.suspense_id}"
        cases[name] = alarms.get(name, "")
    for duty in tx.session.scalars(select(Duty).where(Duty.status == "parked")):
        name = f"duty:{duty.duty_id}"
        cases[name] = alarms.get(name) or f"parked: {duty.kind}"
    return cases


def _unseen(tx: Tx, found: Comparison) -> Iterator[str]:
    """An open case that no admin sees."""
    for name, reason in found.open.items():
        if not reason:
            yield f"{name} is open and nobody sees why"
    for one in found.untold:
        if one.kind in OUT:
            yield f"{one.kind} {one.receipt} of {one.amount} left the till and no book of ours has it"
        elif not _lost_on_the_way(tx, one):
            yield f"{one.kind} {one.receipt} of {one.amount} came in and was told, and no book of ours has it"


def _lost_on_the_way(tx: Tx, movement: Movement) -> bool:
    """Whether no readable word about it ever reached us: only then may our books not know it."""
    told = select(Callback.callback_id).where(
        Callback.direction == "in",
        cast(Callback.request, Text).like(f"%{movement.receipt}%"),
        Callback.verdict != "quarantined",
    )
    return tx.session.scalar(told.limit(1)) is None
