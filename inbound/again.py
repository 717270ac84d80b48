"""A callback run again, through the very door it came by: its unique key shows whether that does anything.

What came is kept sealed beside its row (`Callback.came`), with what may be a code or PIN starred: a row is
known by its vendor's id or by its body, and a text that is known by its own words is not kept once they are
starred. It is run in this process, with the source it came from, so that it meets what it met then.
"""

import contextvars
import json
import time
from dataclasses import asdict, dataclass
from urllib.parse import parse_qsl, urlencode

from flask import Flask, request
from werkzeug.test import Client

from core.config import Config
from core.vault import Sealed, Vault
from inbound.door import PREFIX, clean

PURPOSE = "came"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Kept:
    """One request: its path behind the secret, the type of its body, and the body."""

    path: str
    content_type: str
    body: str


@dataclass(frozen=True)
class Answer:
    """What the door said to a request that was run again, and after how many milliseconds.

    request_id  under which it is in the log, if it left a row
    """

    status: int
    body: str
    milliseconds: int
    request_id: str


def kept(vault: Vault, *, said: str = "", starred: str = "") -> str | None:
    """The request at hand, sealed for `Callback.came`; a field that holds `said` holds `starred` there.

    None where no field holds just that: what should be starred would be kept as it is.
    """
    body = request.get_data(as_text=True)
    if said != starred:
        fields = parse_qsl(body, keep_blank_values=True)
        hidden = [(name, clean(value).strip() == said.strip(), value) for name, value in fields]
        if not any(secret for _name, secret, _value in hidden):
            return None
        body = urlencode([(name, starred if secret else value) for name, secret, value in hidden])
    path = request.path.removeprefix(PREFIX).partition("/")[2]
    return sealed(vault, Kept(path, request.content_type or "", body))


def sealed(vault: Vault, one: Kept) -> str:
    """`one`, as it is kept beside its row."""
    return vault.seal(PURPOSE, json.dumps(asdict(one)))


def opened(vault: Vault, came: str) -> Kept | None:
    """What was kept; None where no key of ours opens it any more."""
    try:
        return Kept(**json.loads(vault.open(PURPOSE, came)))
    except Sealed:
        return None


def run(app: Flask, config: Config, one: Kept, *, source: str) -> Answer:
    """Knock once more, as from `source`, in a context of its own: it knows nothing of the request at hand."""
    return contextvars.Context().run(_knock, app, config, one, source)


def _knock(app: Flask, config: Config, one: Kept, source: str) -> Answer:
    began = time.perf_counter()
    reply = Client(app).post(
        f"{PREFIX}{config.callback_secrets[0]}/{one.path}",
        base_url=config.public_url,
        data=one.body.encode(),
        content_type=one.content_type,
        environ_overrides={"REMOTE_ADDR": source},
        headers={"X-Forwarded-For": ", ".join([source] * config.trusted_proxies)},
    )
    spent = round((time.perf_counter() - began) * 1000)
    return Answer(
        reply.status_code, reply.get_data(as_text=True), spent, reply.headers.get("X-Request-Id", "")
    )
