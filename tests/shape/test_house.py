"""Who may import what, what every kind of work needs, and what may never be in the repository."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from inbound.gateway import Gateway

HOME = Path(__file__).resolve().parents[2]
ROOMS = ("core", "inbound", "locales", "mail", "menus", "mpesa", "simulator", "sms", "ussd", "web")
ROOTS = ("app", "celery_worker")  # what connects everything is imported by what starts it, and by no room
PLACEHOLDER = re.compile(r"<(hex|token|fernet)>")


def sources(*rooms: str) -> Iterator[tuple[Path, ast.Module]]:
    for room in rooms:
        yield from of_room(room)


@cache
def of_room(room: str) -> list[tuple[Path, ast.Module]]:
    return [(f.relative_to(HOME), ast.parse(f.read_text())) for f in sorted((HOME / room).rglob("*.py"))]


def imported(tree: ast.Module) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


def test_no_room_imports_the_composition_root_or_the_worker() -> None:
    assert [str(file) for file, tree in sources(*ROOMS) if imported(tree) & set(ROOTS)] == []


def test_the_simulator_stands_alone() -> None:
    ours = {*ROOMS, *ROOTS, "tools"} - {"simulator"}
    assert [str(file) for file, tree in sources("simulator") if imported(tree) & ours] == []


def wanted_kinds() -> set[str]:
    """The kinds named where work is asked for: `duties.want(tx, "send_sms", ...)`."""
    kinds = set()
    for _file, tree in sources("core", "inbound", "mail", "mpesa", "sms", "ussd", "web"):
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ("want", "want_all")
                and getattr(node.func.value, "id", "") == "duties"
            ):
                kind = node.args[1]
                assert isinstance(kind, ast.Constant), "a kind of duty is written out where it is asked for"
                kinds.add(str(kind.value))
    return kinds


def test_every_kind_of_due_work_has_a_handler_and_every_handler_has_work(gateway: Gateway) -> None:
    from app import duties
    from core.duties.timetable import TIMETABLE

    assert wanted_kinds() | {line.kind for line in TIMETABLE} == set(duties(gateway))


@pytest.mark.parametrize(
    "name", ["SECRET_KEY", "DATA_KEYS", "CALLBACK_SECRET", "SMS_API_KEY", "MPESA_PASSKEY"]
)
def test_the_example_environment_holds_no_secret(name: str) -> None:
    line = re.search(rf"^{name}=(.*)$", (HOME / ".env.example").read_text(), re.MULTILINE)
    assert line is not None
    assert PLACEHOLDER.fullmatch(line[1])


def test_every_setting_is_in_the_example_environment_and_no_other() -> None:
    from core.config import Config

    example = set(re.findall(r"^([A-Z0-9_]+)=", (HOME / ".env.example").read_text(), re.MULTILINE))
    development = {"GATEWAY_URL", "SET_CLOCK"}  # read by the simulator and by `make run` only
    assert example == {name.upper() for name in Config.model_fields} | development


def looked_up(tree: ast.Module) -> set[str]:
    """The variables named in `os.environ[...]`, `os.environ.get(...)` and `os.getenv(...)`."""
    names = set()
    for node in ast.walk(tree):
        match node:
            case ast.Subscript(
                value=ast.Attribute(attr="environ", value=ast.Name(id="os")), slice=ast.Constant(value=name)
            ):
                names.add(str(name))
            case ast.Call(
                func=ast.Attribute(attr="get", value=ast.Attribute(attr="environ", value=ast.Name(id="os")))
                | ast.Attribute(attr="getenv"),
                args=[ast.Constant(value=name), *_],
            ):
                names.add(str(name))
    return names


def test_every_variable_that_is_read_past_the_settings_is_in_the_example_environment() -> None:
    example = set(re.findall(r"^(?:# )?([A-Z0-9_]+)=", (HOME / ".env.example").read_text(), re.MULTILINE))
    outside = [*sources(*ROOMS, "deploy", "migrations"), *((Path(f"{r}.py"), parsed(r)) for r in ROOTS)]
    read = {name for _file, tree in outside for name in looked_up(tree)}
    assert "PROMETHEUS_MULTIPROC_DIR" in read
    assert read <= example


def test_how_many_processes_serve_is_said_by_the_settings_alone() -> None:
    [(_file, conf)] = sources("deploy")
    assert looked_up(conf) == set()


def parsed(root: str) -> ast.Module:
    return ast.parse((HOME / f"{root}.py").read_text())


def test_no_environment_database_or_key_is_kept_in_the_repository() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=HOME, capture_output=True, text=True, check=True)
    files = listed.stdout.split()
    assert [f for f in files if re.search(r"(^|/)\.env$|\.(db|sqlite|pem|key|log|aof|rdb)$|^var/", f)] == []
    readable = [
        HOME / f
        for f in files
        if (HOME / f).suffix in (".py", ".md", ".toml", ".txt", ".json", ".yml", ".sh")
    ]
    private = [str(f) for f in readable if "PRIVATE" + " KEY-----" in f.read_text(errors="ignore")]
    assert private == []
