"""Messages: everything that was to be texted, and what became of it."""

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core.outbox import failed, gate
from inbound.gateway import Gateway
from web import search
from web.guard import Guard
from web.queries import messages as outbox
from web.queries.messages import Filters

FIELDS = ("status", "phone")


def mount(console: Blueprint, gateway: Gateway, guard: Guard) -> None:
    """The pages under /messages."""

    @console.get("/messages")
    def messages() -> str:
        phone = search.asked_for(guard.handed, "phone")
        filters = Filters(status=request.args.get("status", ""), msisdn=phone)
        with gateway.db.read() as tx:
            page = outbox.page(tx, filters, before=search.id_asked("before"))
            lanes = outbox.by_lane(tx)
            shut = any(gate.is_open(tx).values())
        return render_template(
            "messages.html", page=page, filters=filters, statuses=outbox.STATUSES, lanes=lanes, shut=shut
        )

    @console.post("/messages/find")
    def find_messages() -> Response:
        return search.send_on(guard.handed, url_for("console.messages"), FIELDS)

    @console.get("/messages/<int:outbox_id>")
    def message(outbox_id: int) -> str:
        with gateway.db.read() as tx:
            found = outbox.one(tx, outbox_id)
            again = found is not None and failed.may_go_again(tx, found[0])
        if found is None:
            abort(404)
        return render_template("message.html", message=found[0], reports=found[1], again=again)

    @console.post("/messages/<int:outbox_id>/again")
    def message_again(outbox_id: int) -> Response:
        gateway.db.run(lambda tx: failed.again(tx, g.signed.actor, outbox_id=outbox_id))
        return redirect(url_for("console.message", outbox_id=outbox_id, done="again"), 303)
