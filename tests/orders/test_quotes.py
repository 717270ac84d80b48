"""Quotes: the cheapest way to the door, and honest refusals before anybody pays (DR-1210, DR-1212)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import update

from core.db import Tx
from core.deliveries import duty
from core.errors import NotAllowed, NotFound
from core.listings.errors import NotEnoughStock, WholeNumbersOnly
from core.locations import service as locations
from core.money import ZERO, whole_shillings
from core.orders import errors, quotes
from core.orders.models import Quote
from core.settings.models import SystemSetting
from core.users.models import User
from tests.helpers import FixedClock
from tests.orders.shop import Shop
from tests.proving import proves


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
