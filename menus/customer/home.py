"""A customer's home screen. Ordering is by SMS; the phone says how."""

from locales.mark import _
from menus.flow import choose, flow, option, say
from menus.people import greeting
from menus.words import NEWS

CUSTOMER = flow(
    "customer",
    say(
        "first",
        _("Welcome, {name}. To order, text what you want to {sms}, for example: 5kg tomatoes"),
        values=greeting,
    ),
    choose(
        "home",
        _("Tunda. Welcome {name}."),
        values=greeting,
        options=(
            option("1", _("How to order"), "how"),
            option("2", _("My orders"), "purchases.start"),
            option("3", _("Language"), "home.language"),
            option("4", _("Help"), "help"),
            option("5", NEWS, "news.look"),
            option("6", _("How I pay"), "methods.start"),
            option("7", _("Give stars"), "rate.start"),
        ),
        top=True,
    ),
    say(
        "how",
        _(
            "Text what you want to {sms}, for example: 5kg tomatoes. We answer with price and day."
            " You pay by M-Pesa."
        ),
        values=greeting,
    ),
    say(
        "help",
        _("Text what you want to {sms}. For help, text HELP to {sms}. Nobody of Tunda asks for your PIN."),
        values=greeting,
    ),
)
