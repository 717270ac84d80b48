"""How dials go: where people leave, by screen and language; what each finished order cost."""

from flask import Blueprint, render_template, request

from inbound.gateway import Gateway
from locales.catalogue import LANGUAGES
from web import search
from web.guard import Guard
from web.queries import usage as figures

PERIODS = (1, 7, 30)


def mount(console: Blueprint, gateway: Gateway, guard: Guard) -> None:
    """The page /usage."""

    @console.get("/usage")
    def usage() -> str:
        days = search.id_asked("days")
        if days not in PERIODS:
            days = PERIODS[1]
        spoken = request.args.get("language", "")
        language = spoken if spoken in LANGUAGES else ""
        with gateway.db.read() as tx:
            return render_template(
                "usage.html",
                days=days,
                periods=PERIODS,
                language=language,
                languages=LANGUAGES,
                screens=figures.screens(tx, days=days, language=language),
                networks=figures.networks(tx, days=days),
                page=figures.order_costs(tx, before=search.id_asked("before")),
            )
