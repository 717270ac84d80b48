"""One tour of the whole house in one language: the small world, the large one, and every written
conversation.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from menus.flow import Say, Shown
from tests.keypad.house import House
from tests.keypad.scripts import scout
from tests.keypad.typist import Call, finish
from tests.keypad.walker import Found, Walker
from tests.keypad.worlds import SIZES, build, people, speak, special
from tests.menus.stage import Stage
from tests.menus.transcript import scripts

WARM = "+254712000998"


@dataclass(frozen=True)
class Tour:
    """What was found: in the worlds by their size, and from the scripts."""

    language: str
    worlds: Mapping[str, Found]
    scripts: Found

    @property
    def all(self) -> tuple[Found, ...]:
        """Everything that was found."""
        return (*self.worlds.values(), self.scripts)

    @property
    def faults(self) -> list[str]:
        """Each kind of fault of each screen once."""
        return sorted({key: what for found in self.all for key, what in found.faults.items()}.values())

    @property
    def unanswered(self) -> set[str]:
        """Questions to which nobody had a legal answer."""
        given = {name for found in self.all for name in found.answered}
        return {name for found in self.all for name in found.unanswered} - given

    @property
    def stuck(self) -> list[str]:
        """What a slow typist never finishes, a line each: who, where, what, and where she is stuck."""
        return [
            f"{role} {screen}: {' '.join(acts)}: {why}"
            for found in self.all
            for (role, screen, acts), why in found.typed.items()
            if why
        ]

    def untyped(self, house: House) -> set[str]:
        """Acts, other than those that only look, to which no slow typist came."""
        typed = {act for found in self.all for _role, _screen, acts in found.typed for act in acts}
        return {name for name in house.menus.screens if house.changes(name)} - typed

    def unseen(self, house: House) -> set[str]:
        """Screens and last words that nothing led to."""
        seen = {name for found in self.all for _language, name in found.seen}
        spoken = {name for name, step in house.menus.screens.items() if isinstance(step, Shown | Say)}
        return spoken - seen

    def summary(self, house: House) -> str:
        """The coverage, in a line."""
        spoken = sum(isinstance(step, Shown | Say) for step in house.menus.screens.values())
        hops = sum(found.hops for found in self.all)
        shapes = sum(found.shapes for found in self.all)
        missed = len(self.unseen(house))
        return f"{self.language}: {spoken - missed} of {spoken} screens, {shapes} shapes, {hops} hops"


def tour(house: House, language: str, *, thorough: bool) -> Tour:
    """Walk everything there is: both worlds, and on from every script; or, not `thorough`, the world of long
    data alone, and on from every script only where a screen is new.
    """
    house.dial(WARM)  # the process has answered before: scripts and connections are there
    walkers = {size: _world(house, size, language, thorough) for size in (SIZES if thorough else ["long"])}
    found = {size: walker.found for size, walker in walkers.items()}
    return Tour(language, found, _scripts(house, language, walkers.values(), thorough))


def _world(house: House, size: str, language: str, thorough: bool) -> Walker:
    house.anew("keypad")
    world = build(house.db, SIZES[size], language)
    speak(house.db, language)
    morning, found = house.moment(), Found()
    walker = Walker(house, found, language, thorough=thorough)
    for msisdn in people(world).values():
        house.back_to(morning)
        walker.greet(msisdn)
        walker.go_on()
    for msisdn in special(world):
        house.back_to(morning)
        one = Walker(house, found, language, thorough=False)  # what others have seen looks otherwise to her
        one.greet(msisdn)
        one.go_on()
    # What a screen is called in another language, or how long it is, changes no way.
    for done, (msisdn, path) in walker.ways.items() if thorough and size == "short" else ():
        stuck = finish(house, Call(morning, msisdn, path=path), done, found.keys)
        found.typed["", path[-1][0], done] = stuck
    return walker


def _scripts(house: House, language: str, known: Collection[Walker], thorough: bool) -> Found:
    """One walker for all: what has been walked from need not be walked from again."""
    found = Found(keys={screen: dict(ways) for one in known for screen, ways in one.found.keys.items()})
    walker = Walker(house, found, language, known, thorough=thorough)
    for script in scripts():
        house.anew("keypad")
        stage = Stage(house.gateway, house.clock, house.chance, language)
        scout(script, house, stage, walker, slowly=thorough)
        walker.go_on()
    return found
