"""Grade, organic, and what still grows, by text as at the keypad (DR-402, DR-403, L2)."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from core.listings.models import Listing
from sms.reader import Reader
from tests.helpers import FARMER, Cast
from tests.proving import proves
from tests.sms.conftest import Desk


@pytest.fixture
def farmer(desk: Desk, cast: Cast) -> Desk:
    """The farmer reads English; it is 24 June."""
    desk.text(FARMER, "LANG EN")
    return desk


Said = tuple[str, bool, date | None, str]


def last(desk: Desk) -> Said:
    """How the newest listing stands."""
    row = desk.look(Listing)[-1]
    return row.quality_grade, row.is_organic_certified, row.expected_harvest_date, row.listing_status


@proves("L2", "DR-402")
@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("SELL tomatoes 50kg @80", ("standard", False, None, "available")),
        ("SELL 50kg tomatoes @80 grade 1", ("premium", False, None, "available")),
        ("nauza nyanya 50kg @80 daraja la tatu", ("economy", False, None, "available")),
        ("SELL 50kg premium tomatoes @80", ("premium", False, None, "available")),
        ("SELL 50kg tomatoes @80 from 12/7", ("standard", False, date(2025, 7, 12), "pre_order")),
        ("UZA nyanya 50kg @80 kuanzia tarehe 12/7", ("standard", False, date(2025, 7, 12), "pre_order")),
        ("SELL tomatoes 50kg @80 ready 12 Jul", ("standard", False, date(2025, 7, 12), "pre_order")),
        ("SELL tomatoes 50kg @80 grade B from friday", ("standard", False, date(2025, 6, 27), "pre_order")),
    ],
)
def test_what_she_says_of_it_is_kept(farmer: Desk, text: str, kept: Said) -> None:
    farmer.text(FARMER, text)
    assert last(farmer) == kept
    assert [(row.quantity_available, row.current_price) for row in farmer.look(Listing)] == [(50, 80)]


@proves("L2")
def test_what_still_grows_says_its_day(farmer: Desk) -> None:
    said = farmer.text(FARMER, "SELL tomatoes 50kg @80 from 12/7").splitlines()[0]
    assert said == (
        "For order ahead, ready Sat 12: 50kg tomatoes, KSh 80/kg, you get KSh 72. "
        "Then we ask what you harvested."
    )


@proves("DR-403")
def test_organic_needs_the_certificate_and_she_is_told(farmer: Desk) -> None:
    said = farmer.text(FARMER, "SELL 50kg tomatoes @80 grade 2 organic")
    assert last(farmer) == ("standard", False, None, "available")
    assert "Not listed as organic: your farm has no approved certificate." in said
    farmer.text(FARMER, "behind the church")
    again = farmer.text(FARMER, "SELL 10kg tomatoes @80 grade 1 organic")
    assert "tomatoes is listed, but not as organic" in again


@proves("L2")
def test_a_day_that_cannot_be_is_asked_again(farmer: Desk) -> None:
    asked = farmer.text(FARMER, "SELL tomatoes 50kg @80 from 12/12")
    assert asked.startswith("tomatoes: ready on which day, up to Sat 23 Aug?")
    assert farmer.look(Listing) == []
    assert farmer.text(FARMER, "soon") == asked
    farmer.text(FARMER, "1/7")
    assert last(farmer)[2:] == (date(2025, 7, 1), "pre_order")


def test_today_is_for_sale_at_once(farmer: Desk) -> None:
    farmer.text(FARMER, "SELL tomatoes 50kg @80 from 12/12")
    farmer.text(FARMER, "TODAY")
    assert last(farmer)[2:] == (None, "available")


def test_more_of_the_same_day_fills_it_and_another_grade_is_another_thing(farmer: Desk) -> None:
    farmer.text(FARMER, "SELL tomatoes 50kg @80 from 12/7")
    farmer.text(FARMER, "behind the church")
    assert farmer.text(FARMER, "SELL tomatoes 10kg from 12/7").startswith("You have 50 kg tomatoes on sale")
    farmer.text(FARMER, "1")
    assert [row.quantity_available for row in farmer.look(Listing)] == [Decimal("60.00")]
    farmer.text(FARMER, "SELL tomatoes 20kg @80")
    farmer.text(FARMER, "SELL tomatoes 5kg @90 grade 1")
    assert [(row.listing_status, row.quality_grade) for row in farmer.look(Listing)] == [
        ("pre_order", "standard"), ("available", "standard"), ("available", "premium"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["SELL tomatoes 50kg from 80", "SELL tomatoes 50kg @80 not organic", "SELL tomatoes 50kg @80 grade Z"],
)
def test_what_is_not_said_plainly_is_nothing(open_store: Callable[[str], Any], text: str) -> None:
    reading = Reader(open_store("sqlite").products).read(text, role="farmer")
    assert not {"grade", "organic", "when"} & reading.slots.keys()
