"""What people missed in the list of products: an admin adds it, says what it is, or says no (DR-401)."""

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core.catalogue import products, suggestions, tree
from core.db import Tx
from inbound.gateway import Gateway
from web.guard import Guard

ADD, SAME, REFUSE = "add", "same", "refuse"


def mount(console: Blueprint, gateway: Gateway, guard: Guard) -> None:
    """The pages under /missing."""

    @console.get("/missing")
    def missing() -> str:
        with gateway.db.read() as tx:
            waiting = suggestions.waiting(tx, g.signed.actor)
            kinds = tree.categories(tx, g.signed.actor)
            listed = products.every(tx, g.signed.actor)
        listed.sort(key=lambda product: product.product_name)
        return render_template("missing.html", waiting=waiting, kinds=kinds, products=listed)

    @console.post("/missing/<int:suggestion_id>/decision")
    def decide_missing(suggestion_id: int) -> Response:
        choice = request.form.get("decision", "")
        if choice not in (ADD, SAME, REFUSE):
            abort(400)
        gateway.db.run(lambda tx: _decide(tx, suggestion_id, choice))
        return redirect(url_for("console.missing", done=choice), 303)


def _decide(tx: Tx, suggestion_id: int, choice: str) -> None:
    """Carry out what the form says; whoever named it is told."""
    actor, form = g.signed.actor, request.form
    if choice == REFUSE:
        suggestions.refuse(tx, actor, suggestion_id=suggestion_id)
        return
    if choice == ADD:
        product_id = products.create(
            tx,
            actor,
            category_id=_number("category_id"),
            name=form.get("name", ""),
            name_sw=form.get("name_sw", ""),
            name_ki=form.get("name_ki", ""),
            unit=form.get("unit", "kg"),
        ).product_id
    else:
        product_id = _number("product_id")
    suggestions.settle(tx, actor, suggestion_id=suggestion_id, product_id=product_id)


def _number(name: str) -> int:
    said = request.form.get(name, "")
    if not (said.isascii() and said.isdigit() and len(said) < 10):
        abort(400)
    return int(said)
