"""What was asked of M-Pesa and is answered later: payments out, reversals, and questions about both.

The core wants a `question` asked; the channel asks M-Pesa, and the row says what it was told. A sending has
its row, with the name it goes by, before it is sent.
"""

from decimal import Decimal
from typing import Any

from sqlalchemy import select

from core import events
from core.actor import system
from core.db import Tx
from core.duties import service as duties
from core.payments.models import ProviderRequest

SYSTEM = system("pay")
PURPOSE = "provider-request"
# The subject of a balance where one shortcode both takes payments and pays out.
BOTH = "both"
OPEN = ("calling", "accepted", "unclear")


def question(
    tx: Tx, *, kind: str, subject: str, receipt: str = "", about: int | None = None
) -> ProviderRequest:
    """Have a question asked: `status` of a payment, or `balance` of an account; the duty mpesa_ask does it.

    receipt  M-Pesa's, of the payment; about  the sending, where there is no receipt
    """
    asked = _add(tx, kind=kind, subject=subject, receipt=receipt, about=about, status="wanted")
    duties.want(tx, "mpesa_ask", asked.request_id)
    return asked


def no_question(tx: Tx, *, kind: str, subject: str, about: int) -> None:
    """M-Pesa cannot be asked about the sending `about`: there is nothing that it knows it by."""
    asked = _add(tx, kind=kind, subject=subject, about=about, status="wanted")
    gave_up(tx, asked, code="", why="M-Pesa knows no name or id of it")


def begin(
    tx: Tx, *, kind: str, subject: str, name: str, amount: Decimal, receipt: str = ""
) -> ProviderRequest:
    """A sending that is about to be made, under `name`; KES `amount`."""
    return _add(tx, kind=kind, subject=subject, name=name, amount=amount, receipt=receipt, status="wanted")


def calling(tx: Tx, request: ProviderRequest) -> str:
    """It is called in a moment; returns the new token for its callback addresses, 32 hex digits."""
    token = tx.parts.chance.token()
    request.token_digest = tx.parts.vault.digest(PURPOSE, token)
    request.status, request.sent_at = "calling", tx.now
    request.tries += 1
    tx.flush()
    return token


def locked(tx: Tx, request_id: int) -> ProviderRequest | None:
    """The request, locked, or None. Whose it is (a payout, a refund) is locked after it."""
    query = select(ProviderRequest).where(ProviderRequest.request_id == request_id).with_for_update()
    return tx.session.scalar(query.execution_options(populate_existing=True))


def by_token(tx: Tx, token: str) -> ProviderRequest | None:
    """The request whose callback addresses carry `token`, or None (S1)."""
    digests = tx.parts.vault.digests(PURPOSE, token)
    found = tx.session.scalar(select(ProviderRequest).where(ProviderRequest.token_digest.in_(digests)))
    # The database has compared as it likes; what is believed is compared in constant time (contract, 7).
    digest = None if found is None else found.token_digest
    return found if digest and tx.parts.vault.same(digest, PURPOSE, token) else None


def by_name(tx: Tx, name: str) -> ProviderRequest | None:
    """The sending of that name, or None."""
    return tx.session.scalar(select(ProviderRequest).where(ProviderRequest.name == name))


def anew(tx: Tx, request: ProviderRequest) -> None:
    """The sending is to be called once more, under the name it has."""
    request.status = "wanted"
    tx.note(f"request:{request.request_id}", "wanted again")


def told(tx: Tx, request: ProviderRequest, *, code: str, text: str, told: dict[str, Any]) -> None:
    """Its result is here; the first one stays. Emits ProviderAnswered."""
    if request.status == "told":
        return
    request.status, request.told_at = "told", tx.now
    request.code, request.text, request.told = code[:24], text[:255], told
    tx.note(f"request:{request.request_id}", f"told {code}"[:60])
    tx.flush()
    tx.emit(events.ProviderAnswered(request.request_id, request.kind, SYSTEM))


def gave_up(tx: Tx, request: ProviderRequest, *, code: str, why: str) -> None:
    """A question that brought no answer, and is not asked again by itself. Emits ProviderAnswered."""
    request.status, request.code, request.text = "given_up", code[:24], why[:255]
    tx.flush()
    tx.emit(events.ProviderAnswered(request.request_id, request.kind, SYSTEM))


def _add(tx: Tx, **values: Any) -> ProviderRequest:
    request = ProviderRequest(created_at=tx.now, **values)
    tx.session.add(request)
    tx.flush()
    tx.note(f"request:{request.request_id}", f"{request.kind} for {request.subject}")
    return request
