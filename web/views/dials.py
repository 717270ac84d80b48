"""A USSD session as the screens the person saw."""

from flask import Blueprint, abort, render_template

from inbound.gateway import Gateway
from web.guard import Guard
from web.queries import dials as log


def mount(console: Blueprint, gateway: Gateway, guard: Guard) -> None:
    """The page /dials/<session>."""

    @console.get("/dials/<session>")
    def dial(session: str) -> str:
        with gateway.db.read() as tx:
            found = log.dials(tx, session)
        if not found:
            abort(404)
        return render_template("dial.html", session=session, dials=found)
