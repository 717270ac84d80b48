"""Safaricom calls us: stored, answered, worked on afterwards (DR-806).

The token in the path names the payment attempt, so a result that overtakes the prompt's own answer still
finds it. The body kept for the worker is sealed; what the log shows has its phone numbers masked.
"""

import hashlib
import json
from typing import Any

from flask import Blueprint, Response, g, jsonify
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from core.db import Tx
from core.duties import service as duties
from core.payments import service as payments
from core.payments.models import PaymentTransaction
from core.traffic import service as traffic
from inbound import door, metrics
from inbound.gateway import Gateway
from mpesa import results

KIND = "stk"
ACCEPTED = {"ResultCode": 0, "ResultDesc": "Accepted"}


def blueprint(gateway: Gateway) -> Blueprint:
    """POST pay/stk/<token>."""
    routes = Blueprint("mpesa", __name__)
    door.door(gateway, routes, sorry=_sorry)

    @routes.post("/pay/stk/<token>")
    def stk(token: str) -> ResponseReturnValue:
        body = door.json_object()
        verdict = gateway.db.run(lambda tx: _keep(tx, token, body))
        if verdict != "stored":  # what was stored is counted when it has been worked on
            metrics.callback(KIND, verdict)
        return Response(status=404) if verdict == "unmatched" else jsonify(ACCEPTED)

    return routes


def sealed_body(transaction_id: int, body: dict[str, Any]) -> str:
    """What the worker needs, as text: the attempt the path's token named, and the body to the same digits."""
    return json.dumps({"transaction_id": transaction_id, "body": body}, default=str)


def _keep(tx: Tx, token: str, body: dict[str, Any]) -> str:
    attempt = payments.by_token(tx, token)
    if attempt is None:
        traffic.record(
            tx,
            direction="in",
            kind=KIND,
            source=g.source,
            request_id=g.request_id,
            request=traffic.mask_json(body),
            status=404,
            verdict="unmatched",
            error="no payment attempt has this token",
            duration_ms=door.elapsed_ms(),
        )
        return "unmatched"
    payer, checkout_id = _names(attempt, body)
    try:
        row = traffic.record(
            tx,
            direction="in",
            kind=KIND,
            msisdn=payer,
            provider_id=checkout_id,
            dedupe_key=_dedupe_key(attempt, body),
            source=g.source,
            request_id=g.request_id,
            request=traffic.mask_json(body),
            sealed=tx.parts.vault.seal("callback", sealed_body(attempt.transaction_id, body)),
            reply=json.dumps(ACCEPTED),
            status=200,
            duration_ms=door.elapsed_ms(),
            order_id=attempt.order_id,
        )
    except traffic.Repeated:
        return "duplicate"
    duties.want(tx, "read_stk", row.callback_id)
    return "stored"


def _dedupe_key(attempt: PaymentTransaction, body: dict[str, Any]) -> str:
    """A result has no id of its own: the same content for the same attempt is the same result."""
    content = json.dumps(body, sort_keys=True, default=str)
    return f"{KIND}:{attempt.transaction_id}:{hashlib.sha256(content.encode()).hexdigest()}"


def _names(attempt: PaymentTransaction, body: dict[str, Any]) -> tuple[str, str]:
    """By what an admin finds the row: the payer's number (ours, where theirs is hidden), the checkout id."""
    try:
        told = results.stk_callback(body)
    except results.Unreadable:
        return attempt.msisdn, ""
    return results.payer_msisdn(told) or attempt.msisdn, results.checkout_id(told)


def _sorry(error: Exception) -> ResponseReturnValue:
    """Never a false yes: what was not stored is not answered with success."""
    if isinstance(error, HTTPException):
        return jsonify({"ResultCode": 1, "ResultDesc": "Bad request"}), error.code or 400
    return jsonify({"ResultCode": 1, "ResultDesc": "Try again later"}), 503
