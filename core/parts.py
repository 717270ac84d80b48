"""What a process builds once and every transaction is handed: clock, vault, randomness, settings, tables.

Nothing here is per request. `app.py` assembles it; tests assemble it with a fixed clock and seeded chance.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from core.clock import Clock
from core.vault import Vault

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from core.catalogue.index import ProductIndex
    from core.locations.places import Places
    from core.settings.cache import SettingsCache

C = TypeVar("C")


class Chance(Protocol):
    """Randomness, so that tests can fix it. Production draws from the system's cryptographic source."""

    def choice(self, options: Sequence[C]) -> C:
        """One of `options`."""

    def digits(self, count: int) -> str:
        """`count` random decimal digits."""

    def token(self) -> str:
        """32 random hex characters (128 bits): a path token, an idempotency key."""


class SystemChance:
    """The operating system's cryptographic source."""

    def choice(self, options: Sequence[C]) -> C:
        """One of `options`."""
        return secrets.choice(options)

    def digits(self, count: int) -> str:
        """`count` random decimal digits."""
        return "".join(secrets.choice("0123456789") for _ in range(count))

    def token(self) -> str:
        """32 random hex characters."""
        return secrets.token_hex(16)


@dataclass(frozen=True)
class Parts:
    """The process's shared parts.

    service_code, short_code   what people dial and text; printed in texts
    paybill                    the M-Pesa shortcode people may pay to
    production                 the real thing: what is for trying out refuses
    """

    clock: Clock
    vault: Vault
    chance: Chance
    settings: "SettingsCache"
    places: "Places"
    products: "ProductIndex"
    service_code: str
    short_code: str
    paybill: str
    production: bool = False

    def refresh(self, engine: "Engine") -> None:
        """Read settings and products again where this process's copy is old (DR-1702)."""
        self.settings.refresh(engine)
        self.products.refresh(engine)
