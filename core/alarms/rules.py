"""The kinds of alarms (DR-1803). Plain Python."""

from collections.abc import Mapping
from datetime import timedelta

# So long after one text about an alarm the next one may go out.
TEXT_PAUSE = timedelta(hours=1)

# kind: what has happened. `alarm_<kind>` (locales/messages/alarms.py) tells the phones of `alarm.phones`.
KINDS: Mapping[str, str] = {
    "unknown_money": "Money has arrived that fits no order and no deposit.",
    "receipt_mismatch": "A receipt came again with another amount, or for another payment.",
    "payment_doubt": "A payment result cannot be believed, or nobody knows its outcome.",
    "ledger_difference": "The ledger, or a provider's statement, does not come to what it should.",
    "float_low": "The provider's balance or float is low, or it could not be asked for.",
    "prompts_refused": "M-Pesa refuses our payment requests: our own account or settings are at fault.",
    "payout_stuck": "A payout or refund has failed for good, or nobody knows its outcome.",
    "cash_late": "A rider holds cash that should have been handed in.",
    "circuit_open": "A provider is not called for a while, since it does not answer.",
    "worker_silent": "A part of the worker gives no sign of life.",
    "spool_not_empty": "Callbacks wait in the spool, since the database was away.",
    "parked_work": "Due work was given up on after five attempts.",
    "callback_silent": "A kind of callback that used to come every day has stopped.",
    "no_rider": "Nobody takes a delivery.",
    "message_failed": "A message could not be sent.",
    "sms_spend": "Texts have cost nearly as much today as they may, or more is wanted.",
    "request_late": "A person's request for her data or its erasure waits too long.",
}
