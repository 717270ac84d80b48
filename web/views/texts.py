"""Which texts speakers of the language have read, and which about money or consent nobody has."""

from flask import Blueprint, render_template, request

from inbound.gateway import Gateway
from locales import readers
from locales.catalogue import LANGUAGES
from web.guard import Guard


def mount(console: Blueprint, gateway: Gateway, guard: Guard) -> None:
    """The page /texts."""

    @console.get("/texts")
    def texts() -> str:
        asked = request.args.get("language", "")
        language = asked if asked in LANGUAGES else LANGUAGES[1]
        standing = {row.language: row for row in readers.standing()}
        return render_template(
            "texts.html", standing=standing.values(), shown=standing[language], language=language
        )
