"""Price lists as CSV, row by row, in both layouts (DR-505)."""

import csv
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalogue.errors import UnknownUnit
from core.insights.errors import FileTooLong, FileUnreadable
from core.insights.reading import MOST_ROWS, Figure, Known, base_of, merged, read
from core.money import round2
from core.reference import DATA
from tests.proving import proves

D = Decimal
TODAY = date(2025, 6, 24)
KNOWN = Known(
    products={"tomatoes": 1, "beans": 2, "beans dry": 2},
    counties={"nairobi": 47, "tharaka nithi": 13, "meru": 12, "marsabit": 10, "garissa": 7},
    markets={"Wakulima (Nairobi)": 47, "Ngaremara": 11},
    today=TODAY,
)
OURS = (
    "date,market,county,county_code,commodity,category,unit,price_type,price,currency,price_flag,"
    "price_per_base_unit,base_unit,market_lat,market_lon\n"
)
HDX = (
    "date,admin1,admin2,market,market_id,latitude,longitude,category,commodity,commodity_id,unit,"
    "priceflag,pricetype,currency,price,usdprice\n"
)


def ours(**changes: str) -> str:
    """A row of our own layout."""
    said = {
        "date": "2025-05-15", "market": "Wakulima (Nairobi)", "county": "Nairobi", "county_code": "47",
        "commodity": "Tomatoes", "category": "vegetables", "unit": "64 KG", "price_type": "wholesale",
        "price": "5116", "currency": "KES", "price_flag": "actual", "price_per_base_unit": "79.94",
        "base_unit": "kg", "market_lat": "-1.28", "market_lon": "36.83",
    }  # fmt: skip
    return ",".join((said | changes).values()) + "\n"


def hdx(**changes: str) -> str:
    """A row of the publisher's layout."""
    said = {
        "date": "2025-05-15", "admin1": "Nairobi", "admin2": "Nairobi", "market": "Wakulima (Nairobi)",
        "market_id": "1", "latitude": "-1.28", "longitude": "36.83", "category": "vegetables",
        "commodity": "Tomatoes", "commodity_id": "2", "unit": "64 KG", "priceflag": "actual",
        "pricetype": "Wholesale", "currency": "KES", "price": "5116", "usdprice": "39.5",
    }  # fmt: skip
    return ",".join((said | changes).values()) + "\n"


TOMATOES = Figure(
    product_id=1,
    market="Wakulima (Nairobi)",
    county_code=47,
    price_type="wholesale",
    day=date(2025, 5, 15),
    unit="64 KG",
    price=D("5116.00"),
    base_unit="kg",
    per_base_unit=D("79.94"),
    latitude=-1.28,
    longitude=36.83,
)


@proves("DR-505")
@pytest.mark.parametrize("text", [OURS + ours(), HDX + hdx(), "\ufeff" + HDX + hdx()])
def test_both_layouts_say_the_same(text: str) -> None:
    found = read(text, KNOWN)
    assert (found.figures, found.faults, found.rows, found.left_out) == ((TOMATOES,), (), 1, 0)


# what is wrong in our layout | in the publisher's | the error
FAULTS = [
    ({"date": "15/05/2025"}, {"date": "15/05/2025"}, "insights.date_wrong"),
    ({"date": "2025-06-25"}, {"date": "2025-06-25"}, "insights.date_wrong"),
    ({"date": "1999-12-31"}, {"date": ""}, "insights.date_wrong"),
    ({"market": "  "}, {"market": ""}, "insights.market_missing"),
    ({"market": "x" * 61}, {"market": "x" * 61}, "insights.market_missing"),
    ({"county_code": "48"}, {"admin2": "Kampala", "market": "Owino"}, "insights.county_unknown"),
    ({"county_code": "x"}, {"admin2": "", "market": "Owino"}, "insights.county_unknown"),
    ({"unit": "64 lbs"}, {"unit": "dozen"}, "catalogue.unknown_unit"),
    ({"unit": "0 KG"}, {"unit": ""}, "catalogue.unknown_unit"),
    ({"price_type": "farm gate"}, {"pricetype": "Farm Gate"}, "insights.price_type_unknown"),
    ({"price": "-1"}, {"price": "0"}, "insights.price_out_of_bounds"),
    ({"price": "NaN"}, {"price": "Infinity"}, "insights.price_out_of_bounds"),
    ({"price": "12O"}, {"price": ""}, "insights.price_out_of_bounds"),
    ({"price": "0.10"}, {"price": "1000001"}, "insights.price_out_of_bounds"),
    ({"currency": "USD"}, {"currency": ""}, "insights.currency_unknown"),
]


@proves("DR-505")
@pytest.mark.parametrize(("in_ours", "in_hdx", "code"), FAULTS)
def test_a_bad_row_is_named_with_its_number_and_error_and_the_others_are_read(
    in_ours: dict[str, str], in_hdx: dict[str, str], code: str
) -> None:
    for text in (OURS + ours(**in_ours) + ours(), HDX + hdx(**in_hdx) + hdx()):
        found = read(text, KNOWN)
        assert [(fault.row, fault.code) for fault in found.faults] == [(2, code)]
        assert found.figures == (TOMATOES,)


@proves("DR-505")
def test_what_we_do_not_sell_and_forecasts_are_left_out_without_a_fault() -> None:
    rows = hdx(commodity="Camel") + hdx(priceflag="forecast") + hdx() + "#date,#adm1,#adm2\n"
    found = read(HDX + rows, KNOWN)
    assert (found.rows, found.left_out, found.faults, found.figures) == (3, 2, (), (TOMATOES,))


# district | market | county
COUNTIES = [
    ("Nairobi", "Owino", 47),
    ("Meru South", "Owino", 13),
    ("Meru North", "Owino", 12),
    ("Moyale", "Owino", 10),
    ("Ijara", "Owino", 7),
    ("Meru", "Ngaremara", 11),  # a market that is known is where it is
]


@proves("DR-505")
@pytest.mark.parametrize(("district", "market", "county"), COUNTIES)
def test_a_market_is_in_its_known_county_else_in_the_county_of_its_district(
    district: str, market: str, county: int
) -> None:
    (figure,) = read(HDX + hdx(admin2=district, market=market), KNOWN).figures
    assert figure.county_code == county


@proves("DR-505", "DR-507")
def test_rows_of_one_day_are_averaged_by_the_kg_and_never_across_types() -> None:
    rows = [
        hdx(commodity="Beans", unit="KG", price="100", pricetype="Retail"),
        hdx(commodity="Beans (dry)", unit="KG", price="110", pricetype="Retail"),
        hdx(commodity="Beans", unit="90 KG", price="8100"),
        hdx(commodity="Beans", unit="KG", price="80"),
    ]
    found = read(HDX + "".join(rows), KNOWN).figures
    assert [(f.price_type, f.unit, f.price, f.per_base_unit) for f in found] == [
        ("retail", "KG", D("105.00"), D("105.00")),
        ("wholesale", "kg", D("85.00"), D("85.00")),
    ]


@pytest.mark.parametrize(
    "text",
    ["", "no,columns\n1,2\n", "date,market\n2025-05-15,Wakulima\n", "\x00\x01", OURS.replace("unit", "u")],
)
def test_a_text_of_no_known_layout_is_refused(text: str) -> None:
    with pytest.raises(FileUnreadable):
        read(text, KNOWN)


def test_a_file_of_too_many_rows_is_refused() -> None:
    with pytest.raises(FileTooLong):
        read(OURS + ours() * (MOST_ROWS + 1), KNOWN)


UNITS = [
    ("KG", "kg", "1"),
    ("90 KG", "kg", "90"),
    ("200 G", "kg", "0.2"),
    ("L", "litre", "1"),
    ("500 ML", "litre", "0.5"),
    ("Unit", "piece", "1"),
    (" 12.5 kg ", "kg", "12.5"),
]


@pytest.mark.parametrize(("unit", "base", "times"), UNITS)
def test_a_published_unit_is_so_many_kg_litres_or_pieces(unit: str, base: str, times: str) -> None:
    assert base_of(unit) == (base, D(times))


@given(st.text(max_size=12))
def test_any_other_unit_is_refused(unit: str) -> None:
    try:
        base, times = base_of(unit)
    except UnknownUnit:
        return
    assert base in ("kg", "litre", "piece")
    assert times > 0


def test_the_publishers_own_rows_come_to_the_figures_of_our_file_to_the_cent() -> None:
    """Our file was rounded half-to-even: where a half is in question the cent may differ."""
    with (DATA / "market_prices.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            base, times = base_of(row["unit"])
            assert base == row["base_unit"]
            here = round2(D(row["price"]) / times)
            assert abs(here - D(row["price_per_base_unit"])) <= D("0.01")


@given(st.lists(st.decimals("0.01", "1000000", places=2), min_size=1, max_size=9))
def test_merging_keeps_one_figure_a_key_between_the_lowest_and_the_highest(prices: list[Decimal]) -> None:
    alike = [Figure(1, "M", 47, "retail", TODAY, "KG", price, "kg", price) for price in prices]
    (one,) = merged(alike)
    assert min(prices) <= one.price <= max(prices)
    assert merged((one,)) == (one,)
