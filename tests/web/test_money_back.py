"""Money that goes back, on the console: refunds, wishes to cancel, complaints."""

from collections.abc import Callable

import pytest

from core.db import Database
from core.orders import claims
from core.orders import service as orders
from core.orders.models import Order
from core.users import login
from tests.orders.shop import Shop
from tests.payments import till
from tests.proving import proves
from tests.web.conftest import PASSWORD, Browser
from tests.web.desk import press, refused


class TestRefunds:
    """DR-820 and DR-807 on the console."""

    def asked(self, shop: Shop, browser: Browser, amount: str = "100") -> Order:
        order = shop.delivered_order()
        token = browser.token("/money/refunds", "/money/refunds/ask")
        for _ in range(2):
            sent = browser.client.post(
                "/admin/money/refunds/ask",
                data={
                    "csrf": token, "once": "k1", "order": order.order_number, "amount": amount,
                    "reason": "soft ones",
                },
            )  # fmt: skip
            assert sent.status_code == 303
        return order

    @proves("DR-820")
    def test_who_asked_never_says_yes(self, browser: Browser, second: Browser, shop: Shop) -> None:
        self.asked(shop, browser)
        refund = till.refunds(shop)[0]
        assert "You asked for it: another admin decides." in browser.plain("/money/refunds")
        action = f"/money/refunds/{refund.refund_id}/decision"
        press(second, "/money/refunds", action, decision="approve", road="")
        assert till.told(shop) == [("asked", "100.00", "b2c", "approved")]

    @proves("DR-820")
    def test_a_large_one_takes_two(
        self, browser: Browser, second: Browser, shop: Shop, new_browser: Callable[[], Browser], db: Database
    ) -> None:
        shop.set_to("refund.two_person_over", "50.00")
        self.asked(shop, browser)
        action = f"/money/refunds/{till.refunds(shop)[0].refund_id}/decision"
        press(second, "/money/refunds", action, decision="approve", road="")
        assert "You said yes: a second admin has to." in second.plain("/money/refunds")
        assert till.refunds(shop)[0].status == "requested"
        db.run(
            lambda tx: login.create_admin(
                tx, msisdn="+254712000606", email="c@example.com", password=PASSWORD, one_time=False
            )
        )
        third = new_browser()
        third.sign_in(account="+254712000606")
        press(third, "/money/refunds", action, decision="approve", road="")
        assert till.refunds(shop)[0].status == "approved"

    def test_it_is_refused_with_a_reason(self, browser: Browser, second: Browser, shop: Shop) -> None:
        self.asked(shop, browser)
        action = f"/money/refunds/{till.refunds(shop)[0].refund_id}/decision"
        press(second, "/money/refunds", action, decision="reject", reason="it was fine")
        assert till.refunds(shop)[0].status == "rejected"

    @proves("DR-807")
    def test_what_came_by_bank_is_paid_at_the_bank_and_entered(self, browser: Browser, shop: Shop) -> None:
        order = till.bank_order(shop)
        till.transferred(shop, order, str(order.amount_asked + 100))
        assert till.told(shop) == [("overpaid", "100.00", "bank", "approved")]
        assert "To be paid at the bank" in browser.plain("/money/refunds")
        action = f"/money/refunds/{till.refunds(shop)[0].refund_id}/decision"
        press(browser, "/money/refunds", action, decision="paid", reference="FT25176XYZ")
        assert till.refunds(shop)[0].status == "completed"
        till.sound(shop, order)


class TestAsked:
    """O10, O16 and 7.3 on the console."""

    def test_a_wish_to_cancel_is_granted_or_refused(self, browser: Browser, shop: Shop) -> None:
        order = shop.paid_order()
        shop.mark(order, "harvest")
        asked = shop.db.run(
            lambda tx: orders.request_cancel(
                tx, shop.cast.customer.actor, order_id=order.order_id, reason="I travel"
            )
        )
        page = browser.plain("/money/asked")
        assert "I travel" in page
        assert "prepared goods come to KES 400.00" in page
        action = f"/money/asked/cancel/{asked.request_id}"
        press(browser, "/money/asked", action, decision="grant", waive="1", reason="good customer")
        assert shop.fresh(order).order_status == "cancelled"
        assert till.told(shop)[0][:2] == ("cancel", str(order.amount_asked))
        till.sound(shop, order)

    def test_a_complaint_is_decided_by_fault(self, browser: Browser, shop: Shop) -> None:
        order = shop.delivered_order()
        item = shop.items(order)[0]
        claim = shop.db.run(
            lambda tx: claims.open_claim(
                tx, shop.cast.customer.actor, order_item_id=item.order_item_id, reason="half were soft"
            )
        )
        assert "half were soft" in browser.plain("/money/asked")
        press(
            browser, "/money/asked", f"/money/asked/claim/{claim.claim_id}", decision="uphold",
            fault="farmer", refund="200", reason="seen on a photo",
        )  # fmt: skip
        assert till.told(shop)[0][:2] == ("claim", "200.00")
        till.sound(shop, order)

    @pytest.mark.parametrize("event", [None, "harvest"])
    def test_an_admin_cancels_from_the_orders_page(
        self, browser: Browser, shop: Shop, event: str | None
    ) -> None:
        order = shop.paid_order()
        if event:
            shop.mark(order, event)
        page = f"/orders/{order.order_id}"
        assert "Cancel the order" in browser.plain(page)
        refused(browser, page, f"{page}/cancel", reason=" ")
        assert "cancelled: admin" in press(browser, page, f"{page}/cancel", reason="the road is closed")
