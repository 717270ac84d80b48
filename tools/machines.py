"""Draws every state machine of the core into docs/machines.md, from the tables that the code uses.

    python -m tools.machines

A test holds that the file is as this command writes it.
"""

import importlib
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path

import core
from core.machine import NEW, Machine, Step
from tools.environment import HOME

FILE = HOME / "docs" / "machines.md"
HEAD = """# The state machines

Drawn by `make machines` from the tables in `core/*/machine.py`; nothing else sets a status.
The numbers are the rows of [domain.md](domain.md). A step back to its own status is in the table only.
"""


def machines() -> list[Machine]:
    """Every machine of the core, by name."""
    found: dict[str, Machine] = {}
    for area in pkgutil.iter_modules(core.__path__, "core."):
        if not area.ispkg:
            continue
        for module in pkgutil.iter_modules([str(Path(*core.__path__, area.name.split(".")[-1]))]):
            if module.name == "machine" or module.name.endswith("_machine"):
                named = vars(importlib.import_module(f"{area.name}.{module.name}"))
                found |= {value.name: value for value in named.values() if isinstance(value, Machine)}
    return [found[name] for name in sorted(found)]


def document() -> str:
    """The whole file."""
    return HEAD + "".join(f"\n{section(machine)}" for machine in machines())


def section(machine: Machine) -> str:
    """One machine: a picture, and its table row by row."""
    rows = "".join(
        f"| {step.rule} | {step.source} | {step.event} | {step.target} | {' '.join(sorted(step.who))} |\n"
        for step in machine.steps
    )
    picture = "\n".join(["stateDiagram-v2", *(f"    {line}" for line in _edges(machine))])
    table = f"| # | from | event | to | who |\n|---|---|---|---|---|\n{rows}"
    return f"## {machine.name}\n\n```mermaid\n{picture}\n```\n\n{table}"


def _edges(machine: Machine) -> Iterator[str]:
    """Mermaid's arrows; the events that lead the same way share one."""
    ways: dict[tuple[str, str], list[Step]] = {}
    for step in machine.steps:
        if step.source != step.target:
            ways.setdefault((step.source, step.target), []).append(step)
    for (source, target), steps in ways.items():
        label = ", ".join(f"{step.rule} {step.event}" for step in steps)
        yield f"{'[*]' if source == NEW else source} --> {target}: {label}"


if __name__ == "__main__":
    FILE.write_text(document(), encoding="utf-8")
    sys.stdout.write(f"{FILE.relative_to(HOME)}: {len(machines())} machines\n")
