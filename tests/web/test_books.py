"""The console's books: accounts, open orders, statements and their files."""

import io
from decimal import Decimal

import pytest

from core.books import reconciling
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


@proves("DR-1007")
def test_a_difference_is_seen_closed_with_a_reason_and_stays_to_be_read(browser: Browser, shop: Shop) -> None:
    def told() -> None:
        shop.db.run(
            lambda tx: reconciling.balance_told(tx, till="mpesa", amount=Decimal("476.60"), at=tx.now)
        )

    assert "None: our books and M-Pesa say the same." in browser.plain("/books/differences")
    shop.paid_order()
    told()
    shop.db.run(lambda tx: reconciling.nightly(tx, 0))
    page = browser.text("/books/differences")
    assert "A charge of M-Pesa" in page
    assert "Came from the bank" not in page, "less is there than we think"
    address = page.split('action="/admin/books/differences/')[2].split('"')[0]
    refused = browser.send("/books/differences", f"/books/differences/{address}", how="charge", reason=" ")
    assert refused.status_code == 409
    sent = browser.send("/books/differences", f"/books/differences/{address}", how="charge", reason="fees")
    assert sent.status_code == 303
    page = browser.plain("/books/differences")
    assert "A charge of M-Pesa's: fees Grace" in page
    assert shop.balances()["provider_fees"] == "22.40"


@proves("DR-1007")
def test_a_statement_file_larger_than_a_callback_may_be_is_compared(browser: Browser, shop: Shop) -> None:
    head = "Receipt No.,Completion Time,Paid In,Withdrawn,Details,Other Party Info,A/C No.\n"
    rows = "".join(
        f"UA{n:08d},2025-06-24 09:00:00,10.00,,Pay Bill from 2547 ***** 149 - A B,2547 ***** 149 - A B,x\n"
        for n in range(800)
    )
    assert len(rows) > 70_000
    rows = rows[: 90 * 3]
    where = "/books/differences/file"
    file = (io.BytesIO((head + rows).encode()), "statement.csv")
    sent = browser.client.post(
        f"/admin{where}",
        data={"csrf": browser.token("/books/differences", where), "till": "mpesa", "file": file},
    )
    assert sent.status_code == 303
    assert "rows read" in browser.plain(sent.headers["Location"].removeprefix("/admin"))
    nothing = browser.client.post(
        f"/admin{where}", data={"csrf": browser.token("/books/differences", where), "till": "mpesa"}
    )
    assert nothing.status_code == 400
