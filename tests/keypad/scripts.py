"""Every written conversation (tests/menus/transcripts) as a way to screens: whatever others script is
walked from. And whatever is done in one, a slow typist does too.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from menus.flow import Ask
from tests.keypad.house import House, Phone
from tests.keypad.search import places
from tests.keypad.typist import Call, finish
from tests.keypad.walker import Node, Walker
from tests.menus.stage import Stage
from tests.menus.transcript import Player
from ussd.hoplog import drain

EXAMPLE = "1234"  # stands on the screen as a PIN that is none


class Scout(Player):
    """Plays a script and shows the walker every screen on the way.

    deeds  the acts that one answer led over: in whose role, and how they were come to, the shorter way first
    """

    def __init__(self, script: Path, house: House, stage: Stage, walker: Walker) -> None:
        self._script, self._house, self._walker = script.stem, house, walker
        self._before: dict[str, Node] = {}
        self._calls: dict[str, list[Call]] = {}
        self.deeds: list[tuple[str, tuple[str, ...], Call]] = []
        self.secrets: set[str] = set()
        super().__init__(script.parent.name, house.client, stage)

    def line(self, line: str) -> None:
        """One line of the script; what happens in the middle of a call happens once: its way begins anew."""
        before = self._phone.text
        if line.startswith("dial"):
            self._work()
            moment, suffix = self._house.moment(), line.removeprefix("dial").strip()
            self._calls[self._phone.msisdn] = [Call(moment, self._phone.msisdn, suffix)]
        super().line(line)
        happened = line.startswith("@") and self._phone.text == before
        if happened or line.startswith(("wait", "drop", "timeout")):
            moment = self._house.moment()
            for msisdn, calls in self._calls.items():
                calls[:] = [Call(moment, msisdn, cut=True)]

    def _hop(self, line: str, post: Callable[[], str]) -> None:
        self._stage.gateway.parts.refresh(self._stage.db.engine)
        heard = self._house.heard(post)
        phone = Phone(self._phone.msisdn, self._phone.session, self._phone.text, self._phone.code)
        hop = self._house.hop(phone, 200, heard)
        came = self._before.get(phone.session)
        answer = phone.text.removeprefix(came.phone.text).lstrip("*") if came else line
        asked = self._house.step(came.hop.screen) if came else None
        if isinstance(asked, Ask) and asked.secret and re.fullmatch("[0-9]{4}( [0-9]{4})?", answer):
            self.secrets |= {*answer.split()} - {EXAMPLE}
        node = self._before[phone.session] = self._walker.look(phone, hop, None, (self._script, answer), came)
        calls = self._calls[phone.msisdn]
        if came and came.hop.session:
            calls[:] = [replace(call, path=(*call.path, (came.hop.screen, answer))) for call in calls]
            self.deeds += [(came.hop.session.caller.role, hop.done, call) for call in reversed(calls)]
        if hop.done:
            calls[1:] = [Call(node.moment, phone.msisdn, cut=True)]
        if hop.body.startswith("END "):
            self._event("Success")


def scout(script: Path, house: House, stage: Stage, walker: Walker, *, slowly: bool) -> None:
    """One script from its first line to its last; afterwards its PINs and codes stand nowhere in clear (S5).

    Nowhere: not in a table (callback log and traces included), not in Redis, not in a line of the log.

    slowly  what is done in it is done once more by a slow typist, unless one has done it in another script
    """
    player = Scout(script, house, stage, walker)
    for line in script.read_text(encoding="utf-8").splitlines():
        try:
            player.line(line.rstrip())
        except Exception as error:
            walker.found.fault("the script breaks", script.stem, None, f"{line!r}: {error!r}"[:300])
            return
    drain(house.gateway)  # what waited in Redis is in the callback log now, and in the traces
    for secret in player.secrets:
        for place in places(house, secret):
            walker.found.fault("a secret in clear", script.stem, None, f"{secret} in {place}")
    typed = walker.found.typed
    for role, done, call in player.deeds if slowly else ():
        deed = (role, call.path[-1][0], done)
        if house.acted(done) and typed.get(deed, "not yet"):
            typed[deed] = finish(house, call, done, walker.found.keys)
