"""A request that nobody has answered when it must have left the phone: has she seen it?"""

from core import events
from core.db import Tx
from core.duties import service as duties
from core.payments import locks, rules
from core.payments.arriving import SYSTEM
from core.payments.models import PaymentTransaction


def watch(tx: Tx, attempt: PaymentTransaction) -> None:
    """Look again when the request of `attempt`, which has gone out, can no longer be on the phone (P5)."""
    assert attempt.requested_at is not None, "it has gone out"
    duties.want(tx, "prompt_silent", attempt.transaction_id, at=attempt.requested_at + rules.PROMPT_LIFE)


def look(tx: Tx, transaction_id: int) -> None:
    """The duty prompt_silent: no result yet. Emits PromptSilent, once for each request."""
    attempt = locks.known(tx, transaction_id)
    if attempt.status in ("requested", "unknown"):
        tx.emit(events.PromptSilent(order_id=attempt.order_id, transaction_id=transaction_id, actor=SYSTEM))
