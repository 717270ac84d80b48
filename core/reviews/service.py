"""Rating what was delivered: the produce, its farmer, the rider (DR-1401 to DR-1404)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy import select

from core import rows
from core.actor import Actor
from core.audit import service as audit
from core.db import Tx
from core.deliveries.models import Delivery
from core.events import DisputesSought
from core.orders import locks as order_locks
from core.orders import service as orders
from core.orders.models import Order, OrderItem
from core.reviews import rules, sums
from core.reviews.errors import (
    AlreadyReviewed,
    EditClosed,
    NotDelivered,
    OwnReview,
    ReasonMissing,
    ReviewHidden,
    ReviewUnknown,
    WindowClosed,
)
from core.reviews.models import Review
from core.reviews.sums import farmer_rating, product_rating, rider_rating
from core.users import service as users
from core.words import reason_of, tidy

__all__ = [
    "delete", "edit", "farmer_rating", "hide", "product_rating", "rate_order", "review_delivery",
    "review_item", "rider_rating", "show_again",
]  # fmt: skip

RATED_ORDERS = ("delivered", "completed")
LONGEST_REASON = 160


def review_item(tx: Tx, actor: Actor, *, order_item_id: int, stars: int, text: str = "") -> Review:
    """Rate an item's product and farmer by one number of stars (DR-1401, DR-1402).

    stars  1 to 5, whole
    text   300 characters at most

    The same again changes nothing. A rating of 3 to 5 of all that an order brought confirms it (O15).
    Raises StarsOutOfBounds, TextTooLong, ReviewUnknown (foreign or not there), NotDelivered, WindowClosed,
    AlreadyReviewed, OwnReview, and what users.may raises.
    """
    order_id = tx.session.scalar(select(OrderItem.order_id).where(OrderItem.order_item_id == order_item_id))
    order = _rateable(tx, actor, order_id, stars, text)
    item = next(item for item in order.items if item.order_item_id == order_item_id)
    if item.item_status != "delivered":
        raise NotDelivered
    _check_window(tx, order)
    review = _write(tx, actor, _of_item(item), stars, text)
    _confirm_if_content(tx, actor, order)
    return review


def review_delivery(tx: Tx, actor: Actor, *, delivery_id: int, stars: int, text: str = "") -> Review:
    """Rate the rider of a delivery; only its customer may (DR-1401). Otherwise as `review_item`.

    An order that nobody brought (collected at the farm) has no rider to rate: NotDelivered.
    """
    found = tx.session.execute(select(Delivery.order_id).where(Delivery.delivery_id == delivery_id)).first()
    order = _rateable(tx, actor, found.order_id if found else None, stars, text)
    delivery = _delivery_of(tx, order)
    if delivery is None or not _was_brought(delivery):
        raise NotDelivered
    _check_window(tx, order)
    return _write(tx, actor, _of_delivery(delivery), stars, text)


def rate_order(tx: Tx, actor: Actor, *, order_id: int, stars: int, text: str = "") -> Sequence[Review]:
    """The answer 1 to 5 to the delivered message: for every delivered item and for the rider (DR-1404).

    What was rated one by one before stays as it was. 3 to 5 confirms the order (O15), unless there is an open
    dispute. Raises as `review_item`; AlreadyReviewed when nothing is left to rate and the answer is another.
    """
    order = _rateable(tx, actor, order_id, stars, text)
    _check_window(tx, order)
    wanted = [_of_item(item) for item in order.items if item.item_status == "delivered"]
    delivery = _delivery_of(tx, order)
    if delivery is not None and _was_brought(delivery):
        wanted.append(_of_delivery(delivery))
    present = _of_order(tx, order_id)
    done = {(review.order_item_id, review.delivery_id) for review in present}
    left = [review for review in wanted if (review.order_item_id, review.delivery_id) not in done]
    if not left:
        if any(review.stars != stars for review in present):
            raise AlreadyReviewed
        return present
    written = [_write(tx, actor, review, stars, text) for review in left]
    if stars >= rules.CONTENT:
        _confirm(tx, actor, order)
    return written


def edit(
    tx: Tx, actor: Actor, *, review_id: int, stars: int | None = None, text: str | None = None
) -> Review:
    """Its author says it otherwise, within `review.edit_days` (DR-1402); None leaves that part as it is.

    Raises StarsOutOfBounds, TextTooLong, ReviewUnknown, ReviewHidden, EditClosed.
    """
    review = _own(tx, actor, review_id, "update")
    new_stars = review.stars if stars is None else rules.check_stars(stars)
    new_text = review.text if text is None else tidy(rules.check_text(text), rules.LONGEST_TEXT)
    if (new_stars, new_text) != (review.stars, review.text):
        sums.count(tx, review, stars=new_stars - review.stars, reviews=0)
        review.stars, review.text, review.updated_at = new_stars, new_text, tx.now
        tx.note(f"review:{review_id}", f"changed, {new_stars} stars")
        tx.flush()
    return review


def delete(tx: Tx, actor: Actor, *, review_id: int) -> None:
    """Its author takes it back, within `review.edit_days` (DR-1402).

    Raises ReviewUnknown (also for one that is gone already), ReviewHidden, EditClosed.
    """
    review = _own(tx, actor, review_id, "delete")
    sums.count(tx, review, stars=-review.stars, reviews=-1)
    tx.session.delete(review)
    tx.note(f"review:{review_id}", "taken back")
    tx.flush()


def hide(tx: Tx, actor: Actor, *, review_id: int, reason: str) -> Review:
    """An admin takes a review out of sight and out of the averages, saying why (DR-1402, audited).

    A hidden one stays as it is. Raises NotAllowed, ReviewUnknown, ReasonMissing.
    """
    review, why = _moderated(tx, actor, review_id, reason)
    if review.hidden_at is None:
        review.hidden_at, review.hidden_by, review.hidden_reason = tx.now, actor.user_id, why
        sums.count(tx, review, stars=-review.stars, reviews=-1)
        _audit(tx, actor, review, "review.hide", [False, True], why)
    return review


def show_again(tx: Tx, actor: Actor, *, review_id: int, reason: str) -> Review:
    """An admin takes the hiding back; a visible one stays as it is. Raises as `hide`."""
    review, why = _moderated(tx, actor, review_id, reason)
    if review.hidden_at is not None:
        review.hidden_at, review.hidden_by, review.hidden_reason = None, None, ""
        sums.count(tx, review, stars=review.stars, reviews=1)
        _audit(tx, actor, review, "review.show", [True, False], why)
    return review


def _rateable(tx: Tx, actor: Actor, order_id: int | None, stars: object, text: object) -> Order:
    """The actor's own delivered order, locked; nobody else's, an admin's neither: it is her word."""
    rules.check_stars(stars)
    rules.check_text(text)
    query = select(Order.customer_id).where(Order.order_id == order_id)
    customer_id = None if order_id is None else tx.session.scalar(query)
    own = customer_id is not None and customer_id == actor.user_id
    users.may(tx, actor, "create", "reviews", own=own)
    if not own or order_id is None:
        raise ReviewUnknown(order_id=order_id)
    order = order_locks.order(tx, order_id)
    if order.order_status not in RATED_ORDERS:
        raise NotDelivered
    return order


def _check_window(tx: Tx, order: Order) -> None:
    days = tx.setting("review.window_days")
    if not rules.is_within(_delivered_at(tx, order), tx.now, days):
        raise WindowClosed(days=days)


def _delivered_at(tx: Tx, order: Order) -> datetime:
    delivery = _delivery_of(tx, order)
    if delivery is None or delivery.delivered_at is None:
        raise NotDelivered
    return delivery.delivered_at


def _delivery_of(tx: Tx, order: Order) -> Delivery | None:
    return tx.session.scalar(select(Delivery).where(Delivery.order_id == order.order_id))


def _was_brought(delivery: Delivery) -> bool:
    """Whether a rider brought it; what was collected was handed over by its farmer or a point's keeper."""
    return delivery.rider_id is not None and delivery.way != "collect"


def _of_order(tx: Tx, order_id: int) -> Sequence[Review]:
    return tx.session.scalars(select(Review).where(Review.order_id == order_id)).all()


def _of_item(item: OrderItem) -> Review:
    return Review(
        order_id=item.order_id,
        order_item_id=item.order_item_id,
        product_id=item.product_id,
        farmer_id=item.farmer_id,
    )


def _of_delivery(delivery: Delivery) -> Review:
    return Review(order_id=delivery.order_id, delivery_id=delivery.delivery_id, rider_id=delivery.rider_id)


def _write(tx: Tx, actor: Actor, review: Review, stars: int, text: str) -> Review:
    """Keep a new review; the present one where it says the same. The order is locked."""
    if actor.user_id in (review.farmer_id, review.rider_id):
        raise OwnReview
    kept = tidy(text, rules.LONGEST_TEXT)
    for present in _of_order(tx, review.order_id):
        if (present.order_item_id, present.delivery_id) == (review.order_item_id, review.delivery_id):
            if (present.stars, present.text) != (stars, kept):
                raise AlreadyReviewed
            return present
    assert actor.user_id is not None, "a person rates"
    review.author_id, review.stars, review.text = actor.user_id, stars, kept
    review.created_at = review.updated_at = tx.now
    rows.add(tx, review)
    sums.count(tx, review, stars=stars, reviews=1)
    tx.note(f"review:{review.review_id}", f"{stars} stars")
    return review


def _confirm_if_content(tx: Tx, actor: Actor, order: Order) -> None:
    rated = {review.order_item_id: review.stars for review in _of_order(tx, order.order_id)}
    brought = [item.order_item_id for item in order.items if item.item_status == "delivered"]
    if all(rated.get(item_id, 0) >= rules.CONTENT for item_id in brought):
        _confirm(tx, actor, order)


def _confirm(tx: Tx, actor: Actor, order: Order) -> None:
    """O15: who is content confirms the order, unless its money is disputed."""
    sought = DisputesSought((order.order_id,))
    tx.emit(sought)
    if order.order_status == "delivered" and not sought.disputed:
        orders.complete(tx, actor, order.order_id)


def _own(tx: Tx, actor: Actor, review_id: int, verb: Literal["update", "delete"]) -> Review:
    """The actor's own visible review, locked, while it may still be changed."""
    review = _locked(tx, review_id)
    own = review is not None and review.author_id == actor.user_id
    users.may(tx, actor, verb, "reviews", own=own)
    if review is None or not own:
        raise ReviewUnknown(review_id=review_id)
    if review.hidden_at is not None:
        raise ReviewHidden
    days = tx.setting("review.edit_days")
    if not rules.is_within(review.created_at, tx.now, days):
        raise EditClosed(days=days)
    return review


def _moderated(tx: Tx, actor: Actor, review_id: int, reason: str) -> tuple[Review, str]:
    """The review an admin decides about, locked, and the reason."""
    users.may(tx, actor, "update", "reviews", own=False)
    why = reason_of(reason, LONGEST_REASON)
    if not why:
        raise ReasonMissing
    review = _locked(tx, review_id)
    if review is None:
        raise ReviewUnknown(review_id=review_id)
    return review, why


def _locked(tx: Tx, review_id: int) -> Review | None:
    query = select(Review).where(Review.review_id == review_id).with_for_update()
    return tx.session.scalar(query.execution_options(populate_existing=True))


def _audit(tx: Tx, actor: Actor, review: Review, what: str, hidden: list[bool], why: str) -> None:
    record = f"review:{review.review_id}"
    audit.record(tx, actor, what=what, record=record, changes={"hidden": hidden}, reason=why)
    tx.note(record, "hidden" if hidden[1] else "shown again")
    tx.flush()
