"""A dial in the callback log: each hop once, in order, with what it changed (DR-1802)."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy import select

from core.db import Database
from core.traffic.models import Callback
from inbound.gateway import Gateway
from tests.helpers import FARMER, Cast, FixedClock
from tests.ussd.phone import UssdPhone
from ussd import callback, hoplog
from ussd.sessions import HOPLOG


def rows_of(db: Database, session: str) -> list[Callback]:
    with db.read() as tx:
        query = (
            select(Callback).where(Callback.session == session).order_by(Callback.at, Callback.callback_id)
        )
        return list(tx.session.scalars(query))


def test_a_hop_that_shows_comes_through_redis_and_one_that_changes_is_there_at_once(
    client: FlaskClient, cast: Cast, db: Database, gateway: Gateway, clock: FixedClock
) -> None:
    phone = UssdPhone(client, FARMER)
    phone.dial()
    for answer in ("2", "nyanya", "1", "50", "80", "nyuma ya kanisa", "1"):
        clock.advance(seconds=5)
        phone.answer(answer)
    (published,) = rows_of(db, phone.session)
    assert published.verdict == "applied"
    assert published.request["screen"] == "sell.check"
    assert published.reply == phone.screen
    assert any(change["record"].startswith("listing:") for change in published.changed)

    clock.advance(seconds=30)
    assert hoplog.drain(gateway) == 7
    assert hoplog.drain(gateway) == 0
    rows = rows_of(db, phone.session)
    assert [(row.request["screen"], row.request["answer"], row.verdict) for row in rows] == [
        ("home.dial", "", "shown"),
        ("farmer.home", "2", "shown"),
        ("sell.product", "nyanya", "shown"),
        ("sell.unit", "1", "shown"),
        ("sell.quantity", "50", "shown"),
        ("sell.price", "80", "shown"),
        ("sell.landmark", "nyuma ya kanisa", "shown"),
        ("sell.check", "1", "applied"),
    ]
    assert {row.msisdn for row in rows} == {FARMER}
    assert {row.kind for row in rows} == {"ussd"}
    assert all(len(row.request_id) == 32 for row in rows)


def test_a_repeat_is_in_the_log_as_what_it_is(
    client: FlaskClient, cast: Cast, db: Database, gateway: Gateway
) -> None:
    phone = UssdPhone(client, FARMER)
    phone.dial()
    phone.answer("1")
    phone.post()
    hoplog.drain(gateway)
    assert sorted(row.verdict for row in rows_of(db, phone.session)) == ["duplicate", "shown", "shown"]


def test_a_foreign_service_code_is_marked_so(client: FlaskClient, db: Database, gateway: Gateway) -> None:
    phone = UssdPhone(client, FARMER, code="*483*1#")
    phone.dial()
    hoplog.drain(gateway)
    (row,) = rows_of(db, phone.session)
    assert (row.verdict, row.request["service_code"]) == ("foreign", "*483*1#")


def test_production_tells_a_foreign_service_code_politely_that_it_is_not_served(gateway: Gateway) -> None:
    app = Flask("production")
    real = replace(gateway, config=gateway.config.model_copy(update={"environment": "production"}))
    app.register_blueprint(callback.blueprint(real), url_prefix="/cb/<secret>")
    phone = UssdPhone(app.test_client(), FARMER, code="*483*1#")
    assert phone.dial() == "END Namba hii haihudumiwi hapa.\nThis number is not served here."
    assert UssdPhone(app.test_client(), FARMER).dial().startswith("CON ")
    hoplog.drain(gateway)
    (row,) = rows_of(gateway.db, phone.session)
    assert (row.verdict, row.reply) == ("foreign", phone.screen)


def test_entries_go_back_when_the_database_does_not_take_them(
    client: FlaskClient, cast: Cast, gateway: Gateway, redis: "Redis", monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = UssdPhone(client, FARMER)
    phone.dial()
    phone.answer("1")
    before = redis.lrange(HOPLOG, 0, -1)

    def down(*args: Any, **kwargs: Any) -> None:
        raise OSError("down")

    with monkeypatch.context() as broken:
        broken.setattr(Database, "run", down)
        with pytest.raises(OSError, match="down"):
            hoplog.drain(gateway)
    assert redis.lrange(HOPLOG, 0, -1) == before
    assert hoplog.drain(gateway, limit=1) == 1
    assert hoplog.drain(gateway) == 1


def test_s5_digits_that_may_be_a_code_are_starred_wherever_they_are_typed(
    client: FlaskClient, cast: Cast, db: Database, gateway: Gateway
) -> None:
    phone = UssdPhone(client, FARMER)
    phone.dial()
    phone.answer("4821", "1*4821", "2", "nyanya 4821", "nyanya", "1", "1500", "150")
    hoplog.drain(gateway)
    rows = rows_of(db, phone.session)
    assert "4821" not in str([(row.request, row.reply) for row in rows])
    assert {row.request["answer"] for row in rows} >= {"****", "1*****", "nyanya ****", "150"}
    assert "1500" not in {row.request["answer"] for row in rows}, "a PIN would look like it"
