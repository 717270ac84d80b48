"""`python -m menus.draw`: docs/flows.md, one picture a conversation, drawn from the compiled machine."""

import sys
from collections import defaultdict
from pathlib import Path

from menus.compile import Menus, conversations
from menus.flow import BACK_KEY, HOME_KEY, THEN, Act, Ask, Choose, Fork, Pick, Say, Screen, Shown

FILE = Path(__file__).parent.parent / "docs" / "flows.md"
HEAD = """# The conversations of the USSD phones

Drawn by `python -m menus.draw` from the machine that answers the phones; a test compares. `0` (back) and `00`
(home) are left out, and so are the ways by which a cut-off conversation is taken up again.

Rounded: a question. Slanted: a list. Diamond: a look that decides. Double-edged: something is done. Flag: the
last words. Grey: a screen of another conversation.
"""
SHAPES: tuple[tuple[type[Screen], str, str], ...] = (
    (Ask, "(", ")"),
    (Choose, "(", ")"),
    (Pick, "[/", "/]"),
    (Fork, "{", "}"),
    (Act, "[[", "]]"),
    (Say, ">", "]"),
)


def document(menus: Menus) -> str:
    """The whole page."""
    return "\n".join([HEAD, *(_section(menus, flow.name) for flow in menus.flows)])


def _section(menus: Menus, name: str) -> str:
    edges: dict[tuple[str, str], list[str]] = defaultdict(list)
    for way in menus.machine.get_transitions():
        source, target = str(way.source), str(way.dest)
        outcome = _outcome(menus, source, target)
        if source.startswith(f"{name}.") and outcome is not None:
            edges[source, target] = outcome
    lines = [f"## {name}", "", "```mermaid", "flowchart TD"]
    inside = [screen for screen in menus.screens if screen.startswith(f"{name}.")]
    lines += [f"  {_id(screen)}{_box(menus.screens[screen], screen)}" for screen in inside]
    outside = sorted({target for _, target in edges if not target.startswith(f"{name}.")})
    lines += [f'  {_id(screen)}["{screen}"]:::other' for screen in outside]
    for (source, target), outcomes in edges.items():
        label = f'|"{", ".join(outcomes)}"|' if outcomes else ""
        lines.append(f"  {_id(source)} -->{label} {_id(target)}")
    lines += ["  classDef other fill:#eee,stroke:#999", "```", ""]
    return "\n".join(lines)


def _outcome(menus: Menus, source: str, target: str) -> list[str] | None:
    """The outcomes that lead from one screen to the other, as labels; None: not drawn."""
    screen = menus.screens[source]
    own = source.split(".")[0]
    ways = [outcome for outcome, to in screen.exits() if (to if "." in to else f"{own}.{to}") == target]
    if isinstance(screen, Shown):
        ways = [way for way in ways if way not in (BACK_KEY, HOME_KEY)]
    return [way for way in ways if way != THEN] if ways else None


def _box(screen: Screen, name: str) -> str:
    left, right = next((left, right) for kind, left, right in SHAPES if isinstance(screen, kind))
    text = next(screen.texts(), "") or screen.name
    words = text.replace('"', "'").replace("\n", " ")
    shown = words if len(words) <= 60 else words[:57] + "..."
    return (
        f'{left}"{name.split(".")[1]}: {shown}"{right}' if shown != screen.name else f'{left}"{shown}"{right}'
    )


def _id(name: str) -> str:
    return name.replace(".", "_")


if __name__ == "__main__":
    FILE.write_text(document(conversations()), encoding="utf-8")
    sys.stdout.write(f"{FILE.relative_to(FILE.parent.parent)} written\n")
