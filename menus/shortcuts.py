"""The shortcut codes: two digits behind our number, or on a home screen, that go straight to something.

    *384*88632*57#   my orders, whatever the menu looks like this year

They stand on paper, on walls and in people's heads: a code never changes its meaning and is never given
again. A new meaning is a new code. `CONTINUE` leads back into the conversation that was cut off.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from locales.mark import _

VERSION = 1  # of the table: one more with each code that is added
CONTINUE = "50"
CODES = "51"
CONTINUES = "home.continue"


@dataclass(frozen=True)
class Shortcut:
    """What a code means (said in the help), since which version, and where it leads for each role."""

    name: str
    since: int
    targets: Mapping[str, str]


def _all(target: str) -> Mapping[str, str]:
    return dict.fromkeys(("farmer", "customer", "rider"), target)


SHORTCUTS: Mapping[str, Shortcut] = {
    CONTINUE: Shortcut(_("Go on where the call was cut off"), 1, _all(CONTINUES)),
    CODES: Shortcut(_("These codes"), 1, _all("home.codes")),
    "57": Shortcut(
        _("My orders"), 1, {"farmer": "orders.start", "customer": "purchases.start", "rider": "job.start"}
    ),
    "58": Shortcut(_("Sell"), 1, {"farmer": "sell.start"}),
    "59": Shortcut(_("Buy"), 1, {"customer": "buy.start"}),
    "60": Shortcut(_("Prices"), 1, _all("prices.start")),
    "61": Shortcut(_("Earnings"), 1, {"farmer": "earnings.start", "rider": "earnings.start"}),
    "62": Shortcut(_("My produce"), 1, {"farmer": "listings.start"}),
    "63": Shortcut(_("On or off duty"), 1, {"rider": "duty.start"}),
    "64": Shortcut(_("News"), 1, _all("news.look")),
    "65": Shortcut(_("Support"), 1, _all("support.start")),
}


def target(code: str, role: str) -> str | None:
    """Where `code` leads somebody of `role`; None where it means nothing."""
    shortcut = SHORTCUTS.get(code)
    return shortcut.targets.get(role) if shortcut else None
