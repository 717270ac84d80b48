"""My orders: open ones first, then finished ones; one opened says where it is and what comes next."""

from collections.abc import Sequence
from typing import Any

from core.deliveries import purchases
from core.deliveries.purchases import MOST, Purchase, PurchaseView
from core.money import ZERO
from core.orders.cash_rules import CASH
from core.orders.machine import DONE
from core.payments import money_of
from locales.mark import _
from menus.flow import Item, Option, Shown, Values, When, ask, choose, flow, fork, option, pick
from menus.talk import Again, Talk

# What a line of the list says, by status; an order that asks something says so first.
LINES = {
    "asks": _("{order}: your answer, please"),
    "late": _("{order} harvest is late, {day}"),
    "pending_payment": _("{order} not paid, {total}"),
    "confirmed": _("{order} ordered, for {day}"),
    "processing": _("{order} being prepared, {day}"),
    "ready_for_delivery": _("{order} ready, {day}"),
    "out_for_delivery": _("{order} on its way"),
    "delivered": _("{order} delivered {day}"),
    "completed": _("{order} delivered {day}"),
    "cancelled": _("{order} cancelled"),
}
HOLD_CODE = _("Give the code only when you hold the goods.")
NO_NUMBER = _("Write the 4 letters and numbers at the end, for example A3B7.")
THIS_ORDER = _("order {order}")  # what a lost conversation was about
# Who ended an order, as she is told (cancel_reason of section 7).
ENDS = {"customer": "by_her", "payment_timeout": "not_paid", "no_supply": "nothing_left"}
ENDS |= dict.fromkeys(("harvest_short", "harvest_late"), "nothing_left")
ENDS |= {"refused": "turned_away", "no_show": "not_handed_over", "undeliverable": "not_handed_over"}


def look_at_all(talk: Talk) -> str:
    """Her orders as they stand now; kept, so that a number means the same line until the next look."""
    found = purchases.mine(talk.tx, talk.actor)
    found.sort(key=lambda line: not line.asks)
    talk.slots["purchases"] = [_kept(line) for line in found]
    return "list" if found else "none"


def lines(talk: Talk) -> Sequence[Item]:
    """One line an order, `A3B7 on its way`."""
    return [Item(talk.words(LINES[line["kind"]], **line), line["id"]) for line in talk.slots["purchases"]]


def is_long(talk: Talk) -> bool:
    """Whether there may be more orders than a list can number."""
    return len(talk.slots.get("purchases", ())) >= MOST


def order_number(talk: Talk, answer: str) -> int:
    """An order of hers by its last four, in any spelling (DR-110)."""
    if not answer.strip():
        raise Again(NO_NUMBER)
    return purchases.by_number(talk.tx, talk.actor, text=answer)


def look(talk: Talk) -> str:
    """The picked order as it stands now; what it asks her comes first."""
    view = read(talk)
    return f"asks_{view.asks}" if view.asks else _screen_of(talk, view)


def look_past(talk: Talk) -> str:
    """The order itself, whatever it asks."""
    return _screen_of(talk, read(talk))


def read(talk: Talk) -> PurchaseView:
    """Look at the picked order, and keep what its screens say of it."""
    view = purchases.one(talk.tx, talk.actor, order_id=talk.slots["purchase"])
    talk.slots.update(
        order=view.tail,
        day=view.day.isoformat(),
        total=str(view.asked),
        rider=view.person,
        person=view.person,
        phone=view.phone,
        place=view.place or view.farm_ward,
        one_farm=view.farms == 1,
        item=view.asks_item_id,
        coded=view.has_code,
        unpaid=view.order_status == "pending_payment",
    )
    return view


def keep_money(talk: Talk) -> money_of.MoneyView:
    """Look at the picked order's money, and keep the sums that screens say."""
    money = money_of.of_order(talk.tx, talk.actor, order_id=talk.slots["purchase"])
    backs = [back.sum for back in money.backs if back.state in ("asked", "coming")]
    talk.slots.update(
        due=str(money.due),
        sum=str(sum(backs, ZERO)),
        reference=money.reference,
        minutes=-(-money.seconds // 60),
        pay_by=money.pay_by.isoformat(),
        late=money.pay_by <= talk.tx.now,
    )
    return money


def order_named(talk: Talk) -> dict[str, Any]:
    """The order that a lost conversation was about."""
    return {"order": talk.slots["order"]}


def _screen_of(talk: Talk, view: PurchaseView) -> str:
    """Which screen says how far the order is."""
    unpaid, cash = view.order_status == "pending_payment", view.payment_method == CASH
    if unpaid or view.order_status == "cancelled" or (cash and view.step not in DONE):
        cash = keep_money(talk).due > ZERO and cash
    talk.slots["cash"] = cash
    match view.step:
        case "cancelled":
            return ENDS.get(view.cancel_reason, "by_us")
        case "pending_payment" if talk.slots["late"]:
            return "overdue"
        case "pending_payment":
            return "bank" if view.payment_method == "bank_transfer" else "unpaid"
        case "confirmed" | "processing" if view.late:
            return "late"
        case "confirmed" | "processing" | "ready_for_delivery" if view.place:
            return "to_fetch"
        case "confirmed" if cash:
            return "cash"
        case "assigned" | "on_the_way" | "arrived" if view.place:
            return "by_run"
        case "on_the_way" | "arrived" | "collect" if cash:
            return f"{view.step}_cash"
        case step:
            return step


def _kept(line: Purchase) -> dict[str, Any]:
    kind = "asks" if line.asks else "late" if line.late else line.order_status
    return {
        "id": line.order_id,
        "kind": kind,
        "order": line.tail,
        "day": line.day.isoformat(),
        "total": str(line.asked),
    }


def _is_cash(talk: Talk) -> bool:
    return bool(talk.slots.get("cash"))


def _has_code(talk: Talk) -> bool:
    return bool(talk.slots.get("coded"))


def _comes_back(talk: Talk) -> bool:
    return bool(talk.slots.get("sum", "0") not in ("0", "0.00"))


INSIDE = option("1", _("What is in it"), "inside.start")
MONEY = option("2", _("The money"), "money.start")
PAY = option("3", _("Pay now"), "paying.start")
PAY_AHEAD = option("3", _("Pay by M-Pesa"), "paying.start", when=_is_cash)
CANCEL = option("4", _("Cancel it"), "cancel.start")
CODE = option("5", _("My code again"), "code.start", when=_has_code)
COMPLAIN = option("7", _("Something is wrong"), "complain.start")
RATE = option("8", _("Give stars"), "rate.this")


def kept_until(talk: Talk) -> dict[str, str]:
    """Until when an unpaid order is kept."""
    return {"day": talk.slots["pay_by"], "time": talk.slots["pay_by"]}


def _step(
    name: str,
    text: str,
    *options: Option,
    aside: str = "",
    aside_when: When | None = None,
    values: Values | None = None,
) -> Shown:
    """One screen of an order: where it is now and what happens next."""
    return choose(
        name,
        text,
        values=values,
        options=(INSIDE, MONEY, *options),
        again="look_past",
        aside=aside,
        aside_when=aside_when,
    )


def _over(name: str, text: str) -> Shown:
    return _step(name, text, aside=_("{sum} goes back to you: see 2."), aside_when=_comes_back)


STEPS = (
    _step("unpaid", _("{order}: {due} is not paid. We keep it for you until {time}."), PAY, CANCEL,
          values=kept_until),
    _step("bank", _("{order}: we wait for {due} from your bank, until {day}, {time}."), PAY, CANCEL,
          values=kept_until),
    _step("overdue", _("{order}: {due} is not paid. We ask M-Pesa once more, then it is over."), CANCEL),
    _step("confirmed", _("{order} is paid. The farmer prepares it. It comes {day}."), CANCEL),
    _step("cash", _("{order} comes {day}. The farmer prepares it. You pay {due} when it is there."),
          PAY_AHEAD, CANCEL),
    _step("late", _("{order}: the harvest is late. Wait for it, or cancel it for free."), CANCEL),
    _step("to_fetch", _("{order} is not ready yet. You fetch it at {place}, {day}. We text you."),
          PAY_AHEAD, CANCEL),
    _step("processing", _("{order} is being prepared. It comes {day}."), PAY_AHEAD, CANCEL),
    _step("ready_for_delivery", _("{order} is ready. We are finding a rider. It comes {day}."),
          PAY_AHEAD, CANCEL),
    _step("assigned", _("{order} comes {day}: {rider}, {phone}, collects it from the farm."),
          PAY_AHEAD, CANCEL, CODE),
    _step("by_run", _("{order} comes to {place} {day} with {rider}, {phone}."), PAY_AHEAD, CANCEL, CODE),
    _step("on_the_way", _("{order} is on its way with {rider}, {phone}."), CANCEL, CODE, aside=HOLD_CODE),
    _step("arrived", _("{rider}, {phone}, has arrived with {order}."), CANCEL, CODE, aside=HOLD_CODE),
    _step("on_the_way_cash", _("{order} is on its way with {rider}, {phone}. Have {due} ready."),
          PAY_AHEAD, CANCEL, CODE),
    _step("arrived_cash", _("{rider}, {phone}, has arrived with {order}. He gets {due}."),
          PAY_AHEAD, CANCEL, CODE),
    _step("collect", _("{order} waits for you at {place}: {person}, {phone}. Bring your code."),
          CANCEL, CODE),
    _step("collect_cash", _("{order} waits at {place}: {person}, {phone}. Bring {due} and your code."),
          PAY_AHEAD, CANCEL, CODE),
    _step("failed", _("{order} could not be handed over. It is brought again {day}."), PAY_AHEAD, CANCEL),
    _step("delivered", _("{order} was delivered {day}."), COMPLAIN, RATE),
    _step("completed", _("{order} was delivered {day}."), COMPLAIN, RATE),
    _over("by_her", _("{order}: you cancelled it.")),
    _over("not_paid", _("{order} was cancelled: the money did not come in time.")),
    _over("nothing_left", _("{order} was cancelled: the farmer had nothing left.")),
    _over("turned_away", _("{order}: you turned it away at the door.")),
    _over("not_handed_over", _("{order} was cancelled: it could not be handed over.")),
    _over("by_us", _("{order} was cancelled by us.")),
)  # fmt: skip
_HERE = {screen.name: screen.name for screen in STEPS}
_ASKED = {f"asks_{kind}": f"asked.{kind}" for kind in ("replacement", "short", "received", "no_rider")}

PURCHASES = flow(
    "purchases",
    fork("start", look_at_all, ways={"list": "list", "none": "none"}),
    pick(
        "list",
        _("Your orders:"),
        items=lines,
        save="purchase",
        then="look",
        options=(option("71", _("Find one by its number"), "number", when=is_long),),
        again="start",
    ),
    choose(
        "none",
        _("You have no order yet. When you have bought something, you see here where it is."),
        options=(option("1", _("Buy"), "buy.start"),),
    ),
    ask(
        "number",
        _("Which order? Write the last 4 of its number, for example A3B7."),
        parse=order_number,
        save="purchase",
        then="look",
    ),
    fork("look", look, ways={**_HERE, **_ASKED}),
    fork("look_past", look_past, ways=_HERE),
    STEPS,
    title=THIS_ORDER,
    about=order_named,
)
