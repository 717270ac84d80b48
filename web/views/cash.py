"""The riders' cash: the day's close, counted in, set off, let go, brought to the bank (DR-904, DR-907)."""

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core.cash import deposits
from core.cash.errors import RiderUnknown
from core.clock import nairobi_date
from core.db import Tx
from core.msisdn import e164
from core.users import service as users
from inbound.gateway import Gateway
from web import forms
from web.guard import Guard
from web.queries import cash_desk, desk

DONE = {"count": "counted", "set_off": "set_off", "write_off": "written_off"}


def mount(console: Blueprint, gateway: Gateway, guard: Guard) -> None:
    """The pages under /money/cash."""

    @console.get("/money/cash")
    def cash() -> str:
        actor = g.signed.actor
        with gateway.db.read() as tx:
            day = forms.day_of(request.args.get("day", "")) or nairobi_date(tx.now)
            return render_template(
                "money/cash.html", tabs=desk.tabs(tx, actor), day=day,
                desk=cash_desk.look(tx, actor, day=day),
                once=gateway.parts.chance.token(), today=nairobi_date(tx.now),
                limit=tx.setting("cod.rider_cash_limit"),
            )  # fmt: skip

    @console.post("/money/cash/take")
    def take_cash() -> Response:
        choice = forms.one_of("decision", DONE)
        gateway.db.run(lambda tx: _take(tx, choice))
        return redirect(url_for("console.cash", done=DONE[choice]), 303)

    @console.post("/money/cash/bank")
    def bank_cash() -> Response:
        amount, reference = forms.amount("amount"), forms.words("reference")
        gateway.db.run(lambda tx: deposits.bank(tx, g.signed.actor, amount=amount, bank_reference=reference))
        return redirect(url_for("console.cash", done="banked"), 303)


def _take(tx: Tx, choice: str) -> None:
    actor, amount, once = g.signed.actor, forms.amount("amount"), forms.words("once")[:60]
    rider_id = _rider(tx)
    if choice == "count":
        deposits.count_in(tx, actor, rider_id=rider_id, amount=amount, once_key=once)
        return
    verb = deposits.set_off if choice == "set_off" else deposits.write_off
    verb(tx, actor, rider_id=rider_id, amount=amount, reason=forms.words("reason"), once_key=once)


def _rider(tx: Tx) -> int:
    if request.form.get("rider_id"):
        return forms.number("rider_id")
    rider = users.find(tx, e164(forms.words("phone")))
    if rider is None:
        raise RiderUnknown
    return rider.user_id
