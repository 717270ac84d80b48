"""The texts that M-PESA sends to a person's phone about her money, in the operator's own wording."""

from datetime import datetime
from decimal import Decimal

SENDER = "MPESA"
NO_COST = " Transaction cost, Ksh0.00."


def _when(at: datetime) -> str:
    return f"{at.day}/{at.month}/{at:%y} at {at.hour % 12 or 12}:{at:%M %p}"


def _money(amount: Decimal | int) -> str:
    return f"Ksh{amount:,.2f}"


def paid_bill(
    receipt: str, amount: int, business: str, account: str, at: datetime, balance: Decimal, fee: Decimal
) -> str:
    """To who paid a paybill, from the menu or at a prompt."""
    return (
        f"{receipt} Confirmed. {_money(amount)} sent to {business} for account {account} on {_when(at)}"
        f" New M-PESA balance is {_money(balance)}. Transaction cost, {_money(fee)}."
    )


def paid_till(receipt: str, amount: int, business: str, at: datetime, balance: Decimal, fee: Decimal) -> str:
    """To who paid a till."""
    return (
        f"{receipt} Confirmed. {_money(amount)} paid to {business}. on {_when(at)}"
        f" New M-PESA balance is {_money(balance)}. Transaction cost, {_money(fee)}."
    )


def received(receipt: str, amount: int, business: str, at: datetime, balance: Decimal) -> str:
    """To who was paid by a business."""
    return (
        f"{receipt} Confirmed. You have received {_money(amount)} from {business} on {_when(at)}"
        f" New M-PESA balance is {_money(balance)}."
    )


def given_back(receipt: str, original: str, amount: Decimal, at: datetime, balance: Decimal) -> str:
    """To who paid, when the payment is reversed."""
    return (
        f"{receipt} Confirmed. Transaction {original} has been reversed on {_when(at)}"
        f" and {_money(amount)} is credited to your M-PESA account."
        f" New M-PESA balance is {_money(balance)}."
    )


def too_poor(amount: int, business: str, balance: Decimal) -> str:
    """To who has not enough."""
    return (
        f"Failed. You do not have enough money in your M-PESA account to pay {_money(amount)} to {business}."
        f" Your M-PESA balance is {_money(balance)}."
    )


def wrong_pin() -> str:
    """To who mistyped it."""
    return "Failed. You have entered the wrong PIN. Please try again."


def refused(business: str, account: str) -> str:
    """To whose payment the business did not want."""
    return (
        f"Failed. {business} did not accept the payment for account {account}."
        " Check the account number and the amount, and try again."
    )
