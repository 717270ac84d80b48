"""What we keep of a customer (DR-103, DR-810), or she owes from a door (DR-902): said before she pays."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from core.db import Tx
from core.ledger import service as ledger
from core.outbox.models import OutboxMessage
from core.users.models import User
from tests.helpers import CUSTOMER
from tests.proving import proves
from tests.sms.conftest import Desk
from tests.sms.customer.kit import newest, paid


def kept(desk: Desk, shillings: str) -> None:
    """So much of hers is with us; below zero she owes it."""

    def work(tx: Tx) -> None:
        hers = tx.session.scalar(select(User.user_id).where(User.phone_number == CUSTOMER))
        lines = {f"customer_credit:{hers}": -Decimal(shillings), "goodwill": Decimal(shillings)}
        ledger.post(tx, "test_credit", 1, lines)

    desk.db.run(work)


def receipt(desk: Desk) -> tuple[str, dict[str, str]]:
    rows = [row for row in desk.look(OutboxMessage) if row.code.startswith("paid_")]
    return rows[-1].code, dict(rows[-1].values)


@proves("DR-103")
def test_a_quote_says_what_we_keep_and_what_is_left_to_pay(market: Desk) -> None:
    kept(market, "50.40")
    assert market.text(CUSTOMER, "5kg tomatoes") == (
        "5kg tomatoes, Wanjiku: KSh 400 + delivery KSh 99 = KSh 499, Wed 25. YES by 10:00: "
        "M-Pesa asks this phone. Terms: TERMS. We keep KSh 50: pay KSh 449."
    )


@proves("DR-902")
def test_a_quote_says_what_was_missing_at_the_last_door(market: Desk) -> None:
    kept(market, "-8")
    assert market.text(CUSTOMER, "5kg tomatoes").endswith("You owe KSh 8: pay KSh 507.")


def test_what_is_kept_may_pay_for_all_of_it(market: Desk) -> None:
    """M-Pesa is not asked, and neither the quote nor the receipt says so."""
    kept(market, "600")
    told = market.text(CUSTOMER, "5kg tomatoes")
    assert "nothing more to pay" in told
    assert "M-Pesa" not in told
    market.text(CUSTOMER, "YES")
    assert newest(market).order_status == "confirmed"
    assert receipt(market)[0] == "paid_by_kept"


@proves("DR-810")
@pytest.mark.parametrize(
    ("shillings", "code", "sums"),
    [("0", "paid_confirmed", ("499.00", "0.00")), ("50", "paid_with_kept", ("449.00", "50.00"))],
)
def test_the_receipt_says_what_came_by_m_pesa(
    market: Desk, shillings: str, code: str, sums: tuple[str, str]
) -> None:
    if shillings != "0":
        kept(market, shillings)
    paid(market)
    told, values = receipt(market)
    assert (told, (values["sum"], values["kept"])) == (code, sums)
