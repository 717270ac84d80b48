"""What is promised of a farmer's produce, seen by her alone."""

from decimal import Decimal

from core.orders import promises
from core.orders.promises import Promise
from tests.orders.shop import Shop

D = Decimal


def test_what_is_promised_of_each_listing(shop: Shop) -> None:
    listing = shop.publish()
    hers, his = shop.cast.farmer.actor, shop.cast.customer.actor
    with shop.db.read() as tx:
        assert promises.promised(tx, hers) == {}
        assert promises.promised_of(tx, hers, listing_id=listing.listing_id) == Promise()
    first = shop.paid_order("5", "one")
    shop.paid_order("7", "two")
    with shop.db.read() as tx:
        assert promises.promised(tx, hers) == {listing.listing_id: Promise(D(12), 2)}
        assert promises.promised_of(tx, hers, listing_id=listing.listing_id) == Promise(D(12), 2)
        assert promises.promised_of(tx, his, listing_id=listing.listing_id) == Promise()
    shop.mark(first, "ready")
    shop.sweep()
    with shop.db.read() as tx:
        assert promises.promised(tx, hers) == {listing.listing_id: Promise(D(12), 2)}
