"""What an order would come to: of the basket, or of what was bought last time. Nothing is ordered here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal
from typing import Any

from core.carts import lines as carts_lines
from core.events import DemandUnserved
from core.locations.errors import NotServed
from core.money import whole_shillings
from core.orders import checkout, fitting, quotes
from core.orders.bringing import RIDER, Choice, days
from core.orders.errors import BelowMinimum, DayGone, NoRiderThere, OutOfReach, WayGone
from core.orders.planning import Line, Wanted
from core.payment_methods import service as methods
from core.settings import switches
from locales.mark import _
from menus.customer import goods
from menus.customer.goods import here, say_why
from menus.talk import Talk

# What nothing can be done about but to look for something else, or another place.
UNREACHABLE = (NotServed, OutOfReach, NoRiderThere)

# What a customer chose for one order, and no other.
CHOSEN = (
    *("wanted", "picked_day", "method", "method_id", "payer", "from_kept"),
    *("again", "slot", "said", "before"),
)


@dataclass(frozen=True)
class Offered:
    """What is shown before the yes; amounts KES. `lines` as goods.ordered shows them."""

    lines: Sequence[Mapping[str, Any]]
    subtotal: Decimal
    fee: Decimal
    total: Decimal
    day: date
    way: str
    where: str
    choices: Sequence[Choice]
    days: Sequence[date]


def price(talk: Talk) -> str:
    """The basket, or what is wanted again, priced with the way to her place; why not, if it cannot be."""
    switches.refuse_if_paused(talk.tx, "orders", ward_code=here(talk).ward_code)
    talk.forget("said", "no_cash")
    try:
        return _again(talk) if talk.slots.get("again_lines") else _basket(talk)
    except (WayGone, DayGone) as gone:
        say_why(talk, gone)
        talk.forget("wanted" if isinstance(gone, WayGone) else "picked_day")
        return price(talk)
    except BelowMinimum as below:
        return _too_little(talk, below)
    except UNREACHABLE as error:
        say_why(talk, error)
        return "unreachable"


def begin_again(talk: Talk) -> str:
    """What she bought last, at today's prices (DR-702)."""
    talk.forget("landmark", *CHOSEN)
    talk.slots["again_lines"] = talk.slots["last"]
    return price(talk)


def _basket(talk: Talk) -> str:
    """The basket; what is short in it, or dearer than agreed, is settled there."""
    found = carts_lines.lines(talk.tx, talk.actor)
    if not found or any(line.fault or line.price != line.agreed for line in found):
        return "basket"
    try:
        plan = checkout.preview(
            talk.tx, talk.actor, delivery_location=here(talk).location_id, wanted=wanted(talk)
        )
    except UNREACHABLE:
        user_id = talk.actor.user_id
        assert user_id is not None, "a customer is known"
        for product_id in {line.product_id for line in found}:
            talk.tx.emit(DemandUnserved(product_id, here(talk).ward_code, user_id))
        raise
    lines = [
        {
            "amount_of": goods.amount(pick.quantity, pick.unit, pick.kg),
            "product": pick.product_id,
            "goods": str(pick.total),
            "farm": pick.listing.farm.farm_name,
        }
        for pick in plan.picks
    ]
    totals = plan.totals
    talk.slots["content"] = [[pick.listing.listing_id, str(pick.quantity)] for pick in plan.picks]
    return _show(
        talk,
        Offered(
            lines,
            totals.subtotal,
            totals.fee,
            totals.total,
            plan.day,
            plan.way,
            plan.place,
            plan.choices,
            days(talk.tx, [pick.listing for pick in plan.picks], way=plan.way, day=plan.day),
        ),
    )


def _again(talk: Talk) -> str:
    """The cheapest that works for the same goods; of what is short, what there is (DR-414)."""
    lines = [Line(product, Decimal(quantity), unit) for product, quantity, unit in talk.slots["again_lines"]]
    fitted = fitting.fit(
        talk.tx, talk.actor, lines=lines, location_id=here(talk).location_id, wanted=wanted(talk)
    )
    for one in fitted.changed:
        if one.why == "less":
            _tell(
                talk,
                _("Only {left_of} {product} left."),
                product=one.product_id,
                left=one.now,
                unit=one.unit,
            )
        elif one.why == "gone":
            _tell(talk, _("Nobody near sells {product} now."), product=one.product_id)
    if fitted.quote is None:
        talk.slots["product"] = lines[0].product_id
        talk.forget("said")
        return "nothing"
    view = quotes.quote_view(talk.tx, fitted.quote.quote_id)
    talk.slots["again_lines"] = [[line.product_id, str(line.quantity), line.unit] for line in view.lines]
    return show_quote(talk, view.quote_id)


def show_quote(talk: Talk, quote_id: int) -> str:
    """Keep a quote as what is shown before the yes."""
    view = quotes.quote_view(talk.tx, quote_id)
    talk.slots["quote_id"] = quote_id
    lines = [
        {
            "amount_of": goods.amount(line.quantity, line.unit, line.kg),
            "product": line.product_id,
            "goods": str(line.total),
            "farm": line.farm,
        }
        for line in view.lines
    ]
    offered = Offered(
        lines,
        view.subtotal,
        view.delivery_fee,
        view.total,
        view.day,
        view.way,
        view.place,
        view.choices,
        view.days,
    )
    return _show(talk, offered)


def _show(talk: Talk, offered: Offered) -> str:
    """Keep what is shown before the yes; what has changed since she last looked is said first."""
    first = offered.lines[0]
    slots = talk.slots
    slots.update(
        goods_lines=[dict(line) for line in offered.lines],
        count=len(offered.lines),
        amount_of=first["amount_of"],
        product=first["product"],
        goods=str(offered.subtotal),
        fee=str(offered.fee),
        total=str(whole_shillings(offered.total)),
        sum=str(offered.total),
        day=offered.day.isoformat(),
        way=offered.way,
        where=offered.where,
        choices=[choice.as_json() for choice in offered.choices],
        days=[day.isoformat() for day in offered.days],
        priced=slots["at"],
    )
    if slots.get("picked_day") != slots["day"]:
        talk.forget("picked_day")  # a run has its own day, and a changed order its first one
    if "method" not in slots:
        own = methods.default_of(talk.tx, talk.actor.user_id or 0)
        slots["method"] = own.method_type if own is not None else methods.MPESA
        slots["method_id"] = own.payment_method_id if own is not None else None
    _compare(talk)
    return "told" if slots.get("said") else next_question(talk)


def next_question(talk: Talk) -> str:
    """Whether a rider still has to be told where the door is; else the yes."""
    unknown_door = talk.slots["way"] == RIDER and not here(talk).landmark and not talk.slots.get("landmark")
    return "landmark" if unknown_door else "check"


def changed(talk: Talk) -> None:
    """It comes to something else than she said yes to: the next look says what was and what is."""
    talk.forget("said")
    talk.slots["before"] = [talk.slots["total"], talk.slots["day"], talk.slots.get("content")]


def _compare(talk: Talk) -> None:
    """Say what has changed since she said yes."""
    if "before" not in talk.slots:
        return
    total, day, content = talk.slots.pop("before")
    if content != talk.slots.get("content"):
        _tell(talk, _("The basket is not as you saw it."))
    if total != talk.slots["total"]:
        _tell(talk, _("In all it is {total} now, not {asked}."), total=talk.slots["total"], asked=total)
    if day != talk.slots["day"]:
        _tell(talk, _("The day is {day} now."), day=talk.slots["day"])
    if not talk.slots.get("said"):
        _tell(talk, _("The price has changed."))


def _tell(talk: Talk, text: str, **values: Any) -> None:
    """Keep a sentence that she reads before the new sum."""
    talk.slots["said"] = [*talk.slots.get("said", ()), talk.words(text, **values)]


def _too_little(talk: Talk, below: BelowMinimum) -> str:
    """It comes to less than is brought: the nearest order that works is offered (DR-703)."""
    missing = below.values["minimum"] - below.values["total"]
    talk.slots.update(total=str(below.values["total"]), minimum=str(below.values["minimum"]))
    talk.forget("more")
    if talk.slots.get("again_lines"):
        _more_again(talk, missing)
    else:
        _more_in_basket(talk, missing)
    return "below"


def _more_again(talk: Talk, missing: Decimal) -> None:
    """Nothing is priced yet, so the same again is doubled until it is enough."""
    product, quantity, unit = talk.slots["again_lines"][0]
    total = Decimal(talk.slots["total"])
    times = ((total + missing) / total).to_integral_value(ROUND_CEILING)
    more = str(Decimal(quantity) * max(times, Decimal(2)))
    talk.slots.update(more=more, amount_of=goods.amount(more, unit), product=product)


def _more_in_basket(talk: Talk, missing: Decimal) -> None:
    """The first line that has so much more is filled up."""
    for line in carts_lines.lines(talk.tx, talk.actor):
        more = line.quantity + (missing / line.price).to_integral_value(ROUND_CEILING)
        if more <= line.left:
            talk.slots.update(
                more=str(more),
                cart_item_id=line.cart_item_id,
                product=line.product_id,
                amount_of=goods.amount(more, line.unit),
            )
            return


def wanted(talk: Talk) -> Wanted:
    """The way and the day that she has chosen, if she has (DR-1210, DR-705)."""
    picked = talk.slots.get("picked_day")
    way, point, run = talk.slots.get("wanted") or (None, None, None)
    return Wanted(way, point, run, date.fromisoformat(picked) if picked else None)
