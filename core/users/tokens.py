"""Access and refresh tokens, and the header that carries them (DR-206).

An access token says who signed in and when it ends; whether that still stands is asked of the table. A
refresh token is worth one exchange; of it only a keyed digest is kept.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import exists, select, update

from core import rows
from core.actor import Actor
from core.audit import service as audit
from core.db import Database, Tx
from core.permissions import ROLES
from core.users import jws, login
from core.users import service as users
from core.users.errors import Inactive, PasswordMustChange, TokenInvalid
from core.users.models import RefreshToken, User

SCHEMES = ("bearer", "jwt")
REFRESH = "refresh-token"


@dataclass(frozen=True)
class Pair:
    """What a log-in or a refresh gives: both tokens as text, as the seed's JSON names them."""

    access: str
    refresh: str


def sign_in(db: Database, *, account: str, password: str, source: str, channel: str = "api") -> Pair:
    """A pair of tokens for a right password, for every role (DR-206, DR-210).

    account  a phone number in any spelling, or an e-mail address
    source   the address the request came from

    Raises WrongLogin, LoginLocked (minutes), PasswordMustChange.
    """
    result = login.log_in(db, account=account, password=password, source=source, roles=ROLES, channel=channel)
    if result.error is not None:
        raise result.error
    if result.must_change:
        raise PasswordMustChange
    user_id = result.user_id
    assert user_id is not None, "no error, so somebody"
    return db.run(lambda tx: _issue(tx, user_id, tx.parts.chance.token()))


def refresh(db: Database, *, token: str) -> Pair:
    """Exchange a refresh token for a new pair; it is used up (DR-206).

    One that comes a second time was stolen, by one of the two who brought it: the whole family is revoked,
    and that is committed although the exchange is refused. Raises TokenInvalid.
    """
    pair = db.run(lambda tx: _rotate(tx, token))
    if pair is None:
        raise TokenInvalid
    return pair


def sign_out(tx: Tx, actor: Actor, *, token: str) -> None:
    """End the log-in that `token` (a refresh token of the actor's) came from; a token unknown is no error."""
    found = _find(tx, token)
    if found is not None and found.user_id == actor.user_id:
        _revoke(tx, found.family)
        tx.note(f"user:{found.user_id}", "signed out")


def actor_of(tx: Tx, header: str, *, channel: str = "api", request_id: str = "") -> Actor:
    """Who sends a request with this `Authorization` header (DR-206); the role is the one in the table.

    Raises TokenInvalid, Inactive (DR-209).
    """
    try:
        claims = jws.decode(tx.parts.vault, read_header(header))
    except jws.Unsigned:
        raise TokenInvalid from None
    family, ends = claims.get("family"), claims.get("exp")
    if claims.get("token_type") != "access" or not isinstance(family, str) or not isinstance(ends, int):
        raise TokenInvalid
    if ends <= tx.now.timestamp():
        raise TokenInvalid
    stands = exists().where(
        RefreshToken.family == family,
        RefreshToken.user_id == User.user_id,
        RefreshToken.revoked_at.is_(None),
    )
    user = tx.session.scalar(select(User).where(User.user_id == claims.get("user_id"), stands))
    if user is None:
        raise TokenInvalid
    if not user.is_active:
        raise Inactive
    return users.actor_for(user, channel, request_id)


def read_header(header: str) -> str:
    """The token in `Bearer …` or `JWT …`, in any case of the word; raises TokenInvalid."""
    scheme, _, token = header.strip().partition(" ")
    if scheme.lower() not in SCHEMES or not token.strip() or " " in token.strip():
        raise TokenInvalid
    return token.strip()


def _issue(tx: Tx, user_id: int, family: str) -> Pair:
    token = tx.parts.chance.token() + tx.parts.chance.token()
    rows.add(
        tx,
        RefreshToken(
            user_id=user_id,
            family=family,
            digest=tx.parts.vault.digest(REFRESH, token),
            issued_at=tx.now,
            expires_at=tx.now + timedelta(days=tx.setting("auth.refresh_ttl_days")),
        ),
    )
    now = int(tx.now.timestamp())
    claims = {
        "token_type": "access",
        "user_id": user_id,
        "family": family,
        "jti": tx.parts.chance.token(),
        "iat": now,
        "exp": now + 60 * int(tx.setting("auth.access_ttl_minutes")),
    }
    return Pair(access=jws.encode(tx.parts.vault, claims), refresh=token)


def _rotate(tx: Tx, token: str) -> Pair | None:
    found = _find(tx, token)
    if found is None or found.revoked_at is not None or found.expires_at <= tx.now:
        return None
    user = users.get(tx, found.user_id)
    if found.used_at is not None:
        _revoke(tx, found.family)
        actor = users.actor_for(user, "api")
        audit.record(tx, actor, what="token.reused", record=f"user:{user.user_id}")
        return None
    if not user.is_active:
        return None
    found.used_at = tx.now
    return _issue(tx, user.user_id, found.family)


def _find(tx: Tx, token: str) -> RefreshToken | None:
    digests = tx.parts.vault.digests(REFRESH, token)
    query = select(RefreshToken).where(RefreshToken.digest.in_(digests)).with_for_update()
    return tx.session.scalar(query.execution_options(populate_existing=True))


def _revoke(tx: Tx, family: str) -> None:
    tx.session.execute(
        update(RefreshToken)
        .where(RefreshToken.family == family, RefreshToken.revoked_at.is_(None))
        .values(revoked_at=tx.now)
    )
