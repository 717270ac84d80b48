"""Sending a payment prompt, and asking what became of one: take, call outside every transaction, record.

Before a prompt is sent its row in the callback log says `calling`. Whoever finds such a row when taking the
duty again knows that somebody may have sent it and died: the attempt is then unknown and is asked about,
never sent a second time.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from core.db import Database, Tx
from core.duties import service as duties
from core.duties.service import Handler, Taken
from core.payments import service as payments
from core.payments.models import PaymentTransaction
from core.traffic import service as traffic
from core.traffic.models import Callback
from inbound import metrics
from mpesa import outcomes, settling, stk
from mpesa.client import Daraja, masked_request
from mpesa.codes import stk as codes
from mpesa.wire import Answer

log = logging.getLogger("tunda.mpesa")

MAX_TRIES = 4
CALLING = "calling"


@dataclass(frozen=True)
class Call:
    """A prompt about to be sent: its log row, its body, and which try this is, from 1."""

    callback_id: int
    payload: dict[str, Any]
    tries: int


def stk_push(daraja: Daraja) -> Handler:
    """The duty that sends one attempt's prompt, once."""

    def handler(db: Database, duty: Taken) -> None:
        call = db.run(lambda tx: _prepare(tx, daraja, duty))
        if call is None:
            return
        outcome, answer = stk.push(daraja, call.payload)
        db.run(lambda tx: _record_push(tx, duty, call, outcome, answer))

    return handler


def stk_query(daraja: Daraja) -> Handler:
    """The duty that asks about one attempt (P5); asking again harms nobody."""

    def handler(db: Database, duty: Taken) -> None:
        attempt = db.run(lambda tx: _to_ask(tx, duty))
        if attempt is None:
            return
        assert attempt.checkout_request_id is not None
        payload = stk.query_payload(
            daraja.config, checkout_request_id=attempt.checkout_request_id, at=db.parts.clock.now()
        )
        outcome, answer = stk.query(daraja, payload)
        db.run(lambda tx: _record_query(tx, duty, attempt, masked_request(payload), outcome, answer))

    return handler


def token_noter(db: Database) -> Callable[[Answer], None]:
    """Writes each token fetch into the callback log, in a transaction of its own."""

    def note(answer: Answer) -> None:
        token = answer.body.get("access_token")
        fetched = answer.status == 200 and isinstance(token, str) and bool(token)
        verdict = "accepted" if fetched else "refused" if answer.fate == "answered" else "failed"

        def work(tx: Tx) -> None:
            traffic.record(
                tx,
                direction="out",
                kind="mpesa-token",
                request={"grant_type": "client_credentials"},
                reply=answer.shown,
                status=answer.status,
                verdict=verdict,
                error="" if fetched else answer.summary,
                duration_ms=round(answer.seconds * 1000),
            )

        metrics.outbound("mpesa-token", verdict, answer.seconds)
        try:
            db.run(work)
        except Exception:  # between `calling` and the call: a prompt must not turn unknown over a log row
            log.exception("token fetch not logged")

    return note


def told_of_us(tx: Tx, code: str) -> None:
    """What a believed result says of our own account: it is at fault, or it works."""
    meant = codes.meaning(code)
    if meant.alert:
        settling.prompts_refused(tx, f"{code} {meant.says}")
    elif meant.final == "paid":
        settling.prompts_work(tx)


def _load(tx: Tx, transaction_id: int) -> PaymentTransaction | None:
    query = select(PaymentTransaction).where(PaymentTransaction.transaction_id == transaction_id)
    return tx.session.scalar(query.options(joinedload(PaymentTransaction.order)))


def _cause(tx: Tx, order_id: int) -> int | None:
    """The newest inbound thing about this order: the YES that placed it, or the result that made us ask."""
    return tx.session.scalar(
        select(func.max(Callback.callback_id)).where(
            Callback.order_id == order_id, Callback.direction == "in"
        )
    )


def _prepare(tx: Tx, daraja: Daraja, duty: Taken) -> Call | None:
    """The call to make, with its `calling` row written; None if no prompt is to be sent (any more)."""
    attempt = _load(tx, duty.subject_id)
    if attempt is None or attempt.status != "created":
        duties.finish(tx, duty)
        return None
    earlier = tx.session.scalars(
        select(Callback).where(Callback.dedupe_key.like(f"stk-push:{attempt.transaction_id}:%"))
    ).all()
    lost = [row for row in earlier if row.verdict == CALLING]
    if lost:
        payments.unknown(tx, attempt.transaction_id, why="the prompt's answer was never recorded")
        for row in lost:
            traffic.settle(
                tx,
                row.callback_id,
                verdict="unknown",
                error="the process ended before it recorded the answer",
            )
        duties.finish(tx, duty)
        return None
    if not payments.wants_money(tx, attempt.order):
        payments.refused(
            tx, attempt.transaction_id, code="not_sent", text="the order no longer waits for money"
        )
        duties.finish(tx, duty)
        return None
    payload = stk.push_payload(
        daraja.config,
        msisdn=attempt.msisdn,
        shillings=_shillings(attempt),
        reference=attempt.order.order_number.removeprefix("TUN"),
        token=payments.token_of(tx, attempt),
        at=tx.now,
    )
    row = traffic.record(
        tx,
        direction="out",
        kind="stk-push",
        msisdn=attempt.msisdn,
        dedupe_key=f"stk-push:{attempt.transaction_id}:{duty.lease}",
        request=masked_request(payload),
        verdict=CALLING,
        cause=_cause(tx, attempt.order_id),
        order_id=attempt.order_id,
    )
    return Call(row.callback_id, payload, tries=len(earlier) + 1)


def _shillings(attempt: PaymentTransaction) -> int:
    whole = int(attempt.amount)
    if whole != attempt.amount:
        raise ValueError("a prompt asks for whole shillings")
    return whole


def _record_push(tx: Tx, duty: Taken, call: Call, outcome: outcomes.Pushed, answer: Answer) -> None:
    """Whatever came of it, also if the lease ran out meanwhile: it did happen."""
    subject = duty.subject_id
    match outcome:
        case outcomes.Accepted(merchant, checkout):
            payments.accepted(tx, subject, merchant_request_id=merchant, checkout_request_id=checkout)
        case outcomes.Refused(code, text):
            payments.refused(tx, subject, code=code, text=text)
            if outcome.ours:
                settling.prompts_refused(tx, text)
        case outcomes.Unclear(why):
            payments.unknown(tx, subject, why=why)
        case outcomes.NotDone(why, wait, ours):
            if ours:
                settling.prompts_refused(tx, why)
            if call.tries < MAX_TRIES:
                duties.postpone(tx, duty, tx.now + _pause(tx, call.tries, wait), count=True)
            else:
                payments.refused(tx, subject, code="not_sent", text=why, why="busy")
    traffic.settle(
        tx,
        call.callback_id,
        verdict=outcomes.verdict_of(outcome),
        reply=answer.shown,
        status=answer.status,
        error="" if isinstance(outcome, outcomes.Accepted) else answer.summary,
        duration_ms=round(answer.seconds * 1000),
        provider_id=outcome.checkout_request_id if isinstance(outcome, outcomes.Accepted) else None,
    )
    duties.finish(tx, duty)


def _pause(tx: Tx, tries: int, wait: int) -> timedelta:
    """2, 4, 8 seconds and up to half as much again, so that those refused together do not return together."""
    base = float(wait or 2**tries)
    return timedelta(seconds=base * (1 + int(tx.parts.chance.digits(3)) / 2000))


def _to_ask(tx: Tx, duty: Taken) -> PaymentTransaction | None:
    """The attempt to ask about; None if its end is certain, or if there is no id to ask with yet."""
    attempt = _load(tx, duty.subject_id)
    if attempt is None or attempt.status in ("succeeded", "reversed"):
        return None
    withdrawn = attempt.result_code == payments.WITHDRAWN  # on its way when its order was cancelled
    if attempt.status == "failed" and not withdrawn and not codes.meaning(attempt.result_code).verify:
        return None
    if attempt.checkout_request_id is None:
        payments.next_query(tx, attempt.transaction_id)
        return None
    return attempt


def _record_query(
    tx: Tx,
    duty: Taken,
    attempt: PaymentTransaction,
    request: dict[str, Any],
    outcome: outcomes.Queried,
    answer: Answer,
) -> None:
    match outcome:
        case outcomes.Result(code, text):
            meant = codes.meaning(code)
            verdict = payments.result(
                tx,
                transaction_id=attempt.transaction_id,
                result=payments.Result(
                    checkout_id=attempt.checkout_request_id or "",
                    code=code[:24],
                    final="unknown" if meant.final == "pending" else meant.final,
                    text=text[:255],
                    amount=None,
                    receipt=None,
                    payer="",
                    via="query",
                    why=meant.why,
                ),
            )
            if verdict == "applied":
                told_of_us(tx, code)
        case outcomes.NoResult(sent=False) if duty.attempts < MAX_TRIES:
            duties.postpone(tx, duty, tx.now + _pause(tx, duty.attempts + 1, 0), count=True)
        case _:
            payments.next_query(tx, attempt.transaction_id)
    traffic.record(
        tx,
        direction="out",
        kind="stk-query",
        msisdn=attempt.msisdn,
        provider_id=attempt.checkout_request_id or "",
        request=request,
        reply=answer.shown,
        status=answer.status,
        verdict=outcomes.verdict_of(outcome),
        error=outcome.why if isinstance(outcome, outcomes.NoResult) else "",
        duration_ms=round(answer.seconds * 1000),
        cause=_cause(tx, attempt.order_id),
        order_id=attempt.order_id,
    )
    duties.finish(tx, duty)
