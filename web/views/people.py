"""People: found by number or name, each on one card, with what an admin may do to an account."""

from collections.abc import Callable

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core.actor import Actor
from core.db import Tx
from core.farms import agents
from core.permissions import ROLES, STAFF_SCOPES
from core.users import pins, roles, staff
from inbound.gateway import Gateway
from web import forms, search
from web.guard import Guard
from web.queries import person

FIELDS = ("phone", "text", "role")
# What can be done to an account; each takes the transaction, who does it, to whom and why.
ACTS: dict[str, Callable[[Tx, Actor, int, str], object]] = {
    "pin": lambda tx, actor, user_id, why: pins.reset(tx, actor, user_id=user_id, reason=why),
    "off": lambda tx, actor, user_id, why: staff.deactivate(tx, actor, user_id=user_id, reason=why),
    "on": lambda tx, actor, user_id, why: staff.reactivate(tx, actor, user_id=user_id, reason=why),
    "role": lambda tx, actor, user_id, why: roles.change(
        tx, actor, user_id=user_id, role=forms.words("role"), reason=why
    ),
    "scope": lambda tx, actor, user_id, why: staff.set_scope(
        tx, actor, user_id=user_id, scope=forms.words("scope"), reason=why
    ),
    "appoint": lambda tx, actor, user_id, why: agents.appoint(
        tx, actor, user_id=user_id, cooperative=forms.words("cooperative")
    ),
    "dismiss": lambda tx, actor, user_id, why: agents.dismiss(tx, actor, user_id=user_id, reason=why),
}


def mount(console: Blueprint, gateway: Gateway, guard: Guard) -> None:
    """The pages under /people."""

    @console.get("/people")
    def people() -> str:
        asked = search.asked_for(guard.handed, "phone") or request.args.get("text", "")
        role = request.args.get("role", "")
        number = max(search.id_asked("page") or 1, 1)
        with gateway.db.read() as tx:
            found = staff.search(
                tx, g.signed.actor, text=asked, role=role if role in ROLES else "", page=number
            )
        return render_template("people.html", found=found, roles=ROLES, number=number)

    @console.post("/people/find")
    def find_people() -> Response:
        return search.send_on(guard.handed, url_for("console.people"), FIELDS)

    @console.get("/people/<int:user_id>")
    def one_person(user_id: int) -> str:
        with gateway.db.read() as tx:
            staff.search(tx, g.signed.actor, text="-")  # who may not read people reads no card either
            card = person.card(tx, user_id) or abort(404)
            return render_template("person.html", card=card, roles=ROLES, scopes=STAFF_SCOPES)

    @console.post("/people/<int:user_id>")
    def change_person(user_id: int) -> Response:
        act = ACTS[forms.one_of("decision", ACTS)]
        why = forms.words("reason")
        gateway.db.run(lambda tx: act(tx, g.signed.actor, user_id, why))
        return redirect(url_for("console.one_person", user_id=user_id, done="person"), 303)
