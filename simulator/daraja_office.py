"""The counter of Safaricom's host: tokens, who may call how often, and what a refusal looks like."""

import base64
import binascii
import hmac
import json
import secrets
import string
import threading
from collections import deque
from collections.abc import Callable

from flask import Response, jsonify, request

from simulator.daraja_checks import Body, Refused
from simulator.daraja_shapes import error
from simulator.dice import Dice
from simulator.parts import Parts


class Tokens:
    """Access tokens and when they end, by the clock of the timers."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._ends: dict[str, float] = {}

    def issue(self, seconds: int) -> str:
        """A fresh token."""
        token = "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(28))
        now = self._now()
        with self._lock:
            self._ends = {known: end for known, end in self._ends.items() if end > now}
            self._ends[token] = now + seconds
        return token

    def valid(self, token: str) -> bool:
        """Whether it was issued here and has not ended."""
        with self._lock:
            return self._ends.get(token, 0.0) > self._now()

    def revoke(self) -> None:
        """End them all, as a change of keys does."""
        with self._lock:
            self._ends.clear()


class Office:
    """Looks at the caller before anybody looks at the call."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self.tokens = Tokens(parts.timers.now)
        self._calls: deque[float] = deque()
        self._lock = threading.Lock()

    def token(self) -> Response:
        """GET /oauth/v1/generate."""
        scheme, _, pair = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Basic":
            raise Refused("400.008.01")
        if request.args.get("grant_type") != "client_credentials":
            raise Refused("400.008.02")
        try:
            given = base64.b64decode(pair, validate=True)
        except binascii.Error:
            raise Refused("400.008.01") from None
        apps = [f"{key}:{secret}".encode() for key, secret in self._parts.settings.apps]
        if not any(hmac.compare_digest(given, app) for app in apps):
            return Response(status=400)  # the real one says nothing at all here
        seconds = self._parts.knobs.token_seconds
        return jsonify(access_token=self.tokens.issue(seconds), expires_in=str(seconds))

    def asked(self, invalid_token: str) -> Body:
        """The body of the call in hand; Refused for a spike, a wrong token (in this spelling), or no JSON."""
        limit = self._parts.knobs.calls_per_second
        now = self._parts.timers.now()
        with self._lock:
            while self._calls and self._calls[0] < now - 1:
                self._calls.popleft()
            if limit and len(self._calls) >= limit:
                raise Refused("500.003.02")
            self._calls.append(now)
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer" or not token:
            raise Refused("404.001.04")
        if not self.tokens.valid(token):
            raise Refused(invalid_token, token)
        if request.mimetype != "application/json":
            raise Refused("400.002.02", "BusinessShortCode")  # misleading, but that is what it says
        try:
            body = json.loads(request.get_data())
        except ValueError:
            raise Refused("400.002.05") from None
        if not isinstance(body, dict):
            raise Refused("400.002.05")
        return body


def refused_as(dice: Dice) -> Callable[..., Response]:
    """A maker of synchronous refusals in Daraja's envelope, out of a code and what its message names."""

    def refusal(code: str, field: str = "") -> Response:
        status, body = error(dice, code, field)
        answer = jsonify(body)
        answer.status_code = status
        return answer

    return refusal


def answered(dice: Dice, act: Callable[[], Response]) -> Response:
    """The answer, or the refusal in its place."""
    try:
        return act()
    except Refused as refused:
        return refused_as(dice)(refused.code, refused.field)
