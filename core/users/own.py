"""What a person sees of herself on a phone: narrow looks at profile, consent, role (DR-201, DR-1901)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from core.actor import Actor
from core.db import Tx
from core.errors import NotFound
from core.events import WorkSought
from core.users.marketing import OFF, ON
from core.users.models import Consent, User
from core.users.profile import SWITCHES


@dataclass(frozen=True)
class OwnView:
    """Name, e-mail (None: has none) and the six switches by their field's name."""

    first_name: str
    last_name: str
    email: str | None
    switches: dict[str, bool]


@dataclass(frozen=True)
class AgreedView:
    """The terms that were agreed to last, and when; None: never."""

    version: str
    at: datetime


_OWN = select(User.first_name, User.last_name, User.email, *(getattr(User, name) for name in SWITCHES)).where(
    User.user_id == bindparam("user_id")
)
_AGREED = (
    select(Consent.version, Consent.at)
    .where(Consent.user_id == bindparam("user_id"), Consent.version.not_in((ON, OFF)))
    .order_by(Consent.consent_id.desc())
    .limit(1)
)


def view(tx: Tx, actor: Actor) -> OwnView:
    """The actor's own profile in one narrow look. Raises NotFound for a stranger."""
    row = tx.look(_OWN, user_id=actor.user_id).first()
    if row is None:
        raise NotFound(record="user", id=actor.user_id)
    switches = {name: bool(getattr(row, name)) for name in SWITCHES}
    return OwnView(row.first_name, row.last_name, row.email, switches)


def agreed(tx: Tx, actor: Actor) -> AgreedView | None:
    """The version of the terms that the actor agreed to last (DR-1901)."""
    row = tx.look(_AGREED, user_id=actor.user_id).first()
    return None if row is None else AgreedView(row.version, row.at)


def may_choose_role(tx: Tx, actor: Actor) -> bool:
    """Whether the actor has neither ordered, listed nor delivered anything yet (DR-201)."""
    if actor.user_id is None:
        return False
    asked = WorkSought(user_id=actor.user_id)
    tx.emit(asked)
    return not asked.ever
