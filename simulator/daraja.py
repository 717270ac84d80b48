"""Safaricom's Daraja API over HTTP: OAuth, STK push, STK query; the rest is in `daraja_money`."""

import itertools

from flask import Blueprint, Response, jsonify, request

from simulator import daraja_money
from simulator.daraja_checks import PAYBILL, Refused, check_merchant, check_push, fits_product, word
from simulator.daraja_office import Office, answered, refused_as
from simulator.daraja_shapes import LOCKED, PENDING, RESULT_TEXTS, UNKNOWN_ID
from simulator.errors import Nonsense
from simulator.handsets import msisdn
from simulator.mpesa import Push
from simulator.parts import Parts
from simulator.world import World

ACCEPTED = "Success. Request accepted for processing"
PATHS = ("/oauth/v1/generate", "/mpesa/stkpush/v1/processrequest", "/mpesa/stkpushquery/v1/query")


class Prompts:
    """Answers for pushes and queries; a refusal is raised, `answered` gives it Daraja's shape."""

    def __init__(self, world: World, office: Office) -> None:
        self._world = world
        self._parts: Parts = world.parts
        self._office = office
        self._turn = itertools.count()

    def push(self) -> Response:
        """POST /mpesa/stkpush/v1/processrequest."""
        body = self._office.asked("404.001.03")
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
        body = self._office.asked("400.003.01")
        check_merchant(self._parts, body)
        push = self._world.mpesa.find(word(body, "CheckoutRequestID"))
        if push is None:
            raise Refused("500.001.1001", UNKNOWN_ID)
        if push.code and self._parts.timers.now() >= push.known_at:
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


def blueprint(world: World, office: Office) -> Blueprint:
    """The routes of Safaricom's host that the gateway calls."""
    routes = Blueprint("daraja", __name__)
    routes.register_blueprint(daraja_money.blueprint(world, office))
    prompts = Prompts(world, office)
    dice, serve = world.parts.dice, world.parts.front.serve
    refuse = refused_as(dice)

    @routes.get("/oauth/v1/generate")
    def token() -> Response:
        return serve("mpesa-token", "", lambda: answered(dice, office.token), refuse)

    @routes.post("/mpesa/stkpush/v1/processrequest")
    def push() -> Response:
        return serve("stk-push", _payer(), lambda: answered(dice, prompts.push), refuse)

    @routes.post("/mpesa/stkpushquery/v1/query")
    def query() -> Response:
        return serve("stk-query", _asked(world), lambda: answered(dice, prompts.query), refuse)

    @routes.route("/mpesa/<path:_rest>", methods=["GET", "POST"])
    @routes.route("/oauth/<path:_rest>", methods=["GET", "POST"])
    def elsewhere(_rest: str) -> Response:
        return refuse("405.001" if request.path in (*PATHS, *daraja_money.PATHS) else "404.001.01")

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
