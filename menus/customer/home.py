"""A customer's screens. Ordering is by SMS; the phone says how, and where the last order is."""

from core.orders import recent
from locales.mark import _
from menus.flow import Choose, choose, flow, fork, option, say
from menus.people import greeting
from menus.talk import Talk
from menus.words import NEWS

# What the customer is told of each status of an order (section 7.1 of docs/domain.md).
STATUS = {
    "pending_payment": _("Order {order}: {total} is not paid yet. Answer the M-Pesa prompt."),
    "confirmed": _("Order {order} is paid. The farmer is preparing it for {day}."),
    "processing": _("Order {order} is being prepared for {day}."),
    "ready_for_delivery": _("Order {order} is ready and waits for the rider, for {day}."),
    "out_for_delivery": _("Order {order} is on its way. Give the rider your code when you hold the goods."),
    "delivered": _("Order {order} has been delivered."),
    "completed": _("Order {order} has been delivered."),
    "cancelled": _("Order {order} was cancelled."),
}


def latest_order(talk: Talk) -> str:
    """The customer's newest order, by one narrow look."""
    order = recent.latest(talk.tx, talk.actor)
    if order is None:
        return "none"
    talk.slots.update(order=order.tail, total=str(order.asked), day=order.day.isoformat())
    return order.status


def _status(status: str, text: str) -> Choose:
    return choose(status, text)


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
            option("2", _("My last order"), "latest"),
            option("3", _("Language"), "home.language"),
            option("4", _("Help"), "help"),
            option("5", NEWS, "news.look"),
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
    fork("latest", latest_order, ways={**{status: status for status in STATUS}, "none": "none"}),
    [_status(status, text) for status, text in STATUS.items()],
    choose(
        "none",
        _("You have no order yet."),
        options=(option("1", _("How to order"), "how"),),
    ),
    say(
        "help",
        _("Text what you want to {sms}. For help, text HELP to {sms}. Nobody of Tunda asks for your PIN."),
        values=greeting,
    ),
)
