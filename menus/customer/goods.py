"""What a customer buys, as lines on a screen and as slots: offers, lines of a basket, places."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from core.carts.lines import LineShown
from core.carts.stock import BELOW_MINIMUM, NOT_FOR_SALE
from core.errors import DomainError
from core.locations.places import Point
from core.orders import counter
from core.orders.counter import Place
from core.orders.shelf import FarmShown, Shown
from locales.errors import explain
from locales.mark import _
from menus.flow import Item
from menus.talk import Talk

OFFER = _("{price}/{unit} {farm} {km}km")
OFFER_RATED = _("{price}/{unit} {farm} {km}km, rated {stars}")
OFFER_GROWING = _("{price}/{unit} {farm} {km}km, from {day}")
FARM_LINE = _("{farm}, {place} {km}km")
FARM_RATED = _("{farm}, {place} {km}km, rated {stars}")
FARM_GOODS = _("{product} {price}/{unit}")
CART_LINE = _("{amount_of} {product} {goods}")
CART_SHORT = _("{product}: only {left_of} left")
CART_LEAST = _("{product}: {qty_of} or more")
CART_GONE = _("{product}: sold out")
GOODS_LINE = _("{amount_of} {product} {goods}, {farm}")
PRICE_LINE = _("{product} {price}/{unit}, was {asked}")
PLACE_LINE = _("{place}, {landmark}")
PLACE_BARE = _("{place}")


def amount(quantity: Decimal | str, unit: str, kg: Decimal | str = "") -> dict[str, str]:
    """An amount slot; `kg` the weight of all of it (DR-112)."""
    return {"qty": str(quantity), "unit": unit, "kg": str(kg)}


def here(talk: Talk) -> Place:
    """Where it is to be brought: the place of this conversation, else the customer's default one.

    Whoever has none is asked before (buy.start, checkout.start).
    """
    kept = talk.slots.get("at")
    if kept is None:
        found = counter.stand(talk.tx, talk.actor).place
        assert found is not None, "the place is asked first"
        stand_at(talk, found)
        kept = talk.slots["at"]
    return Place(**{**kept, "point": Point(*kept["point"])})


def stand_at(talk: Talk, place: Place) -> None:
    """Keep the place of this conversation; slot `place` is its name."""
    talk.slots.update(at={**vars(place), "point": list(place.point)}, place=place.ward)


def offer_of(shown: Shown) -> dict[str, Any]:
    """An offer as the session keeps it, by slot names; `qty` is the least that is sold."""
    offer = shown.offer
    day = offer.expected if offer.growing else offer.harvested
    return {
        "listing_id": offer.listing_id,
        "product": offer.product_id,
        "unit": offer.unit,
        "pack": {"unit": offer.unit, "kg": str(offer.kg)},
        "price": str(offer.price),
        "left": str(offer.left),
        "qty": str(offer.minimum),
        "day": day.isoformat() if day else "",
        "growing": offer.growing,
        "farm": offer.farm,
        "km": str(shown.km),
        "stars": None if shown.rating is None else str(shown.rating),
    }


def offers(talk: Talk) -> Sequence[Item]:
    """The offers of one product, a farm each."""
    return [Item(talk.words(_offer_text(offer), **offer), offer) for offer in talk.slots["offers"]]


def _offer_text(offer: Mapping[str, Any]) -> str:
    if offer["growing"]:
        return OFFER_GROWING
    return OFFER_RATED if offer["stars"] else OFFER


def farm_of(shown: FarmShown) -> dict[str, Any]:
    """A farm as the session keeps it."""
    return {
        "farm_id": shown.farm.farm_id,
        "farm": shown.farm.farm,
        "place": shown.farm.ward,
        "km": str(shown.km),
        "stars": None if shown.rating is None else str(shown.rating),
    }


def farms(talk: Talk) -> Sequence[Item]:
    """The farms near, the nearest first."""
    return [
        Item(talk.words(FARM_RATED if farm["stars"] else FARM_LINE, **farm), farm)
        for farm in talk.slots["farms"]
    ]


def goods_of_farm(talk: Talk) -> Sequence[Item]:
    """What one farm sells."""
    return [Item(_said(talk, FARM_GOODS, offer), offer) for offer in talk.slots["offers"]]


def line_of(line: LineShown) -> dict[str, Any]:
    """A line of the basket as the session keeps it."""
    return {
        "cart_item_id": line.cart_item_id,
        "product": line.product_id,
        "unit": line.unit,
        "amount_of": amount(line.quantity, line.unit, line.kg),
        "price": str(line.price),
        "asked": str(line.agreed),
        "goods": str(line.total),
        "farm": line.farm,
        "fault": line.fault,
        "left": str(line.left),
        "qty": str(line.minimum),
    }


def cart_lines(talk: Talk) -> Sequence[Item]:
    """The basket line by line; what cannot be ordered as it stands says why."""
    return [Item(_said(talk, _line_text(line), _bare(line)), line) for line in talk.slots["lines"]]


def _bare(line: Mapping[str, Any]) -> Mapping[str, Any]:
    """A line's values with the amount alone; what a pack weighs stands where one line is looked at."""
    return {**line, "amount_of": {**line["amount_of"], "kg": ""}}


def _line_text(line: Mapping[str, Any]) -> str:
    if not line["fault"]:
        return CART_LINE
    if line["fault"] == NOT_FOR_SALE or Decimal(line["left"]) == 0:
        return CART_GONE
    return CART_LEAST if line["fault"] == BELOW_MINIMUM else CART_SHORT


def changed_prices(talk: Talk) -> Sequence[Item]:
    """The lines whose price is not the one that was agreed to (DR-602)."""
    return [Item(_said(talk, PRICE_LINE, line)) for line in talk.slots["lines"] if is_changed(line)]


def _said(talk: Talk, text: str, values: Mapping[str, Any]) -> str:
    """A line that begins with a product's name begins with a capital."""
    line = talk.words(text, **values)
    return line[:1].upper() + line[1:]


def is_changed(line: Mapping[str, Any]) -> bool:
    """Whether a line's price is not the one that was agreed to."""
    return Decimal(line["price"]) != Decimal(line["asked"])


def ordered(talk: Talk) -> Sequence[Item]:
    """What an order would hold, line by line with its farm."""
    return [
        Item(talk.words(GOODS_LINE, **_bare(line)), name=line["farm"]) for line in talk.slots["goods_lines"]
    ]


def places(talk: Talk) -> Sequence[Item]:
    """The customer's places, the default first."""
    return [
        Item(
            talk.words(
                PLACE_LINE if one["landmark"] else PLACE_BARE, place=one["ward"], landmark=one["landmark"]
            ),
            one,
        )
        for one in talk.slots["places"]
    ]


def say_why(talk: Talk, error: DomainError) -> None:
    """Put the sentence of a refusal above the next screen."""
    talk.notes.append(explain(talk.voice, talk.language, error))
