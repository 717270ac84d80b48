"""Money on its way out by M-Pesa, payouts and refunds alike: whose it is, and what became of it.

A sending is a row of core/payments/asking.py; its subject names the payout or refund ("payout:12",
"refund:5"). That is locked first, then the row.
"""

from datetime import timedelta
from decimal import Decimal

from core.db import Tx
from core.duties import service as duties
from core.money import ZERO
from core.payments import asking, returning
from core.payments import locks as payment_locks
from core.payments.models import ProviderRequest
from core.payments.verdicts import Outcome, Verdict
from core.payouts import locks, paying

# So often one sending is called in all, under its one name.
MOST_TRIES = 16


def owner(request: ProviderRequest) -> tuple[str, int]:
    """What the request is of, and its number: ("payout", 12); 0 where the subject has none."""
    area, _, number = request.subject.partition(":")
    return area, int(number) if number.isdigit() else 0


def locked(tx: Tx, request_id: int) -> ProviderRequest | None:
    """The request, locked after the payout or refund that it is of; None if it is gone."""
    request = tx.session.get(ProviderRequest, request_id)
    if request is None:
        return None
    area, number = owner(request)
    if area == "payout":
        locks.payout(tx, number)
    elif area == "refund":
        payment_locks.refund(tx, number)
    return asking.locked(tx, request_id)


def concluded(
    tx: Tx,
    request: ProviderRequest,
    outcome: Outcome,
    *,
    receipt: str | None = None,
    fee: Decimal = ZERO,
    why: str = "",
    again: timedelta | None = None,
) -> Verdict:
    """Tell the payout or refund what became of its sending; returns the verdict of its own `result`."""
    assert request.name is not None, "a sending has a name"
    verb = paying.result if owner(request)[0] == "payout" else returning.result
    return verb(tx, sent_key=request.name, outcome=outcome, receipt=receipt, fee=fee, why=why, again=again)


def is_unknown(tx: Tx, request: ProviderRequest) -> bool:
    """Whether nobody knows what became of the payout or refund that it is of."""
    area, number = owner(request)
    if area == "payout":
        return locks.payout(tx, number).status == "unknown"
    return area == "refund" and payment_locks.refund(tx, number).status == "unknown"


def is_named(request: ProviderRequest) -> bool:
    """Whether M-Pesa was told our name with the sending (v3): a second one of that name is refused."""
    return request.name is not None and request.originator_id == request.name


def not_found(tx: Tx, request: ProviderRequest, question: ProviderRequest) -> bool:
    """M-Pesa, asked, does not find the sending; returns whether it is sent again, under the same name.

    Only what M-Pesa was told our name with, and of which it has said nothing yet, neither in an answer nor in
    a result. It stays `unknown` until a result comes: if the first one is there after all, the second is
    refused as its duplicate, and no other name is ever used before (DR-1303, DR-821).
    """
    silent = request.status == "unclear" and not request.conversation_id and not request.code
    if not (silent and is_named(request) and request.tries < MOST_TRIES):
        return False
    asking.anew(tx, request)
    area, number = owner(request)
    again = f":not_found:{question.request_id}"
    if area == "payout":
        paying.want_sent(tx, locks.payout(tx, number), again=again)
    else:
        returning.want_sent(tx, payment_locks.refund(tx, number), tx.now, again=again)
    return True


def ask_at_once(tx: Tx, request: ProviderRequest, reason: str) -> None:
    """Have it asked for now what became of a sending (duty money_query); once for each `reason`."""
    key = f"money_query:{request.request_id}:{reason}"
    duties.want(tx, "money_query", request.request_id, key=key[:96])
