"""Refunds: asked for, approved by one or two, refused, tried again, paid at the bank (8.3, DR-820)."""

from flask import Blueprint, g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from core.db import Tx
from core.orders import numbers
from core.payments import refunds as verbs
from core.payments import returning
from core.payments.models import Refund
from inbound.gateway import Gateway
from web import forms
from web.guard import Guard
from web.queries import desk, money_out

DECISIONS = {
    "approve": "refund_yes",
    "reject": "refund_no",
    "stop": "refund_stopped",
    "retry": "refund_again",
    "paid": "refund_paid",
}
ROADS = ("", "b2c", "bank", "credit")


def mount(console: Blueprint, gateway: Gateway, guard: Guard) -> None:
    """The pages under /money/refunds."""

    @console.get("/money/refunds")
    def refunds() -> str:
        actor = g.signed.actor
        with gateway.db.read() as tx:
            return render_template(
                "money/refunds.html", tabs=desk.tabs(tx, actor), refunds=money_out.refunds(tx, actor),
                once=gateway.parts.chance.token(),
                unclear=money_out.unclear(tx, actor, "refund"), two_over=tx.setting("refund.two_person_over"),
            )  # fmt: skip

    @console.post("/money/refunds/ask")
    def ask_refund() -> Response:
        gateway.db.run(_ask)
        return redirect(url_for("console.refunds", done="refund_asked"), 303)

    @console.post("/money/refunds/<int:refund_id>/decision")
    def decide_refund(refund_id: int) -> Response:
        choice = forms.one_of("decision", DECISIONS)
        gateway.db.run(lambda tx: _decide(tx, refund_id, choice))
        return redirect(url_for("console.refunds", done=DECISIONS[choice]), 303)


def _ask(tx: Tx) -> list[Refund]:
    order = numbers.find(tx, g.signed.actor, forms.words("order"))
    return verbs.request(
        tx,
        g.signed.actor,
        order_id=order.order_id,
        amount=forms.amount("amount"),
        reason=forms.words("reason"),
        request_key=forms.words("once")[:40],
    )


def _decide(tx: Tx, refund_id: int, choice: str) -> Refund:
    actor = g.signed.actor
    if choice == "reject":
        return verbs.reject(tx, actor, refund_id=refund_id, reason=forms.words("reason"))
    if choice == "stop":
        return returning.stop(tx, actor, refund_id=refund_id, reason=forms.words("reason"))
    if choice == "paid":
        return returning.paid_by_hand(tx, actor, refund_id=refund_id, reference=forms.words("reference"))
    road, number = forms.one_of("road", ROADS) or None, forms.words("to_number")
    if choice == "retry":
        return returning.retry(tx, actor, refund_id=refund_id, road=road, to_number=number)
    only = forms.amount("only") if forms.words("only") else None
    return verbs.approve(tx, actor, refund_id=refund_id, road=road, to_number=number, amount=only)
