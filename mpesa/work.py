"""M-Pesa's due work: prompts, money on its way out, questions, and what came by callback."""

import json
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from core.db import Tx
from core.duties import service as duties_of_core
from core.duties.service import Handler
from core.duties.sweep import in_one
from core.payments import service as payments
from core.traffic import service as traffic
from core.traffic.models import Callback
from core.vault import Sealed
from inbound import metrics
from inbound.gateway import Gateway
from mpesa import answers, paybill, questions, results, sending
from mpesa.callbacks import KIND
from mpesa.client import Daraja
from mpesa.codes import stk as stk_codes
from mpesa.prompts import stk_push, stk_query, token_noter, told_of_us

log = logging.getLogger("tunda.mpesa")


def duties(gateway: Gateway) -> Mapping[str, Handler]:
    """Every kind, and what it is about; docs/mpesa.md says which road each is on."""
    config = gateway.config
    note = token_noter(gateway.db)
    paybill_line = Daraja(config, gateway.redis, gateway.parts.vault, note=note)
    payouts_line = Daraja(config, gateway.redis, gateway.parts.vault, app="payouts", note=note)
    return {
        "stk_push": stk_push(paybill_line),  # transaction_id
        "stk_query": stk_query(paybill_line),  # transaction_id
        "read_stk": in_one(read_stk),  # callback_id
        "read_c2b": in_one(paybill.read_c2b(config)),  # callback_id
        "payout_send": sending.payout_send(payouts_line),  # payout_id
        "refund_send": sending.refund_send(paybill_line, payouts_line),  # refund_id
        "money_query": in_one(questions.money_query),  # request_id of a sending
        "mpesa_ask": questions.mpesa_ask(paybill_line, payouts_line),  # request_id of a question
        "read_result": in_one(answers.read_result),  # callback_id
        # by the timetable
        "money_out": in_one(sending.money_out),
        "ask_float": in_one(questions.ask_float(config)),
        "ask_unknown": in_one(questions.ask_unknown),
    }


def read_stk(tx: Tx, callback_id: int) -> None:
    """Let a stored result have its effect, once (DR-803 to DR-806).

    What cannot be believed changes nothing and is asked about by the payments core; what cannot even be read
    is asked about from here, and so is a failure that Safaricom's own codes leave in doubt.
    """
    row = tx.session.get(Callback, callback_id)
    if row is None or row.sealed is None:
        return
    try:
        transaction_id, body, listed = _opened(tx, row.sealed)
    except Sealed:
        log.error("a stored result cannot be opened with the present keys", extra={"callback": callback_id})
        _settle(tx, callback_id, "quarantined", error="sealed under a key that is gone")
        return
    try:
        result = results.read(body)
    except results.Unreadable as error:
        _ask(tx, transaction_id, callback_id, at=tx.now)
        _settle(tx, callback_id, "quarantined", error=str(error))
        return
    if not listed:
        _ask(tx, transaction_id, callback_id, at=tx.now)
        _settle(tx, callback_id, "quarantined", error="not from an address of Safaricom's: M-Pesa is asked")
        return
    verdict = payments.result(tx, transaction_id=transaction_id, result=result)
    meant = stk_codes.meaning(result.code)
    if meant.verify:
        pause = timedelta(seconds=tx.setting("mpesa.query_after_seconds"))
        _ask(tx, transaction_id, callback_id, at=tx.now + pause)
    if meant.alert or meant is stk_codes.UNKNOWN:
        log.error("M-Pesa result needs a person", extra={"result_code": result.code, "says": meant.says})
    if verdict == "applied":
        told_of_us(tx, result.code)
    doubt = verdict not in ("applied", "duplicate")
    _settle(tx, callback_id, verdict, error=f"{result.code} {meant.says}" if doubt else "")


def _opened(tx: Tx, sealed: str) -> tuple[int, dict[str, Any], bool]:
    kept = json.loads(tx.parts.vault.open("callback", sealed), parse_float=Decimal)
    return int(kept["transaction_id"]), kept["body"], bool(kept["listed"])


def _ask(tx: Tx, transaction_id: int, callback_id: int, *, at: datetime) -> None:
    """Settle it by asking, once for this callback."""
    key = f"stk_query:{transaction_id}:after:{callback_id}"
    duties_of_core.want(tx, "stk_query", transaction_id, at=at, key=key)


def _settle(tx: Tx, callback_id: int, verdict: str, *, error: str = "") -> None:
    traffic.settle(tx, callback_id, verdict=verdict, error=error)
    metrics.callback(KIND, verdict)
