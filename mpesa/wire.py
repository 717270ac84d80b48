"""One HTTP exchange with Daraja, and the only question that matters afterwards: can it have been processed?

`Answer.fate` says so: `answered` (whatever the answer is), `not_sent` (surely never reached them: may be
repeated), `lost` (they may have acted: must be asked about, never repeated).
"""

import json
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

import requests
from requests.auth import AuthBase
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from core.traffic.masks import HIDDEN, mask_json, mask_phones
from mpesa import codes

SANDBOX = "https://sandbox.safaricom.co.ke"
PRODUCTION = "https://api.safaricom.co.ke"
MAX_REPLY = 64 * 1024
SHOWN = 2000
REFUSED_KEY = "Invalid Access Token"

Fate = Literal["answered", "not_sent", "lost"]

_NEVER_SENT = (
    requests.exceptions.ConnectTimeout,
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidHeader,
)
_NOT_CONNECTED = (NewConnectionError, ConnectTimeoutError, ssl.SSLCertVerificationError)


class Authorization(AuthBase):
    """An Authorization header that no .netrc of the machine can replace."""

    def __init__(self, value: str) -> None:
        self._value = value

    def __call__(self, outgoing: requests.PreparedRequest) -> requests.PreparedRequest:
        """Put the header on."""
        outgoing.headers["Authorization"] = self._value
        return outgoing


@dataclass(frozen=True)
class Answer:
    """What came back, or why nothing did.

    status   HTTP status; None unless answered
    body     the JSON object; empty for HTML, an empty body, a list or anything else
    shown    the reply as the callback log may show it: masked, at most SHOWN characters
    ours     not sent, since our own keys are refused: nothing of ours goes before a person has looked
    seconds  from the first byte out to the last byte in
    """

    fate: Fate
    seconds: float
    status: int | None = None
    body: Mapping[str, Any] = field(default_factory=dict)
    shown: str = ""
    why: str = ""
    ours: bool = False

    @property
    def error_code(self) -> str:
        """The envelope's errorCode; "" if there is no envelope."""
        return codes.normal(self.body.get("errorCode"))

    @property
    def message(self) -> str:
        """The envelope's errorMessage; "" if there is none."""
        return str(self.body.get("errorMessage") or "")

    @property
    def token_refused(self) -> bool:
        """Whether this says, in any of its spellings, that our token is not valid."""
        return codes.is_invalid_token(self.error_code, self.message)

    @property
    def summary(self) -> str:
        """The outcome in a few words, for a log row's error column."""
        if self.fate != "answered":
            return self.why
        code = self.error_code or f"HTTP {self.status}"
        message = self.message if not self.token_refused else REFUSED_KEY  # theirs may repeat the token
        return mask_phones(f"{code} {message}".strip())


class Wire:
    """The process's one connection pool to one host."""

    def __init__(self, base: str, *, connect_seconds: float = 3.05, read_seconds: float = 20) -> None:
        self._base = base.rstrip("/")
        self._connect = connect_seconds
        self._read = read_seconds
        self._session = requests.Session()
        self._session.headers["User-Agent"] = "tunda-gateway"

    def get(self, path: str, *, authorization: str, params: Mapping[str, str]) -> Answer:
        """A GET; only OAuth has one."""
        return self._exchange("GET", path, authorization, params=params)

    def post(self, path: str, *, authorization: str, payload: Mapping[str, Any]) -> Answer:
        """A POST with a JSON body."""
        return self._exchange("POST", path, authorization, json=payload)

    def _exchange(self, method: str, path: str, authorization: str, **how: Any) -> Answer:
        began = time.perf_counter()

        def seconds() -> float:
            return time.perf_counter() - began

        try:
            with self._session.request(
                method,
                self._base + path,
                auth=Authorization(authorization),
                timeout=(self._connect, self._read),
                allow_redirects=False,
                stream=True,
                **how,
            ) as response:
                raw = bytearray()
                for piece in response.iter_content(8192):
                    raw += piece
                    if len(raw) >= MAX_REPLY or seconds() > self._connect + self._read:
                        break
                status = response.status_code
        except requests.RequestException as error:
            return Answer("not_sent" if _surely_not_sent(error) else "lost", seconds(), why=_why(error))
        body, shown = _decoded(bytes(raw), secret=authorization.partition(" ")[2])
        return Answer("answered", seconds(), status=status, body=body, shown=shown)


def _decoded(raw: bytes, *, secret: str) -> tuple[dict[str, Any], str]:
    text = raw.decode(errors="replace")
    try:
        body = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        return {}, mask_phones(text.replace(secret, HIDDEN))[:SHOWN]
    masked = mask_json({name: HIDDEN if name == "access_token" else value for name, value in body.items()})
    return body, json.dumps(masked, ensure_ascii=False, default=str).replace(secret, HIDDEN)[:SHOWN]


def _surely_not_sent(error: requests.RequestException) -> bool:
    """Whether no byte of the request can have left: no address, no connection, no trusted certificate."""
    if isinstance(error, _NEVER_SENT):
        return True
    waiting: list[object] = [error]
    seen: set[int] = set()
    while waiting:
        cause = waiting.pop()
        if cause is None or id(cause) in seen:
            continue
        seen.add(id(cause))
        if isinstance(cause, _NOT_CONNECTED):
            return True
        if isinstance(cause, BaseException):
            waiting += [cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args]
    return False


def _why(error: requests.RequestException) -> str:
    """The kind of failure only: its text may hold the address, and that our secrets."""
    return type(error).__name__
