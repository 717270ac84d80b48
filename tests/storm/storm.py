"""One storm: days of random acts in bad weather, a calm in which all comes to its end, the comparison."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from redis import Redis

from core.locations.places import Places
from mpesa import c2b
from mpesa.client import Daraja
from tests.databases import Store
from tests.storm import weather
from tests.storm.comparing import Comparison, compare
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
    with town.timed("market"):
        market(house, town, size)
    with town.timed("paydays"):
        _paydays(house, town, size)
    with town.timed("calm"):
        at_dawn = _calm(house, town)
    found = compare(house.db, house.world.parts.books)
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


def market(house: House, town: Town, size: Size) -> None:
    """Orders are placed, paid, paid twice, taken back and delivered; money comes that nobody knows."""
    random = house.random
    acts: list[tuple[Callable[[], None], int]] = [
        (town.asks_again, 12),
        (town.pays_at_the_menu, 4),
        (town.pays_for_nothing_known, 6),
        (town.rider_pays_in, 3),
        (town.cancels, 2),
        (town.gives_back, 3),
        (town.office, 1),
    ]
    weights = [weight for _, weight in acts]
    for step in range(size.orders * 3):
        if step % 3 == 0:
            town.buys()
        if step % 3 == 2 and town.done["delivered"] < size.deliveries:
            town.delivers()
        for _ in range(3):
            random.choices(acts, weights)[0][0]()
        if random.random() < 0.01:
            town.nobody_keeps_redis()
        _go_on(house, town, random.uniform(2, 90))


def _paydays(house: House, town: Town, size: Size) -> None:
    """What was earned is paid out in small parts, again and again, while money still comes in."""
    random = house.random
    town.set_to("mpesa.max_transaction", "130")
    for _ in range(13):
        _go_on(house, town, 2 * 3600)
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


def _calm(house: House, town: Town) -> Comparison:
    """The weather is over. The office does its work for a night; what nobody told us of must be seen by then.

    Then M-Pesa's statement is brought in, and a week later everything has come to its end.
    """
    weather.calms_down(house.world)
    _quiet(house, town, (*[120] * 15, *[1800] * 8, *[3 * 3600] * 12))
    at_dawn = compare(house.db, house.world.parts.books)
    town.brings_the_statement()
    _quiet(house, town, [8 * 3600] * 27)
    town.brings_the_statement()
    _quiet(house, town, (1800, 3600, 3600))
    return at_dawn


def _quiet(house: House, town: Town, pauses: Iterable[float]) -> None:
    """Nothing new happens; what is under way arrives, and people do what they must."""
    for pause in pauses:
        house.pass_time(pause, dangerous=False)
        town.answers_prompts()
        house.work(dangerous=False)
        town.office()


def moved(house: House) -> int:
    """Payments, refunds and payouts so far that really moved money."""
    return sum(one.kind in ("stk", "c2b", "b2c", "reversal") for one in house.world.parts.books.movements())
