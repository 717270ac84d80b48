"""The mixed load: farmers, customers and riders in the shares in which they call, in the middle of business.

What they answer is learned by pressing, with seeded dice, whatever the screens print; each learned dial is
then repeated by people who stand where the first one stood. So every conversation that the home screens lead
to is in the load, however the screens change.
"""

import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from typing import cast

from flask.testing import FlaskClient

from bench import story
from bench.counting import counting
from bench.load import Conversation
from core.carts import service as carts
from core.db import Tx
from core.deliveries import duty, vehicles
from core.listings.models import Listing
from core.orders.checkout import checkout
from inbound.gateway import Gateway
from menus.compile import conversations
from menus.flow import Ask, Pick, Shown
from menus.talk import Session
from tests.helpers import Person, register_cast
from tests.keypad.answers import ANYTHING, TABLE
from tests.orders.shop import Shop
from ussd.sessions import Sessions

SHARES = {"farmer": 50, "customer": 35, "rider": 15}
WALKS = 24
LONGEST = 9
_KEY = re.compile(r"^(\d{1,2}) \S", re.MULTILINE)
AWAY = ("0", "00", "99")


@dataclass(frozen=True)
class Walk:
    """One learned dial: whose kind, what was answered, on which screens, and what each hop asked for."""

    role: str
    answers: tuple[str, ...]
    screens: tuple[str, ...]
    sql: tuple[int, ...]


class Crowd:
    """People in pairs of a farmer and her customer, with an order between them, and riders on duty."""

    def __init__(self, gateway: Gateway) -> None:
        self._shop = Shop(gateway.db, register_cast(gateway.db))
        self._numbers = count(1)
        self.people: dict[str, list[str]] = {role: [] for role in SHARES}

    def take(self, role: str) -> str:
        """The number of somebody of that role whom nobody has called as yet."""
        if not self.people[role]:
            self._rider() if role == "rider" else self._pair()
        return self.people[role].pop()

    def _person(self, role: str, ward: str) -> Person:
        person = self._shop.person(f"+25471{next(self._numbers):07d}", role, ward, "Wanjiku")
        self.people[role].append(person.phone)
        return person

    def _pair(self) -> None:
        farmer, customer = self._person("farmer", "Kinoo"), self._person("customer", "Kangemi")
        listing: Listing = self._shop.publish("50", "80", farmer=farmer)
        run = self._shop.db.run
        run(lambda tx: carts.add(tx, customer.actor, listing_id=listing.listing_id, quantity=Decimal(5)))
        order = run(lambda tx: checkout(tx, customer.actor, idempotency_key=customer.phone, again=True))
        self._shop.pay(order, f"ws_{order.order_id}", f"R{order.order_id:09d}")

    def _rider(self) -> None:
        rider, number = self._person("rider", "Kinoo"), next(self._numbers)

        def work(tx: Tx) -> None:
            plate = f"KM{chr(65 + number % 26)}A {100 + number % 900}{chr(65 + number // 900 % 26)}"
            vehicle = vehicles.register(tx, rider.actor, vehicle_type="motorcycle", plate=plate)
            tx.flush()
            vehicles.decide(tx, self._shop.cast.admin.actor, vehicle_id=vehicle.vehicle_id, approve=True)
            duty.set_duty(tx, rider.actor, on=True)

        self._shop.db.run(work)


class Mix:
    """The learned dials, and an endless supply of callers for them."""

    def __init__(self, gateway: Gateway, client: FlaskClient, seed: int = 4) -> None:
        self._gateway = gateway
        self._client = client
        self._dice = random.Random(seed)
        self._crowd = Crowd(gateway)
        self._sessions = Sessions(gateway.redis, gateway.parts.vault)
        roles = [role for role, share in SHARES.items() for _ in range(share)]
        self.walks = [self._learn(self._dice.choice(roles)) for _ in range(WALKS)]
        self._next: Iterator[int] = count()

    def conversations(self, dials: int) -> list[Conversation]:
        """So many dials, the walks by turns, each of somebody new."""
        chosen = [self.walks[next(self._next) % len(self.walks)] for _ in range(dials)]
        return [story.hops(self._gateway, self._crowd.take(walk.role), list(walk.answers)) for walk in chosen]

    @property
    def hops(self) -> float:
        """Of a dial, on average."""
        return sum(len(walk.screens) for walk in self.walks) / len(self.walks)

    def costs(self) -> list[tuple[str, int, int]]:
        """Screen, how often it was shown in the walks, the most SQL it took; the dearest first."""
        shown: Counter[str] = Counter(screen for walk in self.walks for screen in walk.screens)
        most: dict[str, int] = {}
        for walk in self.walks:
            for screen, sql in zip(walk.screens, walk.sql, strict=True):
                most[screen] = max(most.get(screen, 0), sql)
        return sorted(((s, shown[s], most[s]) for s in most), key=lambda row: -row[2])

    def _learn(self, role: str) -> Walk:
        phone = story.DirectPhone(self._gateway, self._client, self._crowd.take(role))
        screens, sql = [], []
        with counting(self._gateway.db) as asked:
            body = phone.dial("")
        while True:
            screens.append(self._screen(phone))
            sql.append(asked.sql)
            if not phone.is_in_session() or len(screens) > LONGEST:
                return Walk(role, tuple(phone.answers), tuple(screens), tuple(sql))
            answer = self._answer(screens[-1], body)
            with counting(self._gateway.db) as asked:
                body = phone.answer(answer)

    def _answer(self, name: str, body: str) -> str:
        screen = conversations().screens[name]
        assert isinstance(screen, Shown)
        own = {option.key for option in screen.options}
        keys = [key for key in _KEY.findall(body) if key in own or isinstance(screen, Pick)]
        onward = [key for key in keys if key not in AWAY]
        if isinstance(screen, Ask) and (not onward or self._dice.random() < 0.8):
            return str(self._dice.choice(TABLE.get(getattr(screen.parse, "__name__", ""), ANYTHING[:4])))
        return str(self._dice.choice(onward or ["00"]))

    def _screen(self, phone: story.DirectPhone) -> str:
        code = self._gateway.config.ussd_service_code
        kept = cast("bytes | None", self._gateway.redis.get(self._sessions.keys(*phone.who, code).session))
        return Session.load(kept).state if kept else "the end"


def line_of(costs: Sequence[tuple[str, int, int]], most: int = 12) -> list[str]:
    """The dearest screens as lines of the report."""
    return [f"  {screen:24} {sql:3} SQL, shown {times} times" for screen, times, sql in costs[:most]]
