"""Two things of the same moment stand in one order, on every screen, page and server."""

import ast
import re
from pathlib import Path

from tests.shape.test_house import ROOMS, sources

MOMENT = re.compile(r"(_at|\.at|\.date|not_before)(\.desc\(\))?$")
# Here the moment itself is all that is read (equal ones look the same), or it is unique beside what is asked.
ALONE = {
    "core/carts/service.py": "CartItem.touched_at",
    "core/insights/lists.py": "MarketPrice.date.desc()",
    "core/notifications/bundling.py": "OutboxMessage.not_before.desc()",
    "core/orders/cash_rules.py": "OrderEvent.at",
    "core/outbox/gate.py": "OutboxMessage.sent_at.desc()",
    "core/users/otp.py": "OneTimeCode.asked_at.desc()",
}


def last_keys(tree: ast.Module) -> list[str]:
    """What each list of a file is ordered by in the last place."""
    return [
        ast.unparse(node.args[-1])
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "order_by" and node.args
    ]


def test_no_list_leaves_two_of_one_moment_to_the_database() -> None:
    by_moment: dict[str, str] = {}
    for file, tree in sources(*ROOMS):
        for key in last_keys(tree):
            if MOMENT.search(key):
                by_moment[Path(file).as_posix()] = key
    assert by_moment == ALONE
