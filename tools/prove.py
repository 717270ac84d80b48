"""`make prove`: break the code that guards a rule, and see that the test that names the rule fails.

    python -m tools.prove                    30 rules drawn by a printed seed
    python -m tools.prove --seed 7           the same draw again
    python -m tools.prove --rule DR-811      the mutations of one rule; may be repeated
    python -m tools.prove --all              every mutation there is
    python -m tools.prove --check            only whether each mutation still finds its place in the code

The mutations stand in tests/proofs/*.toml: rule, file, old (exact text, once in the file), new, test. Nothing
here is changed: a copy of the tree is broken, one mutation at a time. A draw is written to docs/proofs.md.
"""

import ast
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import click

from tools import proofs, testbed
from tools.environment import HOME

FOLDER = HOME / "tests" / "proofs"
REPORT = HOME / "docs" / "proofs.md"
DRAWN = 30
TEST_SECONDS = 300
# pytest's exit codes: the test ran and failed; everything passed.
FAILED, PASSED = 1, 0

Verdict = Literal["caught", "SURVIVED", "BROKEN"]


@dataclass(frozen=True)
class Mutation:
    """A break of the code that guards `rule`; `test` is a pytest node id, without parameters."""

    rule: str
    file: str
    old: str
    new: str
    test: str


def mutations(folder: Path = FOLDER) -> list[Mutation]:
    """Every mutation written down, by rule."""
    found = [
        Mutation(**entry)
        for file in sorted(folder.glob("*.toml"))
        for entry in tomllib.loads(file.read_text(encoding="utf-8")).get("mutation", [])
    ]
    return sorted(found, key=lambda mutation: (mutation.rule, mutation.file, mutation.old))


def faults(found: Sequence[Mutation], home: Path = HOME) -> Iterator[str]:
    """What is wrong with the list itself: a lost place, a lost test, a break that is no Python."""
    known = set(proofs.rules())
    for mutation in found:
        where = f"{mutation.rule} in {mutation.file}"
        path = home / mutation.file
        if mutation.rule not in known:
            yield f"{where}: docs/domain.md has no such rule"
        if not path.exists():
            yield f"{where}: no such file"
            continue
        source = path.read_text(encoding="utf-8")
        if (times := source.count(mutation.old)) != 1:
            yield f"{where}: the text to break stands there {times} times: {mutation.old[:60]!r}"
            continue
        if path.suffix == ".py" and not _parses(source.replace(mutation.old, mutation.new)):
            yield f"{where}: broken like this it is no Python"
        if not _has_test(home, mutation.test):
            yield f"{where}: no such test: {mutation.test}"


def draw(found: Sequence[Mutation], seed: int, count: int = DRAWN) -> list[Mutation]:
    """One mutation each of `count` rules, by `seed`."""
    dice = random.Random(seed)  # noqa: S311
    names = sorted({mutation.rule for mutation in found})
    chosen = sorted(dice.sample(names, min(count, len(names))))
    return [dice.choice([m for m in found if m.rule == rule]) for rule in chosen]


def run(chosen: Sequence[Mutation], env: dict[str, str]) -> Iterator[tuple[Mutation, Verdict, float]]:
    """Break a copy of the tree with each mutation in turn, and run its test there."""
    with tempfile.TemporaryDirectory(prefix="tunda-prove-") as folder:
        copy = Path(folder) / "tree"
        _copy_tree(copy)
        for mutation in chosen:
            began = time.monotonic()
            yield mutation, _verdict(copy, mutation, env), time.monotonic() - began


def _verdict(copy: Path, mutation: Mutation, env: dict[str, str]) -> Verdict:
    path = copy / mutation.file
    source = path.read_text(encoding="utf-8")
    path.write_text(source.replace(mutation.old, mutation.new), encoding="utf-8")
    try:
        code = _pytest(copy, mutation.test, env)
    finally:
        path.write_text(source, encoding="utf-8")
    return {FAILED: "caught", PASSED: "SURVIVED"}.get(code, "BROKEN")  # type: ignore[return-value]


def _pytest(folder: Path, test: str, env: dict[str, str]) -> int:
    command = [sys.executable, "-m", "pytest", "-q", "-x", "--no-header", "-p", "no:cacheprovider", test]
    try:
        return subprocess.run(
            command, cwd=folder, env={**os.environ, **env, "PYTHONPATH": str(folder)},
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            check=False, timeout=TEST_SECONDS,
        ).returncode  # fmt: skip
    except subprocess.TimeoutExpired:
        return FAILED  # a test that no longer ends has noticed as well


def _copy_tree(target: Path) -> None:
    """The working tree as git sees it, without what it ignores."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=HOME, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for name in listed.stdout.splitlines():
        if (HOME / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(HOME / name, target / name)


def _parses(source: str) -> bool:
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


def _has_test(home: Path, test: str) -> bool:
    """Whether the file of a node id holds the function (or class and function) that it names."""
    file, *names = test.split("::")
    path = home / file
    if not path.exists():
        return False
    defined = {
        node.name
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }
    return all(name.split("[")[0] in defined for name in names)


def _report(seed: int, lines: Sequence[str], caught: int) -> str:
    return (
        "# Tests that fail when they should\n\n"
        "The last run of `make prove`: for each of 30 rules drawn by chance, the code that guards it was\n"
        "broken in one place, and the test that names the rule was run. `caught`: the test failed.\n"
        "`make prove SEED=…` draws again; every break stands in `tests/proofs/`.\n\n"
        f"Seed {seed}: {caught} of {len(lines)} caught.\n\n"
        "| rule | broken in | test | |\n|---|---|---|---|\n" + "".join(lines)
    )


@click.command(help=__doc__)
@click.option("--seed", type=int, default=None)
@click.option("--rule", "only", multiple=True)
@click.option("--all", "everything", is_flag=True)
@click.option("--check", "check_only", is_flag=True)
def main(seed: int | None, only: Sequence[str], everything: bool, check_only: bool) -> None:
    """Draw, break, run, and say which breaks nobody noticed."""
    found = mutations()
    chosen = [m for m in found if m.rule in only] if only else found
    if wrong := list(faults(chosen if only else found)):
        click.echo("\n".join(wrong))
        raise SystemExit(1)
    if check_only:
        click.echo(f"{len(found)} mutations of {len({m.rule for m in found})} rules find their place")
        return
    drawn = not only and not everything
    seed = seed if seed is not None else time.time_ns() % 1_000_000
    if drawn:
        chosen = draw(found, seed)
        click.echo(f"seed {seed}: {len(chosen)} rules")
    testbed.end_on_signals()
    lines, unnoticed = [], 0
    with testbed.Testbed() as bed:
        for mutation, verdict, seconds in run(chosen, bed.env):
            click.echo(f"{verdict:9}{mutation.rule:8} {mutation.file}  {mutation.test}  ({seconds:.1f} s)")
            unnoticed += verdict != "caught"
            lines.append(f"| {mutation.rule} | {mutation.file} | {mutation.test} | {verdict} |\n")
    if drawn:
        REPORT.write_text(_report(seed, lines, len(lines) - unnoticed), encoding="utf-8")
    click.echo(f"{len(lines) - unnoticed} passed, {unnoticed} failed")
    raise SystemExit(bool(unnoticed))


if __name__ == "__main__":
    main()
