"""Followers hear when the average has moved (DR-504)."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.db import Tx
from core.following import service as following
from core.following import telling
from core.following.models import Follow
from core.following.rules import Seen, has_moved
from core.listings import changes
from core.listings.models import Listing
from core.notifications import about_market
from core.notifications.models import Notification
from core.users.models import User
from tests.helpers import FixedClock, Person
from tests.listings.people import grower, offer
from tests.orders.shop import Shop
from tests.proving import proves

D = Decimal
PRICES = st.decimals("0.01", "100000", places=2)

# last told | of what | now | of what | at 10 percent
MOVES = [
    ("100", "region", "110", "region", True),
    ("100", "region", "109.99", "region", False),
    ("100", "region", "90", "region", True),
    ("100", "region", "90.01", "region", False),
    ("100", "region", "200", "peers", False),
    ("0", "region", "200", "region", False),
    (None, "", "200", "region", False),
]


@proves("DR-504")
@pytest.mark.parametrize(("last", "last_basis", "now", "basis", "expected"), MOVES)
def test_ten_percent_from_the_last_told_average_is_a_move(
    last: str | None, last_basis: str, now: str, basis: str, expected: bool
) -> None:
    before = None if last is None else Seen(D(last), last_basis)
    assert has_moved(before, Seen(D(now), basis), 10) is expected


@proves("DR-504")
@given(PRICES, PRICES, st.integers(1, 100))
def test_a_move_is_one_either_way(last: Decimal, now: Decimal, percent: int) -> None:
    moved = has_moved(Seen(last, "region"), Seen(now, "region"), percent)
    exactly = abs(now - last) * 100 / last
    if exactly >= percent + D("0.01"):
        assert moved
    if exactly <= percent - D("0.01"):
        assert not moved


class Eggs:
    """Three farmers sell eggs, which nobody publishes a price of: what they ask is the average."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.product_id = shop.product("eggs")
        self.sellers = [grower(shop.db, f"07120005{number:02}") for number in range(3)]
        self.listings: list[Listing] = [
            offer(shop.db, who, "eggs", unit="tray", price=D(400), quantity=D(10), price_confirmed=True)
            for who in self.sellers
        ]

    def ask(self, price: str) -> None:
        def work(tx: Tx) -> None:
            for who, listing in zip(self.sellers, self.listings, strict=True):
                changes.change_price(
                    tx, who.actor, listing_id=listing.listing_id, price=D(price), price_confirmed=True
                )

        self.shop.db.run(work)

    def day(self) -> None:
        """The daily work."""
        self.shop.db.run(lambda tx: about_market.price_alerts(tx, 0))
        self.shop.sweep()

    def follow(self, who: Person) -> None:
        self.shop.db.run(lambda tx: following.follow(tx, who.actor, product_id=self.product_id))

    def told(self, who: Person) -> list[tuple[str, str]]:
        """The alerts in the app: now, and before."""
        with self.shop.db.read() as tx:
            rows = tx.session.query(Notification).filter_by(user_id=who.id)
            found = [row for row in rows.order_by(Notification.notification_id) if "price_alert" in row.code]
        return [(row.values["market"], row.values["price"]) for row in found]

    def texted(self, who: Person) -> int:
        return sum(code.startswith("price_alert") for code in self.shop.texts(who))


@pytest.fixture
def eggs(shop: Shop) -> Eggs:
    return Eggs(shop)


@proves("DR-504")
def test_followers_are_told_when_the_average_moved_from_what_they_were_last_told(
    eggs: Eggs, clock: FixedClock
) -> None:
    customer, farmer, rider = eggs.shop.cast.customer, eggs.shop.cast.farmer, eggs.shop.cast.rider
    for who in (customer, farmer, rider):
        eggs.follow(who)
    for price, alerts in (
        ("400", []),  # the first look only remembers
        ("430", []),
        ("440", [("440.00", "400.00")]),
        ("470", [("440.00", "400.00")]),  # 6.82 % above 440
        ("390", [("440.00", "400.00"), ("390.00", "440.00")]),
    ):
        eggs.ask(price)
        eggs.day()
        assert (eggs.told(customer), eggs.told(farmer), eggs.told(rider)) == (alerts, alerts, [])
        clock.advance(days=1)
    assert (eggs.texted(customer), eggs.texted(farmer)) == (2, 2)


@proves("DR-504")
def test_at_most_one_alert_a_product_user_and_day(eggs: Eggs, clock: FixedClock) -> None:
    who = eggs.shop.cast.customer
    eggs.follow(who)
    eggs.day()
    clock.advance(days=1)
    eggs.ask("500")
    for price in ("500", "600", "700"):
        eggs.ask(price)
        eggs.day()
    assert eggs.told(who) == [("500.00", "400.00")]
    clock.advance(days=1)
    eggs.day()
    assert eggs.told(who) == [("500.00", "400.00"), ("700.00", "500.00")]


@proves("DR-504", "DR-1501")
def test_price_alerts_switched_off_are_not_texted(eggs: Eggs, clock: FixedClock) -> None:
    who = eggs.shop.cast.customer
    eggs.follow(who)
    eggs.day()

    def off(tx: Any) -> None:
        tx.session.get_one(User, who.id).price_alerts = False

    eggs.shop.db.run(off)
    clock.advance(days=1)
    eggs.ask("500")
    eggs.day()
    assert (eggs.texted(who), eggs.told(who)) == (0, [("500.00", "400.00")])


@proves("DR-504")
def test_who_unfollowed_or_is_switched_off_hears_nothing(eggs: Eggs, clock: FixedClock) -> None:
    gone, off = eggs.shop.cast.customer, eggs.shop.person("+254712000909", "customer", "Kangemi")
    for who in (gone, off):
        eggs.follow(who)
    eggs.day()

    def away(tx: Any) -> None:
        tx.session.get_one(User, off.id).is_active = False
        following.unfollow(tx, gone.actor, product_id=eggs.product_id)

    eggs.shop.db.run(away)
    clock.advance(days=1)
    eggs.ask("500")
    eggs.day()
    assert (eggs.told(gone), eggs.told(off)) == ([], [])


@proves("DR-504")
def test_many_followers_are_looked_at_in_batches(
    eggs: Eggs, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "BATCH", 1)
    people = [eggs.shop.cast.customer, eggs.shop.cast.farmer]
    for who in people:
        eggs.follow(who)
    eggs.day()
    clock.advance(days=1)
    eggs.ask("500")
    eggs.day()
    assert [len(eggs.told(who)) for who in people] == [1, 1]


@proves("DR-504")
def test_a_published_price_says_its_market_and_month(shop: Shop, clock: FixedClock) -> None:
    """Tomatoes in the country: the average of late June is another than that of May."""
    shop.db.run(lambda tx: following.follow(tx, shop.cast.customer.actor, product_id=shop.product()))

    def remember(tx: Any) -> None:
        row = tx.session.query(Follow).one()
        row.alerted_price, row.alerted_basis = D("60.00"), "region"

    shop.db.run(remember)
    shop.db.run(lambda tx: about_market.price_alerts(tx, 0))
    shop.sweep()
    with shop.db.read() as tx:
        (copy,) = tx.session.query(Notification).filter_by(code="price_alert")
    assert copy.values["month"].startswith("2025-0")
    assert copy.values["where"]
    assert copy.values["price"] == "60.00"
