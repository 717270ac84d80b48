"""M-Pesa takes back what a refund of ours was about to give back, or a part of it: nobody is paid twice, and
what was booked wrongly is put right by two (P6, DR-812, DR-821, DR-1001)."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from core.actor import Actor
from core.books import checking, correcting, differences
from core.books.errors import CannotTakeBack
from core.books.models import Correction
from core.db import Database
from core.errors import BadInput, WrongState
from core.ledger import checks as ledger_checks
from core.outbox.models import OutboxMessage
from core.payments import checks, housekeeping, refunds, returning, suspense
from core.payments.errors import SecondAdminNeeded
from core.payments.models import PaymentTransaction
from tests.books.test_importing import all_of, take
from tests.books.test_taken_back import back, doubts, paid, say, told
from tests.cash.test_deposits import collect, open_ones
from tests.deliveries.road import Road
from tests.helpers import Cast
from tests.orders.shop import Shop
from tests.payments import till
from tests.proving import proves

D = Decimal
REVERSAL, MORE, SHOULD = "UA99REV001", "UA99REV002", "UA99REV003"


def sound(shop: Shop, *orders: Any) -> None:
    """The books, the orders, and the night's own look at what is under way."""
    till.sound(shop, *orders)
    with shop.db.read() as tx:
        assert list(checking.under_way(tx, {k: D(v) for k, v in shop.balances().items()})) == []


def both_say(shop: Shop) -> None:
    for who in (shop.cast.admin.actor, till.second_admin(shop)):
        say(shop, who)


def last_text(shop: Shop) -> tuple[str, dict[str, str]]:
    with shop.db.read() as tx:
        text = tx.session.scalars(select(OutboxMessage).order_by(OutboxMessage.outbox_id.desc())).first()
        assert text is not None
        return text.code, text.values


# --- a refund is overtaken ----------------------------------------------------------------------------------


@proves("P6", "DR-821")
@pytest.mark.parametrize("auto", ["2000.00", "0.00"])
def test_a_refund_that_has_not_gone_out_is_called_off_by_the_reversal(shop: Shop, auto: str) -> None:
    """Its yes is there, or is waited for; either way it goes out no more, and its customer is told why."""
    till.set_to(shop, "refund.auto_approve_max", auto)
    shop.publish()
    order, receipt = paid(shop)
    till.cancelled(shop, order)
    (refund,) = till.refunds(shop)
    assert refund.status == ("approved" if auto == "2000.00" else "requested")
    take(shop, back(REVERSAL, "499.00", receipt))
    told(shop, "taken_back", "Reversed", "499.00")
    assert till.told(shop) == [("cancel", "499.00", "b2c", "rejected")]
    assert (shop.attempt(order).status, shop.balances(), shop.due("refund_send")) == ("reversed", {}, [])
    assert last_text(shop)[0] == "payment_given_back"
    assert last_text(shop)[1]["sum"] == "499.00"
    assert doubts(shop) == 1
    with pytest.raises(WrongState):
        shop.db.run(lambda tx: returning.sending(tx, refund.refund_id, sent_key="late"))
    sound(shop, order)


@proves("P6", "DR-821")
@pytest.mark.parametrize("status", ["sent", "unknown", "completed"])
def test_a_refund_that_may_have_gone_out_leaves_it_to_a_person(shop: Shop, status: str) -> None:
    shop.publish()
    order, receipt = paid(shop)
    till.cancelled(shop, order)
    (refund,) = till.refunds(shop)
    if status == "completed":
        till.send(shop, refund)
    else:
        shop.db.run(lambda tx: returning.sending(tx, refund.refund_id, sent_key="k-1"))
        if status == "unknown":
            till.outcome_of(shop, "k-1", "unknown")
    before = shop.balances()
    take(shop, back(REVERSAL, "499.00", receipt))
    told(shop, "taken_back", "Reversed", "499.00")
    assert all_of(shop)[-1] == ("taken_back", "None", "-499.00", ""), "it stays open"
    assert (till.refunds(shop)[0].status, shop.balances(), doubts(shop)) == (status, before, 1)
    sound(shop, order)


@proves("P6", "DR-821", "DR-807")
def test_a_refund_that_somebody_may_be_paying_at_the_bank_is_not_called_off_behind_him(shop: Shop) -> None:
    """Of the same payment, and of other money of the order: what he has paid can still be entered."""
    till.set_to(shop, "refund.auto_approve_max", "2000.00")
    shop.publish()
    order = till.bank_order(shop)
    till.typed(shop, till.reference(order), "300.00", "PB00000001")
    till.transferred(shop, order, "399.00")
    assert till.told(shop) == [("overpaid", "200.00", "bank", "approved")]
    take(shop, back(REVERSAL, "300.00", "PB00000001"))
    told(shop, "taken_back", "Reversed", "300.00")
    assert till.told(shop) == [("overpaid", "200.00", "bank", "approved")], "whoever went there comes back"
    assert doubts(shop) == 1
    (refund,), admin = till.refunds(shop), shop.cast.admin.actor
    shop.db.run(lambda tx: returning.paid_by_hand(tx, admin, refund_id=refund.refund_id, reference="FT2"))
    sound(shop, order)


@proves("P6", "DR-821", "DR-807")
def test_nor_where_the_very_payment_goes_back_by_bank(shop: Shop) -> None:
    till.set_to(shop, "refund.max_retries", "0")
    shop.publish()
    order, receipt = paid(shop)
    till.cancelled(shop, order)
    (refund,), admin = till.refunds(shop), shop.cast.admin.actor
    till.send(shop, refund, "failed")
    shop.db.run(lambda tx: returning.retry(tx, admin, refund_id=refund.refund_id, road="bank") and None)
    assert till.told(shop) == [("cancel", "499.00", "bank", "approved")]
    take(shop, back(REVERSAL, "499.00", receipt))
    told(shop, "taken_back", "Reversed", "499.00")
    assert till.told(shop) == [("cancel", "499.00", "bank", "approved")]
    assert all_of(shop)[-1] == ("taken_back", "None", "-499.00", ""), "it stays open: a person looks"
    sound(shop, order)


@proves("P6", "DR-821")
def test_what_was_promised_of_the_other_money_stays_where_the_order_needs_it(shop: Shop) -> None:
    """Paid twice, the second to go back; M-Pesa takes the first: the second pays for the order now."""
    shop.publish()
    order, receipt = paid(shop)
    till.typed(shop, till.reference(order), "600.00", "PB00000002")
    assert till.told(shop) == [("duplicate", "600.00", "b2c", "approved")]
    take(shop, back(REVERSAL, "499.00", receipt))
    told(shop, "taken_back", "Reversed", "499.00")
    assert till.told(shop) == [
        ("duplicate", "600.00", "b2c", "rejected"), ("overpaid", "101.00", "b2c", "approved"),
    ]  # fmt: skip
    assert shop.fresh(order).payment_status in ("paid", "refund_pending")
    assert shop.texts(shop.cast.customer)[-3:] == ["refund_stopped", "paid_too_much", "payment_given_back"]
    for refund in till.refunds(shop)[1:]:
        till.send(shop, refund)
    assert shop.fresh(order).payment_status == "paid"
    sound(shop, order)


@proves("P6", "DR-821")
def test_of_a_refund_only_what_is_left_goes_out(shop: Shop) -> None:
    """A part went back by itself before the whole was sent: the rest is promised anew."""
    shop.publish()
    order, receipt = paid(shop)
    till.cancelled(shop, order)
    take(shop, back(REVERSAL, "100.00", receipt))
    both_say(shop)
    assert till.told(shop) == [
        ("cancel", "499.00", "b2c", "rejected"), ("reversed", "399.00", "b2c", "approved"),
    ]  # fmt: skip
    till.send(shop, till.refunds(shop)[1])
    assert shop.balances() == {"mpesa": "399.00", "mpesa_payouts": "-399.00"}
    sound(shop, order)


# --- money in suspense --------------------------------------------------------------------------------------


@proves("P6", "DR-812", "DR-813")
def test_of_unknown_money_a_part_went_back_and_the_rest_waits_on(shop: Shop) -> None:
    """KSh 250 for nobody: 100 go back by M-Pesa, 150 find their order, and 50 of them go back as well."""
    shop.publish()
    order = shop.order()
    shop.refuse_prompt(order)
    till.typed(shop, "mama mboga", "250.00")
    (money,) = till.in_suspense(shop)
    take(shop, back(REVERSAL, "100.00", "PB00000001"))
    told(shop, "taken_back", "Reversed", "100.00")
    assert say(shop, shop.cast.admin.actor).closed_at is None, "two say it of a part, however small"
    say(shop, till.second_admin(shop))
    assert (all_of(shop)[-1][3], shop.balances()) == ("reversed", {"mpesa": "150.00", "suspense": "-150.00"})
    assert len(shop.due("suspense_refund")) == 1, "what is left waits as before"
    sound(shop)
    take(shop, back(REVERSAL, "100.00", "PB00000001"), back(MORE, "200.00", "PB00000001"))
    say(shop, shop.cast.admin.actor)
    with pytest.raises(BadInput):
        say(shop, till.second_admin(shop))  # so much is not left of it
    say(shop, shop.cast.admin.actor, "explained")
    admin, number = shop.cast.admin.actor, money.suspense_id
    shop.db.run(lambda tx: suspense.match(tx, admin, suspense_id=number, order_number=order.order_number))
    assert shop.balances()[f"order_funds:{order.order_id}"] == "-150.00"
    take(shop, back(SHOULD, "50.00", "PB00000001"))
    both_say(shop)
    assert shop.balances()[f"order_funds:{order.order_id}"] == "-100.00"
    sound(shop, order)


@proves("P6", "DR-807", "DR-812")
@pytest.mark.parametrize(("part", "road"), [("", "reversal"), ("100.00", "decide")])
def test_what_a_part_was_taken_of_before_it_found_its_order_cannot_be_reversed(
    shop: Shop, part: str, road: str
) -> None:
    """M-Pesa reverses all of a receipt or nothing: an admin says how the rest goes back."""
    shop.publish()
    order = shop.order()
    shop.refuse_prompt(order)
    came = order.amount_asked + D(part or "0.00")
    till.typed(shop, "mama mboga", str(came), payer="2547*****999")
    (money,), admin = till.in_suspense(shop), shop.cast.admin.actor
    if part:
        take(shop, back(REVERSAL, part, "PB00000001"))
        both_say(shop)
    which = {"suspense_id": money.suspense_id, "order_number": order.order_number}
    shop.db.run(lambda tx: suspense.match(tx, admin, **which) and None)  # type: ignore[arg-type]
    till.cancelled(shop, order)
    assert [(str(one.amount), one.road) for one in till.refunds(shop)] == [("499.00", road)]
    sound(shop, order)


@proves("P6", "DR-812", "DR-820")
@pytest.mark.parametrize(("payer", "road"), [("254712000202", "b2c"), ("2547*****999", "decide")])
def test_what_is_left_of_unknown_money_goes_back_on_its_own(shop: Shop, payer: str, road: str) -> None:
    """Also when all of it was on its way back already; and who asked for that does not approve the rest."""
    till.typed(shop, "mama mboga", "250.00", payer=payer)
    (money,) = till.in_suspense(shop)
    admin, other = shop.cast.admin.actor, till.second_admin(shop)
    shop.db.run(lambda tx: suspense.give_back(tx, admin, suspense_id=money.suspense_id))
    (first,) = till.refunds(shop)
    shop.db.run(lambda tx: refunds.approve(tx, other, refund_id=first.refund_id))
    assert till.refunds(shop)[0].status == "approved"
    take(shop, back(REVERSAL, "100.00", "PB00000001"))
    both_say(shop)
    whole = ("unmatched", "250.00", "b2c" if road == "b2c" else "reversal", "rejected")
    assert till.told(shop) == [whole, ("unmatched", "150.00", road, "requested")]
    sound(shop)
    rest = till.refunds(shop)[1]
    assert rest.requested_by == admin.user_id
    by, to = ("b2c", "+254712000999") if road == "decide" else (None, "")
    shop.db.run(lambda tx: refunds.approve(tx, other, refund_id=rest.refund_id, road=by, to_number=to))
    till.send(shop, rest)
    assert till.in_suspense(shop)[0].status == "returned"
    assert shop.balances() == {"mpesa": "150.00", "mpesa_payouts": "-150.00"}
    sound(shop)


@proves("P6", "DR-812", "DR-821")
@pytest.mark.parametrize("sent", [False, True])
def test_unknown_money_on_its_way_back_is_not_sent_when_mpesa_has_reversed_it(shop: Shop, sent: bool) -> None:
    till.typed(shop, "mama mboga", "250.00")
    (money,) = till.in_suspense(shop)
    shop.db.run(lambda tx: suspense.overdue(tx, money.suspense_id))
    (refund,) = till.refunds(shop)
    if sent:
        shop.db.run(lambda tx: returning.sending(tx, refund.refund_id, sent_key="k-1"))
    take(shop, back(REVERSAL, "250.00", "PB00000001"))
    told(shop, "taken_back", "Reversed", "250.00")
    kept = {"mpesa": "250.00", "suspense": "-250.00"}
    assert shop.balances() == (kept if sent else {})
    assert (till.refunds(shop)[0].status, all_of(shop)[-1][3]) == (
        ("sent", "") if sent else ("rejected", "booked")
    )
    sound(shop)


# --- it had not gone back after all -------------------------------------------------------------------------


def wrong(shop: Shop, who: Actor) -> Correction:
    """An admin says that the last difference was booked wrongly."""
    with shop.db.read() as tx:
        closed = differences.listed(tx, who, is_open=False)
        number = next(row.difference_id for row in closed if row.how == "reversed")
    record = f"difference:{number}"
    return shop.db.run(lambda tx: correcting.take_back(tx, who, record=record, reason="another's reversal"))


def both_say_wrong(shop: Shop) -> None:
    first = wrong(shop, shop.cast.admin.actor)
    assert first.status == "asked", "however small"
    with pytest.raises(SecondAdminNeeded):
        shop.db.run(
            lambda tx: correcting.decide(
                tx, shop.cast.admin.actor, correction_id=first.correction_id, yes=True
            )
        )
    assert wrong(shop, till.second_admin(shop)).status == "done"


@proves("P6", "DR-1001", "DR-813")
@pytest.mark.parametrize("sum_", ["499.00", "100.00"])
def test_a_payment_that_was_not_taken_back_counts_again(shop: Shop, sum_: str) -> None:
    shop.publish()
    order, receipt = paid(shop)
    before = shop.balances()
    for _ in range(2):  # also when it is said twice, and was wrong twice
        take(shop, back(REVERSAL, sum_, receipt))
        told(shop, "taken_back", "Completed", "499.00")
        # the whole is M-Pesa's to tell: two may say it where it does not
        say(shop, shop.cast.admin.actor)
        if sum_ == "100.00":
            say(shop, till.second_admin(shop))
        assert shop.balances() != before
        assert doubts(shop) == 1
        both_say_wrong(shop)
        assert (shop.balances(), doubts(shop)) == (before, 0)
        assert (shop.attempt(order).status, shop.fresh(order).payment_status) == ("succeeded", "paid")
        assert last_text(shop)[0] == "payment_restored"
        assert last_text(shop)[1]["sum"] == sum_
        assert all_of(shop)[-1] == ("taken_back", "None", f"-{sum_}", ""), "open again, as a row of its own"
        sound(shop, order)
        with shop.db.read() as tx:
            assert checks.order_faults(tx, order.order_id) == []
            assert ledger_checks.faults(tx) == []


@proves("P6", "DR-1001", "DR-821")
def test_what_was_written_off_meanwhile_is_not_sent_to_the_customer(shop: Shop) -> None:
    """She had paid all of it: what we lost and have again is ours."""
    shop.publish()
    order = shop.delivered_order()
    take(shop, back(REVERSAL, "100.00", shop.attempt(order).receipt or ""))
    both_say(shop)
    admin = shop.cast.admin.actor
    lost = shop.db.run(
        lambda tx: housekeeping.write_off_order(tx, admin, order_id=order.order_id, reason="gone")
    )
    with pytest.raises(CannotTakeBack):
        both_say_wrong(shop)
    assert (lost, till.refunds(shop)) == (D(100), [])
    sound(shop, order)


@proves("P6", "DR-1001", "DR-821")
def test_what_was_paid_again_meanwhile_goes_back(shop: Shop) -> None:
    shop.publish()
    order, receipt = paid(shop)
    take(shop, back(REVERSAL, "100.00", receipt))
    both_say(shop)
    till.typed(shop, till.reference(order), "100.00", "PB00000002")
    assert shop.fresh(order).payment_status == "paid"
    both_say_wrong(shop)
    assert till.told(shop) == [("overpaid", "100.00", "b2c", "approved")]
    till.send(shop, till.refunds(shop)[0])
    sound(shop, order)


@proves("P6", "DR-1001", "DR-812")
@pytest.mark.parametrize("then", ["open", "matched", "returning", "returned"])
def test_unknown_money_that_had_not_gone_back_waits_again(shop: Shop, then: str) -> None:
    """Or counts for the order that the rest has found; while the rest goes back, that ends first."""
    shop.publish()
    order = shop.order()
    shop.refuse_prompt(order)
    till.typed(shop, "mama mboga", "250.00")
    (money,) = till.in_suspense(shop)
    take(shop, back(REVERSAL, "250.00" if then == "returned" else "100.00", "PB00000001"))
    say(shop, shop.cast.admin.actor)
    if then != "returned":
        say(shop, till.second_admin(shop))
    admin, number = shop.cast.admin.actor, money.suspense_id
    if then == "matched":
        shop.db.run(lambda tx: suspense.match(tx, admin, suspense_id=number, order_number=order.order_number))
    if then == "returning":
        shop.db.run(lambda tx: suspense.overdue(tx, number))
        with pytest.raises(CannotTakeBack):
            both_say_wrong(shop)
        sound(shop)
        return
    both_say_wrong(shop)
    held = {f"order_funds:{order.order_id}" if then == "matched" else "suspense": "-250.00"}
    assert shop.balances() == {"mpesa": "250.00"} | held
    assert till.in_suspense(shop)[0].status == ("matched" if then == "matched" else "open")
    if then != "matched":
        assert len(shop.due("suspense_refund")) == 1
    with shop.db.read() as tx:
        sums = tx.session.scalars(
            select(PaymentTransaction.amount).where(PaymentTransaction.method == "suspense")
        ).all()
    assert sorted(sums) == ([D("100.00"), D("150.00")] if then == "matched" else [])
    sound(shop, order)


@proves("P6", "DR-904", "DR-1001")
def test_a_riders_deposit_that_was_not_taken_back_is_brought_in_again(db: Database, cast: Cast) -> None:
    road = Road(db, cast)
    road.publish("200")
    collect(road, "c-1")
    (owed, _) = open_ones(road)[0]
    account = f"R{road.cast.rider.phone.replace('+254', '0')}"
    till.typed(road, account, str(owed), "UA77DEP001", payer="254712000103")
    for _ in range(2):
        take(road, back(REVERSAL, "100.00", "UA77DEP001"))
        both_say(road)
        assert open_ones(road) == [(owed, owed - D("100.00"))]
        both_say_wrong(road)
        assert open_ones(road) == [(owed, owed)]
        assert road.balance("mpesa") == str(owed)
        assert last_text(road)[0] == "cash_restored"
        assert last_text(road)[1] | {"sum": "100.00", "due": "0.00"} == last_text(road)[1]
        sound(road)
