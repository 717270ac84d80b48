"""The office's own work: alarms, given-up work, certificates, data requests; reviews; the audit trail."""

from collections.abc import Callable

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core.actor import Actor
from core.alarms import service as alarms
from core.alarms.rules import KINDS as ALARMS
from core.db import Tx
from core.farms import keeping
from core.office import parked, trail
from core.privacy import service as privacy
from core.reviews import lists as review_lists
from core.reviews import service as reviews
from inbound.gateway import Gateway
from web import forms, search
from web.guard import Guard
from web.queries import person

Act = Callable[[Tx, Actor, int, str], object]
ALARM_ACTS: dict[str, Act] = {
    "seen": lambda tx, actor, one, why: alarms.acknowledge(tx, actor, alarm_id=one),
    "clear": lambda tx, actor, one, why: alarms.clear(tx, actor, alarm_id=one, reason=why),
}
WORK_ACTS: dict[str, Act] = {
    "retry": lambda tx, actor, one, why: parked.retry(tx, actor, duty_id=one, reason=why),
    "drop": lambda tx, actor, one, why: parked.drop(tx, actor, duty_id=one, reason=why),
}
FARM_ACTS: dict[str, Act] = {
    "approve": lambda tx, actor, one, why: keeping.decide_certificate(
        tx, actor, farm_id=one, approve=True, reason=why
    ),
    "refuse": lambda tx, actor, one, why: keeping.decide_certificate(
        tx, actor, farm_id=one, approve=False, reason=why
    ),
}
REVIEW_ACTS: dict[str, Act] = {
    "hide": lambda tx, actor, one, why: reviews.hide(tx, actor, review_id=one, reason=why),
    "show": lambda tx, actor, one, why: reviews.show_again(tx, actor, review_id=one, reason=why),
}
ACTS: dict[str, dict[str, Act]] = {
    "alarm": ALARM_ACTS, "work": WORK_ACTS, "certificate": FARM_ACTS, "review": REVIEW_ACTS,
}  # fmt: skip


def mount(console: Blueprint, gateway: Gateway, guard: Guard) -> None:
    """The pages /office, /reviews and /audit."""

    @console.get("/office")
    def office() -> str:
        actor = g.signed.actor
        with gateway.db.read() as tx:
            asked = privacy.waiting(tx, actor)
            return render_template(
                "office.html",
                alarms=alarms.listed(tx, actor),
                says=ALARMS,
                parked=parked.listed(tx, actor),
                certificates=keeping.waiting_certificates(tx, actor),
                asked=asked,
                who=person.names(tx, [one.user_id for one in asked]),
            )

    @console.post("/office/<what>/<int:one>")
    def decide_office(what: str, one: int) -> Response:
        acts = ACTS.get(what, {})
        act = acts[forms.one_of("decision", acts)]
        why = forms.words("reason")
        gateway.db.run(lambda tx: act(tx, g.signed.actor, one, why))
        back = "console.all_reviews" if what == "review" else "console.office"
        return redirect(url_for(back, done="office"), 303)

    @console.get("/reviews")
    def all_reviews() -> str:
        number = max(search.id_asked("page") or 1, 1)
        with gateway.db.read() as tx:
            page = review_lists.all_of_them(tx, g.signed.actor, page=number)
        return render_template("reviews.html", page=page)

    @console.get("/audit")
    def audit() -> str:
        what, record = request.args.get("what", ""), request.args.get("record", "")
        with gateway.db.read() as tx:
            rows = trail.listed(
                tx, g.signed.actor, what=what, record=record, user_id=search.id_asked("by"),
                before=search.id_asked("before"),
            )  # fmt: skip
            who = person.names(tx, [row.user_id for row in rows if row.user_id])
            older = rows[-1].audit_id if len(rows) == trail.PAGE else None
            return render_template("audit.html", rows=rows, who=who, older=older)
