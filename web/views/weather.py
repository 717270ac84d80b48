"""Weather warnings: those there are, a new one as people will read it, longer or over (DR-1601)."""

from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core.db import Tx
from core.errors import DomainError
from core.locations.errors import UnknownWard
from core.locations.places import Ward
from core.weather import rules
from core.weather import service as verbs
from inbound.gateway import Gateway
from locales.gsm import measure
from locales.messages import MESSAGES
from web import forms, search, sentences
from web.guard import Guard

CHANGES = ("extend", "cancel")


class WardUnclear(Exception):
    """Several wards are called so; an admin names the code of the one she means."""

    def __init__(self, said: str, wards: list[Ward]) -> None:
        names = ", ".join(f"{ward.code} {ward.ward} ({ward.county})" for ward in wards)
        super().__init__(f"Which {said}? Write the number: {names}")


def mount(console: Blueprint, gateway: Gateway, guard: Guard) -> None:
    """The pages under /weather."""

    def page(status: int = 200, **more: Any) -> tuple[str, int]:
        with gateway.db.read() as tx:
            number = max(search.id_asked("page") or 1, 1)
            alerts = verbs.alerts(tx, g.signed.actor, only_in_force=False, page=number)
            places = tx.parts.places
            where = {code: places.get(code).ward for alert in alerts.results for code in alert.ward_codes}
        return (
            render_template(
                "weather.html", alerts=alerts, where=where, types=rules.TYPES, severities=rules.SEVERITIES,
                zones=rules.ZONES, languages=rules.LANGUAGES, longest=rules.LONGEST_TEXT, **more,
            ),
            status,
        )  # fmt: skip

    def read_as(texts: dict[str, str]) -> list[tuple[str, str, int, int]]:
        """Language, the SMS as it will be, its septets and segments."""
        told = []
        for language in texts:
            sms = gateway.voice.say(language, MESSAGES["weather_alert"].text, warning=texts)
            size = measure(sms)
            told.append((language, sms, size.units, size.segments))
        return told

    def said(error: Exception) -> str:
        return sentences.of_error(gateway.voice, error) if isinstance(error, DomainError) else str(error)

    @console.get("/weather")
    def weather() -> tuple[str, int]:
        return page()

    @console.post("/weather")
    def warn() -> tuple[str, int] | Response:
        if forms.one_of("decision", ("look", "send")) == "send":
            try:
                gateway.db.run(lambda tx: _warn(gateway, tx))
            except (DomainError, WardUnclear) as error:
                return page(409, trouble=said(error), typed=request.form)
            return redirect(url_for("console.weather", done="warned"), 303)
        try:
            texts = rules.check_texts(_texts())
            wards = _wards(gateway)
        except (DomainError, WardUnclear) as error:
            return page(409, trouble=said(error), typed=request.form)
        names = [gateway.parts.places.get(code) for code in wards]
        return page(looked=read_as(texts), wards=names, typed=request.form)

    @console.post("/weather/<int:alert_id>")
    def change_warning(alert_id: int) -> tuple[str, int] | Response:
        choice = forms.one_of("decision", CHANGES)
        try:
            gateway.db.run(lambda tx: _change(tx, alert_id, choice))
        except DomainError as error:
            return page(409, trouble=sentences.of_error(gateway.voice, error))
        return redirect(
            url_for("console.weather", done="warned" if choice == "extend" else "warning_over"), 303
        )


def _warn(gateway: Gateway, tx: Tx) -> None:
    verbs.create(
        tx,
        g.signed.actor,
        alert_type=forms.words("alert_type"),
        severity=forms.words("severity"),
        valid_from=forms.moment("valid_from"),
        valid_to=forms.moment("valid_to"),
        texts=_texts(),
        zone=forms.words("zone") or None,
        ward_codes=_wards(gateway),
    )


def _change(tx: Tx, alert_id: int, choice: str) -> None:
    if choice == "cancel":
        verbs.cancel(tx, g.signed.actor, alert_id=alert_id, texts=_texts())
        return
    verbs.extend(tx, g.signed.actor, alert_id=alert_id, valid_to=forms.moment("valid_to"), texts=_texts())


def _texts() -> dict[str, str]:
    return {language: forms.words(f"text_{language}") for language in rules.LANGUAGES}


def _wards(gateway: Gateway) -> list[int]:
    """The wards named in the form, by code or by name; raises UnknownWard, WardUnclear."""
    codes = []
    for said in filter(None, (part.strip() for part in forms.words("wards").split(","))):
        if said.isdecimal():
            codes.append(gateway.parts.places.get(int(said)).code)
            continue
        found = gateway.parts.places.starting_with(said)
        same = [ward for ward in found if ward.ward.casefold() == said.casefold()] or found
        if not same:
            raise UnknownWard(code=said)
        if len(same) > 1:
            raise WardUnclear(said, same)
        codes.append(same[0].code)
    return codes
