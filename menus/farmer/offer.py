"""The answers a farmer gives while she sells: what she offered before, what is asked, what she gets.

The conversation itself is menus/farmer/sell.py.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from core.clock import nairobi_date
from core.farms import hers as own_farms
from core.farms import service as farms
from core.following import service as following
from core.insights import service as insights
from core.listings import commission, rules
from core.listings import hers as own_listings
from core.listings import service as listings
from core.locations import served
from core.locations import service as locations
from core.words import tidy
from locales.mark import _
from menus.common.produce import unit_items
from menus.farmer.details import grade_word
from menus.flow import Item
from menus.talk import Talk

HOURS_A_DAY = 24
MOST_AGAIN = 9
OFFERED = _("{amount_of} {product} at {price}")
FARM_LINE = _("{farm}, {place}")
NEEDED = ("unit", "quantity", "price")
OF_ONE_PRODUCT = ("unit", "quantity", "price", "kg", "old", "least", "grade", "organic", "expected", "ripe")


def farms_of(talk: Talk) -> str:
    """Her farms and what she offered last; the farm is asked only where she has several. Two looks."""
    talk.session.slots = {}
    return _choose_farm(talk)


def sell_this(talk: Talk) -> str:
    """As farms_of, with a product that was said before (slot `product`)."""
    talk.session.slots = {"product": talk.slots["product"]}
    return _choose_farm(talk)


def sell_again(talk: Talk) -> str:
    """An old listing of hers (slot `listing`) is offered again as it was: only the last question is left."""
    old = own_listings.one(talk.tx, talk.actor, listing_id=talk.slots["listing"])
    talk.session.slots = {"listing": old.listing_id}
    _stand_on(talk, own_farms.farm(talk.tx, talk.actor, farm_id=old.farm_id))
    talk.slots.update(_as_before(old))
    return _if_served(talk)


def _choose_farm(talk: Talk) -> str:
    found = own_farms.farms(talk.tx, talk.actor)
    if not found:
        return "placeless"
    if len(found) > 1:
        talk.slots["farms"] = [
            [one.farm_id, talk.words(FARM_LINE, farm=one.name, place=one.ward)] for one in found
        ]
        return "several"
    _stand_on(talk, found[0])
    return before(talk)


def farm_items(talk: Talk) -> Sequence[Item]:
    """One line a farm."""
    return [Item(label, farm_id) for farm_id, label in talk.slots["farms"]]


def this_farm(talk: Talk) -> str:
    """The picked farm, and what was last offered from it."""
    _stand_on(talk, own_farms.farm(talk.tx, talk.actor, farm_id=talk.slots["farm_id"]))
    return before(talk)


def before(talk: Talk) -> str:
    """What was lately offered from this farm stands first; a farmer's first time begins with the question."""
    if _if_served(talk) == "not_served":
        return "not_served"
    if "product" in talk.slots:
        return "known"
    offered = own_listings.before(talk.tx, talk.actor)
    here = [one for one in offered if one.farm_id == talk.slots["farm_id"]][:MOST_AGAIN]
    talk.slots["again"] = [_as_before(one) for one in here]
    return "again" if here else "first"


def placed(talk: Talk) -> str:
    """Her first place is named: whether anything is sold there yet, and whether the product is known."""
    if _if_served(talk) == "not_served":
        return "not_served"
    return "known" if "product" in talk.slots else "first"


def _if_served(talk: Talk) -> str:
    return "ok" if served.served(talk.tx, talk.slots["ward"]) else "not_served"


def her_ward(talk: Talk) -> dict[str, str]:
    """The ward she wants to sell from."""
    return {"place": talk.parts.places.get(talk.slots["ward"]).ward}


def _stand_on(talk: Talk, farm: own_farms.OwnFarm) -> None:
    talk.slots.update(
        farm_id=farm.farm_id,
        location=farm.location_id,
        ward=farm.ward_code,
        found=bool(farm.landmark),
        certified=farm.certificate_status == farms.APPROVED,
    )


def _as_before(one: own_listings.OwnListing) -> dict[str, Any]:
    """The answers that offer it again as it was."""
    return {
        "old": one.listing_id,
        "product": one.product_id,
        "unit": one.unit,
        **({"kg": str(one.kg)} if one.kg_is_hers else {}),
        "quantity": str(max(one.began_with, one.least)),
        "price": str(one.price),
        "least": str(one.least),
        "grade": one.grade,
        "organic": one.organic,
    }


def last_offer(talk: Talk) -> dict[str, Any]:
    """What she offered last, for the first choice."""
    return _offered(talk.slots["again"][0])


def _offered(again: dict[str, Any]) -> dict[str, Any]:
    amount = {"qty": again["quantity"], "unit": again["unit"], "kg": None}
    return {"amount_of": amount, "product": again["product"], "price": again["price"]}


def offered_more(talk: Talk) -> bool:
    """Whether she has offered anything else."""
    return len(talk.slots["again"]) > 1


def again_items(talk: Talk) -> Sequence[Item]:
    """What she has offered lately, a line each."""
    return [Item(talk.words(OFFERED, **_offered(one)), one) for one in talk.slots["again"]]


def take_last(talk: Talk) -> str:
    """The last one again, and nothing that was said of another."""
    talk.forget(*OF_ONE_PRODUCT)
    talk.slots.update(talk.slots["again"][0])
    return "ok"


def take_picked(talk: Talk) -> str:
    """The picked one again, and nothing that was said of another."""
    talk.forget(*OF_ONE_PRODUCT)
    talk.slots.update(talk.slots.pop("picked"))
    return "ok"


def unit_needed(talk: Talk) -> str:
    """A product is chosen: what was said of another is dropped; its unit is asked where it has several."""
    talk.forget(*OF_ONE_PRODUCT)
    units = unit_items(talk)
    if len(units) > 1:
        return "several"
    talk.slots["unit"] = units[0].value
    return "one"


def wanted(talk: Talk) -> str:
    """How many people near her have asked for it, when any have (DR-506)."""
    talk.forget("count")
    product = talk.slots["product"]
    if following.is_wanted(talk.tx, product):
        count = following.asked_near(talk.tx, product, talk.slots["ward"])
        if count:
            talk.slots["count"] = count
    return "ok"


def is_asked(talk: Talk) -> bool:
    """Whether anybody near asks for it."""
    return "count" in talk.slots


def about(talk: Talk) -> dict[str, Any]:
    """What is being sold; raises KeyError while that is not known."""
    amount = {"qty": talk.slots["quantity"], "unit": talk.slots["unit"], "kg": None}
    return {"amount_of": amount, "product": talk.slots["product"]}


def price_needed(talk: Talk) -> str:
    """The price is asked once; a least order above what there is now falls back to one."""
    least = talk.slots.get("least")
    if least is not None and Decimal(least) > Decimal(talk.slots["quantity"]):
        talk.forget("least")
    return "known" if "price" in talk.slots else "ask"


def market_price(talk: Talk) -> str:
    """Keep the last known market price beside the question, while DR-507 shows it."""
    shown = insights.latest_price(
        talk.tx,
        talk.slots["product"],
        county_code=talk.parts.places.get(talk.slots["ward"]).county_code,
        unit=talk.slots["unit"],
    )
    talk.forget("market", "where", "month")
    if shown is not None:
        talk.slots.update(
            market=str(shown.price), where=tidy(shown.market, 40), month=shown.month.isoformat()
        )
    return "ok"


def has_market(talk: Talk) -> bool:
    """Whether a market price may be shown."""
    return "market" in talk.slots


def ready_to_check(talk: Talk) -> str:
    """A rider's words for the door are asked once, before the first listing (DR-303); then all is said."""
    for name in NEEDED:
        if name not in talk.slots:
            return name
    if not talk.slots.get("found") and not talk.slots.get("landmark"):
        return "landmark"
    return "growing" if talk.slots.get("expected") else "ripe"


def changing(talk: Talk) -> str:
    """Whether all is said that may be changed."""
    return "change" if all(name in talk.slots for name in NEEDED) else "missing"


def terms(talk: Talk) -> dict[str, Any]:
    """What is offered, and what she gets for one unit and when about (DR-1107)."""
    answers = talk.slots
    entry = talk.parts.products.entry(answers["product"])
    count = Decimal(answers["quantity"])
    kg = Decimal(answers["kg"]) if "kg" in answers else entry.units.get(answers["unit"])
    hold = talk.parts.settings.value("payout.hold_hours")
    percent = commission.rate(talk.tx, farmer_id=talk.actor.user_id or 0, product_id=answers["product"])
    expected = answers.get("expected")
    return {
        "amount_of": {"qty": count, "unit": answers["unit"], "kg": kg * count if kg else None},
        "gets": rules.farmer_gets(Decimal(answers["price"]), percent),
        # The hold, and then the next daily run.
        "count": -(-hold // HOURS_A_DAY) + 1,
        **({"day": expected, "month": expected} if expected else {}),
    }


def said(talk: Talk) -> dict[str, Any]:
    """What stands now of that which may be changed."""
    answers = talk.slots
    return {"qty": answers.get("least", "1"), "kind": grade_word(talk, answers.get("grade", "standard"))}


def ripe_on(days_ago: int) -> Any:
    """A fork: it was harvested so many days ago."""

    def harvested(talk: Talk) -> str:
        """Keep the day, and no other."""
        today = nairobi_date(talk.parts.clock.now())
        talk.forget("expected")
        talk.slots["ripe"] = (today - timedelta(days=days_ago)).isoformat()
        return "ok"

    return harvested


def still_growing(talk: Talk) -> str:
    """The day it is expected was said."""
    talk.forget("ripe")
    return "ok"


def may_be_organic(talk: Talk) -> str:
    """Only what comes from a farm with an approved certificate may be called so (DR-403)."""
    return "yes" if talk.slots.get("certified") else "no"


def publish(talk: Talk, *, confirmed: bool = False) -> str:
    """Put it up for sale; the first time with the farm's place and landmark."""
    answers = talk.slots
    if "farm_id" not in answers:
        _open_farm(talk)
    if answers.get("landmark"):
        locations.set_landmark(
            talk.tx, talk.actor, location_id=answers["location"], landmark=answers["landmark"]
        )
    words: dict[str, Any] = {
        "quantity": Decimal(answers["quantity"]),
        "price": Decimal(answers["price"]),
        "min_order_quantity": Decimal(answers.get("least", "1")),
        "quality_grade": answers.get("grade", "standard"),
        "is_organic_certified": bool(answers.get("organic")),
        "price_confirmed": confirmed,
        "expected_harvest_date": day_of(answers.get("expected")),
        "harvest_date": day_of(answers.get("ripe")),
    }
    if "old" in answers:
        listings.relist(talk.tx, talk.actor, listing_id=answers["old"], **words)
    else:
        listings.publish(
            talk.tx,
            talk.actor,
            farm_id=answers["farm_id"],
            product_id=answers["product"],
            unit=answers["unit"],
            **words,
        )
    return "growing" if answers.get("expected") else "ok"


def publish_anyway(talk: Talk) -> str:
    """As publish; the unusual price has been confirmed (DR-404)."""
    return publish(talk, confirmed=True)


def _open_farm(talk: Talk) -> None:
    answers = talk.slots
    place = locations.add(talk.tx, talk.actor, ward_code=answers["ward"])
    talk.tx.flush()
    name = talk.caller.name or talk.parts.places.get(answers["ward"]).ward
    opened = farms.open_farm(talk.tx, talk.actor, name=name, location_id=place.location_id)
    answers.update(location=place.location_id, farm_id=opened.farm_id)


def day_of(said: str | None) -> date | None:
    """A day that was said, or none."""
    return None if said is None else date.fromisoformat(said)
