"""The words of the callback log: whatever writes a kind or a verdict uses one that the console knows."""

import ast
from collections.abc import Iterator

from core.traffic.models import KINDS, VERDICTS
from tests.shape.test_house import sources
from web import show

ROOMS = ("core", "inbound", "mpesa", "sms", "ussd")
TREES = [tree for _file, tree in sources(*ROOMS)]
CALLS = [node for tree in TREES for node in ast.walk(tree) if isinstance(node, ast.Call)]
FUNCTIONS: dict[str, list[ast.FunctionDef]] = {}
CONSTANTS: dict[str, list[ast.expr]] = {}
for tree in TREES:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            FUNCTIONS.setdefault(node.name, []).append(node)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                names = target.elts if isinstance(target, ast.Tuple) else [target]
                values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
                for name, value in zip(names, values, strict=False):
                    if isinstance(name, ast.Name):
                        CONSTANTS.setdefault(name.id, []).append(value)


def name_of(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def words(value: ast.expr, seen: frozenset[str] = frozenset()) -> Iterator[str]:
    """The strings that an expression may come to, through names and the functions it calls."""
    match value:
        case ast.Constant(value=str(word)):
            yield word
        case ast.IfExp(body=one, orelse=other):
            yield from words(one, seen)
            yield from words(other, seen)
        case ast.Subscript(value=ast.Name(id=table)):
            for found in CONSTANTS.get(table, []):
                for one in found.values if isinstance(found, ast.Dict) else []:
                    yield from words(one, seen)
        case ast.Name(id=name) if name not in seen:
            for found in CONSTANTS.get(name, []):
                yield from words(found, seen | {name})
        case ast.Call(func=called) if (name := name_of(called)) not in seen:
            for function in FUNCTIONS.get(name, []):
                for node in ast.walk(function):
                    if isinstance(node, ast.Return) and node.value is not None:
                        yield from words(node.value, seen | {name})


def given(argument: str, *calls: str) -> set[str]:
    """What is handed over as `argument`, by name or by place, wherever one of `calls` is made."""
    written: set[str] = set()
    for call in CALLS:
        if (called := name_of(call.func)) not in calls:
            continue
        values = [keyword.value for keyword in call.keywords if keyword.arg == argument]
        for function in FUNCTIONS.get(called, []):
            places = [arg.arg for arg in function.args.args if arg.arg != "self"]
            if argument in places[: len(call.args)]:
                values.append(call.args[places.index(argument)])
        written.update(word for value in values for word in words(value))
    return written


def taking(argument: str) -> list[str]:
    """The functions that have such a parameter."""
    return [
        name
        for name, functions in FUNCTIONS.items()
        for function in functions
        if argument in {arg.arg for arg in (*function.args.args, *function.args.kwonlyargs)}
    ]


def counted(position: int) -> set[str]:
    """What metrics.callback and metrics.outbound are told."""
    return {
        word
        for call in CALLS
        if isinstance(call.func, ast.Attribute)
        and name_of(call.func.value) == "metrics"
        and call.func.attr in ("callback", "outbound")
        for word in words(call.args[position])
    }


def test_every_kind_that_is_written_is_known_and_every_known_one_is_written() -> None:
    assert given("kind", "record") == set(KINDS)
    assert counted(0) <= set(KINDS)
    assert set(show.KINDS) == set(KINDS)


def test_every_verdict_that_is_written_is_known_and_every_known_one_is_written() -> None:
    assert given("verdict", *taking("verdict")) == set(VERDICTS)
    assert counted(1) <= set(VERDICTS)
