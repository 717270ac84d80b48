"""The same basket every week: asked on the afternoon before, at that day's prices; silence does nothing.

A duty a customer and week, so that nobody is forgotten and nobody asked twice. Nothing is ordered here: the
answer to the question is a yes to a quote like any other (DR-1510).
"""

from datetime import UTC, datetime, timedelta

from core import events
from core.actor import Actor
from core.clock import NAIROBI, nairobi
from core.db import Tx
from core.duties import service as duties
from core.errors import DomainError
from core.locations import service as locations
from core.orders import counter, fitting
from core.orders.models import WeeklyBasket
from core.users import service as users
from core.users.models import User

WEEK = 7


def begin(tx: Tx, actor: Actor, *, weekday: int) -> WeeklyBasket:
    """From now on she is asked before each `weekday` (0 is Monday); another day takes its place.

    Raises NotAllowed.
    """
    user = users.may(tx, actor, "create", "orders", own=True, verified=False)
    row = tx.session.get(WeeklyBasket, user.user_id, with_for_update=True)
    if row is None:
        row = WeeklyBasket(user_id=user.user_id, weekday=weekday, created_at=tx.now)
        tx.session.add(row)
    row.weekday, row.is_on = weekday, True
    tx.note(f"user:{user.user_id}", f"weekly basket, day {weekday}")
    tx.flush()
    duties.drop(tx, "weekly_basket", user.user_id)
    _want_next(tx, row)
    return row


def end(tx: Tx, actor: Actor) -> bool:
    """She is asked no more; returns whether she was. Raises NotAllowed."""
    user = users.may(tx, actor, "delete", "orders", own=True)
    duties.drop(tx, "weekly_basket", user.user_id)
    row = tx.session.get(WeeklyBasket, user.user_id, with_for_update=True)
    if row is None or not row.is_on:
        return False
    row.is_on = False
    tx.note(f"user:{user.user_id}", "no weekly basket")
    tx.flush()
    return True


def ask(tx: Tx, user_id: int) -> None:
    """The duty weekly_basket: what she bought last, quoted for today, is put to her. Emits BasketDue.

    Nothing where she has ended it, is switched off, or has bought nothing yet.
    """
    row = tx.session.get(WeeklyBasket, user_id, with_for_update=True)
    user = tx.session.get(User, user_id)
    if row is None or not row.is_on or user is None or not user.is_active or user.user_role != "customer":
        return
    _want_next(tx, row)
    row.asked_at = tx.now
    actor = users.actor_for(user, "job")
    lines, place = counter.bought_last(tx, actor), locations.default_of(tx, user_id)
    if not lines or place is None:
        return
    try:
        fitted = fitting.fit(tx, actor, lines=lines, location_id=place.location_id, fill_up=True)
        quote = fitted.quote
    except DomainError:  # nothing can be brought to her now: she is told so
        quote = None
    tx.emit(events.BasketDue(user_id, None if quote is None else quote.quote_id, _until(tx)))


def _want_next(tx: Tx, row: WeeklyBasket) -> None:
    """The afternoon before her day, this week or the next."""
    local = nairobi(tx.now)
    at = tx.setting("order.weekly_ask_local")
    days = (row.weekday - 1 - local.weekday()) % WEEK
    due = datetime.combine(local.date() + timedelta(days=days), at, NAIROBI).astimezone(UTC)
    if due <= tx.now:
        due += timedelta(days=WEEK)
    duties.want(
        tx,
        "weekly_basket",
        row.user_id,
        at=due,
        key=f"weekly_basket:{row.user_id}:{due:%Y%m%d%H%M}:{tx.now:%m%d%H%M%S}",
    )


def _until(tx: Tx) -> datetime:
    """Her yes is worth something until orders for tomorrow close (DR-705), an hour at least."""
    cutoff = datetime.combine(nairobi(tx.now).date(), tx.setting("order.cutoff_local"), NAIROBI)
    return max(cutoff.astimezone(UTC), tx.now + timedelta(hours=1))
