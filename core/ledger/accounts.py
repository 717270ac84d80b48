"""The accounts of DR-1004: plain names, and names that carry whose account it is."""

MPESA = "mpesa"
MPESA_PAYOUTS = "mpesa_payouts"
BANK = "bank"
OFFICE_CASH = "office_cash"
SUSPENSE = "suspense"
COMMISSION = "commission"
DELIVERY_FEES = "delivery_fees"
ROUNDING = "rounding"
RIDER_COST = "rider_cost"
PROVIDER_FEES = "provider_fees"
GOODWILL = "goodwill"
WRITE_OFF = "write_off"
OWNER = "owner"

PLAIN = frozenset(
    {
        *(MPESA, MPESA_PAYOUTS, BANK, OFFICE_CASH, SUSPENSE),
        *(COMMISSION, DELIVERY_FEES, ROUNDING),
        *(RIDER_COST, PROVIDER_FEES, GOODWILL, WRITE_OFF, OWNER),
    }
)
OWNED = frozenset(
    {
        *("rider_cash", "order_funds", "customer_credit", "refunds_due"),
        *("farmer_due", "rider_due", "payout_clearing"),
    }
)


def order_funds(order_id: int) -> str:
    """What we hold for an order until it is delivered or refunded."""
    return f"order_funds:{order_id}"


def refunds_due(order_id: int) -> str:
    """What was promised back for an order and is not with the payer yet."""
    return f"refunds_due:{order_id}"


def customer_credit(user_id: int) -> str:
    """What a customer has with us for the next order; above zero in the books: she owes it (DR-902)."""
    return f"customer_credit:{user_id}"


def rider_cash(user_id: int) -> str:
    """Cash of ours that a rider carries (DR-903)."""
    return f"rider_cash:{user_id}"


def farmer_due(user_id: int) -> str:
    """What we owe a farmer."""
    return f"farmer_due:{user_id}"


def rider_due(user_id: int) -> str:
    """What we owe a rider."""
    return f"rider_due:{user_id}"


def payout_clearing(payout_id: int) -> str:
    """What a payout carries while it is under way."""
    return f"payout_clearing:{payout_id}"


def known(account: str) -> bool:
    """Whether DR-1004 lists `account`."""
    family, colon, owner = account.partition(":")
    return family in OWNED and owner.isdigit() if colon else family in PLAIN
