"""Following a product near a ward, and how many there wait for it (DR-506, DR-1212)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, exists, func, or_, select, union

from core import rows
from core.actor import Actor
from core.catalogue.errors import UnknownProduct
from core.clock import nairobi_date
from core.db import Tx
from core.events import DemandUnserved
from core.following.errors import FollowsTooMany, PeriodWrong, PlaceMissing
from core.following.models import Follow, WaitingDemand
from core.following.near import NearestView, nearest, wards_near
from core.locations import service as locations
from core.users import service as users
from core.users.models import User

__all__ = [
    "NearestView", "asked_near", "demand_unserved", "follow", "following", "is_wanted", "nearest",
    "unfollow", "waiting_demand", "wards_near",
]  # fmt: skip

MOST_FOLLOWED = 50
# Who asked longer ago has found it elsewhere.
LATELY = timedelta(days=30)
MOST_FIGURES = 1000


_WANTED = select(
    or_(
        exists().where(Follow.product_id == bindparam("product_id")),
        exists().where(
            WaitingDemand.product_id == bindparam("product_id"), WaitingDemand.day >= bindparam("since")
        ),
    )
)


@dataclass(frozen=True)
class FollowView:
    """A followed product and near which ward."""

    product_id: int
    ward_code: int
    ward: str
    county: str
    since: datetime


@dataclass(frozen=True)
class DemandView:
    """Waiting demand of one product in one ward: how many people, and on how many days they asked in all."""

    ward_code: int
    ward: str
    county: str
    product_id: int
    people: int
    times: int


def follow(tx: Tx, actor: Actor, *, product_id: int, ward_code: int | None = None) -> FollowView:
    """Hear of a product near a ward: when there is some, and when its price moves.

    ward_code  else that of the actor's default place

    Following again moves it to the ward that was given; without one it stays where it is. Raises NotAllowed,
    UnknownProduct (also for one that is not sold any more), UnknownWard, PlaceMissing, FollowsTooMany.
    """
    user = users.may(tx, actor, "create", "following", own=True, verified=False)
    if not tx.parts.products.entry(product_id).active:
        raise UnknownProduct(id=product_id)
    if ward_code is not None:
        tx.parts.places.get(ward_code)
    row = _of(tx, user.user_id, product_id)
    if row is None:
        if _count(tx, user.user_id) >= MOST_FOLLOWED:
            raise FollowsTooMany(limit=MOST_FOLLOWED)
        row = Follow(
            user_id=user.user_id,
            product_id=product_id,
            ward_code=_ward(tx, user.user_id, ward_code),
            created_at=tx.now,
        )
        rows.add(tx, row)
        tx.note(f"user:{user.user_id}", f"follows product:{product_id}")
    elif ward_code not in (None, row.ward_code):
        # Another place has other prices: the next look there is the first.
        row.ward_code, row.alerted_price, row.alerted_basis = ward_code, None, ""
        tx.note(f"user:{user.user_id}", f"follows product:{product_id} elsewhere")
        tx.flush()
    return _view(tx, row)


def unfollow(tx: Tx, actor: Actor, *, product_id: int) -> bool:
    """Hear no more of a product; returns whether it was followed. Raises NotAllowed."""
    user = users.may(tx, actor, "delete", "following", own=True, verified=False)
    row = _of(tx, user.user_id, product_id)
    if row is None:
        return False
    tx.session.delete(row)
    tx.note(f"user:{user.user_id}", f"follows product:{product_id} no more")
    tx.flush()
    return True


def following(tx: Tx, actor: Actor) -> list[FollowView]:
    """What the actor follows, the newest first. Raises NotAllowed."""
    user = users.may(tx, actor, "read", "following", own=True, verified=False)
    query = select(Follow).where(Follow.user_id == user.user_id).order_by(Follow.follow_id.desc())
    return [_view(tx, row) for row in tx.session.scalars(query)]


def asked_near(tx: Tx, product_id: int, ward_code: int) -> int:
    """How many active people near a ward follow a product or could lately not be served with it (DR-506).

    A farmer who lists it there is told, when there are any. Raises UnknownWard.
    """
    near = wards_near(tx, ward_code)
    since = nairobi_date(tx.now) - LATELY
    people = union(
        select(Follow.user_id).where(Follow.product_id == product_id, Follow.ward_code.in_(near)),
        select(WaitingDemand.user_id).where(
            WaitingDemand.product_id == product_id,
            WaitingDemand.ward_code.in_(near),
            WaitingDemand.day >= since,
        ),
    ).subquery()
    active = select(func.count()).select_from(people).join(User, User.user_id == people.c.user_id)
    return tx.session.scalar(active.where(User.is_active)) or 0


def is_wanted(tx: Tx, product_id: int) -> bool:
    """Whether anybody follows a product or waits for it anywhere; one look."""
    since = nairobi_date(tx.now) - LATELY
    return bool(tx.look(_WANTED, product_id=product_id, since=since).scalar())


def demand_unserved(tx: Tx, happened: DemandUnserved) -> None:
    """Reaction: somebody could not be served; counted once a person, product, ward and day (DR-1212)."""
    day = nairobi_date(tx.now)
    row = WaitingDemand(
        user_id=happened.user_id,
        product_id=happened.product_id,
        ward_code=happened.ward_code,
        day=day,
        once_key=f"{happened.user_id}:{happened.product_id}:{happened.ward_code}:{day}",
        at=tx.now,
    )
    if rows.add_once(tx, row, WaitingDemand.once_key):
        tx.note(f"product:{happened.product_id}", f"waited for in ward {happened.ward_code}")


def waiting_demand(
    tx: Tx, actor: Actor, *, since: date, until: date, product_id: int | None = None
) -> list[DemandView]:
    """What people asked for and could not have, by ward and product, most people first; for admins (DR-1212).

    since, until  days in Nairobi, both included; the first thousand rows

    Raises NotAllowed, NotFound, PeriodWrong.
    """
    users.may(tx, actor, "read", "stats", own=False)
    if not (isinstance(since, date) and isinstance(until, date)) or since > until:
        raise PeriodWrong
    people = func.count(WaitingDemand.user_id.distinct())
    figures = people.label("people"), func.count().label("times")
    query = (
        select(WaitingDemand.ward_code, WaitingDemand.product_id, *figures)
        .where(WaitingDemand.day.between(since, until))
        .group_by(WaitingDemand.ward_code, WaitingDemand.product_id)
        .order_by(people.desc(), WaitingDemand.ward_code, WaitingDemand.product_id)
        .limit(MOST_FIGURES)
    )
    if product_id is not None:
        query = query.where(WaitingDemand.product_id == product_id)
    found = []
    for row in tx.session.execute(query):
        ward = tx.parts.places.get(row.ward_code)
        found.append(DemandView(ward.code, ward.ward, ward.county, row.product_id, row.people, row.times))
    return found


def _of(tx: Tx, user_id: int, product_id: int) -> Follow | None:
    query = select(Follow).where(Follow.user_id == user_id, Follow.product_id == product_id)
    return tx.session.scalar(query.with_for_update())


def _count(tx: Tx, user_id: int) -> int:
    return tx.session.scalar(select(func.count()).where(Follow.user_id == user_id)) or 0


def _ward(tx: Tx, user_id: int, ward_code: int | None) -> int:
    if ward_code is not None:
        return ward_code
    place = locations.default_of(tx, user_id)
    if place is None:
        raise PlaceMissing
    return place.ward_code


def _view(tx: Tx, row: Follow) -> FollowView:
    ward = tx.parts.places.get(row.ward_code)
    return FollowView(row.product_id, ward.code, ward.ward, ward.county, row.created_at)
