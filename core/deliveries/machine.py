"""The delivery, offer and vehicle machines (12.1): the rows that this system takes."""

from core.machine import NEW, Machine, steps

DELIVERY = Machine(
    "delivery",
    steps("D1", NEW, "open", "pending", "system"),
    steps("D2", "pending", "assign", "assigned", "rider admin system"),
    steps("D3", "assigned", "drop_out", "pending", "rider admin system"),
    steps("D4", "assigned", "pick_up", "picked_up", "rider"),
    steps("D5", "picked_up", "start", "in_transit", "rider"),
    # the customer: her YES after NOCODE is as good as her code; the farmer: whoever hands over (DR-1210)
    steps("D6", "assigned picked_up in_transit", "hand_over", "delivered", "rider farmer customer admin"),
    steps("D7", "in_transit", "fail", "failed", "rider admin"),
    steps("D8", "failed", "retry_held", "picked_up", "admin system"),
    steps("D8", "failed", "retry_from_farm", "assigned", "admin system"),
    steps("D9", "failed", "give_back", "returned", "rider admin"),
    steps("D10", "pending assigned", "cancel", "cancelled", "system"),
)

OFFER = Machine(
    "offer",
    steps("DR-1203", NEW, "make", "open", "system"),
    steps("DR-1203", "open", "accept", "accepted", "rider"),
    steps("DR-1203", "open", "decline", "declined", "rider"),
    steps("DR-1203", "open", "time_out", "timed_out", "system"),
    steps("DR-1203", "open", "withdraw", "withdrawn", "system admin"),
)

VEHICLE = Machine(
    "vehicle",
    steps("DR-1209", NEW, "register", "pending", "rider"),
    steps("DR-1209", "refused inactive", "register", "pending", "rider"),
    steps("DR-1209", "pending", "approve", "approved", "admin"),
    steps("DR-1209", "pending", "refuse", "refused", "admin"),
    steps("DR-1209", "pending approved", "deactivate", "inactive", "rider admin"),
)

# A rider has these in hand; only then may he move them (DR-1206).
IN_HAND = ("assigned", "picked_up", "in_transit")
# Goods, or the promise of them, are still the rider's affair; a vehicle with one of these stays (DR-1209).
NOT_OVER = (*IN_HAND, "failed")
