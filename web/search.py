"""Search forms: what names a person never stands in an address, since addresses end up in logs and histories.

A form is posted, and the browser is sent on to an address in which the phone number, or a vendor's id that
may hold one (a CheckoutRequestID ends in the payer's digits), is sealed.
"""

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from flask import redirect, request
from werkzeug.wrappers import Response

from core.msisdn import NotKenyanMobile, e164
from core.vault import Sealed, Vault

# A form's field, and its sealed name in the address.
PRIVATE = {"phone": "who", "provider_id": "ref", "text": "said"}


def send_on(vault: Vault, to: str, fields: Iterable[str], told: Mapping[str, str] | None = None) -> Response:
    """To the list at `to`, with the form's filled `fields` in the address, the private ones sealed.

    A private field left empty keeps what the address held before (its sealed name is a hidden field).

    told  the fields, where they are not just those of the form
    """
    asked = {}
    for name in fields:
        value = (request.form if told is None else told).get(name, "").strip()
        if name in PRIVATE:
            asked[PRIVATE[name]] = seal(vault, value) if value else request.form.get(PRIVATE[name], "")
        else:
            asked[name] = value
    filled = {name: value for name, value in asked.items() if value}
    return redirect(f"{to}?{urlencode(filled)}" if filled else to, 303)


def seal(vault: Vault, value: str) -> str:
    """A phone number in any spelling, a vendor's id or words, fit for an address."""
    try:
        return vault.seal("search", e164(value))
    except NotKenyanMobile:
        return vault.seal("search", value)


def asked_for(vault: Vault, field: str) -> str:
    """What this address asks for under a private field; "" if nothing, or if it cannot be opened any more."""
    sealed = request.args.get(PRIVATE[field], "")
    try:
        return vault.open("search", sealed) if sealed else ""
    except Sealed:
        return ""


def id_asked(name: str) -> int | None:
    """A row id in the address; nonsense counts as absent."""
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
