"""The PIN: chosen, asked, locked, reset; counted before it is compared (DR-207, DR-214)."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from core.audit.models import AuditRow
from core.db import Database, Tx
from core.errors import DomainError, NotAllowed, NotFound
from core.notifications.models import Notification
from core.users import pins
from core.users import service as users
from core.users.errors import (
    Inactive,
    NotVerified,
    NumberUnheard,
    PinExists,
    PinIsLocked,
    PinMissing,
    PinNeedsReset,
    PinsDiffer,
    PinTooEasy,
    PinWrong,
)
from core.users.models import Pin, PinLock, Try
from tests.helpers import Cast, FixedClock, Person
from tests.proving import proves
from tests.users.people import PIN, register, with_pin

WRONG = "9314"


@pytest.fixture
def njeri(db: Database) -> Person:
    """Somebody who has chosen a PIN."""
    return with_pin(db, register(db, role="farmer"))


def act(tx: Tx) -> str:
    """Something that needs the PIN."""
    return "done"


def try_pin(db: Database, person: Person, pin: str, once: str = "") -> str:
    """What a try comes to: "done" or the refusal's code."""
    try_pin.count += 1  # type: ignore[attr-defined]
    try:
        key = once or f"hop-{try_pin.count}"  # type: ignore[attr-defined]
        return pins.with_pin(db, person.actor, pin=pin, once_key=key, work=act)
    except DomainError as error:
        return error.code


try_pin.count = 0  # type: ignore[attr-defined]


def row(db: Database, person: Person) -> Pin:
    with db.read() as tx:
        return tx.session.get_one(Pin, person.id)


@proves("DR-207")
def test_the_right_pin_opens_and_a_wrong_one_says_how_many_tries_are_left(
    db: Database, njeri: Person
) -> None:
    assert try_pin(db, njeri, PIN) == "done"
    for left in (2, 1):
        with pytest.raises(PinWrong) as caught:
            pins.with_pin(db, njeri.actor, pin=WRONG, once_key=f"try-{left}", work=act)
        assert caught.value.values == {"left": left}
    assert try_pin(db, njeri, PIN) == "done"
    assert row(db, njeri).attempts == 0


@proves("DR-207")
def test_three_wrong_ones_lock_for_thirty_minutes_and_the_owner_is_told(
    db: Database, njeri: Person, clock: FixedClock
) -> None:
    said = [try_pin(db, njeri, WRONG) for _ in range(3)]
    assert said == ["users.pin_wrong", "users.pin_wrong", "users.pin_locked"]
    assert try_pin(db, njeri, PIN) == "users.pin_locked"
    with db.read() as tx:
        told = tx.session.scalars(select(Notification.code).where(Notification.user_id == njeri.id)).all()
    assert told == ["pin_locked"]
    clock.advance(minutes=29, seconds=1)
    with pytest.raises(PinIsLocked) as caught:
        pins.with_pin(db, njeri.actor, pin=PIN, once_key="late", work=act)
    assert caught.value.values == {"minutes": 1}
    clock.advance(minutes=1)
    assert try_pin(db, njeri, PIN) == "done"


@proves("DR-207")
def test_three_locks_in_a_day_need_an_admin(
    db: Database, cast: Cast, njeri: Person, clock: FixedClock
) -> None:
    for _lock in range(3):
        last = [try_pin(db, njeri, WRONG) for _ in range(3)][-1]
        clock.advance(minutes=31)
    assert last == "users.pin_needs_reset"
    clock.advance(days=3)
    assert try_pin(db, njeri, PIN) == "users.pin_needs_reset"
    db.run(lambda tx: pins.reset(tx, cast.admin.actor, user_id=njeri.id, reason="came with her ID"))
    assert try_pin(db, njeri, PIN) == "users.pin_missing"
    with_pin(db, njeri, "2580")
    assert try_pin(db, njeri, "2580") == "done"
    with db.read() as tx:
        audited = tx.session.scalars(select(AuditRow).where(AuditRow.what == "pin.reset")).one()
    assert (audited.user_id, audited.record, audited.reason) == (
        cast.admin.id, f"user:{njeri.id}", "came with her ID"
    )  # fmt: skip


@proves("DR-207")
def test_three_locks_on_three_days_are_no_reason_for_a_reset(
    db: Database, njeri: Person, clock: FixedClock
) -> None:
    for _lock in range(4):
        assert [try_pin(db, njeri, WRONG) for _ in range(3)][-1] == "users.pin_locked"
        clock.advance(hours=13)
    assert try_pin(db, njeri, PIN) == "done"


@proves("DR-214")
def test_a_try_is_on_the_count_before_it_is_compared(
    db: Database, njeri: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(stored: str, password: str) -> bool:
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(db.parts.vault, "password_fits", cut_off)
        with pytest.raises(ConnectionError):
            pins.with_pin(db, njeri.actor, pin=PIN, once_key="cut", work=act)
    assert row(db, njeri).attempts == 1


@proves("DR-214")
def test_the_rollback_of_the_refused_act_forgets_no_wrong_try(db: Database, njeri: Person) -> None:
    for once in ("a", "b"):
        assert try_pin(db, njeri, WRONG, once) == "users.pin_wrong"
    assert row(db, njeri).attempts == 2


@proves("DR-214")
def test_the_same_hop_again_is_not_another_try(db: Database, njeri: Person) -> None:
    assert {try_pin(db, njeri, WRONG, "hop-a") for _ in range(5)} == {"users.pin_wrong"}
    assert row(db, njeri).attempts == 1


def test_another_answer_under_the_same_key_is_another_try(db: Database, njeri: Person) -> None:
    """A caller who chooses his keys himself gains nothing by it."""
    said = [try_pin(db, njeri, pin, "same-key") for pin in ("9314", "8314", "7314", PIN)]
    assert said == ["users.pin_wrong", "users.pin_wrong", "users.pin_locked", "users.pin_locked"]


def test_the_last_try_locks_while_it_is_compared_and_unlocks_if_it_was_right(
    db: Database, njeri: Person
) -> None:
    assert [try_pin(db, njeri, pin) for pin in (WRONG, WRONG, PIN)][-1] == "done"
    assert (row(db, njeri).attempts, row(db, njeri).locked_until) == (0, None)
    with db.read() as tx:
        assert tx.session.scalar(select(func.count()).select_from(PinLock)) == 0


def test_parallel_guesses_are_counted_one_by_one(db: Database, njeri: Person) -> None:
    guesses = [f"{number:04d}" for number in range(3141, 3153)]
    with ThreadPoolExecutor(6) as pool:
        said = list(pool.map(lambda pin: try_pin(db, njeri, pin, f"guess-{pin}"), guesses))
    with db.read() as tx:
        assert tx.session.scalar(select(func.count()).select_from(Try)) == 3
    assert said.count("users.pin_wrong") <= 2


def test_a_right_pin_wipes_the_count_also_where_the_act_is_refused(db: Database, njeri: Person) -> None:
    def refused(tx: Tx) -> None:
        raise NotAllowed

    try_pin(db, njeri, WRONG)
    with pytest.raises(NotAllowed):
        pins.with_pin(db, njeri.actor, pin=PIN, once_key="right", work=refused)
    assert row(db, njeri).attempts == 0


@proves("DR-207")
def test_only_a_peppered_hash_is_kept_and_two_people_with_one_pin_have_two(db: Database) -> None:
    one, two = (with_pin(db, register(db)) for _ in range(2))
    hashes = [str(row(db, person).pin_hash) for person in (one, two)]
    assert len(set(hashes)) == 2
    for kept, person in zip(hashes, (one, two), strict=True):
        assert kept.startswith("$argon2id$")
        assert PIN not in kept
        assert db.parts.vault.password_fits(kept, f"pin\0{person.id}\0{PIN}")
        assert not db.parts.vault.password_fits(kept, PIN), "no password passes for it"


def test_a_try_leaves_nothing_of_the_pin_behind(db: Database, njeri: Person) -> None:
    try_pin(db, njeri, WRONG, "hop-x")
    with db.read() as tx:
        kept = tx.session.scalars(select(Try.try_key)).all()
    assert [len(key) for key in kept] == [64]
    assert WRONG not in "".join(kept)


@pytest.mark.parametrize(
    ("pin", "again", "refusal"),
    [("1234", "1234", PinTooEasy), ("4711", "4712", PinsDiffer)],
)
def test_a_bad_first_pin_is_refused(db: Database, pin: str, again: str, refusal: type[DomainError]) -> None:
    person = register(db)
    with pytest.raises(refusal), db.transaction() as tx:
        pins.choose(tx, person.actor, pin=pin, again=again)
    assert try_pin(db, person, pin) == "users.pin_missing"


def test_a_pin_is_changed_with_the_old_one_only(db: Database, njeri: Person) -> None:
    with pytest.raises(PinExists), db.transaction() as tx:
        pins.choose(tx, njeri.actor, pin="2580", again="2580")
    with pytest.raises(PinWrong):
        pins.change(db, njeri.actor, old=WRONG, new="2580", again="2580", once_key="a")
    with pytest.raises(PinTooEasy):
        pins.change(db, njeri.actor, old=PIN, new="1234", again="1234", once_key="b")
    first = row(db, njeri).first_at
    pins.change(db, njeri.actor, old=PIN, new="2580", again="2580", once_key="c")
    assert try_pin(db, njeri, PIN) == "users.pin_wrong"
    assert try_pin(db, njeri, "2580") == "done"
    assert row(db, njeri).first_at == first, "a change is no first PIN"


def test_who_has_no_pin_is_asked_to_choose_one(db: Database) -> None:
    person = register(db)
    with pytest.raises(PinMissing):
        pins.with_pin(db, person.actor, pin=PIN, once_key="a", work=act)


@proves("DR-207", "DR-208")
def test_for_seventy_two_hours_a_first_pin_is_fresh(db: Database, njeri: Person, clock: FixedClock) -> None:
    def is_fresh() -> bool:
        with db.read() as tx:
            return pins.is_fresh(tx, njeri.id)

    assert is_fresh()
    clock.advance(hours=71)
    assert is_fresh()
    clock.advance(hours=1)
    assert not is_fresh()
    stranger = register(db)
    with db.read() as tx:
        assert pins.is_fresh(tx, stranger.id)


def test_a_number_that_was_silent_for_long_gets_no_first_pin(db: Database, clock: FixedClock) -> None:
    person = register(db)
    clock.advance(days=181)
    with pytest.raises(NumberUnheard), db.transaction() as tx:
        pins.choose(tx, person.actor, pin=PIN, again=PIN)


@pytest.mark.parametrize(("change", "refusal"), [("is_active", Inactive), ("is_verified", NotVerified)])
def test_who_may_not_act_has_no_use_for_a_pin(
    db: Database, njeri: Person, change: str, refusal: type[DomainError]
) -> None:
    db.run(lambda tx: setattr(users.get(tx, njeri.id), change, False))
    assert try_pin(db, njeri, PIN) == refusal.code


def test_only_admins_who_may_do_everything_reset_a_pin(db: Database, cast: Cast, njeri: Person) -> None:
    for person in (njeri, cast.customer, cast.rider):
        with pytest.raises(NotFound), db.transaction() as tx:
            pins.reset(tx, person.actor, user_id=njeri.id, reason="please")
    db.run(lambda tx: setattr(users.get(tx, cast.admin.id), "staff_scope", "support"))
    with pytest.raises(NotAllowed), db.transaction() as tx:
        pins.reset(tx, cast.admin.actor, user_id=njeri.id, reason="please")
    db.run(lambda tx: setattr(users.get(tx, cast.admin.id), "staff_scope", "full"))
    with pytest.raises(NotFound), db.transaction() as tx:
        pins.reset(tx, cast.admin.actor, user_id=404404, reason="nobody")
    never = register(db)
    db.run(lambda tx: pins.reset(tx, cast.admin.actor, user_id=never.id, reason="has none"))


def test_locked_three_times_says_so_at_once(db: Database, njeri: Person, clock: FixedClock) -> None:
    for _lock in range(3):
        for _ in range(3):
            try_pin(db, njeri, WRONG)
        clock.advance(minutes=31)
    with pytest.raises(PinNeedsReset):
        pins.with_pin(db, njeri.actor, pin=PIN, once_key="z", work=act)
    with db.read() as tx:
        told = tx.session.scalars(
            select(Notification.code)
            .where(Notification.user_id == njeri.id)
            .order_by(Notification.notification_id)
        ).all()
    assert told == ["pin_locked", "pin_locked", "pin_needs_reset"]
