"""No log line holds a phone number, a code, a token, a secret or a second line (S12, DR-1904)."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from structlog.contextvars import bound_contextvars

from core.config import load
from inbound import logs
from tests.helpers import CALLBACK_SECRET, DATA_KEY
from tests.proving import proves

API_KEY = "atsk-a-key-of-ours"


class Written:
    """The lines that came out, decoded."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def last(self) -> dict[str, Any]:
        line: dict[str, Any] = json.loads(self.text.splitlines()[-1])
        return line


@pytest.fixture
def written() -> Iterator[Written]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    config = load(
        _env_file=None,
        data_keys=DATA_KEY,
        callback_secret=CALLBACK_SECRET,
        sms_api_key=API_KEY,
    )
    out = Written()
    logs.set_up_logging(config, stream=out.stream)
    yield out
    root.handlers[:] = before
    root.setLevel(level)


LOG = logging.getLogger("tunda.test")

SECRETS = [
    ("a number in the text", "hop from +254712000101", {}, "712000101"),
    ("a number as argument", "hop", {"n": 254712000101}, "712000101"),
    ("a number in a list", "hop", {"all": ["0712000101"]}, "712000101"),
    ("a PIN", "checked", {"pin": "4821"}, "4821"),
    ("a PIN in an exception's words", "refused: pin=4821", {}, "4821"),
    ("a delivery code", "checked", {"code": "4821"}, "4821"),
    ("what somebody wrote", "read", {"text": "DONE A3B7 4821"}, "4821"),
    ("a body", "read", {"body": {"text": "4821"}}, "4821"),
    ("a nested password", "made", {"admin": {"password": "correct horse"}}, "horse"),
    ("a callback path", f"POST /cb/{CALLBACK_SECRET}/ussd failed", {}, CALLBACK_SECRET),
    ("another callback path", "POST /cb/ffffeeee/sms failed", {}, "ffffeeee"),
    ("a payment token in a path", "POST /cb/x/pay/stk/c0ffee", {}, "c0ffee"),
    ("a bearer token", "Authorization: Bearer kZ2xQ0bTq7mVJr4u", {}, "kZ2xQ0bTq7mVJr4u"),
    ("an echoed token", "Error Occurred - Invalid Access Token - kZ2xQ0bTq7", {}, "kZ2xQ0bTq7"),
    ("a key of ours", f"sent with {API_KEY}", {}, API_KEY),
    ("a database password", "mysql://tunda:hunter2@db/tunda", {}, "hunter2"),
    ("a sealed value", "row gAAAAABmc3VwZXJzZWNyZXRzdXBlcnNlY3JldA==", {}, "gAAAAABmc3"),
    ("a checkout id", "ws_CO_010120261200014172708374149", {}, "708374149"),
]


@pytest.mark.parametrize(("what", "event", "extra", "secret"), SECRETS, ids=[s[0] for s in SECRETS])
@proves("DR-1904")
def test_s12_a_log_line_never_holds(
    written: Written, what: str, event: str, extra: dict[str, Any], secret: str
) -> None:
    LOG.warning(event, extra=extra)
    assert secret not in written.text
    assert written.last["level"] == "warning"


def test_a_number_stays_recognisable_to_who_knows_it(written: Written) -> None:
    LOG.info("Failed login for %s", "+254712000101")
    assert written.last["event"] == "Failed login for 07******01"


def test_s12_a_texted_line_break_forges_no_line(written: Written) -> None:
    LOG.info('name is Eve\n{"event": "Failed login"}\r\u2028\x1b[31m')
    assert len(written.text.splitlines()) == 1
    assert written.text.isascii()


def test_an_exception_is_part_of_its_line_and_masked_like_it(written: Written) -> None:
    try:
        raise ValueError("no such user +254712000101")
    except ValueError:
        LOG.exception("hop failed")
    assert "ValueError" in written.last["exception"]
    assert "712000101" not in written.text
    assert len(written.text.splitlines()) == 1


def test_every_line_of_a_request_carries_its_id(written: Written) -> None:
    with bound_contextvars(request_id="r-1"):
        LOG.info("working")
    assert written.last["request_id"] == "r-1"


def test_figures_and_words_that_are_no_secret_stay(written: Written) -> None:
    LOG.info("transaction retried", extra={"attempt": 2, "why": "deadlock", "seconds": 0.5, "ok": True})
    line = written.last
    assert (line["attempt"], line["why"], line["seconds"], line["ok"]) == (2, "deadlock", 0.5, True)


def test_a_library_with_handlers_of_its_own_is_made_to_use_ours(written: Written) -> None:
    logging.getLogger("gunicorn.error").error("Error handling request /cb/%s/ussd", CALLBACK_SECRET)
    assert written.last["event"] == "Error handling request /cb/***/ussd"


def test_a_request_id_that_looks_like_a_phone_is_left_whole(written: Written) -> None:
    ours = "b4890712345678f91c0ffee00c0ffee0"
    logging.getLogger("tunda.test").info("joined", extra={"request_id": ours})
    assert written.last["request_id"] == ours
    logging.getLogger("tunda.test").info("forged", extra={"request_id": "0712345678"})
    assert written.last["request_id"] == "07******78"
