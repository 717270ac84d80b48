"""What docs/domain.md says of each cell, written out by hand from its text, not from core/permissions.py.

A column has four places, C R U D in this order: `a` any record, `o` own records only, `-` nothing.
"""

from typing import Literal, NamedTuple

ROLES = ("customer", "farmer", "rider", "admin")
VERBS = ("create", "read", "update", "delete")
Answer = Literal["yes", "not allowed", "not found"]

# The ten rows of 2.1, in its order; U and D of payments are those of the ways to pay (DR-212), and farms are
# made by farmers only (DR-213).
MATRIX = {
    #                customer farmer  rider   admin
    "profile":       ("-oo-", "-oo-", "-oo-", "aaaa"),
    "locations":     ("oooo", "oooo", "oooo", "aaaa"),
    "farms":         ("-a--", "oaoo", "-a--", "-aaa"),
    "products":      ("-a--", "aaoo", "-a--", "aaaa"),
    "orders":        ("oooo", "-o--", "-o--", "aaaa"),
    "order_items":   ("----", "-oo-", "-oo-", "aaaa"),
    "deliveries":    ("-o--", "-o--", "oooo", "aaaa"),
    "payments":      ("oo--", "-o--", "-o--", "aa--"),
    "reviews":       ("oaoo", "-a--", "-a--", "aaaa"),
    "settings":      ("----", "----", "----", "aaaa"),
}  # fmt: skip

# DR-213 and DR-220, and what no rule gives to anybody but the house.
OTHERS = {
    "categories":    ("-a--", "-a--", "-a--", "aaaa"),
    "market_prices": ("-a--", "-a--", "-a--", "aaaa"),
    "weather":       ("-a--", "-a--", "-a--", "aaaa"),
    "payouts":       ("----", "-o--", "-o--", "aaa-"),
    "listings":      ("-a--", "oaoo", "-a--", "-aaa"),
    "messages":      ("oo--", "oo--", "oo--", "aa--"),
    "tickets":       ("oo--", "oo--", "oo--", "aaa-"),
    "vehicles":      ("----", "----", "oooo", "aaaa"),
    "routes":        ("----", "----", "-o--", "-a--"),
    "stats":         ("----", "-o--", "-o--", "-a--"),
    "payment_methods": ("oooo", "oooo", "oooo", "aaaa"),
    "carts":         ("oooo", "----", "----", "-a--"),
    "following":     ("oooo", "oooo", "oooo", "-a--"),
    "agents":        ("----", "-oo-", "----", "aaaa"),
    "ways":          ("-a--", "-a--", "-a--", "aaaa"),
    "money":         ("----", "----", "----", "aa--"),
    "switches":      ("----", "----", "----", "-aa-"),
    "alarms":        ("----", "----", "----", "-aa-"),
    "audit":         ("----", "----", "----", "-a--"),
    "due_work":      ("----", "----", "----", "-aa-"),
    "callbacks":     ("----", "----", "----", "-aa-"),
    # DR-1902: export and erasure, by the person or an admin
    "personal_data": ("-o-o", "-o-o", "-o-o", "-a-a"),
}  # fmt: skip
# One's own notices are read and marked by everybody, an admin's too.
NOTIFICATIONS = {"notifications": ("-oo-", "-oo-", "-oo-", "-ao-")}

EXPECTED = {**MATRIX, **OTHERS, **NOTIFICATIONS}
# DR-222: support reads, tickets and messages, no money; an auditor reads.
NO_MONEY = ("money", "payouts", "settings", "audit")
SUPPORTS = ("tickets", "messages")


class Cell(NamedTuple):
    """One question to the matrix."""

    resource: str
    role: str
    verb: str
    own: bool

    @property
    def answer(self) -> Answer:
        """What the document answers."""
        letter = EXPECTED[self.resource][ROLES.index(self.role)][VERBS.index(self.verb)]
        if letter == "-":
            return "not allowed"
        return "yes" if letter == "a" or self.own else "not found"

    def __str__(self) -> str:
        return f"{self.role}-{self.verb}-{'own' if self.own else 'foreign'}-{self.resource}"


CELLS = [
    Cell(resource, role, verb, own)
    for resource in EXPECTED
    for role in ROLES
    for verb in VERBS
    for own in (True, False)
]


def staff_answer(scope: str, resource: str, verb: str, *, own: bool = True) -> bool:
    """Whether an admin of this scope may do `verb` to a record of `resource` (DR-222)."""
    letter = EXPECTED[resource][3][VERBS.index(verb)]
    if letter == "-" or (letter == "o" and not own):
        return False
    if scope == "full":
        return True
    if verb == "read":
        return scope == "auditor" or resource not in NO_MONEY
    return scope == "support" and resource in SUPPORTS
