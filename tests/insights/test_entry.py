"""Market prices as admins enter and import them (DR-505, DR-213)."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from core.audit.models import AuditRow
from core.catalogue.errors import PackUnknown, UnknownProduct, UnknownUnit
from core.db import Tx
from core.errors import DomainError, NotAllowed
from core.insights import entry, lists
from core.insights import service as insights
from core.insights.errors import (
    CountyUnknown,
    DateWrong,
    FileUnreadable,
    MarketElsewhere,
    MarketMissing,
    MarketPriceOutOfBounds,
    PriceTypeUnknown,
    PriceUnknown,
    RowsRefused,
)
from core.insights.models import Market, MarketPrice
from core.listings import service as listings
from core.reference import DATA
from tests.helpers import Cast, farm_id
from tests.insights.test_reading import HDX, hdx
from tests.proving import proves

D = Decimal


def sample() -> str:
    """Rows as the publisher has them; many are in our own file as well."""
    return (DATA / "market_prices_hdx_layout_sample.csv").read_text(encoding="utf-8")


def said(tx: Tx, **changes: Any) -> dict[str, Any]:
    """A price of tomatoes at Wakulima, unless told otherwise."""
    given = {
        "product_id": tx.parts.products.by_slug("tomatoes").product_id,
        "market": "Wakulima (Nairobi)",
        "unit": "kg",
        "price": D("91.50"),
        "price_type": "wholesale",
        "day": date(2025, 6, 20),
    }
    return given | changes


def audited(tx: Tx) -> list[tuple[str, dict[str, Any]]]:
    tx.flush()
    return [(row.what, row.changes) for row in tx.session.query(AuditRow) if row.what.startswith("market_")]


@proves("DR-505", "DR-1801")
def test_a_price_of_the_same_day_takes_the_place_of_the_other_with_both_in_the_audit(
    writing: Tx, cast: Cast
) -> None:
    boss = cast.admin.actor
    first = entry.set_price(writing, boss, **said(writing))
    assert (first.price, first.county_code, first.source) == (D("91.50"), 47, "admin")
    assert entry.set_price(writing, boss, **said(writing)).price_id == first.price_id
    assert audited(writing) == []
    again = entry.set_price(writing, boss, **said(writing, unit="crate 64kg", price=D("6400")))
    assert (again.price_id, again.price_per_base_unit, again.base_unit) == (first.price_id, D("100.00"), "kg")
    retail = entry.set_price(writing, boss, **said(writing, price_type="retail", price=D(120)))
    assert retail.price_id != first.price_id
    assert audited(writing) == [
        (
            "market_price.replace",
            {"price": ["91.50", "6400.00"], "unit": ["kg", "crate 64kg"], "source": ["admin", "admin"]},
        )
    ]


# what is wrong | the error
BAD: list[tuple[dict[str, Any], type[DomainError]]] = [
    ({"product_id": 10**6}, UnknownProduct),
    ({"unit": "net"}, UnknownUnit),
    ({"unit": ""}, UnknownUnit),
    ({"unit": None}, UnknownUnit),
    ({"market": ""}, MarketMissing),
    ({"market": None}, MarketMissing),
    ({"market": "x" * 61}, MarketMissing),
    ({"market": "Owino"}, CountyUnknown),
    ({"market": "Owino", "county_code": 48}, CountyUnknown),
    ({"county_code": 22}, MarketElsewhere),
    ({"price_type": "farm gate"}, PriceTypeUnknown),
    ({"price_type": None}, PriceTypeUnknown),
    ({"price": D(0)}, MarketPriceOutOfBounds),
    ({"price": D("1000000.01")}, MarketPriceOutOfBounds),
    ({"price": D("9.999")}, MarketPriceOutOfBounds),
    ({"price": D("NaN")}, MarketPriceOutOfBounds),
    ({"price": 91.5}, MarketPriceOutOfBounds),
    ({"price": "91.50"}, MarketPriceOutOfBounds),
    ({"day": date(2025, 6, 25)}, DateWrong),
    ({"day": date(1999, 12, 31)}, DateWrong),
    ({"day": "2025-06-20"}, DateWrong),
]


@proves("DR-505")
def test_bad_input_is_refused_and_nothing_is_kept(writing: Tx, cast: Cast) -> None:
    before = writing.session.query(MarketPrice).count()
    for changes, error in BAD:
        with pytest.raises(error):
            entry.set_price(writing, cast.admin.actor, **said(writing, **changes))
    assert writing.session.query(MarketPrice).count() == before


@proves("DR-112")
def test_a_pack_of_unknown_weight_has_no_price(writing: Tx, cast: Cast) -> None:
    products = writing.parts.products
    unknown = [
        (one.product_id, unit)
        for category in products.categories()
        for one in products.in_category(category)
        for unit in one.unknown_units
    ]
    product_id, unit = unknown[0]
    with pytest.raises(PackUnknown):
        entry.set_price(writing, cast.admin.actor, **said(writing, product_id=product_id, unit=unit))


@proves("DR-505")
def test_a_new_market_needs_its_county_and_is_known_from_then_on(writing: Tx, cast: Cast) -> None:
    entry.set_price(writing, cast.admin.actor, **said(writing, market="Owino", county_code=22))
    entry.set_price(writing, cast.admin.actor, **said(writing, market="Owino", price_type="retail"))
    assert [m.county_code for m in writing.session.query(Market).filter_by(market="Owino")] == [22]


@proves("DR-213", "DR-505")
def test_only_admins_keep_prices(writing: Tx, cast: Cast) -> None:
    for person in (cast.farmer, cast.customer, cast.rider):
        for verb, how in (
            (entry.set_price, said(writing)),
            (entry.remove_price, {"price_id": 1}),
            (entry.preview, {"text": sample()}),
            (entry.import_prices, {"text": sample()}),
        ):
            with pytest.raises(NotAllowed):
                verb(writing, person.actor, **how)


@proves("DR-505")
def test_a_price_that_should_not_be_there_is_taken_back_audited(writing: Tx, cast: Cast) -> None:
    boss = cast.admin.actor
    row = entry.set_price(writing, boss, **said(writing))
    entry.remove_price(writing, boss, price_id=row.price_id, reason="typed wrong")
    with pytest.raises(PriceUnknown):
        entry.remove_price(writing, boss, price_id=row.price_id)
    assert audited(writing) == [
        ("market_price.remove", {"price": ["91.50", None], "date": ["2025-06-20", None]})
    ]


@proves("DR-505")
def test_a_list_is_previewed_imported_and_imported_again_without_effect(writing: Tx, cast: Cast) -> None:
    """Wakulima's price is new, that of Eldoret another than ours, that of Kangemi the same."""
    boss = cast.admin.actor
    have = writing.session.query(MarketPrice).filter_by(date=date(2025, 5, 15), price_type="wholesale")
    eldoret = have.filter(MarketPrice.market == "Eldoret town (Uasin Gishu)").first()
    assert eldoret is not None
    onions = writing.parts.products.by_slug("tomatoes").product_id
    known = have.filter_by(product_id=onions, market="Wakulima (Nairobi)").one()
    text = (
        HDX
        + hdx(date="2025-06-15")
        + hdx(price=str(known.price + 64), unit=known.unit)
        + hdx(commodity="Camel")
        + hdx(price="x")
    )
    would = entry.preview(writing, boss, text=text)
    assert (would.rows, would.added, would.replaced, would.same, would.left_out, would.faulty) == (
        4, 1, 1, 0, 1, 1,
    )  # fmt: skip
    assert [(fault.row, fault.code) for fault in would.faults] == [(5, "insights.price_out_of_bounds")]
    before = writing.session.query(MarketPrice).count()
    with pytest.raises(RowsRefused) as refused:
        entry.import_prices(writing, boss, text=text)
    assert refused.value.values == {"count": 1}
    assert writing.session.query(MarketPrice).count() == before
    assert entry.import_prices(writing, boss, text=text, leave_out_bad=True) == would
    assert writing.session.query(MarketPrice).count() == before + 1
    again = entry.import_prices(writing, boss, text=text, leave_out_bad=True)
    assert (again.added, again.replaced, again.same) == (0, 0, 2)
    assert [what for what, _ in audited(writing)] == ["market_price.replace", "market_prices.import"]


@proves("DR-505")
def test_the_publishers_sample_reads_without_a_fault_and_is_idempotent(writing: Tx, cast: Cast) -> None:
    boss = cast.admin.actor
    first = entry.import_prices(writing, boss, text=sample())
    assert (first.rows, first.faulty) == (300, 0)
    assert first.same > 0
    again = entry.import_prices(writing, boss, text=sample())
    assert (again.added, again.replaced) == (0, 0)
    assert again.same == first.added + first.replaced + first.same


@proves("DR-505")
def test_our_own_file_is_known_already(writing: Tx, cast: Cast) -> None:
    text = (DATA / "market_prices.csv").read_text(encoding="utf-8")
    found = entry.preview(writing, cast.admin.actor, text=text)
    assert (found.rows, found.added, found.replaced, found.same, found.faulty) == (8093, 0, 0, 3984, 0)
    with pytest.raises(FileUnreadable):
        entry.preview(writing, cast.admin.actor, text="nothing")


@proves("DR-507")
def test_a_new_price_is_what_people_are_shown(writing: Tx, cast: Cast) -> None:
    entry.set_price(writing, cast.admin.actor, **said(writing))
    tomatoes = said(writing)["product_id"]
    now = lists.near_me(writing, cast.customer.actor, product_id=tomatoes)
    assert now is not None
    assert (now.price, now.market, now.month) == (D("91.50"), "Wakulima (Nairobi)", date(2025, 6, 20))
    assert (now.before, now.before_month, now.change_percent) == (D("79.94"), date(2025, 5, 15), D("14.46"))


@proves("DR-501", "DR-502", "DR-503")
def test_the_platform_documents_listing_compares_as_it_is_printed_there(writing: Tx, cast: Cast) -> None:
    """Tomatoes at 150.00 where the county's market pays 140.00."""
    entry.set_price(
        writing, cast.admin.actor, **said(writing, market="Kikuyu", county_code=22, price=D("140.00"))
    )
    listing = listings.publish(
        writing,
        cast.farmer.actor,
        farm_id=farm_id(writing, cast.farmer.actor),
        product_id=said(writing)["product_id"],
        unit="kg",
        quantity=D("50.00"),
        price=D("150.00"),
    )
    found = insights.price_comparison(writing, listing)
    assert found == insights.PriceComparison(
        market_average=D("140.00"),
        listing_price=D("150.00"),
        difference=D("10.00"),
        percentage=D("7.14"),
        status="above_market",
        basis="region",
        market="Kikuyu",
        month=date(2025, 6, 20),
    )
