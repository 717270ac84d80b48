"""Whoever has not shown that the number is hers may look and fill a cart, no more (DR-204)."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.carts import service as carts
from core.db import Database, Tx
from core.deliveries import duty, offers
from core.listings import service as listings
from core.locations import service as locations
from core.orders import checkout, quotes
from core.orders.models import Order
from core.payments import service as payments
from core.users import profile
from core.users import service as users
from core.users.errors import NotVerified
from tests.helpers import Cast, farm_id
from tests.orders.shop import Shop
from tests.proving import proves


@pytest.fixture
def shop(db: Database, cast: Cast) -> Shop:
    """Everybody has begun something, and then nobody counts as verified."""
    shop = Shop(db, cast)
    shop.publish()
    shop.order()
    for person in (cast.customer, cast.farmer, cast.rider):
        db.run(lambda tx, p=person: setattr(users.get(tx, p.id), "is_verified", False))  # type: ignore[misc]
    return shop


@proves("DR-204")
def test_the_unverified_may_browse_fill_a_cart_and_mend_their_profile(db: Database, shop: Shop) -> None:
    cast = shop.cast
    listing = db.run(lambda tx: listings.own(tx, cast.farmer.actor))[0]
    db.run(lambda tx: carts.add(tx, cast.customer.actor, listing_id=listing.listing_id, quantity=Decimal(2)))
    with db.read() as tx:
        assert carts.view(tx, cast.customer.actor).items
        assert locations.mine(tx, cast.customer.actor)
    assert profile.update(db, users.actor_for(cast.customer.user, "web"), changes={"last_name": "Doe"})


@proves("DR-204")
def test_they_neither_order_nor_pay_nor_list_nor_deliver(db: Database, shop: Shop) -> None:
    cast = shop.cast
    with db.read() as tx:
        farm = farm_id(tx, cast.farmer.actor)
        home = locations.default_of(tx, cast.customer.id)
        order_id = tx.session.scalars(select(Order.order_id)).one()
    assert home is not None
    line = quotes.Line(shop.product(), Decimal(5), "kg")
    tried: dict[str, Callable[[Tx], object]] = {
        "quote": lambda tx: quotes.quote(
            tx, cast.customer.actor, lines=[line], location_id=home.location_id
        ),
        "checkout": lambda tx: checkout.checkout(tx, cast.customer.actor, idempotency_key="u", again=True),
        "pay": lambda tx: payments.pay(
            tx, cast.customer.actor, order_id=order_id, msisdn=cast.customer.phone
        ),
        "publish": lambda tx: listings.publish(
            tx, cast.farmer.actor, farm_id=farm, product_id=shop.product(), unit="kg",
            quantity=Decimal(5), price=Decimal(80), price_confirmed=True,
        ),
        "duty": lambda tx: duty.set_duty(tx, cast.rider.actor, on=True),
        "offer": lambda tx: offers.answer(tx, cast.rider.actor, offer_id=1, accept=True),
    }  # fmt: skip
    for verb in tried.values():
        with pytest.raises(NotVerified), db.transaction() as tx:
            verb(tx)
