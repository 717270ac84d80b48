"""One bank slip is one sum of money: a customer's transfer, cash of ours that was brought to the bank, or a
refund that was paid there (DR-813, DR-904, DR-807)."""

from sqlalchemy import select

from core import events
from core.clock import nairobi_date
from core.db import Tx
from core.payments.errors import SlipIsCash
from core.payments.models import PaymentTransaction, Refund


def transfer_of(tx: Tx, reference: str) -> PaymentTransaction | None:
    """The transfer that stands under the bank's `reference`, as it is at this very moment; or None."""
    query = select(PaymentTransaction).where(PaymentTransaction.bank_reference == reference)
    return tx.session.scalar(query.with_for_update())


def is_refund(tx: Tx, reference: str) -> bool:
    """Whether we have paid a refund under `reference`."""
    paid_back = select(Refund.refund_id).where(Refund.reference == reference)
    return tx.session.scalar(paid_back.limit(1)) is not None


def refuse_cash(tx: Tx, reference: str) -> None:
    """Raise SlipIsCash (sum, day) where cash was brought to the bank under it; nobody banks any meanwhile."""
    sought = events.SlipSought(reference)
    tx.emit(sought)
    for amount, at in sought.banked:
        raise SlipIsCash(reference=reference, sum=amount, day=nairobi_date(at).isoformat())
