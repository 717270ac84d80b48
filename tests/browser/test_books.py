"""The books in a real browser: a statement is found and downloaded, a file compared, a difference closed."""

import os
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.books import reconciling
from core.db import Database
from tests.helpers import Cast, FixedClock
from tests.orders.shop import Shop
from tests.payments.till import cancelled, set_to
from tests.proving import proves

PICTURES = os.environ.get("PICTURES", "")  # a folder: what the browser shows is kept there
FILE = (
    "Receipt No.,Completion Time,Details,Transaction Status,Paid In,Withdrawn,Reason Type,"
    "Other Party Info,A/C No.\n"
    "UA12BANK01,24-06-2025 11:00:00,Organization Settlement,Completed,,-300.00,Organization Settlement,,\n"
    "UA12KX93QZ,24-06-2025 08:00:00,Pay Bill from 2547 ***** 149 - J D,Completed,85.00,,Pay Bill,"
    "2547 ***** 149 - J D,mama mboga\n"
)


def picture(page: Page, name: str) -> None:
    """What is seen, wide and on a phone; nothing may stick out sideways."""
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 800})
        if PICTURES:
            page.screenshot(path=f"{PICTURES}/{name}-{width}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (name, width)
    page.set_viewport_size({"width": 1280, "height": 800})


@pytest.fixture
def shop(db: Database, cast: Cast) -> Shop:
    """One order on its way, one delivered, one whose refund waits."""
    shop = Shop(db, cast)
    shop.publish()
    shop.delivered_order("sms-1")
    set_to(shop, "refund.auto_approve_max", "100.00")
    cancelled(shop, shop.paid_order(key="sms-2"))
    shop.paid_order(key="sms-3")
    return shop


@proves("DR-1003", "DR-1005", "DR-1007")
def test_an_admin_reads_the_books_takes_a_statement_along_and_closes_a_difference(
    signed_in: Page, site: str, shop: Shop, clock: FixedClock, tmp_path: Path
) -> None:
    page = signed_in
    page.goto(f"{site}/books")
    expect(page.get_by_text("The books are right")).to_be_visible()
    expect(page.get_by_text("an admin has to decide")).to_be_visible()
    picture(page, "books")
    page.get_by_role("link", name="Statements").click()
    page.get_by_label("Phone").fill("0712000101")
    page.get_by_label("From").fill("2025-06-24")
    page.get_by_label("To").fill("2025-06-24")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("cell", name="delivered item")).to_be_visible()
    picture(page, "statement")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as CSV").click()
    assert "-360.00" in Path(download.value.path()).read_text()
    page.get_by_role("link", name="Our books and M-Pesa").click()
    expect(page.get_by_text("None: our books and M-Pesa say the same.")).to_be_visible()
    file = tmp_path / "statement.csv"
    file.write_text(FILE)
    page.get_by_label("M-Pesa's statement, CSV").set_input_files(file)
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_text("2 rows read, 2 of them new.")).to_be_visible()
    shop.db.run(lambda tx: reconciling.balance_told(tx, till="mpesa", amount=Decimal("1.00"), at=tx.now))
    shop.db.run(lambda tx: reconciling.nightly(tx, 0))
    page.reload()
    picture(page, "differences")
    task = page.locator("li.task", has_text="UA12BANK01")
    task.get_by_label("It was").select_option("Moved to the bank")
    task.get_by_label("Why").fill("to pay the rent")
    task.get_by_role("button", name="Close").click()
    expect(page.get_by_text("Closed; your reason stands in the audit.")).to_be_visible()
    expect(page.get_by_text("Moved to the bank: to pay the rent")).to_be_visible()
    assert shop.balances()["bank"] == "300.00"
    picture(page, "closed")
