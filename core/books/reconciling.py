"""Our books against what the provider says: when it tells a balance, and every night (DR-1007)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import func, or_, select

from core import events
from core.books import cash_check, differences, rules
from core.books.models import Difference, ProviderBalance
from core.cash.models import CashDeposit
from core.db import Tx
from core.ledger import accounts
from core.ledger import service as ledger
from core.money import ZERO
from core.payments import asking
from core.payments.models import MpesaReceipt, PaymentTransaction, ProviderRequest, Refund
from core.payouts.models import Payout

DAY = timedelta(hours=26)
LONG = timedelta(hours=1)
WITHIN = timedelta(days=2)
TILLS: Mapping[str, tuple[str, ...]] = {
    "mpesa": (accounts.MPESA,),
    "mpesa_payouts": (accounts.MPESA_PAYOUTS,),
    asking.BOTH: (accounts.MPESA, accounts.MPESA_PAYOUTS),
}


def answered(tx: Tx, happened: events.ProviderAnswered) -> None:
    """Reaction: M-Pesa has told a balance, or what it knows of a receipt that a difference is about."""
    request = tx.session.get_one(ProviderRequest, happened.request_id)
    if request.status != "told":
        return
    if request.kind == "balance":
        pockets: Mapping[str, str] = request.told.get("accounts", {})
        at = request.told.get("at")
        balance_told(
            tx,
            till=request.subject,
            amount=sum((Decimal(amount) for amount in pockets.values()), ZERO),
            at=datetime.fromisoformat(at) if at else tx.now,
        )
    elif request.kind == "status" and request.subject.startswith(differences.SUBJECT):
        differences.receipt_told(
            tx,
            int(request.subject.removeprefix(differences.SUBJECT)),
            state=str(request.told.get("state", "")),
            amount=Decimal(request.told.get("amount") or "0.00"),
        )


def balance_told(tx: Tx, *, till: str, amount: Decimal, at: datetime) -> ProviderBalance:
    """The provider has told what an account holds; kept beside what our ledger says at this moment.

    till    mpesa, mpesa_payouts, or both (one shortcode for both)
    amount  KES of all its pockets together
    """
    ours = sum((ledger.balance(tx, account) for account in TILLS[till]), ZERO)
    told = ProviderBalance(
        till=till, amount=amount, ours=ours, under_way=_under_way(tx, till), at=at, told_at=tx.now
    )
    tx.session.add(told)
    tx.flush()
    if told.delta == ZERO:
        differences.gone(tx, "balance", f"till:{till}")
    differences.gone(tx, "no_balance", f"till:{till}")
    return told


def nightly(tx: Tx, _subject: int) -> None:
    """The duty reconcile: everything that can be compared without a file; what is right again is closed."""
    seen = {*_balances(tx), *_receipts_due(tx), *_unknown(tx), *_unbacked(tx), *cash_check.differences_of(tx)}
    differences.gone_but(tx, rules.NIGHTLY, seen)
    differences.alarm(tx)


def _balances(tx: Tx) -> set[str]:
    """The last balance told of each account: old, or twice in a row off by the very same sum.

    A payment that reached one side a moment before the other differs once, not twice alike.
    """
    seen = set()
    for till in tx.session.scalars(select(ProviderBalance.till).distinct()).all():
        last_two = tx.session.scalars(
            select(ProviderBalance)
            .where(ProviderBalance.till == till)
            .order_by(ProviderBalance.balance_id.desc())
            .limit(2)
        ).all()
        last, before = last_two[0], last_two[-1]
        subject = f"till:{till}"
        if last.told_at < tx.now - DAY:
            differences.found(
                tx, "no_balance", subject, till=till, details={"since": last.told_at.isoformat()}
            )
            seen.add(f"no_balance:{subject}")
        elif last.delta != ZERO and (last is before or before.delta == last.delta):
            differences.found(
                tx, "balance", subject, till=till, ours=last.ours, theirs=last.amount,
                details={"under_way": str(last.under_way), "at": last.at.isoformat()},
            )  # fmt: skip
            seen.add(f"balance:{subject}")
    return seen


def _receipts_due(tx: Tx) -> set[str]:
    """Payments that a query called paid, and whose receipt nothing has brought for a day (DR-803)."""
    query = select(PaymentTransaction).where(
        PaymentTransaction.receipt_due.is_(True), PaymentTransaction.settled_at < tx.now - timedelta(days=1)
    )
    seen = set()
    for payment in tx.session.scalars(query):
        subject = f"payment:{payment.transaction_id}"
        differences.found(
            tx, "receipt_due", subject, till="mpesa", ours=payment.amount, details={"order": payment.order_id}
        )
        seen.add(f"receipt_due:{subject}")
    return seen


def _unknown(tx: Tx) -> set[str]:
    """What was sent or asked for more than an hour ago, and nobody knows what became of it."""
    late = tx.now - LONG
    payments = select(PaymentTransaction).where(
        PaymentTransaction.status == "unknown", PaymentTransaction.created_at < late
    )
    refunds = select(Refund).where(Refund.status.in_(("sent", "unknown")), Refund.sent_at < late)
    payouts = select(Payout).where(Payout.status.in_(("processing", "unknown")), Payout.started_at < late)
    seen = set()

    def add(subject: str, till: str, ours: Decimal, **details: int | None) -> None:
        differences.found(tx, "unknown", subject, till=till, ours=ours, details=details)
        seen.add(f"unknown:{subject}")

    for payment in tx.session.scalars(payments):
        add(f"payment:{payment.transaction_id}", "mpesa", payment.amount, order=payment.order_id)
    for refund in tx.session.scalars(refunds):
        till = "mpesa" if refund.road == "reversal" else "mpesa_payouts"
        add(f"refund:{refund.refund_id}", till, -refund.amount, order=refund.order_id)
    for payout in tx.session.scalars(payouts):
        add(f"payout:{payout.payout_id}", "mpesa_payouts", -payout.amount, user=payout.payee_id)
    return seen


def _unbacked(tx: Tx) -> set[str]:
    """Receipts whose payment, deposit, refund or payout has another sum in the ledger, or none.

    Of the last two days, and those that differed before.
    """
    seen = set()
    before = tx.session.scalars(
        select(Difference.subject).where(Difference.kind == "unbacked", Difference.open_for.is_not(None))
    ).all()
    again = [subject.removeprefix("receipt:") for subject in before]
    recent = or_(MpesaReceipt.at > tx.now - WITHIN, MpesaReceipt.receipt.in_(again))
    for receipt in tx.session.scalars(select(MpesaReceipt).where(recent)).all():
        booked = _booked_for(tx, receipt)
        if booked != receipt.amount:
            subject = f"receipt:{receipt.receipt}"
            differences.found(
                tx, "unbacked", subject, till="mpesa", ours=booked, theirs=receipt.amount,
                details={"record": receipt.record},
            )  # fmt: skip
            seen.add(f"unbacked:{subject}")
    return seen


def _booked_for(tx: Tx, receipt: MpesaReceipt) -> Decimal | None:
    """KES that the ledger booked for what the receipt moved money for; None: nothing."""
    family, _, number = receipt.record.partition(":")
    number, _, part = number.partition(":")
    if not number.isdigit():
        return None
    key: tuple[str, str]
    match family:
        case "payment":
            key = ("payment", number)
        case "reversal":
            key = ("provider_reversal", f"{number}:{part}" if part else number)
        case "unpaid":
            key = ("deposit_reversed", number)
        case "returned":
            key = ("suspense_returned", f"{number}:{part}" if part else number)
        case "suspense":
            key = ("suspense", number)
        case "payout":
            key = ("payout_paid", number)
        case "refund":
            suspense_id = tx.session.scalar(select(Refund.suspense_id).where(Refund.refund_id == int(number)))
            key = ("refund_paid", number) if suspense_id is None else ("suspense_returned", str(suspense_id))
        case "deposit":
            once = f"receipt:{receipt.receipt}"
            deposit = tx.session.scalar(select(CashDeposit.deposit_id).where(CashDeposit.once_key == once))
            key = ("rider_deposit", str(deposit))
        case _:
            return None
    entry_id = ledger.entry_of(tx, *key)
    if entry_id is None:
        return None
    moved = sum((ledger.of_entry(tx, entry_id, till) for till in TILLS[asking.BOTH]), ZERO)
    fees = ledger.of_entry(tx, entry_id, accounts.PROVIDER_FEES)
    return abs(moved + fees)


def _under_way(tx: Tx, till: str) -> Decimal:
    """KES of payouts and refunds that may have left the account and are not booked as paid."""
    sums = ZERO
    if till != "mpesa":
        payouts = select(func.sum(Payout.amount)).where(Payout.status.in_(("processing", "unknown")))
        sums += tx.session.scalar(payouts) or ZERO
    roads = {"mpesa": ("reversal",), "mpesa_payouts": ("b2c",), asking.BOTH: ("reversal", "b2c")}[till]
    refunds = select(func.sum(Refund.amount)).where(
        Refund.status.in_(("sent", "unknown")), Refund.road.in_(roads)
    )
    return sums + (tx.session.scalar(refunds) or ZERO)
