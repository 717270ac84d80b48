"""`python -m sms.reader`: texts in, readings out, one JSON object a line each."""

import json
import sys
from collections.abc import Mapping
from decimal import Decimal
from io import TextIOWrapper
from typing import Any, TextIO

from core.catalogue.index import Entry
from core.reference import rows, several
from sms.reading import Reading


class Catalogue:
    """The produce of data/products.csv, without a database."""

    def __init__(self) -> None:
        packs: dict[str, dict[str, Decimal]] = {}
        for row in rows("packs.csv"):
            if row["kg"]:
                packs.setdefault(row["product_id"], {})[row["unit"]] = Decimal(row["kg"])
        self._entries = [
            Entry(
                product_id=number,
                slug=row["product_id"],
                name_en=row["name_en"],
                name_sw=row["sw"],
                name_ki=row["ki"],
                category=row["category"],
                unit=row["unit"],
                units=packs.get(row["product_id"], {}),
                unknown_units=frozenset(),
                perishable=row["perishable"] == "yes",
                spellings=tuple(several(row["sms_spellings"])),
            )
            for number, row in enumerate(rows("products.csv"), start=1)
        ]

    @property
    def edition(self) -> "Catalogue":
        """The data never change while it runs."""
        return self

    def every(self) -> list[Entry]:
        """Every product."""
        return self._entries


def main(source: TextIO | None = None, target: TextIO | None = None) -> None:
    """Read every line of `source` (standard input) and write its reading to `target` (standard output)."""
    from sms.reader import Reader

    for stream in (sys.stdin, sys.stdout):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    source, target = source or sys.stdin, target or sys.stdout
    reader = Reader(Catalogue())
    for line in source:
        if line.strip():
            target.write(json.dumps(_line(reader, line), ensure_ascii=False) + "\n")
            target.flush()


def _line(reader: Any, line: str) -> dict[str, Any]:
    """The reading of one line; whatever is no JSON object with a text is unknown."""
    try:
        asked = json.loads(line)
    except (ValueError, RecursionError):
        return spelled(Reading("unknown", confidence=0.0))
    if not isinstance(asked, Mapping) or not isinstance(asked.get("text"), str):
        return spelled(Reading("unknown", confidence=0.0))
    hints = {name: asked.get(name) for name in ("role", "language", "awaiting")}
    return spelled(
        reader.read(asked["text"], **{n: v if isinstance(v, str) else None for n, v in hints.items()})
    )


def spelled(reading: Reading) -> dict[str, Any]:
    """A reading as the data's README spells it."""
    return {
        "intent": reading.intent,
        "slots": _value(reading.slots),
        "confidence": reading.confidence,
        "ask": reading.ask,
    }


def _value(value: Any) -> Any:
    match value:
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case Mapping():  # what may be meant is for our own question, not for others to compare
            return {key: _value(inner) for key, inner in value.items() if key != "candidates"}
        case list() | tuple():
            return [_value(inner) for inner in value]
    return value
