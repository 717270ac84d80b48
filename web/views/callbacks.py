"""The callback log: the list, the news a page asks for every second, and rows taken out in a file."""

from flask import Blueprint, Response, g, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from core.office import callbacks as desk
from core.traffic.models import KINDS, VERDICTS
from inbound.gateway import Gateway
from web import asked_for, search, sheets
from web.guard import Guard, quiet
from web.queries import callbacks as log
from web.queries.sieve import TEXT_DAYS

MOST_WAITING = 60


def mount(console: Blueprint, gateway: Gateway, guard: Guard) -> None:
    """The pages /callbacks, /callbacks/rows and /callbacks/file."""

    @console.get("/callbacks")
    def callbacks() -> str:
        before = search.id_asked("before")
        with gateway.db.read() as tx:
            filters = asked_for.filters(tx, guard.handed)
            page = log.page(tx, filters, before=before)
        return render_template(
            "callbacks.html",
            page=page,
            filters=filters,
            chips=asked_for.chips(filters),
            live=before is None and filters.until is None,
            kinds=KINDS,
            verdicts=VERDICTS,
            text_days=TEXT_DAYS,
            most=desk.MOST_TAKEN_OUT,
        )

    @console.post("/callbacks/find")
    def find_callbacks() -> AnyResponse:
        return search.send_on(
            guard.handed, url_for("console.callbacks"), asked_for.FIELDS, asked_for.sorted_out(request.form)
        )

    @console.get("/callbacks/rows")
    @quiet
    def callback_rows() -> str:
        waiting = [int(i) for i in request.args.get("waiting", "").split(",") if i.isdecimal()]
        with gateway.db.read() as tx:
            lines = log.news(
                tx,
                asked_for.filters(tx, guard.handed),
                after=search.id_asked("after") or 0,
                waiting=waiting[:MOST_WAITING],
            )
        return render_template("parts/callback_rows.html", lines=lines, links=True)

    @console.post("/callbacks/file")
    def callbacks_file() -> AnyResponse:
        with gateway.db.read() as tx:
            filters = asked_for.filters(tx, guard.handed)
        told = asked_for.plainly(filters)
        most = gateway.db.run(lambda tx: desk.take_out(tx, g.signed.actor, filters=told))
        with gateway.db.read() as tx:
            page = log.page(tx, filters, size=most)
        name = {"Content-Disposition": 'attachment; filename="tunda-callbacks.csv"'}
        return Response(sheets.of_log(page.rows), mimetype="text/csv; charset=utf-8", headers=name)
