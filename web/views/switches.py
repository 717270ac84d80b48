"""What can be paused in a bad hour, what people read meanwhile, and the hand that does it (DR-1703)."""

from flask import Blueprint, g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from core.db import Tx
from core.settings import switches as verbs
from inbound.gateway import Gateway
from locales.catalogue import LANGUAGES
from locales.errors import ERRORS
from locales.voice import Voice
from web import forms
from web.guard import Guard

WHAT = {
    "orders": "New orders",
    "prompts": "M-Pesa requests",
    "payouts": "Payouts and refunds by M-Pesa",
    "provider:mpesa": "M-Pesa altogether",
    "provider:sms": "The SMS provider",
}
PAUSE, RESUME = "pause", "resume"


def mount(console: Blueprint, gateway: Gateway, guard: Guard) -> None:
    """The page /switches."""

    @console.get("/switches")
    def switches() -> str:
        with gateway.db.read() as tx:
            rows = verbs.listed(tx, g.signed.actor)
            named = [(_name(tx, row), row, _read(gateway.voice, row.reads)) for row in rows]
        return render_template("switches.html", switches=named)

    @console.post("/switches")
    def switch() -> Response:
        choice = forms.one_of("decision", (PAUSE, RESUME))
        verb = verbs.pause if choice == PAUSE else verbs.resume
        kind, subject, reason = forms.words("kind"), forms.words("subject"), forms.words("reason")
        gateway.db.run(lambda tx: verb(tx, g.signed.actor, kind=kind, subject=subject, reason=reason))
        return redirect(url_for("console.switches", done="switched"), 303)


def _name(tx: Tx, row: verbs.SwitchView) -> str:
    if row.kind == "ward":
        ward = tx.parts.places.get(int(row.subject))
        return f"{ward.ward}, {ward.county}"
    return WHAT[f"{row.kind}:{row.subject}" if row.subject else row.kind]


def _read(voice: Voice, code: str) -> list[tuple[str, str]]:
    """What people read meanwhile, in each language."""
    return [(language, voice.show(language, ERRORS[code])) for language in LANGUAGES]
