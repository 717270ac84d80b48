"""The way back: the screens a person has seen since her home screen, kept with the session.

`0` leads to the last of them. A screen that stands on the trail cuts it there, so that a conversation that
turns in circles has no endless way back. What has been done is not gone back through: after an act the way
back is home, unless the act led to a screen that was seen before (the list that the picked line stood on).
"""

from menus.flow import HOME, Screen, Shown
from menus.home import HOMES
from menus.talk import Session, Talk

LONGEST_TRAIL = 12


def follow(talk: Talk, screen: Screen, *, acted: bool) -> None:
    """Keep the trail as the person arrives at `screen`, where session.state stands."""
    session = talk.session
    seen = [name for name, _page in session.trail]
    if isinstance(screen, Shown) and screen.top:
        session.trail = []
    elif session.state in seen:
        session.trail = session.trail[: seen.index(session.state)]
    elif talk.came is None or talk.came[0] == session.state:
        pass
    elif acted:
        session.trail = []
    else:
        session.trail = [*session.trail, talk.came][-LONGEST_TRAIL:]


def go_back(session: Session, screens: dict[str, Screen]) -> None:
    """Stand on the screen before this one, or at the step that looks anew before it is shown; else home.

    Home screens are come to as `00` comes to them: no answer of one conversation is found by the next.
    """
    name, page = session.trail.pop() if session.trail else (HOME, 0)
    if name in HOMES.values():
        name, page = HOME, 0
    screen = screens.get(name)
    session.state = name if screen is not None else HOME
    session.page, session.after = page, 0
    if isinstance(screen, Shown) and screen.again:
        own = name.split(".")[0]
        session.state = screen.again if "." in screen.again else f"{own}.{screen.again}"
