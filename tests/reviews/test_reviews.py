"""Rating what was delivered (DR-1401 to DR-1404)."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from core.actor import Actor
from core.audit.models import AuditRow
from core.db import Tx
from core.errors import DomainError, NotAllowed, NotFound
from core.events import RatingSought
from core.orders.models import Order
from core.reviews import lists, standing, sums
from core.reviews import service as reviews
from core.reviews.errors import (
    AlreadyReviewed,
    EditClosed,
    NotDelivered,
    OwnReview,
    ReasonMissing,
    ReviewHidden,
    ReviewUnknown,
    StarsOutOfBounds,
    TextTooLong,
    WindowClosed,
)
from core.reviews.models import RatingSum, Review
from core.users import service as users
from tests.helpers import FixedClock
from tests.orders.shop import Shop
from tests.proving import proves

D = Decimal
OTHER = "+254712000909"


class Desk:
    """The verbs of this area, each a transaction of its own."""

    def __init__(self, shop: Shop, order: Order) -> None:
        self.shop, self.order = shop, order
        self.item_id = shop.items(order)[0].order_item_id
        self.delivery_id = shop.delivery(order).delivery_id
        self.customer = shop.cast.customer.actor

    def do(self, verb: Callable[..., Any], actor: Actor | None = None, /, **said: Any) -> Any:
        who = actor or self.customer
        return self.shop.db.run(lambda tx: verb(tx, who, **said))

    def rate(self, stars: Any, text: Any = "", actor: Actor | None = None) -> Any:
        return self.do(reviews.review_item, actor, order_item_id=self.item_id, stars=stars, text=text)

    def ratings(self) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
        """Of the product, the farmer, the rider."""
        with self.shop.db.read() as tx:
            return (
                sums.product_rating(tx, self.shop.product()),
                sums.farmer_rating(tx, self.shop.cast.farmer.id),
                sums.rider_rating(tx, self.shop.cast.rider.id),
            )

    def rows(self) -> list[tuple[int, str]]:
        with self.shop.db.read() as tx:
            return [(row.stars, row.text) for row in tx.session.query(Review).order_by(Review.review_id)]


@pytest.fixture
def desk(shop: Shop) -> Desk:
    """A delivered order of tomatoes."""
    shop.publish()
    return Desk(shop, shop.delivered_order())


@proves("DR-1401", "DR-1403")
def test_one_review_of_an_item_rates_its_product_and_its_farmer(desk: Desk) -> None:
    assert desk.ratings() == (None, None, None)
    desk.rate(4, "Sweet and red")
    assert desk.ratings() == (D("4.0"), D("4.0"), None)
    assert desk.rows() == [(4, "Sweet and red")]


@proves("DR-1401")
def test_the_customer_of_a_delivery_rates_its_rider(desk: Desk) -> None:
    desk.do(reviews.review_delivery, delivery_id=desk.delivery_id, stars=5)
    assert desk.ratings() == (None, None, D("5.0"))
    desk.do(reviews.review_delivery, delivery_id=desk.delivery_id, stars=5)
    with pytest.raises(AlreadyReviewed):
        desk.do(reviews.review_delivery, delivery_id=desk.delivery_id, stars=1)
    assert desk.rows() == [(5, "")]


@proves("DR-1401")
def test_the_same_again_changes_nothing_and_another_is_refused(desk: Desk) -> None:
    first = desk.rate(2, "Soft")
    assert desk.rate(2, "  Soft ").review_id == first.review_id
    for stars, text in ((3, "Soft"), (2, "Hard")):
        with pytest.raises(AlreadyReviewed):
            desk.rate(stars, text)
    assert desk.ratings()[1] == D("2.0")


@proves("DR-1401")
def test_before_the_delivery_nothing_can_be_rated(shop: Shop) -> None:
    shop.publish()
    desk = Desk(shop, shop.assigned())
    for verb, said in (
        (reviews.review_item, {"order_item_id": desk.item_id}),
        (reviews.review_delivery, {"delivery_id": desk.delivery_id}),
        (reviews.rate_order, {"order_id": desk.order.order_id}),
    ):
        with pytest.raises(NotDelivered):
            desk.do(verb, stars=5, **said)
    assert desk.rows() == []


@proves("DR-1401", "DR-211")
def test_what_is_not_ones_own_is_not_found_an_admins_neither(desk: Desk) -> None:
    stranger = desk.shop.person(OTHER, "customer", "Kangemi")
    for actor in (stranger.actor, desk.shop.cast.admin.actor):
        for verb, said in (
            (reviews.review_item, {"order_item_id": desk.item_id}),
            (reviews.review_delivery, {"delivery_id": desk.delivery_id}),
            (reviews.rate_order, {"order_id": desk.order.order_id}),
        ):
            with pytest.raises(NotFound):
                desk.do(verb, actor, stars=5, **said)
    for verb, said in (
        (reviews.review_item, {"order_item_id": 10**6}),
        (reviews.review_delivery, {"delivery_id": 10**6}),
        (reviews.rate_order, {"order_id": 10**6}),
    ):
        with pytest.raises(NotFound):
            desk.do(verb, stars=5, **said)


@proves("DR-1401")
def test_farmers_and_riders_write_no_reviews(desk: Desk) -> None:
    for person in (desk.shop.cast.farmer, desk.shop.cast.rider):
        with pytest.raises(NotAllowed):
            desk.rate(5, actor=person.actor)


@proves("DR-1404")
def test_nobody_rates_herself(desk: Desk) -> None:
    """Her role was changed since: the farmer of the item is now the customer who asks."""

    def swap(tx: Tx) -> None:
        order = tx.session.get_one(Order, desk.order.order_id)
        order.customer_id = desk.shop.cast.farmer.id
        users.get(tx, desk.shop.cast.farmer.id).user_role = "customer"

    desk.shop.db.run(swap)
    with pytest.raises(OwnReview):
        desk.rate(5, actor=desk.shop.cast.farmer.actor)
    assert desk.ratings() == (None, None, None)


BAD: list[tuple[dict[str, Any], type[DomainError]]] = [
    ({"stars": 0}, StarsOutOfBounds),
    ({"stars": 6}, StarsOutOfBounds),
    ({"stars": None}, StarsOutOfBounds),
    ({"stars": "5"}, StarsOutOfBounds),
    ({"stars": 5, "text": "x" * 301}, TextTooLong),
    ({"stars": 5, "text": None}, TextTooLong),
]


@proves("DR-1402")
def test_bad_input_is_refused_by_every_verb(desk: Desk) -> None:
    for said, error in BAD:
        for verb, about in (
            (reviews.review_item, {"order_item_id": desk.item_id}),
            (reviews.review_delivery, {"delivery_id": desk.delivery_id}),
            (reviews.rate_order, {"order_id": desk.order.order_id}),
        ):
            with pytest.raises(error):
                desk.do(verb, **about, **said)
    assert desk.rows() == []


@proves("DR-1402")
def test_thirty_days_after_the_delivery_the_window_closes(desk: Desk, clock: FixedClock) -> None:
    clock.advance(days=30)
    desk.rate(3)
    clock.advance(seconds=1)
    with pytest.raises(WindowClosed) as refused:
        desk.do(reviews.review_delivery, delivery_id=desk.delivery_id, stars=3)
    assert refused.value.values == {"days": 30}


@proves("DR-1402")
def test_the_author_changes_or_takes_back_a_review_for_seven_days(desk: Desk, clock: FixedClock) -> None:
    review = desk.rate(2, "Soft")
    clock.advance(days=7)
    desk.do(reviews.edit, review_id=review.review_id, stars=4)
    assert (desk.rows(), desk.ratings()[1]) == ([(4, "Soft")], D("4.0"))
    desk.do(reviews.edit, review_id=review.review_id, text="Firm")
    desk.do(reviews.edit, review_id=review.review_id, stars=4, text="Firm")
    assert (desk.rows(), desk.ratings()[1]) == ([(4, "Firm")], D("4.0"))
    clock.advance(seconds=1)
    for verb in (reviews.edit, reviews.delete):
        with pytest.raises(EditClosed):
            desk.do(verb, review_id=review.review_id)


@proves("DR-1402")
def test_what_was_taken_back_may_be_said_again(desk: Desk) -> None:
    review = desk.rate(1, "Rotten")
    desk.do(reviews.delete, review_id=review.review_id)
    assert (desk.rows(), desk.ratings()) == ([], (None, None, None))
    with pytest.raises(NotFound):
        desk.do(reviews.delete, review_id=review.review_id)
    desk.rate(5)
    assert desk.ratings()[0] == D("5.0")


@proves("DR-1402", "DR-211")
def test_only_its_author_changes_a_review(desk: Desk) -> None:
    review = desk.rate(2)
    stranger = desk.shop.person(OTHER, "customer", "Kangemi")
    for actor in (stranger.actor, desk.shop.cast.admin.actor):
        for verb in (reviews.edit, reviews.delete):
            with pytest.raises(NotFound):
                desk.do(verb, actor, review_id=review.review_id)
    with pytest.raises(StarsOutOfBounds):
        desk.do(reviews.edit, review_id=review.review_id, stars=9)
    with pytest.raises(TextTooLong):
        desk.do(reviews.edit, review_id=review.review_id, text="x" * 301)


@proves("DR-1402")
def test_a_hidden_review_leaves_the_average_and_the_lists_until_it_is_shown_again(desk: Desk) -> None:
    boss = desk.shop.cast.admin.actor
    review = desk.rate(1, "Bad words")
    for _twice in range(2):
        desk.do(reviews.hide, boss, review_id=review.review_id, reason="insult")
    assert desk.ratings() == (None, None, None)
    with desk.shop.db.read() as tx:
        assert lists.of_product(tx, desk.customer, product_id=desk.shop.product()).results == ()
        (own,) = lists.mine(tx, desk.customer).results
        assert (own.hidden, own.hidden_reason) == (True, "insult")
        (seen,) = lists.all_of_them(tx, boss).results
        assert seen.hidden
        with pytest.raises(NotAllowed):
            lists.all_of_them(tx, desk.customer)
    for verb in (reviews.edit, reviews.delete):
        with pytest.raises(ReviewHidden):
            desk.do(verb, review_id=review.review_id)
    for _twice in range(2):
        desk.do(reviews.show_again, boss, review_id=review.review_id, reason="a mistake")
    assert desk.ratings()[:2] == (D("1.0"), D("1.0"))
    with desk.shop.db.read() as tx:
        rows = tx.session.query(AuditRow).filter(AuditRow.record == f"review:{review.review_id}").all()
        found = [(row.what, row.changes["hidden"], row.reason) for row in rows]
    assert found == [
        ("review.hide", [False, True], "insult"),
        ("review.show", [True, False], "a mistake"),
    ]


@proves("DR-1402")
def test_hiding_needs_an_admin_and_a_reason(desk: Desk) -> None:
    review = desk.rate(1)
    boss = desk.shop.cast.admin.actor
    for reason in ("", "  ", None):
        with pytest.raises(ReasonMissing):
            desk.do(reviews.hide, boss, review_id=review.review_id, reason=reason)
    with pytest.raises(ReviewUnknown):
        desk.do(reviews.hide, boss, review_id=10**6, reason="insult")
    for person in (desk.shop.cast.customer, desk.shop.cast.farmer, desk.shop.cast.rider):
        with pytest.raises(DomainError):
            desk.do(reviews.hide, person.actor, review_id=review.review_id, reason="I do not like it")


@proves("DR-1404", "O15")
@pytest.mark.parametrize(
    ("stars", "status"),
    [(2, "delivered"), (3, "completed"), (5, "completed")],
)
def test_the_answer_to_the_delivered_message_rates_everything_and_confirms_from_three_on(
    desk: Desk, stars: int, status: str
) -> None:
    for _twice in range(2):
        desk.do(reviews.rate_order, order_id=desk.order.order_id, stars=stars)
    assert desk.ratings() == (D(stars), D(stars), D(stars))
    assert desk.rows() == [(stars, "")] * 2
    assert desk.shop.statuses(desk.order)[0] == status
    with pytest.raises(AlreadyReviewed):
        desk.do(reviews.rate_order, order_id=desk.order.order_id, stars=stars % 5 + 1)


@proves("O15")
@pytest.mark.parametrize(("stars", "status"), [(2, "delivered"), (3, "completed")])
def test_a_review_of_all_that_came_confirms_the_order_too(desk: Desk, stars: int, status: str) -> None:
    desk.rate(stars)
    assert desk.shop.statuses(desk.order)[0] == status


@proves("O15")
def test_a_disputed_order_is_not_confirmed_by_a_rating(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reviews, "DisputesSought", lambda ids: type("Open", (), {"disputed": set(ids)})())
    desk.do(reviews.rate_order, order_id=desk.order.order_id, stars=5)
    assert (desk.rows(), desk.shop.statuses(desk.order)[0]) == ([(5, "")] * 2, "delivered")


@proves("DR-1404")
def test_what_was_rated_one_by_one_stays_when_the_order_is_rated(desk: Desk) -> None:
    desk.rate(2)
    desk.do(reviews.rate_order, order_id=desk.order.order_id, stars=5)
    assert desk.ratings() == (D("2.0"), D("2.0"), D("5.0"))


@proves("DR-1404")
def test_the_invitation_is_one_and_stands_in_the_delivered_message(desk: Desk) -> None:
    assert desk.shop.texts(desk.shop.cast.customer).count("delivered") == 1


@proves("DR-1403")
def test_earlier_areas_ask_for_ratings_by_an_event(desk: Desk) -> None:
    desk.do(reviews.rate_order, order_id=desk.order.order_id, stars=4)
    farmer, rider = desk.shop.cast.farmer.id, desk.shop.cast.rider.id
    with desk.shop.db.read() as tx:
        for about, known in (("farmer", farmer), ("rider", rider), ("product", desk.shop.product())):
            sought = RatingSought(about, (known, 10**6))
            tx.emit(sought)
            assert sought.ratings == {known: D("4.0")}


@proves("DR-1403")
def test_the_running_sums_equal_the_visible_reviews_after_any_mixture(shop: Shop) -> None:
    shop.publish("500")
    boss = shop.cast.admin.actor
    desks = [Desk(shop, shop.delivered_order(f"sms-{number}")) for number in range(1, 5)]
    written = [desk.rate(stars) for desk, stars in zip(desks, (1, 5, 4, 2), strict=True)]
    desks[0].do(reviews.edit, review_id=written[0].review_id, stars=3)
    desks[1].do(reviews.hide, boss, review_id=written[1].review_id, reason="insult")
    desks[2].do(reviews.delete, review_id=written[2].review_id)
    desks[1].do(reviews.show_again, boss, review_id=written[1].review_id, reason="sorry")
    desks[3].do(reviews.hide, boss, review_id=written[3].review_id, reason="spam")
    with shop.db.read() as tx:
        visible = [row.stars for row in tx.session.query(Review) if row.hidden_at is None]
        kept = {row.about: (row.stars, row.reviews) for row in tx.session.query(RatingSum)}
    assert sorted(visible) == [3, 5]
    assert kept == {
        f"farmer:{shop.cast.farmer.id}": (8, 2),
        f"product:{shop.product()}": (8, 2),
    }


@proves("DR-1401")
def test_lists_show_the_newest_first_with_a_first_name_only(desk: Desk) -> None:
    desk.do(reviews.rate_order, order_id=desk.order.order_id, stars=5, text="Good")
    cast = desk.shop.cast
    with desk.shop.db.read() as tx:
        (of_farmer,) = lists.of_farmer(tx, cast.rider.actor, farmer_id=cast.farmer.id).results
        (of_rider,) = lists.of_rider(tx, cast.farmer.actor, rider_id=cast.rider.id).results
        mine = lists.mine(tx, desk.customer)
        with pytest.raises(DomainError):
            lists.mine(tx, desk.customer, page=0)
    assert (of_farmer.author, of_farmer.stars, of_farmer.text) == ("Achieng", 5, "Good")
    assert (of_rider.rider_id, of_rider.farmer_id) == (cast.rider.id, None)
    assert [view.review_id for view in mine.results] == [of_rider.review_id, of_farmer.review_id]
    assert (mine.number, mine.more) == (1, False)


@proves("DR-1402", "DR-1403")
def test_how_she_stands_is_told_to_herself_without_names(desk: Desk) -> None:
    farmer, rider = desk.shop.cast.farmer.actor, desk.shop.cast.rider.actor
    assert desk.do(standing.of_mine, farmer) == standing.Standing(None, 0, ())
    written = desk.rate(4, "Sweet and red")
    found = desk.do(standing.of_mine, farmer)
    assert (found.stars, found.reviews) == (D("4.0"), 1)
    (said,) = found.newest
    assert (said.stars, said.text, said.product_id) == (4, "Sweet and red", desk.shop.product())
    assert desk.do(standing.of_mine, rider).newest == ()
    desk.do(reviews.review_delivery, delivery_id=desk.delivery_id, stars=5)
    assert desk.do(standing.of_mine, rider).newest[0].product_id is None
    assert desk.do(standing.of_mine) == standing.Standing(None, 0, ()), "nobody rates a customer"
    admin = desk.shop.cast.admin.actor
    desk.do(reviews.hide, admin, review_id=written.review_id, reason="rude")
    assert desk.do(standing.of_mine, farmer) == standing.Standing(None, 0, ())
