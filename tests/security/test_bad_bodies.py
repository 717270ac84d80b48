"""Bodies that lie about their size, dates out of this world, events about nobody (S21)."""

from io import BytesIO

import pytest
from flask.testing import FlaskClient

from core.db import Database
from tests.helpers import CALLBACK_SECRET, CUSTOMER
from tests.sms.conftest import Desk, desk, provider

__all__ = ["desk", "provider"]
FORM = "application/x-www-form-urlencoded"
PREFIX = f"/cb/{CALLBACK_SECRET}"


def chunked(client: FlaskClient, path: str, body: bytes) -> int:
    """POST without a Content-Length, as gunicorn hands on `Transfer-Encoding: chunked`."""
    return client.post(
        f"{PREFIX}/{path}",
        input_stream=BytesIO(body),
        content_type=FORM,
        environ_overrides={"wsgi.input_terminated": True, "CONTENT_LENGTH": ""},
    ).status_code


@pytest.mark.parametrize("path", ["ussd", "ussd-events", "sms", "sms-reports", "sms-optout", "pay/stk/abc"])
def test_s21_a_chunked_body_that_is_too_long_is_413_and_not_read_by_halves(
    client: FlaskClient, path: str
) -> None:
    body = b"phoneNumber=%2B254712000202&from=%2B254712000202&to=20880&id=1&text=5kg+nyanya+" + b"1" * 65536
    assert chunked(client, path, body) == 413


def test_a_short_chunked_body_is_read_like_any_other(client: FlaskClient) -> None:
    assert chunked(client, "sms", b"from=%2B254712000202&to=20880&id=1&text=HELP") == 200


@pytest.mark.parametrize("body", ["", "{}", "input=1*2", "sessionid=x"])
def test_an_end_of_session_event_about_nobody_is_400(client: FlaskClient, body: str) -> None:
    assert client.post(f"{PREFIX}/ussd-events", data=body, content_type=FORM).status_code == 400


@pytest.mark.parametrize("date", ["0001-01-01T00:00:00+14:00", "9999-12-31 23:59:59-12:00", "2025-13-41"])
def test_s21_a_text_with_an_impossible_date_is_answered_like_any_other(
    desk: Desk, db: Database, date: str
) -> None:
    desk.receive(CUSTOMER, "HELP", date=date)
    desk.work()
    assert desk.sent
