"""The payout's machine (section 13). `pending` is held: an admin has to look at it first."""

from core.machine import NEW, Machine, steps

PAYOUT = Machine(
    "payout",
    steps("13", NEW, "create", "pending", "farmer rider admin system"),
    steps("13", "pending", "release", "eligible", "admin system"),
    steps("13", "eligible", "process", "processing", "admin system"),
    steps("13", "processing", "unclear", "unknown", "system"),
    steps("13", "processing unknown failed", "paid", "paid", "system"),
    steps("13", "processing unknown", "fail", "failed", "system"),
    steps("13", "failed", "retry", "eligible", "admin system"),
    steps("13", "pending eligible", "hold", "on_hold", "admin"),
    steps("13", "on_hold", "resume", "eligible", "admin"),
    steps("13", "pending eligible", "cancel", "cancelled", "admin system"),
)

OVER = ("paid", "cancelled")
