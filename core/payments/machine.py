"""The machines of a payment attempt (8.2), a refund (8.3) and of money in suspense (DR-812)."""

from core.machine import NEW, Machine, steps

PAYMENT = Machine(
    "payment",
    steps("P0", NEW, "start", "created", "customer farmer rider admin system"),
    steps("P1", "created", "accepted", "requested", "system"),
    steps("P2", "created", "refused", "failed", "system"),
    steps("P2", "created", "unclear", "unknown", "system"),
    steps("P3", "created requested unknown failed", "paid", "succeeded", "system"),
    steps("P4", "created requested unknown", "failed", "failed", "system"),
    steps("P5", "requested", "unclear", "unknown", "system"),
    steps("P6", "succeeded", "reversed", "reversed", "system"),
    steps("P6", "reversed", "restored", "succeeded", "system"),  # it never was: two admins were wrong
)

# Money may still come by itself; the deadline and the next prompt wait for these, but not for ever (P5).
OPEN = ("created", "requested", "unknown")

REFUND = Machine(
    "refund",
    steps("8.3", NEW, "request", "requested", "customer farmer rider admin system"),
    steps("8.3", "requested", "approve", "approved", "admin system"),
    steps("8.3", "requested", "reject", "rejected", "admin system"),
    steps("8.3", "approved", "send", "sent", "admin system"),
    steps("8.3", "sent", "unclear", "unknown", "system"),
    steps("8.3", "sent unknown", "complete", "completed", "admin system"),
    steps("8.3", "sent unknown", "fail", "failed", "system"),
    steps("8.3", "failed", "retry", "approved", "admin system"),
    steps("8.3", "approved failed", "stop", "rejected", "admin system"),
)

# Not over yet: the money is promised, or asked for, and not with the payer.
REFUND_OPEN = ("requested", "approved", "sent", "unknown", "failed")

SUSPENSE = Machine(
    "suspense",
    steps("812", NEW, "arrive", "open", "system"),
    steps("812", "open", "match", "matched", "admin system"),
    steps("812", "open", "give_back", "returning", "admin system"),
    steps("812", "returning", "gone_back", "returned", "system"),
    steps("812", "returned", "stays", "open", "admin"),  # it had not gone back: two admins were wrong
)
