"""Money on its way out by M-Pesa, payouts and refunds alike: whose it is, and what became of it.

Also what a person does with a sending whose outcome M-Pesa would not tell.

A sending is a row of core/payments/asking.py; its subject names the payout or refund ("payout:12",
"refund:5"). That is locked first, then the row.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from sqlalchemy import select

from core.actor import Actor
from core.audit import service as audit
from core.db import Tx
from core.duties import service as duties
from core.errors import BadInput, WrongState
from core.money import ZERO
from core.payments import asking, returning
from core.payments import locks as payment_locks
from core.payments.errors import ReferenceUsed, ReferenceWrong
from core.payments.models import ProviderRequest, Refund
from core.payments.paybill import RECEIPT
from core.payouts import locks, paying
from core.payouts.errors import PayoutOwn, PayoutUnknown
from core.payouts.models import Payout
from core.users import service as users
from core.words import reason_of, reference_of

Outcome = Literal["paid", "failed", "unknown"]


@dataclass(frozen=True)
class Held:
    """A sending that M-Pesa would not tell the outcome of; a person has to look in Safaricom's portal.

    name    by which the portal finds it; subject "payout:12" or "refund:5"; amount KES
    tail    the end of its last known conversation id, "" if M-Pesa never answered
    """

    name: str
    subject: str
    amount: Decimal
    sent_at: datetime
    tail: str


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
) -> str:
    """Tell the payout or refund what became of its sending; returns the verdict of its own `result`."""
    assert request.name is not None, "a sending has a name"
    verb = paying.result if owner(request)[0] == "payout" else returning.result
    return verb(tx, sent_key=request.name, outcome=outcome, receipt=receipt, fee=fee, why=why, again=again)


def ask_at_once(tx: Tx, request: ProviderRequest, reason: str) -> None:
    """Have it asked for now what became of a sending (duty money_query); once for each `reason`."""
    key = f"money_query:{request.request_id}:{reason}"
    duties.want(tx, "money_query", request.request_id, key=key[:96])


def held(tx: Tx, actor: Actor, *, limit: int = 50) -> list[Held]:
    """Sendings whose outcome nobody knows, the oldest first. Raises NotAllowed."""
    users.may(tx, actor, "read", "money", own=False)
    unknown = select(Payout.sent_key).where(Payout.status == "unknown")
    unclear = select(Refund.sent_key).where(Refund.status == "unknown")
    query = select(ProviderRequest).where(
        ProviderRequest.name.in_(unknown) | ProviderRequest.name.in_(unclear)
    )
    return [
        Held(
            row.name or "",
            row.subject,
            row.amount or ZERO,
            row.sent_at or row.created_at,
            row.conversation_id[-8:],
        )
        for row in tx.session.scalars(query.order_by(ProviderRequest.request_id).limit(limit))
    ]


def ask_again(tx: Tx, actor: Actor, *, name: str) -> None:
    """An admin has M-Pesa asked once more about a sending; what is known already is not. Audited.

    Raises NotAllowed, PayoutUnknown.
    """
    users.may(tx, actor, "create", "money", own=False)
    request = _known(tx, name)
    if request.status in ("accepted", "unclear"):
        ask_at_once(tx, request, f"{tx.now:%Y%m%d%H%M%S}")
        audit.record(tx, actor, what="sending.ask", record=request.subject, changes={"name": name})


def settle_by_hand(
    tx: Tx, actor: Actor, *, name: str, paid: bool, receipt: str = "", reason: str
) -> ProviderRequest:
    """An admin has seen in Safaricom's portal what became of a sending that M-Pesa would not tell us.

    paid     with its `receipt`; else it did not go out, and may be sent anew
    reason   what was seen, and where

    Only of an `unknown` one, and never by who made it or gets it; settled already changes nothing. What a
    result says later is a doubt for a person. Audited. Raises NotAllowed, PayoutUnknown, PayoutOwn,
    RefundOwn, WrongState, ReferenceWrong (no receipt), ReferenceUsed (of other money), BadInput (no reason).
    """
    users.may(tx, actor, "create", "money", own=False)
    request = locked(tx, _known(tx, name).request_id)
    assert request is not None, "it was found a moment ago"
    if request.status == "told":
        return request
    told = reason_of(reason)
    if not told:
        raise BadInput(reason=reason)
    code = reference_of(receipt)
    if paid and not RECEIPT.fullmatch(code):
        raise ReferenceWrong(reference=str(receipt)[:20])
    status = _owned(tx, actor, request)
    if status != "unknown":
        raise WrongState(status=status, event="settle")
    verdict = concluded(tx, request, "paid" if paid else "failed", receipt=code if paid else None, why=told)
    if verdict == "mismatched":  # that receipt moved other money, so nothing is settled by it
        raise ReferenceUsed(reference=code)
    outcome = {"outcome": "paid" if paid else "failed", "receipt": code if paid else ""}
    asking.told(tx, request, code="by hand", text=told, told=outcome)
    audit.record(
        tx,
        actor,
        what="sending.settle",
        record=request.subject,
        changes=outcome | {"name": name},
        reason=told,
    )
    return request


def _owned(tx: Tx, actor: Actor, request: ProviderRequest) -> str:
    """The status of the payout or refund; raises PayoutOwn or RefundOwn for who made it or gets it."""
    area, number = owner(request)
    if area == "payout":
        payout = tx.session.get_one(Payout, number)
        if actor.user_id in (payout.created_by, payout.payee_id):
            raise PayoutOwn
        return payout.status
    refund = tx.session.get_one(Refund, number)
    returning.refuse_own(tx, actor, refund)
    return refund.status


def _known(tx: Tx, name: str) -> ProviderRequest:
    request = asking.by_name(tx, name)
    if request is None:
        raise PayoutUnknown(name=name[:40])
    return request
