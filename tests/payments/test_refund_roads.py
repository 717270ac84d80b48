"""By which road a refund goes back, and what becomes of the sending (DR-807, 8.3)."""

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from core.alarms import service as alarms
from core.errors import BadInput
from core.payments import errors, refunds, returning, service, taken_back
from core.users import service as users
from tests.orders.shop import Shop
from tests.payments.till import (
    bank_order,
    cancelled,
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
                lambda tx: taken_back.reversed_by_provider(
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

    @proves("DR-821")
    @pytest.mark.parametrize("road", ["bank", "credit"])
    def test_what_went_by_another_road_and_then_by_mpesa_after_all_is_a_doubt(
        self, shop: Shop, road: str
    ) -> None:
        shop.publish()
        order = shop.paid_order()
        cancelled(shop, order)
        (refund,) = all_refunds(shop)
        set_to(shop, "refund.max_retries", "0")
        assert send(shop, refund, "failed") == "applied"
        admin, first = shop.cast.admin.actor, f"refund-{refund.refund_id}-{refund.tries}"
        shop.db.run(lambda tx: returning.retry(tx, admin, refund_id=refund.refund_id, road=road))
        if road == "bank":
            shop.db.run(
                lambda tx: returning.paid_by_hand(tx, admin, refund_id=refund.refund_id, reference="FT2")
            )
        assert outcome_of(shop, first, "paid") == "mismatched"
        with shop.db.read() as tx:
            (doubt,) = [one for one in alarms.listed(tx, admin) if one.kind == "payment_doubt"]
        assert doubt.subject == f"refund:{refund.refund_id}"
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
