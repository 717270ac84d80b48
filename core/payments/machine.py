"""The payment attempt's machine (8.2)."""

from core.machine import NEW, Machine, steps

PAYMENT = Machine(
    "payment",
    steps("P0", NEW, "start", "created", "customer admin system"),
    steps("P1", "created", "accepted", "requested", "system"),
    steps("P2", "created", "refused", "failed", "system"),
    steps("P2", "created", "unclear", "unknown", "system"),
    steps("P3", "created requested unknown failed", "paid", "succeeded", "system"),
    steps("P4", "created requested unknown", "failed", "failed", "system"),
    steps("P5", "requested", "unclear", "unknown", "system"),
)

# Money may still come by itself; the deadline and the next prompt wait for these, but not for ever (P5).
OPEN = ("created", "requested", "unknown")
