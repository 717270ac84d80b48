"""C2B: having Safaricom call us about payments typed at the paybill (contract, section 3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from core.config import Config
from mpesa import codes
from mpesa.client import Daraja, address
from mpesa.outcomes import NotDone, Refused, Unclear, not_done, refused_by
from mpesa.wire import Answer

Version = Literal["v1", "v2"]
WhenSilent = Literal["Completed", "Cancelled"]
# Beside 500.003.1001; the second: an aggregator holds the shortcode's addresses.
ALREADY = ("already registered", "duplicate notification info")


@dataclass(frozen=True)
class Registered:
    """From now on Safaricom calls these addresses."""


@dataclass(frozen=True)
class AlreadyRegistered:
    """In production addresses are registered once; they are changed in Safaricom's portal only."""

    why: str


Registering = Registered | AlreadyRegistered | Refused | NotDone | Unclear


def register_path(version: Version) -> str:
    """Where addresses are registered."""
    return f"/mpesa/c2b/{version}/registerurl"


def register_payload(config: Config, *, when_silent: WhenSilent) -> dict[str, Any]:
    """The body that names our two addresses.

    when_silent  what M-Pesa does with a payment if our validation does not answer: take it or refuse it

    Raises UnusableUrl.
    """
    return {
        "ShortCode": config.mpesa_shortcode,
        "ResponseType": when_silent,
        "ConfirmationURL": address(config, "pay/c2b/confirmation"),
        "ValidationURL": address(config, "pay/c2b/validation"),
    }


def register(daraja: Daraja, payload: Mapping[str, Any], *, version: Version) -> tuple[Registering, Answer]:
    """Register our addresses."""
    answer = daraja.call(register_path(version), payload)
    return read_registering(answer), answer


def read_registering(answer: Answer) -> Registering:
    """What the answer to a registration means; asking again harms nobody, so nothing has to stay unclear."""
    if (early := not_done(answer)) is not None:
        return early
    words = answer.message.lower()
    if any(already in words for already in ALREADY):
        return AlreadyRegistered(answer.summary)
    if answer.error_code or answer.status != 200:
        return refused_by(answer)
    code = answer.body.get("ResponseCode")
    told = str(answer.body.get("ResponseDescription") or "").lower()
    if codes.is_zero(code) or (code is None and "success" in told):
        return Registered()
    return Unclear(answer.summary)
