"""Reading market prices (DR-505, DR-507)."""

from datetime import date
from decimal import Decimal

import pytest

from core.actor import Actor
from core.catalogue.errors import UnknownProduct
from core.db import Database
from core.errors import BadInput, NotAllowed
from core.insights import lists, rules
from core.insights.errors import PlaceMissing
from core.locations.errors import UnknownWard
from tests.helpers import Cast
from tests.proving import proves

D = Decimal
WAKULIMA = "Wakulima (Nairobi)"


def tomatoes(db: Database) -> int:
    return db.parts.products.by_slug("tomatoes").product_id


@proves("DR-505", "DR-220")
def test_everybody_reads_prices_filtered_and_in_pages_the_newest_first(db: Database, cast: Cast) -> None:
    product_id = tomatoes(db)
    with db.read() as tx:
        for person in (cast.customer, cast.farmer, cast.rider, cast.admin):
            page = lists.prices(tx, person.actor, product_id=product_id)
            assert (len(page.results), page.more) == (20, True)
        days = [view.date for view in page.results]
        assert days == sorted(days, reverse=True)
        second = lists.prices(tx, cast.customer.actor, product_id=product_id, page=2)
        assert not {v.price_id for v in page.results} & {v.price_id for v in second.results}
        narrow = lists.prices(
            tx, cast.customer.actor, product_id=product_id, market=WAKULIMA, county_code=47,
            price_type="wholesale", since=date(2025, 4, 15), until=date(2025, 5, 15),
        )  # fmt: skip
        assert {(v.market, v.county, v.price_type) for v in narrow.results} == {
            (WAKULIMA, "Nairobi", "wholesale")
        }
        assert {v.date for v in narrow.results} <= {date(2025, 4, 15), date(2025, 5, 15)}
        assert (narrow.results[0].date, narrow.more) == (date(2025, 5, 15), False)
        assert lists.prices(tx, cast.customer.actor, market="Owino").results == ()
        for page_number in (0, -1, "1", None, True, 501):
            with pytest.raises(BadInput):
                lists.prices(tx, cast.customer.actor, page=page_number)  # type: ignore[arg-type]
        with pytest.raises(NotAllowed):
            lists.prices(tx, Actor(10**6, "customer", "web"))


@proves("DR-507")
def test_the_price_near_me_says_market_month_and_how_it_moved(db: Database, cast: Cast) -> None:
    with db.read() as tx:
        found = lists.near_me(tx, cast.farmer.actor, product_id=tomatoes(db))
        assert found is not None
        assert (found.price, found.unit, found.market, found.month) == (
            D("79.94"),
            "kg",
            WAKULIMA,
            date(2025, 5, 15),
        )
        assert found.before is not None
        assert found.before_month is not None
        assert found.before_month < found.month
        assert found.change_percent == rules.change(found.before, found.price)
        by_crate = lists.near_me(tx, cast.farmer.actor, product_id=tomatoes(db), unit="crate 64kg")
        assert by_crate is not None
        assert by_crate.price == D("5116.16")


@proves("DR-507")
def test_where_it_pays_most_is_the_dearest_market_and_of_alike_ones_the_nearest(
    db: Database, cast: Cast
) -> None:
    with db.read() as tx:
        found = lists.pays_most(tx, cast.farmer.actor, product_id=tomatoes(db))
        assert len({offer.price_type for offer in found}) == 1
        assert [(-o.price, o.km) for o in found] == sorted((-o.price, o.km) for o in found)
        assert len({o.market for o in found}) == len(found) > 1
        near = lists.pays_most(tx, cast.farmer.actor, product_id=tomatoes(db), within_km=30)
        assert near
        assert all(offer.km <= 30 for offer in near)
        assert lists.pays_most(tx, cast.farmer.actor, product_id=tomatoes(db), limit=1) == found[:1]
        eggs = db.parts.products.by_slug("eggs").product_id
        assert lists.pays_most(tx, cast.farmer.actor, product_id=eggs) == []
        assert lists.near_me(tx, cast.farmer.actor, product_id=eggs) is None


def test_bad_questions_are_refused(db: Database, cast: Cast) -> None:
    with db.read() as tx:
        for limit in (0, 21):
            with pytest.raises(BadInput):
                lists.pays_most(tx, cast.farmer.actor, product_id=tomatoes(db), limit=limit)
        for verb in (lists.near_me, lists.pays_most):
            with pytest.raises(UnknownProduct):
                verb(tx, cast.farmer.actor, product_id=10**6)
            with pytest.raises(UnknownWard):
                verb(tx, cast.farmer.actor, product_id=tomatoes(db), ward_code=9999)
            with pytest.raises(PlaceMissing):
                verb(tx, cast.admin.actor, product_id=tomatoes(db))


@pytest.mark.parametrize(
    ("before", "now", "percent"),
    [
        ("80", "88", "10.00"),
        ("80", "72", "-10.00"),
        ("80", "80", "0.00"),
        ("3", "4", "33.33"),
        ("80", "81.30", "1.63"),
    ],
)
def test_a_change_is_told_in_percent_half_up(before: str, now: str, percent: str) -> None:
    assert rules.change(D(before), D(now)) == D(percent)
