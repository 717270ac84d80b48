"""What became of money on its way out, told to the core, and what a person must hear of it.

Whose a sending is, and its locks, are known to core/payouts/outgoing.py.
"""

from datetime import timedelta
from decimal import Decimal

from core.alarms import service as alarms
from core.db import Tx
from core.duties import service as duties
from core.money import ZERO
from core.payments import rules
from core.payments.models import ProviderRequest
from core.payments.verdicts import Outcome, Verdict
from core.payouts import outgoing
from core.settings import switches
from mpesa import balance, paybill

FLOAT = "mpesa:payouts"
PROMPTS = "mpesa:prompts"


def conclude(
    tx: Tx,
    request: ProviderRequest,
    outcome: Outcome,
    *,
    receipt: str | None = None,
    fee: Decimal = ZERO,
    why: str = "",
    again: timedelta | None = None,
) -> Verdict:
    """Tell the payout or refund what became of its sending; returns the core's verdict."""
    verdict = outgoing.concluded(tx, request, outcome, receipt=receipt, fee=fee, why=why, again=again)
    if verdict == "unmatched" and outcome == "paid":  # it had failed, and was sent anew meanwhile
        doubt(tx, request, f"{request.name} is paid after all")
        return "mismatched"
    return verdict


def ask_on(tx: Tx, request: ProviderRequest) -> bool:
    """Have it asked for at the schedule's next time (P5's); False when it is at its end."""
    assert request.sent_at is not None, "what was not sent is not asked about"
    times = rules.query_times(request.sent_at, tx.setting("mpesa.query_schedule_minutes"))
    to_come = [at for at in times if at > tx.now]
    if not to_come:
        return False
    key = f"money_query:{request.request_id}:{to_come[0]:%Y%m%d%H%M%S}"
    duties.want(tx, "money_query", request.request_id, at=to_come[0], key=key)
    return True


def doubt(tx: Tx, request: ProviderRequest, why: str) -> None:
    """Something about the sending that a person must look at (DR-1803)."""
    alarms.raise_alarm(tx, "payment_doubt", request.subject, why=why[:80])


def stop(tx: Tx, why: str) -> None:
    """Our own account is at fault: nothing more is sent until an admin has put it right (contract, 4.5)."""
    switches.stop(tx, kind="payouts", reason=why)
    alarms.raise_alarm(tx, "payout_stuck", "payouts", why=why[:80])


def works(tx: Tx) -> None:
    """Money has gone out: what kept payouts from it is right again, unless they were switched off since."""
    if not switches.is_off(tx, "payouts"):
        alarms.settle(tx, "payout_stuck", "payouts")


def prompts_refused(tx: Tx, why: str) -> None:
    """Our own account is at fault: no prompt gets through till a person has looked (contract, 2.5)."""
    alarms.raise_alarm(tx, "prompts_refused", PROMPTS, why=why[:80])


def prompts_work(tx: Tx) -> None:
    """A payment request has brought money: whatever was wrong with our account is right again."""
    alarms.settle(tx, "prompts_refused", PROMPTS)


def not_set_up(tx: Tx, why: str) -> None:
    """Money waits to be sent, and our settings do not let it: a person must look."""
    alarms.raise_alarm(tx, "payout_stuck", "payouts", why=why[:80])


def unanswered(tx: Tx, question: ProviderRequest, why: str, *, ours: bool = False) -> None:
    """M-Pesa has not answered a question that is not asked again by itself: what a person must hear of it.

    ours  it was refused for our own account's sake: no other question would be answered either

    What became of a sending is asked again on P5's schedule, and seen at its end.
    """
    if question.subject.startswith(paybill.SUBJECT):
        paybill.not_vouched(tx, question, why)
    elif question.kind == balance.KIND:
        alarms.raise_alarm(tx, "float_low", FLOAT, why=why[:80])
    elif ours:
        not_set_up(tx, why)


def wait_for_receipt(tx: Tx, refund_id: int) -> None:
    """A payment that is to be reversed is known by a query only: its receipt is still due (DR-803)."""
    alarms.raise_alarm(tx, "payout_stuck", f"refund:{refund_id}", why="the payment's receipt is not known")


def watch_float(tx: Tx, available: Decimal | None) -> None:
    """What M-Pesa says is there for payouts, KES; below `mpesa.float_min` a person is called (DR-1803)."""
    if available is None:
        return
    if available < tx.setting("mpesa.float_min"):
        alarms.raise_alarm(tx, "float_low", FLOAT, sum=str(available))
    else:
        alarms.settle(tx, "float_low", FLOAT)
