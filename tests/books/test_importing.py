"""A statement file of M-Pesa against our books, row by row, in both directions (DR-1007)."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from core.audit.models import AuditRow
from core.books import differences, importing
from core.books.errors import StatementUnreadable
from core.books.models import Difference, StatementRow
from core.books.statement_file import Read, read
from core.errors import BadInput, NotAllowed
from core.payments import service as payments
from core.payments.service import Result
from tests.helpers import FixedClock
from tests.orders.shop import Shop
from tests.payments.till import cancelled, reference, refunds, send
from tests.proving import proves

D = Decimal
HEAD = (
    "Short Code:,174379,,,\nAccount:,Utility Account,,,\nTime Period:,From 24-06-2025 To 24-06-2025,,,\n"
    "Receipt No.,Completion Time,Initiation Time,Details,Transaction Status,Paid In,Withdrawn,Balance,"
    "Balance Confirmed,Reason Type,Other Party Info,Linked Transaction ID,A/C No.\n"
)


def paid_in(
    receipt: str, amount: str, account: str, *, at: str = "24-06-2025 09:31:00",
    party: str = "254712000202 - WANJIKU NJERI", status: str = "Completed",
) -> str:  # fmt: skip
    """A customer's payment, as the portal writes it."""
    details = f"Pay Bill from {party} Acc. {account}"
    return f'{receipt},{at},{at},{details},{status},"{amount}",,5000.00,true,Pay Bill,{party},,{account}\n'


def left(receipt: str, amount: str, kind: str, *, at: str = "24-06-2025 09:32:00", party: str = "") -> str:
    """Money that left us."""
    return f'{receipt},{at},{at},{kind} to {party},Completed,,"-{amount}",4000.00,true,{kind},{party},,\n'


def take(shop: Shop, *rows: str, till: str = "mpesa") -> importing.Taken:
    return importing.take(shop.db, shop.cast.admin.actor, till=till, text=HEAD + "".join(rows))


def all_of(shop: Shop) -> list[tuple[str, str, str, str]]:
    """Every difference: kind, ours, theirs, how it was closed."""
    with shop.db.read() as tx:
        rows = tx.session.scalars(select(Difference).order_by(Difference.difference_id))
        return [(r.kind, str(r.ours), str(r.theirs), r.how) for r in rows]


@proves("DR-1007")
def test_what_both_sides_know_alike_is_no_difference_and_again_adds_nothing(shop: Shop) -> None:
    shop.publish()
    order = shop.paid_order()
    row = paid_in(f"R{order.order_id:09d}", "499.00", reference(order))
    first, again = take(shop, row), take(shop, row)
    assert (first.rows, first.fresh, first.found, first.booked) == (1, 1, 0, 0)
    assert (again.rows, again.fresh, again.found) == (1, 0, 0)
    assert all_of(shop) == []


@proves("DR-1007", "DR-803")
def test_a_payment_that_only_the_statement_shows_is_payment(shop: Shop) -> None:
    shop.publish()
    order = shop.order()
    shop.refuse_prompt(order)
    taken = take(shop, paid_in("UA11KX93QZ", "499.00", reference(order)))
    assert taken.booked == 1
    assert shop.statuses(order)[0] == "confirmed"
    assert shop.balances() == {"mpesa": "499.00", f"order_funds:{order.order_id}": "-499.00"}
    assert all_of(shop) == [("booked", "None", "499.00", "booked")]
    take(shop, paid_in("UA11KX93QZ", "499.00", reference(order)))
    assert shop.balances()["mpesa"] == "499.00"


@proves("DR-1007", "DR-813")
def test_a_large_payment_that_only_the_statement_shows_is_booked_when_mpesa_has_said_so(shop: Shop) -> None:
    """A file could be made by whoever brings it: above the limit for one admin his word is not enough."""
    shop.set_to("bank.two_person_over", "400.00")
    shop.publish()
    order = shop.order()
    shop.refuse_prompt(order)
    taken = take(shop, paid_in("UA11KX93QZ", "499.00", reference(order)))
    assert (taken.booked, taken.found) == (0, 1)
    assert shop.statuses(order)[0] == "pending_payment"
    assert len(shop.due("mpesa_ask")) == 1
    with shop.db.read() as tx:
        (row,) = tx.session.scalars(select(Difference))
        assert "254712000202" not in str(row.details)
    for state, amount in (("Failed", "499.00"), ("Completed", "498.00")):
        shop.db.run(
            lambda tx, s=state, a=amount: differences.receipt_told(  # type: ignore[misc]
                tx, row.difference_id, state=s, amount=D(a)
            )
        )
        assert shop.statuses(order)[0] == "pending_payment"
    for _ in range(2):
        shop.db.run(
            lambda tx: differences.receipt_told(tx, row.difference_id, state="Completed", amount=D("499.00"))
        )
    assert shop.statuses(order)[0] == "confirmed"
    assert all_of(shop) == [("not_ours", "None", "499.00", "booked")]


@proves("DR-1007", "DR-812")
def test_a_payment_for_nobody_goes_where_such_money_waits(shop: Shop) -> None:
    take(shop, paid_in("UA11KX93QZ", "1,250.00", "mama mboga", party="2547 ***** 149 - W N"))
    assert shop.balances() == {"mpesa": "1250.00", "suspense": "-1250.00"}


@proves("DR-1007")
def test_the_receipt_that_a_query_left_due_comes_with_the_statement(shop: Shop) -> None:
    shop.publish()
    order = shop.order()
    attempt = shop.prompt(order)
    queried = Result(checkout_id="ws_CO_1", code="0", final="paid", via="query")
    shop.db.run(lambda tx: payments.result(tx, transaction_id=attempt.transaction_id, result=queried))
    assert shop.attempt(order).receipt_due
    take(shop, paid_in("UA11KX93QZ", "499.00", reference(order)))
    assert (shop.attempt(order).receipt_due, shop.attempt(order).receipt) == (False, "UA11KX93QZ")
    assert shop.balances()["mpesa"] == "499.00"


@proves("DR-1007")
def test_another_sum_for_a_receipt_moves_nothing_and_is_shown(shop: Shop) -> None:
    shop.publish()
    order = shop.paid_order()
    take(shop, paid_in(f"R{order.order_id:09d}", "4,990.00", reference(order)))
    assert all_of(shop) == [("amount", "499.00", "4990.00", "")]
    assert shop.balances()["mpesa"] == "499.00"


@proves("DR-1007")
def test_what_left_us_is_known_charged_or_shown(shop: Shop) -> None:
    shop.publish()
    cancelled(shop, shop.paid_order())
    (refund,) = refunds(shop)
    send(shop, refund)
    told = f"RF{refund.refund_id:08d}"
    who = "254712000202 - W N"
    taken = take(
        shop,
        left(told, "499.00", "Business Payment to Customer via API", party=who),
        left(told, "22.40", "Business Payment Charge"),
        left("UA99BANK01", "300.00", "Organization Settlement"),
        till="mpesa_payouts",
    )
    assert (taken.booked, taken.found) == (1, 1)
    assert all_of(shop) == [
        ("charge", "None", "-22.40", "booked"),
        ("not_ours", "None", "-300.00", ""),
    ]
    assert shop.balances() == {"mpesa": "499.00", "mpesa_payouts": "-521.40", "provider_fees": "22.40"}


@proves("DR-1007")
def test_a_receipt_of_ours_that_the_statement_lacks_is_shown_until_another_file_has_it(
    shop: Shop, clock: FixedClock
) -> None:
    shop.publish()
    order = shop.paid_order()
    before = paid_in("UA00BEFORE", "10.00", "x", at="24-06-2025 08:00:00")
    after = paid_in("UA00AFTER0", "10.00", "x", at="24-06-2025 11:00:00")
    taken = take(shop, before, after)
    assert taken.found == 1
    assert ("not_theirs", "499.00", "None", "") in all_of(shop)
    take(shop, before, after, paid_in(f"R{order.order_id:09d}", "499.00", reference(order)))
    assert ("not_theirs", "499.00", "None", "gone") in all_of(shop)


@proves("DR-1007", "DR-1904")
def test_no_name_and_no_number_is_kept_of_a_row(shop: Shop) -> None:
    take(
        shop,
        paid_in("UA11KX93QZ", "50.00", "x"),
        left("UA12KX93QZ", "20.00", "Pay out", party="Jane 0712000202"),
    )
    with shop.db.read() as tx:
        kept = [(r.what, r.reference) for r in tx.session.scalars(select(StatementRow))]
        audit = tx.session.scalars(select(AuditRow).where(AuditRow.what == "books.statement")).one()
    assert kept == [("Pay Bill", "x"), ("Pay out", "")]
    assert audit.changes == {"till": "mpesa", "rows": 2, "fresh": 2}


@proves("DR-222")
def test_it_is_an_admins_work_and_the_file_must_be_one(shop: Shop) -> None:
    row = paid_in("UA11KX93QZ", "50.00", "x")
    for who in (shop.cast.farmer, shop.cast.customer):
        with pytest.raises(NotAllowed):
            importing.take(shop.db, who.actor, till="mpesa", text=HEAD + row)
        with pytest.raises(NotAllowed):
            importing.take(shop.db, who.actor, till="mpesa", text="nonsense")
    with pytest.raises(BadInput):
        take(shop, row, till="bank")
    for text in ("", "a,b\n1,2\n", HEAD, "\x00\x00"):
        with pytest.raises(StatementUnreadable):
            importing.take(shop.db, shop.cast.admin.actor, till="mpesa", text=text)


def test_rows_that_cannot_be_read_are_named_and_unfinished_ones_left_out() -> None:
    file = read(
        HEAD
        + paid_in("UA11KX93QZ", "50.00", "x")
        + paid_in("UA12KX93QZ", "50.00", "x", status="Cancelled")
        + paid_in("??", "50.00", "x")
        + paid_in("UA13KX93QZ", "much", "x")
        + paid_in("UA14KX93QZ", "50.00", "x", at="yesterday")
        + paid_in("UA15KX93QZ", "1e400", "x")
        + "\n"
    )
    assert file is not None
    assert [row.receipt for row in file.rows] == ["UA11KX93QZ"]
    assert file.left_out == 1
    assert file.faults == [(7, "receipt"), (8, "paid_in"), (9, "at"), (10, "paid_in")]


@pytest.mark.parametrize(
    ("time", "utc"),
    [
        ("2025-06-24 09:31:00", "2025-06-24T06:31:00+00:00"),
        ("24-06-2025 09:31:00", "2025-06-24T06:31:00+00:00"),
        ("24/06/2025 09:31", "2025-06-24T06:31:00+00:00"),
        ("20250624093100", "2025-06-24T06:31:00+00:00"),
    ],
)
def test_a_file_tells_its_times_in_one_of_these_ways_in_nairobi(time: str, utc: str) -> None:
    file = read(HEAD + paid_in("UA11KX93QZ", "50.00", "x", at=time))
    assert file is not None
    (row,) = file.rows
    assert isinstance(row, Read)
    assert row.at.isoformat() == utc
    assert (row.payer, row.from_a_customer, row.paid_in) == ("+254712000202", True, D("50.00"))
