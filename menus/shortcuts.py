"""The shortcut codes: two digits behind our number, or on a home screen, that go straight to something.

    *384*88632*57#   my orders, whatever the menu looks like this year

They stand on paper, on walls and in people's heads: a code never changes its meaning and is never given
again. A new meaning is a new code. `CONTINUE` leads back into the conversation that was cut off.
"""

from collections.abc import Mapping
from dataclasses import dataclass

VERSION = 1  # of the table: one more with each code that is added
CONTINUE = "50"
CONTINUES = "home.continue"


@dataclass(frozen=True)
class Shortcut:
    """What a code means, since which version, and where it leads for each role that has it."""

    name: str
    since: int
    targets: Mapping[str, str]


def _all(target: str) -> Mapping[str, str]:
    return dict.fromkeys(("farmer", "customer", "rider"), target)


SHORTCUTS: Mapping[str, Shortcut] = {
    CONTINUE: Shortcut("continue", 1, _all(CONTINUES)),
    "57": Shortcut(
        "my orders", 1, {"farmer": "orders.start", "customer": "purchases.start", "rider": "job.start"}
    ),
    "58": Shortcut("sell", 1, {"farmer": "sell.start"}),
    "59": Shortcut("buy", 1, {"customer": "buy.start"}),
    "60": Shortcut("prices", 1, _all("prices.start")),
    "61": Shortcut("earnings", 1, {"farmer": "earnings.start", "rider": "earnings.start"}),
    "62": Shortcut("my produce", 1, {"farmer": "listings.start"}),
    "63": Shortcut("duty", 1, {"rider": "duty.start"}),
    "64": Shortcut("news", 1, _all("news.look")),
    "65": Shortcut("support", 1, _all("support.start")),
}


def target(code: str, role: str) -> str | None:
    """Where `code` leads somebody of `role`; None where it means nothing."""
    shortcut = SHORTCUTS.get(code)
    return shortcut.targets.get(role) if shortcut else None
