"""Told by the core to the phones of alarm.phones (DR-1803)."""

from locales.mark import _
from locales.messages.kind import Message

MESSAGES: dict[str, Message] = {
    "alarm_unknown_money": Message(
        _("ALARM: money that nobody knows: {text}. {count}x since {time}. See the console.")
    ),
    "alarm_receipt_mismatch": Message(
        _("ALARM: a receipt with another amount: {text}. {count}x since {time}. See the console.")
    ),
    "alarm_payment_doubt": Message(
        _("ALARM: a payment is in doubt: {text}. {count}x since {time}. See the console.")
    ),
    "alarm_ledger_difference": Message(
        _("ALARM: the books differ: {text}. {count}x since {time}. See the console.")
    ),
    "alarm_float_low": Message(
        _("ALARM: the M-Pesa float is low: {text}. {count}x since {time}. See the console.")
    ),
    "alarm_prompts_refused": Message(
        _("ALARM: M-Pesa refuses our requests: {text}. {count}x since {time}. See the console.")
    ),
    "alarm_payout_stuck": Message(
        _("ALARM: a payout or refund is stuck: {text}. {count}x since {time}. See the console.")
    ),
    "alarm_cash_late": Message(
        _("ALARM: a rider's cash is late: {text}. {count}x since {time}. See the console.")
    ),
    "alarm_circuit_open": Message(
        _("ALARM: a provider does not answer: {text}. {count}x since {time}. See the console.")
    ),
    "alarm_worker_silent": Message(
        _("ALARM: the worker is silent: {text}. {count}x since {time}. See the console.")
    ),
    "alarm_spool_not_empty": Message(
        _("ALARM: callbacks wait to be stored: {text}. {count}x since {time}. See the console.")
    ),
    "alarm_parked_work": Message(
        _("ALARM: work was given up on: {text}. {count}x since {time}. See the console.")
    ),
    "alarm_callback_silent": Message(
        _("ALARM: callbacks have stopped coming: {text}. {count}x since {time}. See the console.")
    ),
    "alarm_no_rider": Message(
        _("ALARM: no rider takes a delivery: {text}. {count}x since {time}. See the console.")
    ),
    "alarm_message_failed": Message(
        _("ALARM: a message could not be sent: {text}. {count}x since {time}. See the console.")
    ),
    "alarm_sms_spend": Message(
        _("ALARM: texts are dear today: {text}. {count}x since {time}. See the console.")
    ),
    "alarm_request_late": Message(
        _("ALARM: a request for personal data waits: {text}. {count}x since {time}. See the console.")
    ),
}  # fmt: skip
