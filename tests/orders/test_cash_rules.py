"""Who may pay in cash at the door (DR-905, DR-906, DR-908)."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from core.db import Tx
from core.farms.models import Farm
from core.orders import cash_rules, errors, rules
from core.orders.models import Order, OrderEvent
from tests.helpers import FixedClock
from tests.orders.shop import Shop
from tests.proving import proves

CASH = "cash_on_delivery"
DAY0 = datetime(2025, 6, 1, tzinfo=UTC)


def cash_order(shop: Shop, quantity: str = "5", key: str = "a") -> Order:
    return shop.accept(shop.quote(quantity), key, method=CASH)


def end(shop: Shop, order: Order, status: str, reason: str = "") -> None:
    """As if the road had ended it so."""

    def work(tx: Tx) -> None:
        row = tx.session.get_one(Order, order.order_id)
        before, row.order_status, row.cancel_reason = row.order_status, status, reason
        tx.session.add(
            OrderEvent(
                order_id=order.order_id, subject=f"order:{order.order_id}", rule="O13", from_status=before,
                to_status=status, role="system", channel="job", reason=reason, at=tx.now,
            )
        )  # fmt: skip

    shop.db.run(work)


@proves("DR-905")
def test_cash_is_taken_up_to_five_thousand(shop: Shop) -> None:
    shop.publish("90", "100")
    with pytest.raises(errors.CashTooMuch) as much:
        cash_order(shop, "51")  # 5100.00, brought free of charge
    assert (str(much.value.values["maximum"]), str(much.value.values["total"])) == ("5000.00", "5100.00")
    assert str(cash_order(shop, "50").total_amount) == "5000.00"


@proves("DR-905")
def test_one_open_cash_order_until_the_first_is_delivered_then_two(shop: Shop) -> None:
    shop.publish()
    first = cash_order(shop, "2", "a")
    with pytest.raises(errors.CashOrdersOpen) as one:
        cash_order(shop, "3", "b")
    assert one.value.values["limit"] == 1
    end(shop, first, "delivered")
    second = cash_order(shop, "3", "b")
    cash_order(shop, "4", "c")
    with pytest.raises(errors.CashOrdersOpen) as two:
        cash_order(shop, "6", "d")
    assert two.value.values["limit"] == 2
    end(shop, second, "cancelled", "customer")
    cash_order(shop, "6", "d")


def test_open_orders_paid_by_mpesa_do_not_count(shop: Shop) -> None:
    shop.publish()
    shop.paid_order("2", "m")
    cash_order(shop, "3", "a")


@proves("DR-906")
def test_two_refusals_in_ninety_days_mean_prepaying_for_ninety_days(shop: Shop, clock: FixedClock) -> None:
    shop.publish("5000")
    end(shop, cash_order(shop, "2", "a"), "cancelled", "refused")
    clock.advance(days=30)
    end(shop, cash_order(shop, "3", "b"), "cancelled", "no_show")
    with pytest.raises(errors.CashBlocked) as blocked:
        cash_order(shop, "4", "c")
    assert blocked.value.values["day"].isoformat() == "2025-10-22"
    shop.refuse_prompt(shop.accept(shop.quote("4"), "m"))  # M-Pesa is open to her
    clock.advance(days=90, seconds=-1)
    with pytest.raises(errors.CashBlocked):
        cash_order(shop, "5", "d")
    clock.advance(seconds=1)
    cash_order(shop, "5", "d")


@proves("DR-906")
def test_one_refusal_or_two_far_apart_block_nothing(shop: Shop, clock: FixedClock) -> None:
    shop.publish("5000")
    end(shop, cash_order(shop, "2", "a"), "cancelled", "refused")
    clock.advance(days=91)
    end(shop, cash_order(shop, "3", "b"), "cancelled", "refused")
    cash_order(shop, "4", "c")


def test_what_was_cancelled_for_other_reasons_is_no_strike(shop: Shop) -> None:
    shop.publish()
    for number, reason in enumerate(("customer", "no_supply", "undeliverable")):
        end(shop, cash_order(shop, str(2 + number), reason), "cancelled", reason)
    with shop.db.read() as tx:
        assert cash_rules.blocked_until(tx, shop.cast.customer.id) is None


@pytest.mark.parametrize(
    ("strikes", "until"),
    [
        ([], None),
        ([0], None),
        ([0, 90], 180),
        ([0, 91], None),
        ([0, 10, 20], 110),
        ([0, 100, 150], 240),
    ],
)
@proves("DR-906")
def test_the_block_lasts_from_the_strike_that_was_one_too_many(strikes: list[int], until: int | None) -> None:
    days = timedelta(days=90)
    found = rules.blocked_until(
        [DAY0 + timedelta(days=day) for day in strikes], most=2, window=days, block=days
    )
    assert found == (None if until is None else DAY0 + timedelta(days=until))


@proves("DR-908")
def test_a_farm_may_refuse_cash(shop: Shop) -> None:
    listing = shop.publish()
    shop.db.run(
        lambda tx: tx.session.execute(
            update(Farm).where(Farm.farm_id == listing.farm_id).values(takes_cash=False)
        )
    )
    with pytest.raises(errors.CashRefused) as refused:
        cash_order(shop)
    assert refused.value.values["farm"] == "Wanjiku"
    shop.order("5", "m")
    assert shop.stock(listing)[0] == "45.00"


def test_a_farmer_is_told_how_often_this_customer_has_paid_dr908(shop: Shop) -> None:
    shop.publish()
    end(shop, cash_order(shop, "2", "a"), "completed")
    with shop.db.read() as tx:
        assert cash_rules.paid_before(tx, shop.cast.customer.id) == 1
