"""The gateway and the outside world in one thread: real applications, the real client, the real duties."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import TypeVar

from pydantic import SecretStr
from redis import Redis

from app import create_app
from core.config import Config
from core.db import Database, Tx
from core.due_work import HANDLERS
from core.duties import timetable
from core.duties.service import Handler
from core.duties.sweep import sweep
from core.locations.places import Places
from core.parts import Parts
from core.reactions import react
from core.settings.cache import SettingsCache
from inbound.gateway import Gateway
from locales.voice import Voice
from mpesa import work as mpesa_work
from simulator.app import create_app as simulator_app
from simulator.parts import Parts as SimulatedParts
from simulator.settings import Settings
from simulator.world import World
from tests.databases import Store
from tests.helpers import CALLBACK_SECRET, DATA_KEY, DEMO_MOMENT, QuickVault, SeededChance
from tests.storm.wires import Agenda, Direct, Moment, SharedClock, Shortcut, line_down, plugged_in

T = TypeVar("T")
# Kinds that send texts or mail; the storm is about money, and who is told is proved elsewhere.
HUSHED = ("retention", "trace_dials", "watch_signs", "privacy_clock", "price_alerts")
PASSWORD = "storm&password1"


class Killed(BaseException):
    """The process ended here, without a word: no handler of ours may catch it."""


class MortalDatabase(Database):
    """A database whose user may be killed before or after any transaction."""

    doom: Callable[[str], None] = staticmethod(lambda where: None)

    def run(self, work: Callable[[Tx], T], *, attempts: int = 3) -> T:
        """As ever, if it comes to that."""
        self.doom("before a transaction")
        done = super().run(work, attempts=attempts)
        self.doom("after a transaction")
        return done


@dataclass
class House:
    """Everything that runs.

    mortal  whether somebody may be killed now, or find the line down; the people themselves are spared
    moved   payments, refunds and payouts so far that really moved money, of the `seen` movements there were
    """

    moment: Moment
    agenda: Agenda
    world: World
    gateway: Gateway
    handlers: Mapping[str, Handler]
    random: Random
    line: Direct | None = None
    mortal: bool = False
    look_at: datetime = DEMO_MOMENT
    seen: int = 0
    moved: int = 0
    killed: int = 0
    lines_down: int = 0
    kill_chance: float = 0.004
    down_chance: float = 0.01

    @property
    def db(self) -> Database:
        """The gateway's."""
        return self.gateway.db

    def doom(self, where: str) -> None:
        """Whether the process ends here."""
        if self.mortal and self.random.random() < self.kill_chance:
            self.killed += 1
            raise Killed(where)

    def before_call(self, _path: str) -> None:
        """The line may be down, and a process may die with the request in its hand."""
        self.doom("before a call")
        if self.mortal and self.random.random() < self.down_chance:
            self.lines_down += 1
            raise line_down()

    def after_call(self, _path: str) -> None:
        """A process may die with the answer in its hand."""
        self.doom("after a call")

    @contextmanager
    def danger(self) -> Iterator[None]:
        """In this block processes die; whoever dies is replaced by another that knows only the database."""
        self.mortal = True
        try:
            yield
        except Killed:
            pass
        finally:
            self.mortal = False

    def work(self, *, dangerous: bool = True) -> int:
        """Sweep until nothing is due or the worker is killed; returns how much was done."""
        done = 0
        if self.moment.at >= self.look_at:
            self.look_at = self.moment.at + timedelta(minutes=10)
            timetable.ensure(self.db)
        for _ in range(50):
            taken = 0
            if dangerous:
                with self.danger():
                    taken = sweep(self.db, self.handlers)
            else:
                taken = sweep(self.db, self.handlers)
            if not taken:
                break
            done += taken
        return done

    def pass_time(self, seconds: float, *, dangerous: bool = True) -> None:
        """Time goes by: what is under way arrives."""
        self.mortal = dangerous
        try:
            self.agenda.run(seconds)
        finally:
            self.mortal = False


def build(store: Store, redis: Redis, places: Places, *, seed: int, certificate: str) -> House:
    """A house on an empty database; `certificate` is the file that the simulator writes."""
    moment = Moment(DEMO_MOMENT)
    agenda = Agenda(moment)
    random = Random(seed)
    pool = redis.connection_pool.connection_kwargs
    config = Config(
        _env_file=None,  # type: ignore[call-arg]
        environment="test",
        secret_key=SecretStr("a secret for tests only"),
        data_keys=SecretStr(DATA_KEY),
        callback_secret=SecretStr(CALLBACK_SECRET),
        database_url=store.url,
        redis_url=f"redis://{pool['host']}:{pool['port']}/{pool['db']}",
        public_url="https://pay.tunda.example",
        sms_api_url="http://127.0.0.1:9",
        mpesa_api_url="http://daraja.example",
        mpesa_calls_per_second=1_000_000,
        mpesa_initiator_name="tundaapi",
        mpesa_initiator_password=SecretStr(PASSWORD),
        mpesa_certificate=certificate,
        mpesa_sources="127.0.0.1",
        mpesa_sources_mode="enforce",
    )
    parts = Parts(
        clock=moment,
        vault=QuickVault([DATA_KEY]),
        chance=SeededChance(seed),
        settings=SettingsCache(),
        places=places,
        products=store.products,
        service_code="*384*88632#",
        short_code="20880",
        paybill="174379",
    )
    db = MortalDatabase(store.engine, parts, react)
    gateway = Gateway(config=config, db=db, redis=redis, parts=parts, voice=Voice(store.products))
    application = create_app(gateway=gateway)
    db.nudge = lambda due: None
    world = _world(moment, agenda, seed, certificate)
    house = House(moment, agenda, world, gateway, {}, random)
    simulated = simulator_app(world.parts.settings, world)
    world.parts.courier = Shortcut(world.parts.courier, application, agenda, Killed)
    house.line = Direct(simulated, agenda, before=house.before_call, after=house.after_call)
    with plugged_in(house.line):
        own = {**HANDLERS, **mpesa_work.duties(gateway)}
    house.handlers = {kind: do for kind, do in own.items() if kind not in HUSHED}
    db.doom = house.doom
    return house


def _world(moment: Moment, agenda: Agenda, seed: int, certificate: str) -> World:
    settings = Settings(
        callback_secret=CALLBACK_SECRET,
        mpesa_initiator_password=PASSWORD,
        certificate_file=Path(certificate),
    )
    world = World(settings, SimulatedParts(settings, SharedClock(moment), timers=agenda))
    world.reset(seed)
    return world
