"""From the delivery to the money on the farmer's phone (section 13)."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update

from core.actor import Actor
from core.db import Tx
from core.errors import DomainError, NotAllowed, NotFound, WrongState
from core.notifications.models import Notification
from core.orders.models import Claim
from core.payments.models import MpesaReceipt
from core.payouts import checks, errors, making, paying, service, statements
from core.settings.models import SystemSetting
from core.users import service as users
from core.users.models import User
from tests.helpers import FixedClock
from tests.orders.shop import Shop
from tests.payouts.till import approve_first, boss, earn, payable, payouts, run, send, statuses, tell
from tests.proving import proves


def setting(shop: Shop, name: str, value: str) -> None:
    shop.db.run(
        lambda tx: tx.session.merge(SystemSetting(name=name, value=value, updated_at=tx.now)) and None
    )
    shop.db.parts.settings.refresh(shop.db.engine, now=True)


@proves("DR-1301", "DR-1302", "DR-1304", "INV-8")
def test_what_was_earned_is_paid_out_after_the_hold_in_whole_shillings(shop: Shop, clock: FixedClock) -> None:
    shop.publish(price="80.30")
    farmer, rider = shop.cast.farmer, shop.cast.rider
    order = earn(shop, clock)
    run(shop)
    assert [(p.amount, p.gross, p.commission, p.status) for p in payouts(shop, farmer)] == [
        (Decimal("361.00"), Decimal("401.50"), Decimal("40.15"), "pending")
    ], "361.35 are due: 35 cents stay (DR-104)"
    assert statuses(shop, rider) == [], "79.20 are under the minimum"
    approve_first(shop)
    (payout,) = payouts(shop, farmer)
    assert payout.status == "processing"
    assert shop.balances()[f"payout_clearing:{payout.payout_id}"] == "-361.00"
    assert send(shop, payout) == "applied"
    balances = shop.balances()
    assert balances["mpesa_payouts"] == "-361.00"
    assert balances[f"farmer_due:{farmer.id}"] == "-0.35", "for next time"
    assert shop.texts(farmer)[-1] == "payout_paid"
    (view,) = shop.db.run(lambda tx: statements.statement(tx, farmer.actor))
    assert (view.orders, view.commission, view.receipt) == (
        (order.order_number,), Decimal("40.15"), f"PO{payout.payout_id:08d}",
    )  # fmt: skip
    with shop.db.read() as tx:
        assert checks.faults(tx) == []


@proves("DR-1301")
def test_nothing_is_paid_before_the_order_is_completed_and_its_hold_is_over(
    shop: Shop, clock: FixedClock
) -> None:
    shop.publish()
    earn(shop, clock, free=False)
    assert payable(shop, shop.cast.farmer) == "0.00"
    run(shop)
    assert payouts(shop) == []
    clock.advance(hours=23)
    assert payable(shop, shop.cast.farmer) == "0.00"
    clock.advance(hours=1)
    shop.sweep()
    assert payable(shop, shop.cast.farmer) == "360.00"


@proves("DR-1301")
def test_completed_early_the_hold_still_counts_from_the_delivery(shop: Shop, clock: FixedClock) -> None:
    from core.orders import service as orders

    shop.publish()
    order = earn(shop, clock, free=False)
    shop.db.run(lambda tx: orders.complete(tx, shop.cast.customer.actor, order.order_id))
    clock.advance(hours=23, minutes=59)
    assert payable(shop, shop.cast.farmer) == "0.00"
    clock.advance(minutes=1)
    assert payable(shop, shop.cast.farmer) == "360.00"


@proves("DR-1301")
def test_an_open_claim_holds_the_money_of_its_order_only(shop: Shop, clock: FixedClock) -> None:
    shop.publish()
    argued = earn(shop, clock, "sms-1")
    earn(shop, clock, "sms-2")
    item = shop.items(argued)[0]

    def claim(tx: Any) -> None:
        tx.session.add(
            Claim(order_id=argued.order_id, order_item_id=item.order_item_id, open_for=item.order_item_id,
                  reason="rotten", opened_at=tx.now)
        )  # fmt: skip

    shop.db.run(claim)
    assert payable(shop, shop.cast.farmer) == "360.00"
    shop.db.run(lambda tx: tx.session.execute(update(Claim).values(claim_status="refused", open_for=None)))
    assert payable(shop, shop.cast.farmer) == "720.00"


@proves("DR-1302")
def test_a_small_balance_goes_out_after_seven_days(shop: Shop, clock: FixedClock) -> None:
    shop.publish(price="25")
    earn(shop, clock)  # 125.00, hers 112.50
    setting(shop, "payout.min_amount", "200.00")
    run(shop)
    assert payouts(shop, shop.cast.farmer) == []
    clock.advance(days=5)
    run(shop)
    assert payouts(shop, shop.cast.farmer) == []
    clock.advance(days=1)
    run(shop)
    assert [p.amount for p in payouts(shop, shop.cast.farmer)] == [Decimal("112.00")]
    assert [p.amount for p in payouts(shop, shop.cast.rider)] == [Decimal("79.00")]


@proves("DR-1302")
def test_a_payout_is_never_above_what_one_transaction_may_carry(shop: Shop, clock: FixedClock) -> None:
    shop.publish()
    earn(shop, clock)
    setting(shop, "mpesa.max_transaction", "200")
    run(shop)
    assert [p.amount for p in payouts(shop, shop.cast.farmer)] == [Decimal("200.00")]


@proves("DR-1303", "INV-5")
def test_one_payout_at_a_time_and_the_run_again_makes_no_other(shop: Shop, clock: FixedClock) -> None:
    shop.publish()
    earn(shop, clock)
    for _ in range(3):
        run(shop)
    (first,) = payouts(shop, shop.cast.farmer)
    assert (first.run_date, first.sequence) == (date(2025, 6, 25), 1)
    approve_first(shop)
    earn(shop, clock, "sms-2")
    run(shop)
    assert statuses(shop, shop.cast.farmer) == ["processing"], "one is under way"
    send(shop, payouts(shop, shop.cast.farmer)[0])
    clock.advance(days=1)
    run(shop)
    assert statuses(shop, shop.cast.farmer) == ["paid", "processing"], "a known number needs nobody"


@proves("DR-1303")
def test_an_unknown_outcome_blocks_and_is_never_sent_again(shop: Shop, clock: FixedClock) -> None:
    shop.publish()
    earn(shop, clock)
    run(shop)
    approve_first(shop)
    (payout,) = payouts(shop, shop.cast.farmer)
    assert send(shop, payout, "unknown") == "applied"
    assert not shop.db.run(lambda tx: paying.sending(tx, payout.payout_id, sent_key="another"))
    assert shop.db.run(lambda tx: paying.to_send(tx)) == []
    earn(shop, clock, "sms-2")
    run(shop)
    assert statuses(shop, shop.cast.farmer) == ["unknown"]
    with pytest.raises(WrongState):
        shop.db.run(lambda tx: service.retry(tx, shop.cast.admin.actor, payout_id=payout.payout_id))
    assert tell(shop, f"try-{payout.payout_id}-1", "paid", "LATE123456") == "applied"
    assert tell(shop, f"try-{payout.payout_id}-1", "paid", "LATE123456") == "duplicate"
    assert tell(shop, f"try-{payout.payout_id}-1", "failed") == "mismatched"
    clock.advance(days=1)
    run(shop)
    assert statuses(shop, shop.cast.farmer) == ["paid", "processing"]


@proves("DR-1303")
def test_a_failed_payout_is_owed_again_told_and_tried_again_by_an_admin(
    shop: Shop, clock: FixedClock
) -> None:
    shop.publish()
    earn(shop, clock)
    run(shop)
    approve_first(shop)
    (payout,) = payouts(shop, shop.cast.farmer)
    assert send(shop, payout, "failed") == "applied"
    assert shop.balances()[f"farmer_due:{shop.cast.farmer.id}"] == "-360.00"
    assert "payout_failed" in shop.copies(shop.cast.farmer)
    for _ in range(2):
        shop.db.run(lambda tx: service.retry(tx, shop.cast.admin.actor, payout_id=payout.payout_id))
    shop.db.run(lambda tx: paying.process_eligible(tx, 0))
    (again,) = payouts(shop, shop.cast.farmer)
    assert (again.status, again.tries) == ("processing", 2)
    assert send(shop, again) == "applied"
    with shop.db.read() as tx:
        assert checks.faults(tx) == []


@proves("DR-804", "DR-1303")
def test_a_receipt_that_paid_something_else_pays_no_payout(shop: Shop, clock: FixedClock) -> None:
    shop.publish()
    earn(shop, clock)
    run(shop)
    approve_first(shop)
    (payout,) = payouts(shop, shop.cast.farmer)
    with shop.db.read() as tx:
        used = tx.session.scalars(
            MpesaReceipt.__table__.select().with_only_columns(MpesaReceipt.receipt)
        ).first()
    assert send(shop, payout, receipt=used) == "mismatched"
    assert statuses(shop, shop.cast.farmer) == ["processing"]


class TestWhoMayLetItGo:
    """First payouts and large ones need an admin who did not create them (DR-1302)."""

    @proves("DR-1302")
    def test_first_payouts_are_approved_as_one_list_with_its_sum(self, shop: Shop, clock: FixedClock) -> None:
        shop.publish()
        earn(shop, clock)
        setting(shop, "payout.min_amount", "10.00")
        run(shop)
        admin = shop.cast.admin.actor
        there = shop.db.run(lambda tx: service.first_payouts(tx, admin))
        assert (len(there.payouts), there.total) == (2, Decimal("439.00"))
        ids = [payout.payout_id for payout in there.payouts]

        def approve(payout_ids: list[int], total: Decimal) -> None:
            shop.db.run(
                lambda tx: service.approve_first(tx, admin, payout_ids=payout_ids, total=total) and None
            )

        for wrong_ids, total in ((ids[:1], there.total), (ids, there.total - 1), ([], Decimal(0))):
            with pytest.raises(errors.ListChanged):
                approve(wrong_ids, total)
        approve(ids, there.total)
        assert statuses(shop) == ["eligible", "eligible"]

    @proves("DR-1302")
    def test_who_gets_it_does_not_approve_it(self, shop: Shop, clock: FixedClock) -> None:
        """A farmer who has become an admin is paid by another one's yes."""
        shop.publish()
        earn(shop, clock)
        run(shop)
        (payout,) = payouts(shop, shop.cast.farmer)

        def promoted(tx: Tx) -> Actor:
            user = tx.session.get_one(User, shop.cast.farmer.id)
            user.user_role = "admin"
            return users.actor_for(user, "web")

        farmer = shop.db.run(promoted)
        with pytest.raises(errors.PayoutOwn):
            shop.db.run(lambda tx: service.approve(tx, farmer, payout_id=payout.payout_id))

    @proves("DR-1302")
    def test_who_created_it_does_not_approve_it(self, shop: Shop, clock: FixedClock) -> None:
        shop.publish()
        earn(shop, clock)
        admin, farmer = shop.cast.admin.actor, shop.cast.farmer
        (payout,) = shop.db.run(lambda tx: service.create(tx, admin, payee_id=farmer.id))
        with pytest.raises(errors.PayoutOwn):
            shop.db.run(lambda tx: service.approve(tx, admin, payout_id=payout.payout_id))
        with pytest.raises(errors.PayoutNeedsApproval):
            shop.db.run(lambda tx: service.process(tx, admin, payout_id=payout.payout_id))
        other = boss(shop)
        for _ in range(2):
            shop.db.run(lambda tx: service.approve(tx, other, payout_id=payout.payout_id))
        shop.db.run(lambda tx: service.process(tx, admin, payout_id=payout.payout_id))
        assert statuses(shop, farmer) == ["processing"]

    @proves("DR-1302")
    def test_a_large_one_to_a_known_number_waits_for_a_yes_as_well(
        self, shop: Shop, clock: FixedClock
    ) -> None:
        shop.publish()
        earn(shop, clock)
        run(shop)
        approve_first(shop)
        send(shop, payouts(shop, shop.cast.farmer)[0])
        setting(shop, "payout.two_person_over", "359.99")
        earn(shop, clock, "sms-2")
        run(shop)
        assert statuses(shop, shop.cast.farmer) == ["paid", "pending"]

    @proves("DR-1302", "DR-208")
    def test_a_number_changed_meanwhile_is_looked_at_again(self, shop: Shop, clock: FixedClock) -> None:
        shop.publish()
        earn(shop, clock)
        run(shop)
        (payout,) = payouts(shop, shop.cast.farmer)
        admin = shop.cast.admin.actor
        shop.db.run(lambda tx: service.approve(tx, admin, payout_id=payout.payout_id))

        def new_number(tx: Any) -> None:
            person = tx.session.get(type(shop.cast.farmer.user), shop.cast.farmer.id)
            person.phone_number = "+254712000999"

        shop.db.run(new_number)
        shop.db.run(lambda tx: paying.process_eligible(tx, 0))
        assert statuses(shop, shop.cast.farmer) == ["cancelled"]
        clock.advance(days=1)
        run(shop)
        assert [(p.status, p.first_payout) for p in payouts(shop, shop.cast.farmer)][1:] == [
            ("pending", True)
        ]

    def test_hold_resume_and_cancel_and_each_again(self, shop: Shop, clock: FixedClock) -> None:
        shop.publish()
        earn(shop, clock)
        run(shop)
        (payout,) = payouts(shop, shop.cast.farmer)
        admin, number = shop.cast.admin.actor, payout.payout_id
        for _ in range(2):
            shop.db.run(lambda tx: service.hold(tx, admin, payout_id=number, reason="odd"))
        with pytest.raises(errors.PayoutNeedsApproval):
            shop.db.run(lambda tx: service.resume(tx, admin, payout_id=number))
        shop.db.run(lambda tx: service.approve(tx, admin, payout_id=number))
        assert statuses(shop, shop.cast.farmer) == ["on_hold"]
        for _ in range(2):
            shop.db.run(lambda tx: service.resume(tx, admin, payout_id=number))
        assert statuses(shop, shop.cast.farmer) == ["eligible"]
        for _ in range(2):
            shop.db.run(lambda tx: service.cancel(tx, admin, payout_id=number, reason="not yet"))
        assert statuses(shop, shop.cast.farmer) == ["cancelled"]
        assert payable(shop, shop.cast.farmer) == "360.00"
        clock.advance(days=1)
        run(shop)
        assert statuses(shop, shop.cast.farmer) == ["cancelled", "pending"]


@proves("DR-1703", "DR-1302")
def test_while_payouts_are_paused_nothing_starts_or_is_sent(shop: Shop, clock: FixedClock) -> None:
    from core.settings import switches

    shop.publish()
    earn(shop, clock)
    run(shop)
    admin = shop.cast.admin.actor
    shop.db.run(lambda tx: switches.pause(tx, admin, kind="payouts", reason="bank holiday"))
    shop.db.parts.settings.refresh(shop.db.engine, now=True)
    approve_first(shop)
    assert statuses(shop, shop.cast.farmer) == ["eligible"]
    with pytest.raises(DomainError):
        shop.db.run(lambda tx: service.create(tx, admin, payee_id=shop.cast.farmer.id))
    shop.db.run(lambda tx: switches.resume(tx, admin, kind="payouts"))
    shop.db.parts.settings.refresh(shop.db.engine, now=True)
    shop.db.run(lambda tx: paying.process_eligible(tx, 0))
    assert statuses(shop, shop.cast.farmer) == ["processing"]


@proves("DR-1006", "INV-8")
def test_what_was_refunded_at_her_fault_is_set_off_against_the_next_payout(
    shop: Shop, clock: FixedClock
) -> None:
    from core.ledger import postings

    shop.publish()
    order = earn(shop, clock)
    run(shop)
    approve_first(shop)
    send(shop, payouts(shop, shop.cast.farmer)[0])
    forty = Decimal("40.00")
    shop.db.run(
        lambda tx: postings.refund_of_farmer(tx, 1, order.order_id, shop.cast.farmer.id, 10 * forty, forty)
    )
    assert payable(shop, shop.cast.farmer) == "-360.00", "below zero, and never collected"
    run(shop)
    assert len(payouts(shop, shop.cast.farmer)) == 1
    earn(shop, clock, "sms-2")
    earn(shop, clock, "sms-3")
    run(shop)
    second = payouts(shop, shop.cast.farmer)[1]
    assert (second.amount, second.gross - second.commission) == (Decimal("360.00"), Decimal("720.00"))
    shop.db.run(lambda tx: paying.process_eligible(tx, 0))
    send(shop, second)
    with shop.db.read() as tx:
        told = select(Notification).where(Notification.code == "payout_paid_less")
        values = tx.session.scalars(told).one().values
    assert values["sum"] == "360.00"
    assert (values["gets"], values["due"]) == ("720.00", "360.00"), "both amounts"
    assert shop.texts(shop.cast.farmer)[-1] == "payout_paid_less"
    earn(shop, clock, "sms-4")
    run(shop)
    shop.db.run(lambda tx: paying.process_eligible(tx, 0))
    send(shop, payouts(shop, shop.cast.farmer)[2])
    assert shop.texts(shop.cast.farmer)[-1] == "payout_paid", "once"


@proves("DR-1304")
def test_figures_are_of_a_period_and_ones_own(shop: Shop, clock: FixedClock) -> None:
    shop.publish()
    since = clock.now()
    earn(shop, clock)
    farmer, rider, admin = shop.cast.farmer, shop.cast.rider, shop.cast.admin
    until = clock.now()

    def figures(person: Any, payee_id: int | None = None) -> tuple[str, ...]:
        got = shop.db.run(
            lambda tx: statements.figures(tx, person.actor, since=since, until=until, payee_id=payee_id)
        )
        return tuple(str(x) for x in (got.gross, got.commission, got.net, got.paid, got.owed, got.held))

    assert figures(farmer) == ("400.00", "40.00", "360.00", "0.00", "360.00", "0.00")
    assert figures(rider) == ("79.20", "0.00", "79.20", "0.00", "79.20", "0.00")
    assert figures(admin) == ("479.20", "40.00", "439.20", "0.00", "439.20", "439.20")
    assert figures(admin, farmer.id) == figures(farmer)
    with pytest.raises(NotFound):
        figures(farmer, rider.id)
    with pytest.raises(NotAllowed):
        figures(shop.cast.customer)
    assert shop.db.run(lambda tx: statements.listed(tx, admin.actor)) == []


BAD: dict[str, Callable[[Tx, Shop], object]] = {
    "create, unknown payee": lambda tx, s: service.create(tx, s.cast.admin.actor, payee_id=999),
    "create, nothing due": lambda tx, s: service.create(tx, s.cast.admin.actor, payee_id=s.cast.farmer.id),
    "create, by a farmer": lambda tx, s: service.create(tx, s.cast.farmer.actor, payee_id=s.cast.farmer.id),
    "approve, unknown": lambda tx, s: service.approve(tx, s.cast.admin.actor, payout_id=999),
    "approve, by a rider": lambda tx, s: service.approve(tx, s.cast.rider.actor, payout_id=999),
    "process, unknown": lambda tx, s: service.process(tx, s.cast.admin.actor, payout_id=999),
    "hold, unknown": lambda tx, s: service.hold(tx, s.cast.admin.actor, payout_id=999, reason=""),
    "resume, unknown": lambda tx, s: service.resume(tx, s.cast.admin.actor, payout_id=999),
    "cancel, unknown": lambda tx, s: service.cancel(tx, s.cast.admin.actor, payout_id=999, reason=""),
    "retry, unknown": lambda tx, s: service.retry(tx, s.cast.admin.actor, payout_id=999),
    "read, unknown": lambda tx, s: statements.one(tx, s.cast.farmer.actor, payout_id=999),
    "statement, of a customer": lambda tx, s: statements.statement(tx, s.cast.customer.actor),
    "list, of somebody else": lambda tx, s: statements.listed(
        tx, s.cast.farmer.actor, payee_id=s.cast.rider.id
    ),
    "figures, backwards": lambda tx, s: statements.figures(
        tx, s.cast.admin.actor, since=tx.now, until=tx.now
    ),
    "make, unknown": lambda tx, s: making.make(tx, making.SYSTEM, payee_id=999, account="farmer_due:999"),
}


@pytest.mark.parametrize("what", BAD)
def test_bad_input_is_a_typed_refusal(shop: Shop, what: str) -> None:
    with pytest.raises(DomainError):
        shop.db.run(lambda tx: BAD[what](tx, shop))


@proves("DR-1302")
def test_what_cannot_start_stands_in_nobodys_way(
    shop: Shop, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A payee whose number is silent comes first; the others behind her are paid all the same."""
    setting(shop, "payout.min_amount", "50.00")
    shop.publish()
    earn(shop, clock)
    run(shop)
    assert [payout.status for payout in payouts(shop)] == ["pending", "pending"]
    first, second = payouts(shop)

    def approved(tx: Tx) -> None:
        for payout in (first, second):
            service.approve(tx, shop.cast.admin.actor, payout_id=payout.payout_id)
        payee = tx.session.get_one(User, first.payee_id)
        payee.heard_at = payee.created_at = clock.now() - timedelta(days=400)

    shop.db.run(approved)
    monkeypatch.setattr(paying, "AT_ONCE", 1)
    shop.db.run(lambda tx: paying.process_eligible(tx, 0))
    for _ in range(3):
        shop.sweep()
    assert [payout.status for payout in payouts(shop)] == ["eligible", "processing"]
