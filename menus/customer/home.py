"""Where a customer's dial begins: money that is not paid, then what asks for an answer, then her home."""

from core.deliveries import purchases
from locales.mark import _, plural
from menus.common import others
from menus.customer import unpaid
from menus.flow import choose, flow, fork, option, say
from menus.people import greeting
from menus.talk import Talk
from menus.words import MORE_MENU, NEWS


def arrive(talk: Talk) -> str:
    """What waits for her first; else the way back to where she was cut off."""
    state = unpaid.look(talk)
    if state != "none":
        return state
    asked = purchases.asking(talk.tx, talk.actor)
    if len(asked) == 1 and asked[0][1] == "no_rider":
        talk.slots["purchase"] = asked[0][0]  # the promised day does not hold: the choice at once (DR-1212)
        return "no_rider"
    talk.slots["count"] = len(asked)
    if asked:
        return "asked"
    return others.waits(talk) or ("resume" if talk.was_telling else "home")


def unread(talk: Talk) -> dict[str, int]:
    """How many notices are unread; nobody's name, for whoever holds the phone."""
    return {"unread": talk.caller.unread}


CUSTOMER = flow(
    "customer",
    fork(
        "arrive",
        arrive,
        ways={
            **{state: f"unpaid.{state}" for state in unpaid.STATES},
            "asked": "asked",
            "no_rider": "purchases.look",
            **others.WAYS,
            "resume": "home.resume",
            "home": "home",
        },
    ),
    choose(
        "asked",
        plural("{count} of your orders asks you something.", "{count} of your orders ask you something."),
        options=(option("1", _("Look at it"), "purchases.start"), option("4", _("Main menu"), "home.again")),
        top=True,
    ),
    choose(
        "first",
        _("Welcome, {name}. You are registered. Do you want to buy now?"),
        values=greeting,
        options=(option("1", _("Buy now"), "buy.start"), option("2", _("Later"), "help")),
    ),
    choose(
        "home",
        _("Tunda. Fresh from the farm."),
        values=unread,
        options=(
            option("1", _("Buy"), "buy.start"),
            option("2", _("Basket"), "cart.start"),
            option("3", _("My orders"), "purchases.start"),
            option("4", _("Prices"), "prices.start"),
            option("5", _("My places"), "places.start"),
            option("6", _("How I pay"), "methods.start"),
            option("7", _("Give stars"), "rate.start"),
            option("8", NEWS, "news.look"),
            option("9", MORE_MENU, "more.menu"),
        ),
        top=True,
    ),
    say(
        "help",
        _("Dial {dial} to buy. Or text what you want to {sms}. Nobody of Tunda asks for your PIN."),
        values=greeting,
    ),
)
