"""What is said about one payment, any number of times and in any order, ends in one state (INV-10)."""

from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.money import ZERO
from core.payments.service import Result
from tests.invariants.conftest import NewShop
from tests.orders.shop import failed, paid
from tests.proving import proves


@proves("INV-10", "DR-805", "DR-806")
@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(
        st.sampled_from(["prompt", "paid", "failed", "query_paid", "query_failed", "forged"]), max_size=8
    )
)
def test_any_number_of_payment_results_in_any_order_end_in_one_state(
    new_shop: NewShop, results: list[str]
) -> None:
    """INV-10: what was said decides, never how often or in which order."""
    shop = new_shop()
    shop.publish()
    order = shop.order()
    attempt = shop.attempt(order)
    number = attempt.transaction_id
    checkout, receipt = f"ws_{number}", f"R{number}"
    answers = {
        "paid": paid(attempt, checkout, receipt),
        "failed": failed(checkout),
        "query_paid": Result(checkout_id=checkout, code="0", final="paid", via="query"),
        "query_failed": Result(checkout_id=checkout, code="1032", final="failed", via="query"),
        "forged": Result(checkout_id=checkout, code="0", final="paid", amount=Decimal("1.00"), receipt="F"),
    }
    for name in results:
        if name == "prompt":
            shop.prompt(order, checkout)
        else:
            shop.result(attempt, answers[name])
    settled = shop.attempt(order)
    if {"paid", "query_paid"} & set(results):
        assert (settled.status, shop.fresh(order).order_status) == ("succeeded", "confirmed")
        assert settled.receipt == (receipt if "paid" in results else None)
        assert settled.receipt_due is ("paid" not in results)
    elif {"failed", "query_failed"} & set(results):
        assert (settled.status, shop.fresh(order).order_status) == ("failed", "pending_payment")
    else:
        assert settled.status == ("requested" if "prompt" in results else "created")
    held = Decimal(shop.balances().get(f"order_funds:{order.order_id}", "0"))
    assert held == (-order.amount_asked if settled.status == "succeeded" else ZERO)
