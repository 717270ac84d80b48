"""Her yes to a quote: one order, looked at again, or the new quote and none (DR-1210, DR-1212)."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select

from core.db import Tx
from core.errors import DomainError
from core.listings.errors import NotEnoughStock
from core.listings.models import Listing
from core.orders import errors, quotes
from core.orders.models import Order, Quote
from tests.helpers import FixedClock
from tests.orders.shop import Shop
from tests.proving import proves


def change_price(shop: Shop, listing: Listing, price: str) -> None:
    def work(tx: Tx) -> None:
        tx.session.get_one(Listing, listing.listing_id).current_price = Decimal(price)

    shop.db.run(work)


def count(shop: Shop, table: type) -> int:
    with shop.db.read() as tx:
        return tx.session.scalar(select(func.count()).select_from(table)) or 0


def test_the_order_copies_price_weight_rate_and_place(shop: Shop) -> None:
    """DR-405, DR-1101, DR-302."""
    listing = shop.publish("50", "80")
    order = shop.order("5")
    change_price(shop, listing, "99")
    (item,) = shop.items(order)
    assert (item.price_at_purchase, item.kg_per_unit, item.commission_percent) == (
        Decimal("80.00"),
        Decimal("1.00"),
        Decimal("10.00"),
    )
    assert order.drop["ward"] == "Kangemi"
    assert order.order_number.startswith("TUN250624")


def test_the_same_key_returns_the_first_order(shop: Shop) -> None:
    """DR-704."""
    shop.publish()
    quote = shop.quote("5")
    first, again = shop.accept(quote, "sms-1"), shop.accept(quote, "sms-1")
    assert first.order_id == again.order_id
    assert count(shop, Order) == 1


def test_the_same_key_with_another_content_is_a_conflict(shop: Shop) -> None:
    """DR-704."""
    shop.publish()
    shop.accept(shop.quote("5"), "sms-1")
    with pytest.raises(errors.KeyReused):
        shop.accept(shop.quote("6"), "sms-1")


def test_one_quote_becomes_one_order(shop: Shop) -> None:
    shop.publish()
    quote = shop.quote("5")
    shop.accept(quote, "sms-1")
    with pytest.raises(errors.QuoteGone):
        shop.accept(quote, "sms-2")


def test_a_quote_holds_thirty_minutes(shop: Shop, clock: FixedClock) -> None:
    """DR-1510."""
    shop.publish()
    quote = shop.quote("5")
    clock.advance(minutes=30)
    with pytest.raises(errors.QuoteGone):
        shop.accept(quote)


def test_nobody_accepts_another_persons_quote(shop: Shop) -> None:
    shop.publish()
    stranger = shop.person("+254712000222", "customer", "Kangemi")
    with pytest.raises(errors.QuoteUnknown):
        shop.accept(shop.quote("5"), actor=stranger.actor)


def accept_inside(shop: Shop, quote: Quote) -> int:
    """As a channel does it: the refusal is caught inside the transaction, which is then committed."""

    def work(tx: Tx) -> int:
        try:
            quotes.accept(tx, shop.cast.customer.actor, quote_id=quote.quote_id, idempotency_key="k")
        except errors.QuoteChanged as changed:
            return int(changed.values["new_quote_id"])
        raise AssertionError("nothing had changed")

    return shop.db.run(work)


def test_yes_to_a_changed_price_gets_the_new_quote_and_no_order(shop: Shop) -> None:
    """DR-1510."""
    listing = shop.publish("50", "80")
    quote = shop.quote("5")
    change_price(shop, listing, "90")
    new = accept_inside(shop, quote)
    with shop.db.read() as tx:
        assert quotes.quote_view(tx, new).subtotal == Decimal("450.00")
    assert count(shop, Order) == 0
    assert shop.stock(listing) == ("50.00", "50.00")


def test_yes_after_the_cutoff_gets_the_new_day(shop: Shop, clock: FixedClock) -> None:
    """DR-705: the quote said tomorrow; at 16:05 that can no longer be kept."""
    shop.publish()
    clock.advance(hours=6, minutes=20)  # 15:50
    quote = shop.quote("5")
    clock.advance(minutes=15)
    new = accept_inside(shop, quote)
    with shop.db.read() as tx:
        assert quotes.quote_view(tx, new).day.isoformat() == "2025-06-26"


def test_yes_when_the_stock_has_gone_says_what_is_left(shop: Shop) -> None:
    """DR-414."""
    shop.publish("8", "80")
    quote = shop.quote("5")
    other = shop.person("+254712000222", "customer", "Kangemi")
    line = quotes.Line(shop.product(), Decimal("5"))
    shop.accept(shop.quote_lines(line, customer=other), "other", other.actor)
    with pytest.raises(NotEnoughStock) as short:
        shop.accept(quote)
    assert str(short.value.values["left"]) == "3.00"


@proves("DR-703")
def test_at_most_three_orders_wait_for_their_payment(shop: Shop) -> None:
    """DR-703; the phone shows one prompt at a time, so each is refused before the next is placed."""
    shop.publish()
    for number in range(3):
        order = shop.order("2", f"sms-{number}")
        shop.refuse_prompt(order)
    with pytest.raises(errors.TooManyUnpaid):
        shop.order("2", "sms-3")


def test_a_refused_order_leaves_nothing_behind_even_if_the_refusal_is_caught(shop: Shop) -> None:
    """A second order while the first prompt is on the phone: no order, no stock taken (DR-414)."""
    listing = shop.publish()
    shop.order("5", "sms-1")
    quote = shop.quote("5")

    def work(tx: Tx) -> str:
        try:
            quotes.accept(
                tx, shop.cast.customer.actor, quote_id=quote.quote_id, idempotency_key="sms-2", again=True
            )
        except DomainError as refusal:
            return refusal.code
        return "placed"

    assert shop.db.run(work) == "payments.prompt_open"
    assert count(shop, Order) == 1
    assert shop.stock(listing) == ("45.00", "45.00")
