"""Who is told of money: how to pay by bank, what is missing, what comes back, what was paid out (DR-809 to
DR-813, DR-1304)."""

from datetime import timedelta

from sqlalchemy import func, select

from core import events
from core.clock import nairobi_date
from core.db import Tx
from core.notifications.service import tell
from core.orders import rules as order_rules
from core.orders.models import Order, OrderItem
from core.payments import service as payments
from core.payments import unpaid
from core.payments.models import PaymentTransaction, Refund, SuspensePayment
from core.payouts import set_off
from core.payouts.models import Payout, PayoutOrder
from core.users import service as users

# What an order's second money is called; each cause has its own words.
_WORDS = {"duplicate": "paid_twice", "overpaid": "paid_too_much", "late": "paid_too_late"}


def order_placed(tx: Tx, happened: events.OrderPlaced) -> None:
    """The customer who pays by bank: to which account, under which reference, until when (O1, DR-813)."""
    _bank_details(tx, happened.order_id)


def bank_chosen(tx: Tx, happened: events.BankChosen) -> None:
    """The same, when she pays an order that she has placed by bank after all."""
    _bank_details(tx, happened.order_id)


def _bank_details(tx: Tx, order_id: int) -> None:
    order = tx.session.get_one(Order, order_id)
    account = tx.setting("bank.account")
    if order.payment_method != "bank_transfer" or order.order_status != "pending_payment" or not account:
        return
    until = order.created_at + timedelta(hours=tx.setting("payment.bank_window_hours"))
    values = {
        "order": order.tail,
        "asked": str(payments.to_pay(tx, order)),
        "account": account,
        "reference": order_rules.reference(order.order_number),
        "day": nairobi_date(until).isoformat(),
        "time": until.isoformat(),
    }
    _tell(tx, order, "bank_details", values, f"order:{order.order_id}")


def part_paid(tx: Tx, happened: events.PartPaid) -> None:
    """The customer: so much is missing, and how to pay it (DR-809)."""
    order = tx.session.get_one(Order, happened.order_id)
    payment = tx.session.get_one(PaymentTransaction, happened.transaction_id)
    waiting = unpaid.of_placed(tx, order)
    until = tx.now if waiting is None else waiting.by
    values = {
        "order": order.tail,
        "sum": str(payment.amount),
        "receipt": _receipt(payment, order),
        "due": str(happened.missing),
        "paybill": tx.parts.paybill,
        "reference": order_rules.reference(order.order_number),
        "day": nairobi_date(until).isoformat(),
        "time": until.isoformat(),
    }
    _tell(tx, order, "part_paid", values, f"payment:{payment.transaction_id}")


def payment_taken_back(tx: Tx, happened: events.PaymentTakenBack) -> None:
    """The customer whose goods are not paid any more: what is due again, and how to pay it (P6).

    Where nothing is due, that she has it already: nothing more comes.
    """
    _due_again(tx, happened, "payment_taken_back")
    if not happened.due:
        order = tx.session.get_one(Order, happened.order_id)
        values = {"order": order.tail, "sum": str(happened.amount)}
        _tell(tx, order, "payment_given_back", values, f"payment:{happened.transaction_id}:given")


def payment_restored(tx: Tx, happened: events.PaymentRestored) -> None:
    """The customer who read that M-Pesa had taken her payment back: it counts, and what is due still."""
    order = tx.session.get_one(Order, happened.order_id)
    values = {"order": order.tail, "sum": str(happened.amount)}
    if happened.due:
        values["due"] = str(happened.due)
    code = "payment_restored_due" if happened.due else "payment_restored"
    _tell(tx, order, code, values, f"payment:{happened.transaction_id}:restored:{happened.due}")


def transfer_struck(tx: Tx, happened: events.TransferStruck) -> None:
    """The customer of a transfer that was entered wrongly: what is due, and how to pay it."""
    _due_again(tx, happened, "transfer_struck")


def _due_again(tx: Tx, happened: events.PaymentTakenBack | events.TransferStruck, code: str) -> None:
    if not happened.due:
        return
    order = tx.session.get_one(Order, happened.order_id)
    values = {
        "order": order.tail,
        "sum": str(happened.amount),
        "due": str(happened.due),
        "paybill": tx.parts.paybill,
        "reference": order_rules.reference(order.order_number),
    }
    _tell(tx, order, code, values, f"payment:{happened.transaction_id}:back:{happened.due}")


def paid_again(tx: Tx, happened: events.PaidAgain) -> None:
    """The customer: her order is paid again, or so much is missing."""
    order = tx.session.get_one(Order, happened.order_id)
    payment = tx.session.get_one(PaymentTransaction, happened.transaction_id)
    values = {"order": order.tail, "sum": str(payment.amount), "receipt": _receipt(payment, order)}
    subject = f"payment:{payment.transaction_id}"
    if not happened.missing:
        _tell(tx, order, "paid_again", values, subject)
        return
    values |= {
        "due": str(happened.missing),
        "paybill": tx.parts.paybill,
        "reference": order_rules.reference(order.order_number),
    }
    _tell(tx, order, "paid_again_part", values, subject)


def refund_requested(tx: Tx, happened: events.RefundRequested) -> None:
    """The customer who paid twice, too much or too late: both facts in one message (DR-810, DR-811)."""
    refund = tx.session.get_one(Refund, happened.refund_id)
    if refund.order_id is None or refund.cause not in _WORDS:
        return
    order = tx.session.get_one(Order, refund.order_id)
    payment = tx.session.get(PaymentTransaction, refund.transaction_id or 0)
    values = {"order": order.tail, "sum": str(refund.amount), "receipt": _receipt(payment, order)}
    _tell(tx, order, _WORDS[refund.cause], values, f"refund:{refund.refund_id}")


def refund_approved(tx: Tx, happened: events.RefundApproved) -> None:
    """The customer, in the app: it is on its way. The farmer whose fault it was: what it takes off her pay
    (DR-1006)."""
    refund = tx.session.get_one(Refund, happened.refund_id)
    if refund.source == "farmer":
        _tell_at_fault(tx, refund)
    if refund.order_id is not None and refund.road != "credit":
        order = tx.session.get_one(Order, refund.order_id)
        values = {"order": order.tail, "sum": str(refund.amount)}
        _tell(tx, order, "refund_coming", values, f"refund:{refund.refund_id}")


def refund_stopped(tx: Tx, happened: events.RefundStopped) -> None:
    """The customer who had been promised it: it stays with her order."""
    refund = tx.session.get_one(Refund, happened.refund_id)
    assert refund.order_id is not None, "only an order's money is called off"
    order = tx.session.get_one(Order, refund.order_id)
    values = {"order": order.tail, "sum": str(refund.amount)}
    _tell(tx, order, "refund_stopped", values, f"refund:{refund.refund_id}:stopped")


def refund_paid(tx: Tx, happened: events.RefundPaid) -> None:
    """The customer: it is back with her, or kept for her next order."""
    refund = tx.session.get_one(Refund, happened.refund_id)
    values = {"sum": str(refund.amount)}
    if refund.suspense_id is not None:
        money = tx.session.get_one(SuspensePayment, refund.suspense_id)
        if money.user_id is not None:
            values |= {"receipt": money.receipt}
            payer = users.get(tx, money.user_id)
            tell(tx, payer, "money_returned", values, subject=f"refund:{refund.refund_id}")
        return
    assert refund.order_id is not None, "a refund is of an order or of money in suspense"
    order = tx.session.get_one(Order, refund.order_id)
    values |= {"order": order.tail}
    if refund.road == "credit":
        _tell(tx, order, "refund_credit", values, f"refund:{refund.refund_id}")
        return
    values |= {"receipt": refund.reference or order_rules.reference(order.order_number)}
    _tell(tx, order, "refund_paid", values, f"refund:{refund.refund_id}")


def money_unmatched(tx: Tx, happened: events.MoneyUnmatched) -> None:
    """The payer, if she is one of our people: which order is it for? (DR-812)"""
    money = tx.session.get_one(SuspensePayment, happened.suspense_id)
    if money.user_id is None:
        return
    until = money.received_at + timedelta(days=tx.setting("suspense.refund_days"))
    values = {
        "sum": str(money.amount),
        "receipt": money.receipt,
        "day": nairobi_date(until).isoformat(),
    }
    tell(tx, users.get(tx, money.user_id), "money_unmatched", values, subject=f"suspense:{money.suspense_id}")


def payout_paid(tx: Tx, happened: events.PayoutPaid) -> None:
    """The payee: the sum, how many orders, what commission was taken, the receipt (DR-1304); where something
    came off it for money that went back at her fault, what she earned and what came off (DR-1006)."""
    payout = tx.session.get_one(Payout, happened.payout_id)
    values = _of_payout(tx, payout) | {"fee": str(payout.commission), "receipt": payout.receipt or "-"}
    code, off = "payout_paid", set_off.of_payout(tx, payout)
    if off:
        code = "payout_paid_less"
        values |= {"gets": str(payout.gross - payout.commission), "due": str(off)}
    payee = users.get(tx, payout.payee_id)
    tell(tx, payee, code, values, subject=f"payout:{payout.payout_id}")


def payout_waits(tx: Tx, happened: events.PayoutWaits) -> None:
    """The payee: which M-Pesa number gets it? Once a week, until she has said so."""
    year, week, _ = nairobi_date(tx.now).isocalendar()
    payee = users.get(tx, happened.payee_id)
    subject = f"payee:{happened.payee_id}:{year}-{week}"
    tell(tx, payee, "payout_waits", {"sum": str(happened.amount)}, subject=subject)


def payout_failed(tx: Tx, happened: events.PayoutFailed) -> None:
    """The payee: not yet, and nothing is lost."""
    payout = tx.session.get_one(Payout, happened.payout_id)
    payee = users.get(tx, payout.payee_id)
    subject = f"payout:{payout.payout_id}:{payout.tries}"
    tell(tx, payee, "payout_failed", _of_payout(tx, payout), subject=subject)


def payout_held(tx: Tx, happened: events.PayoutHeld) -> None:
    """The payee: our people look at it first, and nothing is lost."""
    payout = tx.session.get_one(Payout, happened.payout_id)
    payee = users.get(tx, payout.payee_id)
    subject = f"payout:{payout.payout_id}:{int(tx.now.timestamp())}"
    tell(tx, payee, "payout_held", _of_payout(tx, payout), subject=subject)


def _of_payout(tx: Tx, payout: Payout) -> dict[str, str]:
    """The sum, and for how many orders it is."""
    covered = select(func.count()).where(PayoutOrder.payout_id == payout.payout_id)
    return {"sum": str(payout.amount), "count": str(tx.session.scalar(covered) or 0)}


def _tell_at_fault(tx: Tx, refund: Refund) -> None:
    item = tx.session.get_one(OrderItem, refund.order_item_id or 0)
    order = tx.session.get_one(Order, item.order_id)
    values = {
        "order": order.tail,
        "product": item.product_id,
        "sum": str(refund.amount - refund.commission),
    }
    subject = f"refund:{refund.refund_id}"
    tell(tx, users.get(tx, item.farmer_id), "claim_taken", values, subject=subject, order_id=order.order_id)


def _receipt(payment: PaymentTransaction | None, order: Order) -> str:
    """Of the payment; while M-Pesa's own is still due (DR-803), the order's reference."""
    own = None if payment is None else payment.receipt or payment.bank_reference
    return own or order_rules.reference(order.order_number)


def _tell(tx: Tx, order: Order, code: str, values: dict[str, str], subject: str) -> None:
    tell(tx, users.get(tx, order.customer_id), code, values, subject=subject, order_id=order.order_id)
