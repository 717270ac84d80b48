"""The accounts of DR-1004: plain names, and names that carry whose account it is."""

MPESA = "mpesa"
COMMISSION = "commission"
DELIVERY_FEES = "delivery_fees"
ROUNDING = "rounding"
RIDER_COST = "rider_cost"
GOODWILL = "goodwill"

PLAIN = frozenset(
    {
        *("mpesa", "mpesa_payouts", "bank", "office_cash", "suspense"),
        *("commission", "delivery_fees", "rounding"),
        *("rider_cost", "provider_fees", "goodwill", "write_off"),
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


def farmer_due(user_id: int) -> str:
    """What we owe a farmer."""
    return f"farmer_due:{user_id}"


def rider_due(user_id: int) -> str:
    """What we owe a rider."""
    return f"rider_due:{user_id}"


def known(account: str) -> bool:
    """Whether DR-1004 lists `account`."""
    family, colon, owner = account.partition(":")
    return family in OWNED and owner.isdigit() if colon else family in PLAIN
