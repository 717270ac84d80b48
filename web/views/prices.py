"""Market prices: the newest, one entered by hand, or a list as CSV, looked at before it is kept (DR-505)."""

from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core.catalogue import products
from core.db import Tx
from core.errors import BadInput, DomainError
from core.insights import entry, lists
from core.insights.reading import TYPES
from inbound.gateway import Gateway
from web import forms, search, sentences
from web.guard import Guard, roomy

LARGEST_FILE = 5_000_000


def mount(console: Blueprint, gateway: Gateway, guard: Guard) -> None:
    """The pages under /prices."""

    def page(status: int = 200, **more: Any) -> tuple[str, int]:
        with gateway.db.read() as tx:
            actor = g.signed.actor
            listed = sorted(products.every(tx, actor), key=lambda product: product.product_name)
            asked = search.id_asked("product")
            number = max(search.id_asked("page") or 1, 1)
            newest = lists.prices(tx, actor, product_id=asked, page=number)
            counties = gateway.parts.places.counties()
        return (
            render_template(
                "prices.html", products=listed, newest=newest, asked=asked, counties=counties, types=TYPES,
                **more,
            ),
            status,
        )  # fmt: skip

    @console.get("/prices")
    def prices() -> tuple[str, int]:
        return page()

    @console.post("/prices")
    def set_price() -> tuple[str, int] | Response:
        try:
            gateway.db.run(_keep)
        except DomainError as error:
            return page(409, trouble=sentences.of_error(gateway.voice, error), typed=request.form)
        return redirect(url_for("console.prices", product=forms.number("product_id"), done="price"), 303)

    @console.post("/prices/<int:price_id>/remove")
    def remove_price(price_id: int) -> Response:
        gateway.db.run(
            lambda tx: entry.remove_price(tx, g.signed.actor, price_id=price_id, reason=forms.words("reason"))
        )
        return redirect(url_for("console.prices", done="price_gone"), 303)

    @console.post("/prices/list")
    @roomy(LARGEST_FILE)
    def look_at_prices() -> tuple[str, int] | Response:
        text = _text()
        keeps = forms.one_of("decision", ("look", "keep", "keep_good"))
        try:
            if keeps != "look":
                good = keeps == "keep_good"
                gateway.db.run(
                    lambda tx: entry.import_prices(tx, g.signed.actor, text=text, leave_out_bad=good)
                )
                return redirect(url_for("console.prices", done="prices"), 303)
            with gateway.db.read() as tx:
                found = entry.preview(tx, g.signed.actor, text=text)
        except BadInput as error:
            return page(409, trouble=sentences.of_error(gateway.voice, error), text=text)
        faults = [(one.row, sentences.of_code(gateway.voice, one.code, one.values)) for one in found.faults]
        return page(found=found, faults=faults, text=text)


def _keep(tx: Tx) -> None:
    county = forms.words("county_code")
    entry.set_price(
        tx,
        g.signed.actor,
        product_id=forms.number("product_id"),
        market=forms.words("market"),
        unit=forms.words("unit"),
        price=forms.amount("price"),
        price_type=forms.words("price_type"),
        day=forms.day("day"),
        county_code=int(county) if county.isdecimal() else None,
    )


def _text() -> str:
    """The list, from the file that was chosen or from what stands in the page."""
    file = request.files.get("file")
    sent = file.read() if file is not None and file.filename else b""
    return sent.decode("utf-8-sig", "replace") if sent else request.form.get("text", "")
