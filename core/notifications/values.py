"""Values of messages as the outbox and the app keep them: JSON, made into words when they are read."""

from decimal import Decimal

from core.money import round2


def amount(quantity: Decimal, unit: str, kg_per_unit: Decimal) -> dict[str, str]:
    """A quantity as the slot `amount_of` wants it: with what it weighs in all (DR-112)."""
    return {"qty": str(quantity), "unit": unit, "kg": str(round2(quantity * kg_per_unit))}
