"""A farmer's dial and home screen: what waits for her stands first, then the menu (DR-801, DR-815, I8)."""

from locales.mark import _
from menus.common import others
from menus.farmer import still, waiting
from menus.flow import act, choose, flow, fork, option, say
from menus.people import greeting
from menus.talk import Talk
from menus.words import MORE_MENU, NEWS


def arrive(talk: Talk) -> str:
    """A silent farmer's listings come back with her dial; then what waits for her."""
    return "paused" if still.paused(talk) else waits(talk)


def wake(talk: Talk) -> str:
    """DR-815: any dial of hers brings back what silence had paused."""
    still.wake(talk)
    return waits(talk)


def waits(talk: Talk) -> str:
    """What the dial shows first: a rider's count, orders, the question of DR-815, what was cut off, home."""
    waiting.look(talk)
    if talk.slots.get("counted") or talk.slots["sums"]:
        return "orders"
    if talk.slots.get("still"):
        return "still"
    return others.waits(talk) or ("resume" if talk.was_telling else "home")


WAITS = {
    "orders": "orders.open",
    "resume": "home.resume",
    "still": "still.ask",
    **others.WAYS,
    "home": "home",
}

FARMER = flow(
    "farmer",
    fork("arrive", arrive, ways={"paused": "wake", **WAITS}),
    act("wake", wake, ways=dict(WAITS.items()), quiet=True),
    choose(
        "first",
        _("Welcome, {name}. You are registered. Do you have produce to sell now?"),
        values=greeting,
        options=(option("1", _("Sell now"), "sell.start"), option("2", _("Later"), "later")),
        top=True,
    ),
    say("later", _("Good. Dial us when you have produce to sell.")),
    choose(
        "home",
        _("Tunda"),
        values=greeting,
        options=(
            option("1", _("Orders"), "orders.start"),
            option("2", _("Sell"), "sell.start"),
            option("3", _("My produce"), "listings.start"),
            option("4", _("Earnings"), "earnings.start"),
            option("5", _("Prices"), "prices.start"),
            option("6", _("Weather"), "weather.start"),
            option("7", _("My farms"), "farms.start"),
            option("8", NEWS, "news.look"),
            option("9", MORE_MENU, "more.menu"),
        ),
        top=True,
    ),
)
