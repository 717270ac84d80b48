"""Refunds: who says yes, by which road, once per cause, never above what was received (8.3)."""

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from core import events
from core.actor import system
from core.errors import BadInput, DomainError, NotAllowed, WrongState
from core.machine import NEW
from core.orders.models import Order
from core.payments import bank, checks, errors, housekeeping, refunds, returning, service, views
from core.payments.machine import REFUND, SUSPENSE
from core.users import service as users
from tests.helpers import FixedClock
from tests.orders.shop import Shop, paid
from tests.payments.till import (
    TODAY,
    bank_order,
    outcome_of,
    reference,
    second_admin,
    send,
    set_to,
    sound,
    told,
    transferred,
    typed,
)
from tests.payments.till import refunds as all_refunds
from tests.proving import proves


def cancelled(shop: Shop, order: Order, actor: Any = None) -> None:
    """A confirmed order is cancelled by its customer (O9)."""
    from core.orders import service as orders

    who = actor or shop.cast.customer.actor
    shop.db.run(lambda tx: orders.cancel(tx, who, order_id=order.order_id, reason="no rider"))


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


class TestRoads:
    """DR-807: to whom it goes, and how."""

    @proves("DR-807", "DR-820")
    def test_a_yes_leads_nowhere_but_to_the_payer(self, shop: Shop) -> None:
        set_to(shop, "refund.auto_approve_max", "100.00")
        shop.publish()
        cancelled(shop, shop.paid_order())
        (refund,) = all_refunds(shop)
        for road, number in (("b2c", "0712999999"), ("bank", ""), ("credit", "")):
            with pytest.raises(BadInput):
                shop.db.run(
                    lambda tx, way=road, to=number: refunds.approve(  # type: ignore[misc]
                        tx, shop.cast.admin.actor, refund_id=refund.refund_id, road=way, to_number=to
                    )
                )
        assert told(shop) == [("cancel", "499.00", "b2c", "requested")]
        assert all_refunds(shop)[0].to_number == shop.cast.customer.phone

    @proves("DR-807", "DR-820")
    def test_the_second_yes_is_to_what_the_first_one_said(self, shop: Shop) -> None:
        set_to(shop, "refund.two_person_over", "50.00")
        shop.publish()
        order = shop.order()
        shop.refuse_prompt(order)
        typed(shop, reference(order), str(order.amount_asked + 100), payer="2547*****149")
        (refund,) = all_refunds(shop)

        def say(actor: Any, number: str) -> None:
            shop.db.run(
                lambda tx: refunds.approve(
                    tx, actor, refund_id=refund.refund_id, road="b2c", to_number=number
                )
            )

        say(shop.cast.admin.actor, "0712999999")
        with pytest.raises(BadInput):
            say(second_admin(shop), "0712888888")
        say(second_admin(shop), "0712999999")
        assert [(r.status, r.to_number) for r in all_refunds(shop)] == [("approved", "+254712999999")]

    @proves("DR-807", "DR-208")
    def test_nothing_goes_to_a_number_that_was_silent_too_long(self, shop: Shop) -> None:
        """It may be somebody else's by now: an admin says how (phone.reverify_after_days)."""
        from core.users.models import User

        shop.publish()
        order = shop.order()
        shop.refuse_prompt(order)
        own = shop.cast.customer.phone.removeprefix("+")
        mask = f"{own[:4]}*****{own[-3:]}"
        typed(shop, reference(order), str(order.amount_asked + 100), "HEARD00001", mask)

        def silent(tx: Any) -> None:
            user = tx.session.get_one(User, shop.cast.customer.id)
            user.heard_at = user.created_at = tx.now - timedelta(days=400)

        shop.db.run(silent)
        typed(shop, reference(order), "150.00", "SILENT0001", mask)
        cancelled(shop, order)
        assert [(str(r.amount), r.road, r.to_number) for r in all_refunds(shop)] == [
            ("100.00", "b2c", shop.cast.customer.phone),
            ("150.00", "reversal", ""),
            ("499.00", "decide", ""),
        ]

    @proves("DR-820")
    def test_nobody_decides_about_a_refund_of_her_own_order(self, shop: Shop) -> None:
        from core.users.models import User

        set_to(shop, "refund.auto_approve_max", "100.00")
        shop.publish()
        cancelled(shop, shop.paid_order())
        (refund,) = all_refunds(shop)
        buyer = shop.cast.customer

        def promoted(tx: Any) -> Any:
            user = tx.session.get_one(User, buyer.id)
            user.user_role = "admin"
            return users.actor_for(user, "web")

        actor = shop.db.run(promoted)
        for verb in (refunds.approve, partial(refunds.reject, reason="no")):
            with pytest.raises(errors.RefundOwn):
                shop.db.run(lambda tx, v=verb: v(tx, actor, refund_id=refund.refund_id))  # type: ignore[misc]

    @proves("DR-807", "P6")
    def test_a_masked_payers_whole_payment_is_reversed_and_that_completes_the_refund(
        self, shop: Shop
    ) -> None:
        shop.publish()
        order = shop.order()
        shop.refuse_prompt(order)
        typed(shop, reference(order), str(order.amount_asked), payer="2547*****149")
        cancelled(shop, order)
        assert told(shop) == [("cancel", "499.00", "reversal", "approved")]
        (refund,) = all_refunds(shop)
        shop.db.run(lambda tx: returning.sending(tx, refund.refund_id, sent_key="rev-1"))
        payment = shop.attempt(order)
        verdicts = [
            shop.db.run(
                lambda tx: service.reversed_by_provider(
                    tx, transaction_id=payment.transaction_id, receipt="REV1234567"
                )
            )
            for _ in range(2)
        ]
        assert verdicts == ["applied", "duplicate"]
        assert (all_refunds(shop)[0].status, shop.attempt(order).status) == ("completed", "succeeded")
        assert shop.balances() == {}
        sound(shop, order)

    @proves("DR-807")
    def test_a_part_of_a_strangers_payment_waits_for_an_admin_to_say_how(self, shop: Shop) -> None:
        shop.publish()
        order = shop.order()
        shop.refuse_prompt(order)
        typed(shop, reference(order), str(order.amount_asked + 100), payer="2547*****149")
        assert told(shop) == [("overpaid", "100.00", "decide", "requested")]
        (refund,) = all_refunds(shop)
        admin = shop.cast.admin.actor
        with pytest.raises(errors.RefundNeedsRoad):
            shop.db.run(lambda tx: refunds.approve(tx, admin, refund_id=refund.refund_id))
        for road, number in (("reversal", ""), ("credit", "")):
            if road == "reversal":
                with pytest.raises(BadInput):
                    shop.db.run(
                        lambda tx: refunds.approve(tx, admin, refund_id=refund.refund_id, road="reversal")
                    )
                continue
            shop.db.run(
                lambda tx, n=number: refunds.approve(  # type: ignore[misc]
                    tx, admin, refund_id=refund.refund_id, road="credit", to_number=n
                )
            )
        assert told(shop) == [("overpaid", "100.00", "credit", "completed")]
        with shop.db.read() as tx:
            assert service.credit(tx, shop.cast.customer.id) == Decimal("100.00")
        sound(shop, order)

    @proves("DR-807", "DR-813")
    def test_bank_money_goes_back_by_bank_entered_by_an_admin(self, shop: Shop) -> None:
        shop.publish()
        order = bank_order(shop)
        transferred(shop, order, str(order.amount_asked))
        cancelled(shop, order)
        (refund,) = all_refunds(shop)
        assert (refund.road, refund.status) == ("bank", "approved")
        assert shop.db.run(lambda tx: returning.to_send(tx)) == [], "no channel sends it"
        with pytest.raises(BadInput):
            shop.db.run(
                lambda tx: returning.paid_by_hand(
                    tx, shop.cast.admin.actor, refund_id=refund.refund_id, reference=" "
                )
            )
        shop.db.run(
            lambda tx: returning.paid_by_hand(
                tx, shop.cast.admin.actor, refund_id=refund.refund_id, reference="FT2"
            )
        )
        assert shop.balances() == {}
        sound(shop, order)

    @proves("DR-810", "DR-821")
    def test_two_payments_go_back_to_their_two_payers(self, shop: Shop) -> None:
        shop.publish()
        order = shop.order()
        shop.refuse_prompt(order)
        typed(shop, reference(order), "200.00", "FIRST00001", "254712000202")
        typed(shop, reference(order), str(order.amount_asked - 200), "SECOND0001", "254799999999")
        assert shop.fresh(order).order_status == "confirmed"
        cancelled(shop, order)
        assert sorted((str(r.amount), r.to_number) for r in all_refunds(shop)) == [
            ("200.00", "+254712000202"),
            ("299.00", "+254799999999"),
        ]
        sound(shop, order)


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


class TestBank:
    """Transfers that an admin finds on the statement (DR-813)."""

    @proves("DR-813")
    def test_it_pays_the_order_and_the_same_again_is_no_other(self, shop: Shop) -> None:
        shop.publish()
        order = bank_order(shop)
        for _ in range(2):
            transferred(shop, order, str(order.amount_asked), "ft 25175-abc")
        assert shop.statuses(order)[0::2] == ("confirmed", "paid")
        assert shop.balances()["bank"] == str(order.amount_asked)
        with pytest.raises(errors.ReferenceUsed):
            transferred(shop, order, "1.00", "FT25175-ABC")
        sound(shop, order)

    @proves("DR-813", "DR-809")
    def test_a_wrong_amount_is_a_part_or_too_much(self, shop: Shop) -> None:
        shop.publish()
        order = bank_order(shop)
        transferred(shop, order, "100.00", "FT1001")
        assert shop.statuses(order)[2] == "partially_paid"
        transferred(shop, order, str(order.amount_asked), "FT1002")
        assert told(shop) == [("overpaid", "100.00", "bank", "approved")]
        sound(shop, order)

    @proves("DR-813")
    def test_a_large_one_counts_only_when_another_admin_has_seen_it(self, shop: Shop) -> None:
        shop.publish()
        set_to(shop, "bank.two_person_over", "498.99")
        order = bank_order(shop)
        payment = transferred(shop, order, str(order.amount_asked))
        assert (payment.status, shop.fresh(order).order_status) == ("created", "pending_payment")
        with pytest.raises(errors.SecondAdminNeeded):
            shop.db.run(
                lambda tx: bank.approve_bank(tx, shop.cast.admin.actor, transaction_id=payment.transaction_id)
            )
        other = second_admin(shop)
        for _ in range(2):
            shop.db.run(lambda tx: bank.approve_bank(tx, other, transaction_id=payment.transaction_id))
        assert shop.statuses(order)[0::2] == ("confirmed", "paid")
        sound(shop, order)

    @proves("DR-813")
    def test_a_large_one_entered_in_parts_is_a_large_one(self, shop: Shop) -> None:
        set_to(shop, "bank.two_person_over", "300.00")
        shop.publish()
        order = bank_order(shop)
        first, second = (
            transferred(shop, order, "250.00", "FT-1A"),
            transferred(shop, order, "249.00", "FT-2A"),
        )
        assert [first.status, second.status] == ["succeeded", "created"]
        assert shop.fresh(order).order_status == "pending_payment"
        other = second_admin(shop)
        shop.db.run(lambda tx: bank.approve_bank(tx, other, transaction_id=second.transaction_id))
        assert shop.fresh(order).order_status == "confirmed"
        sound(shop, order)

    @proves("DR-813")
    def test_a_slip_of_the_pen_is_struck_out(self, shop: Shop) -> None:
        shop.publish()
        set_to(shop, "bank.two_person_over", "1.00")
        order = bank_order(shop)
        payment = transferred(shop, order, "4500.00")
        for _ in range(2):
            shop.db.run(
                lambda tx: bank.refuse_bank(
                    tx, shop.cast.admin.actor, transaction_id=payment.transaction_id, reason="typo"
                )
            )
        assert shop.balances() == {}
        assert transferred(shop, order, "499.00").status == "created", "the reference is free again"

    @proves("DR-808")
    def test_it_has_24_hours(self, shop: Shop, clock: FixedClock) -> None:
        shop.publish()
        order = bank_order(shop)
        clock.advance(hours=23, minutes=59)
        shop.sweep()
        assert shop.fresh(order).order_status == "pending_payment"
        clock.advance(minutes=2)
        shop.sweep()
        assert shop.fresh(order).order_status == "cancelled"

    @pytest.mark.parametrize(
        ("change", "refusal"),
        [
            ({"bank_reference": ""}, errors.ReferenceWrong),
            ({"bank_reference": "x" * 41}, errors.ReferenceWrong),
            ({"bank_reference": "a;b!c"}, errors.ReferenceWrong),
            ({"amount": Decimal(0)}, errors.AmountWrong),
            ({"amount": Decimal("-1")}, errors.AmountWrong),
            ({"amount": Decimal("1.001")}, errors.AmountWrong),
            ({"amount": Decimal(10) ** 10}, errors.AmountWrong),
            ({"amount": 1.5}, errors.AmountWrong),
            ({"paid_on": TODAY.replace(day=25)}, errors.DateWrong),
            ({"paid_on": TODAY.replace(month=4)}, errors.DateWrong),
            ({"order_id": 999999}, errors.PaymentUnknown),
        ],
    )
    @proves("DR-813")
    def test_what_cannot_be_a_transfer_is_refused(
        self, shop: Shop, change: dict[str, Any], refusal: type[DomainError]
    ) -> None:
        shop.publish()
        order = bank_order(shop)
        good: dict[str, Any] = {
            "order_id": order.order_id, "bank_reference": "FT1001", "amount": Decimal(100), "paid_on": TODAY,
        }  # fmt: skip
        with pytest.raises(refusal):
            shop.db.run(lambda tx: bank.bank_paid(tx, shop.cast.admin.actor, **(good | change)))
        with pytest.raises(NotAllowed):
            shop.db.run(lambda tx: bank.bank_paid(tx, shop.cast.customer.actor, **good))


@proves("DR-814")
def test_simulation_works_only_where_it_is_switched_on_and_never_in_production(shop: Shop) -> None:
    from dataclasses import replace

    shop.publish()
    order = shop.order()
    who = shop.cast.customer.actor

    def simulate() -> Any:
        return shop.db.run(lambda tx: bank.simulate(tx, who, order_id=order.order_id))

    with pytest.raises(errors.SimulationOff):
        simulate()
    set_to(shop, "payments.simulation_enabled", "true")
    parts = shop.db.parts
    shop.db.parts = replace(parts, production=True)
    with pytest.raises(errors.SimulationOff):
        simulate()
    shop.db.parts = parts
    for _ in range(2):
        assert simulate().status == "succeeded"
    assert shop.statuses(order)[0::2] == ("confirmed", "paid")
    sound(shop, order)


@proves("DR-811", "O17")
class TestLate:
    """Money after the order ran out of time."""

    def test_it_revives_the_order(self, shop: Shop, clock: FixedClock) -> None:
        listing = shop.publish()
        order = shop.order()
        attempt = shop.prompt(order)
        clock.advance(minutes=62)
        shop.sweep()
        assert shop.fresh(order).order_status == "cancelled"
        assert shop.result(attempt, paid(attempt)) == "applied"
        assert shop.statuses(order)[0::2] == ("confirmed", "paid")
        assert shop.stock(listing) == ("45.00", "45.00")
        assert told(shop) == []
        sound(shop, order)

    @pytest.mark.parametrize("why", ["too late", "sold meanwhile", "dearer", "a part only"])
    def test_otherwise_it_goes_back(self, shop: Shop, clock: FixedClock, why: str) -> None:
        from core.listings.models import Listing

        listing = shop.publish()
        order = shop.order()
        attempt = shop.prompt(order)
        clock.advance(minutes=62)
        shop.sweep()
        if why == "too late":
            clock.advance(hours=24, minutes=1)
        elif why != "a part only":

            def change(tx: Any) -> None:
                found = tx.session.get(Listing, listing.listing_id)
                if why == "dearer":
                    found.current_price = Decimal(81)
                else:
                    found.quantity_available = Decimal(1)

            shop.db.run(change)
        if why == "a part only":
            assert typed(shop, reference(order), "100.00") == "applied"
        else:
            assert shop.result(attempt, paid(attempt)) == "applied"
        assert shop.fresh(order).order_status == "cancelled"
        assert [r[0] for r in told(shop)] == ["late"]
        assert shop.texts(shop.cast.customer)[-1] == "paid_too_late"
        send(shop, all_refunds(shop)[0])
        assert shop.statuses(order)[2] == "refunded"
        sound(shop, order)


class TestViews:
    """Who reads what (2.1)."""

    @proves("DR-211")
    def test_payments_are_read_by_those_whose_order_it_is(self, shop: Shop) -> None:
        shop.publish()
        order = shop.paid_order()
        payment = shop.attempt(order)
        stranger = shop.person("+254712000777", "customer", "Kangemi")
        for person, sees in ((shop.cast.customer, 1), (shop.cast.farmer, 1), (shop.cast.rider, 0),
                             (shop.cast.admin, 1), (stranger, 0)):  # fmt: skip
            got = shop.db.run(lambda tx, p=person: views.listed(tx, p.actor))  # type: ignore[misc]
            assert len(got) == sees, person
        (view,) = shop.db.run(lambda tx: views.listed(tx, shop.cast.farmer.actor))
        assert (view.payer, view.receipt) == ("07******02", payment.receipt)
        with pytest.raises(errors.PaymentUnknown):
            shop.db.run(lambda tx: views.one(tx, stranger.actor, transaction_id=payment.transaction_id))
        with pytest.raises(errors.PaymentUnknown):
            shop.db.run(lambda tx: views.standing_of(tx, stranger.actor, order_id=order.order_id))
        stand = shop.db.run(
            lambda tx: views.standing_of(tx, shop.cast.customer.actor, order_id=order.order_id)
        )
        assert (stand.asked, stand.received, stand.refunded, stand.still_due) == tuple(
            Decimal(n) for n in (499, 499, 0, 0)
        )
        assert shop.db.run(lambda tx: views.refunds(tx, shop.cast.admin.actor)) == []
        with pytest.raises(NotAllowed):
            shop.db.run(lambda tx: views.refunds(tx, shop.cast.customer.actor))

    @proves("DR-211")
    def test_a_foreign_order_cannot_be_paid_by_asking(self, shop: Shop) -> None:
        shop.publish()
        order = shop.order()
        stranger = shop.person("+254712000777", "customer", "Kangemi")
        with pytest.raises(DomainError) as refused:
            shop.db.run(
                lambda tx: service.pay(tx, stranger.actor, order_id=order.order_id, msisdn="0712000777")
            )
        assert refused.value.code == "payments.unknown", "as an order that is not there (DR-211)"


class TestHousekeeping:
    """Float and losses (10.2)."""

    def test_float_is_moved_once_per_reference(self, shop: Shop) -> None:
        admin = shop.cast.admin.actor
        for _ in range(2):
            shop.db.run(
                lambda tx: housekeeping.move_float(tx, admin, amount=Decimal(500), reference="ft 9001")
            )
        assert shop.balances() == {"mpesa": "-500.00", "mpesa_payouts": "500.00"}
        for change, refusal in (
            ({"amount": Decimal(501)}, errors.ReferenceUsed),
            ({"amount": Decimal(0)}, errors.AmountWrong),
            ({"reference": "x"}, errors.ReferenceWrong),
        ):
            told_so: dict[str, Any] = {"amount": Decimal(500), "reference": "FT9001"} | change
            with pytest.raises(refusal):
                shop.db.run(lambda tx, c=told_so: housekeeping.move_float(tx, admin, **c))  # type: ignore[misc]
        with pytest.raises(NotAllowed):
            shop.db.run(
                lambda tx: housekeeping.move_float(
                    tx, shop.cast.farmer.actor, amount=Decimal(1), reference="FT9002"
                )
            )

    @proves("DR-1005")
    def test_what_a_reversal_took_after_delivery_is_written_off(self, shop: Shop) -> None:
        shop.publish()
        order = shop.delivered_order()
        payment = shop.attempt(order)
        shop.db.run(lambda tx: service.reversed_by_provider(tx, transaction_id=payment.transaction_id))
        admin = shop.cast.admin.actor
        lost = [
            shop.db.run(
                lambda tx: housekeeping.write_off_order(tx, admin, order_id=order.order_id, reason="gone")
            )
            for _ in range(2)
        ]
        assert lost == [Decimal("499.00"), Decimal("0.00")]
        assert shop.balances()["write_off"] == "499.00"
        with shop.db.read() as tx:
            assert checks.order_faults(tx, order.order_id) == []
        with pytest.raises(errors.NothingToRefund):  # she has her money back
            shop.db.run(
                lambda tx: refunds.request(
                    tx, admin, order_id=order.order_id, amount=Decimal(100), reason="sorry", request_key="r"
                )
            )


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
