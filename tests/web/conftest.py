"""The console alone, on both databases, and a browser that fills its forms as a person would."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core.db import Database
from core.orders.models import Order
from core.users import login
from core.users.models import User
from inbound.gateway import Gateway
from tests.helpers import ADMIN, Cast
from tests.orders.shop import Shop
from web import console

PHONE = "+254712000808"
EMAIL = "grace@example.com"
PASSWORD = "correct horse"
SECOND = "+254712000505"


class Browser:
    """A browser at the console: keeps cookies, sends a form only with the token that its page carries."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        """The page at /admin`path`; no redirects are followed."""
        return self.client.get(f"/admin{path}", **kwargs)

    def text(self, path: str) -> str:
        """A page that must be there."""
        response = self.get(path)
        assert response.status_code == 200, (path, response.status_code)
        return response.text

    def token(self, page: str, action: str) -> str:
        """The token in the form of `page` that is sent to /admin`action`."""
        html = self.text(page)
        form = re.search(rf'<form[^>]*action="/admin{re.escape(action)}"[^>]*>(.*?)</form>', html, re.S)
        assert form, f"no form for {action} on {page}"
        found = re.search(r'name="csrf" value="([0-9a-f]{64})"', form[1])
        assert found
        return found[1]

    def send(self, page: str, action: str, **fields: str) -> TestResponse:
        """Fill in the form of `page` that goes to `action`, and send it."""
        return self.client.post(f"/admin{action}", data={"csrf": self.token(page, action), **fields})

    def sign_in(self, account: str = PHONE, password: str = PASSWORD) -> TestResponse:
        """Sign in at the door."""
        return self.send("/sign-in", "/sign-in", account=account, password=password)

    def plain_text(self, path: str) -> str:
        """A page's source with its character references resolved."""
        return unescape(self.text(path))

    def plain(self, path: str) -> str:
        """The words of a page, without tags."""
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", self.text(path))).split())


def app_of(gateway: Gateway) -> Flask:
    """The console and nothing else."""
    app = Flask("console", static_folder=None)
    app.register_blueprint(console.blueprint(gateway), url_prefix="/admin")
    app.testing = True
    return app


@pytest.fixture
def console_app(gateway: Gateway) -> Flask:
    """The console of this test's gateway."""
    return app_of(gateway)


@pytest.fixture
def admin(db: Database) -> User:
    """Grace, an admin with a password of her own."""

    def work(tx: Any) -> User:
        user = login.create_admin(tx, msisdn=PHONE, email=EMAIL, password=PASSWORD, one_time=False)
        user.first_name = "Grace"
        return user

    return db.run(work)


@pytest.fixture
def visitor(console_app: Flask) -> Browser:
    """Somebody at the door."""
    return Browser(console_app.test_client())


@pytest.fixture
def browser(admin: User, visitor: Browser) -> Browser:
    """Grace, signed in."""
    assert visitor.sign_in().status_code == 303
    return visitor


@pytest.fixture
def new_browser(console_app: Flask) -> Callable[[], Browser]:
    """Another browser, with cookies of its own."""
    return lambda: Browser(console_app.test_client())


@pytest.fixture
def shop(db: Database, cast: Cast) -> Shop:
    shop = Shop(db, cast)
    shop.publish()
    return shop


@pytest.fixture
def boss(shop: Shop, visitor: Browser) -> Browser:
    """The cast's own admin, signed in."""
    assert visitor.sign_in(ADMIN, "correct horse").status_code == 303
    return visitor


@pytest.fixture
def order(shop: Shop) -> Order:
    """An order that has come all the way."""
    return shop.delivered_order()


@pytest.fixture
def second(db: Database, new_browser: Callable[[], Browser]) -> Browser:
    """Another admin, signed in at another browser."""

    def work(tx: Any) -> User:
        user = login.create_admin(tx, msisdn=SECOND, email="b@example.com", password=PASSWORD, one_time=False)
        user.first_name = "Baraka"
        return user

    db.run(work)
    browser = new_browser()
    assert browser.sign_in(account=SECOND).status_code == 303
    return browser
