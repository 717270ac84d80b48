"""At the door: cash before the code, the code, what to do without either (D6, DR-901, DR-902, DR-1205)."""

from decimal import Decimal
from typing import Any

from core.cash import collecting
from core.cash.errors import CashInvalid, NotEnoughCash
from core.deliveries import door_prompt, received
from core.deliveries import service as deliveries
from core.deliveries.errors import CodeLocked, NoSuchJob
from core.errors import WrongState
from core.money import ZERO
from core.orders.errors import OrderUnknown
from core.payments.errors import NotPayable, PromptOpen, TooManyPrompts
from core.settings.errors import PromptsPaused
from locales.mark import _
from menus import parse
from menus.flow import Option, act, ask, choose, flow, fork, option, say
from menus.rider import stops
from menus.rider.cash import deposit_account
from menus.rider.job import LANDMARK
from menus.rider.stops import TITLE, Ways, about, is_, landmark_known, this
from menus.talk import Again, Talk

LOST: Ways = {NoSuchJob: "job.lost", WrongState: "job.lost", OrderUnknown: "job.lost"}
TAKEN = "cash-taken"
WHOLE_SHILLINGS = _("Whole shillings only.")


def with_cash(talk: Talk) -> dict[str, Any]:
    """The stop, and how the sum that was given meets it."""
    taken, asked = taken_of(talk) or ZERO, Decimal(talk.slots["stop"]["collect"])
    _hide_what_may_be_a_code(talk, taken, taken)
    return {**this(talk), "pay": taken, "due": max(ZERO, asked - taken), "paybill": talk.parts.paybill}


def cash(talk: Talk, answer: str) -> str:
    """A sum in whole shillings. Kept sealed: the code is soon typed here too (S5)."""
    value = parse.number(answer)
    if value != value.to_integral():
        raise Again(WHOLE_SHILLINGS)
    return _sealed(talk, value)


def taken_of(talk: Talk) -> Decimal | None:
    """What he says that he was given, KES; None before he has said it."""
    kept = talk.slots.get("taken")
    return Decimal(talk.parts.vault.open(TAKEN, kept)) if kept else None


def _sealed(talk: Talk, taken: Decimal) -> str:
    return talk.parts.vault.seal(TAKEN, f"{taken:.0f}")


def _hide_what_may_be_a_code(talk: Talk, taken: Decimal, shown: Decimal) -> None:
    """A screen that shows `shown` tells `taken`: where that has the digits of a code, neither is kept."""
    if len(f"{taken:.0f}") == talk.parts.settings.value("delivery.code_length"):
        talk.hide(talk.words("{sum}", sum=shown))


def exactly(talk: Talk) -> str:
    """He has the very sum that he was told, whatever became due since: no other sum said before counts."""
    talk.slots["taken"] = _sealed(talk, Decimal(talk.slots["stop"]["collect"]))
    return "code"


def meets(talk: Talk) -> str:
    """Whether the goods may be handed over for that sum (DR-902)."""
    asked, taken = Decimal(talk.slots["stop"]["collect"]), taken_of(talk) or ZERO
    try:
        met = collecting.meets(talk.tx, due=asked, taken=taken)
    except NotEnoughCash:
        return "too_little"
    _hide_what_may_be_a_code(talk, taken, met.change or met.short)
    if met.change:
        talk.note(_("{sum} too much: give it back, or we keep it for the next order."), sum=met.change)
    if met.short:
        talk.note(_("{sum} less is all right: it comes on the next order."), sum=met.short)
    return "code"


def ring(talk: Talk) -> str:
    """DR-902: what the cash leaves open is asked of her phone."""
    try:
        rung = door_prompt.ring(
            talk.tx, talk.actor, order_id=talk.slots["stop"]["order_id"], cash=taken_of(talk) or ZERO
        )
    except PromptOpen:
        return "ok"  # it rings already: whoever pressed first
    except (TooManyPrompts, PromptsPaused, NotPayable, CashInvalid):
        talk.note(_("Her phone cannot be asked now."))
        return "not_now"
    talk.slots["rung"] = {"due": str(rung.sum), "phone": rung.msisdn}
    return "ok"


def what_rings(talk: Talk) -> dict[str, Any]:
    """The request that was sent; what was pressed twice shows what the cash leaves open."""
    return {**with_cash(talk), **talk.slots.get("rung", {})}


def rang(talk: Talk) -> str:
    """What became of it: "open", "failed" or "paid"."""
    found = door_prompt.state(talk.tx, talk.actor, order_id=talk.slots["stop"]["order_id"])
    if found == "open":
        talk.note(_("Not paid yet."))
    elif found == "failed":
        talk.note(_("It was not paid."))
    return "paid" if found == "none" else found


def hand_over(talk: Talk) -> str:
    """D6, with the customer's code; a wrong one is counted in a transaction of its own (DR-214)."""
    stop = talk.slots["stop"]
    try:
        done = deliveries.deliver(
            talk.db,
            talk.actor,
            order_ref=stop["number"],
            code=talk.secret,
            once_key=talk.once,
            cash=taken_of(talk),
        )
    except NotEnoughCash as error:  # more is asked than his screen had said
        talk.slots["stop"] = {**stop, "collect": str(error.values["due"])}
        raise
    talk.slots["done"] = {
        "order": done.tail,
        "earning": str(done.earning if stop["mine"] else ZERO),
        "sum": str(done.taken),
        "paybill": talk.parts.paybill,
        "deposit": deposit_account(talk),
    }
    return "ok"


def after(talk: Talk) -> str:
    """What was done, and then the rest of the route; without a rest the session may end."""
    done = talk.slots["done"]
    waits = stops.look(talk)
    talk.slots["done"] = done
    if waits == "none" or not talk.slots["stops"]:
        paid = "" if Decimal(done["earning"]) else "_unpaid"
        return ("cash" if Decimal(done["sum"]) else "done") + paid
    talk.note(_("{order} is delivered, thank you."), order=done["order"])
    return "more"


def what_was_done(talk: Talk) -> dict[str, Any]:
    """The delivery that has just ended."""
    return dict(talk.slots["done"])


def ask_her(talk: Talk) -> str:
    """`NOCODE`: the ordering phone is asked, and YES there is as good as the code (DR-1205)."""
    received.ask(talk.tx, talk.actor, order_id=talk.slots["stop"]["order_id"])
    return "ok"


def set_out(talk: Talk) -> str:
    """D5: he is on the way with the goods."""
    deliveries.start(talk.tx, talk.actor, order_id=talk.slots["stop"]["order_id"])
    talk.slots["stop"] = {**talk.slots["stop"], "status": "in_transit"}
    talk.note(_("Noted: you are on the way."))
    return "cash" if float(talk.slots["stop"]["collect"]) else "prepaid"


IN_TRANSIT = is_(status="in_transit", mine=True, kind="drop")
REST: tuple[Option, ...] = (
    option("3", _("Not handed over"), "failed.why", when=IN_TRANSIT),
    option("4", _("Goods"), "job.goods"),
)

DOOR = flow(
    "door",
    choose(
        "prepaid",
        _("{order}, paid: {customer} {phone}, {place}"),
        aside=LANDMARK,
        aside_when=landmark_known,
        values=this,
        options=(option("1", _("Delivered: code"), "exactly"), *REST),
    ),
    choose(
        "cash",
        _("{order}: TAKE {sum} CASH. {customer} {phone}, {place}"),
        aside=LANDMARK,
        aside_when=landmark_known,
        values=this,
        options=(
            option("1", _("I have it"), "exactly"),
            option("2", _("Other sum"), "sum"),
            *REST,
        ),
    ),
    fork("exactly", exactly, ways={"code": "code"}),
    ask(
        "sum",
        _("{sum} is asked. How many shillings did {customer} give you?"),
        values=this,
        parse=cash,
        save="taken",
        then="meets",  # not `number`, which a log may hold: at the door the code is soon typed here
    ),
    fork("meets", meets, ways={"code": "code", "too_little": "too_little"}),
    choose(
        "too_little",
        _("{sum} is asked, {pay} is too little: keep the goods."),
        values=with_cash,
        options=(
            option("1", _("Count again"), "sum"),
            option("2", _("The rest by M-Pesa"), "mpesa"),
            option("3", _("Not handed over"), "failed.why", when=IN_TRANSIT),
        ),
    ),
    choose(
        "mpesa",
        _("{customer} pays {due} to M-Pesa paybill {paybill}, account {reference}. Then look again."),
        values=with_cash,
        options=(
            option("1", _("Look again"), "job.start"),
            option("2", _("Ask on her phone"), "ring"),
        ),
    ),
    act("ring", ring, ways={"ok": "rung", "not_now": "mpesa", **LOST}),
    choose(
        "rung",
        _("{customer} gets {due} on {phone} now and enters the M-Pesa PIN. Then look again."),
        values=what_rings,
        options=(option("1", _("Look again"), "rang"),),
    ),
    fork("rang", rang, ways={"open": "rung", "failed": "mpesa", "paid": "job.start"}),
    ask(
        "code",
        _("{order}: ask {customer} for the 4-digit code and write it:"),
        values=this,
        parse=parse.code,
        then="hand_over",
        secret=True,
        options=(option("1", _("No code: ask by SMS"), "ask_her"),),
    ),
    act(
        "hand_over",
        hand_over,
        ways={"ok": "after", NotEnoughCash: "too_little", CodeLocked: "locked", **LOST},
        alone=True,
    ),
    fork(
        "after",
        after,
        ways={
            "more": "job.list",
            "done": "done",
            "cash": "done_cash",
            "done_unpaid": "done_unpaid",
            "cash_unpaid": "done_cash_unpaid",
        },
    ),
    say("done", _("{order} is delivered, thank you. You earn {earning}."), values=what_was_done),
    say(
        "done_cash",
        _(
            "{order} is delivered, thank you. You earn {earning}. You hold {sum} cash of it: "
            "see Cash I hold, how to bring it in."
        ),
        values=what_was_done,
    ),
    say("done_unpaid", _("{order} is handed over, thank you."), values=what_was_done),
    say(
        "done_cash_unpaid",
        _(
            "{order} is handed over, thank you. {sum} cash of it is ours: pay it in by M-Pesa, "
            "paybill {paybill}, account {deposit}."
        ),
        values=what_was_done,
    ),
    choose(
        "locked",
        _("Too many wrong codes for {order}. Let us ask {customer} by SMS, or call us."),
        values=this,
        options=(option("1", _("Ask by SMS"), "ask_her"),),
        waits=True,
    ),
    act("ask_her", ask_her, ways={"ok": "asked", **LOST}),
    choose(
        "asked",
        _("We ask {customer} by SMS. After the YES {order} is delivered."),
        aside=_("Take {sum} cash first."),
        aside_when=lambda talk: bool(float(talk.slots["stop"]["collect"])),
        values=this,
        options=(option("1", _("Look again"), "job.start"),),
    ),
    choose(
        "leave",
        _("{order} is with you. Next try {day}: {customer} {phone}, {place}"),
        aside=LANDMARK,
        aside_when=landmark_known,
        values=this,
        options=(option("1", _("I set out now"), "set_out"),),
    ),
    act("set_out", set_out, ways={"prepaid": "prepaid", "cash": "cash", **LOST}),
    title=TITLE,
    about=about,
)
