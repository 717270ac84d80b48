"""Offering produce for sale: who may, what is refused, what is asked about (DR-112, DR-402 to DR-404)."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from core.actor import Actor, system
from core.catalogue.errors import PackUnknown, UnknownProduct, UnknownUnit
from core.db import Database
from core.errors import DomainError, NotAllowed, NotFound
from core.farms.models import Farm
from core.listings import rules
from core.listings import service as listings
from core.listings.errors import (
    BelowMinimumQuantity,
    HarvestDateWrong,
    PriceLooksOff,
    PriceOutOfBounds,
    QuantityOutOfBounds,
    UnknownGrade,
    WeightOutOfBounds,
    WholeNumbersOnly,
)
from core.listings.machine import LISTING
from core.listings.models import Listing, StockMovement
from core.users import service as users
from core.users.errors import NotVerified
from tests.helpers import DEMO_MOMENT
from tests.listings.people import Grower, buyer, grower, offer
from tests.proving import proves

D = Decimal


@pytest.fixture
def wanjiku(db: Database) -> Grower:
    """The farmer of the story."""
    return grower(db)


@proves("DR-402", "DR-411")
def test_a_listing_is_for_sale_with_its_opening_stock_dr402_dr411(db: Database, wanjiku: Grower) -> None:
    listing = offer(db, wanjiku)
    with db.read() as tx:
        stored = tx.session.get_one(Listing, listing.listing_id)
        moved = tx.session.scalars(select(StockMovement)).all()
    assert (stored.listing_status, stored.quantity_available, stored.current_price) == (
        "available",
        D(50),
        D(80),
    )
    assert (stored.kg_per_unit, stored.min_order_quantity, stored.is_organic_certified) == (D(1), D(1), False)
    assert [(m.listing_id, m.delta, m.reason, m.actor_id) for m in moved] == [
        (listing.listing_id, D(50), "restock", wanjiku.id)
    ]


def test_a_harvest_to_come_is_for_pre_order_l2(db: Database, wanjiku: Grower) -> None:
    listing = offer(db, wanjiku, expected_harvest_date=date(2025, 6, 25))
    assert listing.listing_status == "pre_order"
    with db.read() as tx:
        assert listings.buyable(tx, product_id=listing.product_id) == []


# what is said differently | the refusal
REFUSED: list[tuple[dict[str, Any], type[DomainError]]] = [
    ({"price": D("0.99")}, PriceOutOfBounds),
    ({"price": D(0)}, PriceOutOfBounds),
    ({"price": D(-80)}, PriceOutOfBounds),
    ({"price": D("80.005")}, PriceOutOfBounds),
    ({"price": D("1000000.01")}, PriceOutOfBounds),
    ({"price": D("NaN")}, PriceOutOfBounds),
    ({"price": D("Infinity")}, PriceOutOfBounds),
    ({"price": D(10) ** 12}, PriceOutOfBounds),
    ({"quantity": D(0)}, QuantityOutOfBounds),
    ({"quantity": D(-5)}, QuantityOutOfBounds),
    ({"quantity": D("5.555")}, QuantityOutOfBounds),
    ({"quantity": D(10) ** 12}, QuantityOutOfBounds),
    ({"quantity": D("NaN")}, QuantityOutOfBounds),
    ({"quantity": D("0.5")}, BelowMinimumQuantity),
    ({"quantity": D(5), "min_order_quantity": 6}, BelowMinimumQuantity),
    ({"unit": "crate 64kg", "quantity": D("1.5"), "price": D(5000)}, WholeNumbersOnly),
    ({"price": 80.0}, PriceOutOfBounds),
    ({"price": "80"}, PriceOutOfBounds),
    ({"price": None}, PriceOutOfBounds),
    ({"quantity": 50.0}, QuantityOutOfBounds),
    ({"quantity": "50"}, QuantityOutOfBounds),
    ({"quantity": None}, QuantityOutOfBounds),
    ({"min_order_quantity": "2"}, QuantityOutOfBounds),
    ({"min_order_quantity": True}, QuantityOutOfBounds),
    ({"kg_per_unit": 1.5}, WeightOutOfBounds),
    ({"kg_per_unit": D("2000.01")}, WeightOutOfBounds),
    ({"quality_grade": ""}, UnknownGrade),
    ({"harvest_date": "2025-06-24"}, HarvestDateWrong),
    ({"expected_harvest_date": DEMO_MOMENT}, HarvestDateWrong),
    ({"unit": "stone"}, UnknownUnit),
    ({"unit": ""}, UnknownUnit),
    ({"product_id": 10**6}, UnknownProduct),
    ({"harvest_date": date(2025, 6, 25)}, HarvestDateWrong),
    ({"expected_harvest_date": date(2025, 6, 24)}, HarvestDateWrong),
    ({"expected_harvest_date": date(2025, 8, 24)}, HarvestDateWrong),
    ({"harvest_date": date(2025, 6, 24), "expected_harvest_date": date(2025, 6, 25)}, HarvestDateWrong),
    ({"farm_id": 10**6}, NotFound),
]


@proves("DR-402", "DR-404")
@pytest.mark.parametrize(("changes", "refusal"), REFUSED, ids=lambda value: str(value)[:60])
def test_nonsense_is_refused_and_leaves_nothing_behind(
    db: Database, wanjiku: Grower, changes: dict[str, Any], refusal: type[DomainError]
) -> None:
    with pytest.raises(refusal):
        offer(db, wanjiku, **changes)
    with db.read() as tx:
        assert tx.session.scalars(select(Listing)).all() == []
        assert tx.session.scalars(select(StockMovement)).all() == []


@proves("DR-112")
def test_a_unit_of_unknown_weight_cannot_be_sold_until_an_admin_says_dr112(
    db: Database, wanjiku: Grower
) -> None:
    with pytest.raises(PackUnknown) as refusal:
        offer(db, wanjiku, "goat", unit="piece", quantity=D(2), price=D(9000))
    assert refusal.value.values["unit"] == "piece"


def test_a_pack_keeps_its_weight_on_the_listing_dr112(db: Database, wanjiku: Grower) -> None:
    listing = offer(db, wanjiku, unit="crate 64kg", quantity=D(3), price=D(5000))
    assert listing.kg_per_unit == D(64)


# price | unit | the market's figure in that unit if it is asked about (the average is 74.97 a kg)
SANITY = [
    ("80", "kg", None),
    ("112", "kg", None),
    ("113", "kg", "74.97"),
    ("38", "kg", None),
    ("37", "kg", "74.97"),
    ("5000", "crate 64kg", None),
    ("80", "crate 64kg", "4798.08"),
]


@proves("DR-404")
@pytest.mark.parametrize(("price", "unit", "market"), SANITY)
def test_a_price_far_from_the_market_is_asked_about_once_dr404(
    db: Database, wanjiku: Grower, price: str, unit: str, market: str | None
) -> None:
    if market is None:
        assert offer(db, wanjiku, unit=unit, price=D(price)).listing_id
        return
    with pytest.raises(PriceLooksOff) as doubt:
        offer(db, wanjiku, unit=unit, price=D(price))
    assert (doubt.value.values["market"], doubt.value.values["price"]) == (market, f"{price}.00")
    assert offer(db, wanjiku, unit=unit, price=D(price), price_confirmed=True).current_price == D(price)


def test_without_published_prices_three_other_farmers_are_the_market_dr501(
    db: Database, wanjiku: Grower
) -> None:
    for number, price in ((1, 10), (2, 12)):
        offer(db, grower(db, f"071200020{number}"), "eggs", unit="piece", price=D(price))
    offer(db, wanjiku, "eggs", unit="piece", price=D(90))  # two others are no market; her own never counts
    offer(db, grower(db, "0712000203"), "eggs", unit="piece", price=D(14), price_confirmed=True)
    with pytest.raises(PriceLooksOff) as doubt:
        offer(db, wanjiku, "eggs", unit="tray", price=D(90))
    assert doubt.value.values["market"] == "360.00"


@proves("DR-403", "DR-213")
def test_only_farmers_list_and_only_on_their_own_farm_dr403_dr211(db: Database, wanjiku: Grower) -> None:
    mwangi = grower(db, "0712000102")
    with pytest.raises(NotFound):
        offer(db, Grower(mwangi.actor, wanjiku.farm_id))
    customer = db.run(
        lambda tx: users.register(
            tx,
            msisdn="0712000202",
            role="customer",
            first_name="Achieng",
            language="en",
            channel="sms",
            consent_version=None,
        )
    )
    for actor in (
        users.actor_for(customer, "sms"),
        Actor(customer.user_id, "farmer", "sms"),  # a channel that is wrong about the role
        system("job"),
        Actor(10**6, "farmer", "ussd"),
    ):
        with pytest.raises(NotAllowed):
            offer(db, Grower(actor, wanjiku.farm_id))


def test_an_unverified_farmer_does_not_list_yet_dr204(db: Database, wanjiku: Grower) -> None:
    db.run(lambda tx: setattr(users.get(tx, wanjiku.id), "is_verified", False))
    with pytest.raises(NotVerified):
        offer(db, wanjiku)


def test_a_farm_that_was_closed_lists_nothing(db: Database, wanjiku: Grower) -> None:
    db.run(lambda tx: setattr(tx.session.get_one(Farm, wanjiku.farm_id), "is_active", False))
    with pytest.raises(NotFound):
        offer(db, wanjiku)


def test_what_can_be_bought_comes_cheapest_by_weight_and_loaded_in_one_statement(
    db: Database, wanjiku: Grower
) -> None:
    mwangi = grower(db, "0712000102")
    dear = offer(db, wanjiku, price=D(85))
    crate = offer(db, mwangi, unit="crate 64kg", quantity=D(2), price=D(4800))
    cheap = offer(db, mwangi, price=D(70))
    offer(db, mwangi, "onions", price=D(60), price_confirmed=True)
    off = offer(db, wanjiku, price=D(60))
    db.run(lambda tx: setattr(tx.session.get_one(Listing, off.listing_id), "listing_status", "inactive"))
    with db.read() as tx:
        found = listings.buyable(tx, product_id=dear.product_id)
    assert [one.listing_id for one in found] == [cheap.listing_id, crate.listing_id, dear.listing_id]
    assert (found[0].farm.farm_name, found[0].farm.location.ward, found[0].product.slug) == (
        "Wanjiku",
        "Kinoo",
        "tomatoes",
    )


def test_nothing_can_be_bought_of_a_farmer_who_was_switched_off_dr209(db: Database, wanjiku: Grower) -> None:
    listing = offer(db, wanjiku)
    db.run(lambda tx: setattr(users.get(tx, wanjiku.id), "is_active", False))
    with db.read() as tx:
        assert listings.buyable(tx, product_id=listing.product_id) == []


def test_a_farmer_sees_her_own_listings_only_newest_first(db: Database, wanjiku: Grower) -> None:
    first, second = offer(db, wanjiku), offer(db, wanjiku, price=D(85))
    offer(db, grower(db, "0712000102"))
    with db.read() as tx:
        assert [one.listing_id for one in listings.own(tx, wanjiku.actor)] == [
            second.listing_id,
            first.listing_id,
        ]
        assert listings.own(tx, buyer()) == []


GETS = [
    ("80", "10.00", "72.00"),
    ("80", "0", "80.00"),
    ("0.05", "10", "0.04"),
    ("79.95", "10", "71.95"),
    ("100", "12.5", "87.50"),
    ("400.05", "10.00", "360.04"),
]


@pytest.mark.parametrize(("price", "percent", "gets"), GETS)
def test_the_farmer_gets_the_price_less_commission_half_up_dr1101_dr1107(
    price: str, percent: str, gets: str
) -> None:
    assert rules.farmer_gets(D(price), D(percent)) == D(gets)
    assert rules.commission(D(price), D(percent)) == D(price) - D(gets)


def test_the_listing_machine_knows_the_statuses_of_the_text() -> None:
    assert LISTING.statuses == {"available", "pre_order", "sold_out", "inactive"}
