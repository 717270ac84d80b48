"""Refunds: who says yes, by which road, once per cause, never above what was received (8.3)."""

from decimal import Decimal
from typing import Any

import pytest

from core import events
from core.actor import system
from core.errors import NotAllowed, WrongState
from core.machine import NEW
from core.payments import errors, refunds, returning
from core.payments.machine import REFUND, SUSPENSE
from tests.helpers import FixedClock
from tests.orders.shop import Shop
from tests.payments.till import (
    cancelled,
    outcome_of,
    second_admin,
    send,
    set_to,
    sound,
    told,
)
from tests.payments.till import refunds as all_refunds
from tests.proving import proves


@proves("DR-820", "DR-807")
def test_a_small_one_is_approved_by_itself_and_goes_to_the_payer_in_clear(shop: Shop) -> None:
    shop.publish()
    order = shop.paid_order()
    cancelled(shop, order)
    assert told(shop) == [("cancel", "499.00", "b2c", "approved")]
    (refund,) = all_refunds(shop)
    assert refund.to_number == shop.cast.customer.phone
    assert send(shop, refund) == "applied"
    assert shop.statuses(order)[0::2] == ("cancelled", "refunded")
    assert shop.texts(shop.cast.customer)[-1] == "refund_paid"
    assert shop.balances() == {"mpesa": "499.00", "mpesa_payouts": "-499.00"}
    sound(shop, order)


class TestWhoSaysYes:
    """DR-820: by itself, an admin, or two; and never who asked."""

    @proves("DR-820")
    def test_a_larger_one_waits_for_an_admin(self, shop: Shop) -> None:
        shop.publish()
        set_to(shop, "refund.auto_approve_max", "498.99")
        order = shop.paid_order()
        cancelled(shop, order)
        assert told(shop) == [("cancel", "499.00", "b2c", "requested")]
        assert shop.statuses(order)[2] == "refund_pending"
        (refund,) = all_refunds(shop)
        admin = shop.cast.admin.actor
        for _ in range(2):
            shop.db.run(lambda tx: refunds.approve(tx, admin, refund_id=refund.refund_id))
        assert all_refunds(shop)[0].status == "approved"
        sound(shop, order)

    @proves("DR-820")
    def test_a_large_one_needs_two_different_admins(self, shop: Shop) -> None:
        shop.publish()
        set_to(shop, "refund.two_person_over", "498.99")
        cancelled(shop, shop.paid_order())
        (refund,) = all_refunds(shop)
        admin, other = shop.cast.admin.actor, second_admin(shop)
        for _ in range(2):
            shop.db.run(lambda tx: refunds.approve(tx, admin, refund_id=refund.refund_id))
            assert all_refunds(shop)[0].status == "requested", "the same admin twice is one"
        shop.db.run(lambda tx: refunds.approve(tx, other, refund_id=refund.refund_id))
        assert all_refunds(shop)[0].status == "approved"

    @proves("DR-820")
    def test_who_asked_never_approves_or_rejects(self, shop: Shop) -> None:
        shop.publish()
        order = shop.delivered_order()
        admin, other = shop.cast.admin.actor, second_admin(shop)
        (refund,) = shop.db.run(
            lambda tx: refunds.request(
                tx, admin, order_id=order.order_id, amount=Decimal("50"), reason="sorry", request_key="a"
            )
        )
        assert told(shop) == [("asked", "50.00", "b2c", "requested")], "small, but a person asked"
        for verdict in (
            lambda tx: refunds.approve(tx, admin, refund_id=refund.refund_id),
            lambda tx: refunds.reject(tx, admin, refund_id=refund.refund_id, reason="no"),
        ):
            with pytest.raises(errors.RefundOwn):
                shop.db.run(verdict)
        shop.db.run(lambda tx: refunds.approve(tx, other, refund_id=refund.refund_id))
        assert shop.balances()["goodwill"] == "50.00", "the order costs what it cost"
        sound(shop, order)

    @proves("DR-820")
    def test_an_admin_who_cancels_asks_and_does_not_approve(self, shop: Shop) -> None:
        shop.publish()
        set_to(shop, "refund.auto_approve_max", "498.99")
        cancelled(shop, shop.paid_order(), shop.cast.admin.actor)
        (refund,) = all_refunds(shop)
        with pytest.raises(errors.RefundOwn):
            shop.db.run(lambda tx: refunds.approve(tx, shop.cast.admin.actor, refund_id=refund.refund_id))

    @proves("DR-820", "DR-222")
    def test_nobody_else_may(self, shop: Shop) -> None:
        shop.publish()
        set_to(shop, "refund.auto_approve_max", "1.00")
        cancelled(shop, shop.paid_order())
        (refund,) = all_refunds(shop)
        for person in (shop.cast.customer, shop.cast.farmer, shop.cast.rider):
            with pytest.raises(NotAllowed):
                shop.db.run(lambda tx, p=person: refunds.approve(tx, p.actor, refund_id=refund.refund_id))  # type: ignore[misc]

    @proves("DR-820")
    def test_rejected_is_final_and_the_sum_is_free_to_be_asked_for_again(self, shop: Shop) -> None:
        shop.publish()
        set_to(shop, "refund.auto_approve_max", "1.00")
        order = shop.paid_order()
        cancelled(shop, order)
        (refund,) = all_refunds(shop)
        admin, other = shop.cast.admin.actor, second_admin(shop)
        for _ in range(2):
            shop.db.run(lambda tx: refunds.reject(tx, admin, refund_id=refund.refund_id, reason="fraud"))
        with pytest.raises(WrongState):
            shop.db.run(lambda tx: refunds.approve(tx, other, refund_id=refund.refund_id))
        (again,) = shop.db.run(
            lambda tx: refunds.request(
                tx, admin, order_id=order.order_id, amount=Decimal(499), reason="no fraud", request_key="b"
            )
        )
        assert again.source == "held"


@proves("DR-821", "INV-5")
def test_the_same_cause_never_refunds_twice(shop: Shop) -> None:
    shop.publish()
    order = shop.paid_order()
    cancelled(shop, order)
    fell = events.DueFell(order.order_id, "cancel", str(order.order_id), system("job"))
    for _ in range(3):
        shop.db.run(lambda tx: refunds.due_fell(tx, fell))
    assert len(all_refunds(shop)) == 1


@proves("DR-821", "DR-104")
def test_no_more_goes_back_than_came(shop: Shop) -> None:
    shop.publish()
    order = shop.delivered_order()
    admin = shop.cast.admin.actor

    def ask(amount: str, key: str) -> Any:
        return shop.db.run(
            lambda tx: refunds.request(
                tx, admin, order_id=order.order_id, amount=Decimal(amount), reason="x", request_key=key
            )
        )

    assert [r.amount for r in ask("300.00", "a")] == [Decimal("300.00")]
    assert len(ask("300.00", "a")) == 1, "the same key is the same refund"
    with pytest.raises(errors.RefundTooHigh) as most:
        ask("199.01", "b")
    assert most.value.values == {"sum": Decimal("199.00")}
    ask("199.00", "c")
    with pytest.raises(errors.NothingToRefund):
        ask("1.00", "d")
    with pytest.raises(errors.NothingToRefund):
        ask("0.00", "e")
    sound(shop, order)


@proves("DR-820")
def test_before_the_delivery_the_money_is_the_orders(shop: Shop) -> None:
    shop.publish()
    order = shop.paid_order()
    with pytest.raises(errors.NothingToRefund):
        shop.db.run(
            lambda tx: refunds.request(
                tx, shop.cast.admin.actor, order_id=order.order_id, amount=Decimal(50), reason="x",
                request_key="a",
            )
        )  # fmt: skip


class TestOnTheWay:
    """Sent, failed, unknown, tried again (8.3)."""

    @proves("DR-821")
    def test_unknown_is_never_sent_again(self, shop: Shop) -> None:
        shop.publish()
        order = shop.paid_order()
        cancelled(shop, order)
        (refund,) = all_refunds(shop)
        assert send(shop, refund, "unknown") == "applied"
        with pytest.raises(WrongState):
            shop.db.run(lambda tx: returning.sending(tx, refund.refund_id, sent_key="again"))
        with pytest.raises(WrongState):
            shop.db.run(lambda tx: returning.retry(tx, shop.cast.admin.actor, refund_id=refund.refund_id))
        assert shop.db.run(lambda tx: returning.to_send(tx)) == []
        key = f"refund-{refund.refund_id}-0"
        assert outcome_of(shop, key, "unknown") == "duplicate"
        assert outcome_of(shop, key, "paid") == "applied"
        assert [outcome_of(shop, key, o) for o in ("paid", "failed")] == ["duplicate", "mismatched"]
        sound(shop, order)

    @proves("DR-821")
    def test_a_failure_is_tried_again_three_times_and_then_left_to_a_person(
        self, shop: Shop, clock: FixedClock
    ) -> None:
        shop.publish()
        order = shop.paid_order()
        cancelled(shop, order)
        for number in range(4):
            (refund,) = all_refunds(shop)
            assert refund.status == "approved", number
            assert send(shop, refund, "failed") == "applied"
            assert shop.db.run(lambda tx: returning.to_send(tx)) == [], "not at once"
            clock.advance(minutes=11)
        (refund,) = all_refunds(shop)
        assert (refund.status, refund.tries) == ("failed", 4)
        assert shop.statuses(order)[2] == "refund_pending", "still owed"
        admin = shop.cast.admin.actor
        shop.db.run(lambda tx: returning.retry(tx, admin, refund_id=refund.refund_id, road="bank"))
        for _ in range(2):
            shop.db.run(
                lambda tx: returning.paid_by_hand(tx, admin, refund_id=refund.refund_id, reference="ft 1")
            )
        assert shop.statuses(order)[2] == "refunded"
        assert shop.balances() == {"mpesa": "499.00", "bank": "-499.00"}
        sound(shop, order)

    @proves("DR-820")
    def test_above_the_limit_it_takes_two_to_send_it_elsewhere(self, shop: Shop, clock: FixedClock) -> None:
        """Approved for the payer and failed for good: no single admin has it sent to a number of her own."""
        set_to(shop, "refund.two_person_over", "400.00")
        shop.publish()
        cancelled(shop, shop.paid_order())
        (refund,) = all_refunds(shop)
        admin, other = shop.cast.admin.actor, second_admin(shop)
        for yes in (admin, other):
            shop.db.run(lambda tx, a=yes: refunds.approve(tx, a, refund_id=refund.refund_id))  # type: ignore[misc]
        for _ in range(4):
            send(shop, all_refunds(shop)[0], "failed")
            clock.advance(minutes=11)

        def elsewhere(actor: Any, number: str) -> str:
            return shop.db.run(
                lambda tx: (
                    returning.retry(
                        tx, actor, refund_id=refund.refund_id, road="b2c", to_number=number
                    ).status
                )
            )

        assert [elsewhere(admin, "0712999999") for _ in range(2)] == ["failed", "failed"]
        assert elsewhere(other, "0712888888") == "failed", "another number is another decision"
        assert elsewhere(admin, "0712888888") == "approved"
        assert [(r.status, r.to_number) for r in all_refunds(shop)] == [("approved", "+254712888888")]

    def test_a_result_for_nothing_is_unmatched(self, shop: Shop) -> None:
        assert outcome_of(shop, "nothing", "paid") == "unmatched"

    @proves("DR-804")
    def test_a_receipt_that_was_used_pays_no_refund(self, shop: Shop) -> None:
        shop.publish()
        order = shop.paid_order()
        cancelled(shop, order)
        assert send(shop, all_refunds(shop)[0], receipt=shop.attempt(order).receipt) == "mismatched"
        assert all_refunds(shop)[0].status == "sent"


class TestClaims:
    """After delivery, by fault (10.2)."""

    @pytest.mark.parametrize(
        ("fault", "moved"),
        [
            ("farmer", {"farmer_due": "-270.00", "commission": "-30.00"}),
            ("rider", {"farmer_due": "-360.00", "commission": "-40.00", "goodwill": "100.00"}),
            ("platform", {"farmer_due": "-360.00", "commission": "-40.00", "goodwill": "100.00"}),
        ],
    )
    @proves("DR-1006", "O16", "DR-820")
    def test_whose_fault_pays(self, shop: Shop, fault: str, moved: dict[str, str]) -> None:
        shop.publish()
        order = shop.delivered_order()
        item = shop.items(order)[0]
        happened = events.ClaimUpheld(
            order.order_id, item.order_item_id, 1, Decimal("99.60"), fault, shop.cast.admin.actor
        )
        for _ in range(2):
            shop.db.run(lambda tx: refunds.claim_upheld(tx, happened))
        assert told(shop) == [("claim", "100.00", "b2c", "approved")]
        balances = {a.partition(":")[0]: b for a, b in shop.balances().items()}
        assert {name: balances.get(name) for name in moved} == moved
        assert balances["refunds_due"] == "-100.00"
        assert send(shop, all_refunds(shop)[0]) == "applied"
        assert shop.statuses(order)[2] == "partially_refunded"
        sound(shop, order)

    @proves("DR-820")
    def test_a_large_claim_needs_a_second_admin(self, shop: Shop) -> None:
        shop.publish()
        set_to(shop, "refund.two_person_over", "50.00")
        order = shop.delivered_order()
        item = shop.items(order)[0]
        happened = events.ClaimUpheld(
            order.order_id, item.order_item_id, 1, Decimal(100), "platform", shop.cast.admin.actor
        )
        shop.db.run(lambda tx: refunds.claim_upheld(tx, happened))
        (refund,) = all_refunds(shop)
        assert refund.status == "requested"
        shop.db.run(lambda tx: refunds.approve(tx, second_admin(shop), refund_id=refund.refund_id))
        assert all_refunds(shop)[0].status == "approved"


@pytest.mark.parametrize("machine", [REFUND, SUSPENSE], ids=["refund", "suspense"])
@proves("DR-821")
def test_every_row_of_the_table_and_every_refused_one(machine: Any) -> None:
    roles = ("customer", "farmer", "rider", "admin", "system")
    known = {(step.source, step.event): step for step in machine.steps}
    for source in {NEW, *machine.statuses}:
        for event in {step.event for step in machine.steps}:
            for role in roles:
                step = known.get((source, event))
                if step is None:
                    with pytest.raises(WrongState):
                        machine.step(source, event, role)
                elif role in step.who:
                    assert machine.step(source, event, role) is step
                else:
                    with pytest.raises(NotAllowed):
                        machine.step(source, event, role)
    assert not {event for (source, event) in known if source == "unknown"} & {"send", "retry"}
