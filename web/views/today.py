"""What needs a human now."""

from flask import Blueprint, g, render_template

from inbound.gateway import Gateway
from web.guard import Guard
from web.queries.today import today as read_today


def mount(console: Blueprint, gateway: Gateway, guard: Guard) -> None:
    """The page at /admin/."""

    @console.get("/")
    def today() -> str:
        with gateway.db.read() as tx:
            return render_template("today.html", today=read_today(tx, g.signed.actor))
