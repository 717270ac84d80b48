"""What two admins said that M-Pesa had taken back (P6) is with us after all: their entry's mirror."""

from core import events
from core.actor import Actor
from core.alarms import service as alarms
from core.db import Tx
from core.ledger import mirror, postings
from core.ledger.models import JournalEntry
from core.payments import arriving, locks, overtaken, refunds, standing, suspense
from core.payments.models import PaymentTransaction, SuspensePayment


def payment(tx: Tx, actor: Actor, *, posted: JournalEntry) -> JournalEntry | None:
    """A payment, or a part of it, counts for its order again; what is too much by now goes back (DR-821).

    posted  the entry that took it out. Returns the one that takes that back, or None where it does not stand,
    or where what the order lacks was written off: it would go to the customer as too much.
    Emits PaymentRestored.
    """
    paid = locks.known(tx, int(posted.source_id.partition(":")[0]))
    if standing.moved(tx, paid.order_id).lost:
        return None
    entry = mirror.take_back(tx, posted.kind, posted.source_id)
    if entry is None:
        return None
    gone = standing.parts_gone(tx, paid.order_id).get(paid.transaction_id)
    if paid.status == "reversed":
        arriving.move(tx, paid, "restored")
    if not gone:
        alarms.settle(tx, "payment_doubt", f"payment:{paid.transaction_id}")
    _counts_again(tx, actor, paid, entry)
    return entry


def in_suspense(tx: Tx, actor: Actor, *, posted: JournalEntry) -> JournalEntry | None:
    """Money in suspense, or a part of it, is with us again: it waits as before, or is its order's by now.

    As `payment`; None also where the rest is on its way to the payer, or with her.
    """
    money = locks.suspense(tx, int(posted.source_id.partition(":")[0]))
    left = standing.left_in_suspense(tx, money)
    if money.status == "returning" or (money.status == "returned" and not _by_itself(tx, money)):
        return None
    entry = mirror.take_back(tx, posted.kind, posted.source_id)
    if entry is None:
        return None
    if money.status == "returned":
        suspense.reopen(tx, actor, money, entry.entry_id)
    if money.status == "matched":
        assert money.order_id is not None, "what is matched has its order"
        order = locks.locked_order(tx, money.order_id)
        amount = standing.left_in_suspense(tx, money) - left
        rest = arriving.arrived(tx, order, method="suspense", amount=amount, payer=money.payer)
        postings.suspense_matched(tx, posted.source_id, order.order_id, amount)
        arriving.effect(tx, rest, order)
    return entry


def _by_itself(tx: Tx, money: SuspensePayment) -> bool:
    """Whether all of it went back without a refund of ours."""
    return not refunds.gave_back(tx, money.suspense_id)


def _counts_again(tx: Tx, actor: Actor, paid: PaymentTransaction, entry: JournalEntry) -> None:
    """Its customer is told; what the order has too much by now goes back."""
    order = paid.order
    amount = next(-line.amount for line in entry.lines if line.account.startswith("order_funds"))
    overtaken.promise_anew(tx, order, f"e{entry.entry_id}")
    standing.derive(tx, order)
    due = standing.still_due(tx, order)
    tx.emit(events.PaymentRestored(order.order_id, paid.transaction_id, amount, due, actor))
