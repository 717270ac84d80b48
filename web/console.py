"""The admin's console, mounted at /admin: pages listed here, guarded by web/guard.py, drawn by templates."""

from types import MappingProxyType
from typing import Any

from flask import Blueprint, g, render_template, request
from markupsafe import Markup
from werkzeug.exceptions import HTTPException, NotFound

from core.errors import DomainError
from core.permissions import scope
from inbound.gateway import Gateway
from web import forms, sentences, show
from web.guard import CSRF_FIELD, Guard
from web.search import seal
from web.texts import text_of
from web.views import (
    asked,
    books,
    callback,
    callbacks,
    cash,
    dials,
    differences,
    insight,
    messages,
    missing,
    mistakes,
    money_in,
    office,
    orders,
    payment,
    payouts,
    people,
    prices,
    refunds,
    settings,
    signin,
    switches,
    texts,
    thread,
    tickets,
    today,
    usage,
    vehicles,
    weather,
)

MONEY = (money_in, refunds, payouts, cash, asked, mistakes, books, differences)
HOUSE = (office, prices, weather, switches, settings)
VIEWS = (
    *(signin, today, insight, callbacks, dials, thread, usage, orders, payment, *MONEY),
    *(people, tickets, vehicles, missing, messages, texts, *HOUSE),
)


def blueprint(gateway: Gateway, made_again: callback.MadeAgain = MappingProxyType({})) -> Blueprint:
    """Every page of the console, closed to all but signed-in admins.

    made_again  by kind, how a callback that is not kept is made again, so that it can be run again
    """
    console = Blueprint("console", __name__, template_folder="templates", static_folder="static")
    guard = Guard(gateway)
    guard.watch(console)
    for view in VIEWS:
        view.mount(console, gateway, guard)
    callback.mount(console, gateway, guard, made_again)
    _templates(console, gateway, guard)

    @console.route("/<path:rest>")
    def nowhere(rest: str) -> str:
        raise NotFound

    @console.errorhandler(HTTPException)
    def refused(error: HTTPException) -> tuple[str, int]:
        return render_template("refused.html", error=error), error.code or 500

    @console.errorhandler(DomainError)
    def not_now(error: DomainError) -> tuple[str, int]:
        return render_template(
            "refused.html", error=error, words=sentences.of_error(gateway.voice, error)
        ), 409

    return console


def _templates(console: Blueprint, gateway: Gateway, guard: Guard) -> None:
    for name, filter_ in show.FILTERS.items():
        console.add_app_template_filter(filter_, name)

    def form_token(address: str) -> Markup:
        """The hidden field that lets a form be accepted at `address`."""
        field = Markup('<input type="hidden" name="{}" value="{}">')
        return field.format(CSRF_FIELD, guard.form_token(address))

    @console.context_processor
    def everywhere() -> dict[str, Any]:
        return {
            "signed": g.get("signed"),
            "sees_money": _sees_money(),
            "form_token": form_token,
            "address_of": show.address_of,
            "by_whom": show.by_whom,
            "product_name": lambda product_id: gateway.parts.products.name(product_id, "en"),
            "text_of": lambda language, code, values: text_of(gateway.voice, language, code, values),
            "sealed": lambda value: seal(guard.handed, value),
            "done": forms.DONE.get(request.args.get("done", ""), ""),
            "environment": gateway.config.environment,
            "now": gateway.parts.clock.now(),
        }


def _sees_money() -> bool:
    """Whether this admin may read the books (DR-222)."""
    signed = g.get("signed")
    return signed is not None and bool(scope("admin", "read", "money", staff_scope=signed.user.staff_scope))
