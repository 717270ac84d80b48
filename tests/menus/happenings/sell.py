"""What happens around a farmer who sells: seasons, neighbours, admins, the weather."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from core.actor import Actor
from core.catalogue import products, suggestions
from core.catalogue.models import Category, ProductSuggestion
from core.clock import nairobi_date
from core.farms import keeping
from core.farms import service as farms
from core.farms.models import Farm
from core.following import service as following
from core.listings import service as listings
from core.listings.models import Listing
from core.locations import service as locations
from core.weather import service as weather
from tests.catalogue.shelves import put_back
from tests.helpers import Person, farm_id
from tests.menus.stage import Stage

WARNING = {
    "en": "Frost is expected in the highlands tonight and tomorrow. Cover young tomatoes and potatoes.",
    "sw": "Baridi kali inatarajiwa nyanda za juu usiku huu na kesho. Funika nyanya na viazi vichanga mapema.",
    "kikuyu": "Mbaa nĩĩrĩrĩgĩrĩirwo irĩma-inĩ ũmũthĩ ũtukũ na rũciũ. Humbĩra nyanya na waru iria nini.",
}


def _farmer(stage: Stage) -> Actor:
    return stage.cast.farmer.actor


def sold_last_season(stage: Stage, quantity: str = "30", price: str = "75", slug: str = "tomatoes") -> None:
    """A listing of hers that came down long ago."""
    old = stage.shop.publish(quantity, price, slug=slug)
    stage.db.run(lambda tx: listings.deactivate(tx, _farmer(stage), listing_id=old.listing_id))


def premium(stage: Stage) -> None:
    """Her newest listing was premium, 10 at least."""
    newest = select(Listing.listing_id).order_by(Listing.listing_id.desc()).limit(1)

    def work(tx: Any) -> None:
        listing_id = tx.session.scalar(newest)
        said: dict[str, Any] = {"quality_grade": "premium", "min_order_quantity": 10}
        listings.change(tx, _farmer(stage), listing_id=listing_id, **said)

    stage.db.run(work)


def second_farm(stage: Stage, name: str = "Njeri") -> None:
    """Her neighbour sells on the same phone."""

    def work(tx: Any) -> None:
        place = locations.default_of(tx, stage.cast.farmer.id)
        assert place is not None
        farms.open_farm(tx, _farmer(stage), name=name, location_id=place.location_id)

    stage.db.run(work)


def growing(stage: Stage, days: str = "10", quantity: str = "50", slug: str = "tomatoes") -> None:
    """Something of hers will be ripe in so many days."""

    def work(tx: Any) -> Listing:
        return listings.publish(
            tx,
            _farmer(stage),
            farm_id=farm_id(tx, _farmer(stage)),
            product_id=stage.shop.product(slug),
            unit="kg",
            quantity=Decimal(quantity),
            price=Decimal(80),
            expected_harvest_date=nairobi_date(tx.now) + timedelta(days=int(days)),
            price_confirmed=True,
        )

    stage.things["growing"] = stage.db.run(work)


def ordered_ahead(stage: Stage, quantity: str = "20") -> None:
    """Somebody has paid for some of what still grows."""
    listing = stage.things["growing"]
    _show(stage, listing, "available")
    order = stage.shop.paid_order(quantity, f"ahead-{quantity}")
    _show(stage, listing, "pre_order")
    stage.shop.mark(order, "accept")


def _show(stage: Stage, listing: Listing, status: str) -> None:
    def work(tx: Any) -> None:
        tx.session.get_one(Listing, listing.listing_id).listing_status = status

    stage.db.run(work)


def landmark(stage: Stage) -> None:
    """Her place has words for the rider."""

    def work(tx: Any) -> None:
        place = locations.default_of(tx, stage.cast.farmer.id)
        assert place is not None
        locations.set_landmark(
            tx, _farmer(stage), location_id=place.location_id, landmark="nyuma ya kanisa la Kinoo"
        )

    stage.db.run(work)


def _follow(stage: Stage, person: Person, product_id: int) -> None:
    stage.db.run(lambda tx: following.follow(tx, person.actor, product_id=product_id))


def neighbours_ask(stage: Stage, count: str = "2", slug: str = "tomatoes") -> None:
    """So many people near her follow it."""
    product_id = stage.shop.product(slug)
    for number in range(int(count)):
        person = stage.shop.person(f"+2547120008{number:02d}", "customer", "Kinoo")
        _follow(stage, person, product_id)


def admin_adds(stage: Stage, name: str) -> None:
    """An admin adds what was missing."""
    boss = stage.cast.admin.actor
    stage.things["shelves"] = put_back(stage.db)
    stage.things["shelves"].__enter__()

    def work(tx: Any) -> None:
        category = tx.session.scalars(select(Category.category_id).order_by(Category.category_id)).first()
        product = products.create(tx, boss, category_id=category, name=name, kg=None)
        asked = tx.session.scalars(select(ProductSuggestion)).one()
        suggestions.settle(tx, boss, suggestion_id=asked.suggestion_id, product_id=product.product_id)

    stage.db.run(work)


def shelves_as_before(stage: Stage) -> None:
    """The catalogue is that of all tests: what was added goes again."""
    stage.things["shelves"].__exit__(None, None, None)


def admin_refuses(stage: Stage) -> None:
    """An admin does not take up what was missing."""

    def work(tx: Any) -> None:
        asked = tx.session.scalars(select(ProductSuggestion)).one()
        suggestions.refuse(tx, stage.cast.admin.actor, suggestion_id=asked.suggestion_id)

    stage.db.run(work)


def certificate(stage: Stage, answer: str = "approved") -> None:
    """An admin decides on her certificate."""

    def work(tx: Any) -> None:
        farm = tx.session.scalars(select(Farm).order_by(Farm.farm_id)).first()
        if farm.certificate_status == "none":
            keeping.claim_certificate(tx, _farmer(stage), farm_id=farm.farm_id, certificate="KOAN 4711/25")
        keeping.decide_certificate(
            tx, stage.cast.admin.actor, farm_id=farm.farm_id, approve=answer == "approved"
        )

    stage.db.run(work)


def warning(stage: Stage, begins: str = "0", zone: str = "highland") -> None:
    """A warning for a zone, of which the days begin so many days from now."""

    def work(tx: Any) -> None:
        first = tx.now + timedelta(days=int(begins))
        weather.create(
            tx,
            stage.cast.admin.actor,
            alert_type="frost",
            severity="warning",
            valid_from=first,
            valid_to=first + timedelta(days=2),
            texts=WARNING,
            zone=zone,
        )

    stage.db.run(work)


def not_served_here(stage: Stage) -> None:
    """We sell in another ward only (DR-1212)."""
    stage.shop.set_to("service.wards", "1")


def newcomer(stage: Stage, role: str = "customer", ward: str = "Kangemi") -> None:
    """Njeri is registered, +254712000711."""
    stage.shop.person("+254712000711", role, ward)


def growing_is_over(stage: Stage) -> None:
    """What still grew is for sale no more."""
    listing = stage.things["growing"]
    stage.db.run(lambda tx: listings.deactivate(tx, _farmer(stage), listing_id=listing.listing_id))
