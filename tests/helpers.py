"""What the fixtures of conftest.py are made of; tests import from here what they need by name."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from argon2 import PasswordHasher

from core.actor import Actor
from core.db import Database, Tx
from core.farms import service as farms
from core.users.models import User
from core.vault import Vault

C = TypeVar("C")

# Tuesday 24 June 2025, 09:30 in Nairobi: inside the market data, inside working hours, outside quiet ones.
DEMO_MOMENT = datetime(2025, 6, 24, 6, 30, tzinfo=UTC)
DATA_KEY = "dGhpcyBpcyBhIHRlc3Qga2V5LCAzMiBieXRlcyBsb24="
CALLBACK_SECRET = "0123456789abcdef0123456789abcdef"

KINOO = "Kinoo"  # ward of Kikuyu, Kiambu: the farmer's and the rider's
KANGEMI = "Kangemi"  # ward of Westlands, Nairobi: the customer's
FARMER = "+254712000101"
CUSTOMER = "+254712000202"
RIDER = "+254712000303"
ADMIN = "+254712000404"


class FixedClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, moment: datetime = DEMO_MOMENT) -> None:
        self._moment = moment

    def now(self) -> datetime:
        """The moment that was set, aware, UTC."""
        return self._moment

    def set(self, moment: datetime) -> None:
        """Jump to `moment` (aware)."""
        self._moment = moment.astimezone(UTC)

    def advance(self, **amount: float) -> None:
        """Move on: `clock.advance(minutes=31)`."""
        self._moment += timedelta(**amount)


class SeededChance:
    """Randomness that is the same in every run."""

    def __init__(self, seed: int = 2025) -> None:
        self._random = random.Random(seed)

    def reseed(self, seed: str) -> None:
        """From here on as `seed` has it."""
        self._random.seed(seed)

    @property
    def state(self) -> Any:
        """How the dice lie."""
        return self._random.getstate()

    @state.setter
    def state(self, dice: Any) -> None:
        self._random.setstate(dice)

    def choice(self, options: Sequence[C]) -> C:
        """One of `options`."""
        return self._random.choice(options)

    def digits(self, count: int) -> str:
        """`count` decimal digits."""
        return "".join(self._random.choice("0123456789") for _ in range(count))

    def token(self) -> str:
        """32 hex characters."""
        return f"{self._random.getrandbits(128):032x}"


class QuickVault(Vault):
    """The real vault but for the price of a hash: a tenth of a millisecond where people pay 25 (S13).

    What a hash must cost is tested on the vault itself (tests/core/test_values.py).
    """

    def __init__(self, keys: Sequence[str]) -> None:
        super().__init__(keys)
        self._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@dataclass(frozen=True)
class Person:
    """One of the cast, with the actor that their channel would establish."""

    user: User
    actor: Actor

    @property
    def id(self) -> int:
        """The user id."""
        return self.user.user_id

    @property
    def phone(self) -> str:
        """The MSISDN."""
        return self.user.phone_number


@dataclass(frozen=True)
class Cast:
    """The people of the story, registered: the rider on duty with an approved motorcycle."""

    farmer: Person
    customer: Person
    rider: Person
    admin: Person


def farm_id(tx: Tx, farmer: Actor) -> int:
    """The farm that a farmer has."""
    farm = farms.first_of(tx, farmer)
    assert farm is not None
    return farm.farm_id


def register_cast(db: Database) -> Cast:
    """Register the four people of the story as their channels would."""
    from core.deliveries import duty, vehicles
    from core.users import login
    from core.users import service as users

    places = db.parts.places

    def person(tx: Tx, msisdn: str, role: str, name: str, language: str, channel: str, ward: str) -> Person:
        user = users.register(
            tx,
            msisdn=msisdn,
            role=role,
            first_name=name,
            language=language,
            channel=channel,
            ward_code=next(w.code for w in places.starting_with(ward) if w.ward == ward),
            landmark="",
            consent_version=users.TERMS_VERSION,
        )
        return Person(user, users.actor_for(user, channel))

    def work(tx: Tx) -> Cast:
        farmer = person(tx, FARMER, "farmer", "Wanjiku", "sw", "ussd", KINOO)
        customer = person(tx, CUSTOMER, "customer", "Achieng", "en", "sms", KANGEMI)
        rider = person(tx, RIDER, "rider", "Kamau", "kikuyu", "ussd", KINOO)
        boss = login.create_admin(
            tx, msisdn=ADMIN, email="admin@example.com", password="correct horse", one_time=False
        )
        tx.flush()
        admin = Person(boss, users.actor_for(boss, "web"))
        vehicle = vehicles.register(tx, rider.actor, vehicle_type="motorcycle", plate="KMFB 123C")
        tx.flush()
        vehicles.decide(tx, admin.actor, vehicle_id=vehicle.vehicle_id, approve=True)
        duty.set_duty(tx, rider.actor, on=True)
        return Cast(farmer, customer, rider, admin)

    return db.run(work)
