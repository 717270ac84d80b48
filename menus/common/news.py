"""What a person was told, read on the keypad: the in-app copies of DR-1501 and DR-1509.

Unread first, newest first, one line each; a notice's own words behind it. What only an SMS may hold, the
customer's code, is never shown here: the notice says instead that it came by SMS (DR-1205).
"""

from collections.abc import Sequence
from typing import Any

from core.clock import nairobi_date
from core.notifications import service as notifications
from core.notifications.models import Notification
from core.notifications.service import Told
from locales import notice
from locales.mark import _
from menus.account.reading import lines_of, to_read
from menus.flow import Item, act, flow, fork, option, pick
from menus.talk import Talk

# What a line of the list says of each kind of notice; `day` is the day it was told.
TITLES = {
    "cash_full": _("{day} you hold {sum} cash"),
    "cash_blocked": _("{day} you hold {sum} cash"),
    "delivery_late": _("{day} {order} comes later"),
    "put_off_account": _("{day} off duty"),
    "put_off_silence": _("{day} off duty"),
    "put_off_vehicle": _("{day} off duty"),
    "same_ask": _("{day} the same again?"),
    "same_nothing": _("{day} the same again?"),
    "bank_details": _("{day} {order} how to pay by bank"),
    "part_paid": _("{day} {order} {due} still due"),
    "payment_taken_back": _("{day} {order} {due} due again"),
    "transfer_struck": _("{day} {order} {due} due again"),
    "payment_given_back": _("{day} {order} {sum} is back"),
    "payment_restored": _("{day} {order} paid again"),
    "payment_restored_due": _("{day} {order} {due} still due"),
    "paid_again": _("{day} {order} paid again"),
    "paid_again_part": _("{day} {order} {due} still due"),
    "paid_twice": _("{day} {order} paid twice"),
    "paid_too_much": _("{day} {order} paid too much"),
    "paid_too_late": _("{day} {order} paid too late"),
    "refund_coming": _("{day} {order} {sum} comes back"),
    "refund_credit": _("{day} {order} {sum} for next time"),
    "refund_stopped": _("{day} {order} {sum} stays"),
    "refund_paid": _("{day} {order} {sum} is back"),
    "money_unmatched": _("{day} {sum}: what is it for?"),
    "money_returned": _("{day} {sum} sent back"),
    "payout_paid": _("{day} paid to you: {sum}"),
    "payout_paid_less": _("{day} paid to you: {sum}"),
    "payout_failed": _("{day} {sum} not paid out"),
    "payout_waits": _("{day} {sum} waits: which number?"),
    "payout_number_named": _("{day} payouts go to {phone}"),
    "payout_held": _("{day} {sum} not paid out"),
    "claim_taken": _("{day} {order} complaint"),
    "price_alert": _("{day} price of {product}"),
    "price_alert_peers": _("{day} price of {product}"),
    "product_near": _("{day} {product} near you"),
    "wanted_near": _("{day} {product} is asked for"),
    "weather_alert": _("{day} the weather"),
    "ticket_answered": _("{day} question {number}: answer"),
    "ticket_resolved": _("{day} question {number}: settled"),
    "message_received": _("{day} {order} {person} wrote"),
    "listed": _("{day} {product} for sale"),
    "listed_ahead": _("{day} {product} for sale"),
    "new_order": _("{day} {order} new order"),
    "delivered_farmer": _("{day} {order} delivered, {gets}"),
    "sold_out": _("{day} {product} sold out"),
    "off_sale": _("{day} {product} off sale"),
    "back_on_sale": _("{day} {product} for sale again"),
    "organic_unproven": _("{day} {product}: certificate"),
    "certificate_approved": _("{day} {farm} certified"),
    "certificate_refused": _("{day} {farm} not certified"),
    "harvest_due": _("{day} {product} harvested?"),
    "suggestion_added": _("{day} your product is in the list"),
    "suggestion_refused": _("{day} your product"),
    "order_received": _("{day} {order} received"),
    "paid_confirmed": _("{day} {order} paid"),
    "paid_with_kept": _("{day} {order} paid"),
    "paid_by_kept": _("{day} {order} paid"),
    "paid_and_kept": _("{day} {order} paid"),
    "paid_collect": _("{day} {order} paid"),
    "paid_collect_kept": _("{day} {order} paid"),
    "paid_collect_over": _("{day} {order} paid"),
    "payment_failed": _("{day} {order} not paid yet"),
    "payment_failed_money": _("{day} {order} not paid yet"),
    "payment_failed_last": _("{day} {order} not paid yet"),
    "payment_failed_door": _("{day} {order} not paid yet"),
    "prompt_silent": _("{day} {order} being checked"),
    "prompt_silent_last": _("{day} {order} being checked"),
    "order_expired": _("{day} {order} cancelled"),
    "order_expired_back": _("{day} {order} cancelled"),
    "order_expired_unclear": _("{day} {order} cancelled"),
    "order_processing": _("{day} {order} being prepared"),
    "order_ready": _("{day} {order} ready"),
    "rider_and_code": _("{day} {order} who brings it"),
    "delivered": _("{day} {order} delivered"),
    "vehicle_approved": _("{day} {plate} approved"),
    "vehicle_refused": _("{day} {plate} not approved"),
    "offer": _("{day} {order} job offered"),
    "pickup": _("{day} {order} where to collect"),
    "bring": _("{day} {order} where to bring"),
    "done": _("{day} {order} done, {earning}"),
    "bring_cash": _("{day} {order} where to bring"),
    "collect_code": _("{day} {order} waits for you"),
    "hand_out": _("{day} {order} to hand over"),
    "code_again": _("{day} {order} your code"),
    "received_ask": _("{day} {order} received?"),
    "no_rider_choice": _("{day} {order} no rider yet"),
    "no_rider_wait": _("{day} {order} no rider yet"),
    "delivery_failed": _("{day} {order} not handed over"),
    "offer_withdrawn": _("{day} {order} job is over"),
    "deposit_due": _("{day} bring in cash"),
    "cash_brought": _("{day} cash {sum}"),
    "cash_taken_back": _("{day} {sum} taken back"),
    "cash_restored": _("{day} cash {sum} put right"),
    "cash_undone": _("{day} cash {sum} put right"),
    "cash_set_off": _("{day} {sum} off your pay"),
    "cash_let_go": _("{day} cash {sum} let go"),
    "door_paid": _("{day} {order} {sum} by M-Pesa"),
    "door_paid_all": _("{day} {order} {sum} by M-Pesa"),
    "door_got": _("{day} {order} we got {sum}"),
    "door_got_all": _("{day} {order} we got {sum}"),
    "change_kept": _("{day} {order} change kept"),
    "short_owed": _("{day} {order} {sum} short"),
    "cash_day": _("{day} riders' cash"),
    "login_locked": _("{day} sign-in locked"),
    "pin_locked": _("{day} PIN locked"),
    "pin_needs_reset": _("{day} PIN closed, call us"),
    "payout_number_change": _("{day} payout number"),
    "refund_number_change": _("{day} refund number"),
    "agent_asks": _("{day} {person} asks you"),
    "agent_listed": _("{day} {person}: {product}"),
    "agent_restocked": _("{day} {person}: {product}"),
    "agent_marked": _("{day} {person}: {order}"),
    "agent_marked_all": _("{day} {person}: {count} orders"),
    "cash_confirmed": _("{day} {order} confirmed"),
    "cash_collect": _("{day} {order} confirmed"),
    "new_order_cash": _("{day} {order} cash order"),
    "new_order_cash_first": _("{day} {order} cash order"),
    "item_short": _("{day} {order} less comes"),
    "item_short_asked": _("{day} {order} less comes"),
    "item_gone": _("{day} {order} something missing"),
    "item_short_paid": _("{day} {order} less comes"),
    "item_gone_paid": _("{day} {order} something missing"),
    "replacement": _("{day} {order} another farm?"),
    "item_cancelled": _("{day} {order} cancelled"),
    "order_cancelled": _("{day} {order} cancelled"),
    "order_cancelled_paid": _("{day} {order} cancelled"),
    "order_cancelled_charged": _("{day} {order} cancelled"),
    "order_cancelled_rest": _("{day} {order} cancelled"),
    "item_reminder": _("{day} {order} waits for you"),
    "pickup_short": _("{day} {order} rider's count"),
    "harvest_late": _("{day} {order} harvest late"),
    "cancel_refused": _("{day} {order} goes on"),
    "claim_refused": _("{day} {order} complaint"),
}
SOME_NOTICE = _("{day} a notice")
# The notices with a secret, without it.
ELSEWHERE = {
    "rider_and_code": _("Order {order}: {person} brings it, call {phone}. Your code came by SMS only."),
    "collect_code": _("Order {order} waits at {place}: {person}, call {phone}. Your code came by SMS only."),
    "code_again": _("Order {order}: your code came by SMS only."),
}
BY_SMS = _("This came by SMS only. Look among your messages.")
FORGOTTEN = _("The words of this notice are not kept any more.")


def look(talk: Talk) -> str:
    """The latest notices as they stand; kept, so that a number means the same line until the next look."""
    talk.slots["notices"] = [
        [told.notification_id, title(talk, told)] for told in notifications.recent(talk.tx, talk.actor)
    ]
    return "list"


def title(talk: Talk, told: Told | Notification) -> str:
    """One line for the list."""
    day = nairobi_date(told.created_at)
    try:
        return talk.words(TITLES[told.code], **{**told.values, "day": day})
    except KeyError:  # told by another version
        return talk.words(SOME_NOTICE, day=day)


def titles(talk: Talk) -> Sequence[Item]:
    """The lines; each stands for a notice's id."""
    return [Item(label, told) for told, label in talk.slots["notices"]]


def unread(talk: Talk) -> dict[str, int]:
    """How many are unread."""
    return {"count": talk.caller.unread}


def open_notice(talk: Talk) -> str:
    """The picked notice is read from now on; only its own words are kept for the screen, never a secret."""
    told = notifications.mark_read(talk.tx, talk.actor, notification_id=talk.slots["told"])
    talk.caller.unread = notifications.count_unread(talk.tx, talk.actor)
    moment = told.created_at.isoformat()
    talk.slots["notice"] = {
        "day": nairobi_date(told.created_at).isoformat(),
        "time": moment,
        "lines": lines_of(words(talk, told)),
    }
    return "notice"


def any_unread(talk: Talk) -> bool:
    """Whether there is anything to be marked."""
    return talk.caller.unread > 0


def mark_all(talk: Talk) -> str:
    """All of it is read, without opening each."""
    notifications.mark_all_read(talk.tx, talk.actor)
    talk.caller.unread = 0
    return "ok"


def words(talk: Talk, told: Told | Notification) -> str:
    """A notice in the person's language, whole."""
    if notice.has_secret(told.values):
        return talk.words(ELSEWHERE.get(told.code, BY_SMS), **told.values)
    try:
        return notice.words(talk.voice.say, talk.language, told.code, told.values, secret=str)
    except notice.NoWords:
        return talk.words(FORGOTTEN)


def when(talk: Talk) -> dict[str, Any]:
    """The day and time it was told."""
    return dict(talk.slots["notice"])


def lines(talk: Talk) -> Sequence[Item]:
    """The words, a sentence a line, long ones on several."""
    return to_read(talk.slots["notice"]["lines"])


NEWS = flow(
    "news",
    fork("look", look, ways={"list": "list"}),
    pick(
        "list",
        _("News. Not read: {count}"),
        values=unread,
        items=titles,
        save="told",
        then="open",
        again="look",
        empty=_("There is no news for you yet."),
        options=(option("71", _("All read"), "all_read", when=any_unread),),
    ),
    act("all_read", mark_all, ways={"ok": "look"}, quiet=True),
    act("open", open_notice, ways={"notice": "notice"}, quiet=True),
    pick("notice", _("{day}, {time}"), values=when, items=lines),
)
