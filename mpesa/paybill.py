"""Payments typed at the paybill: may M-Pesa take this one, and what one that it took is for (3.3 to 3.5).

A confirmation cannot be refused. What cannot be read, or is not of our shortcode, is set aside and shown.
"""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from core.alarms import service as alarms
from core.config import Config
from core.db import Tx
from core.money import exact
from core.payments import asking, rules
from core.payments import paybill as money
from core.payments.errors import AmountWrong, ReferenceWrong
from core.payments.models import ProviderRequest
from core.traffic import service as traffic
from core.traffic.models import Callback
from core.vault import Sealed
from inbound import metrics
from mpesa import status
from mpesa.codes import c2b as codes
from mpesa.codes.status import State
from mpesa.results import Unreadable

log = logging.getLogger("tunda.mpesa")

# The subject of a question whether M-Pesa really took a payment: "c2b:" and the callback's number.
SUBJECT = "c2b:"
# The log's word for what became of a payment; what is kept apart has its place as well.
SEEN = {
    "applied": "applied",
    "suspense": "applied",
    "duplicate": "duplicate",
    "mismatched": "mismatched",
}
WHY = {
    "suspense": "fits no order: kept apart",
    "mismatched": "this receipt came before, with another amount",
}


@dataclass(frozen=True)
class Typed:
    """A payment as M-Pesa tells it.

    receipt    M-Pesa's code
    reference  the account number, as the payer typed it
    amount     KES
    payer      the number: in clear, masked or hashed
    """

    receipt: str
    reference: str
    amount: Decimal
    payer: str
    shortcode: str


def read(body: Mapping[str, Any]) -> Typed:
    """A validation's or confirmation's body; raises Unreadable."""
    try:
        amount = exact(_text(body.get("TransAmount")))
    except (ValueError, ArithmeticError):
        raise Unreadable("no TransAmount") from None
    receipt = _text(body.get("TransID"))
    if not receipt:
        raise Unreadable("no TransID")
    return Typed(
        receipt=receipt[:40],
        reference=_text(body.get("BillRefNumber"))[:40],
        amount=amount,
        payer=_text(body.get("MSISDN"))[:64],
        shortcode=_text(body.get("BusinessShortCode")),
    )


def answer_to(tx: Tx, config: Config, typed: Typed) -> tuple[str, str]:
    """The code and the words for M-Pesa, before it takes a payment."""
    if not is_ours(config, typed):
        return codes.NOT_OURS
    return codes.ANSWERS[money.c2b_validate(tx, typed.reference, typed.amount)]


def is_ours(config: Config, typed: Typed) -> bool:
    """Whether it is paid to our paybill or till."""
    return typed.shortcode in {config.mpesa_shortcode, config.mpesa_till} - {""}


def clear_payer(body: Mapping[str, Any]) -> str:
    """The payer's number as +254..., where it came in clear; "" where it is masked, hashed or missing."""
    return rules.clear_number(_text(body.get("MSISDN"))) or ""


def sealed_body(body: dict[str, Any], *, listed: bool) -> str:
    """What the worker needs, as text; `listed` as in mpesa/answers.py."""
    return json.dumps({"body": body, "listed": listed}, default=str)


def read_c2b(config: Config) -> Callable[[Tx, int], None]:
    """The duty read_c2b: let a stored confirmation have its effect, once (DR-803, DR-809 to DR-812)."""
    return partial(_read_c2b, config)


def vouched(
    tx: Tx, request: ProviderRequest, state: State, *, receipt: str | None, amount: Decimal | None
) -> str:
    """M-Pesa itself was asked about a payment that came from an address we do not know; its verdict."""
    row = tx.session.get(Callback, int(request.subject.removeprefix(SUBJECT)))
    typed = None if row is None or row.sealed is None else read(_opened(tx, row.sealed)["body"])
    if row is None or typed is None:
        return "duplicate"
    if (state, receipt, amount) != ("paid", typed.receipt.upper(), typed.amount):
        _doubt(tx, row, "M-Pesa does not know the payment so")
        return "mismatched"
    _book(tx, row, typed)
    alarms.settle(tx, "payment_doubt", f"callback:{row.callback_id}")
    return "applied"


def not_vouched(tx: Tx, request: ProviderRequest, why: str) -> None:
    """M-Pesa has not said whether it took that payment, and is not asked any more: a person must look."""
    row = tx.session.get(Callback, int(request.subject.removeprefix(SUBJECT)))
    if row is not None and row.sealed is not None:
        _doubt(tx, row, f"M-Pesa was asked: {why}")


def _read_c2b(config: Config, tx: Tx, callback_id: int) -> None:
    row = tx.session.get(Callback, callback_id)
    if row is None or row.sealed is None:
        return
    try:
        kept = _opened(tx, row.sealed)
        typed = read(kept["body"])
    except Sealed:
        _aside(tx, row, "sealed under a key that is gone")
        return
    except Unreadable as fault:
        _aside(tx, row, str(fault))
        return
    if not is_ours(config, typed):
        _aside(tx, row, "paid to another shortcode")
    elif not kept["listed"]:  # its body stays sealed until M-Pesa has answered
        asking.question(tx, kind=status.KIND, subject=f"{SUBJECT}{callback_id}", receipt=typed.receipt[:16])
        row.verdict, row.error = "quarantined", "not from an address of Safaricom's: M-Pesa is asked"
        metrics.callback(row.kind, "quarantined")
    else:
        _book(tx, row, typed)


def _opened(tx: Tx, sealed: str) -> dict[str, Any]:
    kept: dict[str, Any] = json.loads(tx.parts.vault.open("callback", sealed), parse_float=Decimal)
    return kept


def _book(tx: Tx, row: Callback, typed: Typed) -> None:
    """Let the money have its effect; whatever it is for, it has a place (DR-812)."""
    try:
        placed = money.c2b_confirm(
            tx,
            receipt=typed.receipt,
            reference=typed.reference,
            amount=typed.amount,
            payer=typed.payer,
        )
    except (AmountWrong, ReferenceWrong) as fault:
        _aside(tx, row, fault.code)
        return
    _seen_as(tx, row, SEEN[placed], WHY.get(placed, ""))


def _aside(tx: Tx, row: Callback, why: str) -> None:
    """Money that we are told of and cannot book: a person must look."""
    _doubt(tx, row, why)
    _seen_as(tx, row, "quarantined", why)


def _doubt(tx: Tx, row: Callback, why: str) -> None:
    log.error("a payment needs a look", extra={"callback": row.callback_id, "why": why})
    alarms.raise_alarm(tx, "payment_doubt", f"callback:{row.callback_id}", why=why[:80])


def _seen_as(tx: Tx, row: Callback, verdict: str, error: str) -> None:
    traffic.settle(tx, row.callback_id, verdict=verdict, error=error)
    metrics.callback(row.kind, verdict)


def _text(value: object) -> str:
    return "" if value is None or isinstance(value, dict | list | bool) else str(value).strip()
