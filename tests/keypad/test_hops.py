"""How many hops the common things take, the dial counted (issue 4, section 3); drawn into docs/hops.md.

`DRAW_HOPS=1 pytest tests/keypad/test_hops.py` writes the page anew; otherwise it must be as it is.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass

from core.db import Tx
from core.listings import changes
from core.listings import service as listings
from core.locations import service as locations
from tests.helpers import CUSTOMER, FARMER, RIDER
from tests.keypad.house import House
from tests.menus.happenings import buying, common, farmer
from tests.menus.stage import Stage
from tools.environment import HOME

PAGE = HOME / "docs" / "hops.md"
HEAD = """# How many hops the common things take

A hop is one request: the dial is the first, each answer one more. Drawn by `tests/keypad/test_hops.py`, which
presses these keys on the real phones and fails when a thing takes more hops than it may, or when this page is
not what it saw.
"""

Prepare = Callable[[Stage], None]


@dataclass(frozen=True)
class Errand:
    """A common thing: who does it, in how many hops at most, by which keys, and the act that must be done.

    keys  the beginning of each line to press; for `@` the person is told by `tells` what to type
    """

    name: str
    most: int
    who: str
    prepare: Prepare
    keys: tuple[str, ...]
    act: str
    tells: Callable[[Stage], str] = lambda stage: ""


def sold_before(stage: Stage) -> None:
    """Tomatoes were for sale and have been taken down."""
    common.listing(stage)
    me = stage.cast.farmer

    def work(tx: Tx) -> None:
        place = locations.default_of(tx, me.id)
        assert place is not None
        locations.set_landmark(tx, me.actor, location_id=place.location_id, landmark="behind the church")
        for listing in listings.own(tx, me.actor):
            changes.deactivate(tx, me.actor, listing_id=listing.listing_id)

    stage.db.run(work)


def bought_before(stage: Stage) -> None:
    """She has bought tomatoes, and a rider knows her door."""
    buying.bought(stage)
    buying.doors(stage)


def ten_paid(stage: Stage) -> None:
    """Ten orders of tomatoes for one day."""
    farmer.paid_orders(stage, "10")


def at_the_door(stage: Stage) -> None:
    """The rider stands before the customer with the goods."""
    common.offer(stage)
    offer = stage.shop.offer()
    assert offer is not None
    stage.shop.answer(offer)
    stage.shop.pick_up(stage.things["order"])


ERRANDS = (
    Errand("List the same produce again", 5, FARMER, sold_before,
           ("My produce", "50kg tomatoes", "Sell it again", "Sell"), "sell.publish"),
    Errand("Mark one order ready", 3, FARMER, common.paid_order, ("Ready",), "orders.ready"),
    Errand("Mark ten orders ready", 4, FARMER, ten_paid, ("All", "Ready"), "orders.ready"),
    Errand("Buy what I bought last time", 4, CUSTOMER, bought_before, ("Buy", "Again", "Order"),
           "checkout.place"),
    Errand("Accept an offer", 2, RIDER, common.offer, ("Accept",), "rider.accept"),
    Errand("Deliver with the code", 4, RIDER, at_the_door, ("Bring", "Delivered", "@"), "door.hand_over",
           tells=common.right_code),
)  # fmt: skip


def test_the_common_things_take_few_hops_and_the_page_says_so(house: House) -> None:
    rows = [_row(errand, house) for errand in ERRANDS]
    page = "\n".join([HEAD, "| | hops | at most | keys |", "|---|---|---|---|", *rows, ""])
    if os.environ.get("DRAW_HOPS"):
        PAGE.write_text(page, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page, (
        "DRAW_HOPS=1 pytest tests/keypad/test_hops.py draws it anew"
    )


def _row(errand: Errand, house: House) -> str:
    """Do it, and say how."""
    house.anew("hops")
    stage = Stage(house.gateway, house.clock, house.chance, "en")
    assert stage.cast
    errand.prepare(stage)
    stage.speak()
    stage.shop.sweep()
    phone, hop = house.dial(errand.who)
    pressed = ["dial"]
    for key in errand.keys:
        answer, said = (errand.tells(stage), "the code") if key == "@" else _line(hop.body, key)
        phone, hop = house.answer(phone, answer)
        pressed.append(said)
    assert errand.act in hop.done, (errand.name, hop.done, hop.body)
    assert len(pressed) <= errand.most, (errand.name, pressed)
    return f"| {errand.name} | {len(pressed)} | {errand.most} | {', '.join(pressed)} |"


def _line(body: str, words: str) -> tuple[str, str]:
    """The key of the line that begins with `words`, and the line."""
    for line in body.split("\n"):
        key, _space, label = line.partition(" ")
        if key.isdigit() and label.startswith(words):
            return key, line
    raise AssertionError(f"{words!r} is not on this screen: {body!r}")
