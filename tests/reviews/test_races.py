"""Ratings at the same moment: one review each, and sums that lose none (DR-1401, DR-1403)."""

from collections.abc import Callable
from typing import Any

from core.following import service as following
from core.following.models import Follow
from core.reviews import service as reviews
from core.reviews.models import RatingSum, Review
from tests.orders.shop import Shop
from tests.orders.test_races import at_once
from tests.proving import proves


def rating(shop: Shop, order_id: int, stars: int) -> Callable[[], Any]:
    actor = shop.cast.customer.actor
    return lambda: shop.db.run(lambda tx: reviews.rate_order(tx, actor, order_id=order_id, stars=stars))


@proves("DR-1401")
def test_the_same_answer_many_times_at_once_is_one_rating(shop: Shop) -> None:
    shop.publish()
    order = shop.delivered_order()
    assert at_once(*[rating(shop, order.order_id, 5)] * 8) == ["ok"] * 8
    with shop.db.read() as tx:
        assert [row.stars for row in tx.session.query(Review)] == [5, 5]
        assert {row.reviews for row in tx.session.query(RatingSum)} == {1}


@proves("DR-1401")
def test_two_different_answers_at_once_leave_one_of_them(shop: Shop) -> None:
    shop.publish()
    order = shop.delivered_order()
    outcomes = at_once(rating(shop, order.order_id, 5), rating(shop, order.order_id, 1))
    assert outcomes == ["ok", "reviews.already"]
    with shop.db.read() as tx:
        assert len({row.stars for row in tx.session.query(Review)}) == 1


@proves("DR-1403")
def test_ratings_of_one_farmer_at_once_all_count(shop: Shop) -> None:
    """The first of them also makes the row of the sum."""
    shop.publish("500")
    orders = [shop.delivered_order(f"sms-{number}") for number in range(1, 5)]
    assert at_once(*(rating(shop, order.order_id, 4) for order in orders)) == ["ok"] * 4
    with shop.db.read() as tx:
        kept = {row.about.partition(":")[0]: (row.stars, row.reviews) for row in tx.session.query(RatingSum)}
    assert kept == {"farmer": (16, 4), "product": (16, 4), "rider": (16, 4)}


@proves("DR-506")
def test_following_twice_at_once_is_following_once(shop: Shop) -> None:
    actor = shop.cast.customer.actor

    def follow() -> None:
        shop.db.run(lambda tx: following.follow(tx, actor, product_id=shop.product()))

    assert at_once(*[follow] * 8) == ["ok"] * 8
    with shop.db.read() as tx:
        assert tx.session.query(Follow).count() == 1
