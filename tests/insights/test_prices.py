"""What the market pays, as a farmer is shown it (DR-501 to DR-503, DR-505, DR-507)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from core.db import Database, Tx
from core.insights import rules
from core.insights import service as insights
from core.insights.rules import Published
from tests.helpers import FixedClock
from tests.proving import proves

KIAMBU, NAIROBI, UASIN_GISHU, GARISSA = 22, 47, 27, 7
D = Decimal


@pytest.fixture
def tx(db: Database) -> Iterator[Tx]:
    """A reading transaction on 24 June 2025."""
    with db.read() as tx:
        yield tx


def product(tx: Tx, slug: str) -> int:
    return tx.parts.products.by_slug(slug).product_id


# slug | county | unit | price | market | month
SHOWN = [
    ("tomatoes", KIAMBU, "kg", "79.94", "Wakulima (Nairobi)", date(2025, 5, 15)),
    ("tomatoes", NAIROBI, "kg", "79.94", "Wakulima (Nairobi)", date(2025, 5, 15)),
    ("tomatoes", UASIN_GISHU, "kg", "70.00", "Eldoret town (Uasin Gishu)", date(2025, 5, 15)),
    ("tomatoes", KIAMBU, "crate 64kg", "5116.16", "Wakulima (Nairobi)", date(2025, 5, 15)),
    ("kale", KIAMBU, "bunch", "13.20", "Wakulima (Nairobi)", date(2025, 6, 15)),
    ("bananas-ripe", GARISSA, "dozen", "125.00", "Dagahaley (Daadab)", date(2025, 6, 15)),
]


@pytest.mark.parametrize(("slug", "county", "unit", "price", "market", "month"), SHOWN)
def test_the_last_price_is_shown_with_market_and_month_in_the_unit_asked_about(
    tx: Tx, slug: str, county: int, unit: str, price: str, market: str, month: date
) -> None:
    shown = insights.latest_price(tx, product(tx, slug), county_code=county, unit=unit)
    assert shown is not None
    assert (str(shown.price), shown.market, shown.month) == (price, market, month)


def test_a_product_the_publisher_does_not_know_has_no_price(tx: Tx) -> None:
    assert insights.latest_price(tx, product(tx, "eggs"), county_code=KIAMBU, unit="tray") is None
    assert insights.latest_price(tx, product(tx, "goat"), county_code=KIAMBU, unit="piece") is None


@proves("DR-507")
def test_a_price_is_left_out_after_seventy_five_days_dr507(db: Database, clock: FixedClock) -> None:
    for day, is_shown in (
        (datetime(2025, 7, 29, 9, tzinfo=UTC), True),
        (datetime(2025, 7, 30, 9, tzinfo=UTC), False),
    ):
        clock.set(day)
        with db.read() as tx:
            shown = insights.latest_price(tx, product(tx, "tomatoes"), county_code=KIAMBU, unit="kg")
        assert (shown is not None) is is_shown


def test_a_price_of_the_future_is_not_known_yet(db: Database, clock: FixedClock) -> None:
    clock.set(datetime(2025, 4, 1, 9, tzinfo=UTC))
    with db.read() as tx:
        shown = insights.latest_price(tx, product(tx, "tomatoes"), county_code=KIAMBU, unit="kg")
    assert shown is not None
    assert (shown.market, shown.month) == ("Kangemi (Nairobi)", date(2025, 3, 15))


def test_the_average_uses_only_the_window_and_one_type_of_price_dr501(
    db: Database, clock: FixedClock
) -> None:
    with db.read() as tx:
        tomatoes = product(tx, "tomatoes")
        nation = insights.market_average(tx, tomatoes, county_code=KIAMBU, unit="kg")
        assert nation == insights.Average(D("74.97"), "national", "Kenya", date(2025, 5, 15))
        region = insights.market_average(tx, tomatoes, county_code=UASIN_GISHU, unit="kg")
        assert region == insights.Average(
            D("70.00"), "region", "Eldoret town (Uasin Gishu)", date(2025, 5, 15)
        )
    clock.set(datetime(2025, 6, 30, 9, tzinfo=UTC))
    with db.read() as tx:
        assert insights.market_average(tx, tomatoes, county_code=KIAMBU, unit="kg") is None


def published(kind: str, county: int, month: int, price: str, market: str = "M") -> Published:
    return Published(market, county, kind, D(price), "kg", date(2025, month, 15))


@proves("DR-507")
def test_wholesale_and_retail_are_never_mixed_dr507() -> None:
    prices = [published("retail", 22, 6, "120"), published("wholesale", 47, 5, "80")]
    assert rules.of_one_type(prices) == prices[1:]
    assert rules.of_one_type(prices[:1]) == prices[:1]
    assert rules.of_one_type([]) == []


def test_the_own_county_comes_before_a_later_price_elsewhere() -> None:
    own, later = published("wholesale", 22, 4, "60"), published("wholesale", 47, 6, "80")
    assert rules.nearest_latest([later, own], 22, {47: 30.0}) == own
    assert rules.nearest_latest([later], 22, {}) == later
    assert rules.nearest_latest([], 22, {}) is None


def test_of_the_same_month_the_nearer_county_is_shown() -> None:
    far, near = published("wholesale", 27, 5, "70", "A"), published("wholesale", 47, 5, "80", "Z")
    assert rules.nearest_latest([far, near], 22, {27: 250.0, 47: 30.0}) == near


CONVERSIONS = [
    ("79.94", "kg", "kg", "79.94"),
    ("79.94", "kg", "crate 64kg", "5116.16"),
    ("100", "piece", "dozen", "1250.00"),
    ("200", "litre", "debe 20l", "4000.00"),
    ("100", "kg", "net 13kg", None),
    ("100", "ounce", "kg", None),
]


@pytest.mark.parametrize(("price", "base", "unit", "expected"), CONVERSIONS)
def test_a_price_is_converted_through_the_packs_dr112(
    price: str, base: str, unit: str, expected: str | None
) -> None:
    weights = {
        "crate 64kg": D(64),
        "piece": D("0.12"),
        "dozen": D("1.50"),
        "litre": D("1.03"),
        "debe 20l": D("20.60"),
    }
    found = rules.in_unit(D(price), base, unit, weights)
    assert found == (None if expected is None else D(expected))
