"""A text that came in, by callback or fetched from the provider's inbox: stored once, worked on once.

The two name it differently, so it is known by (from, to, text, date to the second) as well (contract, 3.5).
A text may hold a delivery code or a PIN: its true form is sealed (DR-1205).
"""

import hashlib
from datetime import timedelta

from sqlalchemy import bindparam, select

from core.db import Tx
from core.duties import service as duties
from core.msisdn import masked
from core.traffic import service as traffic
from core.traffic.models import Callback
from inbound.gateway import Gateway
from sms.port import Incoming

SMS = "sms"
DUPLICATE, LATE = "duplicate", "late"
LONGEST_TEXT = 2000
# So long the provider re-posts a text that it believes unanswered; the inbox may name it differently.
REPOSTED_FOR = timedelta(hours=13)
# A number's last texts; built once, since every text asks for them.
_RECENT = (
    select(Callback.callback_id, Callback.provider_id, Callback.request["mark"].as_string().label("mark"))
    .where(Callback.msisdn == bindparam("sender"), Callback.kind == SMS, Callback.at > bindparam("since"))
    .order_by(Callback.callback_id.desc())
    .limit(bindparam("most"))
)


def keep(
    tx: Tx,
    gateway: Gateway,
    came: Incoming,
    *,
    source: str = "",
    request_id: str = "",
    duration_ms: int = 0,
    again: str | None = None,
    fetched: bool = False,
    late: bool = False,
) -> str:
    """Store a text and have it worked on; the verdict of its row.

    again    the request as it came, sealed, for whoever has it run again
    fetched  from the inbox and not by callback
    late     too old to be acted on: it is kept, and that is all
    """
    text = came.text[:LONGEST_TEXT]
    mark = fingerprint(tx, came.sender, came.to, text, came.date)
    foreign = came.to != gateway.config.sms_short_code
    request = dict(came.extra)
    request |= {
        "from": masked(came.sender),
        "to": came.to[:32],
        "text": traffic.mask_digits(text),
        "mark": mark,
    }
    if foreign:
        request["foreign"] = "not our short code"
    if fetched:
        request["fetched"] = "from the inbox"
    ignored = foreign and gateway.config.is_production
    twin = _twin(tx, came.sender, mark, came.provider_id, fetched=fetched) if came.date else None
    verdict = "foreign" if ignored else DUPLICATE if twin else LATE if late else "stored"
    if fetched and twin:
        return DUPLICATE  # every look at the inbox would leave another row
    head = "inbox" if fetched else SMS
    try:
        row = traffic.record(
            tx,
            direction="in",
            kind=SMS,
            msisdn=came.sender,
            provider_id=came.provider_id,
            dedupe_key=f"{head}:{_key(came.provider_id)}" if came.provider_id else f"sms:{mark}",
            source=source,
            request_id=request_id,
            request=request,
            sealed=None if verdict != "stored" else tx.parts.vault.seal("callback", text),
            came=again,
            reply="" if fetched else "OK",
            status=None if fetched else 200,
            verdict=verdict,
            duration_ms=duration_ms,
            cause=twin,
        )
    except traffic.Repeated:
        return DUPLICATE
    # The key lets one of two who store the same text at the same moment have it done.
    key = f"read_sms:{mark}" if came.date else ""
    if verdict == "stored" and not duties.want(tx, "read_sms", row.callback_id, key=key):
        row.verdict, row.sealed = DUPLICATE, None
    return row.verdict


def fingerprint(tx: Tx, sender: str, to: str, text: str, date: str) -> str:
    """A keyed digest of (from, to, text, date to the second): the same text under another id."""
    return tx.parts.vault.digest("sms", "\0".join((sender, to, text, date.replace("T", " ")[:19])))[:32]


def _twin(tx: Tx, sender: str, mark: str, provider_id: str, *, fetched: bool) -> int | None:
    """The same text to the second, stored before under another id."""
    # The inbox gives back what came days ago, too.
    since, most = (tx.now - 7 * REPOSTED_FOR, 500) if fetched else (tx.now - REPOSTED_FOR, 10)
    recent = tx.look(_RECENT, sender=sender, since=since, most=most)
    return next(
        (
            row.callback_id
            for row in recent
            if row.mark == mark and (fetched or row.provider_id != provider_id)
        ),
        None,
    )


def _key(provider_id: str) -> str:
    return provider_id if len(provider_id) <= 120 else hashlib.sha256(provider_id.encode()).hexdigest()
