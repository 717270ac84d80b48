"""Not more calls a second than Safaricom's spike arrest lets through, over all our processes.

A slot is booked in Redis (one EVALSHA); whoever books waits until the slot's time. Without Redis each process
keeps its own pace: too fast by the number of processes, and the provider's refusal is retryable.
"""

import logging
import threading
import time
from collections.abc import Callable

from redis import Redis
from redis.exceptions import RedisError

log = logging.getLogger("tunda.mpesa")

# KEYS[1] the time of the next free slot (microseconds); ARGV: step, longest wait (microseconds).
# Returns the wait, or -1 when the queue is longer than the longest wait: then nothing is booked.
_BOOK = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local slot = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now)
if slot - now > tonumber(ARGV[2]) then return -1 end
redis.call('SET', KEYS[1], string.format('%.0f', slot + ARGV[1]), 'PX', 60000)
return slot - now
"""


class Pace:
    """Books the next free moment for a call."""

    def __init__(
        self,
        redis: Redis,
        per_second: float,
        *,
        name: str = "mpesa:pace",
        longest_wait: float = 5.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._step = 1 / per_second
        self._longest = longest_wait
        self._name = name
        self._sleep = sleep
        self._book = redis.register_script(_BOOK)
        self._lock = threading.Lock()
        self._next = 0.0

    def wait(self) -> bool:
        """Wait for our turn; False at once if it would be more than `longest_wait` seconds away."""
        try:
            booked = self._book(keys=[self._name], args=[round(self._step * 1e6), round(self._longest * 1e6)])
            seconds = int(booked) / 1e6 if int(booked) >= 0 else -1.0
        except RedisError:
            log.warning("no shared pace, keeping our own")
            seconds = self._own_turn()
        if seconds < 0:
            return False
        if seconds > 0:
            self._sleep(seconds)
        return True

    def _own_turn(self) -> float:
        with self._lock:
            now = time.monotonic()
            slot = max(self._next, now)
            if slot - now > self._longest:
                return -1.0
            self._next = slot + self._step
            return slot - now
