"""Safaricom calls us: stored, answered, worked on afterwards (DR-806).

The token in the path names the payment attempt or the request, so a result that overtakes the call's own
answer still finds it. The body kept for the worker is sealed; what the log shows has its numbers masked.
Payments typed at the paybill come to two fixed addresses; before one is taken we are asked and must answer
within two seconds, whatever state the database is in.
"""

import hashlib
import json
import logging
from concurrent.futures import Future, ThreadPoolExecutor
from ipaddress import ip_address
from typing import Any

from flask import Blueprint, Response, g, jsonify
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from core.config import Config
from core.db import Tx
from core.duties import service as duties
from core.payments import asking
from core.payments import service as payments
from core.payments.models import PaymentTransaction, ProviderRequest
from core.traffic import service as traffic
from core.traffic.models import Callback
from inbound import again, door, metrics
from inbound.gateway import Gateway
from mpesa import answers, envelopes, paybill, results
from mpesa.codes import c2b as c2b_codes
from mpesa.masked import masked_body

log = logging.getLogger("tunda.mpesa")

KIND = "stk"
CONFIRMATION, VALIDATION = "c2b/confirmation", "c2b/validation"
# What comes to which of our addresses, without its token.
KINDS = {
    "stk": "stk",
    CONFIRMATION: "c2b-confirmation",
    VALIDATION: "c2b-validation",
    "b2c/result": "b2c-result",
    "b2c/timeout": "b2c-timeout",
    "reversal/result": "reversal-result",
    "reversal/timeout": "reversal-timeout",
    "status/result": "status-result",
    "status/timeout": "status-timeout",
    "balance/result": "balance-result",
    "balance/timeout": "balance-timeout",
}
ACCEPTED = {"ResultCode": 0, "ResultDesc": "Accepted"}
CONFIRMED = {"ResultCode": 0, "ResultDesc": "Success"}
# Of the two seconds in which a validation is to be answered; the rest is for the row in the log.
ANSWER_SECONDS, NOTE_SECONDS = 1.3, 0.4
AT_ONCE = 4


def blueprint(gateway: Gateway) -> Blueprint:
    """POST pay/stk/<token>, pay/<road>/<token>/<what>, pay/c2b/validation, pay/c2b/confirmation."""
    routes = Blueprint("mpesa", __name__)
    door.door(gateway, routes, sorry=_sorry)
    config = gateway.config
    # Only so many at once wait for a database that hangs; the others hear at once that we cannot say.
    pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="validation")

    @routes.post("/pay/stk/<token>")
    def stk(token: str) -> ResponseReturnValue:
        body = door.json_object()
        if (refused := _from_elsewhere(gateway, KIND, body)) is not None:
            return refused
        listed = is_listed(config, g.source)
        verdict = gateway.db.run(lambda tx: _keep(tx, token, body, listed=listed))
        if verdict != "stored":  # what was stored is counted when it has been worked on
            metrics.callback(KIND, verdict)
        return Response(status=404) if verdict == "unmatched" else jsonify(ACCEPTED)

    @routes.post("/pay/<road>/<token>/<what>")
    def later(road: str, token: str, what: str) -> ResponseReturnValue:
        address = f"{road}/{what}"
        if address not in KINDS:
            return Response(status=404)
        body = door.json_object()
        if (refused := _from_elsewhere(gateway, address, body)) is not None:
            return refused
        listed = is_listed(config, g.source)
        verdict = gateway.db.run(lambda tx: _keep_result(tx, road, what, token, body, listed=listed))
        if verdict != "stored":
            metrics.callback(KINDS[address], verdict)
        return Response(status=404) if verdict == "unmatched" else jsonify(ACCEPTED)

    @routes.post("/pay/c2b/confirmation")
    def confirmation() -> ResponseReturnValue:
        body = door.json_object()
        if (refused := _from_elsewhere(gateway, CONFIRMATION, body)) is not None:
            return refused
        listed = is_listed(config, g.source)
        verdict = gateway.db.run(lambda tx: _keep_confirmation(tx, body, listed=listed))
        if verdict != "stored":
            metrics.callback(KINDS[CONFIRMATION], verdict)
        return jsonify(CONFIRMED)

    @routes.post("/pay/c2b/validation")
    def validation() -> ResponseReturnValue:
        body = door.json_object()
        if (refused := _from_elsewhere(gateway, VALIDATION, body)) is not None:
            return refused
        code, words = _in_time(gateway, pool, body)
        reply = {"ResultCode": code, "ResultDesc": words}
        _note(gateway, pool, body, reply)
        return jsonify(reply)

    return routes


def is_listed(config: Config, source: str) -> bool:
    """Whether a call may be believed for where it comes from; always, unless MPESA_SOURCES_MODE asks."""
    if config.mpesa_sources_mode == "off":
        return True
    try:
        address = ip_address(source)
    except ValueError:
        return False
    plain = getattr(address, "ipv4_mapped", None) or address  # as a socket of both families shows it
    return any(plain in network for network in config.source_networks)


def sealed_body(transaction_id: int, body: dict[str, Any], *, listed: bool = True) -> str:
    """What the worker needs, as text: the attempt the path's token named, and the body to the same digits."""
    return json.dumps({"transaction_id": transaction_id, "body": body, "listed": listed}, default=str)


def _from_elsewhere(gateway: Gateway, address: str, body: dict[str, Any]) -> Response | None:
    """403 for what comes from an address that is not listed, where that is enforced; kept for a reader."""
    if gateway.config.mpesa_sources_mode != "enforce" or is_listed(gateway.config, g.source):
        return None
    error = "not from an address of Safaricom's"
    gateway.db.run(lambda tx: _noted(tx, address, body, status=403, verdict="rejected", error=error))
    metrics.callback(KINDS[address], "rejected")
    return Response(status=403)


def _keep(tx: Tx, token: str, body: dict[str, Any], *, listed: bool) -> str:
    attempt = payments.by_token(tx, token)
    if attempt is None:
        _noted(tx, KIND, body, status=404, verdict="unmatched", error="no payment attempt has this token")
        return "unmatched"
    payer, checkout_id = _names(attempt, body)
    row = _store(
        tx,
        KIND,
        body,
        sealed=sealed_body(attempt.transaction_id, body, listed=listed),
        dedupe=f"{KIND}:{attempt.transaction_id}",
        msisdn=payer,
        provider_id=checkout_id,
        order_id=attempt.order_id,
    )
    if row is None:
        return "duplicate"
    duties.want(tx, "read_stk", row.callback_id)
    return "stored"


def _keep_result(tx: Tx, road: str, what: str, token: str, body: dict[str, Any], *, listed: bool) -> str:
    address = f"{road}/{what}"
    request = asking.by_token(tx, token)
    if request is None or request.kind != road:
        _noted(tx, address, body, status=404, verdict="unmatched", error="no request has this token")
        return "unmatched"
    row = _store(
        tx,
        address,
        body,
        sealed=answers.sealed_body(request.request_id, what, body, listed=listed),
        dedupe=f"{address}:{request.request_id}",
        provider_id=_conversation(request, body),
    )
    if row is None:
        return "duplicate"
    duties.want(tx, "read_result", row.callback_id)
    return "stored"


def _keep_confirmation(tx: Tx, body: dict[str, Any], *, listed: bool) -> str:
    receipt = str(body.get("TransID") or "")[:40]
    row = _store(
        tx,
        CONFIRMATION,
        body,
        sealed=paybill.sealed_body(body, listed=listed),
        dedupe=f"{CONFIRMATION}:{receipt}",
        reply=CONFIRMED,
        msisdn=paybill.clear_payer(body),
        provider_id=receipt,
    )
    if row is None:
        return "duplicate"
    duties.want(tx, "read_c2b", row.callback_id)
    return "stored"


def _store(
    tx: Tx,
    address: str,
    body: dict[str, Any],
    *,
    sealed: str,
    dedupe: str,
    reply: dict[str, Any] = ACCEPTED,
    **found_by: Any,
) -> Callback | None:
    """Keep it for the worker; None if it is here already: a result has no id of its own but its content."""
    content = json.dumps(body, sort_keys=True, default=str)
    try:
        return _noted(
            tx,
            address,
            body,
            dedupe_key=f"{dedupe}:{hashlib.sha256(content.encode()).hexdigest()}",
            sealed=tx.parts.vault.seal("callback", sealed),
            came=again.kept(tx.parts.vault),
            reply=json.dumps(reply),
            status=200,
            **found_by,
        )
    except traffic.Repeated:
        return None


def _noted(tx: Tx, address: str, body: dict[str, Any], **values: Any) -> Callback:
    return traffic.record(
        tx,
        direction="in",
        kind=KINDS[address],
        source=g.source,
        request_id=g.request_id,
        request=masked_body(body),
        duration_ms=door.elapsed_ms(),
        **values,
    )


def _names(attempt: PaymentTransaction, body: dict[str, Any]) -> tuple[str, str]:
    """By what an admin finds the row: the payer's number (ours, where theirs is hidden), the checkout id."""
    try:
        told = results.stk_callback(body)
    except results.Unreadable:
        return attempt.msisdn, ""
    return results.payer_msisdn(told) or attempt.msisdn, results.checkout_id(told)


def _conversation(request: ProviderRequest, body: dict[str, Any]) -> str:
    return envelopes.ids(body)["conversation_id"] or request.name or ""


def _in_time(gateway: Gateway, pool: ThreadPoolExecutor, body: dict[str, Any]) -> tuple[str, str]:
    """The answer to a validation; "try again later" when the database does not give one soon enough."""

    def look() -> tuple[str, str]:
        with gateway.db.read() as tx:
            return paybill.answer_to(tx, gateway.config, typed)

    try:
        typed = paybill.read(body)
    except results.Unreadable:
        return c2b_codes.CANNOT_SAY
    if not paybill.is_ours(gateway.config, typed):
        return c2b_codes.NOT_OURS
    asked: Future[tuple[str, str]] = pool.submit(look)
    try:
        return asked.result(ANSWER_SECONDS)
    except Exception as error:  # whatever it is, M-Pesa wants an answer now
        asked.cancel()
        log.error("a payment could not be validated", extra={"why": type(error).__name__})
        return c2b_codes.CANNOT_SAY


def _note(gateway: Gateway, pool: ThreadPoolExecutor, body: dict[str, Any], reply: dict[str, str]) -> None:
    """Write it into the log, if the database lets us; nothing depends on the row."""
    verdict = "shown" if reply["ResultCode"] == c2b_codes.ACCEPT else "rejected"
    metrics.callback(KINDS[VALIDATION], verdict)
    values = {
        "direction": "in",
        "kind": KINDS[VALIDATION],
        "source": g.source,
        "request_id": g.request_id,
        "request": masked_body(body),
        "duration_ms": door.elapsed_ms(),
        "msisdn": paybill.clear_payer(body),
        "provider_id": str(body.get("TransID") or "")[:40],
        "reply": json.dumps(reply),
        "status": 200,
        "verdict": verdict,
        "error": "" if verdict == "shown" else f"{reply['ResultCode']} {reply['ResultDesc']}",
    }
    written = pool.submit(gateway.db.run, lambda tx: traffic.record(tx, **values))
    try:
        written.result(NOTE_SECONDS)
    except Exception as error:
        written.cancel()
        log.warning("a validation is not in the log yet", extra={"why": type(error).__name__})


def _sorry(error: Exception) -> ResponseReturnValue:
    """Never a false yes: what was not stored is not answered with success."""
    if isinstance(error, HTTPException):
        return jsonify({"ResultCode": 1, "ResultDesc": "Bad request"}), error.code or 400
    return jsonify({"ResultCode": 1, "ResultDesc": "Try again later"}), 503
