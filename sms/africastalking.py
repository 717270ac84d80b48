"""Everything Africa's Talking says and means about SMS: the sending call, its answers, its callbacks.

A second provider would be a second file like this one. The SDK builds and sends the request; here its host
can be set, redirects and the status are seen, and each answer becomes an `Outcome`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

import requests
from africastalking.Service import AfricasTalkingException
from africastalking.SMS import SMSService

from core.msisdn import is_kenyan_mobile

CONNECT_SECONDS = 3.05
READ_SECONDS = 9.05


class Meaning(Enum):
    """What an answer means for the message (DR-1506)."""

    ACCEPTED = "accepted"  # the provider has it; whether it arrives comes as a report
    RETRY = "retry"  # refused for now: again, a few times
    WAIT = "wait"  # our account or configuration: again until it is worth nothing, and somebody must look
    NOT_SENT = "not sent"  # nothing reached the provider: again, uncounted
    NEVER = "never"  # this number, this message: no
    UNKNOWN = "unknown"  # it may have been sent: never again (contract, rule 12)


@dataclass(frozen=True)
class Outcome:
    """What became of one sending.

    reason       the provider's own word for a refusal, or the network's
    provider_id  its id of the message; delivery reports carry it
    cost         as the provider writes it (`KES 0.8000`)
    answer       what it said, for the callback log; cut
    """

    meaning: Meaning
    reason: str = ""
    provider_id: str = ""
    cost: str = ""
    answer: str = ""
    status: int | None = None


# statusCode of a recipient; 100 to 102 are accepted (contract, 2.2).
RECIPIENT_CODES = {
    100: Meaning.ACCEPTED,  # Processed
    101: Meaning.ACCEPTED,  # Sent
    102: Meaning.ACCEPTED,  # Queued
    401: Meaning.NEVER,  # RiskHold
    402: Meaning.WAIT,  # InvalidSenderId
    403: Meaning.NEVER,  # InvalidPhoneNumber
    404: Meaning.NEVER,  # UnsupportedNumberType
    405: Meaning.WAIT,  # InsufficientBalance
    406: Meaning.NEVER,  # UserInBlacklist
    407: Meaning.NEVER,  # CouldNotRoute
    409: Meaning.NEVER,  # DoNotDisturbRejection
    500: Meaning.RETRY,  # InternalServerError
    501: Meaning.RETRY,  # GatewayError
    502: Meaning.RETRY,  # RejectedByGateway
}
# The reason of a 2xx answer without recipients.
REFUSALS = {"invalidsenderid": Meaning.WAIT, "insufficientbalance": Meaning.WAIT}
# Other answers by HTTP status; 502 and 504 come from something between us, which may have passed it on.
STATUSES = {
    400: Meaning.NEVER,
    401: Meaning.WAIT,
    403: Meaning.WAIT,
    429: Meaning.RETRY,
    500: Meaning.RETRY,
    502: Meaning.UNKNOWN,
    503: Meaning.RETRY,
    504: Meaning.UNKNOWN,
}
BLACKLISTED = frozenset(("userinblacklist", "406"))


class _Answered(Exception):  # it carries an answer out of the SDK
    """The provider's answer, with the status that the SDK would drop."""

    def __init__(self, status: int, body: str) -> None:
        self.status = status
        self.body = body
        super().__init__(status)


class _Service(SMSService):  # type: ignore[misc]  # the SDK has no types
    """The SDK's SMS service at a host of our choice; no redirects (a 302 would turn the POST into a GET)."""

    def __init__(self, username: str, api_key: str, api_url: str) -> None:
        self._api_url = api_url
        super().__init__(username, api_key)

    def _init_service(self) -> None:
        super()._init_service()
        if self._api_url:
            self._baseUrl = self._contentUrl = self._api_url.rstrip("/") + "/version1"

    def _make_request(
        self, url: str, method: str, headers: Any, data: Any, params: Any, callback: Any = None,
        timeout: Any = (CONNECT_SECONDS, READ_SECONDS),
    ) -> Any:  # fmt: skip
        if callback is not None:
            raise AfricasTalkingException("errors of the callback form vanish in its thread")
        answer = requests.request(
            method, url, headers=headers, data=data, params=params, timeout=timeout, allow_redirects=False
        )
        raise _Answered(answer.status_code, answer.text)


class AfricasTalking:
    """Sends one SMS to one number; thread-safe, keeps nothing between calls."""

    def __init__(self, username: str, api_key: str, api_url: str = "") -> None:
        self._service = _Service(username, api_key, api_url)

    def send(self, text: str, to: str, *, sender: str) -> Outcome:
        """Send `text` to `to` (`+254...`) from a short code or sender id: what became of it, never an error.

        The outcome says it all; network errors too are outcomes.
        """
        if not is_kenyan_mobile(to):  # the SDK's own check lets almost anything pass
            return Outcome(Meaning.NEVER, "InvalidPhoneNumber")
        try:
            self._service.send(text, [to], sender_id=sender, timeout=(CONNECT_SECONDS, READ_SECONDS))
        except _Answered as answered:
            return _outcome(answered.status, answered.body, to)
        except (requests.exceptions.ConnectTimeout, requests.exceptions.SSLError) as error:
            return Outcome(Meaning.NOT_SENT, type(error).__name__)
        except requests.exceptions.ConnectionError as error:
            refused = "NewConnectionError" in repr(error) or "NameResolution" in repr(error)
            return Outcome(Meaning.NOT_SENT if refused else Meaning.UNKNOWN, "ConnectionError")
        except requests.exceptions.RequestException as error:
            return Outcome(Meaning.UNKNOWN, type(error).__name__)
        raise AssertionError("the service always answers by raising")


def _outcome(status: int, body: str, to: str) -> Outcome:
    if not 200 <= status < 300:
        words = body.strip()[:60] or f"HTTP {status}"
        default = Meaning.WAIT if status < 500 else Meaning.RETRY
        return Outcome(
            STATUSES.get(status, default), f"{status} {words}"[:64], answer=body[:500], status=status
        )
    try:
        data = json.loads(body)["SMSMessageData"]
        recipients = [row for row in data["Recipients"] if isinstance(row, dict)]
        message = str(data.get("Message", ""))
    except (ValueError, KeyError, TypeError, AttributeError):  # an HTML page with 200: who knows
        return Outcome(Meaning.UNKNOWN, "UnreadableAnswer", answer=body[:500], status=status)
    mine = next((row for row in recipients if str(row.get("number")) == to), None)
    if mine is None and len(recipients) == 1:
        mine = recipients[0]
    if mine is None:
        reason = message[:64] or "NoRecipients"
        meaning = REFUSALS.get(reason.lower(), Meaning.NEVER)
        return Outcome(meaning, reason, answer=body[:500], status=status)
    return _recipient(mine, body, status)


def _recipient(row: Mapping[str, Any], body: str, status: int) -> Outcome:
    code = row.get("statusCode")
    name = str(row.get("status", ""))
    known = RECIPIENT_CODES.get(int(str(code))) if str(code).isdecimal() else None
    meaning = known or (Meaning.ACCEPTED if name.lower() == "success" else Meaning.NEVER)
    identity = str(row.get("messageId", ""))
    return Outcome(
        meaning,
        "" if meaning is Meaning.ACCEPTED else (name or str(code))[:64],
        provider_id="" if identity in ("", "None") else identity[:64],
        cost=str(row.get("cost", ""))[:24],
        answer=body[:500],
        status=status,
    )


# --- callbacks --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Report:
    """A delivery report: `state` is the outbox status it leads to, None if it leads nowhere."""

    provider_id: str
    msisdn: str
    status: str
    reason: str
    state: str | None


# Their status -> ours; unknown ones are data, not errors (contract, 3.2).
REPORT_STATES = {
    "sent": "accepted",
    "submitted": "accepted",
    "buffered": "accepted",
    "success": "delivered",
    "rejected": "undelivered",
    "failed": "undelivered",
    "absentsubscriber": "undelivered",
    "expired": "expired",
}
# Final for them only until a later Success: a phone that was off and came back.
SOFT = frozenset(("absentsubscriber", "expired"))


def report(form: Mapping[str, str]) -> Report:
    """The delivery report in a form; missing and unknown fields are empty."""
    status = form.get("status", "").strip()
    return Report(
        provider_id=form.get("id", "").strip(),
        msisdn=number(form.get("phoneNumber", "")),
        status=status,
        reason=form.get("failureReason", "").strip(),
        state=REPORT_STATES.get(status.lower()),
    )


def moves(current: str, error: str, state: str) -> bool:
    """Whether a report may take a message from `current` to `state`: never back from an end, except that a
    phone which was absent may get it after all."""
    if current in ("accepted", "sending", "unknown", "queued"):
        return True
    soft = current == "expired" or error.lower() in SOFT
    return soft and state == "delivered" and current in ("undelivered", "expired")


def is_blacklisted(reason: str) -> bool:
    """Whether a reason says that the recipient has opted out (both of the provider's spellings)."""
    return reason.lower() in BLACKLISTED


def number(raw: str) -> str:
    """A number of a callback as `+254712345678`; what is no Kenyan mobile stays as it came.

    A `+` that was not escaped arrives as one leading space; exactly that is repaired (contract, 8.5).
    """
    candidate = "+" + raw[1:] if raw[:1] == " " else raw
    if is_kenyan_mobile(candidate):
        return candidate
    if is_kenyan_mobile("+" + raw):
        return "+" + raw
    return raw.strip()[:64]
