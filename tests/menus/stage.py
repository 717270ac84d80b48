"""What a happening is handed: the world of one transcript, in the language in which it is played."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from typing import Any

from sqlalchemy import func, select, update

from core.db import Database
from core.users.models import User
from inbound.gateway import Gateway
from tests import helpers
from tests.helpers import Cast, FixedClock, SeededChance
from tests.orders.shop import Shop

Happening = Callable[..., str | None]


@dataclass
class Stage:
    """One play. Whoever is registered by a happening speaks `language` from the first moment after it.

    things  whatever one happening leaves for a later one, by name
    """

    gateway: Gateway
    clock: FixedClock
    chance: SeededChance
    language: str
    things: dict[str, Any] = field(default_factory=dict)
    _speaking: int = 0

    @property
    def db(self) -> Database:
        """The database."""
        return self.gateway.db

    @cached_property
    def cast(self) -> Cast:
        """Farmer, customer, rider and admin: registered when first asked for."""
        cast = helpers.register_cast(self.db)
        self.speak()
        return cast

    @cached_property
    def shop(self) -> Shop:
        """The steps of the story, one line each (tests/orders/shop.py)."""
        return Shop(self.db, self.cast)

    def speak(self) -> None:
        """Who is new since the last call speaks the play's language."""
        with self.db.engine.begin() as connection:
            newcomers = update(User).where(User.user_id > self._speaking)
            connection.execute(newcomers.values(preferred_language=self.language))
            self._speaking = connection.scalar(select(func.max(User.user_id))) or 0

    def happen(self, package: str, name: str, *arguments: str) -> str | None:
        """Happening `name` of tests/menus/happenings/<package>.py, or of common.py, and all that follows."""
        answer = _happening(package, name)(self, *arguments)
        self.speak()
        return answer


def _happening(package: str, name: str) -> Happening:
    for module in (package, "common"):
        try:
            found = getattr(import_module(f"tests.menus.happenings.{module}"), name, None)
        except ModuleNotFoundError:
            continue
        if found is not None:
            happening: Happening = found
            return happening
    raise AssertionError(f"no happening {name} in tests/menus/happenings/{package}.py or common.py")
