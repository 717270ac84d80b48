"""Compact signed tokens: JWS with HS256 (RFC 7515). One header, one key; nothing else is read."""

import base64
import binascii
import json
from typing import Any

from core.vault import Vault

PURPOSE = "jwt"


class Unsigned(ValueError):
    """Not a token of ours."""


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


HEADER = _encoded(b'{"typ":"JWT","alg":"HS256"}')


def encode(vault: Vault, claims: dict[str, Any]) -> str:
    """`claims` as a token."""
    body = f"{HEADER}.{_encoded(json.dumps(claims, separators=(',', ':')).encode())}"
    return f"{body}.{_encoded(vault.sign(PURPOSE, body.encode()))}"


def decode(vault: Vault, token: str) -> dict[str, Any]:
    """The claims of a token that we signed; raises Unsigned for anything else. Times are not looked at."""
    body, _, signature = token.rpartition(".")
    header, _, payload = body.partition(".")
    if header != HEADER or not token.isascii():  # also `"alg": "none"`, and whatever else was never ours
        raise Unsigned
    try:
        if not vault.signed(PURPOSE, body.encode(), _decoded(signature)):
            raise Unsigned
        claims = json.loads(_decoded(payload))
    except (binascii.Error, ValueError):
        raise Unsigned from None
    if not isinstance(claims, dict):
        raise Unsigned
    return claims
