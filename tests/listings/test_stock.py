"""Stock: reserved with the order, given back once, never oversold (DR-410 to DR-413, L4, L5, R17)."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from itertools import count
from threading import Barrier

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from core.actor import system
from core.db import Database, Tx
from core.errors import BadInput, DomainError, NotFound
from core.listings import service as listings
from core.listings.errors import (
    BelowMinimumQuantity,
    NotEnoughStock,
    NotForSale,
    OwnProduce,
    QuantityOutOfBounds,
    WholeNumbersOnly,
)
from core.listings.models import Listing, StockMovement
from tests.listings.people import Grower, buyer, grower, offer
from tests.proving import proves

D = Decimal
JOB = system("job")


@pytest.fixture
def wanjiku(db: Database) -> Grower:
    """The farmer of the story."""
    return grower(db)


@pytest.fixture
def listing(db: Database, wanjiku: Grower) -> Listing:
    """50 kg of tomatoes, 2 kg at least."""
    return offer(db, wanjiku, min_order_quantity=2)


def take(db: Database, listing: Listing, quantity: str | int, item: int) -> None:
    db.run(
        lambda tx: listings.take(
            tx, buyer(), listing_id=listing.listing_id, quantity=D(quantity), order_item_id=item
        )
    )


def give_back(db: Database, item: int, reason: str) -> None:
    db.run(lambda tx: listings.give_back(tx, JOB, order_item_id=item, reason=reason))


def state(db: Database, listing: Listing) -> tuple[str, str]:
    """Free quantity and status; the quantity is checked to be the sum of the movements (DR-411)."""
    with db.read() as tx:
        stored = tx.session.get_one(Listing, listing.listing_id)
        total = tx.session.scalar(
            select(func.sum(StockMovement.delta)).where(StockMovement.listing_id == listing.listing_id)
        )
    assert stored.quantity_available == total
    return str(stored.quantity_available), stored.listing_status


@proves("DR-410", "DR-411")
def test_stock_falls_when_it_is_taken_dr410(db: Database, listing: Listing) -> None:
    take(db, listing, "5.50", item=1)
    assert state(db, listing) == ("44.50", "available")


def test_taking_for_the_same_item_again_changes_nothing(db: Database, listing: Listing) -> None:
    take(db, listing, 5, item=1)
    take(db, listing, 5, item=1)
    assert state(db, listing) == ("45.00", "available")


@proves("L4")
def test_what_is_left_below_the_least_order_is_sold_out_l4(db: Database, listing: Listing) -> None:
    take(db, listing, 49, item=1)
    assert state(db, listing) == ("1.00", "sold_out")
    with pytest.raises(NotEnoughStock) as refusal:
        take(db, listing, 2, item=2)
    assert refusal.value.values == {
        "left": "1.00",
        "asked": "2.00",
        "unit": "kg",
        "product_id": listing.product_id,
    }


REFUSED = [
    ("51", NotEnoughStock),
    ("1", BelowMinimumQuantity),
    ("0", QuantityOutOfBounds),
    ("-3", QuantityOutOfBounds),
    ("2.005", QuantityOutOfBounds),
    ("1000000000000", QuantityOutOfBounds),
]


@pytest.mark.parametrize(("quantity", "refusal"), REFUSED)
def test_what_cannot_be_taken_leaves_the_stock_alone(
    db: Database, listing: Listing, quantity: str, refusal: type[DomainError]
) -> None:
    with pytest.raises(refusal):
        take(db, listing, quantity, item=1)
    assert state(db, listing) == ("50.00", "available")


@proves("DR-105")
def test_crates_are_taken_whole_dr105(db: Database, wanjiku: Grower) -> None:
    crates = offer(db, wanjiku, unit="crate 64kg", quantity=D(3), price=D(5000))
    with pytest.raises(WholeNumbersOnly):
        take(db, crates, "1.5", item=1)


@proves("DR-406")
def test_nobody_buys_from_themselves_or_from_what_was_taken_down_dr406_dr603(
    db: Database, wanjiku: Grower, listing: Listing
) -> None:
    with pytest.raises(OwnProduce):
        db.run(
            lambda tx: listings.take(
                tx, wanjiku.actor, listing_id=listing.listing_id, quantity=D(5), order_item_id=1
            )
        )
    db.run(lambda tx: setattr(tx.session.get_one(Listing, listing.listing_id), "listing_status", "inactive"))
    with pytest.raises(NotForSale):
        take(db, listing, 5, item=1)
    with pytest.raises(NotFound), db.transaction() as tx:
        listings.take(tx, buyer(), listing_id=10**6, quantity=D(5), order_item_id=1)


@proves("DR-412", "L5")
@pytest.mark.parametrize("reason", ["expire", "cancel"])
def test_what_is_given_back_is_for_sale_again_once_dr412_l5(
    db: Database, listing: Listing, reason: str
) -> None:
    take(db, listing, 49, item=1)
    for again in (reason, reason, "cancel", "expire", "reject"):
        give_back(db, 1, again)
    assert state(db, listing) == ("50.00", "available")


@proves("DR-412")
@pytest.mark.parametrize("reason", ["reject", "short"])
def test_goods_that_do_not_exist_are_not_for_sale_again_dr412(
    db: Database, listing: Listing, reason: str
) -> None:
    take(db, listing, 5, item=1)
    give_back(db, 1, reason)
    give_back(db, 1, reason)
    assert state(db, listing) == ("0.00", "sold_out")


def test_what_was_never_taken_cannot_be_given_back(db: Database, listing: Listing) -> None:
    give_back(db, 1, "cancel")
    assert state(db, listing) == ("50.00", "available")
    with pytest.raises(BadInput):
        give_back(db, 1, "because")


@proves("L5")
def test_a_pre_order_that_is_given_back_waits_for_its_harvest_again_l5(db: Database, wanjiku: Grower) -> None:
    coming = offer(db, wanjiku, expected_harvest_date=date(2025, 7, 1))
    take(db, coming, 50, item=1)
    assert state(db, coming) == ("0.00", "sold_out")
    give_back(db, 1, "cancel")
    assert state(db, coming) == ("50.00", "pre_order")


def test_a_listing_that_was_taken_down_stays_down_when_stock_returns(db: Database, listing: Listing) -> None:
    take(db, listing, 5, item=1)
    db.run(lambda tx: setattr(tx.session.get_one(Listing, listing.listing_id), "listing_status", "inactive"))
    give_back(db, 1, "cancel")
    assert state(db, listing) == ("50.00", "inactive")


@proves("DR-410", "INV-2")
def test_the_database_itself_refuses_free_stock_below_zero_dr410(db: Database, listing: Listing) -> None:
    with pytest.raises((IntegrityError, OperationalError)), db.transaction() as tx:
        tx.session.execute(text("UPDATE product_listings SET quantity_available = -1"))


@proves("DR-413", "INV-2")
def test_a_hundred_buyers_for_ten_kilograms_exactly_ten_succeed_dr413_r17(
    db: Database, wanjiku: Grower
) -> None:
    last = offer(db, wanjiku, quantity=D(10))
    start = Barrier(20)
    waits: list[float] = []

    def buy(number: int) -> str:
        if number < 20:
            start.wait()
        begun = time.perf_counter()
        try:
            db.run(
                lambda tx: listings.take(
                    tx,
                    buyer(9000 + number),
                    listing_id=last.listing_id,
                    quantity=D(1),
                    order_item_id=number + 1,
                ),
                attempts=5,
            )
        except NotEnoughStock as refusal:
            return f"only {refusal.values['left']} left"
        finally:
            waits.append(time.perf_counter() - begun)
        return "bought"

    with ThreadPoolExecutor(20) as pool:
        outcomes = list(pool.map(buy, range(100)))
    assert outcomes.count("bought") == 10
    assert outcomes.count("only 0.00 left") == 90
    assert state(db, last) == ("0.00", "sold_out")
    assert sorted(waits)[94] < 5  # nobody hangs; how fast it is, is measured by no test


def test_orders_over_several_listings_lock_in_one_order_and_never_tear_each_other_dr410(
    db: Database, wanjiku: Grower
) -> None:
    """Buyers name the same two listings in opposite orders; all succeed, none deadlocks for good (R9)."""
    first, second = offer(db, wanjiku), offer(db, wanjiku, price=D(85))
    items = count(1)
    pairs = [(next(items), next(items)) for _ in range(20)]

    def buy(number: int) -> None:
        ids = [first.listing_id, second.listing_id]
        wanted = ids if number % 2 else ids[::-1]

        def work(tx: Tx) -> None:
            listings.lock_listings(tx, wanted)
            for listing_id, item in zip(wanted, pairs[number], strict=True):
                listings.take(tx, buyer(), listing_id=listing_id, quantity=D(2), order_item_id=item)

        db.run(work)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(buy, range(20)))
    assert state(db, first) == ("10.00", "available")
    assert state(db, second) == ("10.00", "available")


@proves("DR-412")
def test_a_cancel_and_an_expiry_at_once_give_back_once_dr412_r18(db: Database, listing: Listing) -> None:
    take(db, listing, 20, item=1)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: give_back(db, 1, "cancel" if n % 2 else "expire"), range(8)))
    assert state(db, listing) == ("50.00", "available")
