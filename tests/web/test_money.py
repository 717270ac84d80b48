"""The money desk: what waits for an admin's word is seen, decided with a form, and leaves the list."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.books.models import Correction
from core.db import Database, Tx
from core.orders import claims
from core.orders import service as orders
from core.orders.models import Order
from core.payments.models import ProviderRequest
from core.payouts import by_hand
from core.users import login
from core.users.models import User
from tests.deliveries.road import Road
from tests.helpers import Cast, FixedClock
from tests.orders.shop import Shop
from tests.payments import till
from tests.payouts import till as payout_till
from tests.proving import proves
from tests.web.conftest import PASSWORD, Browser

SECOND = "+254712000505"


@pytest.fixture
def shop(db: Database, cast: Cast) -> Shop:
    shop = Shop(db, cast)
    shop.publish()
    return shop


@pytest.fixture
def second(db: Database, new_browser: Callable[[], Browser]) -> Browser:
    """Another admin, signed in at another browser."""

    def work(tx: Tx) -> User:
        user = login.create_admin(tx, msisdn=SECOND, email="b@example.com", password=PASSWORD, one_time=False)
        user.first_name = "Baraka"
        return user

    db.run(work)
    browser = new_browser()
    assert browser.sign_in(account=SECOND).status_code == 303
    return browser


def press(browser: Browser, page: str, action: str, **fields: str) -> str:
    """Fill in the form, send it, and read the page that follows."""
    sent = browser.send(page, action, **fields)
    assert sent.status_code == 303, sent.text
    return browser.plain(sent.headers["Location"].removeprefix("/admin"))


def refused(browser: Browser, page: str, action: str, **fields: str) -> None:
    assert browser.send(page, action, **fields).status_code == 409


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


class TestPayouts:
    """DR-1302 on the console."""

    @proves("DR-1302")
    def test_the_first_ones_are_one_list_with_its_sum(
        self, browser: Browser, shop: Shop, clock: FixedClock
    ) -> None:
        payout_till.earn(shop, clock)
        payout_till.run(shop)
        browser.sign_in()
        page = browser.plain("/money/payouts")
        made = payout_till.payouts(shop)
        total = sum(payout.amount for payout in made)
        assert f"together KES {total:,.2f}" in page
        ids = ",".join(str(payout.payout_id) for payout in made)
        refused(browser, "/money/payouts", "/money/payouts/first", ids=ids, total="1.00")
        press(browser, "/money/payouts", "/money/payouts/first", ids=ids, total=str(total))
        assert set(payout_till.statuses(shop)) == {"eligible"}
        one = made[0].payout_id
        press(browser, "/money/payouts", f"/money/payouts/{one}/decision", decision="process")
        assert payout_till.payouts(shop)[0].status == "processing"

    @proves("DR-1302")
    def test_by_hand_held_back_and_let_go_on(self, browser: Browser, shop: Shop, clock: FixedClock) -> None:
        payout_till.earn(shop, clock)
        browser.sign_in()
        page = press(browser, "/money/payouts", "/money/payouts/make", phone="0712 000 101")
        assert "You made one of them, or it is yours: another admin approves the list." in page
        action = f"/money/payouts/{payout_till.payouts(shop)[0].payout_id}/decision"
        press(browser, "/money/payouts", action, decision="hold", reason="who is she?")
        assert payout_till.statuses(shop) == ["on_hold"]
        refused(browser, "/money/payouts", action, decision="approve")
        refused(browser, "/money/payouts", "/money/payouts/make", phone="0712 000 101")

    @proves("DR-1303")
    def test_what_mpesa_would_not_tell_is_settled_as_an_admin_saw_it(
        self, browser: Browser, shop: Shop, clock: FixedClock, db: Database
    ) -> None:
        payout_till.earn(shop, clock)
        payout_till.run(shop)
        payout_till.approve_first(shop)
        payout = payout_till.payouts(shop)[0]
        payout_till.send(shop, payout, "unknown")
        row = ProviderRequest(
            kind="b2c", subject=f"payout:{payout.payout_id}", name=f"try-{payout.payout_id}-1",
            status="unclear", amount=payout.amount, created_at=clock.now(),
        )  # fmt: skip
        db.run(lambda tx: tx.session.add(row))
        browser.sign_in()
        page, action = "/money/payouts", "/money/payouts/unclear"
        assert "It is not sent again before it is settled." in browser.plain(page)
        sent = {"name": f"try-{payout.payout_id}-1", "reason": "portal, page 2"}
        refused(browser, page, action, decision="paid", receipt="", **sent)
        refused(browser, page, action, decision="failed", **sent)
        press(browser, page, action, decision="ask", **sent)
        press(browser, page, action, decision="paid", receipt="SKL1AB2CD3", **sent)
        assert payout_till.payouts(shop)[0].status == "paid"

    @proves("DR-1302", "DR-1303")
    def test_that_a_large_one_did_not_go_out_two_admins_say_after_mpesa_was_asked(
        self, browser: Browser, second: Browser, shop: Shop, clock: FixedClock, db: Database
    ) -> None:
        shop.set_to("payout.two_person_over", "300.00")
        payout_till.earn(shop, clock)
        payout_till.run(shop)
        payout_till.approve_first(shop)
        payout = payout_till.payouts(shop)[0]
        payout_till.send(shop, payout, "unknown")
        name = f"try-{payout.payout_id}-1"
        sending = ProviderRequest(
            kind="b2c", subject=f"payout:{payout.payout_id}", name=name, status="unclear",
            amount=payout.amount, created_at=clock.now(), sent_at=clock.now() - by_hand.SILENCE,
        )  # fmt: skip
        db.run(lambda tx: tx.session.add(sending))
        browser.sign_in()
        second.sign_in(account=SECOND)
        page, action = "/money/payouts", "/money/payouts/unclear"
        says = "It did not go out Ask M-Pesa again"
        seen = browser.plain(page)
        assert "M-Pesa has not answered yet: ask it first." in seen
        assert says not in seen
        asked = ProviderRequest(
            kind="status", subject=sending.subject, about=sending.request_id, status="given_up",
            created_at=clock.now(),
        )  # fmt: skip
        db.run(lambda tx: tx.session.add(asked))
        word = {"name": name, "subject": sending.subject, "decision": "failed", "reason": "not in the portal"}
        seen = browser.plain(page)
        assert "M-Pesa was asked, and does not say." in seen
        assert "That it did not go out, two admins have to say." in seen
        seen = press(browser, page, action, **word)
        assert "Another admin has to say so too." in seen
        assert says not in seen, "once is all that one admin can say"
        assert payout_till.payouts(shop)[0].status == "unknown"
        assert "has said that it did not go out" in second.plain(page)
        assert "It is settled as you saw it." in press(second, page, action, **word)
        assert payout_till.payouts(shop)[0].status == "failed"


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


class TestCash:
    """DR-904 and DR-907 on the console."""

    @pytest.fixture
    def door(self, road: Road) -> Decimal:
        """What the rider holds after one door, KES."""
        road.publish("200")
        order = road.cash_at_the_door("5", "c-1")
        road.hand_over(order)
        return order.amount_asked

    @proves("DR-907")
    def test_the_day_shows_what_should_be_there(self, browser: Browser, road: Road, door: Decimal) -> None:
        page = browser.plain("/money/cash")
        assert f"Together {door:,.2f} 0.00 {door:,.2f}" in page
        assert "Nobody took, brought or holds cash." not in page

    @proves("DR-904")
    def test_it_is_counted_once_and_then_banked(self, browser: Browser, road: Road, door: Decimal) -> None:
        token = browser.token("/money/cash", "/money/cash/take")
        form = {"csrf": token, "once": "k1", "phone": "0712000303", "decision": "count"}
        for _ in range(2):
            sent = browser.client.post("/admin/money/cash/take", data={**form, "amount": str(door - 50)})
            assert sent.status_code == 303, sent.text
        page = browser.plain("/money/cash")
        assert "Deposits that differ" in page
        assert "KES -50.00" in page
        press(browser, "/money/cash", "/money/cash/bank", amount=str(door - 50), reference="FT1")
        assert "No cash lies here." in browser.plain("/money/cash")

    @proves("DR-904")
    def test_a_debt_is_taken_off_his_pay_with_a_reason(
        self, browser: Browser, road: Road, door: Decimal
    ) -> None:
        fields = {"once": "k2", "rider_id": str(road.cast.rider.id), "decision": "set_off", "amount": "20"}
        refused(browser, "/money/cash", "/money/cash/take", **fields, reason=" ")
        press(browser, "/money/cash", "/money/cash/take", **fields, reason="lost on the way")
        assert f"{door - 20:,.2f}" in browser.plain("/money/cash")


@pytest.fixture
def road(db: Database, cast: Cast) -> Road:
    return Road(db, cast)


def test_support_sees_no_money(browser: Browser, shop: Shop, admin: User, db: Database) -> None:
    """DR-222: what money waits is not for support."""
    till.typed(shop, "NOBODY", "300.00")
    db.run(lambda tx: setattr(tx.session.get_one(User, admin.user_id), "staff_scope", "support"))
    assert browser.get("/money").status_code == 409
    assert "Money that waits" not in browser.plain("/")
