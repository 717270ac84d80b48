"""Questions to M-Pesa: what became of a sending or a payment, and what is in our accounts.

Asking again harms nobody, so a question that got lost is asked again. What is asked and the answer are rows
(core/payments/asking.py); the answer comes by callback (mpesa/answers.py).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from core.config import Config
from core.db import Database, Tx
from core.duties import service as duties
from core.duties.service import Handler, Taken
from core.ledger import accounts
from core.payments import asking, receipts
from core.payments.models import ProviderRequest
from core.payouts import outgoing
from core.traffic import service as traffic
from inbound import metrics
from mpesa import balance, outcomes, paybill, reversal, settling, status
from mpesa.client import Daraja, masked_request
from mpesa.codes import outward
from mpesa.credential import NoCredential, security_credential
from mpesa.wire import Answer

# Receipts of money that went out by the account that pays out; all others came in at the paybill.
KINDS = {status.KIND: "status", balance.KIND: "balance"}
OUT = ("payout:", "refund:")
MAX_TRIES = 4
WAIT = timedelta(minutes=2)
# A payment typed at the paybill is in no book before M-Pesa has answered: after so long it is asked again.
ANSWERED_WITHIN = timedelta(minutes=10)
NOT_SET_UP = timedelta(hours=1)


@dataclass(frozen=True)
class Call:
    """A question about to be asked; `party` is our shortcode that it is about."""

    request_id: int
    kind: str
    path: str
    payload: dict[str, Any]
    party: str


def mpesa_ask(paybill: Daraja, payouts: Daraja) -> Handler:
    """The duty that asks one question."""

    def handler(db: Database, duty: Taken) -> bool:
        call = db.run(lambda tx: _prepare(tx, paybill.config, duty))
        if call is not None:
            line = payouts if call.party == payouts.config.payout_shortcode else paybill
            answer = line.call(call.path, call.payload)
            outcome = outcomes.read_ack(answer)
            metrics.outbound(call.kind, outcomes.verdict_of(outcome), answer.seconds)
            db.run(lambda tx: _record(tx, duty, call, outcome, answer))
        return True

    return handler


def money_query(tx: Tx, request_id: int) -> None:
    """The duty that has it asked for what became of one sending without a result."""
    sending = outgoing.locked(tx, request_id)
    if sending is None or sending.status not in ("accepted", "unclear"):
        return
    by_something = bool(conversation_of(sending)) or sending.kind == reversal.KIND
    if by_something:
        asking.question(tx, kind=status.KIND, subject=sending.subject, about=request_id)
    if not settling.ask_on(tx, sending):
        settling.conclude(tx, sending, "unknown", why="no result after the last question")
        if not by_something:
            asking.no_question(tx, kind=status.KIND, subject=sending.subject, about=request_id)


def ask_unknown(tx: Tx, _subject: int) -> None:
    """The duty ask_unknown, every night: what nobody has told us the outcome of is asked about once more."""
    query = select(ProviderRequest).where(
        ProviderRequest.kind.in_(("b2c", reversal.KIND)),
        ProviderRequest.status.in_(("accepted", "unclear")),
        ProviderRequest.sent_at < tx.now - timedelta(hours=1),
    )
    for sending in tx.session.scalars(query.order_by(ProviderRequest.request_id).limit(200)):
        outgoing.ask_at_once(tx, sending, f"{tx.now:%Y%m%d}")


def ask_float(config: Config) -> Callable[[Tx, int], None]:
    """The duty ask_float: what is in the accounts of the paybill, and of the one that pays out."""

    def work(tx: Tx, _subject: int) -> None:
        if config.pays_out:
            two = (accounts.MPESA, accounts.MPESA_PAYOUTS)
            one = config.payout_shortcode == config.mpesa_shortcode
            for account in (asking.BOTH,) if one else two:
                asking.question(tx, kind=balance.KIND, subject=account)

    return work


def conversation_of(sending: ProviderRequest) -> str:
    """By which id M-Pesa finds a sending: ours, if it was told (v3), else the one of its answer; or ""."""
    return sending.originator_id or sending.conversation_id


def _prepare(tx: Tx, config: Config, duty: Taken) -> Call | None:
    request = asking.locked(tx, duty.subject_id)
    if request is None or not _to_ask(tx, request):
        duties.finish(tx, duty)
        return None
    try:
        security_credential(config)
    except NoCredential as error:
        settling.not_set_up(tx, str(error))
        duties.postpone(tx, duty, tx.now + NOT_SET_UP)
        return None
    if request.kind == balance.KIND:
        payouts = request.subject == accounts.MPESA_PAYOUTS
        party = config.payout_shortcode if payouts else config.mpesa_shortcode
        payload = balance.payload(config, party=party, token=asking.calling(tx, request))
        return Call(request.request_id, request.kind, balance.PATH, payload, party)
    sending = None if request.about is None else tx.session.get(ProviderRequest, request.about)
    receipt, conversation = request.receipt, ""
    if sending is not None:
        by_receipt = sending.kind == reversal.KIND and sending.code == outward.REVERSED_ALREADY
        conversation = "" if by_receipt else conversation_of(sending)
        receipt = "" if conversation else sending.receipt  # of a reversal: the payment's that goes back
    party = _party(tx, config, sending, receipt)
    payload = status.payload(
        config, receipt=receipt, conversation=conversation, party=party, token=asking.calling(tx, request)
    )
    return Call(request.request_id, request.kind, status.PATH, payload, party)


def _to_ask(tx: Tx, request: ProviderRequest) -> bool:
    """Whether it is asked now; one about a payment typed at the paybill until M-Pesa has answered."""
    if request.status not in (*asking.OPEN, "wanted"):
        return False
    silent = request.status in ("accepted", "unclear")
    if silent and _is_repeated(request) and request.tries >= MAX_TRIES:
        why = "no answer to any question"
        asking.gave_up(tx, request, code="", why=why)
        settling.unanswered(tx, request, why)
        return False
    return not silent or _is_repeated(request)


def _is_repeated(request: ProviderRequest) -> bool:
    """Whether nothing else would ask again what this question asks."""
    return request.subject.startswith(paybill.SUBJECT)


def _party(tx: Tx, config: Config, sending: ProviderRequest | None, receipt: str) -> str:
    """Our shortcode on whose side the payment is."""
    if sending is not None:
        return config.mpesa_shortcode if sending.kind == reversal.KIND else config.payout_shortcode
    known = receipts.known(tx, receipt)
    went_out = known is not None and known.record.startswith(OUT)
    return config.payout_shortcode if went_out else config.mpesa_shortcode


def _record(tx: Tx, duty: Taken, call: Call, outcome: outcomes.Sent, answer: Answer) -> None:
    request = asking.locked(tx, call.request_id)
    assert request is not None, "the row was committed before the call"
    put_off = None
    if request.status == "calling":
        match outcome:
            case outcomes.Acknowledged(conversation, originator):
                request.status = "accepted"
                request.conversation_id, request.originator_id = conversation, originator
            case outcomes.NotDone() if request.tries < MAX_TRIES:
                request.status, put_off = "wanted", WAIT
            case outcomes.Refused() | outcomes.NotDone():
                asking.gave_up(tx, request, code=answer.error_code, why=answer.summary)
                settling.unanswered(tx, request, answer.summary, ours=outcome.ours)
            case _:
                request.status = "unclear"
        if request.status in ("accepted", "unclear") and _is_repeated(request):
            put_off = ANSWERED_WITHIN
    traffic.record(
        tx,
        direction="out",
        kind=KINDS[call.kind],
        provider_id=request.conversation_id,
        request=masked_request(call.payload),
        reply=answer.shown,
        status=answer.status,
        verdict=outcomes.verdict_of(outcome),
        error="" if isinstance(outcome, outcomes.Acknowledged) else answer.summary,
        duration_ms=round(answer.seconds * 1000),
    )
    if put_off is None:
        duties.finish(tx, duty)
    else:
        duties.postpone(tx, duty, tx.now + put_off)
