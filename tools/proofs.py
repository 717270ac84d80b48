"""Which rule of docs/domain.md is proven by which test: the table, and what is missing.

    python -m tools.proofs            print the table; exit 1 if a rule has no test
    python -m tools.proofs --missing  only what is missing

A rule is what docs/domain.md numbers: DR-…, INV-…, and the rows of its machines (O1, I1, P1, D1, L1). A test
names its rules with `@proves(...)` (tests/proving.py). Rules whose door a later step builds may stand, with
the reason, in tests/proofs/later.toml; that list ends empty.
"""

import ast
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from tools.environment import HOME

DOMAIN = HOME / "docs" / "domain.md"
TESTS = HOME / "tests"
LATER = TESTS / "proofs" / "later.toml"

BULLET = re.compile(r"^- (DR-\d+) ", re.MULTILINE)
ROW = re.compile(r"^\| ([OIPDL]\d+) \|", re.MULTILINE)
INVARIANT = re.compile(r"\b(INV-\d+) ")
END = "## 22."  # what follows are settings and readings


def rules(text: str | None = None) -> list[str]:
    """Every numbered rule of the domain, in the order in which it is written down."""
    whole = (DOMAIN.read_text(encoding="utf-8") if text is None else text).split(END)[0]
    found = [
        (match.start(), match[1]) for pattern in (BULLET, ROW, INVARIANT) for match in pattern.finditer(whole)
    ]
    return list(dict.fromkeys(rule for _at, rule in sorted(found)))


def proofs(folder: Path = TESTS) -> dict[str, list[str]]:
    """rule -> the tests that are marked as its proof, as `tests/area/test_x.py::test_name`."""
    table: dict[str, list[str]] = defaultdict(list)
    for file in sorted(folder.rglob("test_*.py")):
        name = file.relative_to(folder.parent).as_posix()
        for rule, test in _marked(ast.parse(file.read_text(encoding="utf-8")), name):
            table[rule].append(test)
    return dict(table)


def later() -> dict[str, str]:
    """Rules that a later step will prove, each with the reason."""
    return tomllib.loads(LATER.read_text(encoding="utf-8")) if LATER.exists() else {}


def faults(wanted: Iterable[str], table: Mapping[str, list[str]], waiting: Mapping[str, str]) -> list[str]:
    """What is wrong with the proofs, one line each."""
    unproven = [f"{rule}: no test proves it" for rule in wanted if rule not in table and rule not in waiting]
    strange = [
        f"{rule}: docs/domain.md has no such rule" for rule in sorted({*table, *waiting} - set(wanted))
    ]
    done = [f"{rule}: proven, and still waits in later.toml" for rule in sorted(waiting) if rule in table]
    return unproven + strange + done


def _marked(module: ast.Module, name: str) -> Iterator[tuple[str, str]]:
    """(rule, test) for every mark of a file: on functions, on classes, or on the whole file."""
    for node in module.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark":
            yield from ((rule, name) for rule in _rules(node.value))
        yield from _decorated(node, name)


def _decorated(node: ast.stmt, name: str) -> Iterator[tuple[str, str]]:
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return
    test = f"{name}::{node.name}"
    for decorator in node.decorator_list:
        yield from ((rule, test) for rule in _rules(decorator))
    if isinstance(node, ast.ClassDef):
        for inner in node.body:
            yield from _decorated(inner, test)


def _rules(expression: ast.expr) -> list[str]:
    """The rules named in `proves(...)`, wherever it stands in `expression`."""
    return [
        argument.value
        for call in ast.walk(expression)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "proves"
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]


def main(arguments: list[str]) -> int:
    """Print the table and what is missing; 1 if anything is."""
    wanted, table, waiting = rules(), proofs(), later()
    if "--missing" not in arguments:
        for rule in wanted:
            tests = table.get(rule, [])
            more = f" (and {len(tests) - 1} more)" if len(tests) > 1 else ""
            print(f"{rule:8} {tests[0] if tests else 'later: ' + waiting.get(rule, '-')}{more}")
    wrong = faults(wanted, table, waiting)
    print(*wrong, sep="\n", end="\n" if wrong else "")
    proven = sum(rule in table for rule in wanted)
    print(f"{proven} of {len(wanted)} rules proven by {len(set().union(*table.values(), ()))} tests")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
