"""What a caller of the control API wants; Nonsense, in words for a person, where it cannot be read."""

from datetime import datetime
from typing import Any

from flask import request

from simulator.errors import Nonsense


def body() -> dict[str, Any]:
    """The JSON object of the request in hand; none is an empty one."""
    told = request.get_json(silent=True)
    if told is None and not request.get_data():
        return {}
    if not isinstance(told, dict):
        raise Nonsense("the body is a JSON object")
    return told


def word(name: str) -> str:
    """A field that is a text, empty if it is not there."""
    value = body().get(name, "")
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Nonsense(f"{name} is a text")
    return str(value)


def number(name: str) -> float | None:
    """A field that is a number, None if it is not there."""
    value = body().get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Nonsense(f"{name} is a number")
    return float(value)


def whole(name: str) -> int | None:
    """A field that is a whole number, None if it is not there."""
    value = number(name)
    if value is not None and value != int(value):
        raise Nonsense(f"{name} is a whole number")
    return None if value is None else int(value)


def moment(written: str) -> datetime:
    """An aware time out of its ISO spelling."""
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        raise Nonsense("at is a time such as 2025-06-24T09:30:00+03:00") from None
    if at.tzinfo is None:
        raise Nonsense("at needs its offset, such as +03:00")
    return at
