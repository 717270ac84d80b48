"""The ledger's accounts as people read them on the console (DR-1004)."""

from collections.abc import Mapping

NAMES: Mapping[str, str] = {
    "mpesa": "M-Pesa, the paybill",
    "mpesa_payouts": "M-Pesa, paying out",
    "bank": "Bank",
    "office_cash": "Cash in the office",
    "rider_cash": "Cash that riders carry",
    "order_funds": "Held for orders",
    "refunds_due": "Promised back",
    "customer_credit": "Customers' credit",
    "farmer_due": "Owed to farmers",
    "rider_due": "Owed to riders",
    "payout_clearing": "Payouts under way",
    "suspense": "Money whose order nobody knows",
    "owner": "The owner's money",
    "commission": "Commission earned",
    "delivery_fees": "Delivery fees earned",
    "rounding": "Rounding",
    "rider_cost": "What riders cost us",
    "provider_fees": "M-Pesa's charges",
    "goodwill": "Goodwill",
    "write_off": "Written off",
}


def name_of(account: str) -> str:
    """An account in words, with whose it is where it is somebody's: `Owed to farmers, 7`."""
    family, _, owner = account.partition(":")
    said = NAMES.get(family, family.replace("_", " "))
    return f"{said}, {owner}" if owner else said
