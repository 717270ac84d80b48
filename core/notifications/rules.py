"""Which message goes by SMS, under whose switch, and when (section 15). Plain Python, no session."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from core.clock import quiet_ends
from core.notifications.table import Flag

# Whatever the settings say: nobody is advertised to at night (section 15).
NO_MARKETING = (time(21), time(6))


@dataclass(frozen=True)
class Kind:
    """A kind of message.

    by_sms      False: the in-app copy only (DR-1509)
    flag        the person's own switch that must be on; "" for what is always sent (DR-1501)
    held        waits for the morning in quiet hours (DR-1502)
    answerable  may be answered, so it goes out from the short code
    email       a copy goes by e-mail to whoever has an address and wants it (DR-1507)
    """

    by_sms: bool = True
    flag: Flag = ""
    held: bool = False
    answerable: bool = True
    email: bool = False


IN_APP = Kind(by_sms=False)

KINDS: dict[str, Kind] = {
    "listed": Kind(answerable=False),
    "listed_ahead": Kind(answerable=False),
    "vehicle_approved": Kind(held=True),
    "vehicle_refused": Kind(held=True),
    "order_received": IN_APP,
    "order_processing": IN_APP,
    "order_ready": IN_APP,
    "order_expired": Kind(flag="order_updates", held=True),
    "order_expired_back": Kind(flag="order_updates", held=True),
    "order_expired_unclear": Kind(flag="order_updates", held=True),
    "paid_confirmed": Kind(answerable=False, email=True),
    "paid_with_kept": Kind(answerable=False, email=True),
    "paid_by_kept": Kind(answerable=False, email=True),
    "paid_and_kept": Kind(answerable=False, email=True),
    "paid_collect": Kind(answerable=False, email=True),
    "paid_collect_kept": Kind(answerable=False, email=True),
    "paid_collect_over": Kind(answerable=False, email=True),
    "payment_failed": Kind(),
    "payment_failed_money": Kind(),
    "payment_failed_last": Kind(),
    "payment_failed_door": Kind(),
    "prompt_silent": Kind(),
    "prompt_silent_last": Kind(),
    "bank_details": Kind(answerable=False),
    "part_paid": Kind(),
    "payment_taken_back": Kind(),
    "payment_given_back": Kind(),
    "payment_restored": Kind(answerable=False),
    "payment_restored_due": Kind(),
    "transfer_struck": Kind(),
    "paid_again": Kind(answerable=False),
    "paid_again_part": Kind(),
    "paid_twice": Kind(answerable=False),
    "paid_too_much": Kind(answerable=False),
    "paid_too_late": Kind(answerable=False),
    "refund_coming": IN_APP,
    "refund_stopped": Kind(),
    "refund_credit": IN_APP,
    "refund_paid": Kind(answerable=False, email=True),
    "money_unmatched": Kind(),
    "money_returned": Kind(answerable=False),
    "payout_paid": Kind(held=True, answerable=False, email=True),
    "payout_paid_less": Kind(held=True, answerable=False, email=True),
    "payout_failed": Kind(held=True),
    "payout_waits": Kind(held=True),
    "payout_number_named": Kind(),
    "payout_held": Kind(held=True),
    "claim_taken": Kind(held=True),
    "new_order": Kind(held=True),
    "cash_confirmed": Kind(flag="order_updates", held=True, answerable=False, email=True),
    "cash_collect": Kind(flag="order_updates", held=True, answerable=False, email=True),
    "new_order_cash": Kind(held=True),
    "new_order_cash_first": Kind(held=True),
    "item_short": Kind(flag="order_updates", held=True),
    "item_short_asked": Kind(flag="order_updates", held=True),
    "item_gone": Kind(flag="order_updates", held=True),
    "item_short_paid": Kind(flag="order_updates", held=True),
    "item_gone_paid": Kind(flag="order_updates", held=True),
    "replacement": Kind(flag="order_updates", held=True),
    "item_cancelled": Kind(held=True),
    "order_cancelled": Kind(flag="order_updates", held=True),
    "order_cancelled_paid": Kind(flag="order_updates", held=True),
    "order_cancelled_charged": Kind(flag="order_updates", held=True),
    "order_cancelled_rest": Kind(flag="order_updates", held=True),
    "item_reminder": Kind(held=True),
    "pickup_short": Kind(),
    "harvest_late": Kind(flag="order_updates", held=True),
    "cancel_refused": Kind(flag="order_updates", held=True),
    "claim_refused": Kind(flag="order_updates", held=True),
    "offer": Kind(),
    "pickup": Kind(),
    "rider_and_code": Kind(),
    "bring": Kind(),
    "done": Kind(answerable=False),
    "delivered": Kind(flag="order_updates"),
    "delivered_farmer": IN_APP,
    "sold_out": IN_APP,
    "off_sale": IN_APP,
    "back_on_sale": IN_APP,
    "organic_unproven": IN_APP,
    "certificate_approved": IN_APP,
    "certificate_refused": IN_APP,
    "harvest_due": Kind(held=True),
    "suggestion_added": Kind(held=True),
    "suggestion_refused": IN_APP,
    "ticket_answered": Kind(email=True),
    "ticket_resolved": Kind(by_sms=False, email=True),
    "message_received": IN_APP,
    "login_locked": Kind(),
    "pin_locked": Kind(),
    "pin_needs_reset": Kind(),
    "payout_number_change": Kind(),
    "refund_number_change": Kind(),
    "agent_asks": Kind(),
    "agent_listed": Kind(),
    "agent_restocked": Kind(),
    "agent_marked": Kind(),
    "agent_marked_all": Kind(),
    "product_near": Kind(flag="price_alerts", held=True),
    "price_alert": Kind(flag="price_alerts", held=True),
    "price_alert_peers": Kind(flag="price_alerts", held=True),
    "wanted_near": IN_APP,
    "same_ask": Kind(),
    "same_nothing": Kind(),
    "weather_alert": Kind(flag="weather_alerts", held=True),
    "bring_cash": Kind(),
    "collect_code": Kind(),
    "hand_out": Kind(),
    "code_again": Kind(),
    "received_ask": Kind(),
    "no_rider_choice": Kind(flag="order_updates"),
    "no_rider_wait": Kind(flag="order_updates"),
    "delivery_failed": Kind(flag="order_updates"),
    "offer_withdrawn": Kind(answerable=False),
    "put_off_silence": Kind(),
    "put_off_vehicle": Kind(),
    "put_off_account": Kind(),
    "cash_full": Kind(answerable=False),
    "cash_blocked": Kind(answerable=False),
    "delivery_late": Kind(flag="order_updates"),
    "deposit_due": Kind(answerable=False),
    "cash_brought": IN_APP,
    "cash_let_go": IN_APP,
    "cash_taken_back": Kind(held=True),
    "cash_restored": Kind(held=True, answerable=False),
    "cash_undone": Kind(held=True, answerable=False),
    "cash_set_off": Kind(held=True, answerable=False),
    "door_paid": Kind(answerable=False),
    "door_paid_all": Kind(answerable=False),
    "door_got": Kind(answerable=False),
    "door_got_all": Kind(answerable=False),
    "change_kept": IN_APP,
    "short_owed": IN_APP,
    "cash_day": IN_APP,
}


def release(moment: datetime, start: time, end: time, *, spread_minutes: int, user_id: int) -> datetime:
    """When a held message may go: now, or in the morning, each person at their own minute of the first
    `spread_minutes`, so that not all phones ring at once (DR-1502)."""
    over = quiet_ends(moment, start, end)
    own_minute = timedelta(minutes=user_id % spread_minutes if spread_minutes else 0)
    return moment if over == moment else over + own_minute
