"""A listing's price beside the market's (DR-501 to DR-503)."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.db import Database
from core.insights import rules
from core.insights import service as insights
from core.listings.models import Listing
from tests.helpers import FixedClock
from tests.listings.people import Grower, grower, offer
from tests.proving import proves

D = Decimal
TWO = D("2.00")
PRICES = st.decimals("1.00", "1000000.00", places=2)

# price | average | difference | percentage | status
COMPARED = [
    ("150", "140", "10.00", "7.14", "above_market"),
    ("140", "150", "-10.00", "-6.67", "below_market"),
    ("140", "140", "0.00", "0.00", "at_market"),
    ("102", "100", "2.00", "2.00", "at_market"),
    ("102.01", "100", "2.01", "2.01", "above_market"),
    ("98", "100", "-2.00", "-2.00", "at_market"),
    ("97.99", "100", "-2.01", "-2.01", "below_market"),
    ("10.05", "80", "-69.95", "-87.44", "below_market"),
    ("81.30", "80", "1.30", "1.63", "at_market"),  # 1.625, half-up
    ("78.70", "80", "-1.30", "-1.63", "at_market"),
]


@proves("DR-502", "DR-503")
@pytest.mark.parametrize(("price", "average", "difference", "percentage", "status"), COMPARED)
def test_difference_percentage_and_status_come_out_to_the_cent(
    price: str, average: str, difference: str, percentage: str, status: str
) -> None:
    assert rules.compare(D(price), D(average), TWO) == (D(difference), D(percentage), status)


@proves("DR-502")
@given(PRICES, PRICES)
def test_the_difference_is_exact_and_the_percentage_within_half_a_hundredth(
    price: Decimal, average: Decimal
) -> None:
    difference, percentage, _status = rules.compare(price, average, TWO)
    assert difference == price - average
    assert abs(percentage - difference * 100 / average) <= D("0.005")


@proves("DR-503")
@given(PRICES, PRICES, st.decimals("0.00", "50.00", places=2))
def test_the_status_says_on_which_side_of_the_tolerance_a_price_is(
    price: Decimal, average: Decimal, tolerance: Decimal
) -> None:
    _difference, percentage, status = rules.compare(price, average, tolerance)
    sides = (percentage > tolerance, percentage < -tolerance)
    assert sides == (status == "above_market", status == "below_market")


@proves("DR-501")
@given(st.lists(PRICES, min_size=1, max_size=50))
def test_a_mean_lies_between_the_lowest_and_the_highest(prices: list[Decimal]) -> None:
    mean = rules.mean(prices)
    assert mean is not None
    assert min(prices) <= mean <= max(prices)


def compared(db: Database, listing: Listing) -> insights.PriceComparison | None:
    with db.read() as tx:
        return insights.price_comparison(tx, listing)


def sell(db: Database, who: Grower, slug: str, unit: str, price: str) -> Listing:
    return offer(db, who, slug, unit=unit, price=D(price), quantity=D(10), price_confirmed=True)


@proves("DR-501", "DR-112")
def test_a_listing_is_compared_in_its_own_unit_with_the_country_where_its_county_has_no_prices(
    db: Database,
) -> None:
    who = grower(db)
    by_kg = sell(db, who, "tomatoes", "kg", "80")
    assert compared(db, by_kg) == insights.PriceComparison(
        D("74.97"), D("80.00"), D("5.03"), D("6.71"), "above_market", "national", "Kenya", date(2025, 5, 15)
    )
    by_crate = sell(db, who, "tomatoes", "crate 64kg", "4800")
    found = compared(db, by_crate)
    assert found is not None
    assert (found.market_average, found.listing_price, found.status) == (
        D("4798.08"),
        D("4800.00"),
        "at_market",
    )


@proves("DR-501")
def test_a_county_with_prices_of_its_own_is_the_region(db: Database) -> None:
    ward = next(w for w in db.parts.places.starting_with("Racecourse") if w.county == "Uasin Gishu")
    found = compared(db, sell(db, grower(db, ward_code=ward.code), "tomatoes", "kg", "75"))
    assert found == insights.PriceComparison(
        D("70.00"),
        D("75.00"),
        D("5.00"),
        D("7.14"),
        "above_market",
        "region",
        "Eldoret town (Uasin Gishu)",
        date(2025, 5, 15),
    )


@proves("DR-501")
def test_where_nothing_is_published_three_other_farmers_are_the_market(db: Database) -> None:
    """Eggs are in no published list; two peers are too few, her own listings are no peers."""
    mine = sell(db, grower(db), "eggs", "tray", "400")
    sell(db, grower(db, "0712000111"), "eggs", "tray", "380")
    sell(db, grower(db, "0712000112"), "eggs", "tray", "390")
    assert compared(db, mine) is None
    sell(db, grower(db, "0712000113"), "eggs", "tray", "370.01")
    found = compared(db, mine)
    assert found == insights.PriceComparison(
        D("380.00"), D("400.00"), D("20.00"), D("5.26"), "above_market", "peers", "", None
    )


@proves("DR-501")
def test_figures_outside_the_window_are_shown_but_not_compared_with(db: Database, clock: FixedClock) -> None:
    listing = sell(db, grower(db), "tomatoes", "kg", "80")
    clock.set(datetime(2025, 7, 20, 9, tzinfo=UTC))
    assert compared(db, listing) is None
    with db.read() as tx:
        shown = insights.latest_price(tx, listing.product_id, county_code=22, unit="kg")
    assert shown is not None
    assert (shown.market, shown.month) == ("Wakulima (Nairobi)", date(2025, 5, 15))


def test_many_listings_are_compared_with_two_statements(db: Database) -> None:
    who = grower(db)
    several = [sell(db, who, slug, "kg", "80") for slug in ("tomatoes", "kale", "onions", "tomatoes")]
    with db.read() as tx:
        looks: list[object] = []
        look = tx.look
        tx.look = lambda *a, **k: looks.append(a) or look(*a, **k)  # type: ignore[method-assign,func-returns-value]
        found = insights.price_comparisons(tx, several)
        assert insights.price_comparisons(tx, []) == {}
    assert len(looks) == 2
    assert set(found) == {listing.listing_id for listing in several}
    assert all(found.values())


# price | its unit | kg in it | for unit | kg in that | comes to
PEERS = [
    ("80", "kg", "1", "crate 64kg", "64", "5120"),
    ("5120", "crate 64kg", "64", "kg", "1", "80"),
    ("5000", "crate 64kg", "60", "crate 64kg", "64", "5333.33"),
    ("30", "piece", "0.12", "piece", "0.30", "30"),
    ("60", "litre", "1.03", "litre", "1.03", "60"),
    ("60", "litre", "1.03", "debe 20l", "20.60", "1200"),
    ("60", "litre", "1.03", "cup", None, None),
]


@proves("DR-501")
@pytest.mark.parametrize(("price", "peer_unit", "peer_kg", "unit", "kg", "expected"), PEERS)
def test_peers_are_compared_by_weight_litres_and_pieces_as_they_are(
    price: str, peer_unit: str, peer_kg: str, unit: str, kg: str | None, expected: str | None
) -> None:
    found = rules.of_peer(D(price), peer_unit, D(peer_kg), unit, None if kg is None else D(kg))
    assert (found and round(found, 2)) == (None if expected is None else D(expected))
