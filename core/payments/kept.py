"""What a customer has with us, or owes from a door: for her own eyes (DR-810, DR-902)."""

from dataclasses import dataclass
from decimal import Decimal

from core.actor import Actor
from core.db import Tx
from core.money import ZERO
from core.payments import standing


@dataclass(frozen=True)
class KeptView:
    """KES that pay for her next order, or that come on top of it; one of the two is 0.00."""

    kept: Decimal
    short: Decimal


def mine(tx: Tx, actor: Actor) -> KeptView:
    """The actor's own, of nobody else; strangers have nothing."""
    if actor.user_id is None:
        return KeptView(ZERO, ZERO)
    return KeptView(standing.credit(tx, actor.user_id), standing.debt(tx, actor.user_id))
