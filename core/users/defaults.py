"""What a person has several of, one of them the default: places, ways to pay (DR-301, DR-302, DR-304).

`default_of` holds the owner's id on the default one and nothing on the others; it is unique, so the database
itself keeps it to one. Whoever changes it takes the owner's row first: two at once take turns.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ForeignKey, inspect, select
from sqlalchemy.orm import Mapped, mapped_column

from core.actor import Actor
from core.db import BigId, Tx, UtcDateTime
from core.errors import NotFound
from core.permissions import Verb
from core.users import service as users
from core.users.models import User


class HasDefault:
    """The columns of a thing of which a person has several.

    default_of  the owner's id on the default one, None on the others; unique
    is_active   False: deleted, kept for what was ordered with it (DR-212)
    used_at     when it was last used for an order, else made
    """

    user_id: Mapped[int] = mapped_column(ForeignKey("users.user_id"), index=True)
    default_of: Mapped[int | None] = mapped_column(BigId)
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime] = mapped_column(UtcDateTime)


Thing = TypeVar("Thing", bound=HasDefault)


def lock_owner(tx: Tx, user_id: int) -> None:
    """Whoever else changes this person's defaults waits; to be called before they are read."""
    tx.session.execute(select(User.user_id).where(User.user_id == user_id).with_for_update())


def default_of(tx: Tx, kind: type[Thing], user_id: int) -> Thing | None:
    """The person's default one, or None."""
    return tx.session.scalar(select(kind).where(kind.default_of == user_id))


def listed(tx: Tx, kind: type[Thing], user_id: int) -> Sequence[Thing]:
    """What the person has, the default first, then the most recently used."""
    (key,) = inspect(kind).primary_key  # of two from one moment the later row is the newer
    newest = kind.default_of.is_(None), kind.used_at.desc(), kind.created_at.desc(), key.desc()
    mine = select(kind).where(kind.user_id == user_id, kind.is_active)
    return tx.session.scalars(mine.order_by(*newest)).all()


def in_hand(tx: Tx, actor: Actor, kind: type[Thing], thing_id: int, verb: Verb, resource: str) -> Thing:
    """The one with this id, for whom the matrix lets do `verb` to it; its owner locked if it is to change.

    Raises NotFound for a foreign or deleted one (DR-211), NotAllowed.
    """
    thing = tx.session.get(kind, thing_id)
    own = thing is not None and thing.user_id == actor.user_id
    users.may(tx, actor, verb, resource, own=own, verified=False, id=thing_id)
    if thing is not None and verb != "read":
        lock_owner(tx, thing.user_id)
        tx.session.refresh(thing)
    if thing is None or not thing.is_active:
        raise NotFound(record=resource, id=thing_id)
    return thing


def owned(tx: Tx, actor: Actor, kind: type[Thing], thing_id: int, record: str) -> Thing:
    """One of the actor's own; anybody else's, and a deleted one, is NotFound (DR-211)."""
    thing = tx.session.get(kind, thing_id)
    if thing is None or thing.user_id != actor.user_id or not thing.is_active:
        raise NotFound(record=record, id=thing_id)
    return thing


def keep(tx: Tx, thing: HasDefault, *, default: bool) -> None:
    """Write a new one, its owner locked; the first is the default whatever was said (DR-301)."""
    now_default = default_of(tx, type(thing), thing.user_id)
    if now_default is None:
        thing.default_of = thing.user_id
    elif default:
        _swap(tx, now_default, thing)
    tx.session.add(thing)
    tx.flush()


def make_default(tx: Tx, thing: HasDefault) -> None:
    """Make it the default in place of the one before, the owner locked (DR-301)."""
    now_default = default_of(tx, type(thing), thing.user_id)
    if now_default is thing:
        return
    if now_default is None:
        thing.default_of = thing.user_id
    else:
        _swap(tx, now_default, thing)
    tx.flush()


def retire(tx: Tx, thing: HasDefault) -> None:
    """Delete it softly, the owner locked; of the others the most recently used becomes default (DR-302)."""
    was_default, thing.is_active, thing.default_of = thing.default_of is not None, False, None
    tx.flush()
    others = listed(tx, type(thing), thing.user_id)
    if was_default and others:
        others[0].default_of = thing.user_id
        tx.flush()


def _swap(tx: Tx, old: HasDefault, new: HasDefault) -> None:
    old.default_of = None
    tx.flush()  # the unique key must be free before the next default is written
    new.default_of = new.user_id
