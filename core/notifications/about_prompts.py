"""What a customer is told of a payment request that brought no money, or no answer (P4, P5, DR-808)."""

from typing import Any

from core import events
from core.db import Tx
from core.notifications.occasions import order_of, tell_customer
from core.orders.cash_rules import CASH
from core.orders.models import Order
from core.payments import service as payments
from core.payments import unpaid
from core.payments.models import PaymentTransaction
from core.payments.whys import WHY


def payment_failed(tx: Tx, happened: events.PaymentFailed) -> None:
    """The customer: why, and how she pays all the same, until when (P4).

    Nothing is said of a request that no phone has seen, nor while a newer one may still bring the money, nor
    of an order that is over or just ending: then its end is told.
    """
    attempt = tx.session.get_one(PaymentTransaction, happened.transaction_id)
    order = order_of(tx, happened.order_id)
    if attempt.result_code == payments.WITHDRAWN:
        return
    why = str(attempt.details.get(WHY, "ours"))
    subject = f"payment:{happened.transaction_id}"
    if order.payment_method == CASH and payments.wants_money(tx, order):
        values = {"order": order.tail, "due": str(payments.to_pay(tx, order)), "why": why}
        tell_customer(tx, order, "payment_failed_door", values, subject=subject)
        return
    waiting = unpaid.of_placed(tx, order)
    if waiting is None or waiting.by <= tx.now or waiting.state in ("sent", "unclear", "bank"):
        return
    code = "payment_failed_money" if why == "money" else "payment_failed"
    if waiting.state != "unpaid":
        code = "payment_failed_last"
    tell_customer(tx, order, code, _ways(tx, waiting) | {"why": why}, subject=subject)


def prompt_silent(tx: Tx, happened: events.PromptSilent) -> None:
    """The customer, three minutes after the request: has she typed her PIN, or has she seen nothing?"""
    order = order_of(tx, happened.order_id)
    if not payments.wants_money(tx, order):
        return
    attempt = tx.session.get_one(PaymentTransaction, happened.transaction_id)
    values = {"order": order.tail, "due": str(attempt.amount)}
    code = "prompt_silent" if _may_ask_again(tx, order) else "prompt_silent_last"
    tell_customer(tx, order, code, values, subject=f"payment:{happened.transaction_id}")


def _may_ask_again(tx: Tx, order: Order) -> bool:
    return bool(unpaid.tries(tx, order) < tx.setting("mpesa.max_prompts"))


def _ways(tx: Tx, waiting: unpaid.Waiting) -> dict[str, Any]:
    return {
        "order": waiting.tail,
        "due": str(waiting.due),
        "paybill": tx.parts.paybill,
        "reference": waiting.reference,
        "time": waiting.by.isoformat(),
    }
