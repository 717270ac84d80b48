"""What we send a person: each kind of message on or off, adverts, STOP and START (DR-1501, DR-1504)."""

from collections.abc import Sequence

from core.outbox import blacklist
from core.users import marketing, own, profile
from locales.mark import _
from menus.flow import Item, act, flow, fork, pick
from menus.talk import Talk

# switch: what the list says while it is on, and while it is off
SAID = {
    "sms_notifications": (_("SMS: yes"), _("SMS: only money, codes and work")),
    "order_updates": (_("How my orders go: yes"), _("How my orders go: no")),
    "weather_alerts": (_("Weather: yes"), _("Weather: no")),
    "price_alerts": (_("Prices and produce near me: yes"), _("Prices and produce near me: no")),
    "marketing_notifications": (_("Adverts: yes"), _("Adverts: no")),
    "email_notifications": (_("Copies by e-mail: yes"), _("Copies by e-mail: no")),
}
STOP = _("STOP: no adverts, no alerts")
START = _("START: adverts and alerts again")
ALL = "all"
STOPPED = ("marketing_notifications", "weather_alerts", "price_alerts")


def look(talk: Talk) -> str:
    """The switches as they stand; and whether the network keeps our SMS from this number."""
    seen = own.view(talk.tx, talk.actor)
    shown = {name: on for name, on in seen.switches.items() if seen.email or name != "email_notifications"}
    talk.slots["switches"] = {name: shown[name] for name in SAID if name in shown}
    if blacklist.holds(talk.tx, talk.msisdn):
        talk.note(_("Our SMS are blocked for you. Text START to {sms}."), sms=talk.parts.short_code)
    return "list"


def lines(talk: Talk) -> Sequence[Item]:
    """One line a switch; picking it turns it over. Below them STOP or START, whichever changes something."""
    switches = talk.slots["switches"]
    found = [Item(talk.words(SAID[name][0 if on else 1]), [name, not on]) for name, on in switches.items()]
    if any(switches[name] for name in STOPPED):
        return [*found, Item(talk.words(STOP), [ALL, False])]
    return [*found, Item(talk.words(START), [ALL, True])]


def turn_over(talk: Talk) -> str:
    """As the line said it would be, however often it is said; consent to adverts is kept (DR-1901)."""
    name, on = talk.slots["switch"]
    if name == ALL:
        talk.db.run(lambda tx: marketing.allow(tx, talk.actor, on=on))
        talk.note(
            _("Done. Adverts and alerts come again.") if on else _("Done. Only orders, money and work.")
        )
    else:
        profile.update(talk.db, talk.actor, changes={name: on})
        talk.note(_("Done."))
    return "ok"


SWITCHES = flow(
    "switches",
    fork("start", look, ways={"list": "list"}),
    pick(
        "list",
        _("What we send you. A number changes it:"),
        items=lines,
        save="switch",
        then="turn_over",
        again="start",
    ),
    act("turn_over", turn_over, ways={"ok": "start"}, alone=True),
    title=_("what we send you"),
    in_a_line=True,
)
