"""What customers ask for: cancelling what is being prepared, and complaints (O10, O16, 7.3)."""

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core.db import Tx
from core.orders import cancelling, claims
from inbound.gateway import Gateway
from web import forms
from web.guard import Guard
from web.queries import asked as book
from web.queries import desk


def mount(console: Blueprint, gateway: Gateway, guard: Guard) -> None:
    """The pages under /money/asked, and the cancelling of an order by an admin."""

    @console.get("/money/asked")
    def asked() -> str:
        actor = g.signed.actor
        with gateway.db.read() as tx:
            return render_template(
                "money/asked.html", tabs=desk.tabs(tx, actor), cancellings=book.cancellings(tx, actor),
                complaints=book.complaints(tx, actor), faults=claims.FAULTS,
            )  # fmt: skip

    @console.post("/money/asked/cancel/<int:request_id>")
    def decide_cancelling(request_id: int) -> Response:
        grant = forms.one_of("decision", ("grant", "refuse")) == "grant"
        gateway.db.run(
            lambda tx: cancelling.decide_cancel(
                tx, g.signed.actor, request_id=request_id, grant=grant,
                waive=bool(request.form.get("waive")), reason=forms.words("reason"),
            )
        )  # fmt: skip
        return redirect(url_for("console.asked", done="cancel_yes" if grant else "cancel_no"), 303)

    @console.post("/money/asked/claim/<int:claim_id>")
    def decide_claim(claim_id: int) -> Response:
        uphold = forms.one_of("decision", ("uphold", "refuse")) == "uphold"
        gateway.db.run(lambda tx: _decide_claim(tx, claim_id, uphold))
        return redirect(url_for("console.asked", done="claim_yes" if uphold else "claim_no"), 303)

    @console.post("/orders/<int:order_id>/cancel")
    def cancel_order(order_id: int) -> Response:
        reason, waive = forms.words("reason"), bool(request.form.get("waive"))
        gateway.db.run(
            lambda tx: cancelling.cancel(tx, g.signed.actor, order_id=order_id, reason=reason, waive=waive)
        )
        return redirect(url_for("console.order", order_id=order_id, done="cancel_yes"), 303)


def _decide_claim(tx: Tx, claim_id: int, uphold: bool) -> None:
    actor, reason = g.signed.actor, forms.words("reason")
    if uphold:
        fault = forms.one_of("fault", claims.FAULTS)
        claims.uphold(tx, actor, claim_id=claim_id, fault=fault, refund=forms.amount("refund"), reason=reason)
    else:
        claims.refuse(tx, actor, claim_id=claim_id, reason=reason)
