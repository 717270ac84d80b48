"""One row of the callback log: opened, its number read in full, run again through its own door."""

from collections.abc import Callable, Mapping

from flask import Blueprint, Flask, abort, current_app, g, render_template, request

from core.db import Tx
from core.office import callbacks as desk
from core.traffic.models import Callback
from inbound import again
from inbound.again import Answer, Kept
from inbound.gateway import Gateway
from web import curl, forms
from web.guard import Guard
from web.queries import callbacks as log

# How a request that is not kept is made again from what the log has of it; None: it cannot be.
MadeAgain = Mapping[str, Callable[[Gateway, Tx, Callback], Kept | None]]


def mount(console: Blueprint, gateway: Gateway, guard: Guard, made_again: MadeAgain) -> None:
    """The pages under /callbacks/<id>."""

    def page(
        callback_id: int,
        part: str,
        *,
        number: str = "",
        answer: Answer | None = None,
        effect: int | None = None,
    ) -> str:
        with gateway.db.read() as tx:
            opened = log.opened(tx, callback_id)
            if opened is None:
                abort(404)
            can_run = desk.known(opened.row) and _request(tx, opened.row) is not None
        return render_template(
            part, opened=opened, row=opened.row, number=number, answer=answer, effect=effect, can_run=can_run,
            curl=curl.of(opened.row, gateway.config.public_url),
            is_full=g.signed.user.staff_scope == "full",
        )  # fmt: skip

    def _request(tx: Tx, row: Callback) -> Kept | None:
        if row.came is not None:
            return again.opened(tx.parts.vault, row.came)
        make = made_again.get(row.kind)
        return make(gateway, tx, row) if make else None

    @console.get("/callbacks/<int:callback_id>")
    def callback(callback_id: int) -> str:
        return page(callback_id, "parts/callback.html" if request.args.get("part") else "callback.html")

    @console.post("/callbacks/<int:callback_id>/number")
    def callback_number(callback_id: int) -> str:
        reason = forms.words("reason")
        number = gateway.db.run(
            lambda tx: desk.reveal(tx, g.signed.actor, callback_id=callback_id, reason=reason)
        )
        return page(callback_id, "callback.html", number=number)

    @console.post("/callbacks/<int:callback_id>/again")
    def callback_again(callback_id: int) -> str:
        row = gateway.db.run(lambda tx: desk.run_again(tx, g.signed.actor, callback_id=callback_id))
        with gateway.db.read() as tx:
            kept = _request(tx, row)
        if kept is None:
            abort(409, "What came is not kept any more, so it cannot be run again.")
        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
        answer = again.run(app, gateway.config, kept, source=row.source)
        with gateway.db.read() as tx:
            effect = log.taken_as_new(tx, answer.request_id)
        return page(callback_id, "callback.html", answer=answer, effect=effect)
