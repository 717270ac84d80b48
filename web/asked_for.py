"""What the address of the callback log asks for, read once: the filters, and each of them as a chip."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import request

from core.clock import nairobi
from core.db import Tx
from core.msisdn import NotKenyanMobile, e164, masked
from core.traffic.masks import mask_phones
from core.vault import Vault
from web import search, show
from web.queries import callbacks as log
from web.queries import sieve
from web.queries.sieve import Filters

PLAIN = ("kind", "direction", "verdict", "session")
FIELDS = (*PLAIN, "order", "receipt", "from", "to", "phone", "provider_id", "text")
# What somebody types who looks for anything: how it is known, and which field it belongs to.
SHAPES: Sequence[tuple[str, re.Pattern[str]]] = (
    ("session", re.compile(r"ATUid_\S+")),
    ("provider_id", re.compile(r"(ws_CO_|ATXid_|ATPid_|AG_)\S+")),
    ("order", re.compile(r"(?i:TUN)-?\d{6}-?[A-Za-z0-9]{4}")),
    ("order", re.compile(r"(?=.*\d)(?=.*[A-Z])[A-Z0-9]{4}")),
    ("receipt", re.compile(r"(?=.*\d)[A-Z][A-Z0-9]{9}")),
)
WORDS = {
    "kind": "Kind", "direction": "Direction", "verdict": "Verdict", "session": "Session", "order": "Order",
    "receipt": "Receipt", "from": "From", "to": "Until", "who": "Phone", "ref": "Provider id", "said": "Text",
}  # fmt: skip


@dataclass(frozen=True)
class Chip:
    """One filter as a reader sees it, and the address without it."""

    name: str
    value: str
    without: Mapping[str, str]


def filters(tx: Tx, handed: Vault) -> Filters:
    """What this address asks for; nonsense in it counts as absent."""
    args = {name: request.args.get(name, "").strip() for name in FIELDS}
    return Filters(
        kind=args["kind"],
        direction=args["direction"],
        verdict=args["verdict"],
        session=args["session"],
        msisdn=search.asked_for(handed, "phone"),
        provider_id=search.asked_for(handed, "provider_id"),
        order_ids=log.orders_called(tx, args["order"]) if args["order"] else None,
        provider_ids=sieve.of_receipt(tx, args["receipt"]) if args["receipt"] else None,
        since=sieve.moment_of(args["from"]),
        until=sieve.moment_of(args["to"]),
        text=search.asked_for(handed, "text"),
    )


def sorted_out(form: Mapping[str, str]) -> dict[str, str]:
    """The form's fields, with what was typed under "anything" in the one that it belongs to."""
    told = {name: form.get(name, "").strip() for name in FIELDS}
    anything = form.get("anything", "").strip()
    if anything:
        told[recognised(anything)] = anything
    return told


def recognised(text: str) -> str:
    """The field that `text` belongs to: a phone in any spelling, an order, a receipt, an id, or words."""
    try:
        e164(text)
    except NotKenyanMobile:
        return next((field for field, shape in SHAPES if shape.fullmatch(text)), "text")
    return "phone"


def chips(found: Filters) -> list[Chip]:
    """Every filter of this address that narrows the list."""
    private = {"who": masked(found.msisdn) if found.msisdn else "", "ref": mask_phones(found.provider_id),
               "said": found.text}  # fmt: skip
    moments = {"from": found.since, "to": found.until}
    told = []
    for name, word in WORDS.items():
        value = private.get(name, request.args.get(name, "").strip())
        if name in moments:
            value = _moment(moments[name])
        elif name == "kind":
            value = show.kind(value)
        if value:
            without = {n: v for n, v in request.args.items() if n not in (name, "before")}
            told.append(Chip(word, mask_phones(value), without))
    return told


def plainly(found: Filters) -> dict[str, str]:
    """The filters as the audit trail may keep them: codes and moments, and of private ones only that they are
    there."""
    told = {
        name: request.args.get(name, "").strip()[:64] for name in (*PLAIN, "order", "receipt", "from", "to")
    }
    told["session"] = "given" if found.session else ""
    told["text"] = "given" if found.text else ""
    told["phone"] = "given" if found.msisdn else ""
    told["provider_id"] = "given" if found.provider_id else ""
    return {name: value for name, value in told.items() if value}


def _moment(at: datetime | None) -> str:
    return f"{show.day(at)} {nairobi(at):%H:%M}" if at is not None else ""
