"""The listing machine (docs/domain.md, section 4.1)."""

from core.machine import NEW, Machine, steps

AVAILABLE = "available"
PRE_ORDER = "pre_order"
SOLD_OUT = "sold_out"
INACTIVE = "inactive"

LISTING = Machine(
    "listing",
    steps("L1", NEW, "create", AVAILABLE, "farmer"),
    steps("L2", NEW, "create_pre_order", PRE_ORDER, "farmer"),
    steps("L4", "available pre_order", "stock_out", SOLD_OUT, "system"),
    steps("L5", "sold_out", "restock", AVAILABLE, "farmer system"),
    steps("L5", "sold_out", "restock_pre_order", PRE_ORDER, "farmer system"),
)
