"""Vehicles: those waiting for a decision, with the buttons beside them, and those decided (DR-1209)."""

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core.deliveries import vehicles as verbs
from inbound.gateway import Gateway
from web import search
from web.guard import Guard
from web.queries import vehicles as register

DECISIONS = {"approve": True, "refuse": False}


def mount(console: Blueprint, gateway: Gateway, guard: Guard) -> None:
    """The pages under /vehicles."""

    @console.get("/vehicles")
    def vehicles() -> str:
        with gateway.db.read() as tx:
            waiting = register.waiting(tx)
            page = register.decided(tx, before=search.id_asked("before"))
        return render_template("vehicles.html", waiting=waiting, page=page)

    @console.post("/vehicles/<int:vehicle_id>/decision")
    def decide_vehicle(vehicle_id: int) -> Response:
        choice = request.form.get("decision", "")
        if choice not in DECISIONS:
            abort(400)
        gateway.db.run(
            lambda tx: verbs.decide(tx, g.signed.actor, vehicle_id=vehicle_id, approve=DECISIONS[choice])
        )
        back = "console.today" if request.form.get("from") == "today" else "console.vehicles"
        return redirect(url_for(back, done=choice), 303)
