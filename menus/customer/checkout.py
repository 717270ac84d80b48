"""From a basket to an order: where to, how and when, how it is paid, one yes; the last words say what now."""

from collections.abc import Sequence
from decimal import Decimal

from core.carts import service as carts
from core.errors import DomainError
from core.locations import service as locations
from core.msisdn import NotKenyanMobile, e164
from core.orders import counter
from core.orders.bringing import COLLECT, RIDER, Choice
from core.payment_methods import service as methods
from locales.mark import _
from menus import parse
from menus.common.places import ward_steps
from menus.customer import goods, ordering, pricing
from menus.customer.goods import here, stand_at
from menus.customer.last_look import LOOKS, which_check
from menus.customer.timing import WHEN_STEPS
from menus.flow import Item, act, ask, choose, flow, fork, option, pick, say
from menus.talk import Again, Talk

BROUGHT = _("Brought to {place} {day}, {fee}")
FETCHED = _("Fetch at {where} {day}, no fee")
BY_RUN = _("Fetch at {where} {day}, {fee}")
NO_PHONE = _("Write a Kenyan mobile number, such as 0712345678.")


def begin(talk: Talk) -> str:
    """From the basket; whoever has no place is asked for one."""
    talk.forget("again_lines", "quote_id", *pricing.CHOSEN)
    if "at" in talk.slots:
        return "ok"
    stood = counter.stand(talk.tx, talk.actor)
    if stood.place is None:
        return "placeless"
    stand_at(talk, stood.place)
    return "ok"


def new_place(talk: Talk) -> str:
    """Another ward, kept among her places."""
    made = locations.add(talk.tx, talk.actor, ward_code=talk.slots.pop("ward"), default=False)
    talk.forget("landmark", "wanted")
    stand_at(
        talk,
        counter.Place(
            location_id=made.location_id,
            ward_code=made.ward_code,
            ward=made.ward,
            landmark=made.landmark,
            point=locations.point_of(talk.tx, made),
            label=made.label,
        ),
    )
    return "ok"


def own_places(talk: Talk) -> str:
    """The places she has."""
    found = counter.places(talk.tx, talk.actor)
    talk.slots["places"] = [{**vars(one), "point": list(one.point)} for one in found]
    return "places" if found else "placeless"


def moved(talk: Talk) -> str:
    """It is to be brought to the picked place."""
    picked = talk.slots.pop("picked_place")
    talk.slots.update(at=picked, place=picked["ward"])
    talk.forget("landmark", "wanted", "places")
    return "ok"


def told(talk: Talk) -> Sequence[Item]:
    """What has changed, a sentence a line."""
    return [Item(sentence) for sentence in talk.slots["said"]]


def after_told(talk: Talk) -> str:
    """She has read it."""
    return pricing.next_question(talk)


def ways(talk: Talk) -> Sequence[Item]:
    """Every way that works, with its day and fee (DR-1210)."""
    found = []
    for known in talk.slots["choices"]:
        choice = Choice.from_json(known)
        text = {RIDER: BROUGHT, COLLECT: FETCHED}.get(choice.way, BY_RUN)
        label = talk.words(text, place=here(talk).ward, where=choice.place, day=choice.day, fee=choice.fee)
        found.append(Item(label, [choice.way, choice.collection_point_id, choice.run_id]))
    return found


def has_ways(talk: Talk) -> bool:
    """Whether there is anything to choose."""
    return len(talk.slots["choices"]) > 1


def takes_transfers(talk: Talk) -> bool:
    """Whether a customer can be told where to pay to by bank (DR-813)."""
    account: str = talk.parts.settings.value("bank.account")
    return account != ""


def takes_cash(talk: Talk) -> bool:
    """Whether cash was not refused for this order a moment ago."""
    return not talk.slots.get("no_cash")


def phone(talk: Talk, answer: str) -> str:
    """A Kenyan mobile number, +254..."""
    try:
        return e164(answer)
    except NotKenyanMobile:
        raise Again(NO_PHONE) from None


def other_payer(talk: Talk) -> str:
    """She has said yes to it: the other phone pays (DR-807)."""
    talk.slots.update(payer=talk.slots.pop("other_phone"), method=methods.MPESA, method_id=None)
    return "ok"


def make_more(talk: Talk) -> str:
    """The nearest order that works: more of one thing (DR-703)."""
    more = talk.slots.pop("more")
    if talk.slots.get("again_lines"):
        product, _quantity, unit = talk.slots["again_lines"][0]
        talk.slots["again_lines"] = [[product, more, unit], *talk.slots["again_lines"][1:]]
    else:
        item = talk.slots["cart_item_id"]
        carts.update(talk.tx, talk.actor, cart_item_id=item, quantity=Decimal(more))
    return "ok"


_BUY_ELSE = option("2", _("Something else"), "buy.start")
_PRICED: dict[str | type[DomainError], str] = {
    "check": "which_check",
    "told": "told",
    "landmark": "landmark",
    "basket": "cart.ready",
    "below": "below",
    "unreachable": "unreachable",
    "nothing": "buy.near",
}
_PLACED: dict[str | type[DomainError], str] = {
    "look": "which_check",
    "check": "which_check",
    "told": "told",
    "landmark": "landmark",
    "methods": "methods",
    "again": "again_sure",
    "price": "price",
    "too_many": "too_many",
    "whose": "whose",
    **{end: end for end in ("prompt", "paused", "credit", "cash", "cash_fetch", "bank")},
}

CHECKOUT = flow(
    "checkout",
    fork("start", begin, ways={"ok": "price", "placeless": "ward"}),
    ward_steps(then="new_place"),
    act("new_place", new_place, ways={"ok": "price"}),
    act("price", pricing.price, ways=_PRICED, quiet=True),
    act("again", pricing.begin_again, ways=_PRICED, quiet=True),
    ask(
        "landmark",
        _("{place}: by what does the rider find your door? For example: behind the church"),
        parse=parse.landmark,
        save="landmark",
        then="which_check",
        free=True,
    ),
    pick(
        "told",
        _("This is not as before:"),
        items=told,
        options=(
            option("70", _("See the new sum"), "after_told"),
            option("71", _("Leave it"), "home.again"),
        ),
    ),
    fork("after_told", after_told, ways={"landmark": "landmark", "check": "which_check"}),
    fork(
        "which_check",
        which_check,
        ways={"landmark": "landmark", **{screen.name: screen.name for screen in LOOKS}},
    ),
    LOOKS,
    choose(
        "change",
        _("What do you want to change?"),
        options=(
            option("1", _("Another place"), "own_places"),
            option("2", _("Day and time"), "which_when"),
            option("3", _("Fetch it, or have it brought"), "ways", when=has_ways),
            option("4", _("Look at the goods"), "goods"),
        ),
    ),
    fork("own_places", own_places, ways={"places": "places", "placeless": "ward"}),
    pick(
        "places",
        _("Bring it where?"),
        items=goods.places,
        save="picked_place",
        then="moved",
        options=(option("70", _("Another ward"), "ward"),),
        again="own_places",
    ),
    fork("moved", moved, ways={"ok": "price"}),
    WHEN_STEPS,
    pick("ways", _("How do you want to get it?"), items=ways, save="wanted", then="price"),
    pick(
        "goods",
        _("In this order:"),
        items=goods.ordered,
        options=(
            option(
                "70",
                _("Basket"),
                "cart.start",
                when=lambda talk: not talk.slots.get("again_lines"),
            ),
        ),
    ),
    choose(
        "methods",
        _("{total}, {day}. How do you pay? Your choice orders it."),
        options=(
            option(
                "1",
                _("M-Pesa, this phone"),
                "place",
                sets={"method": methods.MPESA, "method_id": None, "payer": None},
            ),
            option("2", _("M-Pesa, another phone"), "payer"),
            option(
                "3",
                _("Cash when I get it"),
                "place",
                when=takes_cash,
                sets={"method": methods.CASH, "method_id": None, "payer": None},
            ),
            option(
                "4",
                _("Bank transfer"),
                "place",
                when=takes_transfers,
                sets={"method": methods.BANK, "method_id": None, "payer": None},
            ),
        ),
    ),
    ask(
        "payer",
        _("Which phone pays? Write its number, for example 0712345678."),
        parse=phone,
        save="other_phone",
        then="payer_sure",
    ),
    choose(
        "payer_sure",
        _("Ask {phone} for {total} by M-Pesa?"),
        values=lambda talk: {"phone": talk.slots["other_phone"]},
        options=(option("1", _("Yes, order"), "other_payer"), option("2", _("Another number"), "payer")),
    ),
    fork("other_payer", other_payer, ways={"ok": "place"}),
    act("place", ordering.place, ways=_PLACED),
    choose(
        "whose",
        _("{phone} is not a Safaricom number. Does this phone have M-Pesa?"),
        values=lambda talk: {"phone": talk.msisdn},
        options=(option("1", _("Yes, order"), "has_m_pesa"), option("2", _("Another number"), "payer")),
        waits=True,
    ),
    act("has_m_pesa", ordering.has_m_pesa, ways={"place": "place"}),
    choose(
        "again_sure",
        _("You ordered the same a moment ago. Order it once more?"),
        options=(
            option("1", _("Yes, once more"), "place", sets={"again": True}),
            option("2", _("No"), "home.again"),
        ),
        waits=True,
    ),
    choose(
        "below",
        _("That comes to {total}. The least we bring is {minimum}."),
        options=(
            option(
                "1",
                _("Make it {amount_of} {product}"),
                "make_more",
                when=lambda talk: bool(talk.slots.get("more")),
            ),
            _BUY_ELSE,
            option("3", _("Look at the basket"), "cart.start"),
        ),
        again="price",
    ),
    act("make_more", make_more, ways={"ok": "price"}, quiet=True),
    choose(
        "unreachable",
        _("It cannot come to {place} now."),
        options=(option("1", _("Another place"), "own_places"), _BUY_ELSE),
    ),
    choose(
        "too_many",
        _("Orders of yours wait for payment. Pay one of them first."),
        options=(option("1", _("See the newest"), "unpaid.start"),),
    ),
    say(
        "prompt",
        _("Order {order}: {due}. The M-Pesa request comes to {phone} now: enter the PIN there. For {day}."),
    ),
    say(
        "paused",
        _(
            "Order {order} is saved. M-Pesa requests wait just now. "
            "Pay {due} at paybill {paybill}, account {reference}, by {time}."
        ),
    ),
    say("credit", _("Order {order} is paid with the money that we kept for you. It is for {day}.")),
    say(
        "cash",
        _("Order {order} is placed. Have {due} ready in cash on {day}. Rider and code come by SMS."),
    ),
    say(
        "cash_fetch",
        _("Order {order} is placed. Fetch it {day} at {where}, bring {due} in cash. Your code comes by SMS."),
    ),
    say(
        "bank",
        _(
            "Order {order}: send {due} to {account}, reference {reference}, by {day}, {time}. "
            "An SMS says it too."
        ),
    ),
    title=(_("buying {product}"), _("an order")),
)
