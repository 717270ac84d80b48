"""A customer buys: what she had last time, by name, by kind, from a farm; then how much, into her basket."""

from dataclasses import replace
from decimal import ROUND_CEILING, Decimal
from typing import Any

from core.carts import service as carts
from core.errors import DomainError
from core.events import DemandUnserved
from core.following import service as following
from core.listings.errors import NotEnoughStock, NotForSale
from core.locations import service as locations
from core.locations.served import served
from core.orders import counter, planning, shelf
from core.orders.bringing import RUN
from locales.mark import _
from menus import parse
from menus.common.places import ward_steps
from menus.common.produce import product_steps
from menus.customer import goods
from menus.customer.goods import here, stand_at
from menus.flow import Ask, Screen, act, ask, choose, flow, fork, option, pick
from menus.talk import Talk

BOUGHT_ONE = _("{amount_of} {product}")
BOUGHT_MORE = _("{amount_of} {product} +{count}")
FETCH = _("fetch {day} at {where}")


def come_in(talk: Talk) -> str:
    """Her place, her basket, and what she bought last; whoever has no place is asked for one."""
    stood = counter.stand(talk.tx, talk.actor)
    if stood.place is None:
        return "placeless"
    stand_at(talk, stood.place)
    bought = counter.bought_last(talk.tx, talk.actor)
    talk.slots.update(
        count=stood.in_cart,
        last=[[line.product_id, str(line.quantity), line.unit] for line in bought],
    )
    talk.forget("offers", "farms", "offer")
    return "ok"


def keep_place(talk: Talk) -> str:
    """Her first place; a rider's words for the door are asked with the first order."""
    locations.add(talk.tx, talk.actor, ward_code=talk.slots.pop("ward"))
    return "ok"


def bought_last(talk: Talk) -> dict[str, Any]:
    """What she bought last, in one line."""
    if not talk.slots["last"]:
        return {"text": ""}
    product, quantity, unit = talk.slots["last"][0]
    more = len(talk.slots["last"]) - 1
    values = {"amount_of": goods.amount(quantity, unit), "product": product, "count": more}
    return {"text": talk.words(BOUGHT_MORE if more else BOUGHT_ONE, **values)}


def look_near(talk: Talk) -> str:
    """The offers of slot `product` that can reach her; of a single one, how much is asked at once."""
    place = here(talk)
    if not served(talk.tx, place.ward_code):
        return "unserved"
    found = shelf.reachable(talk.tx, talk.actor, product_id=talk.slots["product"], point=place.point)
    talk.slots["offers"] = [goods.offer_of(one) for one in found]
    if len(found) == 1:
        talk.slots["offer"] = talk.slots["offers"][0]
        return "one"
    return "several" if found else "none"


def look_at_farms(talk: Talk) -> str:
    """The farms near her that sell something."""
    place = here(talk)
    found = shelf.farms(talk.tx, talk.actor, point=place.point) if served(talk.tx, place.ward_code) else []
    talk.slots["farms"] = [goods.farm_of(one) for one in found]
    return "farms" if found else "none"


def look_at_farm(talk: Talk) -> str:
    """What the picked farm sells now."""
    farm = talk.slots["from_farm"]
    found = shelf.of_farm(talk.tx, talk.actor, farm_id=farm["farm_id"], point=here(talk).point)
    talk.slots["offers"] = [goods.offer_of(one) for one in found]
    talk.slots["farm"] = farm["farm"]
    return "goods" if found else "none"


def chosen(talk: Talk) -> str:
    """The picked offer's values become the slots of the question; pre-orders say their day (DR-406)."""
    talk.forget("offers", "farms")
    talk.slots.update(talk.slots["offer"])
    return "growing" if talk.slots["growing"] else "ready"


def put_in(talk: Talk) -> str:
    """So much of the offer into the basket, at the price that was shown."""
    answers = talk.slots
    cart = carts.add(
        talk.tx, talk.actor, listing_id=answers["listing_id"], quantity=Decimal(answers["quantity"])
    )
    line = next(one for one in cart.items if one.listing_id == answers["listing_id"])
    if line.price != Decimal(answers["price"]):
        talk.note(_("The price is {price} per {unit} now."), price=line.price, unit=line.unit)
    answers.update(amount_of=goods.amount(line.quantity, line.unit, line.kg), total=str(cart.subtotal))
    talk.forget("offer", "quantity", "listing_id", "left")
    return "ok"


def how_much_less(talk: Talk) -> str:
    """It is short: what is left is said, and asked for again; if that is too little, it is gone."""
    if Decimal(talk.slots["left"]) < Decimal(talk.slots["qty"]):
        return "gone"
    talk.note(_("Only {left_of} left."), left=talk.slots["left"], unit=talk.slots["unit"])
    return "growing" if talk.slots["growing"] else "ready"


def nobody_near(talk: Talk) -> str:
    """Nothing can reach her: noted as waiting demand, and the nearest that exists is shown (DR-506, DR-1212).

    What a run or a collection could still bring her is offered to be bought.
    """
    place, product = here(talk), talk.slots["product"]
    user_id = talk.actor.user_id
    assert user_id is not None, "a customer is known"
    talk.tx.emit(DemandUnserved(product, place.ward_code, user_id))
    talk.forget("offer")
    near = following.nearest(talk.tx, product, place.ward_code)
    if near is None:
        return "nobody"
    talk.slots.update(where=near.place, km=str(near.km), price=str(near.price), unit=near.unit)
    talk.slots["text"] = ""
    if (way := _way_to_fetch(talk, near.listing_id, near.quantity, near.price)) is not None:
        shown = shelf.one(talk.tx, listing_id=near.listing_id, point=place.point)
        talk.slots["offer"] = None if shown is None else goods.offer_of(shown)
        talk.slots["text"] = talk.words(FETCH, day=way.day, where=way.place)
    return "far"


def _way_to_fetch(talk: Talk, listing_id: int, quantity: Decimal, price: Decimal) -> planning.Plan | None:
    """How the least that is brought of it could come to her, by a run or a collection (DR-1210), or None."""
    place = here(talk)
    drop = locations.owned(talk.tx, talk.actor, place.location_id)
    assert talk.actor.user_id is not None, "a customer is known"
    least = (talk.tx.setting("order.min_total") / price).to_integral_value(ROUND_CEILING)
    amounts = {listing_id: max(quantity, least)}
    try:
        plan = planning.exactly(talk.tx, customer_id=talk.actor.user_id, amounts=amounts, drop=drop)
    except DomainError:
        return None
    # To fetch it from a farm that no rider reaches is no way to have it.
    return plan if plan.way == RUN or plan.km <= talk.tx.setting("delivery.max_km") else None


def not_served(talk: Talk) -> str:
    """Where nothing is brought yet, what was looked for is counted (DR-1212)."""
    user_id = talk.actor.user_id
    assert user_id is not None, "a customer is known"
    talk.tx.emit(DemandUnserved(talk.slots["product"], here(talk).ward_code, user_id))
    return "ok"


def tell_me(talk: Talk) -> str:
    """She hears of it when there is some near her place."""
    following.follow(talk.tx, talk.actor, product_id=talk.slots["product"], ward_code=here(talk).ward_code)
    return "ok"


_AMOUNTS = (
    ("amount", _("{product} {price} per {pack}, {farm} {km}km, harvested {day}. Least {qty}. How many?")),
    ("growing", _("{product} {price} per {pack}, {farm} {km}km, ready {day}. Least {qty}. How many?")),
)
_TELL, _ELSE = _("Tell me when there is"), _("Something else")
_WAIT = (option("1", _TELL, "tell"), option("2", _ELSE, "start"))
_GO_ON = (option("1", _ELSE, "start"),)


def _what() -> tuple[Screen, ...]:
    """How she says what she wants; what she had last time is the first choice."""
    first, *others = product_steps(_("What do you want? Write it, for example: tomatoes"), then="near")
    assert isinstance(first, Ask), "it begins with the question"
    choices = (
        option("1", _("Again: {text}"), "checkout.again", when=lambda talk: bool(talk.slots["last"])),
        option("2", _("By kind"), "kinds"),
        option("3", _("By farm"), "farms_near"),
        option("4", _("Basket ({count})"), "cart.start", when=lambda talk: bool(talk.slots["count"])),
    )
    return (replace(first, values=bought_last, options=choices, again="start"), *others)


BUY = flow(
    "buy",
    fork("start", come_in, ways={"ok": "product", "placeless": "ward"}),
    ward_steps(then="keep"),
    act("keep", keep_place, ways={"ok": "start"}),
    _what(),
    fork(
        "near",
        look_near,
        ways={"several": "offers", "one": "chosen", "none": "nobody_near", "unserved": "not_served"},
    ),
    pick(
        "offers",
        _("{product}, cheapest at your door first:"),
        items=goods.offers,
        save="offer",
        then="chosen",
        again="near",
    ),
    fork("farms_near", look_at_farms, ways={"farms": "farms", "none": "no_farms"}),
    pick(
        "farms",
        _("Farms near {place}:"),
        items=goods.farms,
        save="from_farm",
        then="of_farm",
        again="farms_near",
    ),
    fork("of_farm", look_at_farm, ways={"goods": "goods", "none": "farm_empty"}),
    pick(
        "goods",
        _("{farm} sells:"),
        items=goods.goods_of_farm,
        save="offer",
        then="chosen",
        again="of_farm",
    ),
    fork("chosen", chosen, ways={"ready": "amount", "growing": "growing"}),
    [
        ask(
            name,
            text,
            aside=_("Rated {stars} of 5."),
            aside_when=lambda talk: bool(talk.slots.get("stars")),
            parse=parse.quantity,
            save="quantity",
            then="put_in",
            number=True,
        )
        for name, text in _AMOUNTS
    ],
    act("put_in", put_in, ways={"ok": "added", NotEnoughStock: "less", NotForSale: "gone"}),
    fork("less", how_much_less, ways={"ready": "amount", "growing": "growing", "gone": "gone"}),
    choose(
        "added",
        _("In your basket: {amount_of} {product}. In all {total}."),
        options=(
            option("1", _("Order now"), "checkout.start"),
            option("2", _("Add more"), "start"),
            option("3", _("Look at the basket"), "cart.start"),
        ),
        again="cart.start",
    ),
    choose(
        "gone",
        _("{product} from {farm} has just been sold out."),
        options=(
            option("1", _("Other farms"), "near"),
            option("2", _TELL, "tell"),
            option("3", _ELSE, "start"),
        ),
    ),
    act("nobody_near", nobody_near, ways={"far": "far", "nobody": "nobody"}, quiet=True),
    choose(
        "far",
        _("No {product} near you. The nearest: {where}, {km}km, {price} per {unit}."),
        options=(
            option("1", _("Buy: {text}"), "chosen", when=lambda talk: bool(talk.slots.get("offer"))),
            option("2", _TELL, "tell"),
            option("3", _ELSE, "start"),
        ),
    ),
    choose("nobody", _("Nobody sells {product} now."), options=_WAIT),
    act("not_served", not_served, ways={"ok": "unserved"}, quiet=True),
    choose("unserved", _("We do not buy and sell in {place} yet."), options=_WAIT),
    act("tell", tell_me, ways={"ok": "told"}),
    choose("told", _("We text you when {product} can be had near {place}."), options=_GO_ON),
    choose("no_farms", _("No farm near {place} sells anything now."), options=_GO_ON),
    choose("farm_empty", _("{farm} has nothing for sale now."), options=_GO_ON),
    title=(_("buying {product}"), _("buying")),
)
