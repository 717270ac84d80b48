"""A payment that M-Pesa took back without our asking, seen in a statement file or by a status query (P6)."""

from decimal import Decimal

import pytest

from core.alarms import service as alarms
from core.books import differences, reconciling
from core.books.models import Difference
from core.orders.models import Order
from core.payments import checks, paybill, returning
from tests.books.test_importing import all_of, paid_in, take
from tests.orders.shop import Shop
from tests.payments.till import cancelled, reference, refunds, typed
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
    assert shop.texts(shop.cast.customer)[before:] == ["part_paid", "paid_again"]
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


@proves("P6")
def test_another_amount_or_a_riders_deposit_waits_for_a_person(shop: Shop) -> None:
    shop.publish()
    _order, receipt = paid(shop)
    take(shop, back("UA99REV001", "100.00", receipt))
    told(shop, "taken_back", "Reversed", "499.00")
    told(shop, "taken_back", "Reversed", "100.00")
    assert all_of(shop) == [("taken_back", "None", "-100.00", "")]
    assert shop.balances()["mpesa"] == "499.00"


def test_a_reversal_of_what_we_never_had_is_shown_like_anything_else(shop: Shop) -> None:
    take(shop, back("UA99REV001", "100.00", "UA00000001"))
    assert all_of(shop) == [("not_ours", "None", "-100.00", "")]
    with shop.db.read() as tx:
        assert tx.session.query(Difference).one().details["receipt"] == "UA99REV001"
