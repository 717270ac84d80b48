"""Units and packs: how they are said, which are counted whole (DR-105)."""

from decimal import Decimal

import pytest

from core.catalogue import units
from core.listings import rules
from core.listings.errors import WholeNumbersOnly
from tests.proving import proves

D = Decimal

UNITS = [
    ("kg", "kg", D(1)),
    (" Bag  90KG ", "bag 90kg", D(90)),
    ("crate 64kg", "crate 64kg", D(64)),
    ("net 13kg", "net 13kg", D(13)),
    ("tonne", "tonne", D(1000)),
    ("debe 20l", "debe 20l", None),
    ("piece", "piece", None),
    ("gorogoro", "gorogoro", None),
]


@proves("DR-105")
@pytest.mark.parametrize(("text", "unit", "kg"), UNITS)
def test_a_pack_carries_its_size(text: str, unit: str, kg: Decimal | None) -> None:
    assert units.unit_of(text) == unit
    assert units.known_kg(unit) == kg


@proves("DR-105")
def test_every_unit_of_the_rule_is_known() -> None:
    counted = "piece bunch bag crate tray dozen bucket debe gorogoro net carton punnet bottle"
    printed = f"kg litre tonne {counted}".split()
    assert [units.unit_of(unit) for unit in printed] == printed
    assert {*printed, "g"} == units.UNITS


@proves("DR-105")
@pytest.mark.parametrize("unit", ["piece", "bunch", "bag 90kg", "crate 64kg", "dozen", "tray", "bottle"])
def test_packs_pieces_and_dozens_are_whole(unit: str) -> None:
    assert rules.check_quantity(D("3.00"), unit) == D(3)
    with pytest.raises(WholeNumbersOnly):
        rules.check_quantity(D("1.5"), unit)


@proves("DR-105")
@pytest.mark.parametrize("unit", ["kg", "litre", "tonne"])
def test_what_is_weighed_is_divisible(unit: str) -> None:
    assert rules.check_quantity(D("1.55"), unit) == D("1.55")
