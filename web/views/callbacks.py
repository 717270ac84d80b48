"""The callback log: the list, the news a page asks for every second, and one row opened."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from werkzeug.wrappers import Response

from core.db import Tx
from core.traffic.models import KINDS, VERDICTS
from inbound.gateway import Gateway
from web import search
from web.guard import Guard, quiet
from web.queries import callbacks as log
from web.queries.callbacks import Filters

PLAIN = ("kind", "direction", "verdict", "session")
FIELDS = (*PLAIN, "order", "phone", "provider_id")
MOST_WAITING = 60


def mount(console: Blueprint, gateway: Gateway, guard: Guard) -> None:
    """The pages under /callbacks."""

    def filters(tx: Tx) -> Filters:
        plain: dict[str, Any] = {name: request.args.get(name, "").strip() for name in PLAIN}
        found = Filters(
            **plain,
            msisdn=search.asked_for(guard.handed, "phone"),
            provider_id=search.asked_for(guard.handed, "provider_id"),
        )
        order = request.args.get("order", "").strip()
        return replace(found, order_ids=log.orders_called(tx, order)) if order else found

    @console.get("/callbacks")
    def callbacks() -> str:
        before = search.id_asked("before")
        with gateway.db.read() as tx:
            narrowed = filters(tx)
            page = log.page(tx, narrowed, before=before)
        return render_template(
            "callbacks.html",
            page=page,
            filters=narrowed,
            live=before is None,
            kinds=KINDS,
            verdicts=VERDICTS,
        )

    @console.post("/callbacks/find")
    def find_callbacks() -> Response:
        return search.send_on(guard.handed, url_for("console.callbacks"), FIELDS)

    @console.get("/callbacks/rows")
    @quiet
    def callback_rows() -> str:
        waiting = [int(i) for i in request.args.get("waiting", "").split(",") if i.isdecimal()]
        with gateway.db.read() as tx:
            lines = log.news(
                tx, filters(tx), after=search.id_asked("after") or 0, waiting=waiting[:MOST_WAITING]
            )
        return render_template("parts/callback_rows.html", lines=lines, links=True)

    @console.get("/callbacks/<int:callback_id>")
    def callback(callback_id: int) -> str:
        with gateway.db.read() as tx:
            opened = log.opened(tx, callback_id)
        if opened is None:
            abort(404)
        part = "parts/callback.html" if request.args.get("part") else "callback.html"
        return render_template(part, opened=opened, row=opened.row)
