"""Where a phone stands between two hops: Redis, two round trips a hop.

One script loads and locks, one saves, unlocks and logs. What is kept: the session (a little longer than the
network keeps it), the last hop's length, keyed HMAC and reply (ten minutes, for repeats), and per number the
place where a conversation was cut off. Never the text that was typed: it carries every earlier answer. A
reply with a secret on it is sealed.
"""

import json
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.connection import ConnectionPool
from redis.exceptions import ConnectionError as RedisLost
from redis.exceptions import NoScriptError
from redis.exceptions import TimeoutError as RedisSilent
from redis.retry import Retry

from core.privacy import dials
from core.vault import Vault
from menus.talk import Session

SESSION_SECONDS = 200
REPEAT_SECONDS = 600
LOCK_MILLISECONDS = 15_000
BUSY_SECONDS = 2.5
BUSY_PAUSE = 0.05
ANSWER_SECONDS = 1.0
CONNECT_SECONDS = 0.5
# So long a Redis that did not answer is left alone: one hop in that time waits for it, not all of them (R6).
REST_SECONDS = 2.0

HOPLOG = "tunda:hoplog"
HOPLOG_MOST = 100_000

KEEP = ""
FORGET = "-"

STEM = "tunda:ussd:"
REPLY = "ussd-reply"
SEALED = "sealed:"  # no body begins so

# KEYS session, last, lock, unfinished   ARGV lock token, lock ms, length, mac, mac under the older key
_LOAD = """
local last = redis.call('HMGET', KEYS[2], 'length', 'mac', 'reply')
if last[1] == ARGV[3] and (last[2] == ARGV[4] or last[2] == ARGV[5]) then
  return {'repeat', last[3]}
end
if not redis.call('SET', KEYS[3], ARGV[1], 'NX', 'PX', ARGV[2]) then
  return {'busy'}
end
return {'open', last[1] or '', last[2] or '', last[3] or '',
        redis.call('GET', KEYS[1]) or '', redis.call('GET', KEYS[4]) or ''}
"""

# KEYS session, last, lock, unfinished, hoplog
# ARGV token, session ttl, repeat ttl, unfinished ttl, session, length, mac, reply, unfinished, entry, most
# An unfinished that begins with + is this very session.
_SAVE = """
if redis.call('GET', KEYS[3]) ~= ARGV[1] then return 0 end
if ARGV[6] ~= '' then
  redis.call('HSET', KEYS[2], 'length', ARGV[6], 'mac', ARGV[7], 'reply', ARGV[8])
  redis.call('EXPIRE', KEYS[2], ARGV[3])
  if ARGV[5] == '' then redis.call('DEL', KEYS[1])
  else redis.call('SET', KEYS[1], ARGV[5], 'EX', ARGV[2]) end
  if ARGV[9] == '-' then redis.call('DEL', KEYS[4])
  elseif string.sub(ARGV[9], 1, 1) == '+' then
    redis.call('SET', KEYS[4], string.sub(ARGV[9], 2) .. ARGV[5], 'EX', ARGV[4])
  elseif ARGV[9] ~= '' then redis.call('SET', KEYS[4], ARGV[9], 'EX', ARGV[4]) end
end
if ARGV[10] ~= '' then
  redis.call('LPUSH', KEYS[5], ARGV[10])
  redis.call('LTRIM', KEYS[5], 0, ARGV[11])
end
redis.call('DEL', KEYS[3])
return 1
"""


class Busy(Exception):
    """Another hop of this session has been at work for longer than we wait."""


@dataclass(frozen=True)
class Keys:
    """The Redis keys of one session of one number; digests, so that no number stands in Redis."""

    session: str
    last: str
    lock: str
    unfinished: str
    digest: str


@dataclass(frozen=True)
class Unfinished:
    """Where a conversation was cut off, and how long that is offered again.

    at, until  the last hop, and the last moment of the offer (seconds of the Unix clock)
    owner      digest of the session that was cut off
    length     of the text that had led there: a longer one that changed something has made an end of it
    offered    a later dial has offered it again
    """

    at: float
    until: float
    owner: str
    length: int
    session: Session
    offered: bool = False

    def dump(self) -> str:
        """As JSON; the session comes last, as it is kept elsewhere."""
        return self.head() + self.session.dump()

    def head(self) -> str:
        """All but the session."""
        return json.dumps([self.at, self.until, self.owner, self.length, self.offered])

    @classmethod
    def load(cls, text: str) -> "Unfinished | None":
        """From JSON; None for nothing, and for what an older version wrote in another shape."""
        return cls.of_another(text, None)

    @classmethod
    def of_another(cls, text: str, owner: str | None) -> "Unfinished | None":
        """The same, but None for what session `owner` itself goes on with: that need not be read."""
        head, closing, session = text.partition("]")
        try:
            at, until, lost_in, length, offered = json.loads(head + closing)
            if lost_in == owner:
                return None
            place = Session.load(session)
            return cls(float(at), float(until), str(lost_in), int(length), place, bool(offered))
        except (ValueError, TypeError):
            return None


@dataclass(frozen=True)
class Repeat:
    """This very text has been answered already; `secret`: with what no log may hold."""

    reply: str
    secret: bool


@dataclass(frozen=True)
class Loaded:
    """A locked session: what the last hop was, where it stands, and what an earlier one left unfinished.

    secret  the last reply shows what no log may hold
    spent   what was left unfinished has come to its end after all
    """

    length: int | None
    mac: str
    reply: str
    secret: bool
    session: Session | None
    unfinished: Unfinished | None
    spent: bool = False


class Sessions:
    """The store. Every call may raise redis.RedisError, within a second or so of a dead or frozen Redis."""

    def __init__(self, redis: Redis, vault: Vault) -> None:
        self._redis = _impatient(redis)
        self._vault = vault
        self._shas: dict[str, str] = {}
        self._resting_until = 0.0

    def keys(self, session_id: str, msisdn: str, service_code: str) -> Keys:
        """A session belongs to its number: the same id from another phone is another session (S7)."""
        digest = self._vault.digest("ussd-session", f"{session_id}\0{msisdn}\0{service_code}")[:40]
        return Keys(
            f"{STEM}s:{digest}",
            f"{STEM}r:{digest}",
            f"{STEM}l:{digest}",
            self._unfinished_key(msisdn),
            digest,
        )

    def mac(self, text: str) -> str:
        """The keyed digest by which a full text is recognised."""
        return self._vault.digest("ussd-text", text)

    def load(self, keys: Keys, text: str, token: str) -> Repeat | Loaded:
        """The session, locked under `token`, or the stored reply to this very text.

        Waits for another hop of the same session up to BUSY_SECONDS, then raises Busy.
        """
        macs = self._vault.digests("ussd-text", text)
        give_up = time.monotonic() + BUSY_SECONDS
        while True:
            found = self._run(
                _LOAD,
                (keys.session, keys.last, keys.lock, keys.unfinished),
                (token, LOCK_MILLISECONDS, len(text), macs[0], macs[-1]),
            )
            kind = found[0].decode()
            if kind == "repeat":
                reply = found[1].decode()
                return Repeat(self._unsealed(reply), reply.startswith(SEALED))
            if kind == "open":
                length, mac, reply, session, unfinished = (part.decode() for part in found[1:])
                return Loaded(
                    int(length) if length else None,
                    mac,
                    self._unsealed(reply),
                    reply.startswith(SEALED),
                    _session(session),
                    Unfinished.of_another(unfinished, keys.digest),
                )
            if time.monotonic() > give_up:
                raise Busy
            time.sleep(BUSY_PAUSE)

    def follows(self, loaded: Loaded, text: str) -> str | None:
        """The answer that `text` adds to the last one; None if it does not continue it."""
        if loaded.length is None:
            return None
        if loaded.length == 0:
            return text or None
        end = loaded.length
        before, star, answer = text[:end], text[end : end + 1], text[end + 1 :]
        return answer if star == "*" and self._vault.same(loaded.mac, "ussd-text", before) else None

    def save(
        self,
        keys: Keys,
        token: str,
        *,
        text: str,
        reply: str,
        session: Session | None,
        unfinished: Unfinished | str = KEEP,
        entry: dict[str, Any] | None = None,
        secret: bool = False,
    ) -> bool:
        """Keep the hop and unlock; False if the lock had run out and another hop has taken over.

        session     None: the session has ended
        unfinished  KEEP, FORGET, or what is offered at the next dial
        entry       for the callback log, of a hop that changed nothing
        secret      the reply shows what Redis must not hold in clear
        """
        return self._finish(
            keys,
            token,
            session,
            str(len(text)),
            self.mac(text),
            SEALED + self._vault.seal(REPLY, reply) if secret else reply,
            unfinished,
            entry,
        )

    def release(self, keys: Keys, token: str, entry: dict[str, Any] | None = None) -> None:
        """Unlock and keep nothing of this hop."""
        self._finish(keys, token, None, "", "", "", KEEP, entry)

    def log(self, entry: dict[str, Any]) -> None:
        """An entry for the callback log without a session (repeats)."""
        with self._patience():
            self._redis.lpush(HOPLOG, json.dumps(entry))

    def unfinished(self, msisdn: str) -> Unfinished | None:
        """Where this number's last conversation was cut off, if it was."""
        with self._patience():
            kept = self._redis.get(self._unfinished_key(msisdn))
        return Unfinished.load(kept.decode()) if isinstance(kept, bytes) else None

    def prolong(self, msisdn: str, unfinished: Unfinished) -> None:
        """Keep it as `unfinished` says."""
        with self._patience():
            self._redis.set(self._unfinished_key(msisdn), unfinished.dump(), ex=_life(unfinished))

    def forget(self, name: str) -> None:
        """Drop what was left half-way under `name` (core/privacy/dials.py)."""
        with self._patience():
            self._redis.delete(f"{STEM}u:{name}")

    def seal(self, reply: str) -> str:
        """A reply with a secret on it, as it may be kept."""
        return self._vault.seal(REPLY, reply)

    def _unfinished_key(self, msisdn: str) -> str:
        return f"{STEM}u:{dials.name_of(self._vault, msisdn)}"

    def _unsealed(self, reply: str) -> str:
        return self._vault.open(REPLY, reply.removeprefix(SEALED)) if reply.startswith(SEALED) else reply

    def _finish(
        self,
        keys: Keys,
        token: str,
        session: Session | None,
        length: str,
        mac: str,
        reply: str,
        unfinished: Unfinished | str,
        entry: dict[str, Any] | None,
    ) -> bool:
        lost = unfinished if isinstance(unfinished, Unfinished) else None
        if isinstance(unfinished, Unfinished):
            same = unfinished.session is session
            unfinished = f"+{unfinished.head()}" if same else unfinished.dump()
        told = json.dumps(entry) if entry else ""
        saved = self._run(
            _SAVE,
            (keys.session, keys.last, keys.lock, keys.unfinished, HOPLOG),
            (
                token, SESSION_SECONDS, REPEAT_SECONDS, _life(lost) if lost else 0,
                session.dump() if session else "", length, mac, reply, unfinished, told, HOPLOG_MOST - 1,
            ),
        )  # fmt: skip
        return bool(saved)

    def _run(self, script: str, keys: tuple[str, ...], args: tuple[Any, ...]) -> Any:
        with self._patience():
            sha = self._shas.get(script)
            if sha is None:
                sha = self._shas[script] = str(self._redis.script_load(script))
            try:
                return self._redis.evalsha(sha, len(keys), *keys, *args)
            except NoScriptError:  # Redis was restarted or flushed
                self._redis.script_load(script)
                return self._redis.evalsha(sha, len(keys), *keys, *args)

    @contextmanager
    def _patience(self) -> Iterator[None]:
        if time.monotonic() < self._resting_until:
            raise RedisSilent("it did not answer a moment ago")
        try:
            yield
        except RedisSilent:
            self._resting_until = time.monotonic() + REST_SECONDS
            raise


def _life(unfinished: Unfinished) -> int:
    """Seconds for which Redis keeps it; when the offer ends, our own clock says."""
    return max(1, math.ceil(unfinished.until - unfinished.at))


def _session(dump: str) -> Session | None:
    """None also for what an older version wrote in another shape."""
    try:
        return Session.load(dump) if dump else None
    except ValueError:
        return None


def _impatient(redis: Redis) -> Redis:
    """The same Redis, asked with a hop's patience: a frozen one must not hold an answer back (R6).

    One retry, and only for a connection that had died in the pool.
    """
    pool = redis.connection_pool
    settings = {
        **pool.connection_kwargs,
        "socket_timeout": ANSWER_SECONDS,
        "socket_connect_timeout": CONNECT_SECONDS,
        "retry": Retry(NoBackoff(), 1, supported_errors=(RedisLost,)),
    }
    return Redis(connection_pool=ConnectionPool(connection_class=pool.connection_class, **settings))
