"""Money: KES, `decimal.Decimal`, exact to the cent (DR-101 to DR-103)."""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
SHILLING = Decimal("1")
ZERO = Decimal("0.00")
LIMIT = Decimal(10) ** 10


def exact(value: Decimal | int | str) -> Decimal:
    """`value` as an amount with two decimals; refuses floats, more decimals and overflow (DR-101).

    Raises TypeError for a float, ValueError for an amount that is not exact to the cent or not below 10^10.
    """
    if isinstance(value, float):
        raise TypeError("a binary float must never enter an amount")
    amount = Decimal(value)
    if not amount.is_finite() or abs(amount) >= LIMIT:
        raise ValueError(f"not an amount below 10^10: {value!r}")
    if amount != amount.quantize(CENT):
        raise ValueError(f"not exact to the cent: {value!r}")
    return amount.quantize(CENT)


def some(value: object) -> Decimal | None:
    """`value` as an exact amount above nothing, None where it is no such thing: how a verb looks at a sum
    that it was given. The error is the verb's own."""
    try:
        amount = exact(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, ArithmeticError):
        return None
    return amount if amount > ZERO else None


def round2(value: Decimal) -> Decimal:
    """Half-up to the cent, once per line (DR-102)."""
    return value.quantize(CENT, ROUND_HALF_UP)


def whole_shillings(due: Decimal) -> Decimal:
    """The sum asked for an amount due: half-up to a whole shilling, at least 1 (DR-103)."""
    return max(due.quantize(SHILLING, ROUND_HALF_UP), SHILLING).quantize(CENT)
