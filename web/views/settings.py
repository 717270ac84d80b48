"""The numbers of the business, their bounds and who changed them; and changing one (DR-1701, DR-1702)."""

from itertools import groupby

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core.office import trail
from core.settings import service as settings_of
from inbound.gateway import Gateway
from web import forms
from web.guard import Guard


def mount(console: Blueprint, gateway: Gateway, guard: Guard) -> None:
    """The page /settings."""

    @console.get("/settings")
    def settings() -> str:
        asked = request.args.get("name", "")
        with gateway.db.read() as tx:
            every = settings_of.listed(tx, g.signed.actor)
            history = trail.listed(
                tx, g.signed.actor, what="setting.", record=f"setting:{asked}" if asked else ""
            )
        rooms = [(room, list(inside)) for room, inside in groupby(every, lambda one: one.name.split(".")[0])]
        return render_template("settings.html", rooms=rooms, history=history, asked=asked)

    @console.post("/settings/<name>")
    def change_setting(name: str) -> Response:
        value, reason = forms.words("value"), forms.words("reason")
        gateway.db.run(
            lambda tx: settings_of.change(tx, g.signed.actor, name=name, value=value, reason=reason)
        )
        return redirect(url_for("console.settings", name=name, done="setting"), 303)
