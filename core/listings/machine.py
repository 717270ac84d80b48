"""The listing machine (docs/domain.md, section 4.1), and the one place that sets a listing's status."""

from typing import TYPE_CHECKING

from core.machine import NEW, Machine, Step, steps

if TYPE_CHECKING:  # the table itself is plain Python
    from core.db import Tx
    from core.listings.models import Listing

AVAILABLE = "available"
PRE_ORDER = "pre_order"
SOLD_OUT = "sold_out"
INACTIVE = "inactive"
# What people may buy from (DR-406).
BUYABLE = (AVAILABLE, PRE_ORDER)

LISTING = Machine(
    "listing",
    steps("L1", NEW, "create", AVAILABLE, "farmer"),
    steps("L2", NEW, "create_pre_order", PRE_ORDER, "farmer"),
    # A harvest that was sold in advance to the last kilo is harvested all the same.
    steps("L3", "pre_order sold_out", "harvest", AVAILABLE, "farmer"),
    steps("L4", "available pre_order", "stock_out", SOLD_OUT, "system"),
    steps("L5", "sold_out", "restock", AVAILABLE, "farmer system"),
    steps("L5", "sold_out", "restock_pre_order", PRE_ORDER, "farmer system"),
    steps("L6", "available pre_order sold_out", "deactivate", INACTIVE, "farmer admin system"),
    steps("L7", "inactive", "activate", AVAILABLE, "farmer admin"),
    steps("L7", "inactive", "activate_pre_order", PRE_ORDER, "farmer admin"),
    steps("L8", "available", "delay", PRE_ORDER, "farmer"),
)


def move(tx: "Tx", listing: "Listing", event: str, role: str) -> Step:
    """Take the step for `event` if `role` may; nothing else sets `listing_status`.

    Raises WrongState (with the present status) or NotAllowed.
    """
    step = LISTING.step(listing.listing_status, event, role)
    tx.note(f"listing:{listing.listing_id}", f"{step.source} -> {step.target}")
    listing.listing_status = step.target
    return step
