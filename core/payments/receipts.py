"""One M-Pesa receipt moves money once, whatever road it comes by (DR-804)."""

from decimal import Decimal

from sqlalchemy import select

from core import rows
from core.db import Tx
from core.payments.models import MpesaReceipt

# What a receipt's record begins with under which the provider took money back (P6): a payment's, and
# that of money in suspense.
WENT_BACK = REVERSAL, RETURNED = ("reversal:", "returned:")


def claim(tx: Tx, receipt: str, amount: Decimal, record: str) -> bool:
    """Write the receipt down for `record` ("payment:12"); False if it was there before, for whatever."""
    row = MpesaReceipt(receipt=receipt, amount=amount, record=record, at=tx.now)
    return rows.add_once(tx, row, MpesaReceipt.receipt)


def known(tx: Tx, receipt: str) -> MpesaReceipt | None:
    """The receipt, if it has moved money before."""
    return tx.session.scalar(select(MpesaReceipt).where(MpesaReceipt.receipt == receipt))
