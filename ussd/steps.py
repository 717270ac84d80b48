"""From an answer to the next step: what a key means on a screen, where it leads. Nothing is written here."""

import logging

from menus import shortcuts
from menus.compile import Menus
from menus.flow import (
    BACK_KEY,
    HOME,
    HOME_KEY,
    LANGUAGE_KEY,
    LONGEST_LIST,
    MORE_KEY,
    THEN,
    Ask,
    Fork,
    Pick,
    Shown,
)
from menus.shortcuts import SHORTCUTS
from menus.talk import Again, Session, Talk
from menus.trail import go_back
from menus.words import CHOOSE_ONE, NO_MORE, NOTHING_SENT, ONE_ANSWER, TOO_LONG
from ussd.screen import offered

log = logging.getLogger("tunda.ussd")

LONGEST_ANSWER = 160
LANGUAGES = "home.language"
CODES = "home.codes"


class Steps:
    """The compiled menus, walked on one session at a time."""

    def __init__(self, menus: Menus) -> None:
        self._menus = menus

    def recognise(self, talk: Talk) -> None:
        """Look up who dials, as every dial begins."""
        start = self._menus.screens[self._menus.start]
        assert isinstance(start, Fork)
        self.look(start, talk)

    def take(self, talk: Talk, answer: str) -> None:
        """Read `answer` on the screen the person sees and move on; raises Again."""
        screen = self._menus.screen(talk.session)
        assert isinstance(screen, Shown)
        outcome = self._read(screen, talk, answer)
        if outcome == BACK_KEY:
            self._back(talk)
        elif outcome == LANGUAGE_KEY:
            self._stand(talk, LANGUAGES)
        elif outcome is not None and outcome in SHORTCUTS:
            self.jump(talk, outcome)
        elif outcome is not None:
            self._menus.move(talk.session, outcome)

    def is_back_further(self, talk: Talk) -> bool:
        """After a way back to a screen whose answers are gone by now: stand one further back, home at last.

        False if no way back had led there, or none is left.
        """
        if talk.came is not None or talk.session.state == HOME:
            return False
        log.warning("a screen on the way back lacks its answers", extra={"screen": talk.session.state})
        talk.notes.clear()
        self._back(talk)
        return True

    def _back(self, talk: Talk) -> None:
        talk.came = None
        go_back(talk.session, self._menus.screens)

    def _stand(self, talk: Talk, name: str) -> None:
        """Be at the step `name`, wherever the person was."""
        if talk.session.state == name:
            raise Again(CHOOSE_ONE)
        talk.session.state, talk.session.page, talk.session.after = name, 0, 0

    def jump(self, talk: Talk, code: str) -> None:
        """Where a shortcut leads; the way back from there is home. Raises Again if it means nothing here."""
        target = shortcuts.target(code, talk.caller.role)
        if target is None or target not in self._menus.screens:
            raise Again(CHOOSE_ONE)
        if code == shortcuts.CONTINUE and not talk.cut_off:
            raise Again(CHOOSE_ONE)
        talk.session.slots.clear()
        talk.session.trail, talk.came = [], None
        self._stand(talk, target)

    def look(self, screen: Fork, talk: Talk) -> None:
        """Go where a fork leads."""
        if screen.returns:
            self._back(talk)
            return
        self._menus.move(talk.session, screen.turn(talk))
        if screen.resumes and talk.unfinished is not None and talk.session.state == talk.unfinished.state:
            talk.session.page = talk.unfinished.page

    def _read(self, screen: Shown, talk: Talk, answer: str) -> str | None:
        free = isinstance(screen, Ask) and screen.free
        typed = answer.replace("¡", "@") if free else answer
        key = typed.strip().rstrip(".")
        if len(typed) > LONGEST_ANSWER:
            raise Again(TOO_LONG)
        for option in offered(screen, talk):
            if option.key == key:
                talk.slots.update(option.sets)
                return option.key
        # Where a number or words are asked, a key counts only if it stands on the screen.
        if key in (HOME_KEY, BACK_KEY) and (not isinstance(screen, Ask) or key in talk.session.keys):
            return key
        if key == MORE_KEY and not isinstance(screen, Ask):
            self._turned(talk.session)
            return None
        if key == LANGUAGE_KEY and not isinstance(screen, Ask):
            return key
        printed = key in talk.session.keys or talk.session.state == CODES
        if key in SHORTCUTS and (screen.top or printed):
            return key
        if not key:
            raise Again(NOTHING_SENT)
        if "*" in typed and not free:
            raise Again(ONE_ANSWER)
        match screen:
            case Ask():
                try:
                    value = screen.parse(talk, typed.strip())
                except Again:
                    if key == LANGUAGE_KEY and not screen.number and not screen.secret:
                        return key
                    raise
                if screen.secret:
                    talk.secret = str(value)
                if screen.save:
                    talk.slots[screen.save] = value
                return THEN
            case Pick():
                return self._picked(screen, talk, key)
            case _:
                raise Again(CHOOSE_ONE)

    def _turned(self, session: Session) -> None:
        """Another page of the same screen; from the last one to the first."""
        if not session.after and not session.page:
            raise Again(NO_MORE)
        session.page = session.after

    def _picked(self, screen: Pick, talk: Talk, key: str) -> str | None:
        if not screen.then or not key.isascii() or not key.isdigit() or len(key) > 2:
            raise Again(CHOOSE_ONE)
        items = screen.items(talk)[:LONGEST_LIST]
        if not 1 <= int(key) <= len(items):
            raise Again(CHOOSE_ONE)
        if screen.save:
            talk.slots[screen.save] = items[int(key) - 1].value
        return THEN
