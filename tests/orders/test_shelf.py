"""What a customer sees when she comes to buy: narrow looks, and they agree with the whole verbs."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event

from core.carts import lines, stock
from core.carts import service as carts
from core.clock import nairobi_date
from core.db import Database, Tx
from core.listings import changes
from core.listings import service as listings
from core.orders import counter, shelf
from core.orders.counter import Place
from tests.helpers import Person, farm_id
from tests.orders.shop import Shop


@contextmanager
def counting(db: Database) -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    sent: list[str] = []

    def note(*args: object) -> None:
        if str(args[2]) != "BEGIN":
            sent.append(str(args[2]))

    engines = {id(engine): engine for engine in db.engines}.values()
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    yield sent
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def near(shop: Shop) -> Place:
    """The customer's place, Kangemi."""
    with shop.db.read() as tx:
        found = counter.stand(tx, shop.cast.customer.actor).place
    assert found is not None
    return found


def grow(shop: Shop, farmer: Person, price: str, days: int = 10) -> int:
    """Something for pre-order."""

    def work(tx: Tx) -> int:
        made = listings.publish(
            tx, farmer.actor, farm_id=farm_id(tx, farmer.actor), product_id=shop.product(), unit="kg",
            quantity=Decimal(40), price=Decimal(price), price_confirmed=True,
            expected_harvest_date=nairobi_date(tx.now) + timedelta(days=days),
        )  # fmt: skip
        return made.listing_id

    return shop.db.run(work)


def seen(shop: Shop, near: Place) -> list[int]:
    with counting(shop.db) as sent, shop.db.read() as tx:
        found = shelf.reachable(tx, shop.cast.customer.actor, product_id=shop.product(), point=near.point)
    assert len(sent) <= 3
    return [one.offer.listing_id for one in found]


def test_she_stands_at_the_counter_with_her_place_and_her_cart(shop: Shop, near: Place) -> None:
    assert (near.ward, near.landmark) == ("Kangemi", "")
    listing = shop.publish()
    buyer = shop.cast.customer.actor
    shop.db.run(lambda tx: carts.add(tx, buyer, listing_id=listing.listing_id, quantity=Decimal(5)))
    with counting(shop.db) as sent, shop.db.read() as tx:
        stood = counter.stand(tx, buyer)
    assert len(sent) == 1
    assert stood == counter.Counter(near, 1)
    with shop.db.read() as tx:
        assert counter.places(tx, buyer) == [near]
        assert counter.stand(tx, shop.cast.farmer.actor).in_cart == 0
        assert counter.places(tx, shop.cast.admin.actor) == []
        assert counter.stand(tx, shop.cast.admin.actor) == counter.Counter(None, 0)


def test_the_cheapest_with_the_way_comes_first_and_what_grows_comes_last(shop: Shop, near: Place) -> None:
    growing = grow(shop, shop.cast.farmer, "10")
    dear = shop.publish(price="90")
    limuru = shop.person("+254712000555", "farmer", "Limuru Central")
    far = shop.publish(price="88", farmer=limuru)
    cheap = shop.publish(price="60", farmer=shop.person("+254712000556", "farmer", "Kinoo"))
    found = seen(shop, near)
    assert found == [cheap.listing_id, dear.listing_id, far.listing_id, growing]


def test_what_a_rider_cannot_reach_is_not_on_the_shelf(shop: Shop, near: Place) -> None:
    shop.publish(farmer=shop.person("+254712000555", "farmer", "Kisumu North"))
    assert seen(shop, near) == []


def test_what_cannot_be_bought_is_not_on_the_shelf(shop: Shop, near: Place) -> None:
    listing = shop.publish()
    shop.set_to("service.wards", str(near.ward_code))
    assert seen(shop, near) == []
    shop.set_to("service.wards", "")
    farmer, none = shop.cast.farmer.actor, Decimal(0)
    shop.db.run(lambda tx: changes.set_quantity(tx, farmer, listing_id=listing.listing_id, quantity=none))
    assert seen(shop, near) == []


def test_a_pack_is_compared_by_its_weight(shop: Shop, near: Place) -> None:
    crate = shop.publish(unit="crate 64kg", price="3200", quantity="5")
    kilo = shop.publish(price="80", farmer=shop.person("+254712000556", "farmer", "Kinoo"))
    assert seen(shop, near) == [crate.listing_id, kilo.listing_id]


def test_the_farms_near_with_what_they_sell(shop: Shop, near: Place) -> None:
    shop.publish()
    shop.publish(slug="kale", unit="bunch")
    with counting(shop.db) as sent, shop.db.read() as tx:
        found = shelf.farms(tx, shop.cast.customer.actor, point=near.point)
    assert len(sent) <= 3
    assert [(one.farm.ward, one.farm.goods, one.rating) for one in found] == [("Kinoo", 2, None)]
    with counting(shop.db) as sent, shop.db.read() as tx:
        goods = shelf.of_farm(tx, shop.cast.customer.actor, farm_id=found[0].farm.farm_id, point=near.point)
    assert len(sent) <= 2
    assert {one.offer.product_id for one in goods} == {shop.product(), shop.product("kale")}


def test_a_rated_farmer_is_shown_with_her_stars(shop: Shop, near: Place) -> None:
    from core.reviews import service as reviews

    shop.publish()
    order = shop.delivered_order()
    buyer = shop.cast.customer.actor
    shop.db.run(lambda tx: reviews.rate_order(tx, buyer, order_id=order.order_id, stars=4))
    with shop.db.read() as tx:
        found = shelf.reachable(tx, buyer, product_id=shop.product(), point=near.point)
    assert [one.rating for one in found] == [Decimal("4.0")]


def test_what_she_bought_last_is_what_was_paid_as_she_ordered_it(shop: Shop) -> None:
    shop.publish()
    buyer = shop.cast.customer.actor
    with shop.db.read() as tx:
        assert counter.bought_last(tx, buyer) == []
    shop.paid_order("5", key="sms-1")
    shop.order("7", key="sms-2")
    with counting(shop.db) as sent, shop.db.read() as tx:
        bought = counter.bought_last(tx, buyer)
    assert len(sent) == 1
    assert [(line.product_id, line.quantity, line.unit) for line in bought] == [
        (shop.product(), Decimal(5), "kg")
    ]
    with shop.db.read() as tx:
        assert counter.bought_last(tx, shop.cast.farmer.actor) == []


def test_the_lines_of_a_cart_in_short_are_those_of_the_whole_view(shop: Shop, db: Database) -> None:
    buyer = shop.cast.customer.actor
    first, second = shop.publish("6"), shop.publish("9", slug="kale", price="30", unit="bunch")
    for listing in (first, second):
        shop.db.run(lambda tx: carts.add(tx, buyer, listing_id=listing.listing_id, quantity=Decimal(5)))  # noqa: B023
    farmer, changed = shop.cast.farmer.actor, first.listing_id
    shop.db.run(lambda tx: changes.set_quantity(tx, farmer, listing_id=changed, quantity=Decimal(3)))
    shop.db.run(lambda tx: changes.change_price(tx, farmer, listing_id=changed, price=Decimal(85)))
    with counting(shop.db) as sent, shop.db.read() as tx:
        short = lines.lines(tx, buyer)
    assert len(sent) == 1
    with shop.db.read() as tx:
        whole = carts.view(tx, buyer).items
    assert [(one.fault, one.price, one.agreed, one.left) for one in short] == [
        (stock.SHORT, Decimal(85), Decimal(80), Decimal(3)),
        ("", Decimal(30), Decimal(30), Decimal(9)),
    ]
    for one, view in zip(short, whole, strict=True):
        assert (one.cart_item_id, one.listing_id, one.product_id, one.farm, one.quantity) == (
            view.cart_item_id, view.listing_id, view.product_id, view.farm_name, view.quantity,
        )  # fmt: skip
        assert (one.unit, one.kg, one.price, one.agreed, one.total, one.fault, one.left, one.minimum) == (
            view.unit, view.kg, view.price, view.agreed_price, view.total_price, view.fault, view.left,
            view.minimum,
        )  # fmt: skip
    with shop.db.read() as tx:
        assert lines.lines(tx, shop.cast.farmer.actor) == []
