"""Placing: money first (O1) or cash at the door (O2), the same twice, for somebody else (DR-701 to 704)."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select, update

from core.actor import Actor
from core.audit.models import AuditRow
from core.db import Tx
from core.errors import BadInput, DomainError, NotAllowed, NotFound
from core.locations import service as locations
from core.orders import errors, quotes
from core.orders.models import Order, Quote
from core.settings import switches
from core.settings.errors import OrdersPaused, WardPaused
from core.users.errors import NotVerified
from core.users.models import User
from tests.helpers import FixedClock
from tests.orders.shop import Shop
from tests.proving import proves

D = Decimal


def accept(shop: Shop, quote: Quote, actor: Actor | None = None, **how: Any) -> Order:
    who = actor or shop.cast.customer.actor
    given = {"idempotency_key": "api-1", **how}
    return shop.db.run(lambda tx: quotes.accept(tx, who, quote_id=quote.quote_id, **given))


def orders(shop: Shop) -> int:
    with shop.db.read() as tx:
        return tx.session.scalar(select(func.count()).select_from(Order)) or 0


@proves("O1", "DR-410")
@pytest.mark.parametrize("method", ["mpesa", "bank_transfer"])
def test_money_first_waits_for_its_payment(shop: Shop, method: str) -> None:
    listing = shop.publish()
    order = accept(shop, shop.quote("5"), method=method)
    assert (order.order_status, order.payment_method) == ("pending_payment", method)
    assert shop.history(order)[0] == "O1 order >pending_payment"
    assert len(shop.due("payment_deadline")) == 1
    assert shop.stock(listing) == ("45.00", "45.00")


@proves("O2", "DR-410")
def test_cash_is_confirmed_at_once_and_asks_for_whole_shillings(shop: Shop) -> None:
    listing = shop.publish("50", "80.45")
    order = accept(shop, shop.quote("5"), method="cash_on_delivery")
    assert (order.order_status, order.payment_status) == ("confirmed", "pending")
    assert order.amount_asked == order.total_amount.quantize(D(1)).quantize(D("0.01"))
    assert shop.history(order)[0] == "O2 order >confirmed"
    assert shop.stock(listing) == ("45.00", "45.00")
    assert shop.delivery(order).delivery_status == "pending"
    assert shop.due("payment_deadline") == []


@proves("O2")
def test_an_admin_orders_for_money_but_not_for_cash(shop: Shop) -> None:
    shop.publish()
    boss, me = shop.cast.admin.actor, shop.cast.customer
    quote = shop.quote("5")
    with pytest.raises(NotAllowed):
        accept(shop, quote, boss, method="cash_on_delivery")
    order = accept(shop, quote, boss)
    assert order.customer_id == me.id
    with shop.db.read() as tx:
        (row,) = tx.session.scalars(select(AuditRow).where(AuditRow.what == "order.placed_for")).all()
    assert (row.user_id, row.changes["customer_id"]) == (boss.user_id, me.id)


@pytest.mark.parametrize("role", ["farmer", "rider"])
def test_farmers_and_riders_order_nothing(shop: Shop, role: str) -> None:
    shop.publish()
    quote = shop.quote("5")
    actor = getattr(shop.cast, role).actor
    with pytest.raises(errors.QuoteUnknown):
        accept(shop, quote, actor)
    with pytest.raises(NotAllowed):
        shop.db.run(
            lambda tx: quotes.quote(
                tx, actor, lines=[quotes.Line(shop.product(), D(5))], location_id=quote.location_id
            )
        )


def test_an_admin_must_say_for_whom_and_it_must_be_a_customer(shop: Shop) -> None:
    shop.publish()
    place, line = shop.quote("5").location_id, quotes.Line(shop.product(), D(5))
    cases: list[tuple[int | None, type[DomainError]]] = [
        (None, BadInput),
        (99_999, NotFound),
        (shop.cast.farmer.id, NotAllowed),
    ]
    for customer_id, error in cases:
        with pytest.raises(error), shop.db.transaction() as tx:
            quotes.quote(tx, shop.cast.admin.actor, lines=[line], location_id=place, customer_id=customer_id)


def test_whoever_is_not_verified_orders_nothing_dr204(shop: Shop) -> None:
    shop.publish()
    quote = shop.quote("5")
    me = shop.cast.customer.id
    shop.db.run(
        lambda tx: tx.session.execute(update(User).where(User.user_id == me).values(is_verified=False))
    )
    with pytest.raises(NotVerified):
        accept(shop, quote)


@proves("DR-702")
@pytest.mark.parametrize(
    ("how", "error"),
    [
        ({"method": "cheque"}, errors.MethodNotOffered),
        ({"method": ""}, errors.MethodNotOffered),
        ({"slot": "midnight"}, BadInput),
        ({"instructions": "x" * 161}, BadInput),
        ({"idempotency_key": ""}, BadInput),
        ({"idempotency_key": "x" * 129}, BadInput),
        ({"idempotency_key": None}, BadInput),
        ({"instructions": None}, BadInput),
    ],
    ids=str,
)
def test_what_no_order_can_have_is_refused(shop: Shop, how: dict[str, Any], error: type[DomainError]) -> None:
    shop.publish()
    with pytest.raises(error):
        accept(shop, shop.quote("5"), **how)
    assert orders(shop) == 0


def test_slot_and_instructions_are_kept(shop: Shop) -> None:
    shop.publish()
    order = accept(shop, shop.quote("5"), slot="morning", instructions="  Call first,\n please ")
    assert (order.delivery_time_slot, order.special_instructions) == ("morning", "Call first, please")


@proves("DR-704")
def test_the_same_lines_within_ten_minutes_are_asked_about(shop: Shop, clock: FixedClock) -> None:
    shop.publish()
    accept(shop, shop.quote("5"))
    shop.refuse_prompt(shop.fresh(_newest(shop)))
    clock.advance(minutes=9)
    again = shop.quote("5")
    assert again.asked_again
    with pytest.raises(errors.AgainQuestion) as question:
        accept(shop, again, idempotency_key="api-2")
    assert question.value.values["minutes"] == 10
    assert orders(shop) == 1
    accept(shop, again, idempotency_key="api-2", again=True)
    assert orders(shop) == 2


@proves("DR-704")
def test_after_ten_minutes_or_with_other_lines_nothing_is_asked(shop: Shop, clock: FixedClock) -> None:
    shop.publish()
    accept(shop, shop.quote("5"))
    shop.refuse_prompt(shop.fresh(_newest(shop)))
    accept(shop, shop.quote("6"), idempotency_key="api-2")
    shop.refuse_prompt(shop.fresh(_newest(shop)))
    clock.advance(minutes=10)
    accept(shop, shop.quote("5"), idempotency_key="api-3")
    assert orders(shop) == 3


@proves("DR-704")
def test_a_key_belongs_to_one_customer_and_one_content(shop: Shop) -> None:
    shop.publish()
    quote = shop.quote("5")
    first = accept(shop, quote)
    assert accept(shop, quote).order_id == first.order_id
    with pytest.raises(errors.KeyReused):
        accept(shop, quote, method="bank_transfer")
    other = shop.person("+254712000222", "customer", "Kangemi")
    theirs = shop.quote_lines(quotes.Line(shop.product(), D(5)), customer=other)
    assert accept(shop, theirs, other.actor).order_id != first.order_id


@proves("DR-703")
def test_cash_orders_do_not_count_as_unpaid(shop: Shop) -> None:
    shop.publish()
    shop.set_to("order.max_unpaid", "1")
    shop.order("2", "a")
    with pytest.raises(errors.TooManyUnpaid):
        shop.order("3", "b")
    accept(shop, shop.quote("3"), method="cash_on_delivery", idempotency_key="c")


def test_paused_orders_are_not_placed_dr1703(shop: Shop) -> None:
    shop.publish()
    quote = shop.quote("5")
    boss = shop.cast.admin.actor
    with shop.db.read() as tx:
        ward = locations.owned(tx, shop.cast.customer.actor, quote.location_id).ward_code
    shop.db.run(lambda tx: switches.pause(tx, boss, kind="ward", subject=str(ward)))
    shop.db.parts.settings.refresh(shop.db.engine, now=True)
    with pytest.raises(WardPaused):
        accept(shop, quote)
    with pytest.raises(WardPaused):
        shop.quote("5")
    shop.db.run(lambda tx: switches.resume(tx, boss, kind="ward", subject=str(ward)))
    shop.db.run(lambda tx: switches.pause(tx, boss, kind="orders"))
    shop.db.parts.settings.refresh(shop.db.engine, now=True)
    with pytest.raises(OrdersPaused):
        accept(shop, quote)
    assert orders(shop) == 0


@proves("DR-414")
def test_two_short_lines_are_both_named(shop: Shop) -> None:
    shop.publish("6", "80")
    shop.publish("3", "100", slug="onions")
    shop.publish("30", "60", slug="kale")
    lines = [quotes.Line(shop.product(slug), D(8)) for slug in ("tomatoes", "kale", "onions")]
    with pytest.raises(errors.ShortLines) as short:
        shop.quote_lines(*lines)
    assert [(line["product_id"], line["left"], line["asked"]) for line in short.value.values["lines"]] == [
        (shop.product("tomatoes"), D("6.00"), D("8.00")),
        (shop.product("onions"), D("3.00"), D("8.00")),
    ]


def test_the_same_product_twice_is_one_line_of_the_sum(shop: Shop) -> None:
    shop.publish()
    tomatoes = quotes.Line(shop.product(), D(5), "kg")
    made = shop.quote_lines(tomatoes, replace(tomatoes, quantity=D("2.5")))
    assert [line["quantity"] for line in made.lines] == ["7.50"]


@pytest.mark.parametrize("quantity", [5, 5.0, "5", None])
def test_a_quantity_that_is_no_decimal_is_refused(shop: Shop, quantity: Any) -> None:
    shop.publish()
    with pytest.raises(BadInput):
        shop.quote_lines(quotes.Line(shop.product(), quantity))


def test_no_lines_are_no_quote(shop: Shop) -> None:
    with pytest.raises(BadInput):
        shop.quote_lines()


def test_a_foreign_place_is_not_found_dr211(shop: Shop) -> None:
    shop.publish()
    place = shop.quote("5").location_id
    other = shop.person("+254712000222", "customer", "Kangemi")
    with pytest.raises(NotFound):
        shop.db.run(
            lambda tx: quotes.quote(
                tx, other.actor, lines=[quotes.Line(shop.product(), D(5))], location_id=place
            )
        )


@proves("DR-406", "DR-705")
@pytest.mark.parametrize(("days", "day"), [(10, "2025-07-05"), (1, "2025-06-26")])
def test_what_still_grows_comes_the_day_after_its_harvest(shop: Shop, days: int, day: str) -> None:
    _grow(shop, days)
    made = shop.quote("5", slug="onions")
    assert made.delivery_date.isoformat() == day
    assert shop.accept(made).estimated_delivery_date.isoformat() == day


@proves("DR-406")
def test_a_mixed_order_comes_with_its_last_goods(shop: Shop) -> None:
    shop.publish()
    _grow(shop, 10)
    both = shop.quote_lines(quotes.Line(shop.product(), D(5)), quotes.Line(shop.product("onions"), D(5)))
    assert both.delivery_date.isoformat() == "2025-07-05"


def test_what_is_ready_comes_before_what_is_cheaper_but_still_grows(shop: Shop) -> None:
    _grow(shop, 10, price="60")
    shop.publish("30", "100", slug="onions")
    assert shop.quote("5", slug="onions").delivery_date.isoformat() == "2025-06-25"


def _grow(shop: Shop, days: int, price: str = "60") -> None:
    from datetime import timedelta

    from core.clock import nairobi_date
    from core.listings import service as listings
    from tests.helpers import farm_id

    def work(tx: Tx) -> None:
        listings.publish(
            tx,
            shop.cast.farmer.actor,
            farm_id=farm_id(tx, shop.cast.farmer.actor),
            product_id=shop.product("onions"),
            unit="kg",
            quantity=D(40),
            price=D(price),
            expected_harvest_date=nairobi_date(tx.now) + timedelta(days=days),
            price_confirmed=True,
        )

    shop.db.run(work)


def _newest(shop: Shop) -> Order:
    with shop.db.read() as tx:
        return tx.session.scalars(select(Order).order_by(Order.order_id.desc()).limit(1)).one()
