"""Registration, consent, language; and who may act (section 2)."""

from sqlalchemy import select

from core.actor import Actor
from core.db import Tx
from core.errors import NotAllowed, NotFound
from core.events import UserRegistered
from core.msisdn import e164, masked
from core.permissions import Verb, scope
from core.users import rules
from core.users.errors import (
    AlreadyRegistered,
    EmailTaken,
    Inactive,
    NotVerified,
    RoleNotOpen,
    UnknownLanguage,
)
from core.users.models import Consent, User
from core.words import tidy

TERMS_VERSION = "2025-06"
LANGUAGES = ("en", "sw", "kikuyu")
OPEN_ROLES = ("customer", "farmer", "rider")
# On these channels the mobile network itself vouches for the number (DR-203).
NETWORK_CHANNELS = ("ussd", "sms")
NAME_LENGTH = 100


def find(tx: Tx, msisdn: str) -> User | None:
    """The person behind a number in its stored form (`+254712000101`), or None."""
    return tx.session.scalar(select(User).where(User.phone_number == msisdn))


def get(tx: Tx, user_id: int) -> User:
    """The person with this id; raises NotFound."""
    user = tx.session.get(User, user_id)
    if user is None:
        raise NotFound(record="user", id=user_id)
    return user


def actor_for(user: User, channel: str, request_id: str = "") -> Actor:
    """The actor that `user` is on `channel`."""
    return Actor(user.user_id, user.user_role, channel, request_id, user.preferred_language)


def acting(tx: Tx, actor: Actor, *roles: str, verified: bool = True) -> User:
    """The person who acts, if one of `roles`, active (DR-209) and, unless told otherwise, verified (DR-204).

    The role is the one in the table, not the one the channel remembers. No roles given: any role may.
    Raises NotAllowed, Inactive, NotVerified.
    """
    user = tx.session.get(User, actor.user_id) if actor.user_id is not None else None
    if user is None or (roles and user.user_role not in roles):
        raise NotAllowed(role=actor.role)
    if not user.is_active:
        raise Inactive
    if verified and not user.is_verified:
        raise NotVerified
    return user


def may(
    tx: Tx, actor: Actor, verb: Verb, resource: str, *, own: bool, verified: bool = True, **record: object
) -> User:
    """The person who acts, if the matrix lets them do `verb` to this record of `resource` (DR-211, DR-222).

    own     whether the record is the actor's own, as the verb that loaded it sees it; True for a new record
            and for a list that holds nothing but own ones
    record  names it in the error: `order_id=45`

    Raises NotAllowed where the role may not do that to any record, NotFound for a foreign record, and what
    `acting` raises. Admins may also act on records of others; staff scopes narrow what an admin may.
    """
    user = acting(tx, actor, verified=verified)
    reach = scope(user.user_role, verb, resource, staff_scope=user.staff_scope)
    if reach is None:
        raise NotAllowed(role=user.user_role, verb=verb, resource=resource)
    if reach == "own" and not own:
        raise NotFound(record=resource, **record)
    return user


def register(
    tx: Tx,
    *,
    msisdn: str,
    role: str,
    first_name: str,
    language: str,
    channel: str,
    request_id: str = "",
    ward_code: int | None = None,
    landmark: str = "",
    consent_version: str | None,
    last_name: str = "",
    email: str | None = None,
    password: str | None = None,
) -> User:
    """Make a new person known (DR-201 to DR-203); the place and a farmer's farm follow in this transaction.

    msisdn           any spelling of DR-108
    role             customer, farmer or rider
    first_name       may be empty: whoever is registered by an order text has not said it
    channel          over ussd and sms the number counts as verified
    consent_version  the terms agreed to now, or None where that comes with a later answer
    password         where people sign in with one (web, api); at least 8 characters (DR-205)

    Raises NotKenyanMobile, RoleNotOpen, UnknownLanguage, AlreadyRegistered, UnknownWard, PasswordTooShort,
    PasswordTooLong, EmailWrong, EmailTaken. Emits UserRegistered.
    """
    if role not in OPEN_ROLES:
        raise RoleNotOpen(role=role)
    if language not in LANGUAGES:
        raise UnknownLanguage(language=language)
    number = e164(msisdn)
    if find(tx, number) is not None:
        raise AlreadyRegistered
    if password is not None:
        rules.check_password(password)
    user = User(
        phone_number=number,
        email=free_email(tx, email) if email else None,
        first_name=tidy(first_name, NAME_LENGTH),
        last_name=tidy(last_name, NAME_LENGTH),
        password_hash=None if password is None else tx.parts.vault.hash_password(password),
        user_role=role,
        preferred_language=language,
        is_verified=channel in NETWORK_CHANNELS,
        heard_at=tx.now if channel in NETWORK_CHANNELS else None,
        created_at=tx.now,
        updated_at=tx.now,
    )
    tx.session.add(user)
    tx.flush()
    actor = actor_for(user, channel, request_id)
    tx.note(f"user:{user.user_id}", f"registered as {role} ({masked(number)})")
    if consent_version is not None:
        accept_terms(tx, actor, version=consent_version)
    tx.emit(UserRegistered(user.user_id, actor, ward_code, landmark))
    return user


def free_email(tx: Tx, text: str, *, but: int | None = None) -> str:
    """`text` as an address that nobody else has; raises EmailWrong, EmailTaken.

    but  the person whose own address is no obstacle
    """
    address = rules.email(text)
    owner = tx.session.scalar(select(User.user_id).where(User.email == address))
    if owner is not None and owner != but:
        raise EmailTaken
    return address


def accept_terms(tx: Tx, actor: Actor, *, version: str) -> None:
    """Keep the person's yes to `version` of the terms (DR-1901); saying it again adds nothing."""
    user = acting(tx, actor, verified=False)
    given = select(Consent.consent_id).where(Consent.user_id == user.user_id, Consent.version == version)
    if tx.session.scalar(given.limit(1)) is not None:
        return
    tx.session.add(
        Consent(
            user_id=user.user_id,
            version=version,
            language=user.preferred_language,
            channel=actor.channel,
            at=tx.now,
        )
    )
    tx.note(f"user:{user.user_id}", f"accepted terms {version}")


def set_language(tx: Tx, actor: Actor, *, language: str) -> None:
    """Speak `language` (en, sw, kikuyu) with the person from now on; raises UnknownLanguage."""
    if language not in LANGUAGES:
        raise UnknownLanguage(language=language)
    user = acting(tx, actor, verified=False)
    if user.preferred_language != language:
        tx.note(f"user:{user.user_id}", f"language {user.preferred_language} -> {language}")
        user.preferred_language = language
        user.updated_at = tx.now
