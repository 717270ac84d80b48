"""What an offer still lacks, asked one short question at a time (L1, L2, DR-402)."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from core.catalogue.index import Entry
from core.clock import nairobi_date
from core.insights import service as insights
from core.listings.errors import PriceLooksOff, PriceOutOfBounds
from core.listings.machine import SOLD_OUT
from core.words import tidy
from locales import days
from sms.commands.farmer.figures import amount_of
from sms.commands.farmer.offers import ADD, ONLY, Ground, Offer, on_sale, stored
from sms.context import Context, Reply

# Words for a day that it is ready on already; and what stands for words that name no day.
NOW = frozenset(("today", "leo", "now", "sasa", "umuthi", "0"))
UNCLEAR = "?"
UNPACKED = frozenset(("kg", "g", "litre", "tonne", "piece", "dozen"))


def ask_what(ctx: Context, ground: Ground, *, agent: bool) -> Reply:
    """Nothing was named: what is it?"""
    about = {"offers": stored([Offer()]), "farm": ground.farm_id, "agent": agent}
    ctx.ask("sell_product", about=about)
    return ctx.reply("sell_what")


class Asking:
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
