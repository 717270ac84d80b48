"""The delivery, offer and vehicle machines (12.1): the rows that this system takes."""

from core.machine import NEW, Machine, steps

DELIVERY = Machine(
    "delivery",
    steps("D1", NEW, "open", "pending", "system"),
    steps("D2", "pending", "assign", "assigned", "rider"),
    steps("D3", "assigned", "drop_out", "pending", "rider admin system"),
    steps("D4", "assigned", "pick_up", "picked_up", "rider"),
    steps("D5", "picked_up", "start", "in_transit", "rider"),
    steps("D6", "assigned picked_up in_transit", "hand_over", "delivered", "rider"),
    steps("D10", "pending assigned", "cancel", "cancelled", "system"),
)

OFFER = Machine(
    "offer",
    steps("DR-1203", NEW, "make", "open", "system"),
    steps("DR-1203", "open", "accept", "accepted", "rider"),
    steps("DR-1203", "open", "decline", "declined", "rider"),
    steps("DR-1203", "open", "time_out", "timed_out", "system"),
    steps("DR-1203", "open", "withdraw", "withdrawn", "system"),
)

VEHICLE = Machine(
    "vehicle",
    steps("DR-1209", NEW, "register", "pending", "rider"),
    steps("DR-1209", "refused inactive", "register", "pending", "rider"),
    steps("DR-1209", "pending", "approve", "approved", "admin"),
    steps("DR-1209", "pending", "refuse", "refused", "admin"),
)

# A rider has these in hand; only then may he move them (DR-1206).
IN_HAND = ("assigned", "picked_up", "in_transit")
