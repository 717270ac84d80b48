"""How much money waits for a person's word, by the page on which it is said."""

from dataclasses import dataclass

from sqlalchemy import Select, func, or_, select

from core.actor import Actor
from core.books.models import Correction
from core.cash.models import CashDeposit
from core.db import Tx
from core.errors import NotAllowed
from core.orders.models import CancelRequest, Claim
from core.payments.models import PaymentTransaction, Refund, SuspensePayment
from core.payouts.models import Payout
from core.users import service as users

_BANK_REFUND = (Refund.road == "bank") & (Refund.status == "approved")
_COUNTS: tuple[tuple[str, str, tuple[Select[int], ...]], ...] = (
    ("console.unknown_money", "Unknown", (select(func.count()).where(SuspensePayment.status == "open"),)),
    (
        "console.bank",
        "Bank",
        (
            select(func.count()).where(
                PaymentTransaction.method == "bank", PaymentTransaction.status == "created"
            ),
        ),
    ),
    (
        "console.refunds",
        "Refunds",
        (
            select(func.count()).where(
                or_(Refund.status.in_(("requested", "failed", "unknown")), _BANK_REFUND)
            ),
        ),
    ),
    (
        "console.payouts",
        "Payouts",
        (select(func.count()).where(Payout.status.in_(("pending", "on_hold", "failed", "unknown"))),),
    ),
    (
        "console.cash",
        "Cash",
        (select(func.count()).where(CashDeposit.deposit_status.in_(("differs", "issue"))),),
    ),
    (
        "console.asked",
        "Asked",
        (
            select(func.count()).where(CancelRequest.request_status == "open"),
            select(func.count()).where(Claim.claim_status == "open"),
        ),
    ),
    (
        "console.mistakes",
        "Wrong entries",
        (select(func.count()).where(Correction.status == "asked"),),
    ),
)


@dataclass(frozen=True)
class Tab:
    """A page of the money desk, and how much of it waits."""

    endpoint: str
    name: str
    count: int


def tabs(tx: Tx, actor: Actor) -> list[Tab]:
    """Every page with its count; none for staff who may not see money."""
    try:
        users.may(tx, actor, "read", "money", own=False)
    except NotAllowed:
        return []
    return [
        Tab(endpoint, name, sum(tx.session.scalar(count) or 0 for count in counts))
        for endpoint, name, counts in _COUNTS
    ]
