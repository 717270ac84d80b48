"""An order of twenty lines from four farms is placed, brought, and ends, in as many statements as one of one
line (DR-414; issue 4), and every farm hears of it once (DR-1509)."""

from decimal import Decimal

import pytest
from sqlalchemy import select, update

from core.carts import service as carts
from core.catalogue.models import Product
from core.deliveries import assignment, failing
from core.due_work import HANDLERS
from core.duties import service as duties
from core.errors import DomainError
from core.farms.models import Farm
from core.following import service as following
from core.listings import stock
from core.listings.models import Listing
from core.notifications import occasions
from core.orders import checkout
from core.orders.models import Order
from tests.helpers import FixedClock, Person
from tests.orders.kit import cancel, do, setting
from tests.orders.shop import Shop
from tests.orders.statements import counted
from tests.proving import proves

# Statements of the whole act, for any number of lines and farms: measured, with a little air.
MOST = {"mpesa": 72, "cash_on_delivery": 78}
MOST_CANCELLED = {"unpaid": 78, "mpesa": 92, "cash_on_delivery": 70}
MOST_ON_THE_ROAD = {
    "mpesa": {"pick up": 36, "deliver": 78, "refused": 110},
    "cash_on_delivery": {"pick up": 44, "deliver": 112, "refused": 84},
}
TOLD = ("new_order", "new_order_cash", "new_order_cash_first")


def fill(shop: Shop, *, lines: int, farms: int, stock: str = "50", fresh: bool = False) -> list[Person]:
    """2 kg of each of `lines` products in the cart, from `farms` farms in turn; `fresh` ones spoil."""
    sellers = [shop.cast.farmer]
    for number in range(1, farms):
        sellers.append(shop.person(f"+2547120007{number:02}", "farmer", "Kabete", f"Mwangi {number}"))
    setting(shop, "cod.max_order_total", "100000")
    shop.db.run(lambda tx: tx.session.execute(update(Farm).values(takes_cash=True)))
    with shop.db.read() as tx:
        known = list(tx.session.scalars(select(Product).order_by(Product.product_id)))
    slugs = [product.slug for product in known if spoils(shop, product.product_id) or not fresh]
    filled = 0
    for slug in slugs:
        try:
            listing = shop.publish(stock, "80", slug=slug, farmer=sellers[filled % farms])
        except DomainError:  # not sold by the kilo
            continue
        do(shop, carts.add, "customer", listing_id=listing.listing_id, quantity=Decimal(2))
        filled += 1
        if filled == lines:
            return sellers
    raise AssertionError("more products are needed")


def order(shop: Shop, method: str = "cash_on_delivery") -> Order:
    return do(shop, checkout.checkout, "customer", idempotency_key="k", payment_method=method)


@pytest.mark.parametrize(("lines", "farms"), [(1, 1), (8, 1), (20, 4)])
@pytest.mark.parametrize("method", MOST)
@proves("DR-414", "DR-410")
def test_placing_costs_the_same_for_one_line_and_for_twenty_of_four_farms(
    shop: Shop, method: str, lines: int, farms: int
) -> None:
    """A hop that commits is bounded by a constant independent of lines and farms."""
    fill(shop, lines=lines, farms=farms)
    cost = counted(shop.db, lambda: order(shop, method))
    print(f"{method}, {lines} lines of {farms} farms: {cost} statements")
    assert cost <= MOST[method]


@proves("DR-411", "DR-405", "DR-801")
def test_each_line_has_its_stock_its_rate_and_its_clocks(shop: Shop) -> None:
    fill(shop, lines=8, farms=4)
    items = shop.items(order(shop))
    assert len(items) == 8
    assert {item.commission_percent for item in items} == {Decimal(10)}
    with shop.db.read() as tx:
        listings = list(tx.session.scalars(select(Listing)))
    assert {shop.stock(listing) for listing in listings} == {("48.00", "48.00")}
    asked = {item.order_item_id for item in items}
    for kind in ("item_reminder", "item_response"):
        assert {duty.subject_id for duty in shop.due(kind)} == asked


@proves("DR-410", "DR-414")
def test_one_line_too_much_takes_nothing_of_the_others(shop: Shop) -> None:
    """The goods went between the cart and the yes: nothing is reserved, no order stands."""
    fill(shop, lines=3, farms=1)
    with shop.db.read() as tx:
        listings = list(tx.session.scalars(select(Listing).order_by(Listing.listing_id)))
    shop.db.run(
        lambda tx: stock.have(
            tx,
            shop.cast.farmer.actor,
            tx.session.get_one(Listing, listings[2].listing_id),
            Decimal(1),
            "restock",
        )
    )
    with pytest.raises(DomainError):
        order(shop)
    assert [shop.stock(listing)[0] for listing in listings] == ["50.00", "50.00", "1.00"]


@proves("DR-1509")
def test_every_farm_hears_of_it_once_also_after_a_process_that_died(shop: Shop) -> None:
    sellers = fill(shop, lines=8, farms=4)
    order(shop)
    assert heard(shop, sellers) == [1, 0, 0, 0], "the first with the act"
    taken = duties.take(shop.db, frozenset({"tell_farm"}), limit=1)
    HANDLERS["tell_farm"](shop.db, taken[0])
    assert sum(heard(shop, sellers)) == 1 + occasions.FARMS_AT_ONCE
    # The next is taken by a process that dies; its lease runs out, and another does it.
    assert duties.take(shop.db, frozenset({"tell_farm"}), limit=1)
    clock = shop.db.parts.clock
    assert isinstance(clock, FixedClock)
    clock.advance(seconds=100)
    for _ in range(2):
        shop.sweep()
    assert heard(shop, sellers) == [1, 1, 1, 1]


@proves("DR-1509")
def test_a_farm_that_was_not_told_yet_hears_nothing_of_what_is_cancelled(shop: Shop) -> None:
    sellers = fill(shop, lines=2, farms=2)
    cancel(shop, "customer", order(shop))
    shop.sweep()
    assert heard(shop, sellers) == [1, 0]


def stocks(shop: Shop) -> list[tuple[str, str]]:
    """Free quantity and sum of the movements of every listing."""
    with shop.db.read() as tx:
        listings = list(tx.session.scalars(select(Listing).order_by(Listing.listing_id)))
    return [shop.stock(listing) for listing in listings]


def on_sale(shop: Shop) -> set[str]:
    with shop.db.read() as tx:
        return set(tx.session.scalars(select(Listing.listing_status)))


@pytest.mark.parametrize("stock", ["50", "2"], ids=["some left", "sold out"])
@pytest.mark.parametrize(("lines", "farms"), [(1, 1), (8, 1), (20, 4)])
@pytest.mark.parametrize("how", MOST_CANCELLED)
@proves("O5", "O9", "DR-412")
def test_cancelling_costs_the_same_for_one_line_and_for_twenty_of_four_farms(
    shop: Shop, how: str, lines: int, farms: int, stock: str
) -> None:
    """A hop that commits is bounded by a constant independent of lines and farms."""
    fill(shop, lines=lines, farms=farms, stock=stock)
    placed = order(shop, "mpesa" if how == "unpaid" else how)
    if how == "mpesa":
        shop.pay(placed)
    cost = counted(shop.db, lambda: cancel(shop, "customer", placed))
    print(f"{how}, {lines} lines of {farms} farms: {cost} statements")
    assert cost <= MOST_CANCELLED[how]
    assert set(stocks(shop)) == {(f"{stock}.00", f"{stock}.00")}
    assert on_sale(shop) == {"available"}
    cancel(shop, "customer", placed)
    assert set(stocks(shop)) == {(f"{stock}.00", f"{stock}.00")}, "once"
    shop.sweep()
    assert [shop.due(kind) for kind in ("item_reminder", "item_response", "payment_deadline")] == [[], [], []]


@proves("DR-706", "O9")
def test_every_line_that_ends_stands_in_the_history_after_its_order(shop: Shop) -> None:
    fill(shop, lines=4, farms=2)
    placed = order(shop)
    cancel(shop, "customer", placed)
    story = shop.history(placed)
    assert story[story.index("O9 order confirmed>cancelled") + 1 :][:4] == ["I7 item pending>cancelled"] * 4
    assert {item.item_status for item in shop.items(placed)} == {"cancelled"}


@proves("DR-1509")
def test_every_farm_that_had_heard_of_an_order_hears_that_it_is_over_once(shop: Shop) -> None:
    sellers = fill(shop, lines=8, farms=4)
    placed = order(shop)
    shop.sweep()
    cancel(shop, "customer", placed)
    assert over(shop, sellers) == [1, 0, 0, 0], "the first with the act"
    taken = duties.take(shop.db, frozenset({"tell_farm_off"}), limit=1)
    HANDLERS["tell_farm_off"](shop.db, taken[0])
    HANDLERS["tell_farm_off"](shop.db, taken[0])
    assert sum(over(shop, sellers)) == 2
    shop.sweep()
    assert over(shop, sellers) == [1, 1, 1, 1]


@proves("DR-1509")
def test_a_farm_that_never_heard_of_an_order_does_not_hear_of_its_end(shop: Shop) -> None:
    sellers = fill(shop, lines=2, farms=2)
    cancel(shop, "customer", order(shop))
    shop.sweep()
    assert over(shop, sellers) == [1, 0]


@proves("DR-506", "L4", "L5")
def test_of_all_that_sells_out_and_comes_back_people_hear(shop: Shop) -> None:
    """Each farmer that hers is sold out, and who waits for a product that it is there again."""
    sellers = fill(shop, lines=6, farms=2, stock="2")
    with shop.db.read() as tx:
        products = list(tx.session.scalars(select(Listing.product_id)))
    for product_id in products:
        do(shop, following.follow, "customer", product_id=product_id)
    placed = order(shop)
    assert sum(shop.copies(seller).count("sold_out") for seller in sellers) == 1
    shop.sweep()
    assert [shop.copies(seller).count("sold_out") for seller in sellers] == [3, 3]
    cancel(shop, "customer", placed)
    shop.sweep()
    assert shop.copies(shop.cast.customer).count("product_near") == 6


@pytest.mark.parametrize(("lines", "farms"), [(1, 1), (8, 1), (8, 4)])
@pytest.mark.parametrize("method", MOST_ON_THE_ROAD)
@proves("D4", "D6", "O14", "DR-1301")
def test_the_road_costs_the_same_for_one_line_and_for_eight_of_four_farms(
    shop: Shop, method: str, lines: int, farms: int
) -> None:
    """A yes, a pick-up and a code of a rider, and a door that stays shut: hops that commit, all of them."""
    sellers = fill(shop, lines=lines, farms=farms)
    with_rider(shop, order(shop, method), sellers)
    (placed,) = all_orders(shop)
    costs = {"pick up": counted(shop.db, lambda: shop.pick_up(placed))}
    code = shop.code(placed)
    costs["deliver"] = counted(shop.db, lambda: shop.deliver(code, placed))
    print(f"{method}, {lines} lines of {farms} farms: {costs}")
    assert {what: cost for what, cost in costs.items() if cost > MOST_ON_THE_ROAD[method][what]} == {}
    shop.sweep()
    assert [shop.copies(seller).count("delivered_farmer") for seller in sellers] == [1] * farms
    assert shop.entries().count("delivered_item") == lines
    assert {item.item_status for item in shop.items(placed)} == {"delivered"}


@pytest.mark.parametrize(("lines", "farms"), [(1, 1), (8, 1), (8, 4)])
@pytest.mark.parametrize("method", MOST_ON_THE_ROAD)
@proves("D7", "O13", "I10", "DR-908")
def test_a_refused_order_costs_the_same_for_one_line_and_for_eight_of_four_farms(
    shop: Shop, method: str, lines: int, farms: int
) -> None:
    sellers = fill(shop, lines=lines, farms=farms, fresh=True)
    with_rider(shop, order(shop, method), sellers)
    (placed,) = all_orders(shop)
    shop.pick_up(placed)
    cost = counted(
        shop.db,
        lambda: do(shop, failing.fail, "rider", order_id=placed.order_id, reason="refused"),
    )
    print(f"{method}, {lines} lines of {farms} farms: {cost}")
    assert cost <= MOST_ON_THE_ROAD[method]["refused"]
    booked = "prepared_charged" if method == "mpesa" else "refused_share"
    assert shop.entries().count(booked) == lines


@proves("DR-1509")
def test_a_rider_hears_of_every_farm_once(shop: Shop) -> None:
    sellers = fill(shop, lines=8, farms=4)
    with_rider(shop, order(shop), sellers)
    told = shop.texts(shop.cast.rider).count("pickup")
    shop.sweep()
    assert (told, shop.texts(shop.cast.rider).count("pickup")) == (1, 4)


def with_rider(shop: Shop, placed: Order, sellers: list[Person]) -> None:
    """The order is paid, prepared, and given to the rider."""
    if placed.payment_method == "mpesa":
        shop.pay(placed)
    shop.sweep()
    for item in shop.items(placed):
        shop.mark_item(item, "ready", next(one for one in sellers if one.id == item.farmer_id).actor)
    do(shop, assignment.assign_by_hand, "admin", order_id=placed.order_id, rider_id=shop.cast.rider.id)


def all_orders(shop: Shop) -> list[Order]:
    with shop.db.read() as tx:
        return list(tx.session.scalars(select(Order)))


def spoils(shop: Shop, product_id: int) -> bool:
    return shop.db.parts.products.entry(product_id).perishable


def over(shop: Shop, sellers: list[Person]) -> list[int]:
    """How often each was told that something is not to be prepared."""
    return [shop.copies(seller).count("item_cancelled") for seller in sellers]


def heard(shop: Shop, sellers: list[Person]) -> list[int]:
    """How often each was told of a new order, in the app; by SMS never oftener."""
    told = [sum(code in TOLD for code in shop.copies(seller)) for seller in sellers]
    assert all(
        sum(code in TOLD for code in shop.texts(one)) <= n for one, n in zip(sellers, told, strict=True)
    )
    return told
