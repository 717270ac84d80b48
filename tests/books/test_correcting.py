"""An admin's wrong entry is taken back by its mirror; large sums need two admins (DR-1001, DR-813)."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from core.actor import Actor
from core.audit.models import AuditRow
from core.books import correcting, differences, reconciling
from core.books.errors import CannotTakeBack, RefundUnderWay
from core.books.models import Correction, Difference
from core.cash import deposits, held
from core.cash.errors import MoreThanOwed
from core.db import Database
from core.errors import BadInput, NotAllowed, NotFound, WrongState
from core.ledger import checks as ledger_checks
from core.ledger import postings
from core.ledger.models import JournalEntry
from core.payments import bank, checks, refunds, returning, service
from core.payments.errors import SecondAdminNeeded
from core.payments.models import PaymentTransaction, Refund
from tests.books.test_importing import left, take
from tests.cash.test_deposits import collect, count, open_ones
from tests.deliveries.road import Road
from tests.helpers import Cast
from tests.orders.shop import Shop
from tests.payments.till import bank_order, reference, second_admin, send, transferred, typed
from tests.payments.till import refunds as refunds_of
from tests.proving import proves

D = Decimal


@pytest.fixture
def road(db: Database, cast: Cast) -> Road:
    return Road(db, cast)


def take_back(shop: Shop, record: str, who: Actor | None = None, reason: str = "typed wrongly") -> Correction:
    actor = who or shop.cast.admin.actor
    return shop.db.run(lambda tx: correcting.take_back(tx, actor, record=record, reason=reason))


def decide(shop: Shop, row: Correction, who: Actor, *, yes: bool) -> Correction:
    return shop.db.run(lambda tx: correcting.decide(tx, who, correction_id=row.correction_id, yes=yes))


def right(shop: Shop) -> None:
    """Sums, mirrors that name their entries, and cash by the night's own look."""
    with shop.db.read() as tx:
        assert ledger_checks.faults(tx) == []
        for entry in tx.session.scalars(select(JournalEntry).where(JournalEntry.kind.like("%_undone"))):
            assert entry.reverses is not None


def open_rows(shop: Shop) -> list[tuple[str, str, str, str]]:
    shop.db.run(lambda tx: reconciling.nightly(tx, 0))
    with shop.db.read() as tx:
        rows = differences.listed(tx, shop.cast.admin.actor)
        return [(r.kind, r.subject.partition(":")[0], str(r.ours), str(r.theirs)) for r in rows]


def close(shop: Shop, how: str, who: Actor | None = None) -> Difference:
    """An admin says what the open difference is."""
    actor = who or shop.cast.admin.actor

    def work(tx: Any) -> Difference:
        (row,) = differences.listed(tx, actor)
        return differences.close(tx, actor, difference_id=row.difference_id, how=how, reason="seen")

    return shop.db.run(work)


def paid_twice(shop: Shop, transfer: str, auto_max: str) -> tuple[PaymentTransaction, Refund]:
    """An order paid by a transfer, and by her at the paybill as well: hers is to go back."""
    shop.set_to("refund.auto_approve_max", auto_max)
    shop.publish()
    order = bank_order(shop)
    payment = transferred(shop, order, transfer)
    typed(shop, reference(order), "499.00")
    (refund,) = refunds_of(shop)
    assert refund.transaction_id != payment.transaction_id
    return payment, refund


class TestTransfers:
    @proves("DR-1001", "DR-813")
    def test_a_transfer_of_another_order_is_taken_back_and_entered_where_it_belongs(self, shop: Shop) -> None:
        shop.publish()
        wrong, meant = bank_order(shop), bank_order(shop, key="sms-2")
        payment = transferred(shop, wrong, "499.00")
        assert shop.statuses(wrong)[0] == "confirmed"
        before = len(shop.texts(shop.cast.customer))
        done = take_back(shop, f"payment:{payment.transaction_id}")
        assert (done.status, done.amount) == ("done", D("499.00"))
        assert take_back(shop, f"payment:{payment.transaction_id}").entry_id == done.entry_id
        assert shop.balances() == {}
        assert shop.texts(shop.cast.customer)[before:] == ["transfer_struck"]
        fresh = shop.fresh(wrong)
        assert (fresh.order_status, fresh.payment_status) == ("confirmed", "failed"), (
            "its prompt had been refused"
        )
        with shop.db.read() as tx:
            assert service.wants_money(tx, tx.session.merge(fresh, load=True))
            assert checks.order_faults(tx, wrong.order_id) == []
        transferred(shop, meant, "499.00")  # the bank's reference is free again
        assert shop.statuses(meant)[0] == "confirmed"
        right(shop)
        with shop.db.read() as tx:
            rows = tx.session.scalars(select(AuditRow.what).where(AuditRow.what.like("books.take%")))
            assert list(rows) == ["books.take_back", "books.taken_back"]

    @proves("DR-813")
    def test_a_large_one_needs_two_and_may_be_let_stand(self, shop: Shop) -> None:
        shop.set_to("bank.two_person_over", "400.00")
        shop.publish()
        order = bank_order(shop)
        payment = transferred(shop, order, "400.00")
        shop.set_to("bank.two_person_over", "399.00")
        record, other = f"payment:{payment.transaction_id}", second_admin(shop)
        asked = take_back(shop, record)
        assert (asked.status, take_back(shop, record).status) == ("asked", "asked"), "one is one"
        with pytest.raises(SecondAdminNeeded):
            decide(shop, asked, shop.cast.admin.actor, yes=True)
        assert shop.balances()["bank"] == "400.00"
        assert decide(shop, asked, other, yes=False).status == "refused"
        asked = take_back(shop, record)
        assert decide(shop, asked, other, yes=True).status == "done"
        assert decide(shop, asked, other, yes=False).status == "done", "decided once"
        assert shop.balances() == {}
        right(shop)

    @proves("DR-813")
    def test_what_two_admins_have_seen_is_not_taken_back_by_one(self, shop: Shop) -> None:
        shop.publish()
        order, other = bank_order(shop), second_admin(shop)
        shop.set_to("bank.two_person_over", "400.00")
        payment = transferred(shop, order, "499.00")
        shop.db.run(lambda tx: bank.approve_bank(tx, other, transaction_id=payment.transaction_id) and None)
        shop.set_to("bank.two_person_over", "20000.00")
        assert take_back(shop, f"payment:{payment.transaction_id}").status == "asked"

    @proves("DR-1001")
    def test_a_record_has_one_spelling(self, shop: Shop) -> None:
        shop.publish()
        payment = transferred(shop, bank_order(shop), "499.00")
        for number in (f"0{payment.transaction_id}", "²", "٣", "0", "-1", f"{payment.transaction_id}\n"):
            with pytest.raises(NotFound):
                take_back(shop, f"payment:{number}")

    def test_what_is_promised_back_of_it_comes_first(self, shop: Shop) -> None:
        shop.publish()
        order = bank_order(shop)
        payment = transferred(shop, order, "599.00")  # the rest is to go back
        with pytest.raises(CannotTakeBack):
            take_back(shop, f"payment:{payment.transaction_id}")

    @pytest.mark.parametrize(
        ("transfer", "auto_max", "far"),
        [
            ("504.00", "1000.00", "approved"),  # 5.00 of it is her credit, and her own is on its way back
            ("499.00", "100.00", "requested"),  # hers is asked back, and is all that the order would have
            ("499.00", "1000.00", "approved"),
            ("499.00", "1000.00", "sent"),
            ("499.00", "1000.00", "unknown"),
        ],
    )
    @proves("DR-821", "DR-813")
    def test_what_goes_back_because_of_it_on_another_payment_comes_first(
        self, shop: Shop, transfer: str, auto_max: str, far: str
    ) -> None:
        payment, refund = paid_twice(shop, transfer, auto_max)
        if far in ("sent", "unknown"):
            shop.db.run(lambda tx: returning.sending(tx, refund.refund_id, sent_key="r-1") and None)
        if far == "unknown":
            shop.db.run(lambda tx: returning.result(tx, sent_key="r-1", outcome="unknown"))
        assert refunds_of(shop)[0].status == far
        record = f"payment:{payment.transaction_id}"
        before = shop.balances()
        with pytest.raises(RefundUnderWay):
            take_back(shop, record)
        assert shop.balances() == before
        admin, told = shop.cast.admin.actor, len(shop.texts(shop.cast.customer))
        if far == "requested":
            shop.db.run(lambda tx: refunds.reject(tx, admin, refund_id=refund.refund_id, reason="hers"))
        elif far == "approved":
            for _ in range(2):
                shop.db.run(lambda tx: returning.stop(tx, admin, refund_id=refund.refund_id, reason="hers"))
            assert shop.texts(shop.cast.customer)[told:] == ["refund_stopped"]
            with pytest.raises(WrongState):
                shop.db.run(lambda tx: returning.sending(tx, refund.refund_id, sent_key="r-1"))
        else:
            with pytest.raises(WrongState):
                shop.db.run(lambda tx: returning.stop(tx, admin, refund_id=refund.refund_id, reason="hers"))
            return
        assert take_back(shop, record).status == "done"
        assert shop.balances()["mpesa"] == "499.00", "hers pays for it again"
        assert "bank" not in shop.balances()
        with shop.db.read() as tx:
            assert checks.order_faults(tx, payment.order_id) == []
        right(shop)

    @proves("DR-821", "DR-813")
    def test_what_has_gone_back_because_of_it_is_lacking_when_two_admins_say_so(self, shop: Shop) -> None:
        payment, refund = paid_twice(shop, "499.00", "1000.00")
        send(shop, refund)
        record, before = f"payment:{payment.transaction_id}", len(shop.texts(shop.cast.customer))
        assert take_back(shop, record).status == "asked", "small, and yet not one admin's to say"
        done = take_back(shop, record, second_admin(shop))
        assert (done.status, shop.balances()) == ("done", {"mpesa": "499.00", "mpesa_payouts": "-499.00"})
        assert shop.texts(shop.cast.customer)[before:] == ["transfer_struck"]
        right(shop)

    @proves("DR-821", "DR-813")
    def test_more_than_ever_came_does_not_go_back(self, shop: Shop) -> None:
        payment, refund = paid_twice(shop, "504.00", "1000.00")
        send(shop, refund)
        record = f"payment:{payment.transaction_id}"
        with pytest.raises(CannotTakeBack):
            take_back(shop, record)

    def test_only_an_admin_only_with_a_reason_only_such_entries(self, shop: Shop) -> None:
        shop.publish()
        paid = shop.attempt(shop.paid_order())
        payment = transferred(shop, bank_order(shop, key="sms-2"), "499.00")
        for who in (shop.cast.farmer, shop.cast.customer, shop.cast.rider):
            with pytest.raises(NotAllowed):
                take_back(shop, f"payment:{payment.transaction_id}", who.actor)
        with pytest.raises(BadInput):
            take_back(shop, f"payment:{payment.transaction_id}", reason=" ")
        for record in (
            f"payment:{paid.transaction_id}",
            "payment:99",
            "payout:1",
            "deposit:x",
            "",
            "banking:",
        ):
            with pytest.raises(NotFound):
                take_back(shop, record)


class TestDifferences:
    @proves("DR-1001", "DR-1007")
    def test_what_was_booked_wrongly_is_open_again_and_may_be_booked_anew(self, shop: Shop) -> None:
        take(shop, left("UA99BANK01", "300.00", "Organization Settlement"))
        close(shop, "charge")
        assert shop.balances() == {"mpesa": "-300.00", "provider_fees": "300.00"}
        with shop.db.read() as tx:
            (row,) = tx.session.scalars(select(Difference))
        take_back(shop, f"difference:{row.difference_id}")
        assert shop.balances() == {}
        assert open_rows(shop) == [("not_ours", "row", "None", "-300.00")]
        close(shop, "to_bank")
        assert shop.balances() == {"bank": "300.00", "mpesa": "-300.00"}
        right(shop)

    @proves("DR-1001", "DR-813")
    def test_one_that_is_open_meanwhile_keeps_its_sums_and_the_first_word(self, shop: Shop) -> None:
        def seen(theirs: str) -> Any:
            return shop.db.run(
                lambda tx: differences.found(
                    tx, "balance", "till:mpesa", till="mpesa", ours=D(0), theirs=D(theirs)
                )
            )

        seen("300.00")
        closed = close(shop, "owner_in")
        shop.set_to("bank.two_person_over", "500.00")
        seen("900.00")
        close(shop, "owner_in")
        take_back(shop, f"difference:{closed.difference_id}")
        with shop.db.read() as tx:
            (row,) = differences.listed(tx, shop.cast.admin.actor)
        assert (row.theirs, row.said_how) == (D(900), "owner_in")

    def test_words_alone_are_no_entry(self, shop: Shop) -> None:
        take(shop, left("UA99BANK01", "300.00", "Organization Settlement"))
        row = close(shop, "explained")
        with pytest.raises(CannotTakeBack):
            take_back(shop, f"difference:{row.difference_id}")

    @proves("DR-813", "DR-1007")
    def test_a_large_sum_is_closed_when_another_admin_says_the_same(self, shop: Shop) -> None:
        shop.set_to("bank.two_person_over", "200.00")
        take(shop, left("UA99BANK01", "300.00", "Organization Settlement"))
        first, other = shop.cast.admin.actor, second_admin(shop)
        assert close(shop, "to_bank", first).closed_at is None
        with pytest.raises(SecondAdminNeeded):
            close(shop, "to_bank", first)
        assert close(shop, "owner_out", other).closed_at is None, "another word: the first has to agree"
        assert shop.balances() == {}
        assert close(shop, "owner_out", first).how == "owner_out"
        assert shop.balances() == {"mpesa": "-300.00", "owner": "300.00"}

    @proves("DR-813")
    def test_what_the_first_said_is_of_the_sum_that_he_saw(self, shop: Shop) -> None:
        shop.set_to("bank.two_person_over", "200.00")

        def seen(theirs: str) -> Any:
            return shop.db.run(
                lambda tx: differences.found(
                    tx, "balance", "till:mpesa", till="mpesa", ours=D(0), theirs=D(theirs)
                )
            )

        seen("300.00")
        close(shop, "owner_in")
        seen("900.00")
        assert close(shop, "owner_in", second_admin(shop)).closed_at is None
        assert shop.balances() == {}


class TestCash:
    @proves("DR-1001", "DR-904", "DR-1007")
    def test_cash_counted_wrongly_is_with_the_rider_again_as_it_was_before(self, road: Road) -> None:
        road.publish("200")
        for key in ("cash-1", "cash-2"):
            collect(road, key)
        first, second = (amount for amount, _ in open_ones(road))
        deposit = count(road, first + 100)
        assert open_ones(road) == [(first, first), (second, D(100))]
        assert ("cash_differs", "deposit", f"{first + second}", f"{first + 100}") in open_rows(road)
        take_back(road, f"deposit:{deposit.deposit_id}")
        assert open_ones(road) == [(first, D(0)), (second, D(0))]
        assert road.texts(road.cast.rider)[-1] == "cash_undone"
        assert open_rows(road) == []
        with road.db.read() as tx:
            assert held.own(tx, road.cast.rider.actor).held == first + second
            assert held.brought(tx, road.cast.rider.actor) == []
        count(road, first + second, "k2")
        assert open_ones(road) == [(first, first), (second, second)]
        right(road)
        assert open_rows(road) == []

    @proves("DR-1001", "DR-904")
    def test_what_was_set_off_or_let_go_wrongly_is_owed_as_before(self, road: Road) -> None:
        road.publish("200")
        collect(road, "cash-1")
        (owed, _), earned = open_ones(road)[0], road.balance(f"rider_due:{road.cast.rider.id}")
        for verb, amount in ((deposits.set_off, D(50)), (deposits.write_off, owed - 50)):
            deposit = road.act(
                verb, road.cast.admin, rider_id=road.cast.rider.id, amount=amount, reason="agreed",
                once_key="k1",
            )  # fmt: skip
            take_back(road, f"deposit:{deposit.deposit_id}")
            assert open_ones(road) == [(owed, D(0))]
        assert road.balance(f"rider_due:{road.cast.rider.id}") == earned
        assert "write_off" not in road.balances()
        right(road)
        assert open_rows(road) == []

    @proves("DR-1001", "DR-904")
    def test_cash_at_the_bank_comes_back_to_the_office_before_its_counting_goes(self, road: Road) -> None:
        road.publish("200")
        collect(road, "cash-1")
        (owed, _) = open_ones(road)[0]
        deposit = count(road, owed)
        bank = road.act(deposits.bank, road.cast.admin, amount=owed, bank_reference="FT1")
        with pytest.raises(MoreThanOwed):
            take_back(road, f"deposit:{deposit.deposit_id}")
        take_back(road, f"banking:{bank.banking_id}")
        assert road.balance("office_cash") == str(owed)
        assert open_rows(road) == []
        take_back(road, f"deposit:{deposit.deposit_id}")
        assert road.balance("office_cash") == "0.00"
        assert count(road, owed).deposit_id != deposit.deposit_id, "the same form books it anew"
        assert road.balance("office_cash") == str(owed)
        road.act(deposits.bank, road.cast.admin, amount=owed, bank_reference="FT1")
        right(road)
        assert open_rows(road) == []

    @proves("DR-813")
    def test_parts_that_one_admin_takes_back_of_one_riders_cash_count_together(self, road: Road) -> None:
        road.publish("200")
        collect(road, "cash-1")
        parts = [count(road, D(100), key).deposit_id for key in ("k1", "k2", "k3")]
        road.set({"bank.two_person_over": "150.00"})
        assert take_back(road, f"deposit:{parts[0]}").status == "done"
        assert take_back(road, f"deposit:{parts[1]}").status == "asked"
        other = second_admin(road)
        assert take_back(road, f"deposit:{parts[1]}", other).status == "done"
        assert take_back(road, f"deposit:{parts[2]}", other).status == "done", "another admin's own"


@proves("DR-904", "DR-1007")
def test_cash_that_the_ledger_holds_otherwise_than_its_rows_is_a_difference(road: Road) -> None:
    road.publish("200")
    collect(road, "cash-1")
    (owed, _) = open_ones(road)[0]
    road.db.run(lambda tx: postings.write_off(tx, "by hand", f"rider_cash:{road.cast.rider.id}", D(10)))
    road.db.run(lambda tx: postings.cash_banked(tx, "by hand", D(7)))
    assert open_rows(road) == [
        ("cash", "till", "-7.00", "0.00"), ("cash", "rider", str(owed - 10), str(owed))
    ]  # fmt: skip
