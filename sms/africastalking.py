"""Everything Africa's Talking says and means about SMS: its calls, their answers, its callbacks.

A second provider would be a second file like this one (sms/port.py). The SDK builds and sends the request;
here its host can be set, redirects and the status are seen, and each answer becomes an `Outcome`.
"""

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import requests
from africastalking.Service import AfricasTalkingException
from africastalking.SMS import SMSService

from core.config import Config
from core.money import round2
from core.msisdn import is_kenyan_mobile
from sms.port import CannotFetch, Inbox, Incoming, Meaning, Outcome, Report

CONNECT_SECONDS = 3.05
READ_SECONDS = 9.05


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
SHILLINGS = re.compile(r"KES ?([0-9]{1,9}(?:\.[0-9]{1,6})?)")
CLEAR_FIELDS = ("date", "linkId", "networkCode", "cost")
REPORT_FIELDS = ("id", "status", "failureReason", "networkCode", "retryCount")


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
    """The provider (sms.port.Provider)."""

    name = "africastalking"
    soft = frozenset(("absentsubscriber", "expired"))

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

    def fetch(self, after: str) -> Inbox:
        """A page of the inbox, after an id (contract, 3.5). Raises CannotFetch."""
        try:
            self._service.fetch_messages(
                last_received_id=int(after or 0), timeout=(CONNECT_SECONDS, READ_SECONDS)
            )
        except _Answered as answered:
            if answered.status != 200:
                raise CannotFetch(f"HTTP {answered.status}") from None
            return _inbox(answered.body, after)
        except requests.exceptions.RequestException as error:
            raise CannotFetch(type(error).__name__) from None
        raise AssertionError("the service always answers by raising")

    def incoming(self, form: Mapping[str, str]) -> Incoming | None:
        """The text in a callback (contract, 3.1)."""
        if "from" not in form or not {"text", "id", "to"} & form.keys():
            return None
        return _incoming(form)

    def report(self, form: Mapping[str, str]) -> Report | None:
        """The delivery report in a callback (contract, 3.2); missing fields are empty."""
        return report(form) if {"id", "status"} & form.keys() else None

    def opted_out(self, form: Mapping[str, str]) -> str | None:
        """The number in an opt-out (contract, 3.3)."""
        return number(form["phoneNumber"]) if "phoneNumber" in form else None

    def kept(self, form: Mapping[str, str]) -> dict[str, str]:
        """A report's fields but the number."""
        return {name: form[name][:120] for name in REPORT_FIELDS if name in form}


def connect(config: Config) -> AfricasTalking:
    """The provider with the account of the environment."""
    return AfricasTalking(config.sms_username, config.sms_api_key.get_secret_value(), config.sms_api_url)


def charged(cost: str) -> Decimal | None:
    """`KES 0.8000` in KES; "0" of a refusal is nothing; None for another currency or no figure."""
    said = SHILLINGS.fullmatch(cost.strip())
    return round2(Decimal(said[1])) if said else None


def _incoming(form: Mapping[str, str]) -> Incoming:
    return Incoming(
        sender=number(form.get("from", "")),
        to=form.get("to", "").strip().lstrip("+"),
        text=form.get("text", ""),
        date=form.get("date", ""),
        provider_id=form.get("id", "").strip(),
        extra={name: form[name][:120] for name in CLEAR_FIELDS if form.get(name)},
    )


def _inbox(body: str, after: str) -> Inbox:
    try:
        rows = json.loads(body)["SMSMessageData"]["Messages"]
        forms = [{name: str(value) for name, value in row.items() if value is not None} for row in rows]
        forms.sort(key=lambda form: int(form["id"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise CannotFetch("UnreadableAnswer") from None
    return Inbox([_incoming(form) for form in forms], forms[-1]["id"] if forms else after)


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
        opted_out=meaning is Meaning.NEVER and (is_blacklisted(name) or str(code) == "406"),
        provider_id="" if identity in ("", "None") else identity[:64],
        cost=str(row.get("cost", ""))[:24],
        charged=charged(str(row.get("cost", ""))),
        answer=body[:500],
        status=status,
    )


# --- callbacks --------------------------------------------------------------------------------------------


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


def report(form: Mapping[str, str]) -> Report:
    """The delivery report in a form; missing and unknown fields are empty."""
    status = form.get("status", "").strip()
    return Report(
        provider_id=form.get("id", "").strip(),
        msisdn=number(form.get("phoneNumber", "")),
        status=status,
        reason=form.get("failureReason", "").strip(),
        state=REPORT_STATES.get(status.lower()),
        opted_out=is_blacklisted(form.get("failureReason", "").strip()),
    )


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
