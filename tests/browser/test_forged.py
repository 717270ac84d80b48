"""Forged money in a real browser: an admin reads what was not believed, and why; and of unknown money what is
left and what M-Pesa took back (DR-805, DR-812)."""

import pytest
import responses
from flask import Flask
from playwright.sync_api import Page, expect

from core.config import Config
from core.db import Database
from core.due_work import HANDLERS
from inbound.gateway import Gateway
from mpesa import callbacks, work
from tests.books.test_importing import take
from tests.books.test_taken_back import back, say
from tests.browser.test_books import picture
from tests.helpers import CALLBACK_SECRET, Cast, FixedClock
from tests.mpesa.conftest import config, net
from tests.mpesa.office import Office
from tests.mpesa.test_forged_everywhere import a_payout
from tests.orders.shop import Shop
from tests.payments import till
from tests.proving import proves

__all__ = ["config", "net"]


@pytest.fixture
def office(
    db: Database, gateway: Gateway, cast: Cast, clock: FixedClock, net: responses.RequestsMock
) -> Office:
    app = Flask("mpesa")
    app.register_blueprint(callbacks.blueprint(gateway), url_prefix="/cb/<secret>")
    handlers = {**HANDLERS, **work.duties(gateway)}
    return Office(db, Shop(db, cast), clock, app.test_client(), handlers, net)


@proves("DR-805", "DR-812")
def test_what_is_not_believed_is_read_and_what_went_back_by_itself(
    site: str, office: Office, config: Config, request: pytest.FixtureRequest
) -> None:
    at, shop = a_payout(office, config), office.shop
    for body in at.lies.values():
        office.post(at.path, body)
    office.post(at.path.replace(at.path.split("/")[-2], "0" * 32), at.true)
    office.post(at.path.replace(CALLBACK_SECRET, "0" * 32), at.true)
    office.work()
    page: Page = request.getfixturevalue("signed_in")  # a day has gone by: nobody is signed in so long
    expect(page.locator("section.alarm").first).to_contain_text("payout")
    expect(page.locator("section.alarm").first).to_contain_text("another amount than was sent")
    expect(page.get_by_text("1 request with a wrong secret")).to_be_visible()
    picture(page, "forged-alarm")
    page.goto(f"{site}/callbacks")
    expect(page.get_by_text("KES 9000 → another amount than was sent")).to_be_visible()
    picture(page, "forged")
    page.locator("tr", has_text="KES 9000").locator("a").first.click()
    expect(page.get_by_text("Nothing.", exact=True)).to_be_visible()
    picture(page, "forged-one")

    till.typed(shop, "TOMATO", "250.00", receipt="PB00000009")
    take(shop, back("UA99REV001", "100.00", "PB00000009"))
    say(shop, shop.cast.admin.actor)
    page.goto(f"{site}/books/differences")
    picture(page, "part")
    task = page.locator("li.task", has_text="gone back under UA99REV001")
    task.get_by_label("Why").fill("seen in the portal")
    task.get_by_role("button", name="Close").click()
    expect(page.get_by_text("M-Pesa took it back: seen in the portal")).to_be_visible()
    page.goto(f"{site}/money")
    expect(page.get_by_text("left of KES 250.00")).to_be_visible()
    picture(page, "unknown")
    page.goto(f"{site}/money/mistakes")
    expect(page.get_by_text("M-Pesa took back, of PB00000009")).to_be_visible()
    picture(page, "mistakes")
