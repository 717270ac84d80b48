"""The arithmetic of cash: change and short money at the door, oldest debts first, limits. No session."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from core.money import ZERO

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class AtTheDoor:
    """What a rider took, in KES: `change` is kept for the customer, `short` is asked of her next time."""

    taken: Decimal
    change: Decimal
    short: Decimal


@dataclass(frozen=True)
class Standing:
    """What a rider carries, in KES, and when he took the oldest of it (aware; None if nothing)."""

    held: Decimal = ZERO
    oldest: datetime | None = None


@dataclass(frozen=True)
class Limits:
    """The settings of DR-903: KES, hours, percent."""

    most: Decimal
    due_hours: int
    hard_percent: Decimal


def at_the_door(due: Decimal, taken: Decimal, *, short_accepted: Decimal) -> AtTheDoor | None:
    """How `taken` meets what is due; None where more is missing than may be (DR-902)."""
    if taken >= due:
        return AtTheDoor(taken, taken - due, ZERO)
    short = due - taken
    return AtTheDoor(taken, ZERO, short) if short <= short_accepted else None


def oldest_first(owed: Sequence[Decimal], amount: Decimal) -> list[Decimal]:
    """How much of `amount` settles each debt of `owed`, the oldest standing first (DR-904)."""
    parts = []
    for debt in owed:
        part = min(debt, amount)
        parts.append(part)
        amount -= part
    return parts


def may_carry_cash(standing: Standing, limits: Limits, now: datetime) -> bool:
    """Whether he may be offered another order paid at the door (DR-903)."""
    due = standing.oldest is not None and standing.oldest <= now - timedelta(hours=limits.due_hours)
    return standing.held <= limits.most and not due


def blocked(standing: Standing, limits: Limits) -> bool:
    """Whether he carries so much that he gets no offers at all (DR-903)."""
    return standing.held > limits.most * limits.hard_percent / HUNDRED
