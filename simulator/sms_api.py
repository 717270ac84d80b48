"""Africa's Talking's HTTP API for bulk SMS, as its SDK 2.0.3 calls it."""

import hmac
from xml.sax.saxutils import escape

from flask import Blueprint, Response, jsonify, request

from simulator.errors import Nonsense
from simulator.front import html
from simulator.handsets import msisdn
from simulator.sms import DEFAULT_SENDER, STATUSES
from simulator.world import World


def blueprint(world: World) -> Blueprint:
    """The routes under /version1."""
    routes = Blueprint("africastalking", __name__, url_prefix="/version1")
    settings = world.parts.settings

    def unauthorised(username: str | None) -> Response | None:
        key = request.headers.get("apiKey", "")
        if username == settings.sms_username and hmac.compare_digest(
            key.encode(), settings.sms_api_key.encode()
        ):
            return None
        answer = _plain(401, "The supplied authentication is invalid")
        answer.headers["WWW-Authenticate"] = 'Basic realm="api"'
        return answer

    @routes.post("/messaging")
    def send() -> Response:
        recipients = [number.strip() for number in request.form.get("to", "").split(",")]

        def act(refusal: int | None = None) -> Response:
            if world.sms.too_fast():
                return _plain(429, "Too many requests")
            refused = unauthorised(request.form.get("username"))
            if refused is not None:
                return refused
            for field in ("to", "message"):
                if not request.form.get(field):
                    return _plain(400, f"Request is missing required form field '{field}'")
            return _answer(
                world.sms.send(
                    sender=request.form.get("from") or DEFAULT_SENDER,
                    recipients=recipients,
                    message=request.form["message"],
                    enqueue=request.form.get("enqueue") == "1",
                    refusal=refusal,
                ),
                201,
            )

        def refuse(code: str) -> Response:
            if code.isdigit() and int(code) in STATUSES:
                return act(int(code))
            if code.isdigit():
                return html(int(code)) if 400 <= int(code) <= 599 else html(500)
            return _answer({"SMSMessageData": {"Message": code, "Recipients": []}}, 201)

        return world.parts.front.serve("sms-send", _first(recipients), act, refuse)

    @routes.get("/messaging")
    def fetch() -> Response:
        def act() -> Response:
            refused = unauthorised(request.args.get("username"))
            if refused is not None:
                return refused
            last = request.args.get("lastReceivedId", "0")
            return _answer(world.sms.fetch(int(last) if last.isdigit() else 0), 200)

        return world.parts.front.serve("sms-inbox", "", act, lambda code: html(503))

    return routes


def _first(recipients: list[str]) -> str:
    """The phone that a fault for one phone looks at; a number that is none is nobody's."""
    try:
        return msisdn(recipients[0])
    except Nonsense:
        return ""


def _plain(status: int, text: str) -> Response:
    return Response(text, status=status, content_type="text/plain; charset=UTF-8")


def _answer(body: dict[str, object], status: int) -> Response:
    """JSON for who asks for it, XML for who does not."""
    if "application/json" in request.headers.get("Accept", ""):
        answer = jsonify(body)
        answer.status_code = status
        return answer
    return Response(
        f'<?xml version="1.0"?><AfricasTalkingResponse>{_xml(body)}</AfricasTalkingResponse>',
        status=status,
        content_type="application/xml",
    )


def _xml(value: object) -> str:
    if isinstance(value, dict):
        return "".join(
            f"<{key}>{''.join(f'<{key[:-1]}>{_xml(one)}</{key[:-1]}>' for one in inner)}</{key}>"
            if isinstance(inner, list)
            else f"<{key}>{_xml(inner)}</{key}>"
            for key, inner in value.items()
        )
    return escape(str(value))
