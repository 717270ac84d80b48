"""When it was harvested or will be ready, and its grade: asked by her own listing and her agent's (DR-402).

The flow that takes these steps goes on at its own `ready`.
"""

from locales.mark import _
from menus.farmer import offer
from menus.farmer.details import day_to_come, grade_items
from menus.flow import Screen, ask, choose, fork, option, pick

RIPE_DAYS = (
    ("1", _("Today"), "today"),
    ("2", _("Yesterday"), "yesterday"),
    ("3", _("The day before"), "earlier"),
)

HARVEST_STEPS: tuple[Screen, ...] = (
    choose(
        "harvest",
        _("{product}: harvested when?"),
        options=(
            *(option(key, label, then) for key, label, then in RIPE_DAYS),
            option("4", _("It still grows"), "ready_on"),
        ),
    ),
    *(
        fork(then, offer.ripe_on(days), ways={"ok": "ready"})
        for days, (_key, _label, then) in enumerate(RIPE_DAYS)
    ),
    ask(
        "ready_on",
        _("{product}: ready on which day? For example 25 or 25/7"),
        parse=day_to_come,
        save="expected",
        then="growing",
        number=True,
    ),
    fork("growing", offer.still_growing, ways={"ok": "ready"}),
    pick("grade", _("What grade is it?"), items=grade_items, save="grade", then="ready"),
)
