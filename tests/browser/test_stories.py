"""Issue 7, sections 1 and 2, as an admin does it: a callback found by phone, an order followed from it, a
callback run again, a number read in full; and support, refused."""

import threading
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from app import duties
from core.db import Database
from core.users import service as users
from inbound.gateway import Gateway
from tests.browser.conftest import PHONE
from tests.helpers import CALLBACK_SECRET, CUSTOMER, Cast
from tests.orders.shop import Shop
from tests.web.conftest import PASSWORD, admin

__all__ = ["admin"]
ROWS = "div.sheet table.log tbody tr"
TEXT = {"from": CUSTOMER, "to": "20880", "text": "<b>HELP</b> where is it", "id": "m1",
        "date": "2025-06-24 06:30:00"}  # fmt: skip


@pytest.fixture
def house(app: Flask, admin: object) -> Iterator[str]:
    """The whole web process on a free port: a callback that is run again needs its door."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/admin"
    server.shutdown()
    thread.join()
    server.server_close()


def sign_in(page: Page, house: str) -> None:
    page.goto(f"{house}/sign-in")
    page.get_by_label("Phone number or e-mail").fill(PHONE)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{house}/")


def test_from_a_callers_number_to_her_order_and_a_callback_run_again(
    page: Page, house: str, gateway: Gateway, app: Flask, cast: Cast, sweep_until_idle: Callable[..., int]
) -> None:
    shop = Shop(gateway.db, cast)
    shop.publish()
    order = shop.order()
    app.test_client().post(f"/cb/{CALLBACK_SECRET}/sms", data=TEXT)
    sweep_until_idle(
        gateway.db, {k: do for k, do in duties(gateway).items() if k not in ("stk_push", "send_sms")}
    )
    sign_in(page, house)

    # found by phone, typed as she says it, by keyboard alone
    page.goto(f"{house}/callbacks")
    page.get_by_label("Anything").focus()
    page.keyboard.type("0712 000 202")
    page.keyboard.press("Enter")
    page.wait_for_url("**/callbacks?who=*")
    expect(page.locator(".chips")).to_contain_text("07******02")
    expect(page.locator(ROWS)).to_have_count(1)
    page.locator(ROWS).first.locator("td.time a").focus()
    page.keyboard.press("Enter")
    drawer = page.locator("dialog[open]")
    expect(drawer).to_contain_text("<b>HELP</b> where is it")
    assert drawer.locator("b").count() == 0

    # run again, from beside the log: nothing happens twice
    drawer.get_by_text("Run it again", exact=True).first.click()
    drawer.get_by_role("button", name="Run it again").click()
    told = page.locator(".notice[role=status]")
    expect(told).to_contain_text("No new effect")
    expect(page.get_by_text("Came 1 more time.")).to_be_visible()

    # her number in full, once a reason is given
    page.get_by_text("Show the number in full").click()
    page.get_by_label("Why").fill("she asked to be called back")
    page.get_by_role("button", name="Show it").click()
    expect(page.get_by_text(CUSTOMER)).to_be_visible()

    # her conversation, her order, its payment
    page.get_by_role("link", name="the whole conversation").click()
    expect(page.locator(".thread")).to_contain_text("<b>HELP</b> where is it")
    page.locator(".thread .prompt").get_by_role("link", name=order.order_number).click()
    expect(page.locator("h1")).to_contain_text(order.order_number)
    page.locator("table.list tbody tr a[href*='/payments/']").first.click()
    expect(page.get_by_role("heading", name="What went to and fro")).to_be_visible()


def test_support_is_refused_the_number_and_the_second_run(
    page: Page, house: str, db: Database, app: Flask
) -> None:
    app.test_client().post(f"/cb/{CALLBACK_SECRET}/sms", data=TEXT)
    sign_in(page, house)
    page.goto(f"{house}/callbacks")
    page.locator(ROWS).first.locator("td.gist").click()
    page.locator("dialog[open]").get_by_text("Show the number in full").click()
    db.run(lambda tx: setattr(users.find(tx, PHONE), "staff_scope", "support"))
    page.get_by_label("Why").fill("curious")
    page.get_by_role("button", name="Show it").click()
    expect(page.get_by_text("That is not open to you.")).to_be_visible()
    assert CUSTOMER not in page.content()
    page.goto(f"{house}/callbacks")
    page.locator(ROWS).first.locator("td.gist").click()
    drawer = page.locator("dialog[open]")
    expect(drawer).to_contain_text("Copy as curl")
    expect(drawer.get_by_text("Show the number in full")).to_have_count(0)
    expect(drawer.get_by_text("Run it again")).to_have_count(0)


@pytest.mark.parametrize("width", [390])
def test_the_stories_fit_a_phone_in_the_dark(
    chromium: Browser, house: str, gateway: Gateway, app: Flask, cast: Cast, width: int
) -> None:
    shop = Shop(gateway.db, cast)
    shop.publish()
    attempt = shop.attempt(shop.delivered_order())
    app.test_client().post(f"/cb/{CALLBACK_SECRET}/sms", data=TEXT | {"text": "x" * 300})
    page = chromium.new_page(viewport={"width": width, "height": 800}, color_scheme="dark")
    sign_in(page, house)
    page.goto(f"{house}/conversation")
    page.get_by_label("Phone").fill("0712000202")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**/conversation?who=*")
    for path in (page.url, f"{house}/payments/{attempt.transaction_id}", f"{house}/orders/{attempt.order_id}",
                 f"{house}/callbacks?kind=sms&from=2025-01-01T00:00"):  # fmt: skip
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(17, 21, 18)"
    page.context.close()
