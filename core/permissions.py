"""Who may do what to which kind of record: the matrix of docs/domain.md 2.1 and its neighbours, as data.

The table says whether a role may read, create, update or delete a kind of record at all, and whether any or
only its own. `users.may` asks it for an actor; what "own" means for one record, the verb knows that loads it
(her items, his deliveries, an order she takes part in). Whatever is not in the table is denied (DR-211).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, get_args

Verb = Literal["read", "create", "update", "delete"]
Scope = Literal["any", "own"]

VERBS: tuple[Verb, ...] = get_args(Verb)
ROLES = ("customer", "farmer", "rider", "admin")
STAFF_SCOPES = ("full", "support", "auditor")

_LETTERS: Mapping[str, Verb] = {"C": "create", "R": "read", "U": "update", "D": "delete"}
# Money rows and what is written once have no update and no delete for anybody (DR-212).
_NEVER = ""

# resource: (customer, farmer, rider, admin); capitals: any record, small letters: own records only.
_TABLE: Mapping[str, tuple[str, str, str, str]] = {
    # 2.1, the matrix of the platform document
    "profile": ("ru", "ru", "ru", "CRUD"),
    "locations": ("crud", "crud", "crud", "CRUD"),
    "farms": ("R", "Rcud", "R", "RUD"),
    "products": ("R", "CRud", "R", "CRUD"),
    "orders": ("crud", "r", "r", "CRUD"),
    "order_items": ("", "ru", "ru", "CRUD"),
    "deliveries": ("r", "r", "crud", "CRUD"),
    "payments": ("cr", "r", "r", "CR"),  # U and D are those of payment_methods: DR-212
    "reviews": ("Rcud", "R", "R", "CRUD"),
    "settings": ("", "", "", "CRUD"),
    # DR-213
    "categories": ("R", "R", "R", "CRUD"),
    "market_prices": ("R", "R", "R", "CRUD"),
    "weather": ("R", "R", "R", "CRUD"),
    "payouts": ("", "r", "r", "CRU"),
    "listings": ("R", "Rcud", "R", "RUD"),
    # DR-220
    "notifications": ("ru", "ru", "ru", "Ru"),
    "messages": ("cr", "cr", "cr", "CR"),
    "tickets": ("cr", "cr", "cr", "CRU"),
    "vehicles": ("", "", "crud", "CRUD"),
    "routes": ("", "", "r", "R"),
    "stats": ("", "r", "r", "R"),
    # of each person alone
    "carts": ("crud", "", "", "R"),
    "payment_methods": ("crud", "crud", "crud", "CRUD"),
    "following": ("crud", "crud", "crud", "R"),
    # of the people who run the house
    "agents": ("", "ru", "", "CRUD"),
    "ways": ("R", "R", "R", "CRUD"),
    "money": (_NEVER, _NEVER, _NEVER, "CR"),
    "switches": ("", "", "", "RU"),
    "alarms": ("", "", "", "RU"),
    "audit": ("", "", "", "R"),
    "personal_data": ("rd", "rd", "rd", "RD"),
    "due_work": ("", "", "", "RU"),
    "callbacks": ("", "", "", "RU"),
}

# What an admin of a narrower scope may do; full is the admin's column (DR-222).
_STAFF: Mapping[str, Mapping[str, frozenset[Verb]]] = {
    "support": {"tickets": frozenset(VERBS), "messages": frozenset(VERBS)},
    "auditor": {},
}
# Whoever helps people needs no look at the books (DR-222: no money).
_NOT_FOR_SUPPORT = frozenset({"money", "payouts", "settings", "audit"})


def _scopes(letters: str) -> Mapping[Verb, Scope]:
    return MappingProxyType({_LETTERS[x.upper()]: "any" if x.isupper() else "own" for x in letters})


MATRIX: Mapping[str, Mapping[str, Mapping[Verb, Scope]]] = MappingProxyType(
    {
        resource: MappingProxyType(dict(zip(ROLES, map(_scopes, columns), strict=True)))
        for resource, columns in _TABLE.items()
    }
)


def scope(role: str, verb: Verb, resource: str, *, staff_scope: str = "full") -> Scope | None:
    """Whether `role` may do `verb` to any record of `resource`, to its own only, or (None) not at all.

    staff_scope  of an admin: full, support or auditor (DR-222)

    Raises KeyError for a resource the table does not know.
    """
    found = MATRIX[resource].get(role, {}).get(verb)
    if role != "admin" or staff_scope == "full" or found is None:
        return found
    if verb == "read":
        return None if staff_scope == "support" and resource in _NOT_FOR_SUPPORT else found
    return found if verb in _STAFF[staff_scope].get(resource, frozenset()) else None
