"""The order and item machines (7.1, 8.1), every row.

Who: a person where the row names one; "system" where the step follows from something else (a deadline, the
money, a farmer's mark, the rider's road), whoever caused that.
"""

from core.machine import NEW, Machine, steps

ORDER = Machine(
    "order",
    steps("O1", NEW, "place", "pending_payment", "customer admin"),
    steps("O2", NEW, "place_cash", "confirmed", "customer"),
    # an unpaid order that its customer pays at the door after all
    steps("O2", "pending_payment", "pay_cash", "confirmed", "customer"),
    steps("O3", "pending_payment", "paid", "confirmed", "system"),
    steps("O4", "pending_payment", "deadline", "cancelled", "system"),
    steps("O5", "pending_payment", "cancel", "cancelled", "customer admin"),
    steps("O6", "confirmed", "begun", "processing", "system"),
    steps("O7", "confirmed processing", "all_ready", "ready_for_delivery", "system"),
    steps("O8", "confirmed processing", "no_supply", "cancelled", "system"),
    steps("O9", "confirmed", "cancel", "cancelled", "customer admin"),
    steps("O10", "processing ready_for_delivery", "cancel", "cancelled", "admin"),
    # nobody brings it, and the customer chose her money (DR-1212): no decision of an admin is needed
    steps("O10", "confirmed processing ready_for_delivery", "no_rider", "cancelled", "system"),
    steps("O11", "ready_for_delivery", "on_the_way", "out_for_delivery", "system"),
    steps("O12", "out_for_delivery", "attempt_failed", "ready_for_delivery", "system"),
    steps("O13", "out_for_delivery", "undeliverable", "cancelled", "admin system"),
    steps("O14", "out_for_delivery", "delivered", "delivered", "system"),
    steps("O15", "delivered", "complete", "completed", "customer system"),
    steps("O16", "delivered completed", "claim_upheld", "same", "admin"),
    steps("O17", "cancelled", "revive", "confirmed", "system"),
)

# Back by one step or more, with a reason (DR-801); the row stands for that rule.
_BACK = "801"

ITEM = Machine(
    "item",
    steps("I1", "pending", "accept", "pending", "farmer"),
    steps("I2", "pending", "harvest", "harvested", "farmer admin"),
    steps("I3", "pending harvested", "pack", "packed", "farmer admin"),
    steps("I4", "pending harvested packed", "ready", "ready", "farmer admin system"),
    steps("I5", "pending harvested packed", "short", "same", "farmer system"),
    steps("I6", "pending harvested packed", "reject", "rejected", "farmer admin system"),
    steps("I7", "pending harvested packed", "cancel", "cancelled", "customer admin system"),
    steps("I7", "ready", "cancel", "cancelled", "system"),
    steps("I8", "ready", "pick_up", "picked_up", "system"),
    steps("I9", "picked_up", "deliver", "delivered", "system"),
    steps("I10", "picked_up", "come_back", "returned", "system"),
    steps("I11", "picked_up", "back_at_farm", "ready", "system"),
    steps(_BACK, "harvested packed ready", "back_to_pending", "pending", "admin"),
    steps(_BACK, "packed ready", "back_to_harvested", "harvested", "admin"),
    steps(_BACK, "ready", "back_to_packed", "packed", "admin"),
)

# How far an item has come; a mark that would lead to where it already is or was is a repeat, not an error.
PROGRESS = ("pending", "harvested", "packed", "ready", "picked_up", "delivered")
MARKS = {"harvest": "harvested", "pack": "packed", "ready": "ready"}
# The item is the farmer's to prepare, the order is paid.
WITH_FARMER = ("confirmed", "processing")
# Orders paid in cash whose cash is still to come, and orders that reached the customer (DR-905).
CASH_OPEN = ("confirmed", "processing", "ready_for_delivery", "out_for_delivery")
DONE = ("delivered", "completed")
# The farmer has work in it: what is cancelled now may be charged (7.3).
PREPARED = ("harvested", "packed", "ready")
# Goods that no longer reach the customer count neither towards O7 nor towards what the order costs.
DEAD_ITEMS = ("cancelled", "rejected", "returned")
