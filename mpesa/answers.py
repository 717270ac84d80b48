"""Results that came by callback for payouts, reversals, status queries and balances: worked on once each.

The token of the address has named the request. What does not fit it (another id, another amount) moves
nothing: it is set aside, shown, and settled by a status query (DR-805).
"""

import json
import logging
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from core.alarms import service as alarms
from core.clock import NAIROBI
from core.db import Tx
from core.ledger import accounts
from core.payments import asking
from core.payments.models import ProviderRequest
from core.payments.verdicts import Outcome
from core.payouts import outgoing
from core.traffic import service as traffic
from core.traffic.models import Callback
from core.vault import Sealed
from inbound import metrics
from mpesa import b2c, balance, envelopes, paybill, reversal, settling
from mpesa.codes import outward
from mpesa.codes import status as status_codes
from mpesa.envelopes import Envelope
from mpesa.results import Unreadable

log = logging.getLogger("tunda.mpesa")

RESULT, TIMEOUT = "result", "timeout"
MORE = "more is to come"  # ResultType 1 (4.3)
UTILITY = "Utility Account"  # what payouts are made from
TABLES = {b2c.KIND: outward.B2C, reversal.KIND: outward.REVERSAL}


class Misfit(Exception):
    """The result is not one of this request."""


def sealed_body(request_id: int, what: str, body: dict[str, Any], *, listed: bool) -> str:
    """What the worker needs: the request that the path's token named, and the body to the same digits.

    listed  it came from where Safaricom calls from, as far as anybody asks
    """
    kept = {"request_id": request_id, "what": what, "body": body, "listed": listed}
    return json.dumps(kept, default=str)


def read_result(tx: Tx, callback_id: int) -> None:
    """The duty read_result: let a stored result have its effect, once."""
    row = tx.session.get(Callback, callback_id)
    if row is None or row.sealed is None:
        return
    try:
        kept = json.loads(tx.parts.vault.open("callback", row.sealed), parse_float=Decimal)
    except Sealed:
        log.error("a stored result cannot be opened with the present keys", extra={"callback": callback_id})
        _seen_as(tx, row, "quarantined", "sealed under a key that is gone")
        return
    request = outgoing.locked(tx, kept["request_id"])
    if request is None:
        _seen_as(tx, row, "unmatched", "the request is gone")
        return
    sending = request.kind in TABLES
    if kept["what"] == TIMEOUT:
        _seen_as(tx, row, *(_sending_timed_out(tx, request) if sending else ("applied", "")))
        return
    try:
        told = envelopes.read(kept["body"])
        _check_ids(request, told)
        if sending and not kept["listed"]:
            raise Misfit("it did not come from an address of Safaricom's")
        verdict, error = (_sending if sending else _question)(tx, request, told)
    except (Unreadable, Misfit) as fault:
        if sending and request.status != "told":
            outgoing.ask_at_once(tx, request, f"after:{callback_id}")
        if isinstance(fault, Misfit):
            settling.doubt(tx, request, str(fault))
        verdict, error = "quarantined", str(fault)
    _seen_as(tx, row, verdict, error)


def _check_ids(request: ProviderRequest, told: Envelope) -> None:
    """Theirs or ours (4.3); before their answer is stored the token alone has to do. Raises Misfit."""
    ours = [known for known in (request.originator_id, request.name) if known]
    same = told.conversation_id == request.conversation_id or told.originator_id in ours
    if request.conversation_id and not same:
        raise Misfit("the result names another conversation")


def _sending_timed_out(tx: Tx, request: ProviderRequest) -> tuple[str, str]:
    """It waited too long in M-Pesa's queue: that is no failure, nobody knows (4.4)."""
    if request.status == "told":
        return "duplicate", ""
    why = "timed out in M-Pesa's queue"
    request.status, request.code = "unclear", TIMEOUT
    verdict = settling.conclude(tx, request, "unknown", why=why)
    outgoing.ask_at_once(tx, request, "timeout")
    return verdict, why


def _sending(tx: Tx, request: ProviderRequest, told: Envelope) -> tuple[str, str]:
    """The result of a payout, a refund or a reversal. Raises Misfit."""
    meant = outward.meaning(TABLES[request.kind], told.code)
    if not told.final:
        return "applied", MORE
    if meant is outward.UNKNOWN:
        log.error("M-Pesa result needs a person", extra={"result_code": told.code})
    if meant.outcome == "unknown":
        error = f"{told.code} {meant.says}"
        if request.status != "told":
            request.status, request.code = "unclear", told.code
            settling.conclude(tx, request, "unknown", why=error)
            outgoing.ask_at_once(tx, request, f"code:{told.code}")
        return "applied", error
    receipt = told.receipt("TransactionReceipt") if meant.outcome == "paid" else None
    amount = told.amount("TransactionAmount", "Amount")
    if meant.outcome == "paid":
        _check_paid(request, told, amount, receipt)
    verdict = settling.conclude(
        tx,
        request,
        meant.outcome,
        receipt=receipt,
        fee=told.charge(),
        why=f"{told.code} {meant.says}",
        again=meant.again,
    )
    request.conversation_id = request.conversation_id or told.conversation_id
    asking.told(
        tx,
        request,
        code=told.code,
        text=told.text,
        told={"outcome": meant.outcome, "receipt": receipt or "", "amount": str(amount or "")},
    )
    if meant.stop:
        settling.stop(tx, f"{told.code} {meant.says}")
    if verdict == "applied" and meant.outcome == "paid":
        settling.works(tx)
    if meant.float_low:
        alarms.raise_alarm(tx, "float_low", settling.FLOAT, code=told.code)
    elif request.kind == b2c.KIND:
        settling.watch_float(tx, told.amount("B2CUtilityAccountAvailableFunds"))
    return verdict, _why(told, meant, verdict)


def _why(told: Envelope, meant: outward.Meaning, verdict: str) -> str:
    """What the log says beside the verdict: nothing where all is well."""
    if meant.outcome != "paid":
        return f"{told.code} {meant.says}"
    return "" if verdict in ("applied", "duplicate") else "paid, says M-Pesa: that does not fit our books"


def _check_paid(
    request: ProviderRequest, told: Envelope, amount: Decimal | None, receipt: str | None
) -> None:
    """A success is believed only with the amount that was sent, and a receipt. Raises Misfit."""
    if amount != request.amount:
        raise Misfit("another amount than was sent")
    if receipt is None:
        raise Misfit("paid without a receipt")
    if request.kind == reversal.KIND and told.value("OriginalTransactionID") not in ("", request.receipt):
        raise Misfit("another payment was reversed")


def _question(tx: Tx, request: ProviderRequest, told: Envelope) -> tuple[str, str]:
    """The answer to a question of ours. Raises Misfit."""
    if request.status == "told":
        return "duplicate", ""
    if not told.final:
        return "applied", MORE
    if told.code != "0":
        return _unanswered(tx, request, told)
    if request.kind == balance.KIND:
        return _balance(tx, request, told)
    state = status_codes.state(told.value("TransactionStatus"))
    receipt, amount = told.receipt("ReceiptNo"), told.amount("Amount")
    asking.told(
        tx,
        request,
        code=told.code,
        text=told.text,
        told={
            "state": told.value("TransactionStatus"),
            "open": state == "open",
            "receipt": receipt or "",
            "amount": str(amount or ""),
            "fee": str(told.charge()),
        },
    )
    if request.subject.startswith(paybill.SUBJECT):
        return paybill.vouched(tx, request, state, receipt=receipt, amount=amount), ""
    sending = None if request.about is None else outgoing.locked(tx, request.about)
    if sending is None:
        return "applied", ""
    return _sending_is(tx, sending, told, state, receipt=receipt, amount=amount)


def _sending_is(
    tx: Tx,
    sending: ProviderRequest,
    told: Envelope,
    state: status_codes.State,
    *,
    receipt: str | None,
    amount: Decimal | None,
) -> tuple[str, str]:
    """What a status query says about a sending of ours. Raises Misfit."""
    said = told.value("TransactionStatus")
    if sending.status == "told" and (state != "paid" or sending.told.get("outcome") == "paid"):
        return "duplicate", ""
    of_original = sending.kind == reversal.KIND and receipt == sending.receipt
    if of_original:  # asked by the payment's receipt: only that it is reversed says something
        if state != "reversed":
            return "applied", f"the payment is {said}"
        receipt = None
    else:
        _check_is_it(sending, told)
        if state not in ("paid", "failed"):
            return "applied", f"M-Pesa says {said or 'nothing'}"
    if amount is not None and amount != sending.amount:
        raise Misfit("the status query tells another amount")
    outcome: Outcome = "failed" if state == "failed" else "paid"
    if outcome == "paid" and receipt is None and not of_original:
        raise Misfit("paid without a receipt")
    verdict = settling.conclude(
        tx,
        sending,
        outcome,
        receipt=receipt if outcome == "paid" else None,
        fee=told.charge(),
        why=f"M-Pesa says {said}",
    )
    result = {"outcome": outcome, "receipt": receipt or "", "amount": str(amount or "")}
    asking.told(tx, sending, code=f"status:{state}", text=said, told=result)
    if verdict == "applied" and outcome == "paid":
        settling.works(tx)
    return verdict, ""


def _check_is_it(sending: ProviderRequest, told: Envelope) -> None:
    """The inner ids belong to the payment (5): where they are told, one of them must be this sending's."""
    inner = told.values.get("OriginatorConversationID", ()) + told.values.get("ConversationID", ())
    ours = {sending.name, sending.originator_id, sending.conversation_id} - {"", None}
    if inner and ours.isdisjoint(inner):
        raise Misfit("the status query tells of another payment")


def _unanswered(tx: Tx, request: ProviderRequest, told: Envelope) -> tuple[str, str]:
    """The query itself failed; about the payment it says nothing."""
    error = f"{told.code} {status_codes.says(told.code)}"
    sending = None if request.about is None else outgoing.locked(tx, request.about)
    asking.gave_up(tx, request, code=told.code, why=error)
    if told.code == status_codes.NOT_FOUND and sending is not None:
        if outgoing.not_found(tx, sending, request):
            error += "; sent again under the same name"
    elif told.code in status_codes.STOP:
        settling.stop(tx, error)
    if told.code not in status_codes.STOP or request.subject.startswith(paybill.SUBJECT):
        settling.unanswered(tx, request, error)
    return "applied", error


def _balance(tx: Tx, request: ProviderRequest, told: Envelope) -> tuple[str, str]:
    """What is in the accounts of one of our shortcodes."""
    found = balance.accounts(told.value("AccountBalance"))
    if not found:
        raise Unreadable("no account in AccountBalance")
    shown = {name: str(available) for name, available in found.items()}
    at = _nairobi(told.value("BOCompletedTime"))
    asking.told(tx, request, code=told.code, text=told.text, told={"accounts": shown, "at": at})
    if request.subject != accounts.MPESA:
        settling.watch_float(tx, found.get(UTILITY))
    return "applied", ""


def _nairobi(told: str) -> str:
    """`20260101123005` as ISO 8601, UTC; "" for anything else."""
    try:
        local = datetime.strptime(told, "%Y%m%d%H%M%S").replace(tzinfo=NAIROBI)
    except ValueError:
        return ""
    return local.astimezone(UTC).isoformat()


def _seen_as(tx: Tx, row: Callback, verdict: str, error: str) -> None:
    traffic.settle(tx, row.callback_id, verdict=verdict, error=error)
    metrics.callback(row.kind, verdict)
