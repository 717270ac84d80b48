"""Refunds of money that M-Pesa takes back by itself, or that the order has no more (P6, DR-821)."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from core.alarms import service as alarms
from core.errors import BadInput, NotAllowed, WrongState
from core.ledger import postings
from core.orders.models import Order
from core.payments import errors, refunds, returning, standing, taken_back
from core.payments.models import PaymentTransaction
from tests.orders.shop import Shop
from tests.payments.till import (
    cancelled,
    outcome_of,
    reference,
    second_admin,
    send,
    set_to,
    sound,
    told,
    typed,
)
from tests.payments.till import refunds as all_refunds
from tests.proving import proves


def _reversed(shop: Shop, payment_id: int) -> str:
    return shop.db.run(
        lambda tx: taken_back.reversed_by_provider(tx, transaction_id=payment_id, receipt="REV1234567")
    )


@proves("DR-821", "P6")
@pytest.mark.parametrize(
    ("far", "verdict", "payment", "then"),
    [
        ("requested", "applied", "reversed", "rejected"),
        ("approved", "applied", "reversed", "rejected"),
        ("sent", "unmatched", "succeeded", "sent"),
        ("unknown", "unmatched", "succeeded", "unknown"),
        ("completed", "unmatched", "succeeded", "completed"),
        ("rejected", "applied", "reversed", "rejected"),
    ],
)
def test_what_a_refund_gives_back_mpesa_does_not_take_back_as_well(
    shop: Shop, far: str, verdict: str, payment: str, then: str
) -> None:
    """What has not gone out is called off; of what may have, a person is called."""
    if far in ("requested", "rejected"):
        set_to(shop, "refund.auto_approve_max", "100.00")
    shop.publish()
    order, admin = shop.paid_order(), shop.cast.admin.actor
    cancelled(shop, order)
    (refund,) = all_refunds(shop)
    if far == "rejected":
        shop.db.run(lambda tx: refunds.reject(tx, admin, refund_id=refund.refund_id, reason="no"))
    elif far == "sent":
        shop.db.run(lambda tx: returning.sending(tx, refund.refund_id, sent_key="x"))
    elif far in ("unknown", "completed"):
        send(shop, refund, "paid" if far == "completed" else "unknown")
    assert all_refunds(shop)[0].status == far
    paid_by, before = shop.attempt(order).transaction_id, shop.balances()
    assert _reversed(shop, paid_by) == verdict
    assert (shop.attempt(order).status, all_refunds(shop)[0].status) == (payment, then)
    if verdict == "unmatched":
        assert shop.balances() == before
    with shop.db.read() as tx:
        doubts = [a.subject for a in alarms.listed(tx, admin) if a.kind == "payment_doubt"]
    assert doubts == [f"payment:{paid_by}"]
    sound(shop, order)


@proves("DR-821")
@pytest.mark.parametrize("far", ["requested", "approved"])
def test_nothing_goes_back_of_a_payment_that_was_taken_back(shop: Shop, far: str) -> None:
    if far == "requested":
        set_to(shop, "refund.auto_approve_max", "100.00")
    shop.publish()
    order = shop.paid_order()
    cancelled(shop, order)
    (refund,) = all_refunds(shop)

    def gone(tx: Any) -> None:
        tx.session.get_one(PaymentTransaction, refund.transaction_id).status = "reversed"

    shop.db.run(gone)
    if far == "requested":
        with pytest.raises(errors.NothingToRefund):
            shop.db.run(lambda tx: refunds.approve(tx, shop.cast.admin.actor, refund_id=refund.refund_id))
    else:
        with pytest.raises(WrongState):
            shop.db.run(lambda tx: returning.sending(tx, refund.refund_id, sent_key="x"))
    assert all_refunds(shop)[0].status == far


def _in_two_parts(shop: Shop) -> Order:
    """An order paid by two people at the paybill; a refund of it needs a yes."""
    set_to(shop, "refund.auto_approve_max", "100.00")
    shop.publish()
    order = shop.order()
    shop.refuse_prompt(order)
    typed(shop, reference(order), "200.00", "FIRST00001", "254712000202")
    typed(shop, reference(order), str(order.amount_asked - 200), "SECOND0001", "254799999999")
    return order


@proves("DR-821")
def test_a_yes_gives_no_held_money_that_the_order_has_not(shop: Shop) -> None:
    order = _in_two_parts(shop)
    cancelled(shop, order)
    lost, kept = sorted(all_refunds(shop), key=lambda refund: refund.amount)
    shop.db.run(
        lambda tx: postings.provider_reversal(tx, lost.transaction_id or 0, order.order_id, lost.amount)
    )
    with pytest.raises(errors.RefundTooHigh) as refused:
        shop.db.run(lambda tx: refunds.approve(tx, shop.cast.admin.actor, refund_id=kept.refund_id))
    assert refused.value.values["sum"] == Decimal("99.00")
    assert {status for *_, status in told(shop)} == {"requested"}


def _yes(shop: Shop, refund: Any, amount: str | None = None) -> Any:
    admin, only = shop.cast.admin.actor, None if amount is None else Decimal(amount)
    return shop.db.run(lambda tx: refunds.approve(tx, admin, refund_id=refund.refund_id, amount=only))


@proves("DR-821", "P6")
def test_a_yes_is_of_what_the_order_has_when_it_is_said(shop: Shop) -> None:
    """Three payments; of the third all is asked back. M-Pesa takes the first one back before the yes."""
    order = _in_two_parts(shop)
    typed(shop, reference(order), "250.00", "THIRD00001", "2547*****202")
    (refund,) = all_refunds(shop)
    assert (str(refund.amount), refund.road, refund.status) == ("250.00", "reversal", "requested")
    assert _reversed(shop, _paid_under(shop, "FIRST00001")) == "applied"
    with pytest.raises(errors.RefundTooHigh) as refused:
        _yes(shop, refund)
    assert refused.value.values["sum"] == Decimal("50.00")
    for said in ("49.00", "51.00", "250.00"):
        with pytest.raises(errors.RefundTooHigh):
            _yes(shop, refund, said)
    done = _yes(shop, refund, "50.00")
    assert (str(done.amount), done.road, done.status) == ("50.00", "b2c", "approved"), (
        "a part is not reversed"
    )
    send(shop, done)
    assert (shop.fresh(order).payment_status, shop.statuses(order)[0]) == ("paid", "confirmed")
    with shop.db.read() as tx:
        assert standing.still_due(tx, tx.session.get_one(Order, order.order_id)) == 0
    sound(shop, order)


@proves("DR-821", "P6", "DR-820")
def test_a_first_yes_to_another_sum_is_void_and_nothing_is_given_of_nothing(shop: Shop) -> None:
    set_to(shop, "refund.two_person_over", "10.00")
    shop.publish()
    order = shop.paid_order()
    first = shop.attempt(order).transaction_id
    typed(shop, reference(order), str(order.amount_asked), "SECOND0001", "254712000202")
    (refund,) = all_refunds(shop)
    assert _yes(shop, refund).status == "requested", "it takes two"
    assert _reversed(shop, first) == "applied"
    other = second_admin(shop)
    with pytest.raises(errors.NothingToRefund):
        shop.db.run(lambda tx: refunds.approve(tx, other, refund_id=refund.refund_id))
    shop.db.run(lambda tx: refunds.reject(tx, other, refund_id=refund.refund_id, reason="it pays now"))
    assert shop.fresh(order).payment_status == "paid"
    sound(shop, order)


def _paid_under(shop: Shop, receipt: str) -> int:
    with shop.db.read() as tx:
        found = select(PaymentTransaction.transaction_id).where(PaymentTransaction.receipt == receipt)
        return tx.session.scalars(found).one()


@proves("DR-820", "DR-821")
def test_a_promised_refund_is_called_off_before_it_goes_out_and_only_then(shop: Shop) -> None:
    """It failed for now; what M-Pesa then reports as paid is for a person to look at."""
    shop.publish()
    order = shop.paid_order()
    typed(shop, reference(order), "250.00", "SECOND0001", "254712000202")
    (refund,) = all_refunds(shop)
    assert send(shop, refund, "failed") == "applied"

    def stop(who: Any, reason: str = "she has ordered more") -> Any:
        return shop.db.run(lambda tx: returning.stop(tx, who, refund_id=refund.refund_id, reason=reason))

    with pytest.raises(NotAllowed):
        stop(shop.cast.customer.actor)
    with pytest.raises(BadInput):
        stop(shop.cast.admin.actor, " ")
    before = shop.balances()
    assert stop(shop.cast.admin.actor).status == "rejected"
    assert before != shop.balances()
    assert (shop.balances()["mpesa"], shop.due("refund_send")) == ("749.00", [])
    key = f"refund-{refund.refund_id}-0"
    assert outcome_of(shop, key, "failed") == "duplicate"
    assert outcome_of(shop, key, "paid") == "mismatched"
    sound(shop, order)
    with shop.db.read() as tx:
        assert standing.spare(tx, tx.session.get_one(Order, order.order_id)) == 250
