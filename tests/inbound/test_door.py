"""The front door of the callbacks (S1, S21, DR-1802)."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from flask import Blueprint, Flask, Response, g, jsonify
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from core.db import Database
from core.errors import NotAllowed
from core.traffic.models import Callback, StrangerCount
from inbound import door
from inbound.gateway import Gateway
from tests.helpers import CALLBACK_SECRET
from tests.proving import proves

NEW_SECRET = "ab" * 16
PATH = f"/cb/{CALLBACK_SECRET}/echo"


def sorry(error: Exception) -> ResponseReturnValue:
    return Response("sorry", status=error.code if isinstance(error, HTTPException) else 200)


def channel(db: Database) -> Flask:
    """A small channel behind the door: it echoes, or fails as it is told."""
    config = SimpleNamespace(callback_secrets=(NEW_SECRET, CALLBACK_SECRET))
    gateway = cast(Gateway, SimpleNamespace(config=config, db=db))
    routes = Blueprint("echo", __name__)
    door.door(gateway, routes, sorry=sorry)

    @routes.post("/echo")
    def echo() -> ResponseReturnValue:
        return jsonify(form=door.form(), source=g.source, id=g.request_id, ms=door.elapsed_ms())

    @routes.post("/json")
    def echo_json() -> ResponseReturnValue:
        return Response(repr(door.json_object()))

    @routes.post("/needs")
    def needs() -> ResponseReturnValue:
        return jsonify(door.form("phoneNumber"))

    @routes.post("/refused")
    def refused() -> ResponseReturnValue:
        raise NotAllowed(secret_value="not for strangers")

    @routes.post("/broken")
    def broken() -> ResponseReturnValue:
        raise ZeroDivisionError("inner workings")

    app = Flask("door")
    app.register_blueprint(routes, url_prefix="/cb/<secret>")
    return app


class Away:
    """A database that nobody reaches; what meets it here must not need one."""

    def run(self, _work: Any) -> None:
        raise ConnectionError


@pytest.fixture
def flask_app() -> Flask:
    return channel(cast(Database, Away()))


@pytest.fixture
def caller(flask_app: Flask) -> FlaskClient:
    return flask_app.test_client()


def strangers(db: Database) -> list[tuple[str, int]]:
    with db.read() as tx:
        rows = tx.session.execute(select(StrangerCount.source, StrangerCount.count)).all()
        assert tx.session.scalar(select(func.count()).select_from(Callback)) == 0
        return [(address, count) for address, count in rows]


@pytest.mark.parametrize("secret", [CALLBACK_SECRET, NEW_SECRET])
def test_either_valid_secret_opens_while_one_is_being_changed(caller: FlaskClient, secret: str) -> None:
    assert caller.post(f"/cb/{secret}/echo", data={"a": "1"}).status_code == 200


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "OPTIONS"])
@pytest.mark.parametrize(
    "path",
    [
        "/cb/wrong/echo",
        f"/cb/{CALLBACK_SECRET[:-1]}/echo",
        f"/cb/{CALLBACK_SECRET}0/echo",
        "/cb/",
        "/cb/wrong/nowhere",
        "/cb/%C5%A9/echo",
    ],
)
def test_a_wrong_secret_is_404_whatever_else_is_asked_and_however_the_database_is(
    caller: FlaskClient, method: str, path: str
) -> None:
    answer = caller.open(path, method=method, data="text=4821")
    assert answer.status_code == 404
    assert answer.data == b""


@proves("DR-1802")
def test_dr1802_a_stranger_is_counted_and_nothing_he_sent_is_kept(db: Database) -> None:
    caller = channel(db).test_client()
    for _ in range(3):
        caller.post("/cb/wrong/echo", data={"text": "hello"}, environ_base={"REMOTE_ADDR": "203.0.113.9"})
    assert strangers(db) == [("203.0.113.9", 3)]


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
def test_only_post_is_served(caller: FlaskClient, method: str) -> None:
    answer = caller.open(PATH, method=method)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST"


@pytest.mark.parametrize(("size", "status"), [(64 * 1024 - 2, 200), (64 * 1024 - 1, 413), (1024 * 1024, 413)])
def test_s21_a_body_is_at_most_64_kib(caller: FlaskClient, size: int, status: int) -> None:
    answer = caller.post(PATH, data=b"a=" + b"x" * size, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == status


@pytest.mark.parametrize(
    "body",
    [b"a=\xff\xfe", b"a=%ff%fe", b"&".join(b"f%d=1" % n for n in range(200))],
    ids=["bytes", "escapes", "200 fields"],
)
def test_s21_a_form_that_cannot_be_read_is_400(caller: FlaskClient, body: bytes) -> None:
    answer = caller.post(PATH, data=body, content_type="application/x-www-form-urlencoded")
    assert (answer.status_code, answer.data) == (400, b"sorry")


def test_a_missing_field_is_400(caller: FlaskClient) -> None:
    assert caller.post(f"/cb/{CALLBACK_SECRET}/needs", data={"phone": "1"}).status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        '"text"',
        "NaN",
        '{"a": NaN}',
        "[" * 30000,
        '{"a": ' + "[" * 40 + "]" * 40 + "}",
        "{\xff}",
    ],
)
def test_s21_json_that_is_no_object_is_400(caller: FlaskClient, body: str) -> None:
    answer = caller.post(f"/cb/{CALLBACK_SECRET}/json", data=body.encode("latin-1"))
    assert answer.status_code == 400


def test_dr101_a_json_amount_never_becomes_a_binary_float(caller: FlaskClient) -> None:
    answer = caller.post(f"/cb/{CALLBACK_SECRET}/json", data='{"Amount": 350.10}')
    assert answer.text == "{'Amount': Decimal('350.10')}"


def test_s9_texts_arrive_in_one_form_without_marks_that_hide_or_reorder(caller: FlaskClient) -> None:
    answer = caller.post(PATH, data={"text": "u\u0303ka\u202e\x00\x07\nhapa\u200f"})
    assert answer.get_json()["form"] == {"text": "\u0169ka\nhapa"}


def test_the_first_of_a_repeated_field_counts_and_an_empty_one_is_kept(caller: FlaskClient) -> None:
    answer = caller.post(PATH, data="text=&a=1&a=2", content_type="application/x-www-form-urlencoded")
    assert answer.get_json()["form"] == {"text": "", "a": "1"}


@pytest.mark.parametrize("path", ["refused", "broken"])
def test_what_goes_wrong_inside_is_logged_with_its_id_and_never_shown(
    caller: FlaskClient, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    answer = caller.post(f"/cb/{CALLBACK_SECRET}/{path}")
    assert (answer.status_code, answer.data) == (200, b"sorry")
    assert "callback failed" in caplog.messages
    assert len(answer.headers["X-Request-Id"]) == 32


def test_each_request_has_an_id_of_its_own(caller: FlaskClient) -> None:
    ids = {caller.post(PATH).get_json()["id"] for _ in range(3)}
    assert len(ids) == 3


@pytest.mark.parametrize(
    ("trusted", "forwarded", "seen"),
    [
        (0, "198.51.100.7", "127.0.0.1"),
        (1, "6.6.6.6, 198.51.100.7", "198.51.100.7"),
        (2, "6.6.6.6, 198.51.100.7, 10.0.0.1", "198.51.100.7"),
        (1, "<script>", "local"),
        (2, "198.51.100.7", "127.0.0.1"),
    ],
)
def test_the_source_is_what_our_own_proxy_saw_never_the_leftmost(
    flask_app: Flask, trusted: int, forwarded: str, seen: str
) -> None:
    if trusted:  # as app.py puts it on
        flask_app.wsgi_app = ProxyFix(flask_app.wsgi_app, x_for=trusted)  # type: ignore[method-assign]
    answer = flask_app.test_client().post(PATH, headers={"X-Forwarded-For": forwarded})
    assert answer.get_json()["source"] == seen
