"""One cart per customer: what goes in, what a look at it says, what it never promises (DR-601 to DR-603)."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select, update

from core.carts import service as carts
from core.carts.errors import CartEmpty, CartFull, CartItemUnknown, PricesChanged
from core.carts.models import Cart, CartItem
from core.carts.service import CartView
from core.db import Tx
from core.errors import BadInput, DomainError, NotAllowed, NotFound
from core.listings.errors import (
    BelowMinimumQuantity,
    NotEnoughStock,
    NotForSale,
    OwnProduce,
    QuantityOutOfBounds,
    WholeNumbersOnly,
)
from core.listings.models import Listing
from core.users.models import User
from tests.helpers import FixedClock, Person
from tests.orders.shop import Shop
from tests.proving import proves

D = Decimal
FIVE = D(5)


def add(shop: Shop, listing: Listing, quantity: Any = FIVE, who: Person | None = None) -> CartView:
    buyer = who or shop.cast.customer
    return shop.db.run(
        lambda tx: carts.add(tx, buyer.actor, listing_id=listing.listing_id, quantity=quantity)
    )


def look(shop: Shop, who: Person | None = None) -> CartView:
    with shop.db.read() as tx:
        return carts.view(tx, (who or shop.cast.customer).actor)


def change(shop: Shop, listing: Listing, **values: Any) -> None:
    shop.db.run(
        lambda tx: tx.session.execute(
            update(Listing).where(Listing.listing_id == listing.listing_id).values(**values)
        )
    )


@proves("DR-601")
def test_adding_again_sums_and_one_listing_is_one_line(shop: Shop) -> None:
    tomatoes, onions = shop.publish(), shop.publish("30", "100", slug="onions")
    add(shop, tomatoes, D(5))
    add(shop, onions, D("2.5"))
    cart = add(shop, tomatoes, D(3))
    assert [(line.product_name, str(line.quantity), str(line.total_price)) for line in cart.items] == [
        ("Tomatoes", "8.00", "640.00"),
        ("Onions", "2.50", "250.00"),
    ]
    assert str(cart.subtotal) == "890.00"
    with shop.db.read() as tx:
        assert tx.session.scalar(select(func.count()).select_from(Cart)) == 1


@proves("DR-601")
def test_view_add_update_remove_clear(shop: Shop) -> None:
    tomatoes, onions = shop.publish(), shop.publish("30", "100", slug="onions")
    assert look(shop).items == ()
    first = add(shop, tomatoes).items[0]
    add(shop, onions)
    me = shop.cast.customer.actor
    changed = shop.db.run(lambda tx: carts.update(tx, me, cart_item_id=first.cart_item_id, quantity=D(7)))
    assert [str(line.quantity) for line in changed.items] == ["7.00", "5.00"]
    left = shop.db.run(lambda tx: carts.remove(tx, me, cart_item_id=first.cart_item_id))
    assert [line.product_name for line in left.items] == ["Onions"]
    with pytest.raises(CartItemUnknown):
        shop.db.run(lambda tx: carts.remove(tx, me, cart_item_id=first.cart_item_id))
    assert shop.db.run(lambda tx: carts.clear(tx, me)).items == ()
    assert shop.db.run(lambda tx: carts.clear(tx, me)).items == (), "an empty cart stays empty"


@proves("DR-602")
def test_a_cart_reserves_nothing(shop: Shop) -> None:
    tomatoes = shop.publish("50")
    add(shop, tomatoes, D(40))
    assert shop.stock(tomatoes) == ("50.00", "50.00")
    other = shop.person("+254712000222", "customer", "Kangemi")
    add(shop, tomatoes, D(40), other)


@proves("DR-602")
def test_a_changed_price_is_shown_and_must_be_accepted(shop: Shop) -> None:
    tomatoes = shop.publish("50", "80")
    add(shop, tomatoes, D(5))
    change(shop, tomatoes, current_price=D("90.00"))
    (line,) = look(shop).items
    assert (str(line.price), str(line.agreed_price), line.price_changed) == ("90.00", "80.00", True)
    assert str(line.total_price) == "450.00"
    me = shop.cast.customer
    with pytest.raises(PricesChanged) as changed:
        shop.db.run(lambda tx: carts.to_order(tx, me.id))
    assert [(line["before"], line["price"]) for line in changed.value.values["lines"]] == [
        (D("80.00"), D("90.00"))
    ]
    agreed = shop.db.run(lambda tx: carts.accept_prices(tx, me.actor))
    assert not agreed.prices_changed
    assert shop.db.run(lambda tx: carts.to_order(tx, me.id))[1] == {tomatoes.listing_id: D("5.00")}


def test_without_the_setting_a_changed_price_need_not_be_accepted(shop: Shop) -> None:
    tomatoes = shop.publish("50", "80")
    add(shop, tomatoes)
    change(shop, tomatoes, current_price=D("90.00"))
    shop.set_to("cart.reconfirm_price", "false")
    assert shop.db.run(lambda tx: carts.to_order(tx, shop.cast.customer.id))[1]


@proves("DR-602", "DR-406")
@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"listing_status": "inactive"}, "not_for_sale"),
        ({"listing_status": "sold_out"}, "short"),
        ({"quantity_available": D("4.00")}, "short"),
        ({"min_order_quantity": D("6.00")}, "below_minimum"),
        ({}, ""),
    ],
)
def test_each_look_says_what_cannot_be_ordered_any_more(
    shop: Shop, values: dict[str, Any], fault: str
) -> None:
    tomatoes = shop.publish("50", "80")
    add(shop, tomatoes, D(5))
    if values:
        change(shop, tomatoes, **values)
    cart = look(shop)
    assert cart.items[0].fault == fault
    assert str(cart.subtotal) == ("0.00" if fault else "400.00")


def test_a_farmer_who_is_switched_off_sells_nothing_dr209(shop: Shop) -> None:
    add(shop, shop.publish())
    farmer_id = shop.cast.farmer.id
    shop.db.run(
        lambda tx: tx.session.execute(update(User).where(User.user_id == farmer_id).values(is_active=False))
    )
    assert look(shop).items[0].fault == "not_for_sale"


@proves("DR-602")
def test_lines_left_for_seven_days_are_dropped(shop: Shop, clock: FixedClock) -> None:
    tomatoes, onions = shop.publish(), shop.publish("30", "100", slug="onions")
    add(shop, tomatoes)
    clock.advance(days=6)
    add(shop, onions)
    clock.advance(days=1, seconds=-1)
    assert len(look(shop).items) == 2
    clock.advance(seconds=1)
    assert [line.product_name for line in look(shop).items] == ["Onions"], "seen at once"
    shop.sweep()
    assert _kept(shop) == 1, "and deleted by the sweep"
    clock.advance(days=6)
    shop.sweep()
    assert _kept(shop) == 0
    with pytest.raises(CartEmpty):
        shop.db.run(lambda tx: carts.to_order(tx, shop.cast.customer.id))


def _kept(shop: Shop) -> int:
    with shop.db.read() as tx:
        return tx.session.scalar(select(func.count()).select_from(CartItem)) or 0


def test_a_line_that_is_touched_stays_another_seven_days(shop: Shop, clock: FixedClock) -> None:
    tomatoes = shop.publish()
    add(shop, tomatoes, D(1))
    clock.advance(days=5)
    add(shop, tomatoes, D(1))
    clock.advance(days=5)
    shop.sweep()
    assert str(look(shop).items[0].quantity) == "2.00"


@proves("DR-603")
@pytest.mark.parametrize(
    ("quantity", "error"),
    [
        (D("51"), NotEnoughStock),
        (D("0.99"), BelowMinimumQuantity),
        (D("0"), QuantityOutOfBounds),
        (D("-1"), QuantityOutOfBounds),
        (D("NaN"), QuantityOutOfBounds),
        (D("1.005"), QuantityOutOfBounds),
        (5, BadInput),
        (5.0, BadInput),
        ("5", BadInput),
        (None, BadInput),
    ],
)
def test_bad_quantities_are_refused(shop: Shop, quantity: Any, error: type[DomainError]) -> None:
    tomatoes = shop.publish("50")
    with pytest.raises(error):
        add(shop, tomatoes, quantity)
    assert look(shop).items == ()


@proves("DR-603")
def test_the_sum_counts_against_the_stock(shop: Shop) -> None:
    tomatoes = shop.publish("50")
    add(shop, tomatoes, D(30))
    with pytest.raises(NotEnoughStock) as short:
        add(shop, tomatoes, D(21))
    assert (short.value.values["left"], short.value.values["asked"]) == (D("50.00"), D("51.00"))
    assert str(look(shop).items[0].quantity) == "30.00"


def test_half_a_crate_is_refused_dr105(shop: Shop) -> None:
    crates = shop.publish("5", "3000", unit="crate 64kg")
    with pytest.raises(WholeNumbersOnly):
        add(shop, crates, D("1.5"))
    assert str(add(shop, crates, D(2)).items[0].kg) == "128.00", "and says what the packs hold"


@proves("DR-603")
def test_a_cart_holds_twenty_lines(shop: Shop) -> None:
    shop.set_to("cart.max_lines", "2")
    tomatoes = shop.publish()
    add(shop, tomatoes)
    add(shop, shop.publish("30", "100", slug="onions"))
    with pytest.raises(CartFull) as full:
        add(shop, shop.publish("30", "60", slug="kale"))
    assert full.value.values["limit"] == 2
    assert str(add(shop, tomatoes).items[0].quantity) == "10.00", "more of what is there is no new line"


@proves("DR-603")
def test_nobody_buys_from_herself(shop: Shop) -> None:
    tomatoes = shop.publish()
    change(shop, tomatoes, farmer_id=shop.cast.customer.id)
    with pytest.raises(OwnProduce):
        add(shop, tomatoes)


def test_what_is_not_for_sale_or_not_there_does_not_go_in(shop: Shop) -> None:
    tomatoes = shop.publish()
    change(shop, tomatoes, listing_status="inactive")
    with pytest.raises(NotForSale):
        add(shop, tomatoes)
    me = shop.cast.customer.actor
    with pytest.raises(NotFound):
        shop.db.run(lambda tx: carts.add(tx, me, listing_id=999_999, quantity=D(1)))
    with pytest.raises(BadInput):
        shop.db.run(lambda tx: carts.add(tx, me, listing_id="1", quantity=D(1)))  # type: ignore[arg-type]


VERBS: dict[str, Callable[[Tx, Any, int], object]] = {
    "add": lambda tx, actor, item: carts.add(tx, actor, listing_id=1, quantity=D(1)),
    "update": lambda tx, actor, item: carts.update(tx, actor, cart_item_id=item, quantity=D(1)),
    "remove": lambda tx, actor, item: carts.remove(tx, actor, cart_item_id=item),
    "clear": lambda tx, actor, item: carts.clear(tx, actor),
    "accept_prices": lambda tx, actor, item: carts.accept_prices(tx, actor),
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("role", ["farmer", "rider", "admin"])
def test_only_customers_have_carts(shop: Shop, verb: str, role: str) -> None:
    add(shop, shop.publish())
    item = look(shop).items[0].cart_item_id
    actor = getattr(shop.cast, role).actor
    with pytest.raises(NotAllowed):
        shop.db.run(lambda tx: VERBS[verb](tx, actor, item))


def test_another_customers_line_is_not_there_dr211(shop: Shop) -> None:
    item = add(shop, shop.publish()).items[0].cart_item_id
    other = shop.person("+254712000222", "customer", "Kangemi")
    for verb in ("update", "remove"):
        with pytest.raises(CartItemUnknown), shop.db.transaction() as tx:
            VERBS[verb](tx, other.actor, item)
    with pytest.raises(NotFound), shop.db.read() as tx:
        carts.view(tx, other.actor, customer_id=shop.cast.customer.id)
    with shop.db.read() as tx:
        seen = carts.view(tx, shop.cast.admin.actor, customer_id=shop.cast.customer.id)
    assert len(seen.items) == 1, "an admin may look"
    assert len(look(shop).items) == 1


def test_whoever_is_not_verified_may_fill_a_cart_dr204(shop: Shop) -> None:
    me = shop.cast.customer.id
    shop.db.run(
        lambda tx: tx.session.execute(update(User).where(User.user_id == me).values(is_verified=False))
    )
    assert len(add(shop, shop.publish()).items) == 1
