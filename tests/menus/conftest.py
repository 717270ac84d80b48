"""Transcripts: the switch that writes them anew, what is played on which database, and what it cost."""

from contextlib import suppress
from statistics import median
from typing import Any
from zlib import crc32

import pytest

from locales.catalogue import LANGUAGES
from tests.menus.transcript import scripts

HOPS = "statements of each hop"


def pytest_addoption(parser: pytest.Parser) -> None:
    with suppress(ValueError):  # texts have transcripts as well
        parser.addoption("--rewrite-transcripts", action="store_true", help="write them as they are now")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """SQLite plays all three languages, MariaDB one of them for each script: it is the slower one."""
    if "script" in metafunc.fixturenames:
        cases = [(script, language) for script in scripts() for language in LANGUAGES]
        names = [f"{script.parent.name}/{script.stem}-{language}" for script, language in cases]
        metafunc.parametrize(("script", "language"), cases, ids=names)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left_out = [item for item in items if _is_left_out(item)]
    if left_out:
        items[:] = [item for item in items if item not in set(left_out)]
        config.hook.pytest_deselected(items=left_out)


def _is_left_out(item: pytest.Item) -> bool:
    case: dict[str, Any] = getattr(getattr(item, "callspec", None), "params", {})
    if "script" not in case or case.get("store") != "mariadb":
        return False
    turn = crc32(case["script"].stem.encode()) % len(LANGUAGES)
    return bool(case["language"] != LANGUAGES[turn])


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """How many statements the hops of this run made."""
    stats = terminalreporter.stats
    reports = [*stats.get("passed", ()), *stats.get("failed", ())]
    hops = [
        n for report in reports for name, counts in report.user_properties if name == HOPS for n in counts
    ]
    if hops:
        cost = f"{median(hops):g} SQL statements on the median, {max(hops)} at most"
        terminalreporter.write_line(f"{len(hops)} hops of transcripts: {cost}")
