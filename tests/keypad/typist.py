"""A slow typist: her dial ends after a few hops (30 s of silence), and she finishes by dialling again."""

from collections.abc import Sequence

from tests.keypad.house import Hop, House, Phone
from tests.keypad.legal import printed
from tests.keypad.walker import Step

RESUME = "home.resume"
GO_ON = "50"
# The network keeps a session for 180 s (contract, 1.5), of which her keys and its own way take their part.
HOPS_A_DIAL = 4


def finish(house: House, msisdn: str, path: Sequence[Step], done: tuple[str, ...]) -> str:
    """Go the `path` (screens with their answers) to the acts `done`; "" or where she was stuck.

    Begins in the world as it stands.
    """
    at = -1
    for dial in range(len(path) + 2):
        phone, hop = house.dial(msisdn)
        begun = hop.body
        phone, hop, left = _go_on(house, phone, hop) if dial else (phone, hop, HOPS_A_DIAL - 1)
        stands = [index for index, (screen, _answer) in enumerate(path) if screen == hop.screen]
        if not stands:
            return f"dial {dial + 1} leads to {hop.screen}, which is not on the way: {hop.body!r}"
        here = max((index for index in stands if index <= max(at, 0)), default=stands[0])
        start = here
        while left and here < len(path) and path[here][0] == hop.screen:
            phone, hop = house.answer(phone, path[here][1])
            here, left = here + 1, left - 1
            if set(done) <= set(hop.done):
                return ""
        if here <= at or (here == at and start == at):
            beyond = path[here][0] if here < len(path) else hop.screen
            return f"never gets past {beyond} ({dial + 1} dials, which began with {begun!r})"
        at = here
        house.event(phone, "Incomplete")
    return f"not done after {len(path) + 2} dials"


def _go_on(house: House, phone: Phone, hop: Hop) -> tuple[Phone, Hop, int]:
    """Press what goes on where the last dial was cut off, if it is offered."""
    keys = printed(hop.body, house.step(hop.screen))
    key = "1" if hop.screen == RESUME else GO_ON if GO_ON in keys else ""
    if not key:
        return phone, hop, HOPS_A_DIAL - 1
    return *house.answer(phone, key), HOPS_A_DIAL - 2
