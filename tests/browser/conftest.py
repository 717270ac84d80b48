"""A real browser at a real web server: Debian's Chromium, driven by Playwright, one server per test."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from core.db import Database, Tx
from core.traffic import service as traffic
from core.traffic.models import Callback
from core.users import login
from inbound.gateway import Gateway
from tests import databases
from web import console

PHONE = "+254712000808"
PASSWORD = "correct horse"


@pytest.fixture
def store(open_store: Callable[[str], databases.Store]) -> databases.Store:
    """The database of production; what the console asks of SQLite as well is proven in tests/web."""
    store = open_store("mariadb")
    store.empty()
    return store


@pytest.fixture
def site(gateway: Gateway, db: Database) -> Iterator[str]:
    """The console of this test's gateway, served on a free port; there is one admin."""
    db.run(lambda tx: login.create_admin(tx, msisdn=PHONE, email=None, password=PASSWORD, one_time=False))
    app = Flask("console", static_folder=None)
    app.register_blueprint(console.blueprint(gateway), url_prefix="/admin")
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/admin"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A fresh browser window; a script error or a refused resource fails the test."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "console", lambda line: faults.append(line.text) if "Content Security Policy" in line.text else None
    )
    yield page
    context.close()
    assert faults == []


@pytest.fixture
def signed_in(site: str, page: Page) -> Page:
    """The page of an admin who has just signed in."""
    page.goto(f"{site}/")
    page.get_by_label("Phone number or e-mail").fill("0712 000 808")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{site}/")
    return page


@pytest.fixture
def arrive(db: Database) -> Callable[..., Callback]:
    """`arrive(kind="sms", ...)`: one more row in the callback log."""

    def one(**fields: Any) -> Callback:
        row: dict[str, Any] = {
            "direction": "in",
            "kind": "sms",
            "msisdn": "+254712000202",
            "verdict": "applied",
        }

        def work(tx: Tx) -> Callback:
            return traffic.record(tx, **(row | fields))

        return db.run(work)

    return one
