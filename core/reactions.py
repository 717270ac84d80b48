"""Which event causes what, on one page. Handlers run at once, inside the transaction that emitted the event.

Knowledge flows one way inside core (settings, audit, ledger -> users -> farms -> catalogue -> listings ->
orders -> payments -> deliveries -> notifications); what must happen the other way is listed here.
"""

from collections.abc import Callable, Mapping
from typing import Any

from core import events
from core.db import Tx
from core.farms import service as farms
from core.locations import service as locations

Reaction = Callable[[Tx, Any], None]

REACTIONS: Mapping[type, tuple[Reaction, ...]] = {
    events.UserRegistered: (locations.first_place, farms.first_farm),
}


def react(tx: Tx, happened: object) -> None:
    """Hand `happened` to everyone listed for it, in order."""
    for reaction in REACTIONS.get(type(happened), ()):
        reaction(tx, happened)
