"""Farmers with produce, for the listing tests."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.actor import Actor
from core.db import Database
from core.listings import service as listings
from core.listings.models import Listing
from core.users import service as users
from tests.helpers import Person, farm_id

KINOO = 600


@dataclass(frozen=True)
class Grower:
    """A farmer and her farm."""

    actor: Actor
    farm_id: int

    @property
    def id(self) -> int:
        """The farmer's user id."""
        assert self.actor.user_id is not None
        return self.actor.user_id


def grower(db: Database, number: str = "0712000101", ward_code: int = KINOO) -> Grower:
    """Register a farmer as her phone would."""
    user = db.run(
        lambda tx: users.register(
            tx,
            msisdn=number,
            role="farmer",
            first_name="Wanjiku",
            language="sw",
            channel="ussd",
            ward_code=ward_code,
            consent_version=users.TERMS_VERSION,
        )
    )
    actor = users.actor_for(user, "ussd")
    return Grower(actor, db.run(lambda tx: farm_id(tx, actor)))


def buyer(number: int = 9001) -> Actor:
    """Somebody who buys; stock asks only who it is."""
    return Actor(number, "customer", "sms", language="en")


def offer(db: Database, who: Grower, slug: str = "tomatoes", **changes: Any) -> Listing:
    """Publish 50 kg of tomatoes at KSh 80, unless told otherwise."""
    product_id = db.parts.products.by_slug(slug).product_id
    said: dict[str, Any] = {
        "farm_id": who.farm_id,
        "product_id": product_id,
        "unit": "kg",
        "quantity": Decimal(50),
        "price": Decimal(80),
    }
    return db.run(lambda tx: listings.publish(tx, who.actor, **(said | changes)))


def seller(db: Database, person: Person) -> Grower:
    """One of the cast as a grower."""
    return Grower(person.actor, db.run(lambda tx: farm_id(tx, person.actor)))
