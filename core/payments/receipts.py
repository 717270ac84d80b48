"""One M-Pesa receipt moves money once, whatever road it comes by (DR-804)."""

from decimal import Decimal

from sqlalchemy import select

from core import rows
from core.db import Tx
from core.payments.models import MpesaReceipt, PaymentTransaction

# What a receipt's record begins with under which the provider took money back (P6): a payment's, that of
# money in suspense, and that of a rider's deposit.
WENT_BACK = REVERSAL, RETURNED, UNPAID = ("reversal:", "returned:", "unpaid:")


def claim(tx: Tx, receipt: str, amount: Decimal, record: str) -> bool:
    """Write the receipt down for `record` ("payment:12"); False if it was there before, for whatever."""
    row = MpesaReceipt(receipt=receipt, amount=amount, record=record, at=tx.now)
    return rows.add_once(tx, row, MpesaReceipt.receipt)


def take(tx: Tx, receipt: str, amount: Decimal, record: str) -> None:
    """Write down a receipt that was free a moment ago, for `record` ("payment:12").

    If another transaction was quicker, the database refuses it here; the whole unit runs again (core/db.py)
    and finds the receipt known. Without that, one receipt told by two roads at once would count twice.
    """
    rows.add(tx, MpesaReceipt(receipt=receipt, amount=amount, record=record, at=tx.now))


def known(tx: Tx, receipt: str) -> MpesaReceipt | None:
    """The receipt, if it has moved money before."""
    return tx.session.scalar(select(MpesaReceipt).where(MpesaReceipt.receipt == receipt))


def entered_as_transfer(tx: Tx, receipt: str) -> bool:
    """Whether an admin has entered it as the bank's name for a transfer (DR-813): a person must look then."""
    query = select(PaymentTransaction.transaction_id).where(PaymentTransaction.bank_reference == receipt)
    return tx.session.scalar(query) is not None
