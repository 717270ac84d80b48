"""The network's word that a session has ended (contract, 1.7): kept once, and nothing depends on it.

Only one thing follows from it: who was cut off in the middle of something is texted how to go on.
"""

import logging
import re
from datetime import timedelta
from urllib.parse import urlencode

from flask import g
from redis.exceptions import RedisError
from werkzeug.exceptions import BadRequest

from core.db import Tx
from core.duties import service as duties
from core.traffic import service as traffic
from inbound.again import FORM, Kept, sealed
from inbound.door import elapsed_ms, form
from inbound.gateway import Gateway
from menus.compile import conversations
from ussd.sessions import Sessions

log = logging.getLogger("tunda.ussd")

LONGEST_SESSION_ID = 128
CUT_OFF = "Incomplete"
# `input` and `lastAppResponse` are left out: they carry every answer of the session, secrets included.
KEPT = (
    "status",
    "durationInMillis",
    "hopsCount",
    "cost",
    "networkCode",
    "serviceCode",
    "errorMessage",
    "date",
)
_LOST_PLUS = re.compile(r" 254[0-9]{9}")


def posted_msisdn(number: str) -> str:
    """The number as posted; a `+` that was not percent-encoded has arrived as one space."""
    return "+" + number[1:] if _LOST_PLUS.fullmatch(number) else number[:64]


def store_event(gateway: Gateway, sessions: Sessions) -> None:
    """Keep the event, once per session; raises BadRequest for what is none."""
    fields = form()
    if not {"sessionId", "phoneNumber"} & fields.keys():
        raise BadRequest("not an event")
    session_id = fields.get("sessionId", "")[:LONGEST_SESSION_ID]
    msisdn = posted_msisdn(fields.get("phoneNumber", ""))
    keys = sessions.keys(session_id, msisdn, fields.get("serviceCode", "")[:32])
    told = {name: traffic.mask_phones(fields[name])[:255] for name in KEPT if name in fields}
    named = {"sessionId": session_id, "phoneNumber": msisdn}
    person = _worth_a_text(sessions, msisdn, keys.digest) if fields.get("status") == CUT_OFF else None

    def store(tx: Tx) -> None:
        try:
            traffic.record(
                tx,
                direction="in",
                kind="ussd-event",
                msisdn=msisdn,
                session=session_id,
                dedupe_key=f"ussd-event:{session_id}" if session_id else None,
                source=g.source,
                request_id=g.request_id,
                request=told,
                came=sealed(gateway.parts.vault, Kept("ussd-events", FORM, urlencode(named | told))),
                reply="OK",
                status=200,
                verdict="shown",
                duration_ms=elapsed_ms(),
            )
        except traffic.Repeated:
            log.info("event repeated")
            return
        if person is not None and int(tx.setting("ussd.reminders_per_day")) > 0:
            pause = timedelta(seconds=int(tx.setting("ussd.reminder_seconds")))
            duties.want(
                tx, "remind_lost_call", person, at=tx.now + pause, key=f"remind_lost_call:{keys.digest}"
            )

    gateway.db.run(store)


def _worth_a_text(sessions: Sessions, msisdn: str, digest: str) -> int | None:
    """Who was cut off in the middle of something in this session, if we know them; not who only looked."""
    try:
        lost = sessions.unfinished(msisdn)
    except RedisError:
        log.warning("lost call not looked up")
        return None
    if lost is None or lost.owner != digest or lost.offered or not conversations().is_telling(lost.session):
        return None
    return lost.session.caller.user_id
