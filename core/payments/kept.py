"""What a customer has with us, or owes from a door: for her own eyes (DR-810, DR-902)."""

from dataclasses import dataclass
from decimal import Decimal

from core.actor import Actor
from core.db import Tx
from core.ledger import accounts
from core.ledger import service as ledger
from core.money import SHILLING, ZERO


@dataclass(frozen=True)
class KeptView:
    """KES that pay for her next order, or that come on top of it; one of the two is 0.00."""

    kept: Decimal
    short: Decimal


@dataclass(frozen=True)
class SumView:
    """What an order of hers would come to, KES: `kept` of it is paid with what we have of hers, `short` she
    owes from a door and pays with it, `due` is left for M-Pesa."""

    kept: Decimal
    short: Decimal
    due: Decimal


def of_sum(tx: Tx, actor: Actor, asked: Decimal) -> SumView:
    """What the actor would pay of an order that asks for so much, as it is counted at her yes (DR-103)."""
    view = mine(tx, actor)
    kept = (min(view.kept, asked) // SHILLING * SHILLING).quantize(ZERO)
    due = asked - kept
    return SumView(kept=kept, short=view.short, due=due + view.short if due > ZERO else ZERO)


def mine(tx: Tx, actor: Actor) -> KeptView:
    """The actor's own, of nobody else; strangers have nothing."""
    if actor.user_id is None:
        return KeptView(ZERO, ZERO)
    balance = ledger.balance(tx, accounts.customer_credit(actor.user_id))
    return KeptView(kept=max(ZERO, -balance), short=max(ZERO, balance))
