"""Money on its way out: each payout and refund is sent once, under a name that is committed before the call.

Whoever takes the duty again and finds the sending `calling` knows that somebody may have sent it and died: it
is unclear then and is asked about, never sent a second time (contract, 4.6; DR-1303, DR-821). Only what was
surely not processed is called again, under the same name; and what M-Pesa, asked, does not find, where it
knows our names (v3): should the first one have arrived all the same, the second is refused as a duplicate.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from core.config import Config
from core.db import Database, Tx
from core.duties import service as duties
from core.duties.service import Handler, Taken
from core.payments import asking, returning
from core.payments import locks as payment_locks
from core.payments.models import ProviderRequest
from core.payouts import locks as payout_locks
from core.payouts import outgoing, paying
from core.settings import switches
from core.traffic import service as traffic
from core.traffic.models import Callback
from inbound import metrics
from mpesa import b2c, outcomes, reversal, settling
from mpesa.client import Daraja, masked_request
from mpesa.credential import NoCredential, security_credential
from mpesa.wire import Answer

log = logging.getLogger("tunda.mpesa")

CALLING, UNKNOWN = "calling", "unknown"
KINDS = {b2c.KIND: "b2c", reversal.KIND: "reversal"}
# Tries of what was surely not processed: so many soon after each other, then a pause, and so many in all.
IN_A_ROW, IN_ALL = 4, outgoing.MOST_TRIES
PAUSE = timedelta(minutes=15)
# While payouts are paused or not set up, it is looked again after so long.
LOOK_AGAIN = timedelta(minutes=5)


@dataclass(frozen=True)
class Call:
    """A request about to be made: its row, its log row, and what goes over the wire.

    named  M-Pesa is told our name, and takes it once
    """

    request_id: int
    callback_id: int
    kind: str
    path: str
    payload: dict[str, Any]
    named: bool


def payout_send(daraja: Daraja) -> Handler:
    """The duty that sends one payout."""
    return _sender(daraja, _payout)


def refund_send(daraja: Daraja, payouts: Daraja) -> Handler:
    """The duty that sends one refund: back on its receipt by the paybill's line, else to a phone."""

    def handler(db: Database, duty: Taken) -> bool:
        with db.read() as tx:
            by_receipt = returning.road_of(tx, duty.subject_id) == "reversal"
        return bool(_sender(daraja if by_receipt else payouts, _refund)(db, duty))

    return handler


def money_out(tx: Tx, _subject: int) -> None:
    """The duty money_out: what waits to be sent and whose own duty was given up on is wanted anew."""
    mark = f":{tx.now:%Y%m%d%H%M}"
    for payout in paying.to_send(tx):
        paying.want_sent(tx, payout, again=mark)
    for refund in returning.to_send(tx):
        returning.want_sent(tx, refund, tx.now, again=mark)


def _sender(daraja: Daraja, prepare: Callable[[Tx, Config, Taken], Call | None]) -> Handler:
    def handler(db: Database, duty: Taken) -> bool:
        call = db.run(lambda tx: prepare(tx, daraja.config, duty))
        if call is not None:
            answer = daraja.call(call.path, call.payload)
            outcome = outcomes.read_ack(answer, named=call.named)
            metrics.outbound(call.kind, outcomes.verdict_of(outcome), answer.seconds)
            db.run(lambda tx: _record(tx, duty, call, outcome, answer))
        return True

    return handler


def _payout(tx: Tx, config: Config, duty: Taken) -> Call | None:
    payout = payout_locks.payout(tx, duty.subject_id)
    if payout.status not in ("processing", UNKNOWN):
        duties.finish(tx, duty)
        return None
    request = None if payout.sent_key is None else asking.by_name(tx, payout.sent_key)
    if payout.sent_key is not None and request is None:  # not by us, so nobody here can say whether it went
        paying.result(tx, sent_key=payout.sent_key, outcome="unknown", why="sent by nobody we know")
        duties.finish(tx, duty)
        return None
    if not _may_call(tx, config, duty, request):
        return None
    if payout.status == UNKNOWN and not (request and paying.is_hers(tx, payout) and _named(config, request)):
        _leave(tx, duty, request)
        return None
    if request is None:
        if not paying.hers_still(tx, payout):
            duties.finish(tx, duty)
            return None
        name = _name(tx, "TP", payout.payout_id, payout.tries)
        paying.sending(tx, payout.payout_id, sent_key=name)
        request = asking.begin(
            tx, kind=b2c.KIND, subject=f"payout:{payout.payout_id}", name=name, amount=payout.amount
        )
    to = paying.number_of(tx, payout)
    return _b2c(tx, config, request, msisdn=to, what="Tunda payout", order_id=None)


def _refund(tx: Tx, config: Config, duty: Taken) -> Call | None:
    refund = payment_locks.refund(tx, duty.subject_id)
    if refund.status not in ("approved", "sent", UNKNOWN) or refund.road not in returning.SENT_BY_CHANNEL:
        duties.finish(tx, duty)
        return None
    fresh = refund.status == "approved"
    request = None if fresh or refund.sent_key is None else asking.by_name(tx, refund.sent_key)
    if not fresh and request is None:
        returning.result(tx, sent_key=str(refund.sent_key), outcome="unknown", why="sent by nobody we know")
        duties.finish(tx, duty)
        return None
    if not _may_call(tx, config, duty, request):
        return None
    if refund.status == UNKNOWN and not (request and _named(config, request)):
        _leave(tx, duty, request)
        return None
    by_receipt = refund.road == reversal.KIND
    receipt = returning.receipt_of(tx, refund) if by_receipt else None
    if by_receipt and receipt is None:  # it is known by a query only: its receipt is still to come (DR-803)
        settling.wait_for_receipt(tx, refund.refund_id)
        duties.postpone(tx, duty, tx.now + timedelta(hours=1))
        return None
    if request is None:
        name = _name(tx, "TR", refund.refund_id, refund.tries + 1)
        returning.sending(tx, refund.refund_id, sent_key=name)
        request = asking.begin(
            tx,
            kind=reversal.KIND if by_receipt else b2c.KIND,
            subject=f"refund:{refund.refund_id}",
            name=name,
            amount=refund.amount,
            receipt=receipt or "",
        )
    what = "Tunda refund"
    if by_receipt:
        return _reversal(tx, config, request, what=what, order_id=refund.order_id)
    return _b2c(tx, config, request, msisdn=refund.to_number, what=what, order_id=refund.order_id)


def _may_call(tx: Tx, config: Config, duty: Taken, request: ProviderRequest | None) -> bool:
    """Whether it is to be called now; if not, the duty is finished or put off."""
    if request is not None and request.status != "wanted":
        if request.status == CALLING:
            _lost(tx, request)
        duties.finish(tx, duty)
        return False
    if switches.is_off(tx, "payouts"):
        duties.postpone(tx, duty, tx.now + LOOK_AGAIN)
        return False
    try:
        security_credential(config)
    except NoCredential as error:
        settling.not_set_up(tx, str(error))
        duties.postpone(tx, duty, tx.now + PAUSE)
        return False
    return True


def _named(config: Config, request: ProviderRequest) -> bool:
    """Whether M-Pesa was told our name with it, and is told it again: only then a repeat pays once."""
    return outgoing.is_named(request) and config.mpesa_b2c_version == "v3"


def _leave(tx: Tx, duty: Taken, request: ProviderRequest | None) -> None:
    """Nobody knows what became of it, and a repeat might pay twice: it waits for an answer or a person."""
    if request is not None:
        request.status = "unclear"
    duties.finish(tx, duty)


def _lost(tx: Tx, request: ProviderRequest) -> None:
    """The process that called ended before it recorded the answer: it may have been sent."""
    why = "the process ended before it recorded the answer"
    request.status = "unclear"
    settling.conclude(tx, request, "unknown", why=why)
    settling.ask_on(tx, request)
    calling = select(Callback.callback_id).where(
        Callback.dedupe_key.like(f"{request.kind}:{request.name}:%"), Callback.verdict == CALLING
    )
    for callback_id in tx.session.scalars(calling).all():
        traffic.settle(tx, callback_id, verdict="unknown", error=why)


def _name(tx: Tx, prefix: str, number: int, tries: int) -> str:
    """Our name for one sending: readable, and unique over all databases that share a shortcode."""
    told = f"{prefix}{number}-{tries}-"
    return told + tx.parts.chance.token()[: b2c.NAME_LENGTH - len(told)]


def _b2c(
    tx: Tx, config: Config, request: ProviderRequest, *, msisdn: str, what: str, order_id: int | None
) -> Call:
    assert request.name is not None, "a sending has a name"
    payload = b2c.payload(
        config,
        name=request.name,
        msisdn=msisdn,
        shillings=_shillings(request),
        what=what,
        token=asking.calling(tx, request),
    )
    if b2c.names(payload):
        request.originator_id = request.name
    return _call(tx, request, b2c.path(config), payload, msisdn=msisdn, order_id=order_id)


def _reversal(tx: Tx, config: Config, request: ProviderRequest, *, what: str, order_id: int | None) -> Call:
    payload = reversal.payload(
        config,
        receipt=request.receipt,
        shillings=_shillings(request),
        what=what,
        token=asking.calling(tx, request),
    )
    return _call(tx, request, reversal.PATH, payload, msisdn="", order_id=order_id)


def _call(
    tx: Tx, request: ProviderRequest, path: str, payload: dict[str, Any], *, msisdn: str, order_id: int | None
) -> Call:
    row = traffic.record(
        tx,
        direction="out",
        kind=KINDS[request.kind],
        msisdn=msisdn,
        provider_id=request.name or "",
        dedupe_key=f"{request.kind}:{request.name}:{request.tries}",
        request=masked_request(payload),
        verdict=CALLING,
        order_id=order_id,
    )
    return Call(request.request_id, row.callback_id, request.kind, path, payload, named=b2c.names(payload))


def _shillings(request: ProviderRequest) -> int:
    assert request.amount is not None, "a sending has an amount"
    whole = int(request.amount)
    if whole != request.amount:
        raise ValueError("M-Pesa sends whole shillings")
    return whole


def _record(tx: Tx, duty: Taken, call: Call, outcome: outcomes.Sent, answer: Answer) -> None:
    """Whatever came of it, also if the lease ran out meanwhile, or the result was here first."""
    request = outgoing.locked(tx, call.request_id)
    assert request is not None, "the row was committed before the call"
    put_off = None
    if request.status in (CALLING, "unclear", "told"):
        put_off = _told(tx, request, outcome)
    traffic.settle(
        tx,
        call.callback_id,
        verdict=outcomes.verdict_of(outcome),
        reply=answer.shown,
        status=answer.status,
        error="" if isinstance(outcome, outcomes.Acknowledged) else answer.summary,
        duration_ms=round(answer.seconds * 1000),
        provider_id=request.conversation_id or None,
    )
    if put_off is None:
        duties.finish(tx, duty)
    else:
        duties.postpone(tx, duty, tx.now + put_off)


def _told(tx: Tx, request: ProviderRequest, outcome: outcomes.Sent) -> timedelta | None:
    """What the answer means for the sending; returns after how long it is to be called again, or None."""
    open_still = request.status != "told"
    match outcome:
        case outcomes.Acknowledged(conversation, originator):
            request.conversation_id = request.conversation_id or conversation
            request.originator_id = originator or request.originator_id
            if open_still:
                request.status = "accepted"
                settling.ask_on(tx, request)
        case outcomes.Arrived():
            if open_still:
                request.status = "accepted"
                outgoing.ask_at_once(tx, request, "duplicate")
        case outcomes.Unclear(why):
            if open_still:
                request.status = "unclear"
                settling.conclude(tx, request, "unknown", why=why)
                settling.ask_on(tx, request)
        case outcomes.Refused(code, text) if open_still:
            if outcome.ours:
                settling.stop(tx, text)
                request.status = "wanted"
                return LOOK_AGAIN
            if outgoing.is_unknown(tx, request):
                _still_unknown(tx, request)
                return None
            request.status = "refused"
            log.error("payment out refused", extra={"result_code": code, "request": request.request_id})
            settling.conclude(tx, request, "failed", why=text)
        case outcomes.NotDone(why, wait, ours) if open_still:
            if ours:
                settling.not_set_up(tx, why)
            if request.tries < IN_ALL:
                request.status = "wanted"
                return _pause(tx, request.tries, wait)
            if outgoing.is_unknown(tx, request):
                _still_unknown(tx, request)
                return None
            request.status = "refused"
            settling.conclude(tx, request, "failed", why=f"not sent: {why}", again=timedelta(hours=1))
    return None


def _still_unknown(tx: Tx, request: ProviderRequest) -> None:
    """The repeat came to nothing; of the call before it that is no word, so it is asked about on."""
    request.status = "unclear"
    settling.ask_on(tx, request)


def _pause(tx: Tx, tries: int, wait: int) -> timedelta:
    """2, 4, 8 seconds and up to half as much again; after each IN_A_ROW a longer pause."""
    if tries % IN_A_ROW == 0:
        return PAUSE
    base = float(wait or 2 ** (tries % IN_A_ROW))
    return timedelta(seconds=base * (1 + int(tx.parts.chance.digits(3)) / 2000))
