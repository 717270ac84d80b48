"""The PIN: chosen when first needed, asked before money and the profile are touched (DR-207, DR-214)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import delete, func, select

from core import events
from core.actor import Actor
from core.audit import service as audit
from core.db import Database, Tx
from core.errors import NotAllowed
from core.users import hearing, rules, tries
from core.users import service as users
from core.users.errors import (
    NumberUnheard,
    PinExists,
    PinIsLocked,
    PinMissing,
    PinNeedsReset,
    PinWrong,
)
from core.users.models import Pin, PinLock, User

T = TypeVar("T")
LOCKS_WITHIN = timedelta(hours=24)
PREPARED = "prepared-pin"


@dataclass(frozen=True)
class _Counted:
    """A try that is on the count: what to compare with, and the lock that it brought about, if it did."""

    user_id: int
    pin_hash: str
    left: int
    lock_id: int | None


def is_fresh(tx: Tx, user_id: int) -> bool:
    """Whether the first PIN is younger than DR-208's cool-off, or there is none: no payout on request yet.

    Who has just got hold of a phone could choose its first PIN and ask for the money.
    """
    pin = tx.session.get(Pin, user_id)
    hours = tx.setting("payout.number_change_cooloff_hours")
    return pin is None or pin.pin_hash is None or tx.now - pin.first_at < timedelta(hours=hours)


def choose(tx: Tx, actor: Actor, *, pin: str, again: str) -> None:
    """The actor's first PIN, or the first one after a reset; DR-208's cool-off starts with it.

    Raises PinExists, PinNotFourDigits, PinTooEasy, PinsDiffer, NumberUnheard, and what users.may raises.
    """
    user = users.may(tx, actor, "update", "profile", own=True)
    rules.check_pin(pin, again)
    kept = _locked(tx, user.user_id)
    if kept is not None and kept.pin_hash is not None:
        raise PinExists
    if hearing.unheard(tx, user):
        raise NumberUnheard
    if kept is None:
        kept = Pin(user_id=user.user_id, attempts=0)
        tx.session.add(kept)
    kept.pin_hash = _hash(tx, user.user_id, pin)
    kept.first_at = tx.now
    kept.attempts, kept.locked_until, kept.must_reset = 0, None, False
    audit.record(tx, actor, what="pin.choose", record=f"user:{user.user_id}")
    tx.note(f"user:{user.user_id}", "PIN chosen")
    tx.flush()


def change(db: Database, actor: Actor, *, old: str, new: str, again: str, once_key: str) -> None:
    """A new PIN against the old one; a wrong old one counts as any wrong PIN does.

    Raises PinNotFourDigits, PinTooEasy, PinsDiffer, and what with_pin raises.
    """
    rules.check_pin(new, again)

    def work(tx: Tx) -> None:
        user = users.may(tx, actor, "update", "profile", own=True)
        _changed(tx, actor, user, _hash(tx, user.user_id, new))

    with_pin(db, actor, pin=old, once_key=once_key, work=work)


def prepare(tx: Tx, actor: Actor, *, pin: str) -> str:
    """A new PIN in the form in which it may wait for the old one that is typed last: its hash, sealed.

    The PIN itself can be read out of it by nobody. Raises PinNotFourDigits, PinTooEasy, and what users.acting
    raises.
    """
    rules.check_pin(pin, pin)
    user = users.acting(tx, actor)
    return tx.parts.vault.seal(PREPARED, f"{user.user_id}\0{_hash(tx, user.user_id, pin)}")


def change_prepared(db: Database, actor: Actor, *, old: str, prepared: str, once_key: str) -> None:
    """As `change`, to a PIN that `prepare` has made ready: on a keypad the old one is typed last.

    Once it is done, the same again changes nothing: the hop may come back after its process has died (R2).
    Raises NotAllowed for what was prepared for somebody else, and what with_pin raises.
    """
    with db.read() as tx:
        done = _is_changed(tx, actor, prepared)
    if done:
        return

    def work(tx: Tx) -> None:
        user = users.may(tx, actor, "update", "profile", own=True)
        owner, _, pin_hash = tx.parts.vault.open(PREPARED, prepared).partition("\0")
        if owner != str(user.user_id):
            raise NotAllowed(role=actor.role)
        _changed(tx, actor, user, pin_hash)

    with_pin(db, actor, pin=old, once_key=once_key, work=work)


def with_pin(db: Database, actor: Actor, *, pin: str, once_key: str, work: Callable[[Tx], T]) -> T:
    """Do `work` in a transaction of its own if `pin` is the actor's; returns what it returns.

    The try is counted and committed before it is compared, so that no rollback forgets it (DR-214); a right
    PIN wipes the count, also where `work` is then refused.

    once_key  the hop or message that carries the PIN: a repeat of it is not another try

    Raises PinMissing, PinWrong (left), PinIsLocked (minutes), PinNeedsReset, what users.acting raises, and
    what `work` raises. Emits PinLocked.
    """
    counted = db.run(lambda tx: _count(tx, actor, pin, once_key))
    if not db.parts.vault.password_fits(counted.pin_hash, _salted(counted.user_id, pin)):
        raise db.run(lambda tx: _wrong(tx, counted))
    db.run(lambda tx: _right(tx, counted))
    return db.run(work)


def reset(tx: Tx, actor: Actor, *, user_id: int, reason: str) -> None:
    """An admin takes a PIN away after making sure who asks; the person chooses a new one, as if it were the
    first (DR-207). Audited. Nothing to take away is no error. Raises NotAllowed, NotFound."""
    users.may(tx, actor, "update", "profile", own=False, user_id=user_id)
    users.get(tx, user_id)
    kept = _locked(tx, user_id)
    if kept is None:
        return
    kept.pin_hash, kept.attempts, kept.locked_until, kept.must_reset = None, 0, None, False
    tx.session.execute(delete(PinLock).where(PinLock.user_id == user_id))
    audit.record(tx, actor, what="pin.reset", record=f"user:{user_id}", reason=reason)
    tx.note(f"user:{user_id}", "PIN reset")


def _count(tx: Tx, actor: Actor, pin: str, once_key: str) -> _Counted:
    """Put this try on the count, unless it is on it; the last one locks until it is compared."""
    user_id = users.acting(tx, actor).user_id
    kept = _locked(tx, user_id)
    if kept is None or kept.pin_hash is None:
        raise PinMissing
    most = int(tx.setting("auth.pin_max_attempts"))
    lock_minutes = int(tx.setting("auth.pin_lock_minutes"))
    if not tries.is_new(tx, "pin", str(user_id), once_key, pin):
        return _Counted(user_id, kept.pin_hash, max(most - kept.attempts, 0), None)
    if kept.must_reset:
        raise PinNeedsReset
    if kept.locked_until is not None and kept.locked_until > tx.now:
        left = kept.locked_until - tx.now
        raise PinIsLocked(minutes=max(1, -(-left // timedelta(minutes=1))))
    if kept.locked_until is not None:  # it is over: three fresh tries
        kept.attempts, kept.locked_until = 0, None
    kept.attempts += 1
    lock_id = None
    if kept.attempts >= most:
        kept.locked_until = tx.now + timedelta(minutes=lock_minutes)
        lock = PinLock(user_id=user_id, at=tx.now)
        tx.session.add(lock)
        tx.flush()
        lock_id = lock.lock_id
        kept.must_reset = _locks(tx, user_id) >= int(tx.setting("auth.pin_locks_to_reset"))
    return _Counted(user_id, kept.pin_hash, most - kept.attempts, lock_id)


def _wrong(tx: Tx, counted: _Counted) -> PinWrong | PinIsLocked | PinNeedsReset:
    """What to say of a wrong PIN; the person is told of a lock, once."""
    kept = _locked(tx, counted.user_id)
    assert kept is not None, "a PIN row is never deleted"
    minutes = int(tx.setting("auth.pin_lock_minutes"))
    if counted.lock_id is not None:
        tx.emit(
            events.PinLocked(
                user_id=counted.user_id, minutes=minutes, reset=kept.must_reset, lock_id=counted.lock_id
            )
        )
    if kept.must_reset:
        return PinNeedsReset()
    if kept.locked_until is not None and kept.locked_until > tx.now:
        return PinIsLocked(minutes=minutes)
    return PinWrong(left=counted.left)


def _right(tx: Tx, counted: _Counted) -> None:
    """Wipe the count, and the lock that this very try had brought about while it was compared."""
    kept = _locked(tx, counted.user_id)
    assert kept is not None, "a PIN row is never deleted"
    if counted.lock_id is not None:
        tx.session.execute(delete(PinLock).where(PinLock.lock_id == counted.lock_id))
        kept.locked_until, kept.must_reset = None, False
    kept.attempts = 0
    hearing.heard_again(tx, tx.session.get_one(User, counted.user_id))


def _changed(tx: Tx, actor: Actor, user: User, pin_hash: str) -> None:
    kept = _locked(tx, user.user_id)
    assert kept is not None, "it has just been right"
    kept.pin_hash = pin_hash
    audit.record(tx, actor, what="pin.change", record=f"user:{user.user_id}")
    tx.note(f"user:{user.user_id}", "PIN changed")


def _is_changed(tx: Tx, actor: Actor, prepared: str) -> bool:
    """Whether this very prepared PIN is the actor's by now; its hash is salted, so that no other is equal."""
    user_id = users.acting(tx, actor).user_id
    owner, _, pin_hash = tx.parts.vault.open(PREPARED, prepared).partition("\0")
    kept = tx.session.get(Pin, user_id)
    return owner == str(user_id) and kept is not None and kept.pin_hash == pin_hash


def _locked(tx: Tx, user_id: int) -> Pin | None:
    query = select(Pin).where(Pin.user_id == user_id).with_for_update()
    return tx.session.scalar(query.execution_options(populate_existing=True))


def _locks(tx: Tx, user_id: int) -> int:
    query = select(func.count()).where(PinLock.user_id == user_id, PinLock.at > tx.now - LOCKS_WITHIN)
    return tx.session.scalar(query) or 0


def _hash(tx: Tx, user_id: int, pin: str) -> str:
    return tx.parts.vault.hash_password(_salted(user_id, pin))


def _salted(user_id: int, pin: str) -> str:
    """A PIN as it is hashed: no password can pass for it, nor another's PIN."""
    return f"pin\0{user_id}\0{pin}"
