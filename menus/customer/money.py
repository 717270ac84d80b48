"""An order's money, a line each: what it costs, what is paid, due, being found out, or on its way back."""

from collections.abc import Sequence

from core.deliveries import purchases
from core.money import ZERO
from core.payments import money_of
from locales.mark import _
from menus.customer.purchases import keep_money
from menus.flow import Item, flow, fork, pick
from menus.talk import Talk

GOODS = _("Goods {goods}")
DELIVERY = _("Delivery {fee}")
DISCOUNT = _("Less {sum}")
IN_ALL = _("In all {total}")
CHARGED = _("You pay {total} for what was prepared")
RECEIVED = _("Paid {sum}")
FROM_KEPT = _("Paid with what we kept for you: {sum}")
NOTHING = _("You have paid nothing")
TO_BANK = _("To {account}, reference {reference}")
DUE = _("To pay: {due}")
AT_THE_DOOR = _("To pay when it comes: {due}")
ON_PHONE = _("{sum}: answer the M-Pesa request on the phone")
FINDING_OUT = _("{sum}: we are asking M-Pesa what became of it")
# Money that goes back, by how far it is.
BACK = {
    "asked": _("{sum} back to you: our people look at it"),
    "coming": _("{sum} is on its way back to you"),
    "back": _("{sum} is back with you"),
    "kept": _("{sum} is kept for your next order"),
    "owed": _("{sum} pays what was missing last time"),
    "refused": _("{sum} does not come back"),
}


def look_at_money(talk: Talk) -> str:
    """Every sum of the order, as a line each."""
    view = purchases.one(talk.tx, talk.actor, order_id=talk.slots["purchase"])
    money = keep_money(talk)
    talk.slots["order"] = view.tail
    account = str(talk.parts.settings.value("bank.account"))
    talk.slots["sums"] = [[text, values] for text, values in _sums(view, money, account)]
    return "list"


def sum_lines(talk: Talk) -> Sequence[Item]:
    """The lines."""
    return [Item(talk.words(text, **values)) for text, values in talk.slots["sums"]]


def _sums(
    view: purchases.PurchaseView, money: money_of.MoneyView, account: str
) -> list[tuple[str, dict[str, str]]]:
    if view.order_status == "cancelled":
        lines = [(CHARGED, {"total": str(money.asked)})] if money.asked > ZERO else []
    else:
        lines = [(GOODS, {"goods": str(view.subtotal)}), (DELIVERY, {"fee": str(view.delivery_fee)})]
        if view.discount > ZERO:
            lines.append((DISCOUNT, {"sum": str(view.discount)}))
        lines.append((IN_ALL, {"total": str(view.asked)}))
    if money.received > money.from_kept:
        lines.append((RECEIVED, {"sum": str(money.received - money.from_kept)}))
    if money.from_kept > ZERO:
        lines.append((FROM_KEPT, {"sum": str(money.from_kept)}))
    if money.received == money.due == ZERO:
        lines.append((NOTHING, {}))
    if money.due > ZERO:
        lines.append((AT_THE_DOOR if money.at_the_door else DUE, {"due": str(money.due)}))
        if view.payment_method == "bank_transfer" and account:
            lines.append((TO_BANK, {"account": account, "reference": money.reference}))
    if money.on_phone > ZERO:
        lines.append((ON_PHONE, {"sum": str(money.on_phone)}))
    if money.finding_out > ZERO:
        lines.append((FINDING_OUT, {"sum": str(money.finding_out)}))
    for state, text in BACK.items():
        if back := sum((back.sum for back in money.backs if back.state == state), ZERO):
            lines.append((text, {"sum": str(back)}))
    return lines


MONEY = flow(
    "money",
    fork("start", look_at_money, ways={"list": "sums"}),
    pick("sums", _("The money of {order}:"), items=sum_lines, again="start"),
)
