"""Access tokens as text: JWT with HS256 (PyJWT) under keys made from the data keys, and nothing else."""

from typing import Any

import jwt
from jwt.types import Options

from core.vault import Vault

PURPOSE = "jwt"
ALGORITHM = "HS256"
NEEDED = ("exp", "iat", "jti")
# The moment is the transaction's, so whoever decodes looks at `exp`; core asks no clock.
NO_CLOCK: Options = {
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
    "require": list(NEEDED),
}


class Unsigned(ValueError):
    """Not a token of ours."""


def encode(vault: Vault, claims: dict[str, Any]) -> str:
    """`claims` as a token under the newest key."""
    return jwt.encode(claims, vault.signing_keys(PURPOSE)[0], algorithm=ALGORITHM)


def decode(vault: Vault, token: str) -> dict[str, Any]:
    """The claims of a token that we signed, with any valid key; raises Unsigned for anything else.

    Times are not looked at.
    """
    for key in vault.signing_keys(PURPOSE):
        try:
            claims: dict[str, Any] = jwt.decode(token, key, algorithms=[ALGORITHM], options=NO_CLOCK)
        except (jwt.InvalidTokenError, ValueError):
            continue
        return claims
    raise Unsigned
