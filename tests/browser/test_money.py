"""The money desk in a real browser: two admins at two windows agree about one transfer (DR-813)."""

from playwright.sync_api import Browser, Page, expect

from core.db import Database
from core.users import login
from tests.browser.conftest import PASSWORD
from tests.helpers import Cast
from tests.orders.shop import Shop
from tests.payments import till
from tests.proving import proves

SECOND = "+254712000505"


@proves("DR-813")
def test_a_large_transfer_is_entered_by_one_and_approved_by_another(
    signed_in: Page, site: str, chromium: Browser, db: Database, cast: Cast
) -> None:
    shop = Shop(db, cast)
    shop.publish()
    shop.set_to("bank.two_person_over", "100.00")
    order = till.bank_order(shop)
    signed_in.get_by_role("link", name="Money", exact=True).click()
    signed_in.get_by_role("link", name="Bank", exact=True).click()
    signed_in.get_by_label("Order", exact=True).fill(order.order_number)
    signed_in.get_by_label("Bank reference").fill("ft 25175-abc")
    signed_in.get_by_label("KES", exact=True).fill(f"{order.amount_asked:,.2f}")
    signed_in.get_by_role("button", name="Enter").click()
    expect(signed_in.get_by_role("status")).to_have_text("The transfer is entered.")
    expect(signed_in.get_by_text("You entered it: another admin approves.")).to_be_visible()
    assert shop.fresh(order).order_status == "pending_payment"

    db.run(lambda tx: login.create_admin(tx, msisdn=SECOND, email=None, password=PASSWORD, one_time=False))
    other = chromium.new_context().new_page()
    other.goto(f"{site}/sign-in")
    other.get_by_label("Phone number or e-mail").fill(SECOND)
    other.get_by_label("Password").fill(PASSWORD)
    other.get_by_role("button", name="Sign in").click()
    expect(other.get_by_text("Money that waits for your word")).to_be_visible()
    other.get_by_role("link", name="1 Bank").click()
    expect(other.get_by_text("FT25175-ABC")).to_be_visible()
    other.get_by_role("button", name="It is on the statement").click()
    expect(other.get_by_role("status")).to_have_text("The transfer counts now, and the customer is told.")
    other.context.close()
    assert shop.statuses(order)[0::2] == ("confirmed", "paid")
