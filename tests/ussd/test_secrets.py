"""Nothing that is secret stays: neither what is asked in secret nor what is shown once (DR-1205, S5)."""

import logging
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy import select

from core.db import Base, Database
from inbound.gateway import Gateway
from menus.compile import conversations
from menus.flow import Choose
from tests.helpers import FARMER, Cast
from tests.ussd.phone import PATH, UssdPhone, in_redis, tells
from ussd import hoplog

CODE = "4821"


def everywhere(redis: "Redis", db: Database) -> str:
    """All that Redis and the database hold, as text."""
    kept = [in_redis(redis)]
    with db.read() as tx:
        for table in Base.metadata.sorted_tables:
            kept += [repr(tuple(row)) for row in tx.session.execute(select(table))]
    return "\n".join(kept)


def test_a_code_that_is_shown_once_is_kept_nowhere_and_a_repeat_shows_the_same_bytes(
    client: FlaskClient, cast: Cast, db: Database, gateway: Gateway, redis: "Redis",
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    plain = conversations().screens["home.language"]
    assert isinstance(plain, Choose)

    def values(talk: Any) -> dict[str, Any]:
        talk.hide(CODE)
        return {"text": CODE}

    shows = replace(plain, text="Continue: {text}", values=values)
    monkeypatch.setitem(conversations().screens, "home.language", shows)
    phone = UssdPhone(client, FARMER)
    phone.dial()
    screen = phone.answer("99")
    assert CODE in screen
    assert phone.post() == screen
    assert phone.answer("x").count(CODE) == 1
    phone.answer("8")
    hoplog.drain(gateway)
    assert "****" in everywhere(redis, db)
    assert not tells(everywhere(redis, db), CODE)
    assert CODE not in caplog.text


def test_a_pin_is_in_nothing_that_is_kept_after_a_whole_run(
    client: FlaskClient, cast: Cast, db: Database, gateway: Gateway, redis: "Redis",
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    """Chosen twice, typed wrong and right, in a session that Redis loses and one whose line falls."""
    pin, wrong = "7294", "6183"
    phone = UssdPhone(client, FARMER)
    naming = ("9", "3", "3", "1", "0712345678", "1")
    with caplog.at_level(logging.DEBUG):
        phone.dial()
        phone.answer(*naming)
        assert "PIN" in phone.screen
        phone.answer(pin)
        phone.post()
        phone.answer(wrong, pin, pin)
        phone.dial()
        phone.answer("9", "3", "1", "1", "Wanjiru")
        assert "PIN" in phone.screen
        phone.answer(wrong)
        assert "PIN" in phone.screen
        fields = {"sessionId": phone.session, "phoneNumber": FARMER, "serviceCode": phone.code,
                  "status": "Incomplete", "input": f"{phone.text}*{pin}",
                  "lastAppResponse": phone.screen}  # fmt: skip
        client.post(f"{PATH}-events", data=fields)
        phone.answer(pin)
        changed = phone.screen
        before = everywhere(redis, db)
        redis.flushdb()
        phone.post()
        phone.answer(pin)
        hoplog.drain(gateway)
    assert changed.startswith("CON Asante"), "the right one was taken"
    for kept in (before, everywhere(redis, db), caplog.text):
        assert not tells(kept, pin)
        assert not tells(kept, wrong)
