"""A refund on its way: promised in the ledger, sent, and what became of it (8.3).

Nothing here calls a provider. A channel asks `to_send` for what is approved, says `sending` before it calls
and `result` afterwards; what goes by bank an admin enters. A refund whose outcome nobody knows is never sent
again: from `unknown` only a result leads on (DR-821).
"""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from sqlalchemy import or_, select

from core import events
from core.actor import Actor, system
from core.alarms import service as alarms
from core.audit import service as audit
from core.db import Tx
from core.duties import service as duties
from core.errors import BadInput, WrongState
from core.ledger import mirror, postings
from core.money import ZERO
from core.msisdn import e164
from core.orders.models import Order, OrderItem
from core.payments import locks, receipts, slips, standing
from core.payments.errors import ReferenceUsed, RefundOwn
from core.payments.machine import REFUND
from core.payments.models import PaymentTransaction, Refund, SuspensePayment
from core.payments.verdicts import Outcome, Verdict, doubt
from core.settings import switches
from core.users import service as users
from core.words import reason_of, reference_of

SYSTEM = system("pay")
# By these a channel sends; bank and credit need nobody outside.
SENT_BY_CHANNEL = ("b2c", "reversal")
REASON_LENGTH = 160
RETRY_PAUSE = timedelta(minutes=10)


def approved(tx: Tx, refund: Refund) -> None:
    """The yes is there: post the promise; credit is given at once. Emits RefundApproved."""
    move(tx, SYSTEM, refund, "approve")
    refund.approved_at = tx.now
    _promise(tx, refund)
    tell_order(tx, refund)
    tx.emit(events.RefundApproved(refund.refund_id, SYSTEM))
    if refund.road == "credit":
        move(tx, SYSTEM, refund, "send")
        _complete(tx, SYSTEM, refund)
    else:
        want_sent(tx, refund, tx.now)


def want_sent(tx: Tx, refund: Refund, at: datetime, *, again: str = "") -> None:
    """Have the channel send what goes by M-Pesa (duty refund_send), once for each try.

    again  what makes this asking another one than before
    """
    if refund.road in SENT_BY_CHANNEL:
        key = f"refund_send:{refund.refund_id}:{refund.tries}{again}"
        duties.want(tx, "refund_send", refund.refund_id, at=at, key=key)


def road_of(tx: Tx, refund_id: int) -> str | None:
    """By which road a refund goes; None if there is no such refund."""
    return tx.session.scalar(select(Refund.road).where(Refund.refund_id == refund_id))


def receipt_of(tx: Tx, refund: Refund) -> str | None:
    """M-Pesa's receipt of the payment that a refund gives back; None while it is still due (DR-803)."""
    if refund.suspense_id is not None:
        return tx.session.get_one(SuspensePayment, refund.suspense_id).receipt
    if refund.transaction_id is None:
        return None
    return tx.session.get_one(PaymentTransaction, refund.transaction_id).receipt


def road_said(refund: Refund, road: str, to_number: str) -> tuple[str, str]:
    """The road and the number that an admin says (DR-807), as they are stored; raises BadInput."""
    if road not in ("b2c", "bank", "credit") or (road == "credit" and refund.order_id is None):
        raise BadInput(road=road)
    return road, e164(to_number) if road == "b2c" else ""


def refuse_own(tx: Tx, actor: Actor, refund: Refund) -> None:
    """Who asked for a refund, or gets it, does not decide about it (DR-820); raises RefundOwn."""
    if actor.user_id == refund.requested_by:
        raise RefundOwn
    if (
        refund.order_id is not None
        and tx.session.get_one(Order, refund.order_id).customer_id == actor.user_id
    ):
        raise RefundOwn


def to_send(tx: Tx, *, limit: int = 20) -> list[Refund]:
    """What a channel should send now, oldest first; what failed before waits some minutes.

    Nothing while payouts are paused, by which it goes as well (DR-1703).
    """
    if switches.is_paused(tx, "payouts"):
        return []
    rested = or_(Refund.sent_at.is_(None), Refund.sent_at < tx.now - RETRY_PAUSE)
    query = select(Refund).where(Refund.status == "approved", Refund.road.in_(SENT_BY_CHANNEL), rested)
    return list(tx.session.scalars(query.order_by(Refund.refund_id).limit(limit)))


def sending(tx: Tx, refund_id: int, *, sent_key: str) -> Refund:
    """A channel is about to send it under the name `sent_key`.

    Raises WrongState unless it is approved, and if its payment was taken back meanwhile (DR-821).
    """
    refund = locks.refund(tx, refund_id)
    if payment_gone(tx, refund):
        raise WrongState(machine=REFUND.name, status=refund.status, event="send")
    move(tx, SYSTEM, refund, "send")
    refund.sent_key, refund.sent_at = sent_key, tx.now
    refund.tries += 1
    tx.flush()
    return refund


def result(
    tx: Tx,
    *,
    sent_key: str,
    outcome: Outcome,
    receipt: str | None = None,
    fee: Decimal = ZERO,
    why: str = "",
    again: timedelta | None = None,
) -> Verdict:
    """What became of a sending, by callback or status query; repeats and any order end alike (INV-10).

    receipt  the provider's, of what was paid; `fee` KES that it took
    again    it has failed for now only: after so long a try makes sense, if not after RETRY_PAUSE

    What had been reported as failed and is paid all the same is paid, as with payments: a late success wins.

    Returns the verdict: applied, duplicate, unmatched, or mismatched (a person is called).
    """
    refund_id = tx.session.scalar(select(Refund.refund_id).where(Refund.sent_key == sent_key))
    if refund_id is None:
        return "unmatched"
    refund, record = locks.refund(tx, refund_id), f"refund:{refund_id}"
    if refund.status == "completed" and outcome == "paid" and _went_otherwise(refund, receipt):
        return doubt(tx, record, "paid by M-Pesa too, after it went by another road")
    if refund.status == "completed" or (refund.status, outcome) == ("unknown", "unknown"):
        return (
            "duplicate" if outcome != "failed" else doubt(tx, record, "a failure for a refund that is paid")
        )
    if refund.status not in ("sent", "unknown"):
        if outcome != "paid":
            return "duplicate"
        if refund.status == "rejected":
            return doubt(tx, record, "paid by M-Pesa after it was called off")
        _was_sent(tx, refund)
    if outcome == "unknown":
        move(tx, SYSTEM, refund, "unclear")
        alarms.raise_alarm(tx, "payout_stuck", record, why=why[:80])
    elif outcome == "failed":
        _failed(tx, refund, why, again or RETRY_PAUSE)
    else:
        if receipt is not None and not receipts.claim(tx, receipt, refund.amount, record):
            return doubt(tx, record, "receipt was used before")
        _complete(tx, SYSTEM, refund, reference=receipt, fee=fee)
    return "applied"


def paid_by_hand(tx: Tx, actor: Actor, *, refund_id: int, reference: str) -> Refund:
    """An admin has paid it at the bank, under the bank's own `reference` (DR-807); again is no error.

    A slip of money that came in, a transfer or cash of ours, is none that went out (DR-813). Audited. Raises
    NotAllowed, NotFound, WrongState (not approved, or not by bank), ReferenceUsed, SlipIsCash, BadInput.
    """
    users.may(tx, actor, "create", "money", own=False)
    refund = locks.refund(tx, refund_id)
    told = reference_of(reference)
    if not told or len(told) > 40 or refund.road != "bank":
        raise BadInput(reference=str(reference)[:40])
    if refund.status == "completed" and refund.reference == told:
        return refund
    slips.refuse_cash(tx, told)
    if slips.is_refund(tx, told) or slips.transfer_of(tx, told) is not None:
        raise ReferenceUsed(reference=told)
    move(tx, actor, refund, "send")
    refund.sent_at = tx.now
    _complete(tx, actor, refund, reference=told)
    audit.record(
        tx, actor, what="refund.paid", record=f"refund:{refund_id}",
        changes={"amount": str(refund.amount), "reference": told},
    )  # fmt: skip
    return refund


def retry(tx: Tx, actor: Actor, *, refund_id: int, road: str | None = None, to_number: str = "") -> Refund:
    """An admin lets a refund that failed for good be tried again, perhaps by another road (8.3: then manual).

    Another road or number is a decision of its own (DR-820): not of who asked for it or gets it, and above
    `refund.two_person_over` it stays `failed` until another admin has it tried again too. Audited. Raises
    NotAllowed, NotFound, WrongState, RefundOwn, BadInput.
    """
    users.may(tx, actor, "create", "money", own=False)
    refund = locks.refund(tx, refund_id)
    if refund.status in ("approved", "sent"):
        return refund
    REFUND.step(refund.status, "retry", actor.role)
    if road is not None:
        said = road_said(refund, road, to_number)
        if said != (refund.road, refund.to_number):
            refuse_own(tx, actor, refund)
            refund.road, refund.to_number = said
            refund.approved_by, refund.seconded_by = actor.user_id, None
    if refund.amount > tx.setting("refund.two_person_over") and refund.seconded_by is None:
        if refund.approved_by == actor.user_id:
            audit.record(
                tx, actor, what="refund.reroute", record=f"refund:{refund_id}", changes={"road": refund.road}
            )
            return refund
        refuse_own(tx, actor, refund)
        refund.seconded_by = actor.user_id
    move(tx, actor, refund, "retry")
    alarms.settle(tx, "payout_stuck", f"refund:{refund_id}")
    audit.record(tx, actor, what="refund.retry", record=f"refund:{refund_id}", changes={"road": refund.road})
    if refund.road == "credit":
        move(tx, SYSTEM, refund, "send")
        _complete(tx, SYSTEM, refund)
    else:
        want_sent(tx, refund, tx.now)
    return refund


def stop(tx: Tx, actor: Actor, *, refund_id: int, reason: str) -> Refund:
    """An admin calls off a refund that has its yes and has not gone out: its order needs the money (DR-821).

    Never who asked for it or gets it (DR-820), and no claim that was found right; again changes nothing.
    Audited. Raises NotAllowed, NotFound, WrongState, RefundOwn, BadInput (no reason). Emits RefundStopped.
    """
    users.may(tx, actor, "create", "money", own=False)
    refund = locks.refund(tx, refund_id)
    if refund.status == "rejected":
        return refund
    REFUND.step(refund.status, "stop", actor.role)
    if refund.source != "held":
        raise WrongState(machine=REFUND.name, status=refund.status, event="stop")
    refuse_own(tx, actor, refund)
    words = reason_of(reason, REASON_LENGTH)
    if not words:
        raise BadInput(reason="")
    call_off(tx, actor, refund, words)
    audit.record(
        tx, actor, what="refund.stop", record=f"refund:{refund_id}", reason=words,
        changes={"amount": str(refund.amount)},
    )  # fmt: skip
    tx.emit(events.RefundStopped(refund_id, actor))
    return refund


def call_off(tx: Tx, actor: Actor, refund: Refund, reason: str) -> None:
    """A refund that has not gone out goes out no more: what the ledger had promised is taken back (8.3)."""
    move(tx, actor, refund, "reject" if refund.status == "requested" else "stop")
    refund.settled_at, refund.reason = tx.now, reason
    mirror.take_back(tx, "refund_approved", refund.refund_id)
    duties.drop(tx, "refund_send", refund.refund_id)
    alarms.settle(tx, "payout_stuck", f"refund:{refund.refund_id}")
    tell_order(tx, refund)


def reversal_of(tx: Tx, transaction_id: int) -> Refund | None:
    """Our own reversal of that payment, if one is under way (P6)."""
    return tx.session.scalar(
        select(Refund).where(
            Refund.transaction_id == transaction_id,
            Refund.road == "reversal",
            Refund.status.in_(("sent", "unknown")),
        )
    )


def was_reversed(tx: Tx, transaction_id: int) -> bool:
    """Whether we have had that payment reversed ourselves."""
    done = select(Refund.refund_id).where(
        Refund.transaction_id == transaction_id, Refund.road == "reversal", Refund.status == "completed"
    )
    return tx.session.scalar(done.limit(1)) is not None


def gives_back(tx: Tx, transaction_id: int) -> bool:
    """Whether some of that payment went back, or is on its way or asked for, by a refund of ours (DR-821)."""
    ours = select(Refund.refund_id).where(
        Refund.transaction_id == transaction_id, Refund.status != "rejected"
    )
    return tx.session.scalar(ours.limit(1)) is not None


def payment_gone(tx: Tx, refund: Refund) -> bool:
    """Whether the payment that it gives back was taken back already (P6, DR-821)."""
    if refund.transaction_id is None:
        return False
    return tx.session.get_one(PaymentTransaction, refund.transaction_id).status == "reversed"


def move(tx: Tx, actor: Actor, refund: Refund, event: str) -> None:
    """Take the refund's step for `event`; only here its status changes."""
    step = REFUND.step(refund.status, event, actor.role)
    refund.status = step.target
    tx.note(f"refund:{refund.refund_id}", f"{step.source} -> {step.target}")


def tell_order(tx: Tx, refund: Refund) -> None:
    """The order's payment status follows its refunds (7.2)."""
    if refund.order_id is not None:
        standing.derive(tx, tx.session.get_one(Order, refund.order_id))


def _promise(tx: Tx, refund: Refund) -> None:
    if refund.order_id is None:
        return
    refund_id, order_id = refund.refund_id, refund.order_id
    if refund.source == "held":
        postings.refund_approved(tx, refund_id, order_id, refund.amount)
    elif refund.source == "farmer":
        assert refund.order_item_id is not None, "a farmer's fault is about one of her items"
        farmer_id = tx.session.get_one(OrderItem, refund.order_item_id).farmer_id
        postings.refund_of_farmer(tx, refund_id, order_id, farmer_id, refund.amount, refund.commission)
    else:
        postings.refund_of_ours(tx, refund_id, order_id, refund.amount)


def _complete(
    tx: Tx, actor: Actor, refund: Refund, *, reference: str | None = None, fee: Decimal = ZERO
) -> None:
    move(tx, actor, refund, "complete")
    refund.reference, refund.fee, refund.settled_at = reference, fee, tx.now
    if refund.suspense_id is not None:
        road: Literal["b2c", "reversal"] = "b2c" if refund.road == "b2c" else "reversal"
        postings.suspense_returned(tx, refund.suspense_id, refund.amount, road=road, fee=fee)
    else:
        assert refund.order_id is not None, "a refund is of an order or of money in suspense"
        customer_id = tx.session.get_one(Order, refund.order_id).customer_id
        postings.refund_paid(
            tx, refund.refund_id, refund.order_id, refund.amount,
            road=refund.road, fee=fee, customer_id=customer_id,  # type: ignore[arg-type]
        )  # fmt: skip
    alarms.settle(tx, "payout_stuck", f"refund:{refund.refund_id}")
    tell_order(tx, refund)
    tx.emit(events.RefundPaid(refund.refund_id, actor))


def _failed(tx: Tx, refund: Refund, why: str, pause: timedelta) -> None:
    """Tried again by itself `refund.max_retries` times, then left to a person (8.3)."""
    move(tx, SYSTEM, refund, "fail")
    refund.reason = why[:160] or refund.reason
    if refund.tries <= tx.setting("refund.max_retries"):
        move(tx, SYSTEM, refund, "retry")
        alarms.settle(tx, "payout_stuck", f"refund:{refund.refund_id}")
        want_sent(tx, refund, tx.now + pause)
        return
    alarms.raise_alarm(tx, "payout_stuck", f"refund:{refund.refund_id}", tries=refund.tries)
    tell_order(tx, refund)


def _went_otherwise(refund: Refund, receipt: str | None) -> bool:
    """Whether it was paid at the bank, as credit, or under another receipt than what is paid now."""
    if refund.road not in SENT_BY_CHANNEL:
        return True
    both = receipt is not None and refund.reference is not None
    return both and refund.road == "b2c" and receipt != refund.reference  # nothing is reversed twice


def _was_sent(tx: Tx, refund: Refund) -> None:
    """It waits for another try, or for a person, and its last sending has been paid: no other may follow."""
    if refund.status == "failed":
        move(tx, SYSTEM, refund, "retry")
    move(tx, SYSTEM, refund, "send")
