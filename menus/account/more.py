"""What everybody finds behind "More": help, support, account, language, what we send."""

from collections.abc import Sequence

from core.farms import agency
from locales.mark import _, plural
from menus.account.reading import lines_of, to_read
from menus.flow import Item, When, choose, flow, fork, option, pick
from menus.people import greeting
from menus.talk import Talk

NEVER_YOUR_PIN = _("Nobody of Tunda asks for your PIN by phone or SMS.")
ASK_US = _("Questions: Support, or text HELP and your words to {sms}.")
KEYS = _("0 goes back, 00 to the first menu, 98 shows more.")
CUT_OFF = _("Was the call cut off? Dial {dial} again and go on where you were.")
HELP = {
    "farmer": (
        _("Sell: say what, how much and the price. We text you each paid order."),
        _("Orders: mark them ready. A rider collects, M-Pesa pays you."),
        _("Two growers on one phone: open a second farm under My farms. Each farm has its own produce."),
    ),
    "customer": (
        _("Buy: choose what, from whom and the day. Pay by M-Pesa or cash."),
        _("Give the rider your code only when you hold the goods."),
        plural(
            "Bad goods? Tell us within {count} hour, under My orders.",
            "Bad goods? Tell us within {count} hours, under My orders.",
        ),
    ),
    "rider": (
        _("Go on duty, and answer an offer within {minutes} minutes."),
        _("Count the goods at the farm. At the door ask for the customer's code."),
        _("Cash that you collect is ours: bring it in by M-Pesa each day."),
    ),
}


def look(talk: Talk) -> str:
    """For whom she works besides herself: as field agent, as a farmer's helper (DR-221, DR-815)."""
    works = agency.of(talk.tx, talk.actor)
    talk.slots["for_others"] = "agent" if works.agent else "helper" if works.helper else ""
    talk.slots["helps"] = works.helper
    return "menu"


def works_for_others(talk: Talk) -> bool:
    """Whether there is anybody else's farm to work for."""
    return bool(talk.slots.get("for_others"))


def whose_work(talk: Talk) -> str:
    """An agent's farms, from where it goes on to those she helps, or these at once."""
    return str(talk.slots["for_others"])


def role_is(*roles: str) -> When:
    """Whether the person has one of these roles."""
    return lambda talk: talk.caller.role in roles


def help_lines(talk: Talk) -> Sequence[Item]:
    """How it works for her role, a sentence a line."""
    value = talk.parts.settings.value
    known = {
        **greeting(talk),
        "count": value("order.claim_hours_perishable"),
        "minutes": value("rider.offer_timeout_minutes"),
    }
    texts = (*HELP.get(talk.caller.role, ()), KEYS, CUT_OFF, ASK_US, NEVER_YOUR_PIN)
    return to_read([line for text in texts for line in lines_of(talk.words(text, **known))])


MORE = flow(
    "more",
    fork("menu", look, ways={"menu": "choices"}),
    choose(
        "choices",
        _("More:"),
        options=(
            option("1", _("Help"), "help"),
            option("2", _("Support"), "support.start"),
            option("3", _("My account"), "account.start"),
            option("4", _("Language"), "home.language"),
            option("5", _("What we send you"), "switches.start"),
            option("6", _("Follow a product"), "follow.start"),
            option("7", _("My farmers"), "whose_work", when=works_for_others),
            option("8", _("Ratings"), "ratings.start", when=role_is("farmer", "rider")),
            option("9", _("Helper number"), "helper.start", when=role_is("farmer")),
        ),
        again="menu",
    ),
    fork("whose_work", whose_work, ways={"agent": "agent.start", "helper": "helping.start"}),
    pick(
        "help",
        _("How it works:"),
        items=help_lines,
        options=(option("70", _("Short codes"), "home.codes"),),
    ),
)
