"""Putting produce up for sale by text: one short question at a time, and what she gets (L1, DR-402)."""

from decimal import Decimal

import pytest

from core.listings.models import Listing
from tests.helpers import FARMER, Cast
from tests.proving import proves
from tests.sms.conftest import Desk

STRANGER = "+254712000909"


@pytest.fixture
def farmer(desk: Desk, cast: Cast) -> Desk:
    """The farmer reads English, so that the table is read."""
    desk.text(FARMER, "LANG EN")
    return desk


def on_sale(desk: Desk) -> list[tuple[Decimal, str, Decimal, str]]:
    return [
        (row.quantity_available, row.unit, row.current_price, row.listing_status)
        for row in desk.look(Listing)
    ]


@proves("L1", "DR-402")
def test_all_in_one_text_is_for_sale_and_she_is_told_what_she_gets(farmer: Desk) -> None:
    said = farmer.text(FARMER, "SELL tomatoes 20kg @80")
    assert on_sale(farmer) == [(Decimal("20.00"), "kg", Decimal("80.00"), "available")]
    assert "you get KSh" in said


def test_what_is_missing_is_asked_one_by_one_with_the_dated_market_price(farmer: Desk) -> None:
    assert farmer.text(FARMER, "SELL tomatoes").splitlines()[:2] == ["tomatoes: sold by what?", "1 kg"]
    assert farmer.text(FARMER, "1") == "tomatoes: how many kg do you have?"
    asked = farmer.text(FARMER, "20")
    assert asked == "tomatoes: what price for one kg? Market Wakulima, May: KSh 79.94."
    listed, door = farmer.text(FARMER, "80").splitlines()
    assert listed == "On sale: 20kg tomatoes, KSh 80/kg, you get KSh 72. We text orders."
    assert door.startswith("How does the rider find your farm?")
    assert farmer.text(FARMER, "behind the church").endswith("Riders will find you by: behind the church.")
    assert on_sale(farmer) == [(Decimal("20.00"), "kg", Decimal("80.00"), "available")]


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        ("80", [80]), ("@80", [80]), ("KES 80", [80]), ("80/=", [80]), ("80 bob", [80]), ("80 per kg", [80]),
        ("80 kwa kilo", [80]), ("ksh 80/kg", [80]), ("mia moja", [100]),
        ("5kg", []), ("80 per crate", []), ("80 or 90", []), ("not yet", []), ("0", []), ("-80", []),
    ],
)  # fmt: skip
def test_what_is_a_price_and_what_is_none(farmer: Desk, answer: str, kept: list[int]) -> None:
    farmer.text(FARMER, "SELL tomatoes 20kg")
    farmer.text(FARMER, answer)
    assert [int(row.current_price) for row in farmer.look(Listing)] == kept


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        ("20", ["20.00"]), ("20kg", ["20.00"]), ("kilo ishirini", ["20.00"]), ("half", []),
        ("2 crates", []), ("about 20 or 30", []), ("20kg onions", []), ("STATUS", []),
    ],
)  # fmt: skip
def test_what_is_a_quantity_and_what_is_none(farmer: Desk, answer: str, kept: list[str]) -> None:
    for text in ("SELL tomatoes @80", "1", answer):
        farmer.text(FARMER, text)
    assert [str(row.quantity_available) for row in farmer.look(Listing)] == kept
