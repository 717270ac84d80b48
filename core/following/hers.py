"""What a person follows, in short, as a keypad shows it; one narrow look each (DR-506)."""

from dataclasses import dataclass

from sqlalchemy import bindparam, select

from core.actor import Actor
from core.db import Tx
from core.following.models import Follow
from core.following.service import MOST_FOLLOWED

_ALL = (
    select(Follow.product_id, Follow.ward_code)
    .where(Follow.user_id == bindparam("user_id"))
    .order_by(Follow.follow_id.desc())
    .limit(MOST_FOLLOWED)
)
_ONE = select(Follow.follow_id).where(
    Follow.user_id == bindparam("user_id"), Follow.product_id == bindparam("product_id")
)


@dataclass(frozen=True)
class Followed:
    """A followed product, and the name of the ward near which."""

    product_id: int
    ward: str


def followed(tx: Tx, actor: Actor) -> list[Followed]:
    """What the actor follows, the newest first."""
    rows = tx.look(_ALL, user_id=actor.user_id)
    return [Followed(row.product_id, tx.parts.places.get(row.ward_code).ward) for row in rows]


def is_followed(tx: Tx, actor: Actor, *, product_id: int) -> bool:
    """Whether the actor follows the product."""
    return tx.look(_ONE, user_id=actor.user_id, product_id=product_id).first() is not None
