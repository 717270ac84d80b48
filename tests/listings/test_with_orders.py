"""Listings that orders wait for: what is promised is separate from what is free (DR-405, L3, L8)."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.db import Database
from core.events import ListingHarvested, OpenOrdersSought
from core.listings import service as listings
from core.listings.errors import OrdersWaiting
from core.listings.harvest import promised
from core.listings.models import Listing
from core.orders.models import OrderItem
from core.reactions import REACTIONS
from tests.helpers import Cast
from tests.orders.shop import Shop
from tests.proving import proves

D = Decimal


@pytest.fixture
def shop(db: Database, cast: Cast) -> Shop:
    return Shop(db, cast)


@proves("L8", "DR-405")
def test_what_orders_wait_for_is_not_delayed(shop: Shop) -> None:
    listing = shop.publish()
    order = shop.paid_order()
    farmer = shop.cast.farmer.actor
    with shop.db.read() as tx:
        assert promised(tx, listing.listing_id) == D(5)
    with pytest.raises(OrdersWaiting) as refused, shop.db.transaction() as tx:
        listings.delay(tx, farmer, listing_id=listing.listing_id, expected_harvest_date=date(2025, 7, 1))
    assert refused.value.values == {"count": 1}
    shop.db.run(lambda tx: listings.change_price(tx, farmer, listing_id=listing.listing_id, price=D(95)))
    assert shop.items(order)[0].price_at_purchase == D(80)


@proves("DR-405", "DR-211")
def test_an_edit_of_the_free_quantity_leaves_the_order_its_part(shop: Shop) -> None:
    listing = shop.publish()
    order = shop.paid_order()
    farmer = shop.cast.farmer.actor
    shop.db.run(lambda tx: listings.set_quantity(tx, farmer, listing_id=listing.listing_id, quantity=D(10)))
    assert shop.stock(listing) == ("10.00", "10.00")
    assert shop.items(order)[0].quantity == D(5)
    with shop.db.read() as tx:
        sought = OpenOrdersSought("listing", listing.listing_id)
        tx.emit(sought)
    assert sought.promised == {order.order_id: D(5)}


@proves("L3", "DR-408")
@pytest.mark.parametrize(("there", "free"), [("30", "25.00"), ("5", "0.00"), ("2", "0.00"), ("0", "0.00")])
def test_a_harvest_frees_what_is_not_promised_and_says_what_there_is(
    shop: Shop, there: str, free: str
) -> None:
    listing = shop.publish()
    order = shop.paid_order()
    shop.db.run(lambda tx: _still_growing(tx.session.get_one(Listing, listing.listing_id)))
    heard: list[ListingHarvested] = []
    kept = REACTIONS.get(ListingHarvested, ())
    try:
        REACTIONS[ListingHarvested] = (lambda _tx, happened: heard.append(happened),)  # type: ignore[index]
        shop.db.run(lambda tx: listings.harvested(tx, shop.cast.farmer.actor, listing.listing_id, D(there)))
    finally:
        REACTIONS[ListingHarvested] = kept  # type: ignore[index]
    assert shop.stock(listing) == (free, free)
    assert [(one.listing_id, one.quantity) for one in heard] == [(listing.listing_id, D(there))]
    with shop.db.read() as tx:
        found = select(OrderItem.quantity).where(OrderItem.order_id == order.order_id)
        assert tx.session.scalar(found) == D(5)


def _still_growing(listing: Listing) -> None:
    """As if it had been offered before its harvest."""
    listing.expected_harvest_date, listing.harvest_date = date(2025, 6, 25), None
    listing.listing_status = "pre_order"
