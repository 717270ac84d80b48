"""Faults that can be switched on per kind of exchange, for as long or as often as asked.

Exchanges that the outside world starts (callbacks) and exchanges that the gateway starts (calls) break in
different ways, so each kind has its own list of modes. README.md tells what each mode does.
"""

import itertools
import threading
from collections.abc import Collection
from dataclasses import dataclass, field

from simulator.dice import Dice
from simulator.errors import Nonsense

_CALLBACK = frozenset({"delay", "late", "drop", "repeat", "reorder", "cut", "garbage"})
_RESULT = _CALLBACK | {"refuse", "before-answer", "timeout"}
_CALL = frozenset({"delay", "late", "drop", "refuse", "cut", "garbage"})

MODES: dict[str, frozenset[str]] = {
    "ussd-hop": _CALLBACK,
    "ussd-event": _CALLBACK,
    "sms-in": _CALLBACK,
    "sms-report": _CALLBACK | {"refuse", "before-answer"},
    "sms-optout": _CALLBACK,
    "stk-callback": _CALLBACK | {"refuse", "before-answer", "wrong-amount", "forged"},
    "c2b-validation": _CALLBACK - {"reorder"},
    "c2b-confirmation": _CALLBACK | {"wrong-amount", "forged"},
    "b2c-result": _RESULT | {"wrong-amount", "forged"},
    "reversal-result": _RESULT | {"wrong-amount"},
    "status-result": _RESULT,
    "balance-result": _RESULT,
    "sms-send": _CALL | {"repeat"},
    "sms-inbox": _CALL,
    "mpesa-token": _CALL,
    "stk-push": _CALL,
    "stk-query": _CALL,
    "c2b-register": _CALL,
    "c2b-simulate": _CALL,
    "b2c-pay": _CALL,
    "reversal": _CALL,
    "status-query": _CALL,
    "balance-query": _CALL,
}

# Kinds where somebody waits for the answer: there "late" means longer than the usual read time-outs.
AWAITED = frozenset(
    {"ussd-hop", "c2b-validation", *(kind for kind, modes in MODES.items() if modes >= _CALL)}
)


def usual_seconds(kind: str, mode: str) -> float:
    """How long a delay, a wait or a pause lasts when nobody says."""
    if mode == "late":
        return 15.0 if kind in AWAITED else 120.0
    return {"delay": 3.0, "reorder": 10.0}.get(mode, 0.0)


@dataclass
class Fault:
    """One fault that is switched on.

    n        repeat: how often the exchange happens in all
    seconds  delay, late: how long; reorder: how long it waits for a next one; repeat: pause between two
    code     refuse: what is answered; cut: `http-<status>` answers that instead of closing; garbage: status
    phone    only for this MSISDN, or for every one
    times    how many more exchanges it hits; None until it is cleared
    chance   how likely it hits an exchange that fits, 0 to 1; the world's seed decides which
    """

    id: int
    kind: str
    mode: str
    n: int
    seconds: float
    code: str
    phone: str
    times: int | None
    chance: float = 1.0
    seen: dict[str, int] = field(default_factory=dict, repr=False)

    def view(self) -> dict[str, object]:
        """As the control API shows it."""
        return {name: value for name, value in vars(self).items() if name != "seen"}

    @property
    def name(self) -> str:
        """As the list of exchanges shows it."""
        return f"{self.mode} {self.code}".strip()


class Faults:
    """The faults in force; the newest that fits an exchange is the one that hits it."""

    def __init__(self, dice: Dice) -> None:
        self._dice = dice
        self._lock = threading.Lock()
        self._ids = itertools.count(1)
        self._on: list[Fault] = []

    def add(
        self,
        kind: str,
        mode: str,
        *,
        n: int | None = None,
        seconds: float | None = None,
        code: str = "",
        phone: str = "",
        times: int | None = None,
        chance: float = 1.0,
    ) -> Fault:
        """Switch a fault on. Outside `repeat`, `n` is another word for `times`."""
        if kind not in MODES:
            raise Nonsense(f"no kind is called {kind}; there are {', '.join(MODES)}")
        if mode not in MODES[kind]:
            raise Nonsense(f"{kind} cannot {mode}; it can {', '.join(sorted(MODES[kind]))}")
        if mode == "refuse" and not code:
            raise Nonsense("refuse needs a code to refuse with")
        if (n is not None and not 1 <= n <= 100) or (times is not None and times < 1):
            raise Nonsense("n is 1 to 100, times is 1 or more")
        if seconds is not None and not 0 <= seconds <= 3600:
            raise Nonsense("seconds is 0 to 3600")
        if not 0 < chance <= 1:
            raise Nonsense("chance is above 0, at most 1")
        if mode != "repeat" and times is None:
            times = n
        fault = Fault(
            id=next(self._ids),
            kind=kind,
            mode=mode,
            n=n or 2,
            seconds=usual_seconds(kind, mode) if seconds is None else seconds,
            code=code,
            phone=phone,
            times=times,
            chance=chance,
        )
        with self._lock:
            self._on.append(fault)
        return fault

    def take(
        self, kind: str, phone: str = "", *, only: Collection[str] = (), but: Collection[str] = ()
    ) -> Fault | None:
        """The fault that hits this exchange, counted as used once; None if all goes well."""
        with self._lock:
            for fault in reversed(self._on):
                if fault.kind != kind or (fault.phone and fault.phone != phone):
                    continue
                if (only and fault.mode not in only) or fault.mode in but:
                    continue
                if not self._falls(fault, phone):
                    continue
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times == 0:
                        self._on.remove(fault)
                return fault
        return None

    def _falls(self, fault: Fault, phone: str) -> bool:
        if fault.chance >= 1:
            return True
        count = fault.seen[phone] = fault.seen.get(phone, 0) + 1
        return self._dice.hits(fault.chance, fault.kind, fault.name, phone, count)

    def in_force(self) -> list[dict[str, object]]:
        """All faults in force, oldest first."""
        with self._lock:
            return [fault.view() for fault in self._on]

    def clear(self, *, kind: str = "", fault_id: int | None = None) -> None:
        """Switch off one fault, those of one kind, or all."""
        with self._lock:
            self._on = [
                fault
                for fault in self._on
                if (kind and fault.kind != kind) or (fault_id is not None and fault.id != fault_id)
            ]
