"""One storm: days of random acts in bad weather, a calm in which all comes to its end, the comparison."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from redis import Redis

from core.locations.places import Places
from mpesa import c2b
from mpesa.client import Daraja
from tests.databases import Store
from tests.storm import weather
from tests.storm.comparing import IN, OUT, Comparison, compare
from tests.storm.doors import Doors
from tests.storm.house import House, build
from tests.storm.people import Town, settle
from tests.storm.wires import plugged_in


@dataclass(frozen=True)
class Size:
    """How big: `moves` payments, refunds and payouts at least; `orders` of them with a whole order behind."""

    moves: int
    orders: int
    deliveries: int


def blow(
    store: Store, redis: Redis, places: Places, *, seed: int, size: Size, certificate: str
) -> tuple[House, Town, Comparison]:
    """Let it blow, calm down, compare."""
    house, town = begins(store, redis, places, seed=seed, certificate=certificate)
    doors = Doors(town)
    with town.timed("market"):
        market(house, doors, size)
    with town.timed("paydays"):
        _paydays(house, doors, size)
    with town.timed("calm"):
        at_dawn = _calm(house, doors)
    found = compare(house.db, house.world.parts.books, doors.purse)
    if at_dawn.untold and "balance" not in at_dawn.differences:
        found.faults.append("money came in that nobody told us of, and no difference is shown")
    return house, town, found


def begins(store: Store, redis: Redis, places: Places, *, seed: int, certificate: str) -> tuple[House, Town]:
    """Everybody is there, our C2B addresses are registered, and the weather breaks."""
    house = build(store, redis, places, seed=seed, certificate=certificate)
    town = settle(house)
    _register(house)
    weather.breaks_loose(house.world)
    return house, town


def _register(house: House) -> None:
    assert house.line is not None
    config = house.gateway.config
    with plugged_in(house.line):
        line = Daraja(config, house.gateway.redis, house.gateway.parts.vault)
        payload = c2b.register_payload(config, when_silent="Completed")
        outcome, answer = c2b.register(line, payload, version="v2")
    assert isinstance(outcome, c2b.Registered), answer


def market(house: House, doors: Doors, size: Size) -> None:
    """Orders are placed, paid, paid twice, taken back and delivered; money comes that nobody knows."""
    random, town = house.random, doors.town

    def goes_to_the_door() -> None:
        doors.goes_to_the_door(lambda seconds: _go_on(house, town, seconds))

    acts: list[tuple[Callable[[], None], int]] = [
        (town.asks_again, 12),
        (town.pays_at_the_menu, 6),
        (town.pays_for_nothing_known, 6),
        (town.rider_pays_in, 1),
        (town.cancels, 2),
        (town.gives_back, 3),
        (town.office, 1),
        (doors.buys_for_the_door, 3),
        (goes_to_the_door, 4),
        (doors.rider_pays_by_phone, 3),
        (doors.rider_brings_cash, 1),
        (doors.box_goes_to_the_bank, 1),
        (doors.transfers, 1),
        (doors.claims, 2),
        (doors.admin_cancels, 1),
        (doors.office, 1),
        (doors.safaricom_changes_its_mind, 1),
    ]
    weights = [weight for _, weight in acts]
    doors.opens()
    for step in range(size.orders * 3):
        if step % 3 == 0:
            town.buys()
        if step % 3 == 2 and town.done["delivered"] < size.deliveries:
            town.delivers()
        for _ in range(4):
            random.choices(acts, weights)[0][0]()
        if random.random() < 0.01:
            town.nobody_keeps_redis()
        _go_on(house, town, random.uniform(2, 90))
    house.world.parts.knobs.change({"c2b_validation": False})


def _paydays(house: House, doors: Doors, size: Size) -> None:
    """What was earned is paid out in small parts, again and again, while money still comes in."""
    random, town = house.random, doors.town
    town.set_to("mpesa.max_transaction", "130")
    for _ in range(13):
        _go_on(house, town, 2 * 3600)
    acts = (doors.claims, doors.rider_pays_by_phone, doors.box_goes_to_the_bank, doors.office)
    for _ in range(4000):
        if moved(house) >= size.moves:
            break
        town.pays_out()
        for _ in range(2):
            town.pays_for_nothing_known()
        if random.random() < 0.5:
            town.gives_back()
        if random.random() < 0.2:
            town.office()
        if random.random() < 0.2:
            random.choice(acts)()
        if random.random() < 0.02:
            town.nobody_keeps_redis()
        _go_on(house, town, random.uniform(60, 900))
    town.set_to("mpesa.max_transaction", "250000")


def _go_on(house: House, town: Town, seconds: float) -> None:
    """Time passes, prompts are answered, due work is done."""
    house.work()
    for _ in range(2):
        house.pass_time(seconds / 2)
        town.answers_prompts()
    house.work()


def _calm(house: House, doors: Doors) -> Comparison:
    """The weather is over. The office does its work for a night; what nobody told us of must be seen by then.

    Then M-Pesa's statement is brought in, and a week later everything has come to its end.
    """
    weather.calms_down(house.world)
    town = doors.town
    _quiet(house, doors, (*[120] * 15, *[1800] * 8, *[3 * 3600] * 12))
    at_dawn = compare(house.db, house.world.parts.books, doors.purse)
    town.brings_the_statement()
    _quiet(house, doors, [8 * 3600] * 27)
    town.brings_the_statement()
    _quiet(house, doors, (1800, 3600, 3600))
    for _ in range(
        4
    ):  # the office has gone home: what it had tried once more ends, or is seen to have failed
        house.work(dangerous=False)
        house.pass_time(600, dangerous=False)
    return at_dawn


def _quiet(house: House, doors: Doors, pauses: Iterable[float]) -> None:
    """Nothing new happens; what is under way arrives, and people do what they must."""
    for pause in pauses:
        house.pass_time(pause, dangerous=False)
        doors.town.answers_prompts()
        house.work(dangerous=False)
        doors.town.office()
        doors.office()


def moved(house: House) -> int:
    """Payments, refunds and payouts so far that really moved money."""
    new = house.world.parts.books.movements(house.seen)
    house.seen += len(new)
    house.moved += sum(one.kind in (*IN, *OUT) for one in new)
    return house.moved
