"""A price is for the unit it was said for, and of two sums neither is taken."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from core.listings.models import Listing
from sms.reader import Reader
from sms.reading.lines import Catalogue
from tests.helpers import FARMER, Cast
from tests.proving import proves
from tests.sms.conftest import Desk, sell

Price = Callable[[str], Decimal | None]


@pytest.fixture(scope="module")
def price() -> Price:
    reader = Reader(Catalogue())

    def said(text: str) -> Decimal | None:
        read = reader.read(text, role="farmer")
        return None if read.ask == "confirm" else read.slots.get("price")

    return said


@pytest.mark.parametrize(
    ("text", "sum_"),
    [
        ("sell 2 tonnes of cabbage @ 15 per kg", None),
        ("sell 2 tonnes of cabbage @ 15000 per tonne", 15000),
        ("sell tomatoes 60kg at 80 to 90 bob", None),
        ("sell tomatoes 60kg at 80", 80),
        ("price tomatoes 80 bob 90 bob", None),
        ("change price of onions from 60 to 70", 70),
        ("how much will you give me for 20 bags maize", None),
    ],
)
def test_what_a_text_says_it_costs(price: Price, text: str, sum_: int | None) -> None:
    assert price(text) == (None if sum_ is None else Decimal(sum_))


@proves("DR-1510")
def test_a_price_of_a_kilo_is_never_put_on_a_crate(desk: Desk, cast: Cast) -> None:
    listing = sell(desk.db, cast, "tomatoes", "20", "4000", unit="crate 64kg")
    assert "4,000" not in desk.text(FARMER, "price tomatoes 80 per kg")
    assert desk.look(Listing, listing_id=listing)[0].current_price == 4000
    desk.text(FARMER, "4200")
    assert desk.look(Listing, listing_id=listing)[0].current_price == 4200
