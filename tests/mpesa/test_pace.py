"""Not more calls a second than Safaricom lets through (contract 1.3)."""

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from mpesa.pace import Pace

NO_REDIS = Redis(
    host="127.0.0.1", port=9, socket_connect_timeout=0.2, protocol=2, retry=Retry(NoBackoff(), 0)
)


@pytest.mark.parametrize("shared", [True, False], ids=["shared through Redis", "without Redis"])
def test_calls_are_spaced_and_a_queue_too_long_is_said_at_once(redis: Redis, shared: bool) -> None:
    slept: list[float] = []
    pace = Pace(redis if shared else NO_REDIS, 2, longest_wait=1.2, sleep=slept.append)
    assert [pace.wait() for _ in range(4)] == [True, True, True, False]
    assert slept == pytest.approx([0.5, 1.0], abs=0.25)


def test_processes_share_one_pace(redis: Redis) -> None:
    slept: list[float] = []
    paces = [Pace(redis, 2, sleep=slept.append) for _ in range(3)]
    assert all(pace.wait() for pace in paces)
    assert slept == pytest.approx([0.5, 1.0], abs=0.25)


def test_a_pause_is_forgotten_when_it_is_over(redis: Redis) -> None:
    slept: list[float] = []
    pace = Pace(redis, 1000, sleep=slept.append)
    assert pace.wait()
    redis.flushdb()
    assert pace.wait()
    assert slept == []
