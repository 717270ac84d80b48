"""A listing as the platform document prints it, to the letter (DR-106, DR-107, DR-108, section 5)."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from core.db import Database
from core.events import RatingSought
from core.listings import service as listings
from core.listings.errors import PriceLooksOff
from core.reactions import REACTIONS
from core.views import as_json
from tests.helpers import FixedClock
from tests.listings.people import Grower, grower, offer
from tests.proving import proves

D = Decimal


def jane(db: Database) -> Grower:
    """Jane Farm of Green Valley Farm."""
    who = grower(db, "0712345678")

    def name(tx: object) -> None:
        from core.farms import keeping
        from core.users import service as users

        user = users.get(tx, who.id)  # type: ignore[arg-type]
        user.first_name, user.last_name = "Jane", "Farm"
        keeping.change(tx, who.actor, farm_id=who.farm_id, name="Green Valley Farm")  # type: ignore[arg-type]

    db.run(name)
    return who


@proves("DR-106", "DR-107", "DR-502")
def test_the_response_of_the_platform_document_comes_out_to_the_letter(
    db: Database, clock: FixedClock
) -> None:
    """150 against 140 gives 10.00, 7.14, above_market; the market here is three neighbours."""
    clock.set(datetime(2024, 1, 15, 8, 30, tzinfo=UTC))
    for number in range(3):
        offer(db, grower(db, f"071200030{number}"), "eggs", unit="piece", price=D(140))
    seller = jane(db)
    hers = offer(
        db, seller, "eggs", unit="piece", price=D(150), harvest_date=date(2024, 1, 15),
        quality_grade="premium", notes="Fresh",
    )  # fmt: skip
    with db.read() as tx:
        shown = as_json(listings.read(tx, seller.actor, listing_id=hers.listing_id))
    assert {name: shown[name] for name in ("farmer", "product", "current_price", "quantity_available")} == {
        "farmer": {
            "user_id": seller.id, "first_name": "Jane", "last_name": "Farm", "phone_number": "0712345678",
        },
        "product": {
            "product_id": hers.product_id, "product_name": "Eggs", "unit_of_measure": "tray",
        },
        "current_price": "150.00",
        "quantity_available": "50.00",
    }  # fmt: skip
    assert shown["farm"].items() >= {"farm_id": seller.farm_id, "farm_name": "Green Valley Farm"}.items()
    assert shown["price_comparison"].items() >= {
        "market_average": 140.0,
        "listing_price": 150.0,
        "difference": 10.0,
        "percentage": 7.14,
        "status": "above_market",
    }.items()  # fmt: skip
    assert (shown["listing_id"], shown["created_at"]) == (hers.listing_id, "2024-01-15T08:30:00Z")
    assert (shown["harvest_date"], shown["expected_harvest_date"]) == ("2024-01-15", None)
    assert shown["farmer_rating"] is None
    printed = json.dumps(shown)
    assert '"market_average": 140.0' in printed
    assert '"current_price": "150.00"' in printed


@proves("DR-106")
def test_a_rating_is_a_number_and_asked_once_for_a_page(db: Database) -> None:
    seller = grower(db)
    one, two = offer(db, seller), offer(db, seller, price=D(85))
    asked: list[tuple[int, ...]] = []

    def rated(_tx: object, sought: RatingSought) -> None:
        asked.append(sought.ids)
        sought.ratings[seller.id] = D("4.5")

    kept = REACTIONS[RatingSought]
    try:
        REACTIONS[RatingSought] = (rated,)  # type: ignore[index]
        with db.read() as tx:
            page = listings.mine(tx, seller.actor)
    finally:
        REACTIONS[RatingSought] = kept  # type: ignore[index]
    assert [view.listing_id for view in page.listings] == [two.listing_id, one.listing_id]
    assert as_json(page.listings[0])["farmer_rating"] == 4.5
    assert asked == [(seller.id,)]


@proves("DR-105")
def test_a_buyer_is_told_what_a_pack_holds(db: Database) -> None:
    seller = grower(db)
    crates = offer(db, seller, unit="crate 64kg", quantity=D(3), price=D(5000))
    with db.read() as tx:
        shown = as_json(listings.read(tx, seller.actor, listing_id=crates.listing_id))
    assert (shown["unit"], shown["kg_per_unit"], shown["quantity_available"]) == (
        "crate 64kg",
        "64.00",
        "3.00",
    )


@proves("DR-404")
def test_the_comparison_of_a_view_is_the_one_a_price_is_held_against(db: Database) -> None:
    seller = grower(db)
    hers = offer(db, seller, price=D(112))
    with db.read() as tx:
        shown = listings.read(tx, seller.actor, listing_id=hers.listing_id).price_comparison
    assert shown is not None
    assert shown.market_average == D("74.97")
    with pytest.raises(PriceLooksOff) as doubt:
        offer(db, seller, price=D(113))
    assert doubt.value.values["market"] == str(shown.market_average)


def test_every_kind_of_value_has_one_form() -> None:
    moment = datetime(2024, 1, 15, 8, 30, tzinfo=UTC)
    value = {"a": D("2"), "b": [moment, date(2024, 1, 15)], "c": (True, None, 7, "x")}
    assert as_json(value) == {
        "a": "2.00",
        "b": ["2024-01-15T08:30:00Z", "2024-01-15"],
        "c": [True, None, 7, "x"],
    }
    assert as_json(frozenset({1})) == [1]
