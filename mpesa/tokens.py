"""The OAuth token: one for all processes, kept sealed in Redis, fetched by one refresher at a time.

Redis may vanish: then each process keeps its own. A token is given up a minute before it ends.
"""

import base64
import hashlib
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from redis import Redis
from redis.exceptions import LockError, RedisError

from core.vault import Sealed, Vault
from mpesa import codes
from mpesa.wire import Answer, Wire

log = logging.getLogger("tunda.mpesa")

PATH = "/oauth/v1/generate"
MARGIN_SECONDS = 60
LOCK_SECONDS = 30
PATIENCE_SECONDS = 5


class NoToken(Exception):
    """No token to be had now, so nothing was sent; `answer` is what OAuth said."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        super().__init__(answer.summary)


class Tokens:
    """Hands out the current token; fetches one when there is none.

    note  is told of each fetch, for the callback log
    """

    def __init__(
        self,
        wire: Wire,
        redis: Redis,
        vault: Vault,
        *,
        consumer_key: str,
        consumer_secret: str,
        note: Callable[[Answer], None],
    ) -> None:
        self._wire = wire
        self._redis = redis
        self._vault = vault
        self._basic = "Basic " + base64.b64encode(f"{consumer_key}:{consumer_secret}".encode()).decode()
        self._name = "mpesa:token:" + hashlib.sha256(self._basic.encode()).hexdigest()[:16]
        self._note = note
        self._one_thread = threading.Lock()
        self._own: tuple[str, float] | None = None

    def get(self) -> str:
        """A token that should be valid; raises NoToken."""
        with self._one_thread:
            token = self._kept()
            if token is not None:
                return token
            with self._one_process():
                # Whoever held the lock before us has fetched it meanwhile.
                return self._kept() or self._fetch()

    def drop(self, token: str) -> None:
        """`token` was refused: forget it, unless somebody has replaced it already."""
        with self._one_thread, suppress(RedisError):
            if self._own and self._own[0] == token:
                self._own = None
            if self._kept() == token:
                self._redis.delete(self._name)

    def _kept(self) -> str | None:
        try:
            sealed = self._redis.get(self._name)
        except RedisError:
            return self._own[0] if self._own and self._own[1] > time.monotonic() else None
        if not isinstance(sealed, bytes | str):
            return None
        try:
            return self._vault.open("mpesa-token", sealed.decode() if isinstance(sealed, bytes) else sealed)
        except Sealed:  # kept under a data key that is no longer ours
            return None

    def _fetch(self) -> str:
        answer = self._wire.get(PATH, authorization=self._basic, params={"grant_type": "client_credentials"})
        self._note(answer)
        token = answer.body.get("access_token")
        if answer.status != 200 or not isinstance(token, str) or not token:
            log.error("no M-Pesa token", extra={"status": answer.status, "why": answer.summary})
            raise NoToken(answer)
        life = _seconds(answer.body.get("expires_in")) - MARGIN_SECONDS
        if life > 0:
            self._own = (token, time.monotonic() + life)
            with suppress(RedisError):
                self._redis.set(self._name, self._vault.seal("mpesa-token", token), ex=life)
        return token

    @contextmanager
    def _one_process(self) -> Iterator[None]:
        """Hold the refresher's lock; after PATIENCE_SECONDS, or without Redis, go on without it."""
        lock = self._redis.lock(self._name + ":lock", timeout=LOCK_SECONDS, blocking_timeout=PATIENCE_SECONDS)
        held = False
        with suppress(RedisError):
            held = lock.acquire()
        try:
            yield
        finally:
            if held:
                with suppress(RedisError, LockError):
                    lock.release()


def _seconds(expires_in: object) -> int:
    text = codes.normal(expires_in)
    return int(text) if text.isdigit() else 0
