"""What read verbs return, as JSON: how money, moments and numbers are written, said once (DR-106, DR-107).

A view is a frozen dataclass whose fields are called as in the platform document (`listing_id`, not `id`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any


def as_json(value: Any, *, numbers: bool = False) -> Any:
    """A view as what `json.dumps` takes.

    Money and quantities become strings with two decimals ("150.00"), and numbers (140.0) where the view lists
    the field in its JSON_NUMBERS; moments ISO 8601 in UTC with Z, to the second; days YYYY-MM-DD.
    """
    if is_dataclass(value) and not isinstance(value, type):
        as_numbers = getattr(value, "JSON_NUMBERS", ())
        return {
            one.name: as_json(getattr(value, one.name), numbers=one.name in as_numbers)
            for one in fields(value)
        }
    if isinstance(value, Decimal):
        return float(value) if numbers else f"{value:.2f}"
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): as_json(one, numbers=numbers) for name, one in value.items()}
    if isinstance(value, Sequence | frozenset | set) and not isinstance(value, str):
        return [as_json(one, numbers=numbers) for one in value]
    return value
