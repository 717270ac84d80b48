"""Stock over random histories: never below zero, the sum of its movements (INV-2, DR-410 to DR-412)."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from core.actor import system
from core.db import Database, Tx
from core.errors import DomainError
from core.listings import service as listings
from core.listings.models import Listing, StockMovement
from tests.listings.people import buyer, grower, offer
from tests.proving import proves

D = Decimal
JOB = system("job")
QUANTITIES = st.decimals(min_value=0, max_value=70, places=2)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["take", "take", "take", "expire", "cancel", "reject", "short", "restock", "set", "down", "up",
             "pause", "wake", "harvest", "delay", "least"]
        ),
        st.integers(1, 6),
        QUANTITIES,
    ),
    max_size=25,
)  # fmt: skip


@proves("INV-2", "DR-410", "DR-411", "DR-412")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, growing=st.booleans())
def test_whatever_happens_stock_is_the_sum_of_its_movements_and_never_below_zero(
    db: Database, steps: list[tuple[str, int, Decimal]], growing: bool
) -> None:
    with db.read() as tx:
        number = (tx.session.scalar(select(func.max(Listing.listing_id))) or 0) + 1
    who = grower(db, f"0712{number:06d}")
    hers = offer(db, who, min_order_quantity=2, expected_harvest_date=date(2025, 7, 1) if growing else None)
    listing_id, items = hers.listing_id, number * 100

    def do(kind: str, item: int, quantity: Decimal) -> Callable[[Tx], object]:
        stock_verbs: dict[str, Callable[[Tx], object]] = {
            "take": lambda tx: listings.take(
                tx, buyer(), listing_id=listing_id, quantity=quantity, order_item_id=items + item
            ),
            "restock": lambda tx: listings.restock(tx, who.actor, listing_id=listing_id, quantity=quantity),
            "set": lambda tx: listings.set_quantity(tx, who.actor, listing_id=listing_id, quantity=quantity),
            "down": lambda tx: listings.deactivate(tx, who.actor, listing_id=listing_id),
            "up": lambda tx: listings.activate(tx, who.actor, listing_id=listing_id),
            "pause": lambda tx: listings.pause_farmer(tx, who.id),
            "wake": lambda tx: listings.wake_farmer(tx, who.actor),
            "harvest": lambda tx: listings.harvested(tx, who.actor, listing_id, quantity),
            "delay": lambda tx: listings.delay(
                tx, who.actor, listing_id=listing_id, expected_harvest_date=date(2025, 7, 2)
            ),
            "least": lambda tx: listings.change(
                tx, who.actor, listing_id=listing_id, min_order_quantity=quantity
            ),
        }
        if kind in stock_verbs:
            return stock_verbs[kind]
        return lambda tx: listings.give_back(tx, JOB, order_item_id=items + item, reason=kind)

    for step in steps:
        with suppress(DomainError):
            db.run(do(*step))
        with db.read() as tx:
            stored = tx.session.get_one(Listing, listing_id)
            moved = tx.session.scalar(
                select(func.sum(StockMovement.delta)).where(StockMovement.listing_id == listing_id)
            )
            released = tx.session.execute(
                select(StockMovement.order_item_id, func.count())
                .where(
                    StockMovement.listing_id == listing_id,
                    StockMovement.order_item_id.is_not(None),
                    StockMovement.reason != "order",
                )
                .group_by(StockMovement.order_item_id)
            ).all()
        assert stored.quantity_available == moved
        assert stored.quantity_available >= 0
        assert all(count == 1 for _item, count in released), "one release for each item"
        if stored.listing_status in ("available", "pre_order"):
            assert stored.quantity_available >= stored.min_order_quantity


@proves("DR-414")
def test_every_line_that_falls_short_is_named_at_once(db: Database) -> None:
    who = grower(db)
    enough, little, down = offer(db, who), offer(db, who, quantity=D(6)), offer(db, who)
    db.run(lambda tx: listings.deactivate(tx, who.actor, listing_id=down.listing_id))
    wanted = {enough.listing_id: D(50), little.listing_id: D(8), down.listing_id: D(1)}
    with db.transaction() as tx:
        short = listings.shortages(tx, wanted)
        assert [(one.listing_id, one.asked, one.left, one.unit) for one in short] == [
            (little.listing_id, D(8), D(6), "kg"),
            (down.listing_id, D(1), D(0), "kg"),
        ]
        assert listings.shortages(tx, {enough.listing_id: D(50)}) == []
        assert listings.shortages(tx, {}) == []
        with pytest.raises(DomainError):
            listings.shortages(tx, {10**6: D(1)})


@proves("DR-412")
@pytest.mark.parametrize("reason", ["reject", "short"])
@pytest.mark.parametrize(("left", "free"), [("0", "0.00"), ("12.50", "12.50"), ("99", "99.00")])
def test_the_farmer_may_say_that_she_still_has_some(db: Database, reason: str, left: str, free: str) -> None:
    hers = offer(db, grower(db))
    db.run(lambda tx: listings.take(tx, buyer(), listing_id=hers.listing_id, quantity=D(5), order_item_id=1))
    for _again in range(2):
        db.run(lambda tx: listings.give_back(tx, JOB, order_item_id=1, reason=reason, left=D(left)))
    with db.read() as tx:
        assert str(tx.session.get_one(Listing, hers.listing_id).quantity_available) == free
