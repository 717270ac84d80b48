"""Africa's Talking calls us: inbound texts, delivery reports, opt-outs. Stored, answered, worked on later.

What cannot be an SMS at all is a 400; everything else is 200, or it would come back every minute for twelve
hours (contract, 3.6). A text may hold a delivery code or a PIN: its true form is sealed (DR-1205).
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta

from flask import Blueprint, Response, g
from flask.typing import ResponseReturnValue
from sqlalchemy import bindparam, select
from werkzeug.exceptions import BadRequest

from core.db import Tx
from core.duties import service as duties
from core.msisdn import masked
from core.traffic import service as traffic
from core.traffic.models import Callback
from inbound import door, metrics
from inbound.gateway import Gateway
from sms import africastalking as vendor

SMS, REPORT, OPT_OUT = "sms", "sms-report", "sms-optout"
LONGEST_TEXT = 2000
# So long the provider re-posts a text that it believes unanswered; the inbox may name it differently.
REPOSTED_FOR = timedelta(hours=13)
CLEAR_FIELDS = ("date", "linkId", "networkCode", "cost")
# A number's last texts; built once, since every text asks for them.
_RECENT = (
    select(Callback.callback_id, Callback.provider_id, Callback.request["mark"].as_string().label("mark"))
    .where(Callback.msisdn == bindparam("sender"), Callback.kind == SMS, Callback.at > bindparam("since"))
    .order_by(Callback.callback_id.desc())
    .limit(10)
)
REPORT_FIELDS = ("id", "status", "failureReason", "networkCode", "retryCount")


def blueprint(gateway: Gateway) -> Blueprint:
    """POST sms, sms-reports, sms-optout."""
    routes = Blueprint("sms", __name__)
    door.door(gateway, routes)

    @routes.post("/sms")
    def inbound() -> ResponseReturnValue:
        form = door.form()
        if "from" not in form or not {"text", "id", "to"} & form.keys():
            raise BadRequest("not an SMS")
        return _answered(SMS, gateway.db.run(lambda tx: _keep_sms(tx, gateway, form)))

    @routes.post("/sms-reports")
    def report() -> ResponseReturnValue:
        form = door.form()
        if not {"id", "status"} & form.keys():
            raise BadRequest("not a delivery report")
        return _answered(REPORT, gateway.db.run(lambda tx: _keep_report(tx, form)))

    @routes.post("/sms-optout")
    def opt_out() -> ResponseReturnValue:
        form = door.form("phoneNumber")
        return _answered(OPT_OUT, gateway.db.run(lambda tx: _keep_opt_out(tx, form)))

    return routes


def fingerprint(tx: Tx, sender: str, to: str, text: str, date: str) -> str:
    """A keyed digest of (from, to, text, date to the second): the same text under another id."""
    return tx.parts.vault.digest("sms", "\0".join((sender, to, text, date.replace("T", " ")[:19])))[:32]


def _keep_sms(tx: Tx, gateway: Gateway, form: Mapping[str, str]) -> str:
    sender, to = vendor.number(form["from"]), form.get("to", "").strip().lstrip("+")
    text, date = form.get("text", "")[:LONGEST_TEXT], form.get("date", "")
    provider_id = form.get("id", "").strip()
    mark = fingerprint(tx, sender, to, text, date)
    foreign = to != gateway.config.sms_short_code
    request = {name: form[name][:120] for name in CLEAR_FIELDS if form.get(name)}
    request |= {"from": masked(sender), "to": to[:32], "text": traffic.mask_digits(text), "mark": mark}
    if foreign:
        request["foreign"] = "not our short code"
    ignored = foreign and gateway.config.is_production
    twin = _twin(tx, sender, mark, provider_id) if date else None
    try:
        row = traffic.record(
            tx,
            direction="in",
            kind=SMS,
            msisdn=sender,
            provider_id=provider_id,
            dedupe_key=f"sms:{_key(provider_id)}" if provider_id else f"sms:{mark}",
            source=g.source,
            request_id=g.request_id,
            request=request,
            sealed=None if ignored or twin else tx.parts.vault.seal("callback", text),
            reply="OK",
            status=200,
            verdict="foreign" if ignored else "duplicate" if twin else "stored",
            duration_ms=door.elapsed_ms(),
            cause=twin,
        )
    except traffic.Repeated:
        return "duplicate"
    if row.verdict == "stored":
        duties.want(tx, "read_sms", row.callback_id)
    return row.verdict


def _twin(tx: Tx, sender: str, mark: str, provider_id: str) -> int | None:
    """The same text to the second, stored before under another id."""
    recent = tx.look(_RECENT, sender=sender, since=tx.now - REPOSTED_FOR)
    return next(
        (row.callback_id for row in recent if row.mark == mark and row.provider_id != provider_id), None
    )


def _keep_report(tx: Tx, form: Mapping[str, str]) -> str:
    told = vendor.report(form)
    content = json.dumps([told.provider_id, told.status, told.reason, form.get("retryCount", "")])
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
            source=g.source,
            request_id=g.request_id,
            request={name: form[name][:120] for name in REPORT_FIELDS if name in form}
            | {"phoneNumber": masked(told.msisdn)},
            reply="OK",
            status=200,
            duration_ms=door.elapsed_ms(),
        )
    except traffic.Repeated:
        return "duplicate"
    duties.want(tx, "read_report", row.callback_id)
    return "stored"


def _keep_opt_out(tx: Tx, form: Mapping[str, str]) -> str:
    msisdn = vendor.number(form["phoneNumber"])
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


def _key(provider_id: str) -> str:
    return provider_id if len(provider_id) <= 120 else hashlib.sha256(provider_id.encode()).hexdigest()


def _answered(kind: str, verdict: str) -> Response:
    if verdict != "stored":  # what was stored is counted when it has been worked on
        metrics.callback(kind, verdict)
    return Response("OK", mimetype="text/plain")
