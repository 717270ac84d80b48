"""Every verb by which an admin changes something leaves a row in the audit trail (DR-1801).

A verb is an admin's if it asks the matrix for more than reading with `own=False`, or for the admin's role
alone. It must reach `audit.record`, itself or through what it calls; calls are followed by name.
"""

import ast
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.proving import proves
from tests.shape.test_house import sources

# What asks for more than reading and changes nothing, or leaves the row to whoever calls it.
ELSEWHERE = {
    "core.catalogue.packs.unknown": "a list for who decides",
    "core.catalogue.suggestions.waiting": "a list for who decides",
    "core.deliveries.vehicles.pending": "a list for who decides",
    "core.farms.keeping.waiting_certificates": "a list for who decides",
    "core.listings.hands.taken": "a guard: the verb that calls it records",
    "core.orders.hands.on_item": "a guard: the step is a row of order_events (DR-706)",
    "core.orders.hands.on_order": "a guard: the step is a row of order_events (DR-706)",
    "core.orders.views.cancel_requests": "a list for who decides",
    "core.orders.views.held_shorts": "a list for who decides",
    "core.orders.views.open_claims": "a list for who decides",
}


@dataclass
class Function:
    """A function of core: what it calls (module, name), and whether it is an admin's verb."""

    calls: set[tuple[str, str]] = field(default_factory=set)
    records: bool = False
    is_admins: bool = False


def dotted(file: Path) -> str:
    return ".".join(file.with_suffix("").parts)


def imports(tree: ast.Module) -> dict[str, tuple[str, str]]:
    """Local name -> (module, name in it or "")."""
    found: dict[str, tuple[str, str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("core"):
            for name in node.names:
                found[name.asname or name.name] = (node.module, name.name)
    return found


def is_admins(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    words = [arg.value for arg in call.args if isinstance(arg, ast.Constant)]
    if name == "acting":
        return words == ["admin"]
    own = next((k.value for k in call.keywords if k.arg == "own"), None)
    foreign = isinstance(own, ast.Constant) and own.value is False
    return name == "may" and foreign and bool(words) and words[0] != "read"


def functions() -> dict[tuple[str, str], Function]:
    found: dict[tuple[str, str], Function] = {}
    for file, tree in sources("core"):
        module, known = dotted(file), imports(tree)
        for node in tree.body:
            if not isinstance(node, ast.FunctionDef):
                continue
            function = found[module, node.name] = Function()
            for call in [n for n in ast.walk(node) if isinstance(n, ast.Call)]:
                function.is_admins |= is_admins(call)
                match call.func:
                    case ast.Attribute(value=ast.Name(id=alias), attr=name) if alias in known:
                        package, imported = known[alias]
                        function.calls.add((f"{package}.{imported}", name))
                        function.records |= (imported, name) == ("service", "record") and "audit" in package
                    case ast.Name(id=name):
                        function.calls.add(known.get(name, (module, name)))
            for used in [n for n in ast.walk(node) if isinstance(n, ast.Name)]:  # work handed on: run(_unit)
                function.calls.add(known.get(used.id, (module, used.id)))
    return found


FUNCTIONS = functions()


def asks_as_admin(key: tuple[str, str]) -> bool:
    """Itself, or through a private helper of its module."""
    module, _name = key
    helpers = {called for called in FUNCTIONS[key].calls if called[0] == module and called[1][:1] == "_"}
    return any(FUNCTIONS[at].is_admins for at in (key, *helpers) if at in FUNCTIONS)


VERBS = sorted(key for key in FUNCTIONS if key[1][:1] != "_" and asks_as_admin(key))


def reaches(key: tuple[str, str]) -> bool:
    seen, ahead = set(), [key]
    while ahead:
        at = ahead.pop()
        if at in seen or at not in FUNCTIONS:
            continue
        seen.add(at)
        if FUNCTIONS[at].records:
            return True
        ahead.extend(FUNCTIONS[at].calls)
    return False


@proves("DR-1801")
@pytest.mark.parametrize(("module", "verb"), VERBS)
def test_an_admins_verb_writes_an_audit_row(module: str, verb: str) -> None:
    assert reaches((module, verb)) or f"{module}.{verb}" in ELSEWHERE


def test_the_verbs_are_found() -> None:
    named = {verb for _module, verb in VERBS}
    assert {"change", "pause", "resume", "acknowledge", "clear", "erase", "retry", "drop", "again"} <= named
    assert len(VERBS) > 20
