"""The delivery code once more: by SMS, or on this screen where no SMS reaches her (DR-1205, DR-1504)."""

from core.deliveries import code_roads, codes
from locales.mark import _
from menus.account.pin import pin_steps, pin_ways
from menus.customer.purchases import THIS_ORDER, order_named
from menus.flow import act, choose, flow, fork, option, say
from menus.people import greeting
from menus.talk import Talk


def by_which_road(talk: Talk) -> str:
    """How she may have it now."""
    return code_roads.road(talk.tx, talk.actor, order_id=talk.slots["purchase"])


def send(talk: Talk) -> str:
    """To her own number, never elsewhere."""
    left = codes.resend(talk.tx, talk.actor, order_id=talk.slots["purchase"])
    talk.note(_("We send your code to this phone now. Times left: {count}."), count=left)
    return "ok"


def show(talk: Talk) -> str:
    """Its SMS was lost: here it is, once."""
    talk.secret = codes.show_once(talk.tx, talk.actor, order_id=talk.slots["purchase"])
    talk.hide(talk.secret)
    return "ok"


def show_after_pin(talk: Talk) -> str:
    """No SMS reaches this number any more: here it is, after her PIN (DR-1504)."""
    talk.secret = codes.show_after_pin(
        talk.db, talk.actor, order_id=talk.slots["purchase"], pin=talk.secret, once_key=talk.once
    )
    talk.hide(talk.secret)
    return "ok"


def revealed(talk: Talk) -> dict[str, str]:
    """The code, for this hop only."""
    return {"code": talk.secret}


CODE = flow(
    "code",
    fork(
        "start",
        by_which_road,
        ways={"text": "send", "look": "look", "pin": "unreached", "used": "used", "none": "none"},
    ),
    act("send", send, ways={"ok": "purchases.look_past"}),
    choose(
        "look",
        _("{order}: the SMS with your code did not reach you. We show it here, once. Is nobody looking?"),
        options=(option("1", _("Show it"), "show"), option("2", _("Not now"), "purchases.look_past")),
    ),
    act("show", show, ways={"ok": "shown"}),
    say(
        "shown",
        _("The code of {order} is {code}. Write it down. Give it only when you hold the goods."),
        values=revealed,
    ),
    choose(
        "unreached",
        _("No SMS of ours may reach this phone, until you text START to {sms}."),
        values=greeting,
        options=(option("1", _("See it here, with my PIN"), "pin"),),
    ),
    *pin_steps(then="show_after_pin"),
    act("show_after_pin", show_after_pin, ways={"ok": "shown", **pin_ways()}, alone=True),
    choose("used", _("{order}: your code was sent to this phone before. Look among your SMS, or call us.")),
    choose("none", _("{order}: your code comes by SMS as soon as a rider has it.")),
    title=THIS_ORDER,
    about=order_named,
    in_a_line=True,
)
