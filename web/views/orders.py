"""Orders: the list, and one order with its goods, money, delivery and story."""

from flask import Blueprint, abort, render_template, request, url_for
from werkzeug.wrappers import Response

from core.orders.machine import ORDER
from inbound.gateway import Gateway
from web import search
from web.guard import Guard
from web.queries import callbacks as log
from web.queries import orders as book
from web.queries.orders import Filters

FIELDS = ("status", "number", "phone")


def mount(console: Blueprint, gateway: Gateway, guard: Guard) -> None:
    """The pages under /orders."""

    @console.get("/orders")
    def orders() -> str:
        number = request.args.get("number", "").strip()
        with gateway.db.read() as tx:
            filters = Filters(
                status=request.args.get("status", ""),
                customer_msisdn=search.asked_for(guard.handed, "phone"),
                order_ids=log.orders_called(tx, number) if number else None,
            )
            page = book.page(tx, filters, before=search.id_asked("before"))
        return render_template("orders.html", page=page, filters=filters, statuses=ORDER.statuses)

    @console.post("/orders/find")
    def find_orders() -> Response:
        return search.send_on(guard.handed, url_for("console.orders"), FIELDS)

    @console.get("/orders/<int:order_id>")
    def order(order_id: int) -> str:
        with gateway.db.read() as tx:
            whole = book.whole(tx, order_id)
        if whole is None:
            abort(404)
        return render_template("order.html", whole=whole, order=whole.order)
