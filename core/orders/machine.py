"""The order and item machines (7.1, 8.1): the rows that this system takes."""

from core.machine import NEW, Machine, steps

ORDER = Machine(
    "order",
    steps("O1", NEW, "place", "pending_payment", "customer admin"),
    steps("O2", NEW, "place_cash", "confirmed", "customer"),
    steps("O3", "pending_payment", "paid", "confirmed", "system"),
    steps("O4", "pending_payment", "deadline", "cancelled", "system"),
    steps("O5", "pending_payment", "cancel", "cancelled", "customer admin"),
    steps("O6", "confirmed", "begun", "processing", "system"),
    steps("O7", "confirmed processing", "all_ready", "ready_for_delivery", "system"),
    steps("O11", "ready_for_delivery", "on_the_way", "out_for_delivery", "system"),
    steps("O14", "out_for_delivery", "delivered", "delivered", "system"),
    steps("O15", "delivered", "complete", "completed", "customer system"),
)

ITEM = Machine(
    "item",
    steps("I1", "pending", "accept", "pending", "farmer"),
    steps("I2", "pending", "harvest", "harvested", "farmer admin"),
    steps("I3", "pending harvested", "pack", "packed", "farmer admin"),
    steps("I4", "pending harvested packed", "ready", "ready", "farmer admin system"),
    steps("I7", "pending", "cancel", "cancelled", "system"),
    steps("I8", "ready", "pick_up", "picked_up", "system"),
    steps("I9", "picked_up", "deliver", "delivered", "system"),
)

# How far an item has come; a mark that would lead to where it already is or was is a repeat, not an error.
PROGRESS = ("pending", "harvested", "packed", "ready", "picked_up", "delivered")
MARKS = {"harvest": "harvested", "pack": "packed", "ready": "ready"}
# The item is the farmer's to prepare, the order is paid.
WITH_FARMER = ("confirmed", "processing")
# Orders paid in cash whose cash is still to come, and orders that reached the customer (DR-905).
CASH_OPEN = ("confirmed", "processing", "ready_for_delivery", "out_for_delivery")
DONE = ("delivered", "completed")
# Goods that count towards O7; a cancelled item does not.
DEAD_ITEMS = ("cancelled",)
