"""More of the money desk: what an order has no more, whose money has no number, all entries page by page."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import update

from core.books.models import Correction
from core.cash.models import CashBanking
from core.db import Tx
from core.payments import receipts, taken_back
from core.payments.models import MpesaReceipt
from core.users.models import User
from tests.helpers import Cast, FixedClock
from tests.orders.shop import Shop
from tests.payments import till
from tests.payouts.till import earn
from tests.proving import proves
from tests.web.conftest import Browser
from tests.web.desk import press, refused


def first(tx: Tx) -> MpesaReceipt:
    found = receipts.known(tx, "FIRST00001")
    assert found is not None
    return found


@proves("DR-821", "P6")
@pytest.mark.parametrize("payer", ["254712000202", "2547*****202"])
def test_the_admin_says_yes_to_the_sum_that_the_order_still_has(
    browser: Browser, shop: Shop, payer: str
) -> None:
    """Also where all of it would have been reversed: a part goes to the payer; no number has to be typed."""
    shop.set_to("refund.auto_approve_max", "100.00")
    order = shop.order()
    shop.refuse_prompt(order)
    till.typed(shop, till.reference(order), "200.00", "FIRST00001")
    till.typed(shop, till.reference(order), str(order.amount_asked - 200), "SECOND0001")
    till.typed(shop, till.reference(order), "250.00", "THIRD00001", payer)
    assert "Yes, refund" in browser.plain("/money/refunds")
    shop.db.run(lambda tx: taken_back.of_receipt(tx, first(tx), amount=Decimal(200), receipt=None) and None)
    page, refund = browser.plain("/money/refunds"), till.refunds(shop)[0]
    assert "The order has only KES 50.00 to give by now." in page
    assert "Yes, refund KES 50.00 only" in page
    action = f"/money/refunds/{refund.refund_id}/decision"
    form = browser.get("/money/refunds").text.partition("Yes, refund")[0].rpartition("<form")[2]
    assert '<option value="">' in form or '<input type="hidden" name="road" value="">' in form
    refused(browser, "/money/refunds", action, decision="approve", road="")
    press(browser, "/money/refunds", action, decision="approve", road="", only="50.00")
    assert till.told(shop) == [("duplicate", "50.00", "b2c", "approved")]
    assert till.refunds(shop)[0].to_number == "+254712000202"
    till.sound(shop, order)


@proves("DR-208")
def test_whose_money_waits_for_a_number_is_listed(
    browser: Browser, shop: Shop, cast: Cast, clock: FixedClock
) -> None:
    assert "Wait for an M-Pesa number" not in browser.plain("/money/payouts")
    elsewhere = update(User).where(User.user_id == cast.farmer.id).values(phone_number="+254733000101")
    shop.db.run(lambda tx: tx.session.execute(elsewhere) and None)
    earn(shop, clock)
    browser.sign_in()
    page = browser.plain("/money/payouts")
    assert "Wait for an M-Pesa number" in page
    assert "KES 360.00 of" in page


@proves("DR-1001")
def test_every_entry_can_be_found_page_by_page(browser: Browser, shop: Shop, clock: FixedClock) -> None:
    def enter(tx: Tx) -> None:
        for number in range(120):
            at = tx.now - timedelta(minutes=number // 2)  # two of one moment each
            tx.session.add(
                CashBanking(amount=Decimal(10), bank_reference=f"EQ{number:03d}", entered_by=1, at=at)
            )

    shop.db.run(enter)
    address, seen = "/money/mistakes", []
    for _ in range(3):
        page = browser.get(address).text
        seen += [number for number in range(120) if f"EQ{number:03d}" in page]
        if 'class="older"' not in page:
            break
        address = page.partition('class="older"')[2].partition('href="/admin')[2].partition('"')[0]
    assert seen == list(range(120)), "each once, the newest first"
    assert "Nothing older." in browser.plain("/money/mistakes?before=1")
    assert "EQ000" in browser.plain("/money/mistakes?before=999999999999999999")


@proves("DR-1001")
def test_what_was_decided_of_wrong_entries_can_be_read_page_by_page(browser: Browser, shop: Shop) -> None:
    def decide(tx: Tx) -> None:
        for number in range(60):
            cash = CashBanking(amount=Decimal(10), bank_reference=f"EQ{number}", entered_by=1, at=tx.now)
            tx.session.add(cash)
            tx.flush()
            correction = Correction(
                record=f"banking:{cash.banking_id}", amount=Decimal(10), reason=f"why {number:02d}",
                status="done", asked_by=1, asked_at=tx.now, decided_by=1, decided_at=tx.now,
            )  # fmt: skip
            tx.session.add(correction)
            tx.flush()

    shop.db.run(decide)
    page = browser.get("/money/mistakes").text.partition("<h2>Decided")[2]
    older = page.partition('class="older"')[2].partition('href="/admin')[2].partition('"')[0]
    pages = [page, browser.get(older).text.partition("<h2>Decided")[2]]
    found = [[number for number in range(60) if f"why {number:02d}" in page] for page in pages]
    assert found == [list(range(10, 60)), list(range(10))]
    assert "Nothing older." in browser.plain("/money/mistakes?decided_before=1")


@proves("DR-812", "P6")
def test_of_unknown_money_both_sums_are_seen(browser: Browser, shop: Shop) -> None:
    """What is left to match, and what M-Pesa took back of it."""
    till.typed(shop, "TOMATO", "250.00")
    money = till.in_suspense(shop)[0]
    original = shop.db.run(lambda tx: receipts.known(tx, money.receipt))
    assert original is not None
    verdict = shop.db.run(
        lambda tx: taken_back.of_receipt(
            tx, original, amount=Decimal("100.00"), receipt="UA99REV001", by_hand=True
        )
    )
    assert verdict == "applied"
    assert "KES 150.00 left of KES 250.00, M-Pesa took back the rest, for TOMATO" in browser.plain("/money")
    press(browser, "/money", f"/money/{money.suspense_id}/back")
    assert "returning M-Pesa took back KES 100.00" in browser.plain("/money")
    assert till.told(shop) == [("unmatched", "150.00", "b2c", "requested")]


@proves("DR-821")
def test_a_promised_refund_is_called_off_with_a_reason(browser: Browser, shop: Shop) -> None:
    order = till.bank_order(shop)
    till.transferred(shop, order, str(order.amount_asked + 100))
    action = f"/money/refunds/{till.refunds(shop)[0].refund_id}/decision"
    assert browser.send("/money/refunds", action, decision="stop", reason=" ").status_code == 409
    page = press(browser, "/money/refunds", action, decision="stop", reason="typed twice")
    assert "The refund is called off, and the customer is told." in page
    assert till.told(shop) == [("overpaid", "100.00", "bank", "rejected")]
    till.sound(shop, order)
