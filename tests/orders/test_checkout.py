"""The cart becomes an order, from as many farmers as it holds, all of it or nothing (DR-702, DR-414)."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select, update

from core.carts import service as carts
from core.carts.errors import CartEmpty, PricesChanged
from core.errors import BadInput, NotAllowed, NotFound
from core.ledger import accounts
from core.listings.errors import NotEnoughStock, NotForSale
from core.listings.models import Listing
from core.locations import service as locations
from core.orders import checkout, errors
from core.orders import service as order_verbs
from core.orders.models import Order
from core.orders.planning import Wanted
from core.payment_methods import service as methods
from tests.helpers import Person
from tests.orders.kit import balance, do
from tests.orders.shop import Shop
from tests.proving import proves

D = Decimal


def fill(shop: Shop, *lines: tuple[Listing, str], who: Person | None = None) -> None:
    buyer = who or shop.cast.customer
    with shop.db.transaction() as tx:
        for listing, quantity in lines:
            carts.add(tx, buyer.actor, listing_id=listing.listing_id, quantity=D(quantity))


def check_out(shop: Shop, who: Person | None = None, **how: Any) -> Order:
    buyer = who or shop.cast.customer
    given = {"idempotency_key": "api-1", **how}
    return shop.db.run(lambda tx: checkout.checkout(tx, buyer.actor, **given))


def in_cart(shop: Shop) -> list[str]:
    with shop.db.read() as tx:
        return [str(line.quantity) for line in carts.view(tx, shop.cast.customer.actor).items]


def orders(shop: Shop) -> int:
    with shop.db.read() as tx:
        return tx.session.scalar(select(func.count()).select_from(Order)) or 0


def two_farms(shop: Shop) -> tuple[Listing, Listing]:
    mwangi = shop.person("+254712000111", "farmer", "Kabete", "Mwangi")
    return shop.publish("50", "80"), shop.publish("30", "100", slug="onions", farmer=mwangi)


@proves("DR-702")
def test_one_order_from_two_farmers_empties_the_cart(shop: Shop) -> None:
    tomatoes, onions = two_farms(shop)
    fill(shop, (tomatoes, "5"), (onions, "2"))
    order = check_out(shop, delivery_time_slot="morning", special_instructions="Please call before delivery")
    assert {item.farmer_id for item in order.items} == {tomatoes.farmer_id, onions.farmer_id}
    assert (str(order.subtotal), order.payment_method, order.order_status) == (
        "600.00",
        "mpesa",
        "pending_payment",
    )
    assert order.total_amount == order.subtotal + order.delivery_fee
    assert (order.delivery_time_slot, order.special_instructions) == (
        "morning",
        "Please call before delivery",
    )
    assert in_cart(shop) == []
    assert (shop.stock(tomatoes)[0], shop.stock(onions)[0]) == ("45.00", "28.00")


@proves("DR-702")
def test_her_default_place_and_way_to_pay_are_taken_unless_she_names_others(shop: Shop) -> None:
    tomatoes = shop.publish()
    me = shop.cast.customer.actor

    def setup(tx: Any) -> tuple[int, int]:
        cash = methods.add(tx, me, method_type="cash_on_delivery")
        ward = locations.mine(tx, me)[0].ward_code
        second = locations.add(tx, me, ward_code=ward, label="office", default=False)
        return cash.payment_method_id, second.location_id

    cash_id, office_id = shop.db.run(setup)
    fill(shop, (tomatoes, "5"))
    first = check_out(shop)
    assert (first.payment_method, first.payment_method_id) == ("cash_on_delivery", cash_id)
    mpesa = shop.db.run(lambda tx: methods.add(tx, me, method_type="mpesa", default=False))
    fill(shop, (tomatoes, "6"))
    second = check_out(
        shop,
        payment_method=mpesa.payment_method_id,
        delivery_location=office_id,
        idempotency_key="api-2",
    )
    assert (second.payment_method, second.location_id) == ("mpesa", office_id)
    assert first.location_id != office_id


@proves("DR-414")
def test_short_lines_fail_the_whole_order_name_all_and_keep_the_cart(shop: Shop) -> None:
    tomatoes, onions = two_farms(shop)
    kale = shop.publish("30", "60", slug="kale")
    fill(shop, (tomatoes, "8"), (onions, "8"), (kale, "3"))
    for listing, left in ((tomatoes, "6.00"), (onions, "2.00")):
        _change(shop, listing, quantity_available=D(left))
    with pytest.raises(errors.ShortLines) as short:
        check_out(shop)
    assert [(line["listing_id"], line["left"], line["asked"]) for line in short.value.values["lines"]] == [
        (tomatoes.listing_id, D("6.00"), D("8.00")),
        (onions.listing_id, D("2.00"), D("8.00")),
    ]
    assert in_cart(shop) == ["8.00", "8.00", "3.00"]
    assert orders(shop) == 0
    assert shop.stock(kale)[0] == "30.00"


@proves("DR-414")
def test_one_short_line_says_how_much_is_left_and_a_sold_out_one_nothing(shop: Shop) -> None:
    tomatoes = shop.publish()
    fill(shop, (tomatoes, "8"))
    _change(shop, tomatoes, quantity_available=D("6.00"))
    with pytest.raises(NotEnoughStock) as short:
        check_out(shop)
    assert short.value.values["left"] == D("6.00")
    _change(shop, tomatoes, listing_status="sold_out")
    with pytest.raises(NotEnoughStock) as gone:
        check_out(shop)
    assert gone.value.values["left"] == D("0.00")


@proves("DR-602")
def test_a_changed_price_must_be_accepted_before_ordering(shop: Shop) -> None:
    tomatoes = shop.publish("50", "80")
    fill(shop, (tomatoes, "5"))
    _change(shop, tomatoes, current_price=D("90.00"))
    with pytest.raises(PricesChanged):
        check_out(shop)
    shop.db.run(lambda tx: carts.accept_prices(tx, shop.cast.customer.actor))
    assert check_out(shop).items[0].price_at_purchase == D("90.00")


def test_what_is_no_longer_for_sale_stops_the_order(shop: Shop) -> None:
    tomatoes = shop.publish()
    fill(shop, (tomatoes, "5"))
    _change(shop, tomatoes, listing_status="inactive")
    with pytest.raises(NotForSale):
        check_out(shop)
    assert in_cart(shop) == ["5.00"]


def test_an_empty_cart_is_no_order(shop: Shop) -> None:
    with pytest.raises(CartEmpty):
        check_out(shop)


@proves("DR-704")
def test_the_same_key_returns_the_first_order_whatever_the_cart_holds_now(shop: Shop) -> None:
    tomatoes = shop.publish()
    fill(shop, (tomatoes, "5"))
    first = check_out(shop)
    assert check_out(shop).order_id == first.order_id
    fill(shop, (tomatoes, "6"))
    assert check_out(shop).order_id == first.order_id
    assert in_cart(shop) == ["6.00"]
    with pytest.raises(errors.KeyReused):
        check_out(shop, delivery_time_slot="morning")


@proves("DR-704")
def test_the_same_cart_again_within_minutes_is_asked_about(shop: Shop) -> None:
    tomatoes = shop.publish()
    fill(shop, (tomatoes, "5"))
    shop.refuse_prompt(check_out(shop))
    fill(shop, (tomatoes, "5"))
    with pytest.raises(errors.AgainQuestion):
        check_out(shop, idempotency_key="api-2")
    assert in_cart(shop) == ["5.00"], "the cart is kept for the answer"
    check_out(shop, idempotency_key="api-2", again=True)
    assert orders(shop) == 2


def test_foreign_places_and_ways_to_pay_are_not_found_dr211(shop: Shop) -> None:
    tomatoes = shop.publish()
    fill(shop, (tomatoes, "5"))
    other = shop.person("+254712000222", "customer", "Kangemi")

    def theirs(tx: Any) -> tuple[int, int]:
        place = locations.default_of(tx, other.id)
        assert place is not None
        method = methods.add(tx, other.actor, method_type="mpesa")
        return place.location_id, method.payment_method_id

    place_id, method_id = shop.db.run(theirs)
    foreign: list[dict[str, Any]] = [
        {"delivery_location": place_id},
        {"payment_method": method_id},
        {"payment_method": 99_999},
    ]
    for how in foreign:
        with pytest.raises(NotFound):
            check_out(shop, **how)
    assert in_cart(shop) == ["5.00"]


def test_who_has_no_place_is_asked_for_one(shop: Shop) -> None:
    tomatoes = shop.publish()
    fill(shop, (tomatoes, "5"))
    me = shop.cast.customer.actor
    shop.db.run(lambda tx: _drop_places(tx, me))
    with pytest.raises(errors.PlaceMissing):
        check_out(shop)


def _drop_places(tx: Any, actor: Any) -> None:
    for place in locations.mine(tx, actor):
        locations.remove(tx, actor, location_id=place.location_id)


@proves("DR-701")
def test_an_admin_orders_for_a_customer_with_a_discount(shop: Shop) -> None:
    """The platform document's example: 300.00 + 50.00 - 30.00 = 320.00."""
    nearby = shop.person("+254712000222", "customer", "Kinoo")
    tomatoes = shop.publish("50", "150")
    fill(shop, (tomatoes, "2"), who=nearby)
    order = check_out(
        shop, shop.cast.admin, customer_id=nearby.id, discount_amount=D("30.00"), idempotency_key="desk-1"
    )
    assert [str(x) for x in (order.subtotal, order.delivery_fee, order.discount_amount)] == [
        "300.00",
        "50.00",
        "30.00",
    ]
    assert (str(order.total_amount), str(order.amount_asked)) == ("320.00", "320.00")
    assert order.customer_id == nearby.id


@proves("DR-1005")
def test_a_discount_is_never_more_than_what_is_left_to_pay(shop: Shop) -> None:
    """Less comes than it is worth: goodwill gives what was to be paid, and the order holds nothing."""
    fill(shop, (shop.publish(), "5"))
    order = check_out(shop, shop.cast.admin, customer_id=shop.cast.customer.id, discount_amount=D("400.00"))
    shop.pay(order)
    (item,) = shop.items(order)
    do(shop, order_verbs.short, "farmer", order_item_id=item.order_item_id, quantity=D(1))
    shop.mark(order, "ready")
    do(shop, order_verbs.hand_over, "rider", order_id=order.order_id)
    left = balance(shop, accounts.order_funds(order.order_id))
    assert (left, balance(shop, accounts.GOODWILL)) == (D("0.00"), D("80.00") + order.delivery_fee)


@pytest.mark.parametrize("discount", [D("-1"), D("0.001"), 1.5, "30", None, D("9999")])
def test_a_discount_that_cannot_be_is_refused(shop: Shop, discount: Any) -> None:
    fill(shop, (shop.publish(), "5"))
    with pytest.raises(BadInput):
        check_out(shop, shop.cast.admin, customer_id=shop.cast.customer.id, discount_amount=discount)
    assert orders(shop) == 0


def test_nobody_gives_herself_a_discount(shop: Shop) -> None:
    fill(shop, (shop.publish(), "5"))
    with pytest.raises(NotAllowed):
        check_out(shop, discount_amount=D("1.00"))


@proves("DR-1210")
def test_a_cart_may_be_collected_at_the_farm(shop: Shop) -> None:
    fill(shop, (shop.publish(), "5"))
    me = shop.cast.customer.actor
    with shop.db.read() as tx:
        plan = checkout.preview(tx, me)
        assert [(choice.way, choice.place) for choice in plan.choices] == [
            ("rider", "Kinoo"),
            ("collect", "Wanjiku"),
        ]
        collected = checkout.preview(tx, me, wanted=Wanted("collect"))
    assert str(collected.totals.total) == "400.00"
    order = check_out(shop, wanted=Wanted("collect"))
    assert (order.way, str(order.total_amount), order.collection_point_id) == ("collect", "400.00", None)


def _change(shop: Shop, listing: Listing, **values: Any) -> None:
    shop.db.run(
        lambda tx: tx.session.execute(
            update(Listing).where(Listing.listing_id == listing.listing_id).values(**values)
        )
    )
