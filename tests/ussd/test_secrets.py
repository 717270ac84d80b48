"""Nothing that is secret stays: neither what is asked in secret nor what is shown once (DR-1205, S5)."""

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
from tests.ussd.phone import UssdPhone
from ussd import hoplog

CODE = "4821"


def everywhere(redis: "Redis", db: Database) -> str:
    """All that Redis and the database hold, as text."""
    kept = [repr((key, redis.dump(key))) for key in redis.scan_iter("*")]
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
    assert CODE not in everywhere(redis, db)
    assert CODE not in caplog.text
