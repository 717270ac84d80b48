"""The SMS provider calls us: inbound texts, delivery reports, opt-outs. Stored, answered, worked on later.

What cannot be an SMS at all is a 400; everything else is 200, or it would come back every minute for twelve
hours (contract, 3.6).
"""

import hashlib
import json
from collections.abc import Mapping

from flask import Blueprint, Response, g
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from core.db import Tx
from core.duties import service as duties
from core.msisdn import masked
from core.traffic import service as traffic
from inbound import again, door, metrics
from inbound.gateway import Gateway
from sms import stored
from sms.port import Report, provider_of
from sms.stored import SMS

REPORT, OPT_OUT = "sms-report", "sms-optout"


def blueprint(gateway: Gateway) -> Blueprint:
    """POST sms, sms-reports, sms-optout."""
    routes = Blueprint("sms", __name__)
    provider = provider_of(gateway.config)
    door.door(gateway, routes)

    @routes.post("/sms")
    def inbound() -> ResponseReturnValue:
        came = provider.incoming(door.form())
        if came is None:
            raise BadRequest("not an SMS")
        starred = traffic.mask_digits(came.text)
        # What is known by its words alone would be another text once they are starred.
        same = starred == came.text or came.provider_id
        copy = again.kept(gateway.parts.vault, said=came.text, starred=starred) if same else None
        return _answered(
            SMS,
            gateway.db.run(
                lambda tx: stored.keep(
                    tx,
                    gateway,
                    came,
                    source=g.source,
                    request_id=g.request_id,
                    duration_ms=door.elapsed_ms(),
                    again=copy,
                )
            ),
        )

    @routes.post("/sms-reports")
    def report() -> ResponseReturnValue:
        form = door.form()
        told = provider.report(form)
        if told is None:
            raise BadRequest("not a delivery report")
        kept = provider.kept(form)
        return _answered(REPORT, gateway.db.run(lambda tx: _keep_report(tx, told, kept)))

    @routes.post("/sms-optout")
    def opt_out() -> ResponseReturnValue:
        form = door.form()
        msisdn = provider.opted_out(form)
        if msisdn is None:
            raise BadRequest("no number")
        return _answered(OPT_OUT, gateway.db.run(lambda tx: _keep_opt_out(tx, msisdn, form)))

    return routes


def _keep_report(tx: Tx, told: Report, kept: dict[str, str]) -> str:
    content = json.dumps([told.provider_id, told.status, told.reason, kept.get("retryCount", "")])
    try:
        row = traffic.record(
            tx,
            direction="in",
            kind=REPORT,
            msisdn=told.msisdn,
            provider_id=told.provider_id,
            dedupe_key=f"sms-report:{hashlib.sha256(content.encode()).hexdigest()}"
            if told.provider_id
            else None,
            came=again.kept(tx.parts.vault),
            source=g.source,
            request_id=g.request_id,
            request=kept | {"phoneNumber": masked(told.msisdn)},
            reply="OK",
            status=200,
            duration_ms=door.elapsed_ms(),
        )
    except traffic.Repeated:
        return "duplicate"
    duties.want(tx, "read_report", row.callback_id)
    return "stored"


def _keep_opt_out(tx: Tx, msisdn: str, form: Mapping[str, str]) -> str:
    row = traffic.record(
        tx,
        direction="in",
        kind=OPT_OUT,
        msisdn=msisdn,
        source=g.source,
        request_id=g.request_id,
        request={"phoneNumber": masked(msisdn), "senderId": form.get("senderId", "")[:32]},
        reply="OK",
        status=200,
        duration_ms=door.elapsed_ms(),
    )
    duties.want(tx, "read_optout", row.callback_id)
    return "stored"


def _answered(callback: str, verdict: str) -> Response:
    if verdict != "stored":  # what was stored is counted when it has been worked on
        metrics.callback(callback, verdict)
    return Response("OK", mimetype="text/plain")
