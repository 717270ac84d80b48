"""STK push: a prompt on a phone, and the question what became of it (contract, section 2)."""

import base64
import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.clock import nairobi
from core.config import Config
from inbound import metrics
from mpesa import codes
from mpesa.client import Daraja, address
from mpesa.codes import stk as stk_codes
from mpesa.outcomes import (
    Accepted,
    NoResult,
    NotDone,
    Pushed,
    Queried,
    Refused,
    Result,
    Unclear,
    not_done,
    refused_by,
    verdict_of,
)
from mpesa.wire import Answer

log = logging.getLogger("tunda.mpesa")

PUSH_PATH = "/mpesa/stkpush/v1/processrequest"
QUERY_PATH = "/mpesa/stkpushquery/v1/query"
# What a phone shows with the prompt: letters, digits and spaces, 12 and 13 characters at most.
REFERENCE_LENGTH = 12
DESCRIPTION = "Tunda order"
PHONE_BUSY_SECONDS = 120


def push_payload(
    config: Config, *, msisdn: str, shillings: int, reference: str, token: str, at: datetime
) -> dict[str, Any]:
    """The body that asks `msisdn` (E.164) for whole `shillings`; its answer comes to a URL with `token`.

    reference  what the payer sees as account, 12 letters and digits at most

    Raises UnusableUrl, ValueError for a reference that a prompt cannot show.
    """
    url = address(config, f"pay/stk/{token}")
    if not (reference.isascii() and reference.isalnum() and len(reference) <= REFERENCE_LENGTH):
        raise ValueError("not an account reference")
    number = msisdn.removeprefix("+")
    till = config.mpesa_till
    return {
        **_signed(config, at),
        "TransactionType": "CustomerBuyGoodsOnline" if till else "CustomerPayBillOnline",
        "Amount": shillings,
        "PartyA": number,
        "PartyB": till or config.mpesa_shortcode,
        "PhoneNumber": number,
        "CallBackURL": url,
        "AccountReference": reference,
        "TransactionDesc": DESCRIPTION,
    }


def query_payload(config: Config, *, checkout_request_id: str, at: datetime) -> dict[str, Any]:
    """The body that asks what became of a prompt."""
    return {**_signed(config, at), "CheckoutRequestID": checkout_request_id}


def push(daraja: Daraja, payload: Mapping[str, Any]) -> tuple[Pushed, Answer]:
    """Send a prompt."""
    answer = daraja.call(PUSH_PATH, payload)
    outcome = read_push(answer)
    metrics.outbound("stk-push", verdict_of(outcome), answer.seconds)
    if isinstance(outcome, Refused):
        log.error("prompt refused", extra={"result_code": outcome.code, "why": answer.summary})
    return outcome, answer


def query(daraja: Daraja, payload: Mapping[str, Any]) -> tuple[Queried, Answer]:
    """Ask what became of a prompt."""
    answer = daraja.call(QUERY_PATH, payload)
    outcome = read_query(answer)
    metrics.outbound("stk-query", verdict_of(outcome), answer.seconds)
    return outcome, answer


def password(shortcode: str, passkey: str, timestamp: str) -> str:
    """base64 of the three, one after the other."""
    return base64.b64encode(f"{shortcode}{passkey}{timestamp}".encode()).decode()


def read_push(answer: Answer) -> Pushed:
    """What a push's answer means (contract 1.3 and 2.3). In doubt it is unclear, never refused."""
    if (early := not_done(answer)) is not None:
        return early
    if answer.error_code == codes.MANY_MEANINGS and not answer.token_refused:
        words = answer.message.lower()
        if codes.PHONE_BUSY in words:
            return NotDone(answer.summary, PHONE_BUSY_SECONDS)
        if codes.WRONG_CREDENTIALS in words or codes.NO_MERCHANT in words:
            return Refused(answer.error_code, answer.summary)
        return Unclear(answer.summary)
    if answer.error_code or answer.status != 200:
        return refused_by(answer)
    body = answer.body
    if codes.normal(body.get("ResponseCode")) != "0":
        return Unclear(answer.summary)
    checkout = str(body.get("CheckoutRequestID") or "").strip()
    if not checkout:
        return Unclear("accepted without an id")
    return Accepted(str(body.get("MerchantRequestID") or "").strip(), checkout)


def read_query(answer: Answer) -> Queried:
    """What a query's answer says about the payment (contract 2.6); both shapes of pending are NoResult."""
    if answer.fate != "answered":
        return NoResult(answer.why, sent=answer.fate != "not_sent")
    code = codes.normal(answer.body.get("ResultCode"))
    if answer.status != 200 or answer.error_code or not code:
        return NoResult(answer.summary)
    if stk_codes.meaning(code).final == "pending":
        return NoResult(f"{code} still being processed")
    return Result(code, str(answer.body.get("ResultDesc") or ""))


def _signed(config: Config, at: datetime) -> dict[str, str]:
    """The fields that say who asks; the time in the password and beside it is one and the same."""
    shortcode = config.mpesa_shortcode
    stamp = nairobi(at).strftime("%Y%m%d%H%M%S")
    return {
        "BusinessShortCode": shortcode,
        "Password": password(shortcode, config.mpesa_passkey.get_secret_value().strip(), stamp),
        "Timestamp": stamp,
    }
