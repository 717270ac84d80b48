"""What a farmer or rider has earned: with us, held and why, payday, payouts, asking for it (section 13)."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from core.money import ZERO
from core.payouts import earnings, opened, rules, service
from core.payouts.earnings import EarningsView, PaidView
from core.payouts.errors import NothingToPay, NumberNeeded, NumberSilent, PayoutOpen, PinTooFresh
from core.settings.errors import Paused
from core.users import payees_look, pin_state
from locales.errors import ERRORS, explain
from locales.mark import _, plural
from menus.account.payee import ANOTHER, HAS_M_PESA, WHICH_NUMBER, of_payout
from menus.account.pin import pin_steps, pin_ways
from menus.account.words import WRITE_TO_US
from menus.flow import Choose, Item, When, act, choose, flow, fork, option, pick
from menus.talk import Talk

HELD = {
    "too_soon": _("{order} {sum}: comes {day}"),
    "not_over": _("{order} {sum}: a day after the delivery"),
    "argued": _("{order} {sum}: a complaint is open"),
}
CASH_HELD = _("{sum}: cash that you took and hold")
# A payout that is not over, and one line of the list, by its status.
UNDER_WAY = {
    "pending": "checked",
    "eligible": "going",
    "processing": "going",
    "unknown": "going",
    "failed": "failed",
    "on_hold": "stopped",
}
PAID = {
    "paid": _("{day} {month} {sum} paid"),
    "failed": _("{day} {month} {sum} did not go through"),
    "on_hold": _("{day} {month} {sum} with our people"),
    "pending": _("{day} {month} {sum} is being checked"),
}
EARNED = plural("Earned with {count} order: {gets}", "Earned with {count} orders: {gets}")
ON_ITS_WAY = _("{day} {month} {sum} on its way")


def look(talk: Talk) -> str:
    """The money as it stands; kept for the screens behind, so that they need no look of their own."""
    seen = earnings.now(talk.tx, talk.actor)
    value = talk.parts.settings.value
    paused = talk.parts.settings.is_paused("payouts")
    sum_ = rules.payout_sum(
        seen.payable,
        rules.Limits(
            value("payout.min_amount"), Decimal(value("mpesa.max_transaction")), value("mpesa.b2c_min")
        ),
        waited=False,
    )
    open_ = next((paid for paid in seen.last if paid.status in UNDER_WAY), None)
    talk.slots["money"] = {
        "total": str(abs(seen.owed)),
        "sum": str(sum_),
        "due": str(max(ZERO, seen.owed - max(ZERO, seen.payable))),
        "minimum": str(value("payout.min_amount")),
        "count": value("payout.small_after_days"),
        "pay": str(open_.amount) if open_ else "0",
        **_moment(earnings.payday(talk.tx).isoformat()),
        "held": _held(talk, seen),
        "last": [[paid.payout_id, _line(talk, paid)] for paid in seen.last],
        "may_ask": sum_ > ZERO and open_ is None and not paused,
    }
    if paused:
        talk.note(ERRORS["settings.payouts_paused"])
    if open_ is not None:
        return UNDER_WAY[open_.status]
    named = of_payout(talk)
    if named.needed and not named.coming:
        return "unnamed"
    if seen.owed < ZERO:
        return "owing"
    if named.coming and seen.owed > ZERO:
        return _later(talk)
    if sum_ > ZERO:
        return "coming"
    if seen.held or seen.cash > ZERO:
        return "held"
    return "small" if seen.owed > ZERO else "empty"


def _later(talk: Talk) -> str:
    """She has said which number gets it, and it counts later: till then nothing can be paid."""
    number = payees_look.mine(talk.tx, talk.actor, purpose="payout")
    assert number.starts_at is not None, "it is on its way"
    coming = {"phone": number.next_number, **_moment(number.starts_at.isoformat()), "may_ask": False}
    talk.slots["money"] = {**talk.slots["money"], **coming}
    return "later"


def _held(talk: Talk, seen: EarningsView) -> list[str]:
    lines = []
    for one in seen.held:
        day = earnings.payday(talk.tx, after=one.until).isoformat() if one.until else ""
        lines.append(talk.words(HELD[one.why], order=one.tail, sum=one.amount, day=day))
    return [*lines, *([talk.words(CASH_HELD, sum=seen.cash)] if seen.cash > ZERO else [])]


def _line(talk: Talk, paid: PaidView) -> str:
    day = paid.day.isoformat()
    return talk.words(PAID.get(paid.status, ON_ITS_WAY), day=day, month=day, sum=paid.amount)


def _moment(iso: str) -> dict[str, str]:
    return {"day": iso, "time": iso}


def money(talk: Talk) -> dict[str, Any]:
    """The figures that were looked up."""
    return dict(talk.slots["money"])


def has(name: str) -> When:
    """Whether the look found something of this (held, last, may_ask)."""
    return lambda talk: bool(talk.slots["money"][name])


def is_any(talk: Talk) -> bool:
    """Whether anything is with us."""
    return Decimal(talk.slots["money"]["total"]) > ZERO


def is_held(talk: Talk) -> bool:
    """Whether a part is held back."""
    return bool(talk.slots["money"]["held"])


def held_lines(talk: Talk) -> Sequence[Item]:
    """Each share that is held, and why."""
    return [Item(line) for line in talk.slots["money"]["held"]]


def last_lines(talk: Talk) -> Sequence[Item]:
    """The last five payouts (DR-1304)."""
    return [Item(line, [payout_id, line]) for payout_id, line in talk.slots["money"]["last"]]


def open_payout(talk: Talk) -> str:
    """What the picked payout was made of: what she earned, what came off it (DR-1006)."""
    payout_id, line = talk.slots["payout"]
    seen = opened.of_mine(talk.tx, talk.actor, payout_id=payout_id)
    lines = [line, talk.words(EARNED, count=seen.orders, gets=seen.gets)]
    if seen.commission > ZERO:
        lines.append(talk.words(_("Our part: {fee}"), fee=seen.commission))
    if seen.off > ZERO:
        lines.append(talk.words(_("Sent back to buyers: {due}"), due=seen.off))
    if seen.receipt:
        lines.append(talk.words(_("Receipt {receipt}"), receipt=seen.receipt))
    talk.slots["made_of"] = lines
    return "ok"


def made_of(talk: Talk) -> Sequence[Item]:
    """Its lines."""
    return [Item(line) for line in talk.slots["made_of"]]


def look_at_month(talk: Talk) -> str:
    """This month so far; a rider's trips carry no commission."""
    seen = earnings.month(talk.tx, talk.actor)
    talk.slots["this_month"] = {
        "month": seen.month.isoformat(),
        "count": seen.orders,
        "goods": str(max(ZERO, seen.gross)),
        "fee": str(max(ZERO, seen.commission)),
        "gets": str(max(ZERO, seen.net)),
    }
    return "rider" if talk.caller.role == "rider" else "farmer"


def this_month(talk: Talk) -> dict[str, Any]:
    """The month's figures."""
    return dict(talk.slots["this_month"])


def may_ask(talk: Talk) -> str:
    """A PIN is needed, and not one of the last days (DR-207, DR-208); else where the money would go."""
    state = pin_state.of(talk.tx, talk.actor)
    if not state.chosen:
        hours = talk.parts.settings.value("payout.number_change_cooloff_hours")
        talk.slots["wait_days"] = -(-hours // 24)
        return "none"
    if state.free_from is not None:
        talk.slots["free_from"] = state.free_from.isoformat()
        return "fresh"
    talk.slots["number_now"] = payees_look.mine(talk.tx, talk.actor, purpose="payout").number
    return "ok"


def to_ask(talk: Talk) -> dict[str, Any]:
    """The sum, where it goes, and when it would come by itself."""
    return {**talk.slots["money"], "phone": talk.slots["number_now"]}


def free_from(talk: Talk) -> dict[str, Any]:
    """From when on she may ask."""
    return _moment(talk.slots["free_from"])


def wait_days(talk: Talk) -> dict[str, Any]:
    """How many days a new PIN waits."""
    return {"count": talk.slots["wait_days"]}


def ask_for_it(talk: Talk) -> str:
    """DR-207: a payout on request; what the rules refuse is said above the money as it stands then."""
    try:
        service.request(talk.db, talk.actor, pin=talk.secret, once_key=talk.once)
    except (NothingToPay, NumberNeeded, NumberSilent, Paused, PayoutOpen, PinTooFresh) as error:
        talk.notes.append(explain(talk.voice, talk.language, error))
    return "ok"


OPTIONS = (
    option("1", _("Why held?"), "held_why", when=has("held")),
    option("2", _("Last payouts"), "last", when=has("last")),
    option("3", _("This month"), "look_at_month"),
    option("4", _("Pay me today"), "may_ask", when=has("may_ask")),
    option("5", _("Number for my money"), "payee.start"),
)


def _standing(name: str, text: str, *, aside: str = "") -> Choose:
    return choose(
        name,
        text,
        values=money,
        aside=aside,
        aside_when=is_held if aside else None,
        options=OPTIONS,
        again="start",
    )


EARNINGS = flow(
    "earnings",
    fork(
        "start",
        look,
        ways={
            **{name: name for name in ("coming", "held", "later", "small", "empty", "owing", "unnamed")},
            **{name: name for name in sorted(set(UNDER_WAY.values()))},
        },
    ),
    _standing("coming", _("{sum} comes {day}, {time}."), aside=_("Held for now: {due}")),
    _standing("held", _("{total} is with us, held for now.")),
    _standing("later", _("{total} is with us. From {day}, {time} your money goes to {phone}.")),
    _standing(
        "small",
        plural(
            "{total} is with us. We pay from {minimum}, less after {count} day.",
            "{total} is with us. We pay from {minimum}, less after {count} days.",
        ),
    ),
    _standing("empty", _("Nothing is with us now. What you earn shows here after the delivery.")),
    _standing("owing", _("You owe us {total}. It comes off what you earn next.")),
    choose(
        "unnamed",
        WHICH_NUMBER,
        values=money,
        aside=_("{total} is with us."),
        aside_when=is_any,
        options=(
            option("1", HAS_M_PESA, "payee.this_phone"),
            option("2", ANOTHER, "payee.number"),
            option("3", _("Why held?"), "held_why", when=has("held")),
            option("4", _("This month"), "look_at_month"),
        ),
        again="start",
    ),
    _standing("checked", _("{pay}: we check your number once, then it is sent.")),
    _standing("going", _("{pay} is on its way to you.")),
    _standing("failed", _("{pay} did not go through. It is yours, we try again.")),
    _standing("stopped", _("{pay} is with our people. Write to us under Support.")),
    pick(
        "held_why",
        _("Held for now:"),
        items=held_lines,
        options=(option("71", WRITE_TO_US, "support.start"),),
    ),
    pick("last", _("Your last payouts:"), items=last_lines, save="payout", then="open_payout"),
    fork("open_payout", open_payout, ways={"ok": "payout"}),
    pick("payout", _("This payout:"), items=made_of),
    fork("look_at_month", look_at_month, ways={"farmer": "month", "rider": "trips"}),
    choose(
        "month",
        _("{month}. Orders: {count}. Sold for {goods}, our part {fee}, yours {gets}."),
        values=this_month,
    ),
    choose("trips", _("{month}. Deliveries: {count}. You earned {gets}."), values=this_month),
    fork("may_ask", may_ask, ways={"none": "no_pin", "fresh": "fresh_pin", "ok": "sure"}),
    choose(
        "no_pin",
        plural(
            "For this you need a PIN. Choose it now, ask {count} day later. Till then it comes by itself.",
            "For this you need a PIN. Choose it now, ask {count} days later. Till then it comes by itself.",
        ),
        values=wait_days,
        options=(option("1", _("Choose my PIN"), "pin.start"),),
    ),
    choose(
        "fresh_pin",
        _("Your PIN is new. You can ask from {day}, {time}. Until then the money comes by itself."),
        values=free_from,
    ),
    choose(
        "sure",
        _("Send {sum} to {phone} now? By itself it comes {day}, {time}."),
        values=to_ask,
        options=(option("1", _("Yes, send it now"), "pin"), option("2", _("No, I wait"), "start")),
    ),
    *pin_steps(then="ask_for_it", without="may_ask"),
    act("ask_for_it", ask_for_it, ways={"ok": "start", **pin_ways(without="may_ask")}, alone=True),
    title=_("your earnings"),
    in_a_line=True,
)
