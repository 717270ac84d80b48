"""The words of the callback log: whatever writes a kind or a verdict uses one that the console knows."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from core.traffic.models import KINDS, VERDICTS
from tests.shape.test_house import sources
from web import show


@dataclass
class Module:
    """What one file defines, calls and assigns; its name as others import it."""

    name: str
    functions: dict[str, list[ast.FunctionDef]] = field(default_factory=dict)
    assigned: dict[str, list[ast.expr]] = field(default_factory=dict)
    calls: list[ast.Call] = field(default_factory=list)


def read(file: Path, tree: ast.Module) -> Module:
    module = Module(file.stem)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            module.functions.setdefault(node.name, []).append(node)
        elif isinstance(node, ast.Call):
            module.calls.append(node)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                names = target.elts if isinstance(target, ast.Tuple) else [target]
                values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
                for name, value in zip(names, values, strict=False):
                    if isinstance(name, ast.Name):
                        module.assigned.setdefault(name.id, []).append(value)
    return module


MODULES = [read(file, tree) for file, tree in sources("core", "inbound", "mpesa", "sms", "ussd")]


def where(name: ast.expr, module: Module) -> list[Module]:
    """Where a name may be defined: `stored.keep` in files of that name, if there are any; what is private or
    known in this file, here; what is public, anywhere."""
    if isinstance(name, ast.Attribute) and (of_name := [m for m in MODULES if m.name == name_of(name.value)]):
        return of_name
    known = isinstance(name, ast.Name) and name.id in module.assigned | module.functions
    return [module] if known or name_of(name).startswith("_") else MODULES


def name_of(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def words(value: ast.expr, module: Module, seen: frozenset[str] = frozenset()) -> Iterator[str]:
    """The strings that an expression may come to, through names and the functions it calls."""
    match value:
        case ast.Constant(value=str(word)):
            yield word
        case ast.IfExp(body=one, orelse=other):
            yield from words(one, module, seen)
            yield from words(other, module, seen)
        case ast.Subscript(value=ast.Name(id=table) as name):
            for home in where(name, module):
                for found in home.assigned.get(table, []):
                    for one in found.values if isinstance(found, ast.Dict) else []:
                        yield from words(one, home, seen)
        case ast.Name(id=name) if name not in seen:
            for home in where(value, module):
                for found in home.assigned.get(name, []):
                    yield from words(found, home, seen | {name})
        case ast.Call(func=called) if (name := name_of(called)) not in seen:
            for home in where(called, module):
                for function in home.functions.get(name, []):
                    for node in ast.walk(function):
                        if isinstance(node, ast.Return) and node.value is not None:
                            yield from words(node.value, home, seen | {name})


def given(argument: str, only: str | None = None) -> set[str]:
    """What any function (or `only` that one) is handed as `argument`, by name or by place."""
    written: set[str] = set()
    for module in MODULES:
        for call in module.calls:
            called = name_of(call.func)
            if only not in (None, called):
                continue
            values = [keyword.value for keyword in call.keywords if keyword.arg == argument]
            for home in where(call.func, module):
                for function in home.functions.get(called, []):
                    places = [arg.arg for arg in function.args.args if arg.arg != "self"]
                    if argument in places[: len(call.args)]:
                        values.append(call.args[places.index(argument)])
            written.update(word for value in values for word in words(value, module))
    return written


def counted(position: int) -> set[str]:
    """What metrics.callback and metrics.outbound are told."""
    return {
        word
        for module in MODULES
        for call in module.calls
        if isinstance(call.func, ast.Attribute)
        and name_of(call.func.value) == "metrics"
        and call.func.attr in ("callback", "outbound")
        for word in words(call.args[position], module)
    }


def test_every_kind_that_is_written_is_known_and_every_known_one_is_written() -> None:
    assert given("kind", only="record") | given("kind", only="Call") == set(KINDS)
    assert counted(0) <= set(KINDS)
    assert set(show.KINDS) == set(KINDS)


def test_every_verdict_that_is_written_is_known_and_every_known_one_is_written() -> None:
    # The empty word comes from functions that bear a followed name by chance; no row could hold it unnoticed.
    assert given("verdict") - {""} == set(VERDICTS)
    assert counted(1) - {""} <= set(VERDICTS)
