"""What a farmer does to produce that is for sale or expected, on the keypad (slot `listing`)."""

from datetime import date
from decimal import Decimal
from typing import Any

from core.farms import hers as own_farms
from core.farms.service import APPROVED
from core.listings import service as listings
from locales.mark import _
from menus import parse
from menus.talk import Talk

SAVED = _("Saved.")
NOTHING = Decimal(0)


def stock(talk: Talk, answer: str) -> str:
    """How many of slot `unit`; none is an answer too."""
    return "0" if answer.strip() in ("0", "0.0") else parse.quantity(talk, answer)


def change_price(talk: Talk, *, confirmed: bool = False) -> str:
    """Ask another price (DR-405)."""
    price = Decimal(talk.slots["price"])
    listings.change_price(
        talk.tx, talk.actor, listing_id=talk.slots["listing"], price=price, price_confirmed=confirmed
    )
    talk.note(SAVED)
    return "ok"


def keep_price(talk: Talk) -> str:
    """As change_price; the unusual price has been confirmed (DR-404)."""
    return change_price(talk, confirmed=True)


def set_quantity(talk: Talk) -> str:
    """What is free to be sold now (DR-405)."""
    left = Decimal(talk.slots["quantity"])
    listings.set_quantity(talk.tx, talk.actor, listing_id=talk.slots["listing"], quantity=left)
    talk.note(SAVED)
    return "ok"


def sold_out(talk: Talk) -> str:
    """Nothing is left."""
    listings.set_quantity(talk.tx, talk.actor, listing_id=talk.slots["listing"], quantity=NOTHING)
    talk.note(_("Noted: sold out."))
    return "ok"


def restock(talk: Talk) -> str:
    """More was harvested (L5)."""
    more = Decimal(talk.slots["quantity"])
    listings.restock(talk.tx, talk.actor, listing_id=talk.slots["listing"], quantity=more)
    talk.note(SAVED)
    return "ok"


def enough(talk: Talk) -> str:
    """Whether the harvest serves all who have ordered; if not, she is told what that means first."""
    return "enough" if Decimal(talk.slots["quantity"]) >= Decimal(talk.slots["at"]["number"]) else "short"


def harvest(talk: Talk) -> str:
    """What was growing is harvested; orders share it, the oldest first (L3, DR-407)."""
    listings.harvested(talk.tx, talk.actor, talk.slots["listing"], Decimal(talk.slots["quantity"]))
    talk.note(_("Harvest noted. What is not promised is for sale."))
    return "ok"


def who_waits(talk: Talk) -> str:
    """Whether another day must be confirmed, since people have ordered."""
    return "promised" if talk.slots["at"]["promised"] else "free"


def postpone(talk: Talk) -> str:
    """It takes longer, or less (DR-407)."""
    day = date.fromisoformat(talk.slots["expected"])
    listings.postpone(talk.tx, talk.actor, listing_id=talk.slots["listing"], expected_harvest_date=day)
    talk.note(SAVED)
    return "ok"


def delay(talk: Talk) -> str:
    """It is not ready after all (L8)."""
    day = date.fromisoformat(talk.slots["expected"])
    listings.delay(talk.tx, talk.actor, listing_id=talk.slots["listing"], expected_harvest_date=day)
    talk.note(SAVED)
    return "ok"


def take_down(talk: Talk) -> str:
    """Nobody can order it any more; orders of it go on (L6)."""
    listings.deactivate(talk.tx, talk.actor, listing_id=talk.slots["listing"])
    talk.note(_("It is not for sale any more."))
    return "ok"


def put_up(talk: Talk) -> str:
    """It is for sale again (L7)."""
    listings.activate(talk.tx, talk.actor, listing_id=talk.slots["listing"])
    talk.note(_("It is for sale again."))
    return "ok"


def say_of(what: str, slot: str) -> Any:
    """An act that changes what is said of the produce."""

    def do(talk: Talk) -> str:
        """Change the one field (DR-402)."""
        words = talk.slots[slot]
        said: dict[str, Any] = {what: Decimal(words) if slot == "least" else words}
        listings.change(talk.tx, talk.actor, listing_id=talk.slots["listing"], **said)
        talk.note(SAVED)
        return "ok"

    return do


def may_be_organic(talk: Talk) -> str:
    """Only what comes from a farm with an approved certificate may be called so (DR-403)."""
    farm = own_farms.farm(talk.tx, talk.actor, farm_id=talk.slots["at"]["farm_id"])
    return "yes" if farm.certificate_status == APPROVED else "no"
