"""Following a product, the nearest there is, being told, and who waits where (DR-506, DR-1212)."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from core.catalogue.errors import UnknownProduct
from core.duties.models import Duty
from core.errors import DomainError, NotAllowed
from core.events import DemandUnserved
from core.following import service as following
from core.following import telling
from core.following.errors import FollowsTooMany, PeriodWrong, PlaceMissing
from core.following.models import Follow, WaitingDemand
from core.listings import changes
from core.listings.models import Listing
from core.locations.errors import UnknownWard
from core.locations.models import Location
from core.notifications.models import Notification
from core.outbox.models import OutboxMessage
from core.users.models import User
from tests.helpers import FixedClock, Person
from tests.orders.shop import Shop
from tests.proving import proves

D = Decimal
OTHER, THIRD = "+254712000909", "+254712000808"
MOMBASA = "Mkomani"


def ward(shop: Shop, name: str) -> int:
    return next(w.code for w in shop.db.parts.places.starting_with(name) if w.ward == name)


def follow(shop: Shop, who: Person, slug: str = "tomatoes", **how: Any) -> following.FollowView:
    said = {"product_id": shop.product(slug)} | how
    return shop.db.run(lambda tx: following.follow(tx, who.actor, **said))


def unfollow(shop: Shop, who: Person, slug: str = "tomatoes") -> bool:
    return shop.db.run(lambda tx: following.unfollow(tx, who.actor, product_id=shop.product(slug)))


def unserved(shop: Shop, who: Person, slug: str = "tomatoes", ward_name: str = "Kangemi") -> None:
    happened = DemandUnserved(shop.product(slug), ward(shop, ward_name), who.id)
    shop.db.run(lambda tx: tx.emit(happened))


@proves("DR-506")
def test_a_product_is_followed_near_ones_own_ward_or_another_and_unfollowed(shop: Shop) -> None:
    who = shop.cast.customer
    assert follow(shop, who).ward == "Kangemi"
    assert follow(shop, who).ward == "Kangemi"
    assert follow(shop, who, ward_code=ward(shop, "Kinoo")).ward == "Kinoo"
    assert follow(shop, who).ward == "Kinoo"
    follow(shop, who, "kale")
    with shop.db.read() as tx:
        mine = following.following(tx, who.actor)
        assert [view.product_id for view in mine] == [shop.product("kale"), shop.product()]
        assert following.following(tx, shop.cast.farmer.actor) == []
    assert [unfollow(shop, who), unfollow(shop, who), unfollow(shop, who, "eggs")] == [True, False, False]
    with shop.db.read() as tx:
        assert len(following.following(tx, who.actor)) == 1


@proves("DR-506")
def test_bad_input_is_refused(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    who = shop.cast.customer
    with pytest.raises(UnknownProduct):
        follow(shop, who, product_id=10**6)
    with pytest.raises(UnknownWard):
        follow(shop, who, ward_code=9999)
    with pytest.raises(NotAllowed):
        follow(shop, shop.cast.admin)
    homeless = shop.person(OTHER, "customer", "Kangemi")

    def leave(tx: Any) -> None:
        tx.session.query(Follow).delete()
        for place in tx.session.query(Location).filter_by(user_id=homeless.id):
            place.default_of = None

    shop.db.run(leave)
    with pytest.raises(PlaceMissing):
        follow(shop, homeless)
    monkeypatch.setattr(following, "MOST_FOLLOWED", 1)
    follow(shop, who)
    follow(shop, who)
    with pytest.raises(FollowsTooMany) as refused:
        follow(shop, who, "kale")
    assert refused.value.values == {"limit": 1}


@proves("DR-506")
def test_the_nearest_that_exists_is_told_with_place_km_and_delivered_price(shop: Shop) -> None:
    with shop.db.read() as tx:
        assert following.nearest(tx, shop.product(), ward(shop, "Kangemi")) is None
    listing = shop.publish(quantity="50", price="80")
    with shop.db.read() as tx:
        near = following.nearest(tx, shop.product(), ward(shop, "Kangemi"))
        assert near is not None
        assert (near.listing_id, near.place, near.county) == (listing.listing_id, "Kinoo", "Kiambu")
        assert (near.price, near.unit, near.quantity, near.goods) == (D("80.00"), "kg", D("1.00"), D("80.00"))
        assert 0 < near.km < 20
        assert near.fee is not None
        assert near.fee >= 50
        assert near.delivered == near.goods + near.fee
        far = following.nearest(tx, shop.product(), ward(shop, MOMBASA))
        assert far is not None
        assert far.km > 60
        assert (far.fee, far.delivered) == (None, None)
        for product_id, ward_code in ((10**6, ward(shop, "Kangemi")), (shop.product(), 9999)):
            with pytest.raises(DomainError):
                following.nearest(tx, product_id, ward_code)


def test_the_delivered_price_is_what_an_order_of_that_much_costs(shop: Shop) -> None:
    """The fee asked of a later area is the fee of a quote (DR-1102)."""
    shop.publish(price="150")
    quote = shop.quote("1")
    with shop.db.read() as tx:
        near = following.nearest(tx, shop.product(), ward(shop, "Kangemi"))
    assert near is not None
    assert (near.fee, near.delivered) == (quote.delivery_fee, quote.total_amount)


def texts(shop: Shop, who: Person) -> list[str]:
    return [code for code in shop.texts(who) if code == "product_near"]


@proves("DR-506", "L1")
def test_followers_near_by_are_told_when_there_is_some_by_the_worker_not_in_the_farmers_hop(
    shop: Shop,
) -> None:
    near, far = shop.cast.customer, shop.person(OTHER, "customer", MOMBASA)
    for who in (near, far, shop.cast.farmer, shop.cast.rider):
        follow(shop, who)
    shop.publish()
    assert texts(shop, near) == []
    shop.sweep()
    told = [texts(shop, who) for who in (near, far, shop.cast.farmer, shop.cast.rider)]
    assert told == [["product_near"], [], [], []]
    with shop.db.read() as tx:
        (copy,) = tx.session.query(Notification).filter_by(code="product_near")
        assert copy.values == {
            "product": shop.product(), "price": "80.00", "unit": "kg", "farm": "Wanjiku", "place": "Kinoo",
            "dial": "*384*88632#",
        }  # fmt: skip


@proves("DR-506", "L5")
def test_followers_are_told_at_most_once_a_day_and_again_the_next(shop: Shop, clock: FixedClock) -> None:
    who, farmer = shop.cast.customer, shop.cast.farmer.actor
    follow(shop, who)
    listing = shop.publish("10")
    shop.sweep()

    def stock(quantity: int) -> None:
        shop.db.run(
            lambda tx: changes.set_quantity(tx, farmer, listing_id=listing.listing_id, quantity=D(quantity))
        )
        shop.sweep()

    stock(0)
    stock(10)
    shop.publish("20")
    shop.sweep()
    assert len(texts(shop, who)) == 1
    clock.advance(days=1)
    stock(0)
    assert len(texts(shop, who)) == 1
    stock(10)
    assert len(texts(shop, who)) == 2


@proves("DR-506")
def test_nobody_is_told_of_what_is_gone_before_the_worker_comes(shop: Shop) -> None:
    follow(shop, shop.cast.customer)
    listing = shop.publish("10")
    shop.db.run(lambda tx: changes.deactivate(tx, shop.cast.farmer.actor, listing_id=listing.listing_id))
    shop.sweep()
    assert texts(shop, shop.cast.customer) == []


@proves("DR-506", "DR-1501")
def test_who_switched_price_alerts_off_reads_it_in_the_app_only(shop: Shop) -> None:
    def off(tx: Any) -> None:
        tx.session.get_one(User, shop.cast.customer.id).price_alerts = False

    shop.db.run(off)
    follow(shop, shop.cast.customer)
    shop.publish()
    shop.sweep()
    assert texts(shop, shop.cast.customer) == []
    assert "product_near" in shop.copies(shop.cast.customer)


@proves("DR-506", "DR-1502")
def test_at_night_the_text_waits_for_the_morning(shop: Shop, clock: FixedClock) -> None:
    clock.advance(hours=13)  # 22:30
    follow(shop, shop.cast.customer)
    shop.publish()
    shop.sweep()
    with shop.db.read() as tx:
        (message,) = tx.session.query(OutboxMessage).filter_by(code="product_near")
        assert message.not_before > clock.now()


@proves("DR-506")
def test_many_followers_are_told_in_batches(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "BATCH", 1)
    others = (OTHER, "customer", "Kangemi"), (THIRD, "customer", "Kinoo")
    people = [shop.cast.customer, *(shop.person(*other) for other in others)]
    for who in people:
        follow(shop, who)
    shop.publish()
    shop.sweep()
    assert [texts(shop, who) for who in people] == [["product_near"]] * 3


@proves("DR-506")
def test_a_farmer_who_lists_reads_how_many_near_her_asked_when_there_are_any(shop: Shop) -> None:
    """Each person counts once, whether she follows, could not be served, or both."""
    follow(shop, shop.cast.customer)
    unserved(shop, shop.cast.customer)
    unserved(shop, shop.person(OTHER, "customer", "Kangemi"))
    follow(shop, shop.person(THIRD, "customer", MOMBASA))
    with shop.db.read() as tx:
        assert following.asked_near(tx, shop.product(), ward(shop, "Kinoo")) == 2
        assert following.asked_near(tx, shop.product(), ward(shop, MOMBASA)) == 1
        assert following.asked_near(tx, shop.product("kale"), ward(shop, "Kinoo")) == 0

    def off(tx: Any) -> None:
        tx.session.get_one(User, gone.id).is_active = False

    gone = shop.person("+254712000707", "customer", "Kangemi")
    follow(shop, gone)
    shop.db.run(off)
    shop.publish()
    shop.publish(slug="kale")
    shop.sweep()
    with shop.db.read() as tx:
        copies = tx.session.query(Notification).filter_by(code="wanted_near").all()
        assert [(copy.user_id, copy.values["count"]) for copy in copies] == [(shop.cast.farmer.id, "2")]


@proves("DR-506")
def test_who_asked_long_ago_is_not_counted_any_more(shop: Shop, clock: FixedClock) -> None:
    unserved(shop, shop.cast.customer)
    clock.advance(days=30)
    with shop.db.read() as tx:
        assert following.asked_near(tx, shop.product(), ward(shop, "Kinoo")) == 1
        assert following.is_wanted(tx, shop.product())
    clock.advance(days=1)
    with shop.db.read() as tx:
        assert following.asked_near(tx, shop.product(), ward(shop, "Kinoo")) == 0
        assert not following.is_wanted(tx, shop.product())


@proves("DR-1212")
def test_waiting_demand_is_counted_once_a_person_product_ward_and_day(shop: Shop, clock: FixedClock) -> None:
    one, other = shop.cast.customer, shop.person(OTHER, "customer", "Kangemi")
    for who, slug, ward_name in (
        (one, "tomatoes", "Kangemi"),
        (one, "tomatoes", "Kangemi"),
        (other, "tomatoes", "Kangemi"),
        (one, "kale", "Kangemi"),
        (one, "tomatoes", "Kinoo"),
    ):
        unserved(shop, who, slug, ward_name)
    clock.advance(days=1)
    unserved(shop, one)
    day = date(2025, 6, 24)

    def figures(since: date, until: date, **narrow: Any) -> list[tuple[str, int, int, int]]:
        with shop.db.read() as tx:
            found = following.waiting_demand(tx, shop.cast.admin.actor, since=since, until=until, **narrow)
        return [(view.ward, view.product_id, view.people, view.times) for view in found]

    tomatoes, kale = shop.product(), shop.product("kale")
    assert figures(day, date(2025, 6, 25), product_id=tomatoes) == [
        ("Kangemi", tomatoes, 2, 3),
        ("Kinoo", tomatoes, 1, 1),
    ]
    assert ("Kangemi", kale, 1, 1) in figures(day, day)
    assert figures(date(2025, 6, 25), date(2025, 6, 25)) == [("Kangemi", tomatoes, 1, 1)]
    assert figures(date(2025, 6, 26), date(2025, 6, 26)) == []
    with shop.db.read() as tx:
        assert tx.session.query(WaitingDemand).count() == 5


@proves("DR-1212", "DR-220")
def test_the_figures_are_for_admins(shop: Shop) -> None:
    day = date(2025, 6, 24)
    with shop.db.read() as tx:
        for person in (shop.cast.customer, shop.cast.farmer, shop.cast.rider):
            with pytest.raises(DomainError):
                following.waiting_demand(tx, person.actor, since=day, until=day)
        for since, until in ((date(2025, 6, 25), day), (None, day), (day, "2025-06-24")):
            with pytest.raises(PeriodWrong):
                following.waiting_demand(tx, shop.cast.admin.actor, since=since, until=until)  # type: ignore[arg-type]


def test_a_listing_nobody_waits_for_makes_no_work(shop: Shop) -> None:
    shop.publish()
    with shop.db.read() as tx:
        assert tx.session.query(Listing).count() == 1
        assert not following.is_wanted(tx, shop.product())
    assert "tell_watchers" not in shop_duties(shop)


def shop_duties(shop: Shop) -> list[str]:
    with shop.db.read() as tx:
        return [row.kind for row in tx.session.query(Duty)]
