"""People for the tests of accounts, each registered as a channel would."""

from itertools import count

from core.actor import Actor
from core.db import Database, Tx
from core.users import pins
from core.users import service as users
from core.users.models import User
from tests.helpers import Person

PASSWORD = "correct horse"
PIN = "4711"
_NUMBERS = count(1)


def register(db: Database, *, role: str = "customer", channel: str = "ussd", **more: object) -> Person:
    """A person with a number of her own; over the web with a password, and then not yet verified."""
    said: dict[str, object] = {
        "msisdn": f"07220{next(_NUMBERS):05d}",
        "role": role,
        "first_name": "Njeri",
        "language": "en",
        "channel": channel,
        "consent_version": users.TERMS_VERSION,
        "password": PASSWORD if channel == "web" else None,
    }
    user = db.run(lambda tx: users.register(tx, **(said | more)))  # type: ignore[arg-type]
    return Person(user, users.actor_for(user, channel))


def with_pin(db: Database, person: Person, pin: str = PIN) -> Person:
    """The same person, who has chosen a PIN."""
    db.run(lambda tx: pins.choose(tx, person.actor, pin=pin, again=pin))
    return person


def on(person: Person, channel: str) -> Actor:
    """The person as another channel sees her."""
    return users.actor_for(person.user, channel)


def fresh(tx: Tx, person: Person) -> User:
    """The person as the table has her now."""
    return users.get(tx, person.id)
