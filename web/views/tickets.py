"""Tickets: who waits for an answer, each with all that was written, and the answer (DR-1602)."""

from collections.abc import Callable

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core.actor import Actor
from core.db import Tx
from core.support import rules
from core.support import service as verbs
from inbound.gateway import Gateway
from web import forms, search
from web.guard import Guard
from web.queries import person

UNRESOLVED = "unresolved"
STATUSES = (UNRESOLVED, "open", "in_progress", "waiting_user", "resolved", "closed")
ACTS: dict[str, Callable[[Tx, Actor, int], object]] = {
    "answer": lambda tx, actor, one: verbs.write(tx, actor, ticket_id=one, text=forms.words("text")),
    "take": lambda tx, actor, one: verbs.take(tx, actor, ticket_id=one),
    "resolve": lambda tx, actor, one: verbs.resolve(tx, actor, ticket_id=one, text=forms.words("text")),
    "close": lambda tx, actor, one: verbs.close(tx, actor, ticket_id=one),
    "reopen": lambda tx, actor, one: verbs.reopen(tx, actor, ticket_id=one, text=forms.words("text")),
    "priority": lambda tx, actor, one: verbs.prioritise(
        tx, actor, ticket_id=one, priority=forms.words("priority")
    ),
}


def mount(console: Blueprint, gateway: Gateway, guard: Guard) -> None:
    """The pages under /tickets."""

    @console.get("/tickets")
    def tickets() -> str:
        status = request.args.get("status", UNRESOLVED)
        status = status if status in STATUSES else UNRESOLVED
        with gateway.db.read() as tx:
            listed = verbs.listed(tx, g.signed.actor, status=status, before=search.id_asked("before"))
            who = person.names(tx, [ticket.user_id for ticket in listed])
            older = listed[-1].ticket_id if len(listed) == verbs.PAGE else None
            return render_template(
                "tickets.html", tickets=listed, who=who, status=status, statuses=STATUSES, older=older
            )

    @console.get("/tickets/<int:ticket_id>")
    def one_ticket(ticket_id: int) -> str:
        with gateway.db.read() as tx:
            ticket = verbs.read(tx, g.signed.actor, ticket_id=ticket_id)
            who = person.names(tx, [ticket.user_id, *(e.author_id for e in ticket.entries if e.author_id)])
            return render_template("ticket.html", ticket=ticket, who=who, priorities=rules.PRIORITIES)

    @console.post("/tickets/<int:ticket_id>")
    def change_ticket(ticket_id: int) -> Response:
        act = ACTS[forms.one_of("decision", ACTS)]
        gateway.db.run(lambda tx: act(tx, g.signed.actor, ticket_id))
        return redirect(url_for("console.one_ticket", ticket_id=ticket_id, done="ticket"), 303)
