"""Many buyers, little produce: exactly what there is is sold, and the others are told how much is left."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial

from core.actor import Actor
from core.carts import service as carts
from core.db import Tx
from core.listings.models import Listing
from core.orders import cancelling, rejecting
from core.orders.checkout import checkout
from core.payments import service as payments
from core.settings import service as settings
from tests.helpers import FixedClock, Person
from tests.invariants.checks import judge
from tests.orders.shop import Shop, paid
from tests.proving import proves
from tests.races.starting import at_once

HUNDRED = 100


def buyers(shop: Shop, count: int) -> list[Person]:
    """People of Kangemi who may have as many unpaid orders as a test needs."""
    admin = shop.cast.admin.actor
    shop.db.run(lambda tx: settings.change(tx, admin, name="order.max_unpaid", value="50", reason="a race"))
    shop.db.parts.settings.refresh(shop.db.engine, now=True)
    return [shop.person(f"+25471300{number:04}", "customer", "Kangemi") for number in range(count)]


def fill_carts(shop: Shop, people: Sequence[Person], listing: Listing) -> None:
    """One unit of the listing, and nothing else, in everybody's cart."""
    for one in people:
        fill = partial(_fill_cart, who=one.actor, listing_id=listing.listing_id)
        shop.db.run(fill)


def _fill_cart(tx: Tx, who: Actor, listing_id: int) -> None:
    carts.clear(tx, who)
    carts.add(tx, who, listing_id=listing_id, quantity=Decimal(1))


def buying(shop: Shop, who: Person, key: str) -> Callable[[], object]:
    """The deed of one buyer."""
    return lambda: shop.db.run(lambda tx: checkout(tx, who.actor, idempotency_key=key, again=True))


@proves("DR-410", "DR-413", "INV-2")
def test_a_hundred_buyers_of_ten_units_make_ten_orders(shop: Shop, clock: FixedClock, rounds: range) -> None:
    people = buyers(shop, HUNDRED)
    for number in rounds:
        clock.advance(minutes=4)  # the last prompts have left the phones
        listing = shop.publish("10", "150")
        fill_carts(shop, people, listing)
        outcomes = at_once([buying(shop, who, f"round-{number}") for who in people])
        assert outcomes == {"ok": 10, "listings.not_enough_stock": 90}
        assert shop.stock(listing) == ("0.00", "0.00")
    with shop.db.read() as tx:
        judge(tx)


@proves("DR-413")
def test_the_last_unit_is_sold_once(shop: Shop, clock: FixedClock, rounds: range) -> None:
    people = buyers(shop, 2)
    for number in rounds:
        clock.advance(minutes=4)
        listing = shop.publish("1", "150")
        fill_carts(shop, people, listing)
        outcomes = at_once([buying(shop, who, f"round-{number}") for who in people])
        assert outcomes == {"ok": 1, "listings.not_enough_stock": 1}
        assert shop.stock(listing) == ("0.00", "0.00")


@proves("O8", "O9", "INV-9")
def test_a_farmer_who_rejects_while_the_customer_cancels_ends_the_order_once(
    shop: Shop, rounds: range
) -> None:
    """Whoever comes second is told how it stands; the money goes back once."""
    for number in rounds:
        shop.publish("50")
        order = shop.order("5", f"round-{number}")
        shop.pay(order, f"ws_{number}", f"RACE{number:06}")
        [item] = shop.fresh(order).items
        reject = partial(
            rejecting.reject, actor=shop.cast.farmer.actor, order_item_id=item.order_item_id, reason="hail"
        )
        cancel = partial(cancelling.cancel, actor=shop.cast.customer.actor, order_id=order.order_id)
        at_once([partial(shop.db.run, reject), partial(shop.db.run, cancel)])
        assert shop.fresh(order).order_status in ("cancelled", "confirmed")
        with shop.db.read() as tx:
            judge(tx)


@proves("O3", "O4", "DR-811")
def test_the_deadline_and_the_money_end_in_one_of_two_clean_states(
    shop: Shop, clock: FixedClock, rounds: range
) -> None:
    """R18: confirmed with its stock, or over with the money on its way back; never half of each."""
    listing = shop.publish("500")
    for number in rounds:
        was = Decimal(shop.stock(listing)[0])
        order = shop.order("5", f"round-{number}")
        attempt = shop.prompt(order, f"ws_{number}")
        clock.advance(hours=25)

        expire = partial(payments.deadline, order_id=order.order_id)
        pay = partial(shop.result, attempt, paid(attempt, f"ws_{number}", f"RACE{number:06}"))
        assert at_once([partial(shop.db.run, expire), pay]) == {"ok": 2}
        # What comes back to life has items of its own: a cancelled one stays cancelled (O17).
        newest = shop.items(order)[-1].item_status
        assert (shop.statuses(order)[0], newest, was - Decimal(shop.stock(listing)[0])) in (
            ("confirmed", "pending", Decimal(5)),
            ("cancelled", "cancelled", Decimal(0)),
        )
        with shop.db.read() as tx:
            judge(tx)
