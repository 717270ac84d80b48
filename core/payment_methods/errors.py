"""What can go wrong with ways to pay."""

from core.errors import BadInput


class UnknownMethod(BadInput):
    """One pays by M-Pesa, in cash on delivery, or by bank transfer."""

    code = "payment_methods.unknown_method"
