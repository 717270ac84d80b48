"""`make diagrams`: docs/flows/, a map of each conversation, drawn from what answers the phones."""

import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from menus.compile import Menus, conversations
from menus.flow import HOME_KEY, THEN, Act, Ask, Choose, Flow, Fork, Pick, Say, Screen, Shown

FOLDER = Path(__file__).parent.parent / "docs" / "flows"
INDEX = "README.md"
HEAD = """# The conversations of the USSD phones

Drawn by `make diagrams` from the machine that answers the phones; a test compares. `0` (back), `00` (home),
`99` (language) and the shortcut codes are the engine's and left out of the maps; so are the ways by which a
conversation that was cut off is taken up again.

Rounded: a question. Slanted: a list. Diamond: a look that decides. Double-edged: something is done. Flag: the
last words. Grey: a screen of another conversation.

| conversation | steps | taken up again as |
|---|---|---|
"""
SHAPES: tuple[tuple[type[Screen], str, str], ...] = (
    (Ask, "(", ")"),
    (Choose, "(", ")"),
    (Pick, "[/", "/]"),
    (Fork, "{", "}"),
    (Act, "[[", "]]"),
    (Say, ">", "]"),
)


def documents(menus: Menus) -> Mapping[str, str]:
    """Every page of docs/flows/ by its file's name."""
    rows = [
        f"| [{flow.name}]({flow.name}.md) | {len(flow.screens)} | {flow.title.replace('|', '/')} |"
        for flow in menus.flows
    ]
    pages = {f"{flow.name}.md": "\n".join(_section(menus, flow)) for flow in menus.flows}
    return {INDEX: HEAD + "\n".join(rows) + "\n", **pages}


def stale(menus: Menus) -> Iterator[str]:
    """The pages that are not as the conversations are now, one a line."""
    wanted = documents(menus)
    for name in sorted(wanted.keys() | {file.name for file in FOLDER.glob("*.md")}):
        file = FOLDER / name
        if name not in wanted or not file.exists() or file.read_text(encoding="utf-8") != wanted[name]:
            yield f"docs/flows/{name} is stale: make diagrams"


def write(menus: Menus) -> None:
    """Draw all pages anew, and drop those of conversations that are gone."""
    wanted = documents(menus)
    FOLDER.mkdir(exist_ok=True)
    for file in FOLDER.glob("*.md"):
        if file.name not in wanted:
            file.unlink()
    for name, text in wanted.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


def _section(menus: Menus, flow: Flow) -> list[str]:
    name = flow.name
    edges: dict[tuple[str, str], list[str]] = defaultdict(list)
    inside = [screen for screen in menus.screens if screen.startswith(f"{name}.")]
    for source in inside:
        for outcome, target in menus.exits(source):
            if not (isinstance(menus.screens[source], Shown) and outcome == HOME_KEY):
                edges[source, target] += [] if outcome in (THEN, target) else [outcome]
    lines = [f"# {name}", "", "```mermaid", "flowchart TD"]
    lines += [f"  {_id(screen)}{_box(menus.screens[screen], screen)}" for screen in inside]
    outside = sorted({target for _, target in edges if not target.startswith(f"{name}.")})
    lines += [f'  {_id(screen)}["{screen}"]:::other' for screen in outside]
    for (source, target), outcomes in edges.items():
        label = f'|"{", ".join(outcomes)}"|' if outcomes else ""
        lines.append(f"  {_id(source)} -->{label} {_id(target)}")
    return [*lines, "  classDef other fill:#eee,stroke:#999", "```", ""]


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
    write(conversations())
    sys.stdout.write("docs/flows/ written\n")
