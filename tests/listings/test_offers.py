"""What can be bought, asked of one product and of all: the two never disagree (DR-209, DR-401, DR-603)."""

from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal

import pytest

from core.catalogue.models import Product
from core.db import Database, Tx
from core.farms.models import Farm
from core.listings import offers
from core.listings import service as listings
from core.listings.models import Listing
from core.users import service as users
from tests.listings.people import grower, offer


class Undo(Exception):
    """Ends a transaction without a trace: products are shared by all tests."""


def sold_out(tx: Tx, listing: Listing) -> None:
    listing.quantity_available = Decimal(0)


def less_than_the_least_order(tx: Tx, listing: Listing) -> None:
    listing.quantity_available, listing.min_order_quantity = Decimal(4), Decimal(5)


def taken_down(tx: Tx, listing: Listing) -> None:
    listing.listing_status = "inactive"


def still_growing(tx: Tx, listing: Listing) -> None:
    listing.listing_status = "pre_order"


def farm_closed(tx: Tx, listing: Listing) -> None:
    tx.session.get_one(Farm, listing.farm_id).is_active = False


def farmer_switched_off(tx: Tx, listing: Listing) -> None:
    users.get(tx, listing.farmer_id).is_active = False


def product_withdrawn(tx: Tx, listing: Listing) -> None:
    tx.session.get_one(Product, listing.product_id).is_active = False


REASONS = [
    sold_out,
    less_than_the_least_order,
    taken_down,
    still_growing,
    farm_closed,
    farmer_switched_off,
    product_withdrawn,
]


@pytest.mark.parametrize("happens", REASONS, ids=lambda reason: reason.__name__.replace("_", " "))
def test_what_nobody_can_buy_is_not_named(db: Database, happens: Callable[[Tx, Listing], None]) -> None:
    listing = offer(db, grower(db))
    with suppress(Undo), db.transaction() as tx:
        assert offers.on_sale(tx, limit=4) == [listing.product_id]
        happens(tx, tx.session.get_one(Listing, listing.listing_id))
        tx.flush()
        assert offers.on_sale(tx, limit=4) == []
        assert listings.buyable(tx, product_id=listing.product_id) == []
        raise Undo


def test_each_product_is_named_once_and_no_more_than_asked_for(db: Database) -> None:
    wanjiku, mwangi = grower(db), grower(db, "0712000102")
    sold = [offer(db, who, slug, price_confirmed=True).product_id for slug in ("tomatoes", "onions", "kale")
            for who in (wanjiku, mwangi)]  # fmt: skip
    with db.read() as tx:
        assert offers.on_sale(tx, limit=9) == sorted(set(sold))
        assert offers.on_sale(tx, limit=2) == sorted(set(sold))[:2]
