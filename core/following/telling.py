"""Whom to tell: that there is some (DR-506, L1, L5), and that the price has moved (DR-504).

Both go through the followers of a product in small batches, each its own duty, so that a product with
thousands of followers holds nobody up. Who is told what in words, core/notifications/about_market.py says.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import ColumnElement, or_, select

from core.clock import nairobi_date
from core.db import Tx
from core.following import rules
from core.following.models import Follow
from core.following.near import wards_near
from core.following.rules import Seen
from core.insights import service as insights
from core.insights.lists import common_unit
from core.insights.service import Average
from core.users.models import User

BATCH = 200
# Who buys is told that there is some; who buys or sells, that the price has moved.
BUYERS = ("customer",)
TRADERS = ("customer", "farmer")


@dataclass(frozen=True)
class Moved:
    """A follower for whom the average has moved: from `before` to `now`, KES for one `unit`."""

    user: User
    before: Decimal
    now: Average
    unit: str


def watchers(tx: Tx, *, product_id: int, ward_code: int, seller_id: int) -> tuple[list[User], bool]:
    """Who is to be told now that a product is for sale in a ward, and whether there may be more of them.

    Active customers who follow it near by and were not told today, at most 200; from now on they were.
    """
    today = nairobi_date(tx.now)
    buyers = select(User.user_id).where(User.is_active, User.user_role.in_(BUYERS), User.user_id != seller_id)
    found = _next(
        tx,
        product_id,
        Follow.ward_code.in_(wards_near(tx, ward_code)),
        or_(Follow.told_on.is_(None), Follow.told_on < today),
        Follow.user_id.in_(buyers),
    )
    for row in found:
        row.told_on = today
    people = _people(tx, found)
    tx.flush()
    return [people[row.user_id] for row in found], len(found) == BATCH


def followed(tx: Tx) -> Sequence[int]:
    """Every product that somebody follows."""
    return tx.session.scalars(select(Follow.product_id).distinct().order_by(Follow.product_id)).all()


def moved(tx: Tx, product_id: int) -> tuple[list[Moved], bool]:
    """For whom the price of a product has moved enough, and whether there are more to look at today.

    The average is that of the county of each follower's ward (DR-501). A first look only remembers it. At
    most 200 followers are looked at, each once a day.
    """
    today = nairobi_date(tx.now)
    found = _next(tx, product_id, or_(Follow.looked_on.is_(None), Follow.looked_on < today))
    people = _people(tx, found)
    unit = common_unit(tx, product_id)
    averages: dict[int, Average | None] = {}
    told: list[Moved] = []
    for row in found:
        county_code = tx.parts.places.get(row.ward_code).county_code
        if county_code not in averages:
            averages[county_code] = insights.market_average(
                tx, product_id, county_code=county_code, unit=unit
            )
        row.looked_on = today
        told.extend(_look(tx, row, people[row.user_id], averages[county_code], unit))
    tx.flush()
    return told, len(found) == BATCH


def _next(tx: Tx, product_id: int, *conditions: ColumnElement[bool]) -> Sequence[Follow]:
    """The next followers of a product, locked; the people themselves are not, they may be dialling."""
    query = select(Follow).where(Follow.product_id == product_id, *conditions).with_for_update()
    ordered = query.order_by(Follow.follow_id).limit(BATCH)
    return tx.session.scalars(ordered.execution_options(populate_existing=True)).all()


def _people(tx: Tx, follows: Sequence[Follow]) -> dict[int, User]:
    ids = [row.user_id for row in follows]
    return {user.user_id: user for user in tx.session.scalars(select(User).where(User.user_id.in_(ids)))}


def _look(tx: Tx, follow: Follow, user: User, average: Average | None, unit: str) -> Iterator[Moved]:
    if average is None:
        return
    before = None if follow.alerted_price is None else Seen(follow.alerted_price, follow.alerted_basis)
    now = Seen(average.price, average.basis)
    has_moved = rules.has_moved(before, now, tx.setting("price.alert_change_percent"))
    if has_moved and before is not None and user.is_active and user.user_role in TRADERS:
        yield Moved(user, before.price, average, unit)
    if has_moved or before is None or before.basis != now.basis:
        follow.alerted_price, follow.alerted_basis = now.price, now.basis
