"""Safaricom's Daraja API over HTTP: OAuth, STK push, STK query."""

import base64
import binascii
import hmac
import itertools
import json
import secrets
import string
import threading
import time
from collections import deque
from collections.abc import Callable

from flask import Blueprint, Response, jsonify, request

from simulator.daraja_checks import PAYBILL, Body, Refused, check_merchant, check_push, fits_product, word
from simulator.daraja_shapes import LOCKED, PENDING, RESULT_TEXTS, UNKNOWN_ID, error
from simulator.errors import Nonsense
from simulator.handsets import msisdn
from simulator.mpesa import Push
from simulator.parts import Parts
from simulator.world import World

ACCEPTED = "Success. Request accepted for processing"


class Tokens:
    """Access tokens and when they end, by the machine's monotonic clock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ends: dict[str, float] = {}

    def issue(self, seconds: int) -> str:
        """A fresh token."""
        token = "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(28))
        now = time.monotonic()
        with self._lock:
            self._ends = {known: end for known, end in self._ends.items() if end > now}
            self._ends[token] = now + seconds
        return token

    def valid(self, token: str) -> bool:
        """Whether it was issued here and has not ended."""
        with self._lock:
            return self._ends.get(token, 0.0) > time.monotonic()

    def revoke(self) -> None:
        """End them all, as a change of keys does."""
        with self._lock:
            self._ends.clear()


class Daraja:
    """Answers for each call; a refusal is raised, `answered` gives it Daraja's shape."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._parts: Parts = world.parts
        self.tokens = Tokens()
        self._calls: deque[float] = deque()
        self._lock = threading.Lock()
        self._turn = itertools.count()

    def token(self) -> Response:
        """GET /oauth/v1/generate."""
        scheme, _, pair = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Basic":
            raise Refused("400.008.01")
        if request.args.get("grant_type") != "client_credentials":
            raise Refused("400.008.02")
        settings = self._parts.settings
        try:
            given = base64.b64decode(pair, validate=True)
        except binascii.Error:
            raise Refused("400.008.01") from None
        expected = f"{settings.mpesa_consumer_key}:{settings.mpesa_consumer_secret}".encode()
        if not hmac.compare_digest(given, expected):
            return Response(status=400)  # the real one says nothing at all here
        seconds = self._parts.knobs.token_seconds
        return jsonify(access_token=self.tokens.issue(seconds), expires_in=str(seconds))

    def push(self) -> Response:
        """POST /mpesa/stkpush/v1/processrequest."""
        self._check_caller("404.001.03")
        body = self._body()
        check_push(self._parts, body)
        push = self._world.mpesa.push(
            number="+" + word(body, "PhoneNumber"),
            amount=int(word(body, "Amount")),
            reference=word(body, "AccountReference"),
            url=word(body, "CallBackURL"),
            paybill=word(body, "TransactionType") == PAYBILL,
            allowed=fits_product(self._parts, body),
        )
        if push is None:
            raise Refused("500.001.1001", LOCKED)
        return jsonify(
            MerchantRequestID=push.merchant_id,
            CheckoutRequestID=push.checkout_id,
            ResponseCode="0",
            ResponseDescription=ACCEPTED,
            CustomerMessage=ACCEPTED,
        )

    def query(self) -> Response:
        """POST /mpesa/stkpushquery/v1/query."""
        self._check_caller("400.003.01")
        body = self._body()
        check_merchant(self._parts, body)
        push = self._world.mpesa.find(word(body, "CheckoutRequestID"))
        if push is None:
            raise Refused("500.001.1001", UNKNOWN_ID)
        if not push.pending:
            return self._result(push, push.code, RESULT_TEXTS.get(push.code, "The transaction failed."))
        form = self._parts.knobs.pending_form
        if form == "A" or (form == "vary" and next(self._turn) % 2 == 0):
            raise Refused("500.001.1001", PENDING)
        return self._result(push, "4999", "The transaction is still under processing")

    def _result(self, push: Push, code: str, text: str) -> Response:
        return jsonify(
            ResponseCode="0",
            ResponseDescription="The service request has been accepted successsfully",
            MerchantRequestID=push.merchant_id,
            CheckoutRequestID=push.checkout_id,
            ResultCode=code,
            ResultDesc=text,
        )

    def _check_caller(self, invalid_token: str) -> None:
        limit = self._parts.knobs.calls_per_second
        now = time.monotonic()
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
            raise Refused(invalid_token)

    @staticmethod
    def _body() -> Body:
        if request.mimetype != "application/json":
            raise Refused("400.002.02", "BusinessShortCode")  # misleading, but that is what it says
        try:
            body = json.loads(request.get_data())
        except ValueError:
            raise Refused("400.002.05") from None
        if not isinstance(body, dict):
            raise Refused("400.002.05")
        return body


def refusal(code: str, field: str = "") -> Response:
    """A synchronous refusal in Daraja's envelope."""
    status, body = error(code, field)
    answer = jsonify(body)
    answer.status_code = status
    return answer


def answered(act: Callable[[], Response]) -> Response:
    """The answer, or the refusal in its place."""
    try:
        return act()
    except Refused as refused:
        return refusal(refused.code, refused.field)


def blueprint(world: World, daraja: Daraja) -> Blueprint:
    """The routes of Safaricom's host that the gateway calls."""
    routes = Blueprint("daraja", __name__)
    serve = world.parts.front.serve

    @routes.get("/oauth/v1/generate")
    def token() -> Response:
        return serve("mpesa-token", "", lambda: answered(daraja.token), refusal)

    @routes.post("/mpesa/stkpush/v1/processrequest")
    def push() -> Response:
        return serve("stk-push", _payer(), lambda: answered(daraja.push), refusal)

    @routes.post("/mpesa/stkpushquery/v1/query")
    def query() -> Response:
        return serve("stk-query", _asked(world), lambda: answered(daraja.query), refusal)

    @routes.route("/mpesa/<path:_rest>", methods=["GET", "POST"])
    @routes.route("/oauth/<path:_rest>", methods=["GET", "POST"])
    def elsewhere(_rest: str) -> Response:
        known = request.path in (
            "/oauth/v1/generate",
            "/mpesa/stkpush/v1/processrequest",
            "/mpesa/stkpushquery/v1/query",
        )
        return refusal("405.001" if known else "404.001.01")

    return routes


def _payer() -> str:
    """The phone that a fault for one phone looks at."""
    body = request.get_json(silent=True)
    try:
        return msisdn(word(body, "PhoneNumber")) if isinstance(body, dict) else ""
    except Nonsense:
        return ""


def _asked(world: World) -> str:
    body = request.get_json(silent=True)
    push = world.mpesa.find(word(body, "CheckoutRequestID")) if isinstance(body, dict) else None
    return push.phone.msisdn if push is not None else ""
