"""What a hop costs: two round trips to Redis, at most two SQL statements on the median screen (issue, 5)."""

from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any

import pytest
from flask.testing import FlaskClient
from redis.connection import AbstractConnection
from sqlalchemy import event

from core.db import Database
from tests.helpers import CUSTOMER, FARMER, RIDER, Cast
from tests.orders.shop import Shop
from tests.ussd.phone import UssdPhone

REGISTERING = ("1", "kinoo", "1", "Njeri", "1")
SELLING = ("1", "nyanya", "1", "50", "80", "nyuma ya kanisa", "1")


@contextmanager
def statements(db: Database) -> Iterator[list[str]]:
    """The SQL that ran; BEGIN and COMMIT are no statements."""
    ran: list[str] = []

    def before(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK")):
            ran.append(statement)

    for engine in db.engines:
        event.listen(engine, "before_cursor_execute", before)
    try:
        yield ran
    finally:
        for engine in db.engines:
            event.remove(engine, "before_cursor_execute", before)


def warm(client: FlaskClient) -> None:
    """The process has answered before: settings, products and scripts are there."""
    UssdPhone(client, "+254712000998").dial()


def costs(client: FlaskClient, db: Database, phone: UssdPhone, *answers: str) -> list[int]:
    found = []
    with statements(db) as ran:
        for answer in (None, *answers):
            ran.clear()
            screen = phone.dial() if answer is None else phone.answer(answer)
            assert "Samahani" not in screen
            found.append(len(ran))
    return found


def test_the_median_screen_of_the_farmers_story_needs_no_more_than_two_statements(
    client: FlaskClient, db: Database
) -> None:
    warm(client)
    story = costs(client, db, UssdPhone(client, "+254712000997"), *REGISTERING, *SELLING)
    assert median(story) <= 2, story
    # Only the two screens that write need more.
    assert len([n for n in story if n > 2]) <= 2, story


def test_a_dial_is_two_statements_who_it_is_and_what_waits(
    client: FlaskClient, db: Database, cast: Cast
) -> None:
    warm(client)
    shop = Shop(db, cast)
    shop.publish()
    order = shop.paid_order()
    assert costs(client, db, UssdPhone(client, FARMER)) == [2]
    shop.mark(order, "ready")
    shop.sweep()
    assert costs(client, db, UssdPhone(client, RIDER)) <= [3]


def test_what_is_unread_is_counted_by_the_statement_that_asks_who_it_is(
    client: FlaskClient, db: Database, cast: Cast
) -> None:
    warm(client)
    shop = Shop(db, cast)
    shop.publish()
    shop.paid_order()
    phone = UssdPhone(client, CUSTOMER)
    assert costs(client, db, phone, "8", "0")[1:] == [1, 0]
    assert "News (2)" in phone.screen


def test_every_hop_is_two_round_trips_to_redis(
    client: FlaskClient, db: Database, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    warm(client)
    sent: list[str] = []
    send = AbstractConnection.send_command

    def counted(self: AbstractConnection, *args: Any, **kwargs: Any) -> Any:
        sent.append(str(args[0]))
        return send(self, *args, **kwargs)  # type: ignore[no-untyped-call]

    monkeypatch.setattr(AbstractConnection, "send_command", counted)
    phone = UssdPhone(client, FARMER)
    for answer in (None, "2", "nyanya", "1", "x", "50", "80", "nyuma ya kanisa", "1"):
        sent.clear()
        if answer is None:
            phone.dial()
        else:
            phone.answer(answer)
        assert sent == ["EVALSHA", "EVALSHA"], (answer, phone.screen)
    sent.clear()
    phone.post()
    assert sent == ["EVALSHA", "LPUSH"], "a repeat"
