"""What can come of a call to Daraja: a few outcomes, by the one question whether it can have been processed.

Retry only what was surely not processed (NotDone); whatever is Unclear is asked about, never repeated.
"""

from dataclasses import dataclass

from mpesa import codes
from mpesa.wire import Answer

REFUSING = (400, 401, 403, 404, 405, 415)


@dataclass(frozen=True)
class Accepted:
    """The prompt is on its way; no money has moved."""

    merchant_request_id: str
    checkout_request_id: str


@dataclass(frozen=True)
class Acknowledged:
    """The request was taken, its result comes by callback; no money has moved.

    conversation_id  theirs; originator_id ours as they know it
    """

    conversation_id: str
    originator_id: str


@dataclass(frozen=True)
class Arrived:
    """Refused as a duplicate: the first one of that name did arrive, and its result is still to come."""

    why: str


@dataclass(frozen=True)
class Refused:
    """Surely not done, and the same request would be refused again."""

    code: str
    text: str

    @property
    def ours(self) -> bool:
        """Whether our own account is at fault, not this one request."""
        return codes.is_our_fault(self.code, self.text)


@dataclass(frozen=True)
class NotDone:
    """Surely not done; it may be sent again after `wait` seconds (0: as usual).

    ours  our own keys are refused: a person must look
    """

    why: str
    wait: int = 0
    ours: bool = False


@dataclass(frozen=True)
class Unclear:
    """It may have been done."""

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
Sent = Acknowledged | Arrived | Refused | NotDone | Unclear


def not_done(answer: Answer) -> NotDone | Unclear | None:
    """The part that all calls share: not sent, lost on the way, or refused before anything was processed."""
    if answer.fate != "answered":
        return NotDone(answer.why, ours=answer.ours) if answer.fate == "not_sent" else Unclear(answer.why)
    if answer.status in (429, 503) or answer.error_code in codes.NOT_PROCESSED:
        return NotDone(answer.summary)
    return None


def refused_by(answer: Answer) -> Refused | Unclear:
    """What an error means whose code says nothing more: the request's own fault, or who knows.

    Under a token that is refused nothing is processed, whatever the status (1.2).
    """
    code = answer.error_code
    if code:
        sure = answer.token_refused or code[:3] in ("400", "401", "403", "404", "405")
        return Refused(code, answer.summary) if sure else Unclear(answer.summary)
    if answer.status in REFUSING:
        return Refused(f"http-{answer.status}", answer.summary)
    return Unclear(answer.summary)


def read_ack(answer: Answer, *, named: bool = True) -> Sent:
    """What the answer to a request with a later result means (contract 1.3, 4.2, 4.6).

    named  a second one does no harm: it bears our name, which M-Pesa takes once, or it only asks

    In doubt it is unclear, never refused: also four empty fields, or a ResponseCode other than 0. Without a
    name a 503 is unclear as well: whoever stands before M-Pesa may have said it after M-Pesa had acted.
    """
    if not named and answer.status == 503:
        return Unclear(answer.summary)
    if (early := not_done(answer)) is not None:
        return early
    if answer.error_code == codes.DUPLICATE:
        return Arrived(answer.summary)
    if answer.error_code or answer.status != 200:
        return refused_by(answer)
    if not codes.is_zero(answer.body.get("ResponseCode")):
        return Unclear(answer.summary)
    conversation = str(answer.body.get("ConversationID") or "").strip()
    originator = str(
        answer.body.get("OriginatorConversationID") or answer.body.get("OriginatorCoversationID") or ""
    ).strip()
    if not conversation and not originator:
        return Unclear("accepted without an id")
    return Acknowledged(conversation[:80], originator[:80])


def verdict_of(outcome: Pushed | Queried | Sent) -> str:
    """The callback log's word for an outcome."""
    match outcome:
        case Accepted() | Acknowledged() | Arrived() | Result():
            return "accepted"
        case Refused():
            return "refused"
        case NotDone():
            return "failed"
        case NoResult(sent=False):
            return "failed"
        case _:
            return "unknown"
