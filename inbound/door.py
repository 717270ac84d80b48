"""The front door of every callback: /cb/<secret>/...

What comes with a wrong secret meets a 404 and leaves nothing but a count. What comes with the right one is
POST only, at most 64 KiB, has a request id and a source address, and whatever goes wrong behind the door is
logged with that id and answered in the shape of its channel. A channel calls `door` on its blueprint, which
app.py mounts under `/cb/<secret>`; views get no `secret` argument.
"""

import hmac
import ipaddress
import json
import logging
import time
import unicodedata
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any, cast
from urllib.parse import parse_qsl

import structlog
from flask import Blueprint, Flask, Response, g, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest, HTTPException, RequestEntityTooLarge

from core.traffic import service as traffic
from inbound import metrics
from inbound.gateway import Gateway

log = logging.getLogger("tunda.door")

PREFIX = "/cb/"
MAX_BODY = 64 * 1024
MAX_FIELDS = 100
MAX_DEPTH = 20
_HOOKED = "tunda-door"
# Marks that reorder or hide text on a screen; nothing a person types on a phone.
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")

Sorry = Callable[[Exception], ResponseReturnValue]


def plain_sorry(error: Exception) -> ResponseReturnValue:
    """The answer of a channel with no shape of its own: the status and nothing else."""
    return Response(status=error.code or 500 if isinstance(error, HTTPException) else 500)


def door(gateway: Gateway, routes: Blueprint, *, sorry: Sorry = plain_sorry) -> None:
    """Put `routes` behind the secret door.

    sorry  makes the channel's answer to whatever its views let escape: BadRequest for a body that cannot
           be read, anything else for a fault of ours. 404, 405 and 413 are the door's own.
    """

    def hook(state: BlueprintSetupState) -> None:
        if state.app.extensions.setdefault(_HOOKED, False):
            return
        state.app.extensions[_HOOKED] = True
        _hang(cast(Flask, state.app), gateway)

    routes.record(hook)

    @routes.errorhandler(Exception)
    def escaped(error: Exception) -> ResponseReturnValue:
        if isinstance(error, RequestEntityTooLarge):
            return _bare(413)
        if isinstance(error, HTTPException):
            log.info("callback refused", extra={"status": error.code, "why": error.description})
        else:
            log.error("callback failed", exc_info=error)
        return sorry(error)


def form(*needed: str) -> dict[str, str]:
    """The urlencoded body, the first value of each name; every text went through `clean` (S9).

    Raises BadRequest for bytes that are no UTF-8, for too many fields, and for a missing one of `needed`.
    """
    try:
        pairs = parse_qsl(
            request.get_data().decode(), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS
        )
    except ValueError:
        raise BadRequest("not a form in UTF-8") from None
    values: dict[str, str] = {}
    for name, value in pairs:
        values.setdefault(clean(name), clean(value))
    for name in needed:
        if name not in values:
            raise BadRequest(f"{name} is missing")
    return values


def json_object() -> dict[str, Any]:
    """The body as a JSON object; numbers with a point are Decimals, texts are cleaned as in `form`.

    Raises BadRequest for anything else, NaN, and nesting deeper than MAX_DEPTH.
    """
    try:
        body = json.loads(request.get_data(), parse_float=Decimal, parse_constant=_no_constant)
        if not isinstance(body, dict):
            raise BadRequest("not a JSON object")
        return {clean(name): _cleaned(value, 1) for name, value in body.items()}
    except (ValueError, ArithmeticError, RecursionError):
        raise BadRequest("not JSON") from None


def clean(text: str) -> str:
    """`text` in NFC without control (line breaks and tabs stay), surrogate and bidi characters."""
    if text.isascii() and text.isprintable():
        return text
    kept = (
        c for c in text if c in "\n\r\t" or (c not in _BIDI and unicodedata.category(c) not in ("Cc", "Cs"))
    )
    return unicodedata.normalize("NFC", "".join(kept))


def source() -> str:
    """The address of whoever called: the peer, or with TRUSTED_PROXIES what the outermost of them saw.

    app.py has put the right one into `remote_addr`; what is no address (a unix socket's peer) is "local".
    """
    try:
        return str(ipaddress.ip_address(request.remote_addr or ""))[:45]
    except ValueError:
        return "local"


def elapsed_ms() -> int:
    """Milliseconds since this request came through the door."""
    return round(elapsed() * 1000)


def elapsed() -> float:
    """Seconds since this request came through the door."""
    return time.perf_counter() - float(g.started)


def _hang(app: Flask, gateway: Gateway) -> None:
    """One gate per app: it must also meet paths and methods that no route matches."""
    secrets = [secret.encode() for secret in gateway.config.callback_secrets]

    @app.before_request
    def gate() -> Response | None:
        if not request.path.startswith(PREFIX):
            return None
        g.started = time.perf_counter()
        g.request_id = uuid.uuid4().hex
        g.source = source()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)
        offered = request.path.removeprefix(PREFIX).partition("/")[0].encode()
        if sum(hmac.compare_digest(offered, secret) for secret in secrets) == 0:  # always compares them all
            _count_stranger(gateway, g.source)
            return _bare(404)
        if request.method != "POST":
            return _bare(405, Allow="POST")
        # One byte more than is allowed: a chunked body, which tells no length, is cut there without a word.
        request.max_content_length = MAX_BODY + 1
        try:
            return None if len(request.get_data(cache=True)) <= MAX_BODY else _bare(413)
        except RequestEntityTooLarge:
            return _bare(413)
        except BadRequest:  # the caller hung up in the middle of its body
            return _bare(400)

    @app.url_value_preprocessor
    def take_secret(_endpoint: str | None, values: dict[str, Any] | None) -> None:
        if values and request.path.startswith(PREFIX):
            values.pop("secret", None)

    @app.after_request
    def sign(response: Response) -> Response:
        if "request_id" in g and request.path.startswith(PREFIX):
            response.headers["X-Request-Id"] = g.request_id
            # The callback log is the record; a line as well would cost a hop more than its query does.
            log.debug(
                "callback",
                extra={
                    "route": request.url_rule.rule if request.url_rule else "unknown",
                    "status": response.status_code,
                    "source": g.source,
                    "duration_ms": elapsed_ms(),
                },
            )
        return response

    @app.teardown_request
    def forget(_error: BaseException | None) -> None:
        structlog.contextvars.unbind_contextvars("request_id")


def _count_stranger(gateway: Gateway, address: str) -> None:
    metrics.stranger()
    try:
        gateway.db.run(lambda tx: traffic.stranger(tx, address))
    except Exception:  # a stranger learns nothing from the state of our database
        log.exception("stranger not counted")


def _bare(status: int, **headers: str) -> Response:
    return Response(status=status, headers=headers)


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _cleaned(value: Any, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise ValueError("too deep")
    match value:
        case str():
            return clean(value)
        case list():
            return [_cleaned(item, depth + 1) for item in value]
        case dict():
            return {clean(name): _cleaned(item, depth + 1) for name, item in value.items()}
        case _:
            return value
