"""Section 15 of docs/domain.md as data: to whom, under whose switch, and whether it waits for the morning.

`ROW_OF` says under which row each of our messages stands; a test holds rules.KINDS to it. Plain Python.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Flag = Literal["", "order_updates", "weather_alerts", "price_alerts", "marketing_notifications"]
ALWAYS: Flag = ""


@dataclass(frozen=True)
class Row:
    """A row of the table.

    flag      the switch of the person that must be on; ALWAYS for what is always sent (DR-1501)
    held      waits for the morning in quiet hours (DR-1502); work of the same day and extreme weather do not
    outlives  stays true when the order it is about is cancelled meanwhile
    """

    to: str
    flag: Flag
    held: bool
    outlives: bool = False


SECTION_15: Mapping[str, Row] = {
    "order_received": Row("customer", "order_updates", held=True),
    "order_confirmed": Row("customer", "order_updates", held=True),
    "order_status": Row("customer", "order_updates", held=True),
    "order_cancelled": Row("customer", "order_updates", held=True, outlives=True),
    "out_for_delivery": Row("customer", "order_updates", held=False),
    "payment_received": Row("customer", ALWAYS, held=False, outlives=True),
    "payment_failed": Row("customer", ALWAYS, held=False, outlives=True),
    "refund": Row("customer", ALWAYS, held=False, outlives=True),
    "delivery_assigned": Row("customer", "order_updates", held=False),
    "delivery_code": Row("customer", ALWAYS, held=False),
    "delivered": Row("customer", "order_updates", held=False),
    "delivery_failed": Row("customer", "order_updates", held=False, outlives=True),
    "new_order": Row("farmer", ALWAYS, held=True),
    "item_reminder": Row("farmer", ALWAYS, held=True),
    "order_item_cancelled": Row("farmer", ALWAYS, held=True, outlives=True),
    "payment_confirmed": Row("farmer, rider", ALWAYS, held=True),
    "payout_processed": Row("farmer, rider", ALWAYS, held=True, outlives=True),
    "payout_failed": Row("farmer, rider", ALWAYS, held=True, outlives=True),
    "offer": Row("rider on duty", ALWAYS, held=False),
    "offer_withdrawn": Row("rider on duty", ALWAYS, held=False, outlives=True),
    "deposit_due": Row("rider on duty", ALWAYS, held=False, outlives=True),
    "weather_alert": Row("by zone or ward", "weather_alerts", held=True, outlives=True),
    "price_alert": Row("followers", "price_alerts", held=True, outlives=True),
    "marketing": Row("consenting", "marketing_notifications", held=True, outlives=True),
    "otp": Row("self", ALWAYS, held=False, outlives=True),
    "pin_locked": Row("self", ALWAYS, held=False, outlives=True),
    "number_change": Row("self", ALWAYS, held=False, outlives=True),
    "login": Row("self", ALWAYS, held=False, outlives=True),
    "system": Row("by role", ALWAYS, held=True, outlives=True),
    # Not in the table of section 15: what DR-1508 and DR-1509 say of answers and of a rider's job.
    "own_act": Row("self", ALWAYS, held=False, outlives=True),
    "job": Row("rider on duty", ALWAYS, held=False),
}

ROW_OF: Mapping[str, str] = {
    "listed": "own_act",
    "listed_ahead": "own_act",
    "harvest_due": "system",
    "suggestion_added": "system",
    "vehicle_approved": "system",
    "vehicle_refused": "system",
    "order_received": "order_received",
    "order_processing": "order_status",
    "order_ready": "order_status",
    "order_expired": "order_cancelled",
    "order_expired_back": "order_cancelled",
    "order_expired_unclear": "order_cancelled",
    "paid_confirmed": "payment_received",
    "paid_with_kept": "payment_received",
    "paid_by_kept": "payment_received",
    "paid_and_kept": "payment_received",
    "paid_collect": "payment_received",
    "paid_collect_kept": "payment_received",
    "paid_collect_over": "payment_received",
    "payment_failed": "payment_failed",
    "payment_failed_money": "payment_failed",
    "payment_failed_last": "payment_failed",
    "payment_failed_door": "payment_failed",
    "prompt_silent": "payment_failed",
    "prompt_silent_last": "payment_failed",
    "bank_details": "payment_received",
    "part_paid": "payment_received",
    "payment_taken_back": "payment_failed",
    "payment_given_back": "refund",
    "payment_restored": "payment_received",
    "payment_restored_due": "payment_received",
    "transfer_struck": "payment_failed",
    "paid_again": "payment_received",
    "paid_again_part": "payment_received",
    "paid_twice": "refund",
    "paid_too_much": "refund",
    "paid_too_late": "refund",
    "refund_coming": "refund",
    "refund_stopped": "refund",
    "refund_credit": "refund",
    "refund_paid": "refund",
    "money_unmatched": "payment_received",
    "money_returned": "refund",
    "payout_paid": "payout_processed",
    "payout_paid_less": "payout_processed",
    "payout_failed": "payout_failed",
    "payout_waits": "payout_processed",
    "payout_number_named": "number_change",
    "payout_held": "payout_failed",
    "claim_taken": "payout_failed",
    "new_order": "new_order",
    "cash_confirmed": "order_confirmed",
    "cash_collect": "order_confirmed",
    "new_order_cash": "new_order",
    "new_order_cash_first": "new_order",
    "item_short": "order_status",
    "item_short_asked": "order_status",
    "item_gone": "order_cancelled",
    "item_short_paid": "order_status",
    "item_gone_paid": "order_cancelled",
    "replacement": "order_cancelled",
    "item_cancelled": "order_item_cancelled",
    "order_cancelled": "order_cancelled",
    "order_cancelled_paid": "order_cancelled",
    "order_cancelled_charged": "order_cancelled",
    "order_cancelled_rest": "order_cancelled",
    "item_reminder": "item_reminder",
    "pickup_short": "own_act",
    "harvest_late": "order_status",
    "cancel_refused": "order_status",
    "claim_refused": "order_status",
    "offer": "offer",
    "pickup": "job",
    "bring": "job",
    "done": "job",
    "bring_cash": "job",
    "rider_and_code": "delivery_code",
    "collect_code": "delivery_code",
    "code_again": "delivery_code",
    "received_ask": "delivery_code",
    "hand_out": "job",
    "offer_withdrawn": "offer_withdrawn",
    "deposit_due": "deposit_due",
    "put_off_silence": "job",
    "put_off_vehicle": "job",
    "put_off_account": "job",
    "cash_full": "deposit_due",
    "cash_taken_back": "payment_confirmed",
    "cash_restored": "payment_confirmed",
    "cash_undone": "payment_confirmed",
    "cash_set_off": "payment_confirmed",
    "door_paid": "job",
    "door_paid_all": "job",
    "door_got": "payment_received",
    "door_got_all": "payment_received",
    "cash_blocked": "deposit_due",
    "delivery_late": "out_for_delivery",
    "no_rider_choice": "delivery_failed",
    "no_rider_wait": "delivery_failed",
    "delivery_failed": "delivery_failed",
    "delivered": "delivered",
    "delivered_farmer": "payment_confirmed",
    "ticket_answered": "own_act",
    "ticket_resolved": "own_act",
    "message_received": "own_act",
    "login_locked": "login",
    "pin_locked": "pin_locked",
    "pin_needs_reset": "pin_locked",
    "payout_number_change": "number_change",
    "refund_number_change": "number_change",
    "agent_asks": "own_act",
    "agent_listed": "own_act",
    "agent_restocked": "own_act",
    "agent_marked": "own_act",
    "agent_marked_all": "own_act",
    "product_near": "price_alert",
    "price_alert": "price_alert",
    "price_alert_peers": "price_alert",
    "wanted_near": "system",
    "same_ask": "own_act",
    "same_nothing": "own_act",
    "weather_alert": "weather_alert",
}


def outlives(code: str) -> bool:
    """Whether message `code` stays true when its order is cancelled while it waits (DR-1502)."""
    row = ROW_OF.get(code)
    return row is not None and SECTION_15[row].outlives
