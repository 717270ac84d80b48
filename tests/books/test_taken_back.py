"""A payment that M-Pesa took back without our asking, seen in a statement file or by a status query (P6)."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from core.actor import Actor
from core.alarms import service as alarms
from core.books import differences, reconciling
from core.books.models import Difference
from core.cash import held
from core.db import Database, Tx
from core.errors import BadInput
from core.orders.models import Order
from core.outbox.models import OutboxMessage
from core.payments import checks, paybill, returning, taken_back
from core.payments.errors import SecondAdminNeeded
from tests.books.test_importing import all_of, paid_in, take
from tests.cash.test_deposits import collect, open_ones
from tests.deliveries.road import Road
from tests.helpers import Cast
from tests.orders.shop import Shop
from tests.payments.till import cancelled, reference, refunds, second_admin, send, typed
from tests.proving import proves

D = Decimal


def back(
    receipt: str, amount: str, linked: str = "", *, at: str = "24-06-2025 09:40:00", words: str = "Payment"
) -> str:
    """A reversal, as the portal writes it."""
    details = f"{words} to 2547 ***** 202 - W N"
    cells = f'{receipt},{at},{at},{details},Completed,,"-{amount}",4000.00'
    return f"{cells},true,{words},2547 ***** 202,{linked},\n"


def told(shop: Shop, kind: str, state: str, amount: str) -> None:
    """M-Pesa answers about the open difference of this kind."""
    with shop.db.read() as tx:
        (row,) = [r for r in differences.listed(tx, shop.cast.admin.actor) if r.kind == kind]
    shop.db.run(
        lambda tx: differences.receipt_told(tx, row.difference_id, state=state, amount=D(amount)),
    )


def paid(shop: Shop) -> tuple[Order, str]:
    """A paid order, and the receipt of its money."""
    order = shop.paid_order()
    return order, str(shop.attempt(order).receipt)


def doubts(shop: Shop) -> int:
    with shop.db.read() as tx:
        return alarms.open_by_kind(tx).get("payment_doubt", 0)


@proves("P6", "DR-1007")
@pytest.mark.parametrize("words", ["Payment", "Transaction Reversal of {receipt}"])
def test_a_reversal_in_the_file_is_booked_when_mpesa_has_said_so(shop: Shop, words: str) -> None:
    """Named in the column Linked Transaction ID, or only in words."""
    shop.publish()
    order, receipt = paid(shop)
    row = back(
        "UA99REV001", "499.00", receipt if words == "Payment" else "", words=words.format(receipt=receipt)
    )
    taken = take(shop, row, paid_in(receipt, "499.00", reference(order)))  # the newest first
    assert (taken.booked, taken.found) == (0, 1)
    assert all_of(shop) == [("taken_back", "None", "-499.00", "")]
    assert len(shop.due("mpesa_ask")) == 1
    for state, amount in (("Completed", "499.00"), ("Reversed", "498.00")):
        told(shop, "taken_back", state, amount)
        assert shop.balances()["mpesa"] == "499.00"
    before = len(shop.texts(shop.cast.customer))
    told(shop, "taken_back", " reversed", "499.00")
    assert all_of(shop) == [("taken_back", "None", "-499.00", "booked")]
    assert (shop.attempt(order).status, shop.balances()) == ("reversed", {})
    assert shop.texts(shop.cast.customer)[before:] == ["payment_taken_back"]
    assert doubts(shop) == 1
    take(shop, row)
    shop.db.run(lambda tx: reconciling.nightly(tx, 0))
    assert all_of(shop) == [("taken_back", "None", "-499.00", "booked")], "the reversal's receipt is ours now"


@proves("P6", "DR-803")
def test_what_was_taken_back_can_be_paid_again_and_that_ends_it(shop: Shop) -> None:
    shop.publish()
    order, receipt = paid(shop)
    take(shop, back("UA99REV001", "499.00", receipt))
    told(shop, "taken_back", "Reversed", "499.00")
    with shop.db.read() as tx:
        assert paybill.c2b_validate(tx, reference(order), D("499.00")) == "ok"
    before = len(shop.texts(shop.cast.customer))
    assert typed(shop, reference(order), "99.00") == "applied"
    assert typed(shop, reference(order), "400.00", receipt="PB00000002") == "applied"
    assert shop.texts(shop.cast.customer)[before:] == ["paid_again_part", "paid_again"]
    assert (shop.fresh(order).payment_status, doubts(shop)) == ("paid", 0)
    with shop.db.read() as tx:
        assert paybill.c2b_validate(tx, reference(order), D("499.00")) == "nothing_due"
        assert checks.order_faults(tx, order.order_id) == []


@proves("P6", "DR-1007")
def test_a_receipt_that_the_file_lacks_and_mpesa_calls_reversed_is_booked_too(shop: Shop) -> None:
    shop.publish()
    order = shop.paid_order()
    before = paid_in("UA00BEFORE", "10.00", "x", at="24-06-2025 08:00:00")
    take(shop, before, paid_in("UA00AFTER0", "10.00", "x", at="24-06-2025 11:00:00"))
    told(shop, "not_theirs", "Reversed", "499.00")
    assert shop.attempt(order).status == "reversed"
    assert ("not_theirs", "499.00", "None", "booked") in all_of(shop)


@proves("P6", "DR-807")
def test_our_own_reversal_whose_result_got_lost_completes_its_refund(shop: Shop) -> None:
    shop.publish()
    order = shop.order()
    shop.refuse_prompt(order)
    typed(shop, reference(order), "499.00", payer="2547*****149")
    cancelled(shop, order)
    (refund,) = refunds(shop)
    shop.db.run(lambda tx: returning.sending(tx, refund.refund_id, sent_key="rev-1"))
    take(shop, back("UA99REV001", "499.00", "PB00000001"))
    told(shop, "taken_back", "Reversed", "499.00")
    (refund,) = refunds(shop)
    assert (refund.status, refund.reference) == ("completed", "UA99REV001")
    assert (shop.attempt(order).status, shop.balances()) == ("succeeded", {})


@proves("P6", "DR-812")
def test_money_that_had_found_no_order_is_with_its_payer_again(shop: Shop) -> None:
    typed(shop, "mama mboga", "250.00")
    take(shop, back("UA99REV001", "250.00", "PB00000001"))
    told(shop, "taken_back", "Reversed", "250.00")
    assert shop.balances() == {}
    assert shop.due("suspense_refund") == []
    shop.db.run(lambda tx: reconciling.nightly(tx, 0))
    assert [row[3] for row in all_of(shop)] == ["booked"]


def say(shop: Shop, who: Actor, how: str = "reversed") -> Difference:
    """An admin says what the open reversal is."""

    def work(tx: Tx) -> Difference:
        (row,) = [row for row in differences.listed(tx, who) if row.kind == "taken_back"]
        return differences.close(
            tx, who, difference_id=row.difference_id, how=how, reason="seen in the portal"
        )

    return shop.db.run(work)


@proves("P6", "DR-1007", "DR-813")
def test_a_part_that_went_back_is_booked_when_two_admins_say_so(shop: Shop) -> None:
    """Of 499.00 first 100.00, then the rest; a file shows them, M-Pesa's word is only of the whole."""
    shop.publish()
    order, receipt = paid(shop)
    first, second = shop.cast.admin.actor, second_admin(shop)
    row = back("UA99REV001", "100.00", receipt)
    take(shop, row)
    told(shop, "taken_back", "Reversed", "499.00")
    told(shop, "taken_back", "Reversed", "100.00")
    assert say(shop, first).closed_at is None, "however small"
    with pytest.raises(SecondAdminNeeded):
        say(shop, first)
    assert shop.balances()["mpesa"] == "499.00"
    before = len(shop.texts(shop.cast.customer))
    assert say(shop, second).how == "reversed"
    assert (shop.attempt(order).status, shop.balances()["mpesa"]) == ("succeeded", "399.00")
    assert (shop.texts(shop.cast.customer)[before:], doubts(shop)) == (["payment_taken_back"], 1)
    with shop.db.read() as tx:
        said = select(OutboxMessage.values).where(OutboxMessage.code == "payment_taken_back")
        assert (tx.session.scalars(said).one()["sum"], doubts(shop)) == ("100.00", 1)
    take(shop, row)
    shop.db.run(lambda tx: reconciling.nightly(tx, 0))
    assert [one[3] for one in all_of(shop)] == ["reversed"], "the reversal's receipt is ours now"
    shop.db.run(
        lambda tx: taken_back.reversed_by_provider(
            tx, transaction_id=shop.attempt(order).transaction_id, receipt="UA99REV002"
        )
    )
    assert shop.balances()["mpesa"] == "399.00", "of the whole nobody can speak any more"
    take(shop, back("UA99REV003", "400.00", receipt))
    say(shop, first)
    with pytest.raises(BadInput):
        say(shop, second)  # so much is not left of it
    say(shop, first, "explained")
    take(shop, back("UA99REV004", "399.00", receipt))
    say(shop, first)
    say(shop, second)
    assert (shop.attempt(order).status, shop.balances()) == ("reversed", {})
    with shop.db.read() as tx:
        assert checks.order_faults(tx, order.order_id) == []


@proves("P6", "DR-821")
def test_what_is_left_of_a_payment_is_all_that_goes_back_of_it(shop: Shop) -> None:
    shop.publish()
    order, receipt = paid(shop)
    take(shop, back("UA99REV001", "100.00", receipt))
    for who in (shop.cast.admin.actor, second_admin(shop)):
        say(shop, who)
    with shop.db.read() as tx:
        assert paybill.c2b_validate(tx, reference(order), D("100.00")) == "ok"
    cancelled(shop, order)
    (refund,) = refunds(shop)
    assert (str(refund.amount), refund.road) == ("399.00", "b2c")
    send(shop, refund)
    take(shop, back("UA99REV002", "50.00", receipt))
    say(shop, shop.cast.admin.actor)
    with pytest.raises(BadInput):
        say(shop, second_admin(shop))  # a refund of ours gave it back
    with shop.db.read() as tx:
        assert checks.order_faults(tx, order.order_id) == []


@proves("P6", "DR-904", "DR-1007")
@pytest.mark.parametrize("by", ["mpesa", "two admins", "a part"])
def test_a_riders_deposit_that_went_back_is_with_him_again(db: Database, cast: Cast, by: str) -> None:
    road = Road(db, cast)
    road.publish("200")
    collect(road, "c-1")
    (owed, _) = open_ones(road)[0]
    account = f"R{road.cast.rider.phone.replace('+254', '0')}"
    assert typed(road, account, str(owed), "UA77DEP001", payer="254712000103") == "applied"
    assert open_ones(road) == [(owed, owed)]
    gone = D("100.00") if by == "a part" else owed
    take(road, back("UA99REV001", f"{gone}", "UA77DEP001"))
    if by == "mpesa":
        told(road, "taken_back", "Reversed", str(owed))
    else:
        told(road, "taken_back", "Completed", str(owed))
        assert say(road, road.cast.admin.actor).closed_at is None, "however small"
        say(road, second_admin(road))
    assert [row[3] for row in all_of(road)] == ["booked" if by == "mpesa" else "reversed"]
    assert open_ones(road) == [(owed, owed - gone)]
    assert road.balance(f"rider_cash:{road.cast.rider.id}") == str(gone)
    assert road.balance("mpesa") == str(owed - gone)
    assert road.texts(road.cast.rider)[-1] == "cash_taken_back"
    take(road, back("UA99REV001", f"{gone}", "UA77DEP001"))
    road.db.run(lambda tx: reconciling.nightly(tx, 0))
    assert [row[3] for row in all_of(road)] == ["booked" if by == "mpesa" else "reversed"], "all is explained"
    with road.db.read() as tx:
        assert held.own(tx, road.cast.rider.actor).held == gone


def test_a_reversal_of_what_we_never_had_is_shown_like_anything_else(shop: Shop) -> None:
    take(shop, back("UA99REV001", "100.00", "UA00000001"))
    assert all_of(shop) == [("not_ours", "None", "-100.00", "")]
    with shop.db.read() as tx:
        assert tx.session.query(Difference).one().details["receipt"] == "UA99REV001"
