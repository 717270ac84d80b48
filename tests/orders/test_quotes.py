"""Quotes: the cheapest way to the door, and honest refusals before anybody pays (DR-1210, DR-1212)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select, update

from core.db import Tx
from core.deliveries import duty
from core.errors import DomainError, NotAllowed, NotFound
from core.listings.errors import NotEnoughStock, WholeNumbersOnly
from core.listings.models import Listing
from core.locations import service as locations
from core.money import ZERO, whole_shillings
from core.orders import errors, quotes
from core.orders.models import Order, Quote
from core.settings.models import SystemSetting
from core.users.models import User
from tests.helpers import FixedClock
from tests.orders.shop import Shop
from tests.proving import proves


def change_price(shop: Shop, listing: Listing, price: str) -> None:
    def work(tx: Tx) -> None:
        tx.session.get_one(Listing, listing.listing_id).current_price = Decimal(price)

    shop.db.run(work)


@proves("DR-1103")
def test_a_quote_says_what_from_whom_for_how_much_and_when(shop: Shop) -> None:
    shop.publish("50", "80")
    made = shop.quote("5")
    with shop.db.read() as tx:
        view = quotes.quote_view(tx, made.quote_id)
    (line,) = view.lines
    assert (line.quantity, line.unit, line.kg, line.farm, line.ward) == (
        Decimal("5.00"),
        "kg",
        Decimal("5.00"),
        "Wanjiku",
        "Kinoo",
    )
    assert view.subtotal == line.total == Decimal("400.00")
    assert view.total == view.subtotal + view.delivery_fee
    assert view.asked == whole_shillings(view.total)
    assert Decimal("5") < view.km < Decimal("20")
    assert view.day.isoformat() == "2025-06-25"


def farm_of(shop: Shop, quote: Quote) -> str:
    with shop.db.read() as tx:
        return quotes.quote_view(tx, quote.quote_id).lines[0].farm


@proves("DR-1210")
def test_the_cheapest_at_the_door_wins_not_the_cheapest_at_the_farm(shop: Shop) -> None:
    shop.publish("50", "80")  # Kinoo, 9.87 km
    kabete = shop.person("+254712000111", "farmer", "Kabete", "Mwangi")  # 7.83 km
    shop.publish("50", "82", farmer=kabete)
    assert farm_of(shop, shop.quote("2")) == "Mwangi", "4 dearer, but some 20 less to bring"
    assert farm_of(shop, shop.quote("20")) == "Wanjiku", "40 cheaper, and about 20 more to bring"


def test_two_products_from_one_farm_beat_two_farms(shop: Shop) -> None:
    """DR-1102: every further farm costs."""
    shop.publish("50", "80")
    shop.publish("50", "60", slug="onions")
    kabete = shop.person("+254712000111", "farmer", "Kabete", "Mwangi")
    shop.publish("50", "59", slug="onions", farmer=kabete)
    both = shop.quote_lines(
        quotes.Line(shop.product(), Decimal("5")), quotes.Line(shop.product("onions"), Decimal("5"))
    )
    with shop.db.read() as tx:
        assert {line.farm for line in quotes.quote_view(tx, both.quote_id).lines} == {"Wanjiku"}


@proves("DR-1104")
def test_free_delivery_keeps_the_waived_fee(shop: Shop) -> None:
    """DR-1104."""
    shop.publish("50", "80")
    made = shop.quote("25")
    assert (made.subtotal, made.delivery_fee, made.total_amount) == (
        Decimal("2000.00"),
        Decimal("0.00"),
        Decimal("2000.00"),
    )
    assert made.delivery_fee_waived > 0


def test_a_pack_is_weighed(shop: Shop) -> None:
    """DR-112: fee, capacity and the text use kg."""
    shop.publish("5", "3000", unit="crate 64kg")
    made = shop.quote("1", "crate")  # 64 kg do not fit on a motorcycle's 60
    assert (made.kg, made.way) == (Decimal("64.00"), "collect")


def test_without_a_unit_the_only_one_is_meant_and_two_are_asked_about(shop: Shop) -> None:
    shop.publish("50", "80")
    assert shop.quote("5", None).subtotal == Decimal("400.00")
    shop.publish("5", "3000", unit="crate 64kg")
    with pytest.raises(errors.UnitUnclear) as unclear:
        shop.quote("5", None)
    assert unclear.value.values["units"] == ["crate 64kg", "kg"]


def test_nothing_for_sale_says_in_which_units_it_is(shop: Shop) -> None:
    with pytest.raises(errors.NothingForSale) as nothing:
        shop.quote("5")
    assert nothing.value.values["sold_in"] == []
    shop.publish("5", "3000", unit="crate 64kg")
    with pytest.raises(errors.NothingForSale) as other:
        shop.quote("5", "kg")
    assert other.value.values["sold_in"] == ["crate 64kg"]


def test_too_much_says_how_much_is_left(shop: Shop) -> None:
    """DR-413."""
    shop.publish("6", "80")
    with pytest.raises(NotEnoughStock) as short:
        shop.quote("8")
    said = {name: str(value) for name, value in short.value.values.items()}
    assert said == {
        "listing_id": said["listing_id"],
        "product_id": str(shop.product()),
        "left": "6.00",
        "asked": "8.00",
        "unit": "kg",
    }


def test_half_a_crate_is_refused(shop: Shop) -> None:
    """DR-105."""
    shop.publish("5", "300", unit="crate 64kg")
    with pytest.raises(WholeNumbersOnly):
        shop.quote("1.5", "crate")


@proves("DR-1106", "DR-1210")
@pytest.mark.parametrize("ward", ["Naivasha East", "Tononoka"])
def test_who_is_out_of_reach_is_offered_to_collect_with_day_and_price(shop: Shop, ward: str) -> None:
    """60 road km are the most that a rider goes."""
    shop.publish()
    far = shop.person("+254712000222", "customer", ward)
    made = shop.quote_lines(quotes.Line(shop.product(), Decimal("5")), customer=far)
    assert (made.way, made.delivery_fee, made.total_amount) == ("collect", ZERO, Decimal("400.00"))
    assert made.km > 60, "her own way"
    with shop.db.read() as tx:
        view = quotes.quote_view(tx, made.quote_id)
    assert (view.place, view.day.isoformat()) == ("Wanjiku", "2025-06-25")


@proves("DR-1212")
def test_a_farm_without_a_rider_near_it_is_said_to_be_one_to_collect_at_before_paying(shop: Shop) -> None:
    """The rider lives in Kinoo, 20 road km from Limuru Central."""
    limuru = shop.person("+254712000111", "farmer", "Limuru Central", "Mwangi")
    shop.publish(farmer=limuru)
    assert shop.quote("5").way == "collect"


@proves("DR-1212")
def test_two_farms_without_a_rider_are_refused_before_paying(shop: Shop) -> None:
    """Nobody fetches one order from two farms."""
    limuru = shop.person("+254712000111", "farmer", "Limuru Central", "Mwangi")
    shop.publish(farmer=limuru)
    lari = shop.person("+254712000112", "farmer", "Ndeiya", "Kibe")
    shop.publish(slug="onions", farmer=lari)
    with pytest.raises(errors.NoRiderThere):
        shop.quote_lines(
            quotes.Line(shop.product(), Decimal("5")), quotes.Line(shop.product("onions"), Decimal("5"))
        )


def test_a_rider_off_duty_counts_for_a_quote_since_the_delivery_is_tomorrow(shop: Shop) -> None:
    shop.publish()
    shop.db.run(lambda tx: duty.set_duty(tx, shop.cast.rider.actor, on=False))
    assert shop.quote("5").kg == Decimal("5.00")


@proves("DR-703")
@pytest.mark.parametrize("quantity", ["0.25", "0.50"])
def test_an_order_below_the_minimum_is_refused(shop: Shop, quantity: str) -> None:
    """DR-703: at least 100.00 in all."""

    def dearer_minimum(tx: Tx) -> None:
        tx.session.add(SystemSetting(name="order.min_total", value="200.00", updated_at=tx.now))

    shop.db.run(dearer_minimum)
    shop.db.parts.settings.refresh(shop.db.engine, now=True)
    shop.publish()
    with pytest.raises(errors.QuantityTooSmall):
        shop.quote(quantity)
    with pytest.raises(errors.BelowMinimum) as small:
        shop.quote("1")
    assert small.value.values["minimum"] == Decimal("200.00")


def test_an_order_above_the_maximum_is_refused(shop: Shop) -> None:
    shop.publish("60", "9000")
    with pytest.raises(errors.AboveMaximum):
        shop.quote("30")


def test_only_customers_get_quotes_and_only_to_their_own_places(shop: Shop) -> None:
    """2.1, DR-211."""
    shop.publish()
    line = quotes.Line(shop.product(), Decimal("5"))
    with pytest.raises(NotAllowed):
        shop.quote_lines(line, customer=shop.cast.farmer)
    with pytest.raises(NotFound):
        shop.db.run(lambda tx: quotes.quote(tx, shop.cast.customer.actor, lines=[line], location_id=1))


def test_a_new_quote_replaces_the_open_one(shop: Shop) -> None:
    shop.publish()
    first, second = shop.quote("5"), shop.quote("6")
    with pytest.raises(errors.QuoteGone):
        shop.accept(first)
    assert shop.accept(second).subtotal == Decimal("480.00")


# --- YES -------------------------------------------------------------------------------------------------
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


def test_a_switched_off_customer_gets_no_quote(shop: Shop) -> None:
    """DR-209."""
    shop.publish()

    def switch_off(tx: Tx) -> None:
        tx.session.execute(update(User).where(User.user_id == shop.cast.customer.id).values(is_active=False))

    shop.db.run(switch_off)
    with pytest.raises(NotAllowed):
        shop.quote("5")


@proves("DR-705")
@pytest.mark.parametrize(
    ("day", "promised"),
    [(None, "2025-06-25"), ("2025-06-25", "2025-06-25"), ("2025-06-28", "2025-06-28"),
     ("2025-06-24", "gone"), ("2025-06-29", "gone")],
)  # fmt: skip
def test_she_chooses_the_first_day_or_one_of_the_three_after_it(
    shop: Shop, day: str | None, promised: str
) -> None:
    shop.publish("50", "80")
    wanted = quotes.Wanted(day=date.fromisoformat(day) if day else None)
    lines = [quotes.Line(shop.product(), Decimal(5), "kg")]

    def work(tx: Tx) -> Quote:
        place = locations.default_of(tx, shop.cast.customer.id)
        assert place is not None
        return quotes.quote(
            tx, shop.cast.customer.actor, lines=lines, location_id=place.location_id, wanted=wanted
        )

    if promised == "gone":
        with pytest.raises(errors.DayGone):
            shop.db.run(work)
        return
    made = shop.db.run(work)
    with shop.db.read() as tx:
        view = quotes.quote_view(tx, made.quote_id)
    assert view.day.isoformat() == promised
    assert [one.day for one in view.days] == [25, 26, 27, 28]
    assert shop.accept(made).estimated_delivery_date.isoformat() == promised


@proves("DR-705")
def test_a_chosen_day_that_is_too_near_by_her_yes_is_said_before_the_order(
    shop: Shop, clock: FixedClock
) -> None:
    shop.publish("50", "80")
    made = shop.quote("5")
    clock.advance(hours=7)  # past the cut-off of 16:00: tomorrow cannot be had any more
    shop.set_to("question.quote_minutes", "600")
    shop.db.run(lambda tx: tx.session.execute(update(Quote).values(expires_at=tx.now + timedelta(hours=1))))
    with pytest.raises(errors.QuoteChanged):
        shop.accept(made)
