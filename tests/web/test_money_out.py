"""Payouts and cash, on the console."""

from decimal import Decimal

import pytest

from core.db import Database
from core.payments.models import ProviderRequest
from core.payouts import by_hand
from tests.deliveries.road import Road
from tests.helpers import Cast, FixedClock
from tests.orders.shop import Shop
from tests.payouts import till as payout_till
from tests.proving import proves
from tests.web.conftest import SECOND, Browser
from tests.web.desk import press, refused


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
