"""What every network of the simulated world stands on, and how a change becomes visible to the watchers."""

import threading
from dataclasses import dataclass, field

from simulator.clock import WorldClock
from simulator.courier import Courier
from simulator.dice import Dice
from simulator.faults import Faults
from simulator.front import Front
from simulator.handsets import Phones
from simulator.knobs import Knobs
from simulator.settings import Settings
from simulator.timers import Timers
from simulator.traffic import Traffic
from simulator.wallets import Books


class State:
    """One lock for all phones and networks, and a counter that moves with every change.

    Held only to read and write memory, never during a call to the gateway.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._changed = threading.Condition(self.lock)
        self.version = 1

    def changed(self) -> None:
        """Tell whoever watches; call with the lock held."""
        self.version += 1
        self._changed.notify_all()

    def wait(self, since: int, seconds: float) -> int:
        """The version as soon as it is not `since` any more, or after `seconds`."""
        with self._changed:
            self._changed.wait_for(lambda: self.version != since, seconds)
            return self.version


@dataclass
class Parts:
    """Built once; handed to the three networks."""

    settings: Settings
    clock: WorldClock
    knobs: Knobs = field(default_factory=Knobs)
    dice: Dice = field(default_factory=Dice)
    books: Books = field(default_factory=Books)
    state: State = field(default_factory=State)
    timers: Timers = field(default_factory=Timers)

    def __post_init__(self) -> None:
        self.phones = Phones(self.books, self.clock.local)
        self.faults = Faults(self.dice)
        self.traffic = Traffic(self.settings.callback_secret)
        self.courier = Courier(self.clock, self.faults, self.timers, self.traffic)
        self.front = Front(self.clock, self.faults, self.traffic, self.timers)
