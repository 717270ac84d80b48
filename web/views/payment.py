"""One payment of an order, from the prompt to the books."""

from flask import Blueprint, abort, render_template

from inbound.gateway import Gateway
from web.guard import Guard
from web.queries import payment as story


def mount(console: Blueprint, gateway: Gateway, guard: Guard) -> None:
    """The page /payments/<id>."""

    @console.get("/payments/<int:transaction_id>")
    def payment(transaction_id: int) -> str:
        with gateway.db.read() as tx:
            whole = story.whole(tx, transaction_id)
        if whole is None:
            abort(404)
        return render_template("payment.html", whole=whole, payment=whole.payment, order=whole.order)
