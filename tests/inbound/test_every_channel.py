"""The door hangs in front of every callback address of the running application (S1, S2, S21)."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from core.db import Database
from core.traffic.models import Callback
from tests.helpers import CALLBACK_SECRET

PATHS = ["ussd", "ussd-events", "sms", "sms-reports", "sms-optout", "pay/stk/c0ffee"]
BROKEN = b"\xff\xfe{["


def stored(db: Database) -> int | None:
    with db.read() as tx:
        return tx.session.scalar(select(func.count()).select_from(Callback))


@pytest.mark.parametrize("path", PATHS)
def test_a_wrong_secret_is_404_and_stores_no_body(client: FlaskClient, db: Database, path: str) -> None:
    assert client.post(f"/cb/{'f' * 32}/{path}", data={"text": "4821"}).status_code == 404
    assert stored(db) == 0


@pytest.mark.parametrize("path", PATHS)
def test_get_is_405(client: FlaskClient, path: str) -> None:
    assert client.get(f"/cb/{CALLBACK_SECRET}/{path}").status_code == 405


@pytest.mark.parametrize("path", PATHS)
def test_a_body_of_one_mebibyte_is_413(client: FlaskClient, path: str) -> None:
    assert client.post(f"/cb/{CALLBACK_SECRET}/{path}", data=b"x" * 2**20).status_code == 413


@pytest.mark.parametrize("path", PATHS)
def test_a_body_that_cannot_be_read_is_400_and_on_ussd_a_polite_end(
    client: FlaskClient, db: Database, path: str
) -> None:
    answer = client.post(f"/cb/{CALLBACK_SECRET}/{path}", data=BROKEN)
    if path == "ussd":
        assert (answer.status_code, answer.text[:4]) == (200, "END ")
    else:
        assert answer.status_code == 400
    assert stored(db) == 0
