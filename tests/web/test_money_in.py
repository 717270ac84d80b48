"""Money that came in, on the console: unknown, at the bank, entered wrongly; it is decided with a form."""

from sqlalchemy import select

from core.books.models import Correction
from core.db import Database
from core.users.models import User
from tests.orders.shop import Shop
from tests.payments import till
from tests.proving import proves
from tests.web.conftest import Browser
from tests.web.desk import press, refused


class TestWrongEntries:
    """DR-1001 on the console."""

    @proves("DR-1001", "DR-813")
    def test_a_large_entry_is_taken_back_when_another_admin_says_yes(
        self, browser: Browser, second: Browser, shop: Shop
    ) -> None:
        order = till.bank_order(shop)
        payment = till.transferred(shop, order, str(order.amount_asked))
        shop.set_to("bank.two_person_over", "100.00")
        page = browser.plain("/money/mistakes")
        assert f"Transfer {payment.bank_reference} for {order.order_number}" in page
        record = {"record": f"payment:{payment.transaction_id}"}
        refused(browser, "/money/mistakes", "/money/mistakes/take-back", **record, reason="")
        page = press(
            browser, "/money/mistakes", "/money/mistakes/take-back", **record, reason="another order's"
        )
        assert "Another admin has to say yes" in page
        assert "You asked for it" in page
        with shop.db.read() as tx:
            asked = tx.session.scalars(select(Correction.correction_id)).one()
        decide = f"/money/mistakes/{asked}"
        refused(browser, "/money/mistakes", decide, decision="yes")
        page = press(second, "/money/mistakes", decide, decision="yes")
        assert "It is taken back" in page
        assert "another order's" in page
        assert shop.balances() == {}
        assert f"Transfer {payment.bank_reference} for {order.order_number} 499.00 taken back" in page
        assert "Nothing yet: no transfer" in page


class TestUnknownMoney:
    """DR-812 on the console."""

    @proves("DR-812")
    def test_it_is_matched_by_hand_with_the_order_that_it_may_be_for(
        self, browser: Browser, shop: Shop
    ) -> None:
        order = shop.order()
        shop.refuse_prompt(order)
        till.typed(shop, "TOMATO", str(order.amount_asked))
        page = browser.plain("/money")
        assert "for TOMATO from" in page
        assert order.order_number in page
        assert "Money that waits for your word 1 Unknown" in browser.plain("/")
        money = till.in_suspense(shop)[0]
        page = press(browser, "/money", f"/money/{money.suspense_id}/match", order=order.order_number)
        assert "The money counts for that order now" in page
        assert "None: all money has its order." in page
        assert shop.statuses(order)[0::2] == ("confirmed", "paid")
        till.sound(shop, order)

    @proves("DR-812")
    def test_it_is_sent_back_once_when_another_admin_has_said_yes(
        self, browser: Browser, second: Browser, shop: Shop
    ) -> None:
        till.typed(shop, "NOBODY", "300.00", payer="254712000999")
        money = till.in_suspense(shop)[0]
        token = browser.token("/money", f"/money/{money.suspense_id}/back")
        for _ in range(2):
            path = f"/admin/money/{money.suspense_id}/back"
            assert browser.client.post(path, data={"csrf": token}).status_code == 303
        assert till.told(shop) == [("unmatched", "300.00", "b2c", "requested")]
        action = f"/money/refunds/{till.refunds(shop)[0].refund_id}/decision"
        press(second, "/money/refunds", action, decision="approve", road="")
        assert till.told(shop) == [("unmatched", "300.00", "b2c", "approved")]
        assert "returning" in browser.plain("/money")

    def test_an_order_that_nobody_knows_is_said_in_words(self, browser: Browser, shop: Shop) -> None:
        till.typed(shop, "NOBODY", "300.00")
        refused(browser, "/money", f"/money/{till.in_suspense(shop)[0].suspense_id}/match", order="ZZZZ")


class TestBank:
    """DR-813 on the console."""

    @proves("DR-813")
    def test_a_small_one_counts_at_once(self, browser: Browser, shop: Shop) -> None:
        order = till.bank_order(shop)
        assert order.order_number in browser.plain("/money/bank")
        press(
            browser, "/money/bank", "/money/bank/enter", order=order.order_number, reference="FT25175ABC",
            amount=str(order.amount_asked), paid_on="2025-06-24",
        )  # fmt: skip
        assert shop.statuses(order)[0::2] == ("confirmed", "paid")

    @proves("DR-813")
    def test_a_large_one_needs_another_admin(self, browser: Browser, second: Browser, shop: Shop) -> None:
        shop.set_to("bank.two_person_over", "100.00")
        order = till.bank_order(shop)
        page = press(
            browser, "/money/bank", "/money/bank/enter", order=order.order_number, reference="FT25175ABC",
            amount=str(order.amount_asked), paid_on="2025-06-24",
        )  # fmt: skip
        assert "You entered it: another admin approves." in page
        assert shop.fresh(order).order_status == "pending_payment"
        action = f"/money/bank/{shop.attempt(order).transaction_id}/decision"
        refused(browser, "/money/bank", action, decision="approve")
        press(second, "/money/bank", action, decision="approve")
        assert shop.statuses(order)[0::2] == ("confirmed", "paid")
        till.sound(shop, order)

    @proves("DR-813")
    def test_a_slip_of_the_pen_is_struck_out(self, browser: Browser, shop: Shop) -> None:
        shop.set_to("bank.two_person_over", "100.00")
        order = till.bank_order(shop)
        till.transferred(shop, order, "498.00")
        action = f"/money/bank/{shop.attempt(order).transaction_id}/decision"
        assert "struck out" in press(browser, "/money/bank", action, decision="refuse", reason="not ours")
        assert shop.attempt(order).status == "failed"


def test_support_sees_no_money(browser: Browser, shop: Shop, admin: User, db: Database) -> None:
    """DR-222: what money waits is not for support."""
    till.typed(shop, "NOBODY", "300.00")
    db.run(lambda tx: setattr(tx.session.get_one(User, admin.user_id), "staff_scope", "support"))
    assert browser.get("/money").status_code == 409
    assert "Money that waits" not in browser.plain("/")
