"""A hop as it came, made of the answers of its session: only if it is the very text that was acted on.

No log may hold a session's text, since it carries every answer. The key of a hop that changed something has
a keyed digest of it: what the log's answers make up is that text, or it is not run again.
"""

from collections.abc import Sequence
from urllib.parse import urlencode

from sqlalchemy import select

from core.db import Tx
from core.traffic.models import Callback
from inbound.again import FORM, Kept
from inbound.gateway import Gateway
from ussd.sessions import Sessions

MOST_HOPS = 200


def hop(gateway: Gateway, tx: Tx, row: Callback) -> Kept | None:
    """The post of hop `row`; None if it changed nothing, or if what was typed cannot be told any more."""
    before = tx.session.scalars(
        select(Callback)
        .where(
            Callback.session == row.session,
            Callback.msisdn == row.msisdn,
            Callback.kind == "ussd",
            Callback.verdict != "duplicate",
            Callback.at <= row.at,
        )
        .order_by(Callback.at, Callback.callback_id)
        .limit(MOST_HOPS)
    ).all()
    code = str(row.request.get("service_code", ""))
    sessions = Sessions(gateway.redis, gateway.parts.vault)
    stem = f"ussd:{sessions.keys(row.session, row.msisdn, code).digest}"
    for text in _texts(before, row):
        if row.dedupe_key == f"{stem}:{len(text)}:{sessions.mac(text)[:40]}":
            fields = {
                "sessionId": row.session,
                "phoneNumber": row.msisdn,
                "serviceCode": code,
                "networkCode": str(row.request.get("operator", "")),
                "text": text,
            }
            return Kept("ussd", FORM, urlencode(fields))
    return None


def _texts(before: Sequence[Callback], row: Callback) -> Sequence[str]:
    """What may have been typed: all answers up to this hop, the dial's empty one left out."""
    upto = next((i for i, one in enumerate(before) if one.callback_id == row.callback_id), None)
    if upto is None:
        return ()
    answers = [str(one.request.get("answer", "")) for one in before[: upto + 1]]
    return ("*".join(answers), "*".join(answers[1:]))
