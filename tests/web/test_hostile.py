"""The console's money pages against hostile files, forms and words (S10, S14, S16, S21)."""

import io
import re
from decimal import Decimal

import pytest
from flask import Flask
from werkzeug.exceptions import BadRequest

from core.db import Database
from tests.helpers import Cast
from tests.orders.shop import Shop
from tests.payments import till
from tests.proving import proves
from tests.web.conftest import (
    Browser,
    admin,
    browser,
    console_app,
    new_browser,
    visitor,
)
from web import forms

__all__ = ["admin", "browser", "console_app", "new_browser", "visitor"]
FILE = "/books/differences/file"
HEAD = "Receipt No.,Completion Time,Paid In,Withdrawn,Details,Other Party Info,A/C No.\n"
SCRIPT = '"><script>alert(1)</script>'
PAGES = ("/", "/books", "/books/differences", "/money", "/money/bank", "/money/refunds", "/money/payouts",
         "/money/cash", "/money/asked", "/books/statement")  # fmt: skip


@pytest.fixture
def shop(db: Database, cast: Cast) -> Shop:
    shop = Shop(db, cast)
    shop.publish()
    return shop


def bring(browser: Browser, body: bytes, **fields: str) -> int:
    """A statement file is handed in."""
    given = {"csrf": browser.token("/books/differences", FILE), "till": "mpesa"} | fields
    return browser.client.post(
        f"/admin{FILE}", data={**given, "file": (io.BytesIO(body), "s.csv")}
    ).status_code


def row(receipt: str = "UA00000001", at: str = "2025-06-24 09:00:00", paid: str = "70.00", what: str = "x",
        party: str = "2547 ***** 149 - A B", account: str = "x") -> str:  # fmt: skip
    return f'{receipt},{at},{paid},,"{what}","{party}","{account}"\n'


FILES: list[tuple[str, bytes]] = [
    ("nothing", b""),
    ("zeros", b"\0" * 1000),
    ("a zip", b"PK\x03\x04" + bytes(range(256)) * 50),
    ("gzip", b"\x1f\x8b\x08" + bytes(range(256)) * 50),
    ("UTF-16", (HEAD + row()).encode("utf-16")),
    ("latin-1", (HEAD + row(what="caf\xe9")).encode("latin-1")),
    ("a NUL within", (HEAD + row(what="a\0b")).encode()),
    ("a cell of 200 kB", (HEAD + row(what="x" * 200_000)).encode()),
    ("a quote that never ends", (HEAD + '"' + "x\n" * 100_000).encode()),
    ("a lone return", (HEAD + "UA00000001,2025-06-24 09:00:00,1.00\r,x\rx\n").encode()),
    ("the year one", (HEAD + row(at="0001-01-01 00:00:00")).encode()),
    ("the year 9999", (HEAD + row(at="9999-12-31 23:59:59")).encode()),
    ("not a number", (HEAD + row(paid="sNaN") + row(paid="NaN") + row(paid="1e999999")).encode()),
    ("huge", (HEAD + row(paid="1" * 5000) + row(paid="1e9")).encode()),
    ("other figures", (HEAD + row(paid="٧٠") + row(paid="1_0")).encode()),
    ("many columns", ("a," * 50_000 + "\n" + HEAD + row()).encode()),
    ("only commas", b"," * 300_000),
]


@pytest.mark.parametrize(("what", "body"), FILES, ids=[f[0] for f in FILES])
def test_s21_no_statement_file_is_a_fault_of_ours(
    browser: Browser, shop: Shop, what: str, body: bytes
) -> None:
    assert bring(browser, body) in (303, 400, 409)
    browser.text("/books/differences")


def test_s21_a_file_beyond_its_room_is_413(browser: Browser, shop: Shop) -> None:
    body = (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="s"\r\n\r\n'
        + b"x" * 5_000_000
        + b"\r\n--b--"
    )
    sent = browser.client.post(f"/admin{FILE}", data=body, content_type="multipart/form-data; boundary=b")
    assert sent.status_code == 413


@proves("DR-1201")
def test_s10_words_from_files_and_payments_are_shown_as_words(browser: Browser, shop: Shop) -> None:
    order = shop.paid_order()
    till.typed(shop, SCRIPT, "70.00", "UA00000009", "254712000202")
    cell = SCRIPT.replace('"', '""')
    body = HEAD + row("UA00000002", what=cell, party=cell, account=cell)
    body += f'UA00000003,2025-06-24 09:00:00,,5.00,"=cmd|{SCRIPT[2:]}","",""\n'
    assert bring(browser, body.encode()) == 303
    for page in (*PAGES, f"/orders/{order.order_id}"):
        assert "<script>alert" not in browser.text(page), page


NUMBERS = ["9" * 30, "9" * 5000, "-1", "٣", "1_0", "0x1", "1e3", " "]


@pytest.mark.parametrize("number", NUMBERS)
def test_s21_odd_numbers_in_forms_are_refused(browser: Browser, shop: Shop, number: str) -> None:
    shop.delivered_order()
    for page, action, fields in (
        ("/books/statement", "/books/statement/file", {"user_id": number}),
        ("/books/statement", "/books/statement/find", {"phone": number}),
        ("/money/refunds", "/money/refunds/ask", {"order": number, "amount": number, "reason": "x"}),
        ("/money/cash", "/money/cash/take", {"rider_id": number, "amount": number, "decision": "count"}),
        ("/money/cash", "/money/cash/bank", {"amount": number, "reference": "x"}),
        ("/money/bank", "/money/bank/enter", {"order": number, "amount": number, "paid_on": "2025-06-24"}),
        ("/money/payouts", "/money/payouts/make", {"phone": number}),
    ):
        try:
            sent = browser.send(page, action, **fields)
        except AssertionError as error:
            if "no form for" in str(error):
                continue
            raise
        assert sent.status_code in (303, 400, 404, 409), (action, sent.status_code)


@pytest.mark.parametrize(
    "address",
    ["/books/statement?first=0001-01-01&last=0001-01-02", "/books/statement?first=9999-12-31&last=9999-12-31",
     "/books/statement?last=0001-01-01", "/books/statement?who=x", "/money/cash?day=0001-01-01",
     "/money/cash?day=9999-12-31", "/books/differences?before=99999999999999999999"],
)  # fmt: skip
def test_s21_days_and_rows_out_of_this_world_are_no_fault_of_ours(
    browser: Browser, shop: Shop, address: str
) -> None:
    assert browser.get(address).status_code in (200, 400, 404, 409)


@pytest.mark.parametrize(
    "sum_", ["1,50", "1,5", "12,34,567", "1 000", "1_000", "1e3", "٣٥٠", "--5", "+5", ".5", "5."]
)
def test_a_sum_that_may_be_read_in_two_ways_is_never_guessed(console_app: Flask, sum_: str) -> None:
    with console_app.test_request_context(method="POST", data={"sum": sum_}), pytest.raises(BadRequest):
        forms.amount("sum")


@pytest.mark.parametrize(
    ("said", "means"), [("1,250", "1250"), ("1250.5", "1250.5"), (" 7 ", "7"), ("1,250.00", "1250.00")]
)
def test_sums_as_people_write_them(console_app: Flask, said: str, means: str) -> None:
    with console_app.test_request_context(method="POST", data={"sum": said}):
        assert forms.amount("sum") == Decimal(means)


@pytest.mark.parametrize("ids", ["9" * 30, "9" * 5000, "٣", "1,,x"])
def test_s21_an_odd_list_of_payouts_is_refused(console_app: Flask, ids: str) -> None:
    with console_app.test_request_context(method="POST", data={"ids": ids}), pytest.raises(BadRequest):
        forms.numbers("ids")


class TestWhoMayNot:
    """Every new page and form: nobody but a signed-in admin, and no form from another site."""

    @pytest.fixture
    def forms(self, console_app: Flask) -> list[str]:
        return sorted(
            re.sub(r"<[^>]+>", "1", rule.rule).removeprefix("/admin")
            for rule in console_app.url_map.iter_rules()
            if "POST" in (rule.methods or ())
            and rule.rule.startswith(("/admin/money", "/admin/books", "/admin/orders"))
        )

    def test_s16_a_stranger_sees_and_does_nothing(self, visitor: Browser, forms: list[str]) -> None:
        assert len(forms) > 12
        for page in PAGES:
            assert visitor.get(page).status_code == 303, page
        for action in forms:
            assert visitor.client.post(f"/admin{action}", data={"csrf": "x"}).status_code in (303, 403), (
                action
            )

    def test_s14_no_form_without_its_own_token(self, browser: Browser, forms: list[str], shop: Shop) -> None:
        foreign = browser.token("/books/differences", FILE)
        for action in forms:
            for token in ("", "x", "é", *([foreign] if action != FILE else [])):
                sent = browser.client.post(f"/admin{action}", data={"csrf": token})
                assert sent.status_code == 403, action
            assert browser.get(action).status_code in (200, 404, 405), action
