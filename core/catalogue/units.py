"""In what produce is sold (DR-105): a word, and for a pack its size. Plain Python."""

import re
from decimal import Decimal

from core.catalogue.errors import UnknownUnit

_COUNTED = "piece bunch bag crate tray dozen bucket debe gorogoro net carton punnet bottle"
UNITS = frozenset(f"kg g litre tonne {_COUNTED}".split())
# What weighs the same whatever it is of.
FIXED_KG = {"kg": Decimal("1.00"), "tonne": Decimal("1000.00")}
_PACK = re.compile(r"([a-z]+)(?: (\d{1,4}(?:\.\d)?)(kg|l))?")
LENGTH = 16


def unit_of(text: str) -> str:
    """`text` as a unit is stored: "bag 90kg", "piece"; raises UnknownUnit.

    Grams are for speaking: nobody lists by them, since one weighs less than the smallest weight kept.
    """
    said = " ".join(text.lower().split())
    found = _PACK.fullmatch(said)
    if found is None or found[1] not in UNITS or found[1] == "g" or len(said) > LENGTH:
        raise UnknownUnit(unit=text[:LENGTH])
    return said


def known_kg(unit: str) -> Decimal | None:
    """What one weighs by its name alone: a kilo, a tonne, a "bag 90kg"; None for all else."""
    if unit in FIXED_KG:
        return FIXED_KG[unit]
    found = _PACK.fullmatch(unit)
    if found is None or found[3] != "kg":
        return None
    return Decimal(found[2]).quantize(Decimal("0.01"))
