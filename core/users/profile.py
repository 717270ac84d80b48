"""A person's profile: what it shows, and what she may change of it (DR-207, DR-211, 2.1)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.actor import Actor
from core.audit import service as audit
from core.db import Database, Tx
from core.msisdn import national
from core.users import marketing, pins, rules
from core.users import service as users
from core.users.errors import PinMissing, UnknownField, UnknownLanguage
from core.users.models import User
from core.words import tidy

SWITCHES = (
    "sms_notifications",
    "email_notifications",
    "marketing_notifications",
    "order_updates",
    "weather_alerts",
    "price_alerts",
)
# What tells people apart; changing it over USSD or SMS needs the PIN (DR-207).
GUARDED = ("first_name", "last_name", "email", "profile_photo_url")


@dataclass(frozen=True)
class ProfileView:
    """A profile as the platform document's JSON has it; the number in national form (DR-107, DR-108)."""

    user_id: int
    phone_number: str
    email: str | None
    first_name: str
    last_name: str
    user_role: str
    profile_photo_url: str | None
    preferred_language: str
    sms_notifications: bool
    email_notifications: bool
    marketing_notifications: bool
    order_updates: bool
    weather_alerts: bool
    price_alerts: bool
    is_active: bool
    is_verified: bool
    created_at: datetime
    updated_at: datetime


def view(tx: Tx, actor: Actor, *, user_id: int | None = None) -> ProfileView:
    """The actor's own profile; an admin may look at another's (see `look_at`, which is audited).

    Raises NotFound (also for somebody else's), and what users.may raises.
    """
    wanted = actor.user_id if user_id is None else user_id
    users.may(tx, actor, "read", "profile", own=wanted == actor.user_id, verified=False, user_id=wanted)
    assert wanted is not None, "somebody acts"
    return _view(users.get(tx, wanted))


def look_at(tx: Tx, actor: Actor, *, user_id: int, reason: str = "") -> ProfileView:
    """An admin looks at somebody's full personal data; audited (DR-1801). Raises NotAllowed, NotFound."""
    seen = view(tx, actor, user_id=user_id)
    if user_id != actor.user_id:
        audit.record(tx, actor, what="user.view", record=f"user:{user_id}", reason=reason)
    return seen


def update(
    db: Database, actor: Actor, *, changes: Mapping[str, object], pin: str | None = None, once_key: str = ""
) -> ProfileView:
    """Change the actor's own profile: names, e-mail, photo, language, switches (PATCH users/profile).

    changes  a field's name and its new value; a switch is true or false; e-mail and photo may be None
    pin      needed over USSD and SMS for anything but language and switches (DR-207): there the phone alone
             would do, while on the web the password has been asked

    Nothing is changed unless everything can be. Raises UnknownField (field), UnknownLanguage, EmailWrong,
    EmailTaken, PhotoWrong, PinMissing, and what pins.with_pin and users.may raise.
    """

    def work(tx: Tx) -> ProfileView:
        user = users.may(tx, actor, "update", "profile", own=True, verified=False)
        _apply(tx, actor, user, changes)
        return _view(user)

    if actor.channel in users.NETWORK_CHANNELS and any(name in GUARDED for name in changes):
        if pin is None:
            raise PinMissing
        return pins.with_pin(db, actor, pin=pin, once_key=once_key, work=work)
    return db.run(work)


def correct(tx: Tx, actor: Actor, *, user_id: int, changes: Mapping[str, object], reason: str) -> ProfileView:
    """An admin changes somebody's profile, with a reason; the names of the fields are audited, not what stood
    there. Raises what `update` raises, NotAllowed, NotFound."""
    users.may(tx, actor, "update", "profile", own=False, user_id=user_id)
    user = users.get(tx, user_id)
    _apply(tx, actor, user, changes)
    fields = {"fields": sorted(changes)}
    audit.record(tx, actor, what="user.correct", record=f"user:{user_id}", changes=fields, reason=reason)
    return _view(user)


def _apply(tx: Tx, actor: Actor, user: User, changes: Mapping[str, object]) -> None:
    new = {name: _checked(tx, user, name, value) for name, value in changes.items()}
    changed = sorted(name for name, value in new.items() if getattr(user, name) != value)
    if not changed:
        return
    for name in changed:
        setattr(user, name, new[name])
    user.updated_at = tx.now
    if "marketing_notifications" in changed:
        marketing.keep_consent(tx, actor, user)
    tx.note(f"user:{user.user_id}", f"changed {', '.join(changed)}")


def _checked(tx: Tx, user: User, name: str, value: object) -> Any:
    """The value as it is stored; raises UnknownField for a field or a type that cannot be."""
    if name in SWITCHES and isinstance(value, bool):
        return value
    if name in ("email", "profile_photo_url") and value in (None, ""):
        return None
    reader = _READERS.get(name)
    if reader is None or not isinstance(value, str):
        raise UnknownField(field=name)
    return reader(tx, user, value)


def _name(tx: Tx, user: User, value: str) -> str:
    return tidy(value, users.NAME_LENGTH)


def _email(tx: Tx, user: User, value: str) -> str:
    return users.free_email(tx, value, but=user.user_id)


def _photo(tx: Tx, user: User, value: str) -> str:
    return rules.photo_url(value)


def _language(tx: Tx, user: User, value: str) -> str:
    if value not in users.LANGUAGES:
        raise UnknownLanguage(language=value)
    return value


_READERS: Mapping[str, Callable[[Tx, User, str], str]] = {
    "first_name": _name,
    "last_name": _name,
    "email": _email,
    "profile_photo_url": _photo,
    "preferred_language": _language,
}


def _view(user: User) -> ProfileView:
    return ProfileView(
        user_id=user.user_id,
        phone_number=national(user.phone_number),
        email=user.email,
        first_name=user.first_name,
        last_name=user.last_name,
        user_role=user.user_role,
        profile_photo_url=user.profile_photo_url,
        preferred_language=user.preferred_language,
        sms_notifications=user.sms_notifications,
        email_notifications=user.email_notifications,
        marketing_notifications=user.marketing_notifications,
        order_updates=user.order_updates,
        weather_alerts=user.weather_alerts,
        price_alerts=user.price_alerts,
        is_active=user.is_active,
        is_verified=user.is_verified,
        created_at=user.created_at,
        updated_at=user.updated_at,
    )
