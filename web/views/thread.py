"""A number's whole history as one conversation; its address holds the number sealed."""

from datetime import UTC, datetime

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from core.msisdn import is_kenyan_mobile
from inbound.gateway import Gateway
from web import search
from web.guard import Guard
from web.queries import thread as talk


def mount(console: Blueprint, gateway: Gateway, guard: Guard) -> None:
    """The page /conversation."""

    @console.get("/conversation")
    def thread() -> str:
        msisdn = search.asked_for(guard.handed, "phone")
        if not is_kenyan_mobile(msisdn):
            return render_template("thread.html", thread=None, typed=bool(msisdn or request.args.get("who")))
        with gateway.db.read() as tx:
            found = talk.thread(tx, msisdn, before=_before())
        return render_template("thread.html", thread=found, typed=True)

    @console.post("/conversation/find")
    def find_thread() -> Response:
        return search.send_on(guard.handed, url_for("console.thread"), ("phone",))


def _before() -> datetime | None:
    """The moment in the address, in microseconds since 1970, so that nothing of that moment is lost."""
    text = request.args.get("before", "")
    if not (text.isascii() and text.isdecimal() and len(text) < 17):
        return None
    return datetime.fromtimestamp(int(text) // 1_000_000, UTC).replace(microsecond=int(text) % 1_000_000)
