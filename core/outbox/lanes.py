"""The kinds of messages by what they are worth: who goes first, for how long, how often again (DR-1506).

A message's code names its lane: whatever is not listed in `LANE_OF` is work. Plain Python.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

CODES, ANSWERS, RECEIPTS, WORK, ALERTS, MARKETING = (
    "codes", "answers", "receipts", "work", "alerts", "marketing",
)  # fmt: skip
ALARM = "alarm_"  # how the codes of alarms begin (locales/messages/alarms.py)


@dataclass(frozen=True)
class Lane:
    """A kind of message.

    priority  of its duty: the lowest goes first; other due work has `duties.ORDINARY` (1)
    life      so long it is worth sending, unless whoever sends it knows better
    pauses    between tries after the provider refused it for now
    shown     given up on or expired, it is shown to admins
    """

    name: str
    priority: int
    life: timedelta
    pauses: tuple[timedelta, ...]
    shown: bool = True


def _pauses(*seconds: int) -> tuple[timedelta, ...]:
    return tuple(timedelta(seconds=second) for second in seconds)


LANES: Mapping[str, Lane] = {
    lane.name: lane
    for lane in (
        # She stands at her door: ten minutes later the code is useless, and she asks for another.
        Lane(CODES, 0, timedelta(minutes=10), _pauses(5, 15, 60)),
        # She waits with the phone in her hand; whoever had no answer for an hour has asked again.
        Lane(ANSWERS, 2, timedelta(hours=1), _pauses(5, 30, 120)),
        Lane(RECEIPTS, 3, timedelta(days=3), _pauses(10, 60, 300, 1800)),
        Lane(WORK, 4, timedelta(hours=24), _pauses(10, 60, 300)),
        Lane(ALERTS, 5, timedelta(hours=12), _pauses(60, 300, 900), shown=False),
        Lane(MARKETING, 6, timedelta(hours=12), _pauses(300, 1800), shown=False),
    )
}

_CODES = (
    "otp", "rider_and_code", "collect_code", "code_again", "hand_out", "pin_locked", "pin_needs_reset",
    "login_locked", "payout_number_named", "payout_number_change", "refund_number_change",
)  # fmt: skip
# Told to whoever has just done something: they read in the order in which they were said.
_ANSWERS = ("listed", "listed_ahead", "agent_listed", "agent_restocked", "agent_marked", "agent_marked_all")
_RECEIPTS = (
    "paid_confirmed", "paid_with_kept", "paid_by_kept", "paid_and_kept", "cash_confirmed",
    "paid_collect", "paid_collect_kept", "paid_collect_over", "cash_collect",
    "payment_failed", "payment_failed_money",
    "payment_failed_last", "payment_failed_door", "prompt_silent", "prompt_silent_last", "bank_details",
    "part_paid", "payment_taken_back", "paid_again", "paid_again_part", "transfer_struck", "cash_undone",
    "payment_given_back", "payment_restored", "payment_restored_due", "cash_restored",
    "paid_twice",
    "paid_too_much", "paid_too_late", "refund_credit", "refund_paid", "money_unmatched", "money_returned",
    "payout_paid", "payout_paid_less", "payout_failed", "payout_waits",
    "order_expired_back", "order_cancelled_charged",
    "order_cancelled_paid", "order_cancelled_rest", "payout_held", "claim_taken", "item_gone_paid",
    "item_short_paid",
)  # fmt: skip
_ALERTS = ("product_near", "price_alert", "price_alert_peers", "weather_alert")

LANE_OF: Mapping[str, Lane] = {
    **dict.fromkeys(_CODES, LANES[CODES]),
    **dict.fromkeys(_ANSWERS, LANES[ANSWERS]),
    **dict.fromkeys(_RECEIPTS, LANES[RECEIPTS]),
    **dict.fromkeys(_ALERTS, LANES[ALERTS]),
}


def lane_of(code: str) -> Lane:
    """The lane of message `code`. Alarms to our own people go with the codes: they say what stands still."""
    return LANE_OF.get(code) or LANES[CODES if code.startswith(ALARM) else WORK]
