"""Late money for an order that lapsed (O17, DR-811)."""

from decimal import Decimal

import pytest
from sqlalchemy import update

from core.listings.models import Listing
from core.orders import service as orders
from core.orders.models import Order
from tests.helpers import FixedClock
from tests.orders.kit import amounts, cancel, statuses
from tests.orders.shop import Shop
from tests.proving import proves


def lapsed(shop: Shop, clock: FixedClock) -> tuple[Listing, Order]:
    """5 kg, never paid: cancelled by the deadline."""
    listing = shop.publish("50", "80")
    order = shop.order("5")
    clock.advance(hours=2)
    shop.sweep()
    assert statuses(shop, order) == ("cancelled", "cancelled")
    return listing, order


def revive(shop: Shop, order: Order) -> bool:
    return shop.db.run(lambda tx: orders.revive(tx, shop.cast.admin.actor, order.order_id))


@proves("O17", "DR-811")
def test_it_comes_back_confirmed_with_its_stock_its_price_and_a_day(shop: Shop, clock: FixedClock) -> None:
    listing, order = lapsed(shop, clock)
    clock.advance(hours=8)  # 19:30: past the cut-off
    for _ in range(2):
        assert revive(shop, order)
    assert statuses(shop, order) == ("confirmed", "cancelled", "pending")
    assert shop.stock(listing) == ("45.00", "45.00")
    found = shop.fresh(order)
    assert (found.total_amount, found.amount_asked) == (order.total_amount, order.amount_asked)
    assert (found.estimated_delivery_date - order.estimated_delivery_date).days == 1
    assert found.cancel_reason == ""
    assert "O17 order cancelled>confirmed" in shop.history(order)
    assert "paid_confirmed" in shop.copies(shop.cast.customer)
    assert "new_order" in shop.copies(shop.cast.farmer)


@proves("O17", "DR-811")
@pytest.mark.parametrize("spoilt", ["price", "stock", "down", "late"])
def test_or_not_at_all(shop: Shop, clock: FixedClock, spoilt: str) -> None:
    listing, order = lapsed(shop, clock)
    match spoilt:
        case "price":
            change(shop, listing, current_price=Decimal("81.00"))
        case "stock":
            buyer = shop.person("+254712000222", "customer", "Kangemi")
            from core.orders.quotes import Line

            line = Line(shop.product(), Decimal("46"), "kg")
            shop.accept(shop.quote_lines(line, customer=buyer), "sms-9", buyer.actor)
        case "down":
            change(shop, listing, listing_status="inactive")
        case "late":
            clock.advance(hours=24, minutes=1)
    before = shop.stock(listing), amounts(shop, order), shop.history(order)
    assert not revive(shop, order)
    assert statuses(shop, order) == ("cancelled", "cancelled")
    assert (shop.stock(listing), amounts(shop, order), shop.history(order)) == before


@proves("DR-811", "O17")
def test_a_customers_own_cancel_is_final(shop: Shop) -> None:
    shop.publish()
    order = shop.order()
    cancel(shop, "customer", order)
    assert not revive(shop, order)
    assert statuses(shop, order) == ("cancelled", "cancelled")


def test_a_live_order_needs_no_revival_and_an_unpaid_one_gets_none(shop: Shop) -> None:
    shop.publish()
    unpaid = shop.order()
    assert not revive(shop, unpaid)
    shop.pay(unpaid)
    assert revive(shop, unpaid)
    assert statuses(shop, unpaid) == ("confirmed", "pending")


def change(shop: Shop, listing: Listing, **values: object) -> None:
    query = update(Listing).where(Listing.listing_id == listing.listing_id).values(**values)
    shop.db.run(lambda tx: tx.session.execute(query))
