"""A slow typist: her dial ends after a few hops (30 s of silence), and she finishes by dialling again."""

from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.keypad.house import Hop, House, Moment, Phone
from tests.keypad.legal import printed

if TYPE_CHECKING:
    from tests.keypad.walker import Step

RESUME = "home.resume"
GO_ON = "50"
# The network keeps a session for 180 s (contract, 1.5), of which her keys and its own way take their part.
HOPS_A_DIAL = 4
# screen -> screen -> the answer that led there, over no act
Keys = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Call:
    """What somebody has answered since a moment: that of her dial, or one in the middle of it.

    cut  the moment lies in the middle: something else has happened there, or something was done
    """

    moment: Moment
    msisdn: str
    suffix: str = ""
    path: "tuple[Step, ...]" = ()
    cut: bool = False


def finish(house: House, call: Call, done: tuple[str, ...], keys: Keys) -> str:
    """Come to the acts `done` as she did in `call`, cut off again and again; "" or where she was stuck.

    Where she had answered a screen several times (a wrong PIN, a way back), her last answer is the one.

    keys  what she presses where she is led elsewhere: she knows her way about
    """
    house.back_to(call.moment)
    answers, last = dict(call.path), ""
    for dial in range(len(call.path) + 2):
        phone, hop = house.dial(call.msisdn, "" if dial else call.suffix)
        begun, left = hop.body, HOPS_A_DIAL - 1
        if dial or call.cut:
            phone, hop, left = _go_on(house, phone, hop, left)
        while left and not {*done} <= {*hop.done}:
            answer = answers.get(hop.screen) or _towards(keys, hop.screen, answers)
            if not answer:
                return f"dial {dial + 1} leads to {hop.screen}, from where she knows no way: {hop.body!r}"
            phone, hop = house.answer(phone, answer)
            left -= 1
        if {*done} <= {*hop.done}:
            return ""
        last = f"{hop.screen}, and began with {begun!r}"
        house.event(phone, "Incomplete")
    return f"not done after {len(call.path) + 2} dials; the last ended at {last}"


def _go_on(house: House, phone: Phone, hop: Hop, left: int) -> tuple[Phone, Hop, int]:
    """Press what goes on where the last dial was cut off, if it is offered."""
    offered = printed(hop.body, house.step(hop.screen))
    key = "1" if hop.screen == RESUME else GO_ON if GO_ON in offered else ""
    return (*house.answer(phone, key), left - 1) if key else (phone, hop, left)


def _towards(keys: Keys, screen: str, wanted: Collection[str]) -> str:
    """The first key of the shortest way to a screen that is `wanted`; "": she knows none."""
    ways, seen = deque((to, key) for to, key in keys.get(screen, {}).items()), {screen}
    while ways:
        name, first = ways.popleft()
        if name in wanted:
            return first
        if name not in seen:
            seen.add(name)
            ways += [(to, first) for to in keys.get(name, {})]
    return ""
