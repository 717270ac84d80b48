"""What a customer is told of an order that waits for its money: the truth, in one look."""

from datetime import timedelta
from decimal import Decimal

import pytest

from core.db import Database, Tx
from core.payment_methods import service as methods
from core.payments import service as payments
from core.payments import unpaid
from core.settings import switches
from tests.helpers import Cast, FixedClock
from tests.orders.shop import Shop, failed, paid


@pytest.fixture
def shop(db: Database, cast: Cast) -> Shop:
    shop = Shop(db, cast)
    shop.publish()
    return shop


def newest(shop: Shop) -> unpaid.Waiting | None:
    with shop.db.read() as tx:
        return unpaid.newest(tx, shop.cast.customer.actor)


def state(shop: Shop) -> str | None:
    found = newest(shop)
    return None if found is None else found.state


def test_a_request_on_its_way_an_unclear_one_a_failed_one_and_none_any_more(
    shop: Shop, clock: FixedClock
) -> None:
    assert newest(shop) is None
    order = shop.order()
    found = newest(shop)
    assert found is not None
    assert (found.tail, found.due, found.state) == (order.tail, order.amount_asked, "sent")
    assert found.msisdn == shop.cast.customer.phone
    assert found.reference == order.order_number[3:]
    assert found.by == order.created_at + timedelta(minutes=30)
    attempt = shop.prompt(order)
    clock.advance(seconds=100)
    assert state(shop) == "sent"
    shop.db.run(lambda tx: payments.next_query(tx, attempt.transaction_id))
    assert state(shop) == "unclear"
    shop.result(attempt, failed())
    assert state(shop) == "unpaid"
    shop.result(attempt, paid(attempt))
    assert newest(shop) is None


def test_a_request_without_an_answer_is_unclear_when_it_has_left_the_phone(
    shop: Shop, clock: FixedClock
) -> None:
    shop.prompt(shop.order())
    clock.advance(seconds=181)
    assert state(shop) == "unclear"


def test_after_the_last_request_only_the_paybill_is_left(shop: Shop, clock: FixedClock) -> None:
    order = shop.order()
    shop.set_to("mpesa.max_prompts", "1")
    shop.refuse_prompt(order)
    assert state(shop) == "spent"


def test_while_requests_are_paused_the_order_says_so(shop: Shop) -> None:
    shop.db.run(lambda tx: switches.pause(tx, shop.cast.admin.actor, kind="prompts"))
    shop.db.parts.settings.refresh(shop.db.engine, now=True)
    order = shop.order()
    found = newest(shop)
    assert found is not None
    assert (found.state, found.sent_at, found.due) == ("paused", None, order.amount_asked)


def test_a_transfer_is_awaited_for_a_day(shop: Shop) -> None:
    order = shop.accept(shop.quote(), method="bank_transfer")
    found = newest(shop)
    assert found is not None
    assert (found.state, found.by) == ("bank", order.created_at + timedelta(hours=24))


def test_what_is_still_due_after_a_part(shop: Shop) -> None:
    order = shop.order()
    attempt = shop.prompt(order)
    shop.result(attempt, failed())

    def part(tx: Tx) -> None:
        from core.payments import arriving, locks

        held = locks.locked_order(tx, order.order_id)
        payment = arriving.begin(tx, held, method="c2b", amount=Decimal(100))
        arriving.succeed(tx, payment)
        arriving.book(tx, payment, held)

    shop.db.run(part)
    found = newest(shop)
    assert found is not None
    assert found.due == order.amount_asked - 100


def test_only_her_own_orders(shop: Shop) -> None:
    order = shop.order()
    other = shop.person("+254712000777", "customer", "Kangemi")
    with shop.db.read() as tx:
        assert unpaid.newest(tx, other.actor) is None
        assert unpaid.of_order(tx, other.actor, order_id=order.order_id) is None
        found = unpaid.of_order(tx, shop.cast.customer.actor, order_id=order.order_id)
    assert found == newest(shop)


def test_the_number_that_she_chose_is_asked(shop: Shop) -> None:
    buyer = shop.cast.customer.actor
    other = "+254722000999"
    method = shop.db.run(
        lambda tx: methods.add(tx, buyer, method_type="mpesa", phone=other, default=False).payment_method_id
    )
    from core.orders import quotes

    quote = shop.quote()
    order = shop.db.run(
        lambda tx: quotes.accept(tx, buyer, quote_id=quote.quote_id, method=method, idempotency_key="k-1")
    )
    assert shop.attempt(order).msisdn == other
    assert order.payment_method_id == method
    again = shop.db.run(
        lambda tx: quotes.accept(tx, buyer, quote_id=quote.quote_id, method=method, idempotency_key="k-1")
    )
    assert again.order_id == order.order_id


def test_a_second_request_over_ussd_waits_for_the_session_to_close(shop: Shop, clock: FixedClock) -> None:
    from dataclasses import replace

    order = shop.order()
    shop.refuse_prompt(order)
    clock.advance(minutes=4)
    actor = replace(shop.cast.customer.actor, channel="ussd")
    shop.db.run(lambda tx: payments.pay(tx, actor, order_id=order.order_id, msisdn=shop.cast.customer.phone))
    assert shop.due("stk_push")[-1].due_at == clock.now() + timedelta(seconds=3)
