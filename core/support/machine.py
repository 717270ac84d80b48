"""The ticket machine (DR-1602)."""

from core.machine import NEW, Machine, steps

TICKET = Machine(
    "ticket",
    steps("T1", NEW, "open", "open", "customer farmer rider admin"),
    steps("T2", "open waiting_user", "take", "in_progress", "admin"),
    steps("T3", "open in_progress waiting_user", "answer", "waiting_user", "admin"),
    steps("T4", "open", "write", "open", "customer farmer rider"),
    steps("T4", "in_progress waiting_user", "write", "in_progress", "customer farmer rider"),
    steps("T5", "open in_progress waiting_user", "resolve", "resolved", "admin"),
    steps("T6", "resolved", "close", "closed", "customer farmer rider admin system"),
    steps("T7", "resolved closed", "reopen", "open", "customer farmer rider admin"),
)

OPEN = ("open", "in_progress", "waiting_user")
