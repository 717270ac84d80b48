"""Daraja's calls as functions: what we ask in our words, what came of it as one of a few outcomes.

Nothing here knows the database; mpesa/prompts.py calls it outside every transaction and records the outcome.
"""

import base64
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from redis import Redis

from core.clock import nairobi
from core.config import REFUSED_WORDS, Config
from core.traffic.masks import HIDDEN, mask_json
from core.vault import Vault
from inbound import metrics
from mpesa import codes
from mpesa.pace import Pace
from mpesa.tokens import NoToken, Tokens
from mpesa.wire import PRODUCTION, SANDBOX, Answer, Wire

log = logging.getLogger("tunda.mpesa")

PUSH_PATH = "/mpesa/stkpush/v1/processrequest"
QUERY_PATH = "/mpesa/stkpushquery/v1/query"
# What a phone shows with the prompt: letters, digits and spaces, 12 and 13 characters at most.
REFERENCE_LENGTH = 12
DESCRIPTION = "Tunda order"
PHONE_BUSY_SECONDS = 120


class UnusableUrl(ValueError):
    """Our callback address holds a word that Safaricom refuses."""


@dataclass(frozen=True)
class Accepted:
    """The prompt is on its way; no money has moved."""

    merchant_request_id: str
    checkout_request_id: str


@dataclass(frozen=True)
class Refused:
    """The prompt was surely not made, and the same request would be refused again."""

    code: str
    text: str


@dataclass(frozen=True)
class NotDone:
    """The prompt was surely not made; it may be sent again after `wait` seconds (0: as usual)."""

    why: str
    wait: int = 0


@dataclass(frozen=True)
class Unclear:
    """The prompt may be on the phone."""

    why: str


@dataclass(frozen=True)
class Result:
    """A query's answer about the payment itself: its code and Safaricom's text."""

    code: str
    text: str


@dataclass(frozen=True)
class NoResult:
    """The query brought nothing: ask again later. `sent` False: it never reached them."""

    why: str
    sent: bool = True


Pushed = Accepted | Refused | NotDone | Unclear
Queried = Result | NoResult


class Daraja:
    """The process's client: one connection pool, the shared token, the shared pace.

    note  is told of each token fetch, for the callback log
    """

    def __init__(
        self,
        config: Config,
        redis: Redis,
        vault: Vault,
        *,
        note: Callable[[Answer], None] = lambda answer: None,
        pace: Pace | None = None,
    ) -> None:
        host = PRODUCTION if config.mpesa_environment == "production" else SANDBOX
        self._config = config
        self._wire = Wire(config.mpesa_api_url or host)
        self._pace = pace or Pace(redis, config.mpesa_calls_per_second)
        self._tokens = Tokens(
            self._wire,
            redis,
            vault,
            consumer_key=config.mpesa_consumer_key.get_secret_value().strip(),
            consumer_secret=config.mpesa_consumer_secret.get_secret_value().strip(),
            note=note,
        )

    def push_payload(
        self, *, msisdn: str, shillings: int, reference: str, token: str, at: datetime
    ) -> dict[str, Any]:
        """The body that asks `msisdn` (E.164) for whole `shillings`; its answer comes to a URL with `token`.

        reference  what the payer sees as account, 12 letters and digits at most
        Raises UnusableUrl, ValueError for a reference that a prompt cannot show.
        """
        url = self._config.callback_url(f"pay/stk/{token}")
        if any(word in url.lower() for word in REFUSED_WORDS):
            raise UnusableUrl("the callback address holds a word that Safaricom refuses")
        if not (reference.isascii() and reference.isalnum() and len(reference) <= REFERENCE_LENGTH):
            raise ValueError("not an account reference")
        number = msisdn.removeprefix("+")
        till = self._config.mpesa_till
        return {
            **self._signed(at),
            "TransactionType": "CustomerBuyGoodsOnline" if till else "CustomerPayBillOnline",
            "Amount": shillings,
            "PartyA": number,
            "PartyB": till or self._config.mpesa_shortcode,
            "PhoneNumber": number,
            "CallBackURL": url,
            "AccountReference": reference,
            "TransactionDesc": DESCRIPTION,
        }

    def query_payload(self, *, checkout_request_id: str, at: datetime) -> dict[str, Any]:
        """The body that asks what became of a prompt."""
        return {**self._signed(at), "CheckoutRequestID": checkout_request_id}

    def push(self, payload: Mapping[str, Any]) -> tuple[Pushed, Answer]:
        """Send a prompt. Never raises for what a provider or a network can do."""
        answer = self._call(PUSH_PATH, payload)
        outcome = read_push(answer)
        metrics.outbound("stk-push", verdict_of(outcome), answer.seconds)
        if isinstance(outcome, Refused):
            log.error("prompt refused", extra={"result_code": outcome.code, "why": answer.summary})
        return outcome, answer

    def query(self, payload: Mapping[str, Any]) -> tuple[Queried, Answer]:
        """Ask what became of a prompt. Never raises for what a provider or a network can do."""
        answer = self._call(QUERY_PATH, payload)
        outcome = read_query(answer)
        metrics.outbound("stk-query", verdict_of(outcome), answer.seconds)
        return outcome, answer

    def _signed(self, at: datetime) -> dict[str, str]:
        """The fields that say who asks; the time in the password and beside it is one and the same."""
        shortcode = self._config.mpesa_shortcode
        stamp = nairobi(at).strftime("%Y%m%d%H%M%S")
        return {
            "BusinessShortCode": shortcode,
            "Password": password(shortcode, self._config.mpesa_passkey.get_secret_value().strip(), stamp),
            "Timestamp": stamp,
        }

    def _call(self, path: str, payload: Mapping[str, Any]) -> Answer:
        """POST with a valid token; if the token is refused, once more with a fresh one."""
        if not self._pace.wait():
            return Answer("not_sent", 0.0, why="our own limit of calls per second")
        try:
            token = self._tokens.get()
            answer = self._wire.post(path, authorization=f"Bearer {token}", payload=payload)
            if answer.token_refused:
                self._tokens.drop(token)
                fresh = self._tokens.get()
                answer = self._wire.post(path, authorization=f"Bearer {fresh}", payload=payload)
        except NoToken as error:
            return Answer("not_sent", 0.0, why=f"no token: {error.answer.summary}")
        return answer


def password(shortcode: str, passkey: str, timestamp: str) -> str:
    """base64 of the three, one after the other."""
    return base64.b64encode(f"{shortcode}{passkey}{timestamp}".encode()).decode()


def masked_request(payload: Mapping[str, Any]) -> dict[str, Any]:
    """A payload as the callback log may show it."""
    shown: dict[str, Any] = mask_json(dict(payload))
    return {
        name: HIDDEN if name == "Password" else "/cb/***/pay/stk/***" if name == "CallBackURL" else value
        for name, value in shown.items()
    }


def read_push(answer: Answer) -> Pushed:
    """What a push's answer means (contract 1.3 and 2.3). In doubt it is unclear, never refused."""
    if answer.fate != "answered":
        return NotDone(answer.why) if answer.fate == "not_sent" else Unclear(answer.why)
    body, status, code, message = answer.body, answer.status or 0, answer.error_code, answer.message
    if status in (429, 503) or code in codes.NOT_PROCESSED:
        return NotDone(answer.summary)
    if code:
        return _read_refusal(answer, code, message)
    if status == 200 and codes.normal(body.get("ResponseCode")) == "0":
        checkout = str(body.get("CheckoutRequestID") or "").strip()
        if not checkout:
            return Unclear("accepted without an id")
        return Accepted(str(body.get("MerchantRequestID") or "").strip(), checkout)
    if status in (400, 401, 403, 404, 405, 415):
        return Refused(f"http-{status}", answer.summary)
    return Unclear(answer.summary)


def _read_refusal(answer: Answer, code: str, message: str) -> Pushed:
    if code == codes.OVERLOADED:
        words = message.lower()
        if codes.PHONE_BUSY in words:
            return NotDone(answer.summary, PHONE_BUSY_SECONDS)
        if codes.WRONG_CREDENTIALS in words or codes.NO_MERCHANT in words:
            return Refused(code, answer.summary)
        return Unclear(answer.summary)
    return (
        Refused(code, answer.summary)
        if code[:3] in ("400", "401", "403", "404", "405")
        else Unclear(answer.summary)
    )


def read_query(answer: Answer) -> Queried:
    """What a query's answer says about the payment (contract 2.6); both shapes of pending are NoResult."""
    if answer.fate != "answered":
        return NoResult(answer.why, sent=answer.fate != "not_sent")
    code = codes.normal(answer.body.get("ResultCode"))
    if answer.status != 200 or answer.error_code or not code:
        return NoResult(answer.summary)
    if codes.meaning(code).final == "pending":
        return NoResult(f"{code} still being processed")
    return Result(code, str(answer.body.get("ResultDesc") or ""))


def verdict_of(outcome: Pushed | Queried) -> str:
    """The callback log's word for an outcome."""
    match outcome:
        case Accepted() | Result():
            return "accepted"
        case Refused():
            return "refused"
        case NotDone():
            return "failed"
        case NoResult(sent=False):
            return "failed"
        case _:
            return "unknown"
