"""Access and refresh tokens: rotated, revoked by family, read from both headers (DR-206, DR-210)."""

import base64
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from core.audit.models import AuditRow
from core.db import Database
from core.errors import DomainError
from core.users import jws, passwords, staff, tokens
from core.users import service as users
from core.users.errors import (
    Inactive,
    LoginLocked,
    PasswordMustChange,
    TokenInvalid,
    WrongLogin,
)
from core.users.models import RefreshToken
from core.vault import Vault
from tests.helpers import DATA_KEY, Cast, FixedClock, Person
from tests.proving import proves
from tests.users.people import PASSWORD, register

OTHER_KEY = base64.urlsafe_b64encode(b"another key that is 32 bytes long"[:32]).decode()
SOURCE = "10.0.0.1"


@pytest.fixture(params=["customer", "farmer", "rider"])
def person(db: Database, request: pytest.FixtureRequest) -> Person:
    """Somebody who signs in with a password, of each role."""
    return register(db, role=request.param, channel="web")


@pytest.fixture
def njeri(db: Database) -> Person:
    """A customer who signs in with a password."""
    return register(db, channel="web")


STRANGE = ["", "Bearer", "Bearer ", "{}", "Basic {}", "Token {}", "Bearer {} {}", "JWT{}"]


def sign_in(db: Database, who: Person, password: str = PASSWORD) -> tokens.Pair:
    return tokens.sign_in(db, account=who.phone, password=password, source=SOURCE)


def opens(db: Database, access: str) -> int | None:
    """Whom an access token lets in."""
    with db.read() as tx:
        try:
            return tokens.actor_of(tx, f"Bearer {access}").user_id
        except TokenInvalid:
            return None


@proves("DR-206")
@pytest.mark.parametrize("header", ["Bearer {}", "JWT {}", "bearer {}", "jwt {}", " JWT  {} "])
def test_every_role_signs_in_and_both_headers_are_read(db: Database, person: Person, header: str) -> None:
    pair = sign_in(db, person)
    with db.read() as tx:
        actor = tokens.actor_of(tx, header.format(pair.access), request_id="req-1")
    assert (actor.user_id, actor.role, actor.channel, actor.request_id) == (
        person.id, person.user.user_role, "api", "req-1"
    )  # fmt: skip


@proves("DR-206")
@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "{}", "Basic {}", "Token {}", "Bearer {} {}", "JWT{}"]
)
def test_any_other_header_is_no_key(db: Database, njeri: Person, header: str) -> None:
    pair = sign_in(db, njeri)
    with pytest.raises(TokenInvalid), db.read() as tx:
        tokens.actor_of(tx, header.format(pair.access, pair.access))


@proves("DR-206")
def test_an_access_token_lives_sixty_minutes(db: Database, njeri: Person, clock: FixedClock) -> None:
    pair = sign_in(db, njeri)
    clock.advance(minutes=59, seconds=59)
    assert opens(db, pair.access) == njeri.id
    clock.advance(seconds=1)
    assert opens(db, pair.access) is None


@proves("DR-206")
def test_a_refresh_token_is_exchanged_once_and_lives_seven_days(
    db: Database, njeri: Person, clock: FixedClock
) -> None:
    first = sign_in(db, njeri)
    clock.advance(days=6, hours=23)
    second = tokens.refresh(db, token=first.refresh)
    assert second.refresh != first.refresh
    assert opens(db, second.access) == njeri.id
    clock.advance(days=7)
    with pytest.raises(TokenInvalid):
        tokens.refresh(db, token=second.refresh)


@proves("DR-206")
def test_a_used_token_that_comes_again_ends_the_whole_family(db: Database, njeri: Person) -> None:
    elsewhere = sign_in(db, njeri)
    first = sign_in(db, njeri)
    second = tokens.refresh(db, token=first.refresh)
    with pytest.raises(TokenInvalid):
        tokens.refresh(db, token=first.refresh)
    with pytest.raises(TokenInvalid):
        tokens.refresh(db, token=second.refresh)
    assert opens(db, second.access) is None
    assert opens(db, elsewhere.access) == njeri.id, "another log-in is another family"
    with db.read() as tx:
        assert tx.session.scalars(select(AuditRow.what).where(AuditRow.what == "token.reused")).all()


def test_two_who_bring_one_token_at_once_cannot_both_win(db: Database, njeri: Person) -> None:
    pair = sign_in(db, njeri)

    def bring(_turn: int) -> bool:
        try:
            tokens.refresh(db, token=pair.refresh)
        except TokenInvalid:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        won = list(pool.map(bring, range(4)))
    assert won.count(True) == 1


@pytest.mark.parametrize("token", ["", "x", "0" * 64, "' OR 1=1"])
def test_an_unknown_refresh_token_is_refused(db: Database, njeri: Person, token: str) -> None:
    sign_in(db, njeri)
    with pytest.raises(TokenInvalid):
        tokens.refresh(db, token=token)


def test_signing_out_ends_this_log_in_only(db: Database, njeri: Person) -> None:
    here, there = sign_in(db, njeri), sign_in(db, njeri)
    db.run(lambda tx: tokens.sign_out(tx, njeri.actor, token=here.refresh))
    db.run(lambda tx: tokens.sign_out(tx, njeri.actor, token="never heard of"))
    assert (opens(db, here.access), opens(db, there.access)) == (None, njeri.id)


def test_nobody_signs_another_one_out(db: Database, cast: Cast, njeri: Person) -> None:
    pair = sign_in(db, njeri)
    db.run(lambda tx: tokens.sign_out(tx, cast.customer.actor, token=pair.refresh))
    assert opens(db, pair.access) == njeri.id


@proves("DR-205")
def test_a_new_password_revokes_every_token(db: Database, person: Person) -> None:
    one, two = sign_in(db, person), sign_in(db, person)
    passwords.change(db, person.actor, old=PASSWORD, new="a new password", source=SOURCE)
    assert [opens(db, pair.access) for pair in (one, two)] == [None, None]
    with pytest.raises(TokenInvalid):
        tokens.refresh(db, token=two.refresh)
    with pytest.raises(WrongLogin):
        sign_in(db, person)
    assert opens(db, sign_in(db, person, "a new password").access) == person.id


@proves("DR-209")
def test_who_is_switched_off_has_no_key_any_more(db: Database, cast: Cast, njeri: Person) -> None:
    pair = sign_in(db, njeri)
    db.run(lambda tx: setattr(users.get(tx, njeri.id), "is_active", False))
    with pytest.raises(Inactive), db.read() as tx:
        tokens.actor_of(tx, f"Bearer {pair.access}")
    with pytest.raises(TokenInvalid):
        tokens.refresh(db, token=pair.refresh)
    with pytest.raises(WrongLogin):
        sign_in(db, njeri)
    db.run(lambda tx: setattr(users.get(tx, njeri.id), "is_active", True))
    db.run(lambda tx: staff.deactivate(tx, cast.admin.actor, user_id=njeri.id, reason="asked"))
    assert opens(db, pair.access) is None


@proves("DR-210")
def test_five_failures_lock_the_account_of_every_role(
    db: Database, person: Person, clock: FixedClock
) -> None:
    for _ in range(5):
        with pytest.raises(WrongLogin):
            sign_in(db, person, "wrong horse")
    with pytest.raises(LoginLocked):
        sign_in(db, person)
    clock.advance(minutes=15, seconds=1)
    assert opens(db, sign_in(db, person).access) == person.id


def test_who_has_no_password_and_an_admin_with_a_one_time_one_stay_outside(db: Database, cast: Cast) -> None:
    with pytest.raises(WrongLogin):
        sign_in(db, cast.customer)
    db.run(
        lambda tx: staff.create_admin(
            tx, cast.admin.actor, msisdn="0712000999", email=None, password="one time only"
        )
    )
    with pytest.raises(PasswordMustChange):
        tokens.sign_in(db, account="0712000999", password="one time only", source=SOURCE)


@proves("DR-206")
def test_of_a_refresh_token_only_a_digest_is_kept(db: Database, njeri: Person) -> None:
    pair = sign_in(db, njeri)
    with db.read() as tx:
        row = tx.session.scalars(select(RefreshToken)).one()
    assert row.digest == db.parts.vault.digest("refresh-token", pair.refresh)
    assert pair.refresh not in (row.digest, row.family)
    assert len(pair.refresh) == 64


def test_the_role_is_the_one_in_the_table(db: Database, njeri: Person) -> None:
    pair = sign_in(db, njeri)
    db.run(lambda tx: setattr(users.get(tx, njeri.id), "user_role", "rider"))
    with db.read() as tx:
        assert tokens.actor_of(tx, f"JWT {pair.access}").role == "rider"


# --- the token itself ------------------------------------------------------------------------------------
VAULT = Vault([DATA_KEY])
CLAIMS = {"token_type": "access", "user_id": 7, "family": "f", "jti": "j", "iat": 1, "exp": 2}


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_a_token_is_three_parts_as_rfc_7515_has_them() -> None:
    header, payload, signature = jws.encode(VAULT, CLAIMS).split(".")
    padded = header + "=" * (-len(header) % 4)
    assert json.loads(base64.urlsafe_b64decode(padded)) == {"alg": "HS256", "typ": "JWT"}
    assert json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))) == CLAIMS
    assert len(base64.urlsafe_b64decode(signature + "=")) == 32
    assert jws.decode(VAULT, f"{header}.{payload}.{signature}") == CLAIMS


def test_only_what_we_signed_is_read() -> None:
    good = jws.encode(VAULT, CLAIMS)
    header, payload, signature = good.split(".")
    forged = [
        f"{part({'alg': 'none'})}.{payload}.",
        f"{part({'typ': 'JWT', 'alg': 'none'})}.{payload}.{signature}",
        f"{header}.{part(CLAIMS | {'user_id': 1})}.{signature}",
        f"{header}.{payload}.",
        f"{header}.{payload}",
        f"{header}..{signature}",
        good + "x",
        good[:-2],
        good.upper(),
        jws.encode(Vault([OTHER_KEY]), CLAIMS),
        "é" + good,
    ]
    for token in forged:
        with pytest.raises(jws.Unsigned):
            jws.decode(VAULT, token)


def test_while_keys_are_changed_the_old_one_still_counts() -> None:
    old = jws.encode(VAULT, CLAIMS)
    assert jws.decode(Vault([OTHER_KEY, DATA_KEY]), old) == CLAIMS


@given(st.text())
def test_whatever_comes_is_no_token_and_nothing_breaks(text: str) -> None:
    with pytest.raises(jws.Unsigned):
        jws.decode(VAULT, text)
    with pytest.raises(DomainError):
        tokens.read_header(text)


@pytest.mark.parametrize(
    "change",
    [
        {"token_type": "refresh"},
        {"user_id": 404},
        {"family": "g"},
        {"family": 5},
        {"exp": "late"},
        {"exp": 1},
    ],
)
def test_a_token_of_ours_that_says_something_else_opens_nothing(
    db: Database, njeri: Person, change: dict[str, object]
) -> None:
    claims = jws.decode(db.parts.vault, sign_in(db, njeri).access)
    assert opens(db, jws.encode(db.parts.vault, claims)) == njeri.id
    assert opens(db, jws.encode(db.parts.vault, claims | change)) is None


def test_a_log_in_is_one_family_of_one_token(db: Database, njeri: Person) -> None:
    tokens.refresh(db, token=tokens.refresh(db, token=sign_in(db, njeri).refresh).refresh)
    with db.read() as tx:
        assert tx.session.scalar(select(func.count(RefreshToken.family.distinct()))) == 1
