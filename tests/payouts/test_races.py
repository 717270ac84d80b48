"""Two at once: two admins, two runs, two confirmations; one effect each (R17, DR-821, DR-1303)."""

from typing import Any

from sqlalchemy import func, select

from core.ledger import checks as ledger_checks
from core.payments import paybill, refunds, returning
from core.payouts import checks, making, paying, service
from core.payouts.models import Payout
from tests.helpers import FixedClock
from tests.orders.shop import Shop
from tests.orders.test_races import at_once
from tests.payments import till
from tests.payouts.till import approve_first, boss, earn, payouts, run, statuses
from tests.proving import proves

ROUNDS = 3


@proves("DR-820", "DR-821", "INV-5")
def test_two_admins_approve_one_refund(shop: Shop) -> None:
    """Either is enough, and the promise is posted once."""
    shop.publish("500")
    till.set_to(shop, "refund.auto_approve_max", "1.00")
    admins = (shop.cast.admin.actor, boss(shop))
    for number in range(ROUNDS):
        order = shop.paid_order(key=f"sms-{number}")
        till_cancel(shop, order)
        refund = till.refunds(shop)[-1]

        def approve(actor: Any, refund_id: int = refund.refund_id) -> Any:
            return lambda: shop.db.run(lambda tx: refunds.approve(tx, actor, refund_id=refund_id))

        assert at_once(*(approve(actor) for actor in admins)) == ["ok", "ok"]
        assert till.refunds(shop)[-1].status == "approved"
        assert shop.balances()[f"refunds_due:{order.order_id}"] == str(-refund.amount)
        till.sound(shop, order)


@proves("DR-821")
def test_a_refund_is_sent_by_one_of_two_workers(shop: Shop) -> None:
    shop.publish("500")
    for number in range(ROUNDS):
        order = shop.paid_order(key=f"sms-{number}")
        till_cancel(shop, order)
        refund_id = till.refunds(shop)[-1].refund_id

        def sender(key: str, refund_id: int = refund_id) -> Any:
            return lambda: shop.db.run(lambda tx: returning.sending(tx, refund_id, sent_key=key))

        assert at_once(sender(f"a{number}"), sender(f"b{number}")) == ["ok", "wrong_state"]
        assert till.refunds(shop)[-1].tries == 1


@proves("DR-1302", "DR-1303")
def test_two_admins_approve_one_payout(shop: Shop, clock: FixedClock) -> None:
    shop.publish("500")
    earn(shop, clock)
    run(shop)
    (payout,) = payouts(shop, shop.cast.farmer)
    admins = (shop.cast.admin.actor, boss(shop))

    def approve(actor: Any) -> Any:
        def work(tx: Any) -> None:
            service.approve(tx, actor, payout_id=payout.payout_id)
            service.process(tx, actor, payout_id=payout.payout_id)

        return lambda: shop.db.run(work)

    assert at_once(*(approve(actor) for actor in admins)) == ["ok", "ok"]
    assert statuses(shop, shop.cast.farmer) == ["processing"]
    assert shop.balances()[f"payout_clearing:{payout.payout_id}"] == "-360.00"
    with shop.db.read() as tx:
        assert checks.faults(tx) == []
        assert ledger_checks.faults(tx) == []


@proves("DR-1303", "INV-5", "INV-8")
def test_the_run_and_an_admin_at_once_make_one_payout(shop: Shop, clock: FixedClock) -> None:
    shop.publish("500")
    farmer = shop.cast.farmer.id
    for number in range(ROUNDS):
        earn(shop, clock, f"sms-{number}")
        at_once(
            lambda: shop.db.run(lambda tx: making.pay_out(tx, farmer)),
            lambda: shop.db.run(lambda tx: making.pay_out(tx, farmer)),
            lambda: shop.db.run(lambda tx: service.create(tx, shop.cast.admin.actor, payee_id=farmer)),
        )
        with shop.db.read() as tx:
            made = tx.session.scalar(select(func.count()).where(Payout.payee_id == farmer))
            assert made == number + 1
        if number == 0:
            approve_first(shop, boss(shop))
        shop.db.run(lambda tx: paying.process_eligible(tx, 0))
        for payout in shop.db.run(lambda tx: paying.to_send(tx)):
            key = f"k{payout.payout_id}"
            at_once(*[lambda k=key, p=payout: shop.db.run(
                lambda tx: paying.sending(tx, p.payout_id, sent_key=k)
            )] * 2)  # fmt: skip
            at_once(*[lambda k=key: shop.db.run(
                lambda tx: paying.result(tx, sent_key=k, outcome="paid", receipt=f"RC{k:0>8}".upper())
            )] * 3)  # fmt: skip
        assert statuses(shop, shop.cast.farmer) == ["paid"] * (number + 1)
    with shop.db.read() as tx:
        assert checks.faults(tx) == []


@proves("DR-804", "INV-10")
def test_the_same_paybill_payment_ten_times_at_once_is_one(shop: Shop) -> None:
    shop.publish()
    order = shop.order()
    deed = lambda: till.typed(shop, till.reference(order), str(order.amount_asked))  # noqa: E731
    assert at_once(*[deed] * 10) == ["ok"] * 10
    assert shop.balances()["mpesa"] == str(order.amount_asked)
    stray = lambda: shop.db.run(  # noqa: E731
        lambda tx: paybill.c2b_confirm(tx, receipt="STRAY00001", reference="?", amount=order.amount_asked)
    )
    assert at_once(*[stray] * 5) == ["ok"] * 5
    assert len(till.in_suspense(shop)) == 1


@proves("DR-813", "INV-5")
def test_two_admins_enter_the_same_transfer(shop: Shop) -> None:
    shop.publish()
    order = till.bank_order(shop)
    admins = (shop.cast.admin.actor, boss(shop))
    deeds = [
        lambda actor=actor: till.transferred(shop, order, str(order.amount_asked), who=actor)
        for actor in admins
    ]
    assert at_once(*deeds) == ["ok", "ok"]
    assert shop.balances()["bank"] == str(order.amount_asked)


def till_cancel(shop: Shop, order: Any) -> None:
    from core.orders import service as orders

    who = shop.cast.customer.actor
    shop.db.run(lambda tx: orders.cancel(tx, who, order_id=order.order_id))
