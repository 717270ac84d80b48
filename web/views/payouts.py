"""Payouts: the first ones as one list, large ones, by hand, held back, tried again (section 13)."""

from decimal import Decimal

from flask import Blueprint, g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from core.db import Tx
from core.msisdn import e164
from core.payouts import by_hand
from core.payouts import service as verbs
from core.payouts.errors import PayoutUnknown
from core.payouts.models import Payout
from core.settings import switches
from core.users import service as users
from inbound.gateway import Gateway
from web import forms
from web.guard import Guard
from web.queries import desk, money_out

DECISIONS = ("approve", "process", "hold", "resume", "retry", "cancel")


def mount(console: Blueprint, gateway: Gateway, guard: Guard) -> None:
    """The pages under /money/payouts."""

    @console.get("/money/payouts")
    def payouts() -> str:
        actor = g.signed.actor
        with gateway.db.read() as tx:
            return render_template(
                "money/payouts.html", tabs=desk.tabs(tx, actor), payouts=money_out.payouts(tx, actor),
                waiting=money_out.without_number(tx, actor),
                unclear=money_out.unclear(tx, actor, "payout"), paused=switches.is_paused(tx, "payouts"),
            )  # fmt: skip

    @console.post("/money/payouts/first")
    def approve_first_payouts() -> Response:
        ids = forms.numbers("ids")
        total: Decimal = forms.amount("total")
        gateway.db.run(lambda tx: verbs.approve_first(tx, g.signed.actor, payout_ids=ids, total=total))
        return redirect(url_for("console.payouts", done="payouts_yes"), 303)

    @console.post("/money/payouts/make")
    def make_payout() -> Response:
        gateway.db.run(_make)
        return redirect(url_for("console.payouts", done="payout_made"), 303)

    @console.post("/money/payouts/unclear")
    def settle_sending() -> Response:
        choice = forms.one_of("decision", ("ask", "paid", "failed"))
        done = gateway.db.run(lambda tx: _settle(tx, choice))
        refund = forms.words("subject").startswith("refund:")
        return redirect(url_for("console.refunds" if refund else "console.payouts", done=done), 303)

    @console.post("/money/payouts/<int:payout_id>/decision")
    def decide_payout(payout_id: int) -> Response:
        choice = forms.one_of("decision", DECISIONS)
        gateway.db.run(lambda tx: _decide(tx, payout_id, choice))
        return redirect(url_for("console.payouts", done="payout"), 303)


def _make(tx: Tx) -> list[Payout]:
    payee = users.find(tx, e164(forms.words("phone")))
    if payee is None:
        raise PayoutUnknown(payee_id=0)
    return verbs.create(tx, g.signed.actor, payee_id=payee.user_id)


def _settle(tx: Tx, choice: str) -> str:
    """What an admin saw in Safaricom's portal of a sending M-Pesa would not tell of (DR-1303)."""
    actor, name = g.signed.actor, forms.words("name")
    if choice == "ask":
        by_hand.ask_again(tx, actor, name=name)
        return "asked_again"
    sending = by_hand.settle(
        tx,
        actor,
        name=name,
        paid=choice == "paid",
        receipt=forms.words("receipt"),
        reason=forms.words("reason"),
    )
    return "settled" if sending.status == "told" else "said"


def _decide(tx: Tx, payout_id: int, choice: str) -> Payout:
    actor = g.signed.actor
    if choice == "hold":
        return verbs.hold(tx, actor, payout_id=payout_id, reason=forms.words("reason"))
    if choice == "cancel":
        return verbs.cancel(tx, actor, payout_id=payout_id, reason=forms.words("reason"))
    act = {
        "approve": verbs.approve, "process": verbs.process, "resume": verbs.resume, "retry": verbs.retry
    }[choice]  # fmt: skip
    return act(tx, actor, payout_id=payout_id)
