"""Transfers that an admin enters, and payments that are only played (DR-813, DR-814)."""

from decimal import Decimal
from typing import Any

import pytest

from core.alarms import service as alarms
from core.books import correcting
from core.errors import DomainError, NotAllowed, WrongState
from core.orders.models import Order
from core.payments import bank, errors, suspense
from core.payments.models import SuspensePayment
from tests.helpers import FixedClock
from tests.orders.shop import Shop, failed, paid
from tests.payments.till import (
    TODAY,
    bank_order,
    in_suspense,
    reference,
    second_admin,
    set_to,
    sound,
    told,
    transferred,
    typed,
)
from tests.proving import proves


def match(shop: Shop, money: SuspensePayment, order: Order) -> None:
    """An admin says whose it is."""
    admin, number = shop.cast.admin.actor, order.order_number
    shop.db.run(lambda tx: suspense.match(tx, admin, suspense_id=money.suspense_id, order_number=number))


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
        other = second_admin(shop)
        with pytest.raises(WrongState):
            shop.db.run(lambda tx: bank.approve_bank(tx, other, transaction_id=payment.transaction_id))
        assert shop.balances() == {}, "who approves what another has just struck out approves nothing"
        assert transferred(shop, order, "499.00").status == "created", "the reference is free again"

    @proves("DR-804", "DR-813")
    def test_an_mpesa_receipt_that_has_counted_is_no_transfer(self, shop: Shop) -> None:
        shop.publish()
        assert typed(shop, reference(shop.order()), "499.00", "TFO1AA11AA") == "applied"
        with pytest.raises(errors.ReferenceUsed):
            transferred(shop, bank_order(shop, key="sms-2"), "499.00", "tfo1 aa11 aa")

    @proves("DR-804", "DR-813")
    def test_one_that_was_entered_as_a_transfer_pays_for_nothing_more(self, shop: Shop) -> None:
        shop.publish()
        other, order = bank_order(shop, key="sms-2"), shop.order()
        attempt = shop.prompt(order)
        transferred(shop, order, "499.00", "TFO1AA11AA")
        assert typed(shop, reference(other), "499.00", "TFO1AA11AA") == "suspense"
        assert shop.result(attempt, paid(attempt)) == "duplicate"
        assert shop.result(attempt, paid(attempt)) == "duplicate"
        assert shop.statuses(order)[2] == "paid"
        assert shop.statuses(other)[2] != "paid"
        assert told(shop) == [], "nothing goes back by itself"
        with shop.db.read() as tx:
            (doubt,) = [a for a in alarms.listed(tx, shop.cast.admin.actor) if a.kind == "payment_doubt"]
        assert doubt.subject == f"payment:{attempt.transaction_id}"
        sound(shop, order, other)

    @pytest.mark.parametrize("first", ["paybill", "prompt", "late prompt"])
    @proves("DR-812", "DR-813")
    def test_such_a_receipt_is_kept_until_the_transfer_is_taken_back(
        self, shop: Shop, clock: FixedClock, first: str
    ) -> None:
        shop.publish()
        order = shop.order()
        attempt = shop.prompt(order)
        if first == "late prompt":
            shop.result(attempt, failed())
        transfer = transferred(shop, order, "499.00", "TFO1AA11AA")
        if first == "paybill":
            typed(shop, reference(order), "499.00", "TFO1AA11AA")
        assert shop.result(attempt, paid(attempt)) == "duplicate"
        typed(shop, reference(order), "499.00", "TFO1AA11AA")
        admin, (money,) = shop.cast.admin.actor, in_suspense(shop)
        for _ in range(2):
            clock.advance(days=8)
            shop.db.run(lambda tx: suspense.overdue(tx, money.suspense_id))
            assert in_suspense(shop)[0].status == "open"
        with shop.db.read() as tx:
            (alarm,) = [a for a in alarms.listed(tx, admin) if a.kind == "unknown_money"]
        assert alarm.count == 3
        with pytest.raises(errors.ReferenceUsed):
            shop.db.run(lambda tx: suspense.give_back(tx, admin, suspense_id=money.suspense_id))
        with pytest.raises(errors.ReferenceUsed):
            match(shop, money, order)
        assert (told(shop), shop.statuses(order)[2]) == ([], "paid")
        sound(shop, order)
        record = f"payment:{transfer.transaction_id}"
        shop.db.run(lambda tx: correcting.take_back(tx, admin, record=record, reason="it was M-Pesa's"))
        match(shop, money, order)
        assert shop.statuses(order)[2] == "paid"
        assert {k: v for k, v in shop.balances().items() if v != "0.00"} == {
            "mpesa": "499.00", f"order_funds:{order.order_id}": "-499.00"
        }  # fmt: skip
        sound(shop, order)

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
