"""The fixtures that every other test stands on."""

from redis import Redis
from sqlalchemy import func, select

from core.db import Database
from core.users.models import LoginAttempt


def _leave_a_row(db: Database) -> None:
    db.run(lambda tx: tx.session.add(LoginAttempt(account="x", source="y", at=tx.now)))


def _rows(db: Database) -> int:
    with db.read() as tx:
        return tx.session.scalar(select(func.count()).select_from(LoginAttempt)) or 0


def test_a_database_test_starts_empty(db: Database) -> None:
    assert _rows(db) == 0
    _leave_a_row(db)
    assert _rows(db) == 1


def test_and_so_does_the_next_one(db: Database) -> None:
    assert _rows(db) == 0
    _leave_a_row(db)


def test_redis_is_real_and_empty(redis: Redis) -> None:
    assert redis.dbsize() == 0
    redis.set("left", "over")
