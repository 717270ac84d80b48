"""The console's books: accounts, open orders, statements and their files."""

import pytest

from core.db import Database
from tests.helpers import Cast
from tests.orders.shop import Shop
from tests.proving import proves
from tests.web.conftest import Browser


@pytest.fixture
def shop(db: Database, cast: Cast) -> Shop:
    shop = Shop(db, cast)
    shop.publish()
    return shop


@proves("DR-1003", "DR-1005")
def test_the_page_says_that_all_is_right_and_why_an_order_holds_money(browser: Browser, shop: Shop) -> None:
    assert "None: the money of every order is where it belongs." in browser.plain("/books")
    order = shop.paid_order()
    page = browser.plain("/books")
    assert "The books are right: all lines come to 0.00" in page
    assert order.order_number in page
    assert "Paid; confirmed since Tue 24 Jun, 09:30." in page


def test_a_persons_statement_is_found_by_phone_and_downloaded(browser: Browser, shop: Shop) -> None:
    order = shop.delivered_order()
    sent = browser.send(
        "/books/statement", "/books/statement/find", phone="0712 000 101", first="2025-06-24",
        last="2025-06-25", who="",
    )  # fmt: skip
    assert sent.status_code == 303
    address = sent.headers["Location"].removeprefix("/admin")
    assert "0712" not in address
    page = browser.plain(address)
    assert "delivered item" in page
    assert order.order_number in page
    assert "-360.00" in page
    file = browser.client.post(
        "/admin/books/statement/file",
        data={
            "csrf": browser.token(address, "/books/statement/file"),
            "user_id": str(shop.cast.farmer.id), "first": "2025-06-24", "last": "2025-06-25",
        },
    )  # fmt: skip
    assert file.mimetype == "text/csv"
    assert f"tunda-{shop.cast.farmer.id}-2025-06-24-2025-06-25.csv" in file.headers["Content-Disposition"]
    assert f"farmer_due:{shop.cast.farmer.id},,360.00,-360.00" in file.text


def test_a_day_without_a_phone_is_everybodys_and_nonsense_is_today(browser: Browser, shop: Shop) -> None:
    shop.paid_order()
    assert "Everybody, 2025-06-24" in browser.plain("/books/statement?last=never")
    assert "No money moved." in browser.plain("/books/statement?last=2025-06-23")
    assert browser.get("/books/statement/file").status_code in (404, 405)
