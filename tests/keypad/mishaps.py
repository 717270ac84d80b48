"""What befalls a walk: the line falls, Redis is wiped, the network repeats. Nothing is done twice."""

from typing import TYPE_CHECKING

from menus.flow import Ask
from tests.keypad.house import Hop

if TYPE_CHECKING:
    from tests.keypad.walker import Node, Walker

# A lost position is found again by walking the text: every screen on the way may look something up.
MOST_REBUILDING = 30


def redial(walker: "Walker", node: "Node") -> None:
    """The line fell here: the next dial offers to go on, or begins anew."""
    from tests.keypad.walker import Node

    if not walker.house.menus.can_resume(node.hop.screen):
        return
    walker.return_to(node.moment)
    phone, hop = walker.house.dial(node.phone.msisdn)
    walker.dirty = hop.wrote
    walker.judge(hop, node, "redial")
    walker.meet(Node(phone, hop, node.moment, (), (*node.way, "redial")), hop)


def wipe(walker: "Walker", node: "Node", answer: str) -> None:
    """Redis is wiped while this screen stands on the phone: it is found again, or home; nothing is done.

    A secret that stands in the text is not found in the rebuilt session, the log or the tables either.
    """
    walker.return_to(node.moment)
    walker.house.redis.flushdb()
    _phone, hop = walker.house.answer(node.phone, answer)
    walker.dirty = hop.wrote
    _harmless(walker, node, hop, "after a wiped Redis")
    screen = walker.house.step(node.hop.screen)
    if isinstance(screen, Ask) and screen.secret:
        walker.search(node, hop, (answer,))


def wipe_after(walker: "Walker", node: "Node") -> None:
    """What was done is posted again, with Redis as it was and with Redis wiped: it is not done again."""
    done, now = node.hop, walker.house.moment()
    again = walker.house.post(node.phone)
    if again.body != done.body or again.wrote:
        walker.found.fault(
            "a repeat is another answer", done.screen, node, f"{again.body!r}, not {done.body!r}"
        )
    walker.house.redis.flushdb()
    hop = walker.house.post(node.phone)
    _harmless(walker, node, hop, "its act repeated after a wiped Redis")
    if done.body.startswith("END ") and len(done.done) == 1 and not hop.body.startswith(("END ", "CON ")):
        walker.found.fault("no last words again", done.screen, node, hop.body)
    walker.house.back_to(now)


def _harmless(walker: "Walker", node: "Node", hop: Hop, when: str) -> None:
    found, name = walker.found, node.hop.screen
    found.hops += 1
    walker.check(hop, node, when)
    if hop.done:
        found.fault(f"acts {when}", name, node, f"{hop.done}: {hop.body!r}")
    if len(hop.sql) > MOST_REBUILDING:
        found.fault(f"SQL {when}", name, node, str(len(hop.sql)))
