"""Money that came in: matched by hand or sent back (DR-812), and transfers at the bank (DR-813)."""

from flask import Blueprint, g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from core.clock import nairobi_date
from core.db import Tx
from core.orders import numbers
from core.payments import bank as transfers
from core.payments import suspense
from core.payments.models import PaymentTransaction
from inbound.gateway import Gateway
from web import forms
from web.guard import Guard
from web.queries import desk, money_in


def mount(console: Blueprint, gateway: Gateway, guard: Guard) -> None:
    """The pages /money and /money/bank."""

    @console.get("/money")
    def unknown_money() -> str:
        actor = g.signed.actor
        with gateway.db.read() as tx:
            return render_template(
                "money/unknown.html", tabs=desk.tabs(tx, actor), waiting=money_in.unknown(tx, actor),
                found=money_in.found(tx, actor),
            )  # fmt: skip

    @console.post("/money/<int:suspense_id>/match")
    def match_money(suspense_id: int) -> Response:
        number = forms.words("order")
        gateway.db.run(
            lambda tx: suspense.match(tx, g.signed.actor, suspense_id=suspense_id, order_number=number)
        )
        return redirect(url_for("console.unknown_money", done="matched"), 303)

    @console.post("/money/<int:suspense_id>/back")
    def send_money_back(suspense_id: int) -> Response:
        gateway.db.run(lambda tx: suspense.give_back(tx, g.signed.actor, suspense_id=suspense_id))
        return redirect(url_for("console.unknown_money", done="given_back"), 303)

    @console.get("/money/bank")
    def bank() -> str:
        actor = g.signed.actor
        with gateway.db.read() as tx:
            return render_template(
                "money/bank.html", tabs=desk.tabs(tx, actor), due=money_in.bank_due(tx, actor),
                waiting=money_in.transfers(tx, actor, waiting=True),
                decided=money_in.transfers(tx, actor, waiting=False),
                today=nairobi_date(tx.now), two_over=tx.setting("bank.two_person_over"),
                account=tx.setting("bank.account"),
            )  # fmt: skip

    @console.post("/money/bank/enter")
    def enter_transfer() -> Response:
        gateway.db.run(_enter)
        return redirect(url_for("console.bank", done="entered"), 303)

    @console.post("/money/bank/<int:transaction_id>/decision")
    def decide_transfer(transaction_id: int) -> Response:
        choice = forms.one_of("decision", ("approve", "refuse"))
        if choice == "approve":
            gateway.db.run(
                lambda tx: transfers.approve_bank(tx, g.signed.actor, transaction_id=transaction_id)
            )
            return redirect(url_for("console.bank", done="seconded"), 303)
        reason = forms.words("reason")
        gateway.db.run(
            lambda tx: transfers.refuse_bank(tx, g.signed.actor, transaction_id=transaction_id, reason=reason)
        )
        return redirect(url_for("console.bank", done="struck"), 303)


def _enter(tx: Tx) -> PaymentTransaction:
    order = numbers.find(tx, g.signed.actor, forms.words("order"))
    return transfers.bank_paid(
        tx,
        g.signed.actor,
        order_id=order.order_id,
        bank_reference=forms.words("reference"),
        amount=forms.amount("amount"),
        paid_on=forms.day("paid_on"),
    )
