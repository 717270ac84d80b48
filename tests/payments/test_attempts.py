"""Prompts: one per phone, three per order, asked about on a schedule, never blocking for ever (P1 to P5)."""

from dataclasses import replace

import pytest

from core.orders import service as orders
from core.orders.models import Order
from core.payments import errors
from core.payments import service as payments
from core.payments.models import PaymentTransaction
from core.payments.service import Result
from tests.helpers import FixedClock, Person
from tests.orders.shop import Shop, failed, paid
from tests.proving import proves


def again(shop: Shop, order: Order) -> PaymentTransaction:
    """The customer asks for another prompt."""
    who: Person = shop.cast.customer
    return shop.db.run(
        lambda tx: payments.start(
            tx, who.actor, orders.owned(tx, who.actor, order.order_id), msisdn=who.phone
        )
    )


def unclear(shop: Shop, attempt: PaymentTransaction) -> None:
    shop.db.run(lambda tx: payments.unknown(tx, attempt.transaction_id, why="read time-out"))


def asked(shop: Shop, attempt: PaymentTransaction) -> None:
    """A status query came back without an answer."""
    shop.db.run(lambda tx: payments.next_query(tx, attempt.transaction_id))


def minutes_to_query(shop: Shop, order: Order) -> list[int]:
    attempt = shop.attempt(order)
    begun = attempt.requested_at or attempt.created_at
    return [round((duty.due_at - begun).total_seconds() / 60) for duty in shop.due("stk_query")]


def test_placing_an_order_starts_one_attempt_whose_prompt_is_due_at_once_by_sms(shop: Shop) -> None:
    shop.publish()
    order = shop.order()
    attempt = shop.attempt(order)
    assert (attempt.status, attempt.amount, attempt.msisdn) == (
        "created",
        order.amount_asked,
        shop.cast.customer.phone,
    )
    (duty,) = shop.due("stk_push")
    assert duty.due_at == order.created_at


def test_over_ussd_the_prompt_waits_until_the_session_is_over(shop: Shop) -> None:
    """A prompt cannot show over an open USSD session: mpesa.prompt_delay_seconds."""
    shop.publish()
    shop.accept(shop.quote(), actor=replace(shop.cast.customer.actor, channel="ussd"))
    (duty,) = shop.due("stk_push")
    assert (duty.due_at - shop.db.parts.clock.now()).total_seconds() == 3


def test_one_prompt_at_a_time_on_a_phone(shop: Shop, clock: FixedClock) -> None:
    """Contract, section 8: no second prompt inside 180 seconds."""
    shop.publish()
    order = shop.order()
    unclear(shop, shop.attempt(order))
    with pytest.raises(errors.PromptOpen) as wait:
        again(shop, order)
    assert wait.value.values["seconds"] == 181
    clock.advance(seconds=180)
    assert again(shop, order).status == "created"


def test_a_final_answer_frees_the_phone(shop: Shop) -> None:
    shop.publish()
    order = shop.order()
    attempt = shop.prompt(order)
    shop.result(attempt, failed())
    assert shop.attempt(order).open_for is None
    assert again(shop, order).open_for == shop.cast.customer.phone


@proves("P4")
def test_three_prompts_are_the_most(shop: Shop) -> None:
    """P4, mpesa.max_prompts."""
    shop.publish()
    order = shop.order()
    for number in range(3):
        if number:
            again(shop, order)
        attempt = shop.prompt(order, f"ws_{number}")
        shop.result(attempt, failed(f"ws_{number}"))
    with pytest.raises(errors.TooManyPrompts):
        again(shop, order)
    told = shop.texts(shop.cast.customer)
    assert told == [*["payment_failed"] * 2, "payment_failed_last"], "each failure is told once"
    assert shop.statuses(order)[2] == "failed"


def test_a_paid_order_is_not_payable(shop: Shop) -> None:
    shop.publish()
    order = shop.paid_order()
    with pytest.raises(errors.NotPayable):
        again(shop, order)


@proves("P5")
@pytest.mark.parametrize("times", [1, 3])
def test_an_unclear_attempt_is_asked_about_on_the_schedule(shop: Shop, clock: FixedClock, times: int) -> None:
    """P5: at 1, 2, 5, 10 and 30 minutes, however often a handler reports the same query."""
    shop.publish()
    order = shop.order()
    attempt = shop.prompt(order)
    seen = minutes_to_query(shop, order)
    for pause in (1, 1, 3, 5):
        clock.advance(minutes=pause)
        for _ in range(times):
            asked(shop, attempt)
        seen.append(minutes_to_query(shop, order)[-1])
    assert seen == [1, 2, 5, 10, 30]
    clock.advance(minutes=20)
    asked(shop, attempt)
    assert minutes_to_query(shop, order)[-1] == 30, "then it is left to a person"
    last = shop.attempt(order)
    assert (last.status, last.asked_count, last.open_for) == ("unknown", 5, None)


@proves("P2")
def test_a_lost_answer_to_the_prompt_is_unknown_and_never_failed(shop: Shop) -> None:
    """P2, R10: it may be on the phone; the callback still settles it."""
    shop.publish()
    order = shop.order()
    attempt = shop.attempt(order)
    unclear(shop, attempt)
    assert shop.attempt(order).status == "unknown"
    assert shop.texts(shop.cast.customer) == []
    assert shop.result(attempt, paid(attempt)) == "applied"
    assert shop.statuses(order)[0] == "confirmed"


def test_a_result_nobody_understands_keeps_asking(shop: Shop, clock: FixedClock) -> None:
    shop.publish()
    order = shop.order()
    attempt = shop.prompt(order)
    clock.advance(minutes=1)
    strange = Result(checkout_id="ws_CO_1", code="4999", final="unknown", via="query")
    assert shop.result(attempt, strange) == "applied"
    assert shop.attempt(order).status == "unknown"
    assert minutes_to_query(shop, order) == [1, 2]


@proves("O4", "P5", "DR-808")
def test_the_deadline_waits_for_an_open_attempt_but_not_for_ever(shop: Shop, clock: FixedClock) -> None:
    """O4: no open attempt, else query first; after P5's last query an unknown one no longer blocks."""
    shop.publish()
    order = shop.order()
    clock.advance(minutes=20)
    attempt = shop.prompt(order)
    unclear(shop, attempt)
    clock.advance(minutes=10)
    shop.sweep()
    assert shop.fresh(order).order_status == "pending_payment", "the deadline, but money may be on its way"
    clock.advance(minutes=19)
    shop.sweep()
    assert shop.fresh(order).order_status == "pending_payment"
    for _ in range(3):
        clock.advance(minutes=1)
        shop.sweep()
    assert shop.fresh(order).order_status == "cancelled"


def test_an_attempt_that_fails_after_the_deadline_lets_the_order_go(shop: Shop, clock: FixedClock) -> None:
    shop.publish()
    order = shop.order()
    clock.advance(minutes=29)
    attempt = shop.prompt(order)
    clock.advance(minutes=1)
    shop.sweep()
    shop.result(attempt, failed())
    clock.advance(minutes=2)
    shop.sweep()
    assert shop.fresh(order).order_status == "cancelled"


def test_a_prompt_never_sent_does_not_hold_the_order_for_ever(shop: Shop, clock: FixedClock) -> None:
    shop.publish()
    order = shop.order()
    clock.advance(minutes=30)
    shop.sweep()
    assert shop.fresh(order).order_status == "pending_payment"
    clock.advance(minutes=2)
    shop.sweep()
    assert shop.fresh(order).order_status == "cancelled"


def test_money_in_the_last_moment_is_taken(shop: Shop, clock: FixedClock) -> None:
    shop.publish()
    order = shop.order()
    attempt = shop.prompt(order)
    clock.advance(minutes=30)
    shop.sweep()
    assert shop.result(attempt, paid(attempt)) == "applied"
    shop.sweep()
    clock.advance(hours=1)
    shop.sweep()
    assert shop.statuses(order)[0] == "confirmed"


def test_a_customer_has_only_so_many_other_phones_asked_in_a_day(shop: Shop, clock: FixedClock) -> None:
    """Somebody's phone must not ring all day for a stranger's order, whatever orders are placed for it."""
    shop.set_to("mpesa.prompts_to_others", "1")
    shop.publish()
    who = shop.cast.customer

    def ask(number: str) -> PaymentTransaction:
        return shop.db.run(lambda tx: payments.pay(tx, who.actor, order_id=order.order_id, msisdn=number))

    order = shop.order()
    shop.refuse_prompt(order)
    assert ask("0733000999").msisdn == "+254733000999"
    shop.refuse_prompt(order)
    with pytest.raises(errors.TooManyPrompts):
        ask("0733000998")
    order = shop.order("6", "sms-2")
    shop.refuse_prompt(order)
    with pytest.raises(errors.TooManyPrompts):
        ask("0733000998")
    assert ask(who.phone).msisdn == who.phone
    shop.refuse_prompt(order)
    clock.advance(hours=25)
    third = shop.order("4", "sms-3")
    shop.refuse_prompt(third)
    order = third
    assert ask("0733000998").msisdn == "+254733000998"
