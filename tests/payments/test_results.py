"""What a callback or a query does to an attempt: DR-803 to DR-806 as tables, on both databases."""

import logging
from dataclasses import replace
from decimal import Decimal
from itertools import permutations

import pytest

from core.orders import service as orders
from core.payments import service as payments
from core.payments.models import PaymentTransaction
from core.payments.service import Result
from tests.orders.shop import Shop, failed, paid
from tests.proving import proves

RECEIPT = "TFO1AA11AA"


def by_query(checkout: str = "ws_CO_1", final: str = "paid", code: str = "0") -> Result:
    """What a status query answers: no amount, no receipt."""
    return Result(checkout_id=checkout, code=code, final=final, via="query")  # type: ignore[arg-type]


def received(shop: Shop) -> str:
    return shop.balances().get("mpesa", "0.00")


@proves("DR-803", "P1")
def test_an_accepted_prompt_is_not_payment(shop: Shop) -> None:
    """DR-803, P1."""
    shop.publish()
    order = shop.order()
    attempt = shop.prompt(order)
    assert shop.attempt(order).status == "requested"
    assert shop.statuses(order)[0] == "pending_payment"
    assert received(shop) == "0.00"
    (query,) = shop.due("stk_query")
    assert query.subject_id == attempt.transaction_id


@proves("P3", "O3", "DR-803")
def test_a_paid_callback_confirms_the_order_and_is_booked(shop: Shop) -> None:
    """P3, O3."""
    shop.publish()
    order = shop.order()
    assert shop.pay(order) == "applied"
    assert shop.statuses(order)[0::2] == ("confirmed", "paid")
    assert shop.balances() == {
        "mpesa": str(order.amount_asked),
        f"order_funds:{order.order_id}": str(-order.amount_asked),
    }
    settled = shop.attempt(order)
    assert (settled.receipt, settled.receipt_due, settled.open_for, settled.token_sealed) == (
        RECEIPT,
        False,
        None,
        "",
    )


@proves("DR-804", "INV-10")
def test_a_repeated_callback_is_a_duplicate(shop: Shop) -> None:
    """DR-804, INV-10."""
    shop.publish()
    order = shop.order()
    attempt = shop.prompt(order)
    verdicts = [shop.result(attempt, paid(attempt)) for _ in range(5)]
    assert verdicts == ["applied", *["duplicate"] * 4]
    assert shop.entries() == ["payment"]


def test_a_callback_before_the_prompts_answer_is_matched_once(shop: Shop) -> None:
    """R13: the provider calls back before it has answered us."""
    shop.publish()
    order = shop.order()
    attempt = shop.attempt(order)
    assert shop.result(attempt, paid(attempt)) == "applied"
    shop.prompt(order)
    settled = shop.attempt(order)
    assert (settled.status, settled.checkout_request_id, settled.merchant_request_id) == (
        "succeeded",
        "ws_CO_1",
        "m-1",
    )
    assert shop.due("stk_query") == []
    assert received(shop) == str(order.amount_asked)


@proves("P3", "P4", "DR-805", "DR-806")
def test_success_wins_over_failure_in_every_order(shop: Shop) -> None:
    """8.2: failed -> succeeded, never the other way round (R14)."""
    shop.publish("400")
    for number, sequence in enumerate(permutations(["paid", "failed", "query"])):
        checkout = f"ws_{number}"
        order = shop.order("2", f"sms-{number}")
        attempt = shop.prompt(order, checkout)
        say = {
            "paid": paid(attempt, checkout, f"RECEIPT{number}"),
            "failed": failed(checkout),
            "query": by_query(checkout, "failed", "1032"),
        }
        for word in sequence:
            shop.result(attempt, say[word])
        assert shop.statuses(order)[0::2] == ("confirmed", "paid"), sequence
        assert shop.attempt(order).status == "succeeded", sequence


@proves("DR-805")
@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"amount": Decimal("1.00")}, "another amount"),
        ({"amount": None}, "no amount"),
        ({"receipt": None}, "no receipt"),
        ({"checkout_id": "ws_CO_foreign"}, "another checkout id"),
    ],
)
def test_what_does_not_fit_is_quarantined_and_settled_by_a_query(
    shop: Shop, change: dict[str, object], why: str
) -> None:
    """DR-805."""
    shop.publish()
    order = shop.order()
    attempt = shop.prompt(order)
    odd = replace(paid(attempt), **change)  # type: ignore[arg-type]
    assert [shop.result(attempt, odd) for _ in range(3)] == ["mismatched"] * 3, why
    assert received(shop) == "0.00"
    assert shop.statuses(order)[0] == "pending_payment"
    now = shop.db.parts.clock.now()
    assert len([duty for duty in shop.due("stk_query") if duty.due_at <= now]) == 1, "asked once, at once"
    assert shop.result(attempt, by_query()) == "applied"
    assert shop.statuses(order)[0] == "confirmed"


def test_a_forged_failure_with_a_foreign_id_changes_nothing(shop: Shop) -> None:
    """S1."""
    shop.publish()
    order = shop.order()
    attempt = shop.prompt(order)
    assert shop.result(attempt, failed("ws_CO_foreign")) == "mismatched"
    assert shop.attempt(order).status == "requested"


@proves("DR-803", "P5")
def test_a_query_brings_the_money_and_the_next_callback_its_receipt(shop: Shop) -> None:
    """DR-803: the receipt moves no money."""
    shop.publish()
    order = shop.order()
    attempt = shop.prompt(order)
    assert shop.result(attempt, by_query()) == "applied"
    settled = shop.attempt(order)
    assert (settled.status, settled.receipt, settled.receipt_due) == ("succeeded", None, True)
    assert shop.result(attempt, paid(attempt)) == "applied"
    assert (shop.attempt(order).receipt, shop.attempt(order).receipt_due) == (RECEIPT, False)
    assert shop.result(attempt, paid(attempt)) == "duplicate"
    assert shop.result(attempt, by_query()) == "duplicate"
    assert received(shop) == str(order.amount_asked)
    assert shop.entries() == ["payment"]


@pytest.mark.parametrize("change", [{"amount": Decimal("1.00")}, {"receipt": "OTHER12345"}])
def test_a_paid_attempt_with_another_amount_or_receipt_moves_nothing_and_alarms(
    shop: Shop, change: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    """DR-804."""
    shop.publish()
    order = shop.order()
    attempt = shop.prompt(order)
    shop.result(attempt, paid(attempt))
    with caplog.at_level(logging.ERROR):
        assert shop.result(attempt, replace(paid(attempt), **change)) == "mismatched"  # type: ignore[arg-type]
    assert [record.message for record in caplog.records] == ["payment needs a look"]
    assert (shop.attempt(order).receipt, received(shop)) == (RECEIPT, str(order.amount_asked))


def test_a_receipt_pays_one_order_only(shop: Shop) -> None:
    """DR-804, INV-5."""
    shop.publish()
    first = shop.order("5", "sms-1")
    shop.pay(first, "ws_1", RECEIPT)
    second = shop.order("5", "sms-2")
    assert shop.pay(second, "ws_2", RECEIPT) == "mismatched"
    assert shop.statuses(second)[0] == "pending_payment"


def test_a_checkout_id_belongs_to_one_attempt(shop: Shop) -> None:
    shop.publish()
    shop.pay(shop.order("5", "sms-1"), "ws_1", RECEIPT)
    second = shop.order("5", "sms-2")
    attempt = shop.attempt(second)
    assert shop.result(attempt, paid(attempt, "ws_1", "OTHER12345")) == "mismatched"


def test_a_result_for_no_attempt_is_unmatched(shop: Shop) -> None:
    with shop.db.transaction() as tx:
        assert payments.result(tx, transaction_id=999, result=failed()) == "unmatched"


@proves("DR-811", "O5")
def test_late_money_for_an_order_that_the_customer_cancelled_goes_back(shop: Shop) -> None:
    """Never silently kept; the order stays cancelled."""
    shop.publish()
    order = shop.order()
    attempt = shop.prompt(order)
    shop.db.run(lambda tx: orders.cancel(tx, shop.cast.customer.actor, order_id=order.order_id))
    assert shop.result(attempt, paid(attempt)) == "applied"
    assert shop.statuses(order) == ("cancelled", "cancelled", "refund_pending")
    assert shop.balances() == {
        "mpesa": str(order.amount_asked),
        f"refunds_due:{order.order_id}": str(-order.amount_asked),
    }


@proves("DR-810")
def test_a_second_payment_of_a_paid_order_goes_back_whole(shop: Shop) -> None:
    """DR-810: a failed attempt that succeeds after the second one has paid."""
    shop.publish()
    order = shop.order()
    first = shop.prompt(order, "ws_1")
    shop.result(first, failed("ws_1"))
    second = shop.db.run(
        lambda tx: payments.start(
            tx, shop.cast.customer.actor, orders.owned(tx, shop.cast.customer.actor, order.order_id),
            msisdn=shop.cast.customer.phone,
        )
    )  # fmt: skip
    shop.result(second, paid(second, "ws_2", "SECOND2222"))
    shop.result(first, paid(first, "ws_1", "FIRST11111"))
    assert shop.statuses(order)[0::2] == ("confirmed", "refund_pending")
    assert shop.balances()[f"refunds_due:{order.order_id}"] == str(-order.amount_asked)
    assert received(shop) == str(order.amount_asked * 2)


def test_the_token_finds_its_attempt_and_only_its_digest_and_seal_are_stored(shop: Shop) -> None:
    """S1."""
    shop.publish()
    attempt = shop.attempt(shop.order())
    with shop.db.read() as tx:
        token = payments.token_of(tx, attempt)
        assert payments.by_token(tx, token).transaction_id == attempt.transaction_id  # type: ignore[union-attr]
        assert payments.by_token(tx, "0" * 32) is None
    assert len(token) == 32
    stored = {name: getattr(attempt, name) for name in PaymentTransaction.__table__.columns.keys()}  # noqa: SIM118
    assert token not in str(stored)
