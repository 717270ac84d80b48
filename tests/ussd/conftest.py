"""The USSD channel alone behind the secret door; tests/menus uses the same."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from inbound.gateway import Gateway
from ussd import callback


@pytest.fixture
def client(gateway: Gateway) -> FlaskClient:
    app = Flask("ussd alone", static_folder=None)
    app.register_blueprint(callback.blueprint(gateway), url_prefix="/cb/<secret>")
    app.testing = True
    return app.test_client()
