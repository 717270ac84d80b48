"""What a person does with money on its way out whose outcome M-Pesa would not tell (DR-1303, DR-820).

Said to be paid, it takes the receipt. Said not to have gone out, it is sent anew, and whoever is wrong pays
twice: so M-Pesa is asked first, after the sending, and a large one takes two admins.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from sqlalchemy import select

from core.actor import Actor
from core.audit import service as audit
from core.db import Tx
from core.errors import BadInput, WrongState
from core.money import ZERO
from core.payments import asking, returning
from core.payments.errors import ReferenceUsed, ReferenceWrong
from core.payments.models import ProviderRequest, Refund
from core.payments.paybill import RECEIPT
from core.payments.verdicts import Outcome
from core.payouts import outgoing
from core.payouts.errors import AskFirst, PayoutOwn, PayoutUnknown, StillUnderWay
from core.payouts.models import Payout
from core.users import service as users
from core.words import reason_of, reference_of

Area = Literal["payout", "refund"]
# A question that has had no answer for so long has brought none.
SILENCE = timedelta(minutes=10)
# Above this it takes two admins to say that it did not go out, KES.
TWO_OVER: Mapping[str, str] = {"payout": "payout.two_person_over", "refund": "refund.two_person_over"}


@dataclass(frozen=True)
class Held:
    """A sending that M-Pesa would not tell the outcome of; a person has to look in Safaricom's portal.

    name     by which the portal finds it; subject "payout:12" or "refund:5"; amount KES
    tail     the end of its last known conversation id, "" if M-Pesa never answered
    asked    what asking M-Pesa has brought since it was sent: "" nothing yet, answered, silent (it gave up),
             or open (M-Pesa says that it is still under way); only answered and silent let it be said that it
             did not go out
    said_by  the admin who has said so, where a second one has to; else None
    """

    name: str
    subject: str
    amount: Decimal
    sent_at: datetime
    tail: str
    asked: Literal["", "answered", "silent", "open"]
    said_by: int | None


def held(tx: Tx, actor: Actor, *, area: Area, limit: int = 50) -> list[Held]:
    """Payouts or refunds whose outcome nobody knows, the oldest first. Raises NotAllowed."""
    users.may(tx, actor, "read", "money", own=False)
    whose = Payout if area == "payout" else Refund
    names = select(whose.sent_key).where(whose.status == "unknown")
    query = select(ProviderRequest).where(ProviderRequest.name.in_(names))
    return [
        Held(
            name=row.name or "",
            subject=row.subject,
            amount=row.amount or ZERO,
            sent_at=row.sent_at or row.created_at,
            tail=row.conversation_id[-8:],
            asked=_asked(tx, row),
            said_by=_said_by(row),
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
        outgoing.ask_at_once(tx, request, f"{tx.now:%Y%m%d%H%M%S}")
        audit.record(tx, actor, what="sending.ask", record=request.subject, changes={"name": name})


def settle(tx: Tx, actor: Actor, *, name: str, paid: bool, receipt: str = "", reason: str) -> ProviderRequest:
    """An admin has seen in Safaricom's portal what became of a sending that M-Pesa would not tell us.

    paid     with its `receipt`; else it did not go out, and may be sent anew
    reason   what was seen, and where

    Only of an `unknown` one, and never by who made it or gets it; settled already changes nothing. That it
    did not go out can be said once M-Pesa has been asked about it since, and above TWO_OVER it is only noted
    until another admin says so too. What a result says later is a doubt for a person. Audited. Raises
    NotAllowed, PayoutUnknown, PayoutOwn, RefundOwn, WrongState, ReferenceWrong (no receipt), ReferenceUsed
    (of other money), BadInput (no reason), AskFirst, StillUnderWay.
    """
    users.may(tx, actor, "create", "money", own=False)
    request = outgoing.locked(tx, _known(tx, name).request_id)
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
    if not paid:
        _refuse_unasked(tx, request)
    if paid or _enough(tx, actor, request, told):
        _conclude(tx, actor, request, receipt=code if paid else None, reason=told)
    return request


def _conclude(tx: Tx, actor: Actor, request: ProviderRequest, *, receipt: str | None, reason: str) -> None:
    """It is settled: paid under `receipt`, or (None) not gone out."""
    outcome: Outcome = "failed" if receipt is None else "paid"
    verdict = outgoing.concluded(tx, request, outcome, receipt=receipt, why=reason)
    if verdict == "mismatched":  # that receipt moved other money, so nothing is settled by it
        raise ReferenceUsed(reference=receipt or "")
    told = {"outcome": outcome, "receipt": receipt or ""}
    first = _said_by(request)
    asking.told(tx, request, code="by hand", text=reason, told=told)
    changes = told | {"name": request.name} | ({} if first is None else {"first": first})
    audit.record(tx, actor, what="sending.settle", record=request.subject, changes=changes, reason=reason)


def _enough(tx: Tx, actor: Actor, request: ProviderRequest, reason: str) -> bool:
    """Whether this admin's word that it did not go out is enough; if not, it is noted for a second one."""
    over: Decimal = tx.setting(TWO_OVER[outgoing.owner(request)[0]])
    if (request.amount or ZERO) <= over:
        return True
    first = _said_by(request)
    if first is None:
        request.told = {"said_by": actor.user_id, "said_at": tx.now.isoformat()}
        changes = {"name": request.name, "outcome": "failed"}
        audit.record(tx, actor, what="sending.say", record=request.subject, changes=changes, reason=reason)
    return first not in (None, actor.user_id)


def _said_by(request: ProviderRequest) -> int | None:
    """Which admin has said that it did not go out; a word from before it was last sent counts no more."""
    said_at = request.told.get("said_at")
    if said_at is None or (request.sent_at and datetime.fromisoformat(said_at) < request.sent_at):
        return None
    return int(request.told["said_by"])


def _asked(tx: Tx, request: ProviderRequest) -> Literal["", "answered", "silent", "open"]:
    """What the last question about it that is over has brought, of those asked since it was sent."""
    since = request.sent_at or request.created_at
    questions = (
        select(ProviderRequest)
        .where(ProviderRequest.about == request.request_id, ProviderRequest.created_at >= since)
        .order_by(ProviderRequest.request_id.desc())
    )
    for question in tx.session.scalars(questions):
        if question.status == "told":
            return "open" if question.told.get("open") else "answered"
        if question.status == "given_up" and since <= tx.now - SILENCE:
            return "silent"  # M-Pesa would not even hear it, and nothing has come by itself
        if question.sent_at is not None and question.sent_at <= tx.now - SILENCE:
            return "silent"
    return ""


def _refuse_unasked(tx: Tx, request: ProviderRequest) -> None:
    """Raise AskFirst or StillUnderWay: M-Pesa goes before what a person has seen."""
    asked = _asked(tx, request)
    if asked == "":
        raise AskFirst
    if asked == "open":
        raise StillUnderWay


def _owned(tx: Tx, actor: Actor, request: ProviderRequest) -> str:
    """The status of the payout or refund; raises PayoutOwn or RefundOwn for who made it or gets it."""
    area, number = outgoing.owner(request)
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
