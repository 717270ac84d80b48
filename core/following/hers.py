"""What a person follows, in short, as a keypad shows it; one narrow look (DR-506)."""

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


@dataclass(frozen=True)
class Followed:
    """A followed product, and the ward near which."""

    product_id: int
    ward_code: int
    ward: str


def followed(tx: Tx, actor: Actor) -> list[Followed]:
    """What the actor follows, the newest first."""
    rows = tx.look(_ALL, user_id=actor.user_id)
    return [Followed(row.product_id, row.ward_code, tx.parts.places.get(row.ward_code).ward) for row in rows]
