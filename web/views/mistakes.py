"""Wrong entries of admins: taken back with a reason, large ones by two (DR-1001, DR-813)."""

from flask import Blueprint, g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from core.books import correcting
from inbound.gateway import Gateway
from web import forms, search
from web.guard import Guard
from web.queries import desk
from web.queries import mistakes as book


def mount(console: Blueprint, gateway: Gateway, guard: Guard) -> None:
    """The pages under /money/mistakes."""

    @console.get("/money/mistakes")
    def mistakes() -> str:
        actor = g.signed.actor
        with gateway.db.read() as tx:
            return render_template(
                "money/mistakes.html", tabs=desk.tabs(tx, actor),
                page=book.page(tx, actor, before=search.id_asked("before")),
                waiting=book.waiting(tx, actor),
                decided=book.decided(tx, actor, before=search.id_asked("decided_before")),
                two_over=tx.setting("bank.two_person_over"),
            )  # fmt: skip

    @console.post("/money/mistakes/take-back")
    def take_entry_back() -> Response:
        record, reason = forms.words("record"), forms.words("reason")
        row = gateway.db.run(
            lambda tx: correcting.take_back(tx, g.signed.actor, record=record, reason=reason)
        )
        done = "taken_back" if row.status == "done" else "take_back_asked"
        return redirect(url_for("console.mistakes", done=done), 303)

    @console.post("/money/mistakes/<int:correction_id>")
    def decide_mistake(correction_id: int) -> Response:
        yes = forms.one_of("decision", ("yes", "no")) == "yes"
        gateway.db.run(lambda tx: correcting.decide(tx, g.signed.actor, correction_id=correction_id, yes=yes))
        return redirect(url_for("console.mistakes", done="taken_back" if yes else "stands"), 303)
