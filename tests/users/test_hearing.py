"""What the network says of a number: whose it is, and how long it was silent (DR-203, phone.reverify)."""

import pytest

from core.db import Database
from core.errors import NotAllowed, NotFound
from core.users import hearing, tokens
from core.users import service as users
from core.users.errors import TokenInvalid, WrongLogin
from tests.helpers import Cast, FixedClock, Person
from tests.proving import proves
from tests.users.people import PASSWORD, fresh, register


def vouch(db: Database, person: Person) -> None:
    db.run(lambda tx: hearing.vouch(tx, users.get(tx, person.id)))


def unheard(db: Database, person: Person) -> bool:
    with db.read() as tx:
        return hearing.unheard(tx, fresh(tx, person))


@proves("DR-203")
def test_a_number_taken_on_the_web_belongs_to_whoever_holds_the_phone(db: Database) -> None:
    """A stranger who registered it loses password, address and sessions."""
    person = register(db, channel="web", email="stranger@example.com")
    pair = tokens.sign_in(db, account=person.phone, password=PASSWORD, source="10.0.0.1")
    vouch(db, person)
    with db.read() as tx:
        user = fresh(tx, person)
        assert (user.is_verified, user.email, user.password_hash) == (True, None, None)
    with pytest.raises(TokenInvalid):
        tokens.refresh(db, token=pair.refresh)
    with pytest.raises(WrongLogin):
        tokens.sign_in(db, account=person.phone, password=PASSWORD, source="10.0.0.1")


def test_a_verified_person_keeps_her_password_when_she_dials(db: Database) -> None:
    person = register(db, channel="web")
    db.run(lambda tx: setattr(users.get(tx, person.id), "is_verified", True))
    vouch(db, person)
    assert tokens.sign_in(db, account=person.phone, password=PASSWORD, source="10.0.0.1")


def test_a_sign_of_life_is_written_once_a_day(db: Database, clock: FixedClock) -> None:
    person = register(db)
    first = clock.now()
    clock.advance(hours=23)
    vouch(db, person)
    with db.read() as tx:
        assert fresh(tx, person).heard_at == first
    clock.advance(hours=1)
    vouch(db, person)
    with db.read() as tx:
        assert fresh(tx, person).heard_at == clock.now()


def test_after_half_a_year_of_silence_a_dial_alone_proves_nothing(
    db: Database, cast: Cast, clock: FixedClock
) -> None:
    person = register(db)
    clock.advance(days=180)
    assert not unheard(db, person)
    vouch(db, person)
    clock.advance(days=180)
    vouch(db, person)
    clock.advance(days=180, seconds=1)
    assert unheard(db, person)
    vouch(db, person)
    assert unheard(db, person)
    db.run(lambda tx: hearing.confirm(tx, cast.admin.actor, user_id=person.id, reason="called"))
    assert not unheard(db, person)


def test_only_admins_confirm_a_number(db: Database, cast: Cast) -> None:
    for person in (cast.customer, cast.farmer):
        with pytest.raises(NotFound), db.transaction() as tx:
            hearing.confirm(tx, person.actor, user_id=cast.rider.id, reason="")
    with pytest.raises(NotFound), db.transaction() as tx:
        hearing.confirm(tx, cast.admin.actor, user_id=404404, reason="")
    db.run(lambda tx: setattr(users.get(tx, cast.admin.id), "staff_scope", "auditor"))
    with pytest.raises(NotAllowed), db.transaction() as tx:
        hearing.confirm(tx, cast.admin.actor, user_id=cast.rider.id, reason="")
