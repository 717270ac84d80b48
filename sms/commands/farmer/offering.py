"""Putting produce up for sale by text: what is missing is asked, one short question at a time (L1, DR-402).

What was said so far travels in the `about` of the open question: several things of one text wait there until
it is their turn. A field agent's words for a farm go the same way (DR-221).
"""

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from core.catalogue.index import Entry
from core.clock import nairobi_date
from core.farms import hers as own_farms
from core.insights import service as insights
from core.listings import commission, rules
from core.listings import hers as own_listings
from core.listings import service as listings
from core.listings.errors import (
    BelowMinimumQuantity,
    PriceLooksOff,
    PriceOutOfBounds,
    QuantityOutOfBounds,
    WholeNumbersOnly,
)
from core.listings.hers import OwnListing
from core.listings.machine import AVAILABLE, SOLD_OUT
from core.locations import served
from core.orders import for_others
from core.words import tidy
from locales import days
from sms.commands.farmer.figures import amount_of
from sms.context import Context, Outcome, Reply

MOST_OFFERED = 4
REFUSED = (PriceLooksOff, PriceOutOfBounds, QuantityOutOfBounds, WholeNumbersOnly, BelowMinimumQuantity)
ADD, ONLY = "add", "only"
# Words for a day that it is ready on already; and what stands for words that name no day.
NOW = frozenset(("today", "leo", "now", "sasa", "umuthi", "0"))
UNCLEAR = "?"
UNPACKED = frozenset(("kg", "g", "litre", "tonne", "piece", "dozen"))


@dataclass
class Offer:
    """One thing to be sold; what is not known yet is None.

    candidates  product ids, where the name may mean several
    unit        as it was said (kg, bag); sold_unit as it is stored (bag 90kg)
    sure        she stays with her price although the market's is another one (DR-404)
    known       "add" or "only": what the quantity means for what she has on sale already
    grade, organic  as she said them; "" and False for nothing said
    when        the words of the day from which it can be had; ready is that day, ISO (L2)
    """

    product_id: int | None = None
    candidates: tuple[int, ...] = ()
    quantity: str | None = None
    bad: bool = False
    unit: str | None = None
    sold_unit: str | None = None
    price: str | None = None
    sure: bool = False
    known: str = ""
    grade: str = ""
    organic: bool = False
    when: str = ""
    ready: str = ""


@dataclass(frozen=True)
class Ground:
    """Where it is sold from; `farmer` is "" when it is the sender's own farm."""

    farm_id: int
    ward: int
    farm: str = ""
    farmer: str = ""


def from_items(ctx: Context, items: list[dict[str, Any]]) -> list[Offer]:
    """The offers of a reading; what is no produce of ours is left out."""
    products = ctx.tx.parts.products
    offers = []
    for item in items[:MOST_OFFERED]:
        slugs = item.get("candidates") or ([item["product"]] if item.get("product") else [])
        ids = tuple(products.by_slug(slug).product_id for slug in slugs)
        price = item.get("price", ctx.reading.slots.get("price") if len(items) == 1 else None)
        quantity = item.get("qty")
        offers.append(
            Offer(
                product_id=ids[0] if len(ids) == 1 else None,
                candidates=ids if len(ids) > 1 else (),
                quantity=None if quantity is None else str(quantity),
                bad=quantity is None and ctx.reading.slots.get("error") == "bad_quantity",
                unit=item.get("unit"),
                price=None if price is None else str(price),
                grade=str(ctx.reading.slots.get("grade", "")),
                organic=bool(ctx.reading.slots.get("organic")),
                when=str(ctx.reading.slots.get("when", "")),
            )
        )
    return offers


def stored(offers: list[Offer]) -> list[dict[str, Any]]:
    """The offers as JSON."""
    return [asdict(offer) for offer in offers]


def restored(about: dict[str, Any]) -> list[Offer]:
    """The offers of a question's `about`."""
    return [Offer(**{**row, "candidates": tuple(row["candidates"])}) for row in about["offers"]]


def go_on(ctx: Context, offers: list[Offer], *, farm_id: int | None = None, agent: bool = False) -> Outcome:
    """The next question that these offers need; what is complete is put up for sale."""
    ground = _ground(ctx, offers, farm_id, agent=agent)
    if isinstance(ground, Reply):
        return ground
    if not served.served(ctx.tx, ground.ward):
        return ctx.reply("farm_not_served", place=ctx.tx.parts.places.get(ground.ward).ward, dial=ctx.dial)
    if not offers:
        return ask_what(ctx, ground, agent=agent)
    said: Outcome = None
    while offers:
        asked = _Asking(ctx, offers, ground, agent=agent).next()
        if asked is not None:
            return asked
        try:
            said = _put_up(ctx, offers[0], ground, agent=agent)
        except REFUSED as wrong:
            return _Asking(ctx, offers, ground, agent=agent).again(wrong)
        offers = offers[1:]
    return said


def ask_what(ctx: Context, ground: Ground, *, agent: bool) -> Reply:
    """Nothing was named: what is it?"""
    about = {"offers": stored([Offer()]), "farm": ground.farm_id, "agent": agent}
    ctx.ask("sell_product", about=about)
    return ctx.reply("sell_what")


def _ground(ctx: Context, offers: list[Offer], farm_id: int | None, *, agent: bool) -> Ground | Reply:
    if agent:
        assert farm_id is not None, "an agent has named the farm first"
        farm = next(one for one in for_others.farms_of(ctx.tx, ctx.actor) if one.farm_id == farm_id)
        assert farm.ward_code is not None, "a farm lies somewhere"
        return Ground(farm_id, farm.ward_code, farm.farm, farm.farmer)
    if farm_id is not None:
        mine = own_farms.farm(ctx.tx, ctx.actor, farm_id=farm_id)
        return Ground(mine.farm_id, mine.ward_code)
    found = own_farms.farms(ctx.tx, ctx.actor)
    if not found:
        ctx.ask("farm_place", about={"offers": stored(offers)})
        return ctx.reply("farm_where")
    if len(found) == 1:
        return Ground(found[0].farm_id, found[0].ward_code)
    few = found[:5]
    ctx.ask("sell_farm", about={"offers": stored(offers)}, choices=[{"value": one.farm_id} for one in few])
    return ctx.reply("sell_farm", options=[{"label": f"{one.name}, {one.ward}"} for one in few])


class _Asking:
    """What the first of the offers still needs."""

    def __init__(self, ctx: Context, offers: list[Offer], ground: Ground, *, agent: bool) -> None:
        self.ctx = ctx
        self.offers = offers
        self.offer = offers[0]
        self.ground = ground
        self.agent = agent

    def next(self) -> Reply | None:
        """The question for what is missing; None if it can be put up."""
        if self.offer.product_id is None:
            return self._product()
        entry = self.ctx.tx.parts.products.entry(self.offer.product_id)
        return (
            self._unit(entry)
            or self._quantity(entry)
            or self._day(entry)
            or self._known(entry)
            or self._price(entry)
        )

    def again(self, wrong: Exception) -> Reply:
        """What the core would not take is put back to her."""
        entry = self.ctx.tx.parts.products.entry(self.offer.product_id or 0)
        match wrong:
            case PriceLooksOff():
                market = wrong.values["market"]
                self._ask("price_confirm", market=str(market))
                return self.ctx.reply(
                    "price_sure", product=entry.product_id, unit=self.offer.sold_unit,
                    market=market, price=self.offer.price,
                )  # fmt: skip
            case PriceOutOfBounds():
                self.offer.price = None
                self._ask("sell_price")
                said = wrong.values
                return self.ctx.reply("price_bad", minimum=said["minimum"], maximum=said["maximum"])
        self.offer.quantity, self.offer.bad = None, True
        asked = self._quantity(entry)
        assert asked is not None, "it has no quantity now"
        return asked

    def _ask(self, kind: str, choices: list[Any] | None = None, **more: Any) -> None:
        about = {"offers": stored(self.offers), "farm": self.ground.farm_id, "agent": self.agent, **more}
        listed = [{"value": choice} for choice in choices or ()]
        self.ctx.ask(kind, about=about, choices=listed)

    def _product(self) -> Reply:
        meant = list(self.offer.candidates)
        if not meant:
            return ask_what(self.ctx, self.ground, agent=self.agent)
        self._ask("sell_product", meant)
        return self.ctx.reply("product_choose", options=[{"product": product_id} for product_id in meant])

    def _unit(self, entry: Entry) -> Reply | None:
        offer = self.offer
        if offer.sold_unit in entry.units:
            return None
        if offer.unit == "g" and "kg" in entry.units and offer.quantity is not None:
            offer.unit, offer.quantity = "kg", str(Decimal(offer.quantity) / 1000)
        units = sorted(entry.units, key=lambda unit: unit != entry.unit)
        if not units:  # nobody has said yet what one of it weighs
            return self.ctx.reply("sell_not_yet", product=entry.product_id)
        fitting = [unit for unit in units if offer.unit is None or unit.split()[0] == offer.unit]
        if len(fitting) == 1:
            offer.sold_unit = fitting[0]
            return None
        if not fitting:  # a price for one crate is no price for one kilo
            offer.quantity, offer.price = None, None
        choices = (fitting or units)[:5]
        self._ask("sell_unit", choices)
        options = [
            {"unit": unit, "kg": entry.units[unit]}
            if unit.split()[0] not in UNPACKED and entry.units[unit] >= 1
            else {"unit": unit}
            for unit in choices
        ]
        return self.ctx.reply("sell_unit", product=entry.product_id, options=options)

    def _quantity(self, entry: Entry) -> Reply | None:
        if self.offer.quantity is not None and not self.offer.bad:
            return None
        code = "sell_quantity_bad" if self.offer.bad else "sell_quantity"
        self._ask("sell_quantity")
        return self.ctx.reply(code, product=entry.product_id, unit=self.offer.sold_unit)

    def _day(self, entry: Entry) -> Reply | None:
        """What still grows is for ordering ahead: from which day? (L2)."""
        offer, last = self.offer, last_day(self.ctx)
        if not offer.when:
            return None
        offer.ready = day_of(self.ctx, offer.when)
        if offer.ready or offer.when in NOW:
            offer.when = ""
            return None
        offer.when = UNCLEAR
        self._ask("sell_day")
        return self.ctx.reply("sell_day", product=entry.product_id, day=last, month=last)

    def _known(self, entry: Entry) -> Reply | None:
        """The same is for sale already: more of it, or all there is? What is sold out is simply filled."""
        if self.offer.known or self.agent:
            return None
        there = on_sale(self.ctx, self.offer, self.ground.farm_id)
        if there is None:
            return None
        if there.status == SOLD_OUT:
            self.offer.known = ADD  # harvested since
            return None
        self._ask("sell_again", [ADD, ONLY])
        quantity = Decimal(str(self.offer.quantity))
        return self.ctx.reply(
            "sell_again", product=entry.product_id, qty=there.left, unit=there.unit, price=there.price,
            amount_of=amount_of(quantity, there.unit),
        )  # fmt: skip

    def _price(self, entry: Entry) -> Reply | None:
        if self.offer.price is not None or self.offer.known:
            return None
        self._ask("sell_price")
        return ask_price(self.ctx, entry.product_id, str(self.offer.sold_unit), self.ground.ward)


def ask_price(ctx: Context, product_id: int, unit: str, ward: int) -> Reply:
    """The price for one unit, with what the market last paid beside it while that may be shown (DR-507)."""
    county = ctx.tx.parts.places.get(ward).county_code
    shown = insights.latest_price(ctx.tx, product_id, county_code=county, unit=unit)
    if shown is None:
        return ctx.reply("sell_price", product=product_id, unit=unit)
    return ctx.reply(
        "sell_price_market", product=product_id, unit=unit,
        market=shown.price, where=tidy(shown.market, 40), month=shown.month,
    )  # fmt: skip


def last_day(ctx: Context) -> date:
    """The last day from which something may be offered ahead (L2)."""
    return nairobi_date(ctx.tx.now) + timedelta(days=ctx.tx.setting("listing.preorder_max_days"))


def day_of(ctx: Context, said: str) -> str:
    """The day meant, ISO, if produce may be offered ahead for it; "" for what is no such day."""
    today = nairobi_date(ctx.tx.now)
    try:
        day = days.read(said, today)
    except (days.DayUnclear, days.NoSuchDay):
        return ""
    return day.isoformat() if today < day <= last_day(ctx) else ""


def on_sale(ctx: Context, offer: Offer, farm_id: int) -> OwnListing | None:
    """Her newest listing of the same in the same unit from the same farm, for sale or sold out; of what still
    grows, for the same day. What she calls by another grade is another thing."""
    for one in own_listings.up(ctx.tx, ctx.actor):
        alike = (one.product_id, one.unit, one.farm_id) == (offer.product_id, offer.sold_unit, farm_id)
        graded = offer.grade in ("", one.grade) and (one.organic or not offer.organic)
        growing = one.growing and one.expected is not None and one.expected.isoformat() == offer.ready
        ripe = not one.growing and not offer.ready and one.status in (AVAILABLE, SOLD_OUT)
        if alike and graded and (growing or ripe):
            return one
    return None


def _put_up(ctx: Context, offer: Offer, ground: Ground, *, agent: bool) -> Outcome:
    """It is for sale; the core tells the farmer what she gets. An agent is told that she was told."""
    assert offer.product_id is not None, "complete before it is put up"
    unit, quantity = str(offer.sold_unit), Decimal(str(offer.quantity))
    there = on_sale(ctx, offer, ground.farm_id) if offer.known else None
    if there is not None:
        return _filled(ctx, offer, there, quantity)
    listing = listings.publish(
        ctx.tx,
        ctx.actor,
        farm_id=ground.farm_id,
        product_id=offer.product_id,
        unit=unit,
        quantity=quantity,
        price=Decimal(str(offer.price)),
        price_confirmed=offer.sure,
        quality_grade=offer.grade or "standard",
        is_organic_certified=offer.organic,
        expected_harvest_date=date.fromisoformat(offer.ready) if offer.ready else None,
    )
    if agent:
        return ctx.reply(
            "agent_put_up", product=offer.product_id, amount_of=amount_of(quantity, unit),
            price=offer.price, farm=ground.farm, farmer=ground.farmer,
        )  # fmt: skip
    unproven = offer.organic and not listing.is_organic_certified
    return _find_the_door(ctx, ground, unproven=offer.product_id if unproven else None)


def _filled(ctx: Context, offer: Offer, there: OwnListing, quantity: Decimal) -> Reply:
    price = there.price if offer.price is None else Decimal(offer.price)
    if price != there.price:
        listings.change_price(
            ctx.tx, ctx.actor, listing_id=there.listing_id, price=price, price_confirmed=offer.sure
        )
    if offer.known == ADD:
        now = listings.restock(ctx.tx, ctx.actor, listing_id=there.listing_id, quantity=quantity)
    else:
        now = listings.set_quantity(ctx.tx, ctx.actor, listing_id=there.listing_id, quantity=quantity)
    return stands(ctx, there.product_id, now.quantity_available, there.unit, price)


def stands(ctx: Context, product_id: int, quantity: Decimal, unit: str, price: Decimal) -> Reply:
    """How much of it is for sale now, and what she gets of the price (DR-1107)."""
    assert ctx.user is not None, "whoever sells is known"
    percent = commission.rate(ctx.tx, farmer_id=ctx.user.user_id, product_id=product_id)
    return ctx.reply(
        "stock_now", product=product_id, amount_of=amount_of(quantity, unit), unit=unit,
        price=price, gets=rules.farmer_gets(price, percent),
    )  # fmt: skip


def _find_the_door(ctx: Context, ground: Ground, *, unproven: int | None) -> Outcome:
    """A rider needs words for the door: asked with what she lists while there are none (DR-303).

    unproven  the product that she calls organic, of a farm without an approved certificate (DR-403)
    """
    farm = own_farms.farm(ctx.tx, ctx.actor, farm_id=ground.farm_id)
    if farm.landmark:
        return None if unproven is None else ctx.reply("organic_not_yet", product=unproven)
    ctx.ask("farm_door", about={"location": farm.location_id})
    return ctx.reply("farm_door" if unproven is None else "farm_door_unproven")
