"""Our books against the provider's word: balances told, what is unknown too long, closing (DR-1007)."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update

from core.alarms.models import Alarm
from core.audit.models import AuditRow
from core.books import differences, importing, reconciling, rules
from core.books.models import Difference
from core.db import Database
from core.due_work import HANDLERS
from core.errors import BadInput, NotAllowed, NotFound
from core.ledger import postings
from core.payments import asking, receipts
from core.payments.models import PaymentTransaction, ProviderRequest
from tests.helpers import FixedClock
from tests.orders.shop import Shop, failed
from tests.payments.till import cancelled, refunds, send
from tests.payouts.till import approve_first, earn, payouts, run
from tests.payouts.till import send as send_payout
from tests.proving import proves

D = Decimal


def told(db: Database, amount: str, till: str = "mpesa") -> None:
    """The provider tells a balance."""
    db.run(lambda tx: reconciling.balance_told(tx, till=till, amount=D(amount), at=tx.now))


def night(db: Database, clock: FixedClock, *, hours: int = 2) -> list[tuple[str, str, str, str]]:
    """The nightly look, and what is open then: kind, subject, ours, theirs."""
    clock.advance(hours=hours)
    db.run(lambda tx: reconciling.nightly(tx, 0))
    return open_ones(db)


def open_ones(db: Database) -> list[tuple[str, str, str, str]]:
    with db.read() as tx:
        rows = tx.session.scalars(
            select(Difference).where(Difference.closed_at.is_(None)).order_by(Difference.difference_id)
        )
        return [(r.kind, r.subject.partition(":")[0], str(r.ours), str(r.theirs)) for r in rows]


def alarmed(db: Database) -> bool:
    with db.read() as tx:
        query = select(Alarm.alarm_id).where(Alarm.open_for.is_not(None), Alarm.subject == "provider")
        return tx.session.scalar(query) is not None


def the_one(db: Database) -> Difference:
    with db.read() as tx:
        return tx.session.scalars(select(Difference).order_by(Difference.difference_id.desc())).first()  # type: ignore[return-value]


def close(db: Database, who: Any, how: str, reason: str = "seen at the bank") -> Difference:
    row = the_one(db)
    return db.run(
        lambda tx: differences.close(tx, who, difference_id=row.difference_id, how=how, reason=reason)
    )


@proves("DR-1007")
class TestBalances:
    """What the provider's account holds, beside what our ledger says."""

    def test_the_same_sum_is_no_difference(self, shop: Shop, clock: FixedClock) -> None:
        shop.publish()
        shop.paid_order()
        told(shop.db, "499.00")
        assert night(shop.db, clock) == []
        assert not alarmed(shop.db)

    def test_once_off_is_a_payment_between_two_looks_twice_alike_is_a_difference(
        self, shop: Shop, clock: FixedClock
    ) -> None:
        shop.publish()
        told(shop.db, "0.00")
        told(shop.db, "499.00")
        assert night(shop.db, clock) == [], "it has just arrived there; we shall hear of it"
        told(shop.db, "499.00")
        assert night(shop.db, clock) == [("balance", "till", "0.00", "499.00")]
        assert alarmed(shop.db)
        shop.paid_order()
        told(shop.db, "499.00")
        assert open_ones(shop.db) == [], "gone by itself at once"
        assert night(shop.db, clock) == []
        assert not alarmed(shop.db)
        assert (the_one(shop.db).how, the_one(shop.db).closed_by) == ("gone", None)

    def test_what_is_under_way_may_have_left_already(self, shop: Shop, clock: FixedClock) -> None:
        shop.publish()
        cancelled(shop, shop.paid_order())
        (refund,) = refunds(shop)
        shop.db.run(lambda tx: postings.float_moved(tx, "F1", D("499.00")))
        send(shop, refund, "unknown")
        for there in ("499.00", "0.00", "0.00"):
            told(shop.db, there, "mpesa_payouts")
            assert [r for r in night(shop.db, clock, hours=0) if r[0] == "balance"] == []
        for _ in range(2):
            told(shop.db, "500.00", "mpesa_payouts")
        assert ("balance", "till", "499.00", "500.00") in night(shop.db, clock, hours=0)

    def test_a_balance_that_is_told_no_more_is_said(self, shop: Shop, clock: FixedClock) -> None:
        told(shop.db, "0.00")
        assert night(shop.db, clock, hours=25) == []
        assert night(shop.db, clock, hours=2) == [("no_balance", "till", "None", "None")]
        told(shop.db, "0.00")
        assert open_ones(shop.db) == []

    def test_one_shortcode_for_both_is_compared_with_both_accounts(
        self, shop: Shop, clock: FixedClock
    ) -> None:
        shop.publish()
        shop.paid_order()
        shop.db.run(lambda tx: postings.float_moved(tx, "F1", D("200.00")))
        told(shop.db, "499.00", "both")
        assert night(shop.db, clock) == []


@proves("DR-1007")
class TestClosing:
    """What an admin may say of a difference, and what is posted then."""

    @pytest.mark.parametrize(
        ("there", "how", "booked"),
        [
            ("476.60", "charge", {"mpesa": "476.60", "provider_fees": "22.40"}),
            ("99.00", "to_bank", {"mpesa": "99.00", "bank": "400.00"}),
            ("899.00", "from_bank", {"mpesa": "899.00", "bank": "-400.00"}),
            ("1499.00", "owner_in", {"mpesa": "1499.00", "owner": "-1000.00"}),
            ("0.00", "owner_out", {"owner": "499.00"}),
            ("500.00", "explained", {"mpesa": "499.00"}),
        ],
    )
    def test_what_the_sum_was_is_posted_once_and_the_books_agree(
        self, shop: Shop, clock: FixedClock, there: str, how: str, booked: dict[str, str]
    ) -> None:
        shop.publish()
        order = shop.paid_order()
        told(shop.db, there)
        night(shop.db, clock)
        admin = shop.cast.admin.actor
        for _ in range(2):
            assert close(shop.db, admin, how).how == how
        now = shop.balances()
        assert {k: v for k, v in now.items() if not k.startswith("order")} == booked
        assert now[f"order_funds:{order.order_id}"] == "-499.00"
        told(shop.db, there)
        assert night(shop.db, clock, hours=0) == [], "what was explained is not asked again"
        with shop.db.read() as tx:
            audit = tx.session.scalars(select(AuditRow).where(AuditRow.what == "books.difference")).one()
            assert (audit.user_id, audit.reason) == (shop.cast.admin.id, "seen at the bank")
        assert not alarmed(shop.db)

    def test_explained_is_asked_again_when_the_difference_grows(self, shop: Shop, clock: FixedClock) -> None:
        told(shop.db, "1.00")
        night(shop.db, clock)
        close(shop.db, shop.cast.admin.actor, "explained")
        for _ in range(2):
            told(shop.db, "2.00")
        assert night(shop.db, clock) == [("balance", "till", "0.00", "2.00")]

    def test_what_the_sum_cannot_be_and_what_has_no_reason_is_refused(
        self, shop: Shop, clock: FixedClock
    ) -> None:
        told(shop.db, "1.00")
        night(shop.db, clock)
        admin = shop.cast.admin.actor
        for how, reason in (("charge", "x y"), ("to_bank", "x y"), ("magic", "x y"), ("explained", " ")):
            with pytest.raises(BadInput):
                close(shop.db, admin, how, reason)
        with pytest.raises(NotAllowed):
            close(shop.db, shop.cast.farmer.actor, "explained")
        with pytest.raises(NotFound):
            shop.db.run(
                lambda tx: differences.close(tx, admin, difference_id=999, how="explained", reason="x")
            )
        assert shop.balances() == {}

    def test_the_list_is_for_those_who_may_read_money(self, shop: Shop, clock: FixedClock) -> None:
        told(shop.db, "1.00")
        night(shop.db, clock)
        with shop.db.read() as tx:
            assert [r.kind for r in differences.listed(tx, shop.cast.admin.actor)] == ["balance"]
            assert differences.listed(tx, shop.cast.admin.actor, is_open=False) == []
            with pytest.raises(NotAllowed):
                differences.listed(tx, shop.cast.rider.actor)


@proves("DR-1007")
class TestWithoutAFile:
    """What the night finds by itself."""

    def test_a_payment_nobody_knows_of_for_an_hour(self, shop: Shop, clock: FixedClock) -> None:
        shop.publish()
        attempt = shop.prompt(shop.order())
        shop.db.run(lambda tx: tx.session.execute(update(PaymentTransaction).values(status="unknown")))
        clock.advance(minutes=50)
        assert night(shop.db, clock, hours=0) == []
        assert night(shop.db, clock, hours=1) == [("unknown", "payment", str(attempt.amount), "None")]
        shop.result(attempt, failed())
        assert night(shop.db, clock, hours=0) == []

    def test_a_payout_and_a_refund_that_nobody_has_answered(self, shop: Shop, clock: FixedClock) -> None:
        shop.publish()
        earn(shop, clock)
        run(shop)
        approve_first(shop)
        (payout,) = payouts(shop, shop.cast.farmer)
        cancelled(shop, shop.paid_order(key="sms-2"))
        send(shop, refunds(shop)[0], "unknown")
        assert night(shop.db, clock) == [
            ("unknown", "refund", "-499.00", "None"),
            ("unknown", "payout", "-360.00", "None"),
        ]
        send_payout(shop, payout)
        assert [row[1] for row in night(shop.db, clock)] == ["refund"]

    def test_a_receipt_that_does_not_come(self, shop: Shop, clock: FixedClock) -> None:
        shop.publish()
        shop.paid_order()
        shop.db.run(lambda tx: tx.session.execute(update(PaymentTransaction).values(receipt_due=True)))
        assert night(shop.db, clock, hours=23) == []
        assert night(shop.db, clock, hours=2) == [("receipt_due", "payment", "499.00", "None")]

    def test_each_receipt_has_its_posting_with_its_sum(self, shop: Shop, clock: FixedClock) -> None:
        """Payments, refunds and payouts; and one that nothing was booked for."""

        shop.publish()
        earn(shop, clock)
        run(shop)
        approve_first(shop)
        send_payout(shop, payouts(shop, shop.cast.farmer)[0])
        cancelled(shop, shop.paid_order(key="sms-2"))
        send(shop, refunds(shop)[0])
        assert night(shop.db, clock) == []
        shop.db.run(lambda tx: receipts.claim(tx, "LOST000001", D("70.00"), "payment:999"))
        for _ in range(3):
            assert night(shop.db, clock, hours=24) == [("unbacked", "receipt", "None", "70.00")]


def answer(db: Database, request_id: int, **told: Any) -> None:
    """M-Pesa's answer to a question comes."""

    def work(tx: Any) -> None:
        request = asking.locked(tx, request_id)
        assert request is not None
        asking.told(tx, request, code="0", text="ok", told=told)

    db.run(work)


@proves("DR-1007")
class TestAsking:
    """What M-Pesa answers reaches the difference that it is about."""

    def test_all_pockets_of_an_account_together_are_compared(self, shop: Shop, clock: FixedClock) -> None:
        for _ in range(2):
            asked = shop.db.run(lambda tx: asking.question(tx, kind="balance", subject="mpesa").request_id)
            pockets = {
                "Working Account": "700.00",
                "Utility Account": "80.50",
                "Charges Paid Account": "-15.40",
            }
            answer(shop.db, asked, accounts=pockets, at="2025-06-24T06:00:00+00:00")
        assert night(shop.db, clock) == [("balance", "till", "0.00", "765.10")]

    def test_a_question_without_an_answer_changes_nothing(self, shop: Shop, clock: FixedClock) -> None:
        def give_up(tx: Any) -> None:
            asking.gave_up(tx, asking.question(tx, kind="balance", subject="mpesa"), code="26", why="busy")

        shop.db.run(give_up)
        assert night(shop.db, clock) == []

    @pytest.mark.parametrize(
        ("state", "amount", "closed"),
        [("Completed", "499.00", True), ("Completed", "500.00", False), ("Declined", "499.00", False)],
    )
    def test_a_receipt_that_the_statement_lacks_is_asked_for_at_once_and_confirmed_or_not(
        self, shop: Shop, state: str, amount: str, closed: bool
    ) -> None:
        shop.publish()
        shop.paid_order()
        lines = [f"UA00000{n}XX,2025-06-24 {h}:00:00,5.00,," for n, h in enumerate(("08", "11"))]
        head = "Receipt No.,Completion Time,Paid In,Withdrawn,Details"
        importing.take(shop.db, shop.cast.admin.actor, till="mpesa", text="\n".join([head, *lines]))
        row = the_one(shop.db)
        assert row.kind == "not_theirs"
        assert not shop.db.run(
            lambda tx: differences.ask(tx, shop.cast.admin.actor, difference_id=row.difference_id)
        ), "it is being asked"
        with shop.db.read() as tx:
            request = tx.session.scalars(select(ProviderRequest)).one()
        assert (request.kind, request.receipt) == ("status", row.subject.removeprefix("receipt:"))
        answer(shop.db, request.request_id, state=state, amount=amount, receipt=request.receipt)
        after = the_one(shop.db)
        assert (after.closed_at is not None, after.details["told"]["state"]) == (closed, state)
        assert after.how == ("confirmed" if closed else "")
        again = shop.db.run(
            lambda tx: differences.ask(tx, shop.cast.admin.actor, difference_id=row.difference_id)
        )
        assert again is not closed

    def test_asking_is_an_admins(self, shop: Shop, clock: FixedClock) -> None:
        told(shop.db, "1.00")
        night(shop.db, clock)
        row = the_one(shop.db)
        with pytest.raises(NotAllowed):
            shop.db.run(
                lambda tx: differences.ask(tx, shop.cast.rider.actor, difference_id=row.difference_id)
            )
        admin = shop.cast.admin.actor
        assert not shop.db.run(lambda tx: differences.ask(tx, admin, difference_id=row.difference_id))


def test_the_night_does_it(shop: Shop) -> None:
    assert {"reconcile", "check_books"} <= set(HANDLERS)


def test_kinds_and_ways_are_whole() -> None:
    assert set(rules.NIGHTLY) <= set(rules.KINDS)
    assert set(rules.UNPLACED) <= set(rules.KINDS)
    with pytest.raises(KeyError):
        differences.found(None, "magic", "x", till="mpesa")  # type: ignore[arg-type]
