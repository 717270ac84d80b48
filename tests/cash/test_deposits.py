"""Cash on its way in: paybill, counted, set off, written off, banked; differences, the day (DR-903..907)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.actor import system
from core.alarms.models import Alarm
from core.books import correcting
from core.cash import day_close, deposits, errors, limits
from core.cash.models import CashCollection, CashDeposit
from core.clock import nairobi_date
from core.errors import NotAllowed
from core.events import DepositArrived
from core.orders.models import Order
from core.payments import returning
from core.payments.errors import ReferenceUsed as SlipUsed
from core.payments.errors import SlipIsCash
from tests.deliveries.road import Road
from tests.helpers import DEMO_MOMENT
from tests.payments.till import bank_order, cancelled, refunds, transferred
from tests.proving import proves

DAY = nairobi_date(DEMO_MOMENT)


def collect(road: Road, key: str, quantity: str = "5") -> Order:
    order = road.cash_at_the_door(quantity, key)
    road.hand_over(order)
    return order


def paybill(road: Road, amount: Decimal, receipt: str = "TFO1AA11AA") -> None:
    happened = DepositArrived(road.cast.rider.phone, amount, receipt, 1, system("pay"))
    road.db.run(lambda tx: tx.emit(happened))


def count(road: Road, amount: Decimal | str, key: str = "k1") -> CashDeposit:
    return road.act(
        deposits.count_in, road.cast.admin, rider_id=road.cast.rider.id, amount=amount, once_key=key
    )


def held(road: Road) -> Decimal:
    with road.db.read() as tx:
        return limits.standing(tx, road.cast.rider.id).held


def open_ones(road: Road) -> list[tuple[Decimal, Decimal]]:
    """Amount and what of it is settled, oldest first."""
    with road.db.read() as tx:
        rows = tx.session.scalars(select(CashCollection).order_by(CashCollection.collection_id))
        return [(row.amount, row.settled) for row in rows]


def alarms(road: Road) -> list[str]:
    with road.db.read() as tx:
        return list(tx.session.scalars(select(Alarm.kind).where(Alarm.cleared_at.is_(None))))


@proves("DR-904")
def test_a_deposit_by_paybill_settles_the_oldest_first(road: Road) -> None:
    road.publish("200")
    first, second = collect(road, "c-1"), collect(road, "c-2", "6")
    amount = first.amount_asked + 100
    for _ in range(2):  # the same receipt again changes nothing
        paybill(road, amount)
    assert open_ones(road) == [
        (first.amount_asked, first.amount_asked),
        (second.amount_asked, Decimal(100)),
    ]
    assert held(road) == second.amount_asked - 100
    assert road.balance("mpesa") == str(amount)
    assert road.balance(f"rider_cash:{road.cast.rider.id}") == str(held(road))
    assert "cash_brought" in road.copies(road.cast.rider)


@proves("DR-904")
def test_an_admin_counts_it_and_takes_it_to_the_bank(road: Road) -> None:
    road.publish()
    order = collect(road, "c-1")
    deposit = count(road, order.amount_asked)
    assert (deposit.expected, deposit.difference, deposit.deposit_status) == (
        order.amount_asked,
        Decimal(0),
        "settled",
    )
    assert count(road, order.amount_asked).deposit_id == deposit.deposit_id
    assert road.balance("office_cash") == str(order.amount_asked)
    assert held(road) == 0
    for _ in range(2):
        road.act(deposits.bank, road.cast.admin, amount=order.amount_asked, bank_reference="eq 77")
    assert road.balances()["bank"] == str(order.amount_asked)
    assert road.balance("office_cash") == "0.00"
    assert [what for what in road.audited() if what.startswith("cash.")] == ["cash.counted"] * 2 + [
        "cash.banked"
    ]


def test_more_than_lies_in_the_office_is_not_banked_and_a_reference_counts_once(road: Road) -> None:
    road.publish()
    order = collect(road, "c-1")
    count(road, order.amount_asked)
    with pytest.raises(errors.MoreThanOwed):
        road.act(deposits.bank, road.cast.admin, amount=order.amount_asked + 1, bank_reference="EQ77")
    road.act(deposits.bank, road.cast.admin, amount=Decimal(100), bank_reference="EQ77")
    with pytest.raises(errors.ReferenceUsed):
        road.act(deposits.bank, road.cast.admin, amount=Decimal(50), bank_reference="EQ77")
    with pytest.raises(errors.ReasonMissing):
        road.act(deposits.bank, road.cast.admin, amount=Decimal(50), bank_reference="  ")


@proves("DR-813", "DR-904")
def test_a_slip_is_a_customers_transfer_or_the_offices_cash_and_not_both(road: Road) -> None:
    road.publish("200")
    count(road, collect(road, "c-1").amount_asked)
    order = bank_order(road, key="c-2")
    road.act(deposits.bank, road.cast.admin, amount=Decimal(100), bank_reference="eq 77")
    with pytest.raises(SlipIsCash) as refused:
        transferred(road, order, "100.00", "EQ77")
    assert (refused.value.values["sum"], refused.value.values["day"]) == (Decimal(100), DAY.isoformat())
    payment = transferred(road, order, "100.00", "EQ78")
    with pytest.raises(errors.SlipIsTransfer) as used:
        road.act(deposits.bank, road.cast.admin, amount=Decimal(100), bank_reference="EQ 78")
    assert used.value.values["order"] == order.tail
    admin = road.cast.admin.actor
    road.db.run(
        lambda tx: correcting.take_back(
            tx, admin, record=f"payment:{payment.transaction_id}", reason="it was the rider's cash"
        )
    )
    road.act(deposits.bank, road.cast.admin, amount=Decimal(100), bank_reference="EQ 78")
    assert road.balances()["bank"] == "200.00"


@proves("DR-813", "DR-904", "DR-807")
def test_a_refund_is_not_paid_under_a_slip_of_money_that_came_in_nor_the_other_way_round(road: Road) -> None:
    road.publish("200")
    count(road, collect(road, "c-1").amount_asked)
    road.act(deposits.bank, road.cast.admin, amount=Decimal(100), bank_reference="EQ77")
    order = bank_order(road, key="c-2")
    transferred(road, order, str(order.amount_asked), "EQ78")
    cancelled(road, order)
    (refund,) = refunds(road)

    def pay(slip: str) -> None:
        road.act(returning.paid_by_hand, road.cast.admin, refund_id=refund.refund_id, reference=slip)

    with pytest.raises(SlipIsCash):
        pay("EQ 77")
    with pytest.raises(SlipUsed):
        pay("EQ 78")
    pay("EQ79")
    with pytest.raises(SlipUsed):
        road.act(deposits.bank, road.cast.admin, amount=Decimal(100), bank_reference="EQ79")


@proves("DR-904")
def test_what_is_missing_is_recorded_and_after_two_days_an_admins_matter(road: Road) -> None:
    road.publish()
    order = collect(road, "c-1")
    deposit = count(road, order.amount_asked - 30)
    assert (deposit.difference, deposit.deposit_status) == (Decimal(-30), "differs")
    road.later(hours=47)
    with road.db.read() as tx:
        assert tx.session.get_one(CashDeposit, deposit.deposit_id).deposit_status == "differs"
    road.later(hours=2)
    with road.db.read() as tx:
        assert tx.session.get_one(CashDeposit, deposit.deposit_id).deposit_status == "issue"
    assert "cash_late" in alarms(road)


@proves("DR-904")
def test_what_comes_later_clears_the_difference(road: Road) -> None:
    road.publish()
    order = collect(road, "c-1")
    deposit = count(road, order.amount_asked - 30)
    paybill(road, Decimal(30))
    road.later(hours=49)
    with road.db.read() as tx:
        assert tx.session.get_one(CashDeposit, deposit.deposit_id).deposit_status == "resolved"
    assert held(road) == 0


@proves("DR-904")
def test_too_much_counts_towards_the_next_door(road: Road) -> None:
    road.publish("200")
    first = collect(road, "c-1")
    deposit = count(road, first.amount_asked + 40)
    assert deposit.difference == 40
    second = collect(road, "c-2", "6")
    assert held(road) == second.amount_asked - 40
    assert road.balance(f"rider_cash:{road.cast.rider.id}") == str(held(road))
    road.later(hours=49)
    with road.db.read() as tx:
        assert tx.session.get_one(CashDeposit, deposit.deposit_id).deposit_status == "resolved"


@proves("DR-904")
def test_a_debt_is_set_off_against_what_he_earned_with_a_written_reason(road: Road) -> None:
    road.publish()
    order = collect(road, "c-1")
    earned = road.delivery(order).rider_earning
    what = {"rider_id": road.cast.rider.id, "once_key": "s1"}
    with pytest.raises(errors.ReasonMissing):
        road.act(deposits.set_off, road.cast.admin, amount=Decimal(20), reason=" ", **what)
    with pytest.raises(errors.MoreThanOwed) as refused:
        road.act(deposits.set_off, road.cast.admin, amount=Decimal(int(earned) + 1), reason="lost", **what)
    assert refused.value.values["maximum"] == earned
    for _ in range(2):
        road.act(deposits.set_off, road.cast.admin, amount=Decimal(20), reason="lost", **what)
    assert road.balance(f"rider_due:{road.cast.rider.id}") == str(-(earned - 20))
    assert held(road) == order.amount_asked - 20
    assert road.audited().count("cash.set_off") == 1
    assert road.texts(road.cast.rider).count("cash_set_off") == 1, "he reads both sums"


@proves("DR-904")
def test_a_debt_is_written_off_never_more_than_there_is(road: Road) -> None:
    road.publish()
    order = collect(road, "c-1")
    what = {"rider_id": road.cast.rider.id, "reason": "robbed, police report", "once_key": "w1"}
    with pytest.raises(errors.MoreThanOwed):
        road.act(deposits.write_off, road.cast.admin, amount=order.amount_asked + 1, **what)
    road.act(deposits.write_off, road.cast.admin, amount=order.amount_asked, **what)
    assert held(road) == 0
    assert road.balance("write_off") == str(order.amount_asked)


@pytest.mark.parametrize("amount", ["0", "-5", "0.50", "abc", "NaN", "99999999", None])
def test_what_cannot_be_counted(road: Road, amount: str) -> None:
    with pytest.raises(errors.CashInvalid):
        count(road, amount)


def test_who_counts_and_whose_cash(road: Road) -> None:
    with pytest.raises(errors.RiderUnknown):
        road.act(deposits.count_in, road.cast.admin, rider_id=99_999, amount=Decimal(5), once_key="k")
    for person in (road.cast.rider, road.cast.customer, road.cast.farmer):
        with pytest.raises(NotAllowed):
            road.act(deposits.count_in, person, rider_id=road.cast.rider.id, amount=Decimal(5), once_key="k")
        with pytest.raises(NotAllowed):
            road.act(day_close.report, person, day=DAY)
    count(road, "5")
    with pytest.raises(errors.ReferenceUsed):
        count(road, "6")


@proves("DR-903")
def test_above_the_limit_there_are_no_cash_jobs_and_far_above_none_at_all(road: Road) -> None:
    road.publish("200")
    order = collect(road, "c-1")
    road.set({"cod.rider_cash_limit": str(order.amount_asked - 1)})
    road.later(minutes=1)
    cash = road.ready(road.cash_order(key="c-2"))
    assert road.offer() is None, "no cash job for him"
    paid_one = road.ready(road.paid_order(key="p-1"))
    offer = road.offer()
    assert offer is not None
    assert offer.delivery_id == road.delivery(paid_one).delivery_id
    road.answer(offer, accept=False)
    road.set({"cod.hard_limit_percent": "100"})
    road.later(minutes=1)
    road.ready(road.paid_order(key="p-2"))
    assert road.offer() is None, "none at all"
    count(road, order.amount_asked)
    road.later(minutes=16)
    assert road.offer() is not None, "he has brought it in"
    assert road.statuses(cash)[0] == "ready_for_delivery"


@proves("DR-903")
def test_cash_older_than_a_day_stops_cash_jobs_and_is_asked_for(road: Road) -> None:
    road.publish("200")
    order = collect(road, "c-1")
    road.later(hours=23)
    with road.db.read() as tx:
        assert limits.may_carry_cash(tx, road.cast.rider.id)
    assert "deposit_due" not in road.texts(road.cast.rider)
    road.later(hours=1)
    with road.db.read() as tx:
        assert not limits.may_carry_cash(tx, road.cast.rider.id)
        assert not limits.blocked(tx, road.cast.rider.id)
    assert "deposit_due" in road.texts(road.cast.rider)
    assert "cash_late" in alarms(road)
    count(road, order.amount_asked)
    with road.db.read() as tx:
        assert limits.may_carry_cash(tx, road.cast.rider.id)


@proves("DR-907")
def test_the_day_is_closed_with_what_should_be_there(road: Road) -> None:
    road.publish("200")
    first, second = collect(road, "c-1"), collect(road, "c-2", "6")
    count(road, first.amount_asked + 100)
    with road.db.read() as tx:
        (row,) = day_close.report(tx, road.cast.admin.actor, day=DAY)
        assert day_close.report(tx, road.cast.admin.actor, day=DAY - timedelta(days=1))[0].collected == 0
    assert (row.rider_id, row.collected, row.brought_in, row.expected) == (
        road.cast.rider.id,
        first.amount_asked + second.amount_asked,
        first.amount_asked + 100,
        second.amount_asked - 100,
    )
    assert row.oldest is not None
    road.db.run(lambda tx: day_close.close(tx, 0))
    assert "cash_day" in road.copies(road.cast.admin)


def test_a_day_without_cash_is_not_told(road: Road) -> None:
    road.db.run(lambda tx: day_close.close(tx, 0))
    assert "cash_day" not in road.copies(road.cast.admin)


@proves("DR-907")
def test_the_day_closes_at_eight_in_the_evening() -> None:
    from core.duties.timetable import TIMETABLE, Daily

    assert Daily("cash_day_close", "cod.day_close_local") in TIMETABLE
